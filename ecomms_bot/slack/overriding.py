"""Letting a text out without the approvals it lacks, and looking at it once more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecomms_bot.incident.commands import Context, GiveSecondReview, Override
from ecomms_bot.incident.decide import decide
from ecomms_bot.incident.policy import missing
from ecomms_bot.incident.rules.overriding import needed, require_override
from ecomms_bot.incident.state import Draft, Incident
from ecomms_bot.incident.wording import Sentence, say
from ecomms_bot.slack import forms, inputs, names
from ecomms_bot.slack.blocks import context, section
from ecomms_bot.slack.cards.asking import tier_roles
from ecomms_bot.slack.desk import Desk
from ecomms_bot.slack.inputs import ask, text_input
from ecomms_bot.slack.listeners import Click, Submission, done
from ecomms_bot.slack.text import mrkdwn

Body = dict[str, Any]
REASON_MAX = 500
ANY_NOTE = "-"
"""Stands for the words that the form asks for, when it is asked whether the form may open at all."""


def override(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    """Opens the form. It is bound to the revision on the card, whose words never change."""
    incident, draft_id, revision = value
    state = desk.state(body, incident)
    draft = require_override(state, draft_id, int(revision), _context(desk, body))
    desk.open_view(body, override_form(state, draft))


def override_form(state: Incident, draft: Draft) -> forms.View:
    """Says what an override does before it is given, and asks why."""
    revision = draft.current
    title = forms.title_of(state, draft.step, revision.kind)
    what = say(
        "*{title}*, revision {n}, goes out without the approval of {roles}.",
        title=title,
        n=revision.number,
        roles=tier_roles(state, missing(revision, draft.approvals)),
    )
    after = "All leads are told at once, the log keeps it, and somebody else looks at the text afterwards."
    if needed(state, revision) > len(draft.overrides) + 1:
        after = f"It takes two people: another pio or ic has to do the same. {after}"
    blocks = [
        section(mrkdwn(what)),
        context(after),
        ask("reason", "Why it cannot wait", text_input(REASON_MAX, multiline=True)),
    ]
    return forms.modal(
        names.OVERRIDE_FORM,
        "Override",
        blocks,
        submit="Override",
        metadata={"i": state.id, "d": draft.id, "n": revision.number, "t": revision.text_sha256},
        exercise=state.exercise,
    )


def override_approval(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any] | None:
    held, reason = forms.metadata_of(view), inputs.raw_values(view).get("reason") or ""
    outcome = desk.do(body, held["i"], Override(held["d"], held["n"], held["t"], reason), view["id"])
    if outcome.duplicate:
        return done("Done", say("You overrode the approval of this text already."), outcome.state)
    return None


def found_right(desk: Desk, body: Body, value: tuple[str, ...]) -> Sentence:
    incident, draft, revision = value
    desk.do(body, incident, GiveSecondReview(draft, int(revision), agrees=True), body["trigger_id"])
    return say("Thank you. Your second look is in the log.")


def found_wrong(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    incident, draft, revision = value
    state = desk.state(body, incident)
    # Refused before a form opens, if it would be refused after it was filled in.
    asked = GiveSecondReview(draft, int(revision), agrees=False, note=ANY_NOTE)
    decide(state, asked, _context(desk, body))
    desk.open_view(body, second_look_form(state, state.drafts[draft]))


def second_look_form(state: Incident, draft: Draft) -> forms.View:
    """Asks what is wrong with a text that may be out already."""
    title = forms.title_of(state, draft.step, draft.current.kind)
    what = say("You find *{title}*, revision {n}, wrong.", title=title, n=draft.current.number)
    blocks = [
        section(mrkdwn(what)),
        context("Its author and the leads read your words. What is out has to be put right by a new text."),
        ask("note", "What is wrong", text_input(REASON_MAX, multiline=True)),
    ]
    return forms.modal(
        names.SECOND_LOOK_FORM,
        "Second look",
        blocks,
        submit="Send",
        metadata={"i": state.id, "d": draft.id, "n": draft.current.number},
        exercise=state.exercise,
    )


def say_what_is_wrong(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any] | None:
    held, note = forms.metadata_of(view), inputs.raw_values(view).get("note") or ""
    command = GiveSecondReview(held["d"], held["n"], agrees=False, note=note)
    outcome = desk.do(body, held["i"], command, view["id"])
    if outcome.duplicate:
        return done("Done", say("Your second look is in the log already."), outcome.state)
    return None


def _context(desk: Desk, body: Body) -> Context:
    return Context(desk.now(), desk.person(body), body["trigger_id"], desk.directory.roster())


CLICKS: Mapping[str, tuple[Click, int]] = {
    names.OVERRIDE: (override, 3),
    names.FOUND_RIGHT: (found_right, 3),
    names.FOUND_WRONG: (found_wrong, 3),
}
SUBMISSIONS: Mapping[str, Submission] = {
    names.OVERRIDE_FORM: override_approval,
    names.SECOND_LOOK_FORM: say_what_is_wrong,
}
