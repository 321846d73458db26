"""What partners answered, and going on without one: the two forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ecomms_bot.incident.commands import RecordAcknowledgement, WaivePartner
from ecomms_bot.incident.partners import still_to_hear
from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.rules.common import require_open
from ecomms_bot.incident.rules.partnering import BY_WHOM_MAX, require_asked
from ecomms_bot.incident.state import Draft, Incident
from ecomms_bot.incident.wording import say
from ecomms_bot.slack import forms, inputs, names
from ecomms_bot.slack.blocks import context, section
from ecomms_bot.slack.desk import Desk
from ecomms_bot.slack.inputs import ask, moment_input, option, select_input, text_input
from ecomms_bot.slack.listeners import Click, Submission, done, errors
from ecomms_bot.slack.message import Block
from ecomms_bot.slack.text import mrkdwn

Body = dict[str, Any]
REASON_MAX = 500


def heard(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    """Opens the form of what a partner answered."""
    incident, draft_id, revision = value
    open_heard_form(desk, body, desk.state(body, incident), draft_id, int(revision))


def open_heard_form(desk: Desk, body: Body, state: Incident, draft_id: str, revision: int) -> None:
    require_open(state)
    require(desk.person(body), Act.PARTNERS, state)
    draft = require_asked(state, draft_id, revision)
    desk.open_view(body, heard_form(state, draft, desk.now()))


def go_on(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    """Opens the form in which pio or ic gives up the word of a partner."""
    incident, draft_id, revision = value
    state = desk.state(body, incident)
    require_open(state)
    require(desk.person(body), Act.WAIVE_PARTNER, state)
    desk.open_view(body, go_on_form(state, require_asked(state, draft_id, int(revision))))


def heard_form(state: Incident, draft: Draft, now: datetime) -> forms.View:
    """Asks which partner answered, who for them and how, and when."""
    words = "What they said about *{title}*, revision {n}. If its words change, they are asked again."
    blocks = [
        section(mrkdwn(say(words, title=_title(state, draft), n=draft.current.number))),
        _which(state, draft),
        ask(
            "by_whom",
            "Who answered, and how",
            text_input(BY_WHOM_MAX),
            hint="Such as: Ana Roy, duty officer, by phone",
        ),
        ask("at", "Answered at", moment_input(now)),
    ]
    return _modal(state, draft, names.HEARD_FORM, "Acknowledged", blocks)


def go_on_form(state: Incident, draft: Draft) -> forms.View:
    """Asks without whose word it goes out, and why."""
    words = "*{title}*, revision {n}, goes out before a partner acknowledged it."
    blocks = [
        section(mrkdwn(say(words, title=_title(state, draft), n=draft.current.number))),
        context("The log keeps your name and the reason. Tell the partner as soon as you can."),
        _which(state, draft),
        ask("reason", "Why it cannot wait for them", text_input(REASON_MAX, multiline=True)),
    ]
    return _modal(state, draft, names.GO_ON_FORM, "Go on", blocks)


def _title(state: Incident, draft: Draft) -> str:
    return forms.title_of(state, draft.step, draft.current.kind)


def _which(state: Incident, draft: Draft) -> Block:
    left = still_to_hear(state, draft)
    return ask("partner", "Partner", select_input([option(each, each) for each in left], left[0]))


def _modal(state: Incident, draft: Draft, callback: str, title: str, blocks: Sequence[Block]) -> forms.View:
    return forms.modal(
        callback,
        title,
        blocks,
        submit="Save" if callback == names.HEARD_FORM else "Go on without",
        metadata={"i": state.id, "d": draft.id, "n": draft.current.number},
        exercise=state.exercise,
    )


def record_acknowledgement(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any] | None:
    held, entered = forms.metadata_of(view), inputs.raw_values(view)
    if entered["at"] is None:
        return errors(at="Give the time at which they answered.")
    partner, by_whom = entered["partner"] or "", entered["by_whom"] or ""
    answer = RecordAcknowledgement(held["d"], held["n"], partner, by_whom, entered["at"])
    outcome = desk.do(body, held["i"], answer, view["id"])
    if outcome.duplicate:
        words = say("The word of {partner} is recorded already.", partner=partner)
        return done("Done", words, outcome.state)
    return None


def waive_partner(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any] | None:
    held, entered = forms.metadata_of(view), inputs.raw_values(view)
    partner = entered["partner"] or ""
    outcome = desk.do(
        body, held["i"], WaivePartner(held["d"], held["n"], partner, entered["reason"] or ""), view["id"]
    )
    if outcome.duplicate:
        return done("Done", say("It goes on without {partner} already.", partner=partner), outcome.state)
    return None


CLICKS: Mapping[str, tuple[Click, int]] = {names.HEARD: (heard, 3), names.GO_ON: (go_on, 3)}
SUBMISSIONS: Mapping[str, Submission] = {
    names.HEARD_FORM: record_acknowledgement,
    names.GO_ON_FORM: waive_partner,
}
