"""What starts from a published text: correcting, updating or cancelling it, and saying that it is down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ecomms_bot.incident.commands import Context, EndRelease, SaveDraft
from ecomms_bot.incident.decide import decide
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.rules import following
from ecomms_bot.incident.rules.common import require_draft, require_open
from ecomms_bot.incident.standing import read_on
from ecomms_bot.incident.state import Draft, Incident
from ecomms_bot.incident.wording import Rejected, say
from ecomms_bot.playbook.channels import in_reading_order
from ecomms_bot.slack import forms, inputs, names
from ecomms_bot.slack.cards.following import followed, standing_channels
from ecomms_bot.slack.composing import begin
from ecomms_bot.slack.desk import Desk, user_id
from ecomms_bot.slack.following_forms import taken_down_form
from ecomms_bot.slack.listeners import Click, Submission, done
from ecomms_bot.slack.writing import Writing, draft_form

Body = dict[str, Any]
ANY_REASON = "-"
"""Stands for the words that the form asks for, when it is asked whether the form may open at all."""
WRITTEN_ON = frozenset({"drafting", "returned"})


def text_more(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    """The menu of a published text."""
    incident, what, draft, revision = value
    match what:
        case "correct":
            correct_text(desk, body, (incident, draft, revision))
        case "cancel":
            _follow(desk, body, (incident, draft, revision), "cancellation")
        case "update":
            update_text(desk, body, (incident, draft, revision))
        case _:
            taken_down(desk, body, (incident, draft, revision))


def correct_text(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    _follow(desk, body, value, "correction")


def update_text(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    _follow(desk, body, value, "update")


def _follow(desk: Desk, body: Body, value: tuple[str, ...], relation: str) -> None:
    incident, draft, revision = value
    open_following_form(desk, body, desk.state(body, incident), draft, int(revision), relation=relation)


def open_following_form(
    desk: Desk, body: Body, state: Incident, draft_id: str, revision: int, *, relation: str
) -> None:
    """The form of the text that follows this one: a new one, or that of the draft that was begun. No write.

    Refused before the form opens, if it would be refused after it was filled in.
    """
    require_open(state)
    require(desk.person(body), Act.DRAFT, state)
    step, kind = following.following_step(state, draft_id, relation)
    begun = state.draft_of(step.id)
    if begun is not None and begun.status in WRITTEN_ON and _follows(begun, draft_id, revision, relation):
        writing = Writing.going_on(state, begun)
    else:
        about = following.about(state, draft_id, revision, relation)
        writing = Writing(state.id, make_id("d", body["trigger_id"]), step.id, kind, about)
        decide(state, SaveDraft(writing.draft, step.id, kind, {}, about=about), _context(desk, body))
    begins = begin(state, writing, user_id(body), desk.now(), desk.office_values())
    desk.open_view(body, draft_form(state, writing, begins))


def _follows(draft: Draft, of: str, revision: int, relation: str) -> bool:
    """Whether this draft follows that text, and in this way."""
    mine = draft.about
    return mine is not None and (mine.draft, mine.revision, mine.relation) == (of, revision, relation)


def taken_down(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    """Opens the form that asks where a text was taken down."""
    incident, draft_id, number = value
    state = desk.state(body, incident)
    draft = require_draft(state, draft_id)
    revision = draft.revision(int(number))
    channels = standing_channels(revision) if revision else ()
    decide(state, EndRelease(draft_id, int(number), channels, ANY_REASON), _context(desk, body))
    assert revision is not None, "the rule refuses what is not there"
    desk.open_view(body, taken_down_form(state, draft, revision))


def end_release(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any] | None:
    held, entered = forms.metadata_of(view), inputs.raw_values(view)
    channels = tuple(entered.get("channels") or ())
    command = EndRelease(held["d"], held["n"], channels, entered.get("reason") or "")
    outcome = desk.do(body, held["i"], command, view["id"])
    if outcome.duplicate or not outcome.new:
        return done("Done", say("It is in the log already. Nothing was recorded twice."), outcome.state)
    return None


def as_read_now(state: Incident, writing: Writing) -> Writing:
    """With every channel on which the text that it follows was read by now, also those marked since."""
    found = followed(state, writing.about) if writing.about else None
    if writing.about is None or found is None or not found[1].out:
        return writing
    channels = in_reading_order(read_on(state, *found))
    return replace(writing, about=writing.about.model_copy(update={"channels": channels}))


def taken_up(state: Incident, writing: Writing) -> Writing:
    """A new draft of a step whose last one was declined or withdrawn follows what that one followed."""
    run = state.steps.get(writing.step)
    last = state.drafts[run.drafts[-1]] if run and run.drafts else None
    if last is None or last.about is None or last.status not in {"declined", "withdrawn"}:
        return writing
    if last.kind != writing.kind:
        return writing
    try:
        about = following.about(state, last.about.draft, last.about.revision, last.about.relation)
    except Rejected:  # what it followed is not out any more
        return writing
    return replace(writing, about=about)


def _context(desk: Desk, body: Body) -> Context:
    return Context(desk.now(), desk.person(body), body["trigger_id"], desk.directory.roster())


CLICKS: Mapping[str, tuple[Click, int]] = {
    names.TEXT_MORE: (text_more, 4),
    names.CORRECT_TEXT: (correct_text, 3),
    names.UPDATE_TEXT: (update_text, 3),
    names.TAKEN_DOWN: (taken_down, 3),
}
SUBMISSIONS: Mapping[str, Submission] = {names.TAKEN_DOWN_FORM: end_release}
