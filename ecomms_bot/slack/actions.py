"""Clicks on messages: decisions are taken at once, everything else opens a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecomms_bot.incident.commands import Approve, Context, Snooze, TakeBackApproval
from ecomms_bot.incident.events import FieldValue, Kind
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.progress import waiting
from ecomms_bot.incident.reminders import waits_for_public_receipt
from ecomms_bot.incident.rules.approvals import require_review
from ecomms_bot.incident.rules.common import require_open, require_step
from ecomms_bot.incident.rules.releases import require_approved
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Sentence, Who, reject, say
from ecomms_bot.slack import forms, names, noting
from ecomms_bot.slack.cards.facts import facts
from ecomms_bot.slack.cards.view import View
from ecomms_bot.slack.commands.remembering import snoozed_words
from ecomms_bot.slack.commands.showing import status_of
from ecomms_bot.slack.composing import TIMES, compose, fresh_times, missing_values, repeated_values
from ecomms_bot.slack.desk import Desk
from ecomms_bot.slack.listeners import Click
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.urgency import open_draft_form, open_mark_form, open_most_urgent, open_step
from ecomms_bot.slack.writing import Writing, preview

Body = dict[str, Any]


def write(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    """Opens the form of a step's text, with what was kept last."""
    incident, step, kind = value
    state = desk.state(body, incident)
    open_draft_form(desk, body, state, step, _kind(kind))


def approve(desk: Desk, body: Body, value: tuple[str, ...]) -> Sentence | None:
    incident, draft, revision, sha256 = value
    outcome = desk.do(body, incident, Approve(draft, int(revision), sha256), body["trigger_id"])
    left = next((each.roles for each in waiting(outcome.state) if each.draft.id == draft), ())
    return say("Your approval is counted. Still needed: {roles}.", roles=", ".join(left)) if left else None


def take_back(desk: Desk, body: Body, value: tuple[str, ...]) -> Sentence:
    incident, draft, revision = value
    desk.do(body, incident, TakeBackApproval(draft, int(revision)), body["trigger_id"])
    return say("Your approval is taken back. The text waits for approval again.")


def changes(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    _open_reason_form(desk, body, value, names.CHANGES_FORM)


def decline(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    _open_reason_form(desk, body, value, names.DECLINE_FORM)


def _open_reason_form(desk: Desk, body: Body, value: tuple[str, ...], callback: str) -> None:
    incident, draft_id, revision, _ = value
    state = desk.state(body, incident)
    ctx = Context(desk.now(), desk.person(body), body["trigger_id"], desk.directory.roster())
    draft = require_review(state, draft_id, int(revision), ctx)
    desk.open_view(body, forms.reason_form(state, callback, draft, int(revision)))


def mark(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    incident, draft_id, revision = value
    open_mark_form(desk, body, desk.state(body, incident), draft_id, int(revision))


def renew(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    """The approved words with new times, one click from being sent for approval."""
    incident, draft_id, revision = value
    state = desk.state(body, incident)
    require(desk.person(body), Act.DRAFT, state)
    draft = require_approved(state, draft_id, int(revision))
    if not waits_for_public_receipt(draft):
        raise reject("out", "This text is out, so its times stay as they are. Write an update instead.")
    writing = Writing.going_on(state, draft)
    _open_preview(desk, body, state, writing, dict(draft.current.values), renews=True)


def no_change(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    """The update that says that nothing changed: the same facts, new times, one click from approval."""
    state = desk.state(body, value[0])
    require_open(state)
    require(desk.person(body), Act.DRAFT, state)
    step = require_step(state, value[1])
    if "no-change" not in step.texts:
        raise reject(
            "no-text", "This step has no text for an update without change. Write an update instead."
        )
    if (draft := state.draft_of(step.id)) is not None:
        raise reject(
            "other-draft",
            "{who} is already writing {step}. Go on with that one in its thread.",
            who=Who(draft.authors[0]),
            step=step.title,
        )
    writing = Writing(state.id, make_id("d", body["trigger_id"]), step.id, "no-change")
    values = repeated_values(state, writing, desk.office_values())
    if set(missing_values(state, writing, values)) - set(TIMES):
        open_draft_form(desk, body, state, step.id, "no-change")
        return
    _open_preview(desk, body, state, writing, values, renews=False)


def _open_preview(
    desk: Desk, body: Body, state: Incident, writing: Writing, said: Mapping[str, FieldValue], *, renews: bool
) -> None:
    """The words of `said` with fresh times, ready to be submitted."""
    now = desk.now()
    times = fresh_times(state, writing.step, writing.kind, now, said)
    composed = compose(state, writing, {**said, **times}, now, renews=renews)
    view = preview(
        state,
        writing,
        composed.texts,
        composed.sha256,
        composed.findings,
        tier=composed.tier,
        seen=None,
        extra={"t": {name: each.utc.isoformat() for name, each in times.items()}, "r": int(renews)},
    )
    desk.open_view(body, view)


def snooze_5(desk: Desk, body: Body, value: tuple[str, ...]) -> Sentence:
    return _snooze(desk, body, value, 5)


def snooze_10(desk: Desk, body: Body, value: tuple[str, ...]) -> Sentence:
    return _snooze(desk, body, value, 10)


def _snooze(desk: Desk, body: Body, value: tuple[str, ...], minutes: int) -> Sentence:
    incident, promise = value
    return snoozed_words(desk.do(body, incident, Snooze(minutes, promise), body["trigger_id"]))


def next_step(desk: Desk, body: Body, value: tuple[str, ...]) -> Message | Sentence | None:
    """Opens the form of what is most urgent."""
    return open_most_urgent(desk, body, desk.state(body, value[0]))


def more(desk: Desk, body: Body, value: tuple[str, ...]) -> Message | Sentence | None:
    """The card's menu: start a step, answer a question, see facts or status, close."""
    incident, what, subject = value
    match what:
        case "step":
            open_step(desk, body, incident, subject, body["trigger_id"])
            return None
        case "answer":
            noting.answer(desk, body, (incident, subject))
            return None
        case "facts":
            require(desk.person(body), Act.STATUS, Incident(""))
            view = View(desk.state(body, incident), desk.directory.roster(), desk.now())
            return facts(view, desk.person(body))
        case "close":
            close(desk, body, (incident,))
            return None
        case _:
            return status_of(desk, body, incident)


def close(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    """Opens the closing form."""
    state = desk.state(body, value[0])
    require_open(state)
    require(desk.person(body), Act.CLOSE, state)
    desk.open_view(body, forms.close_form(state, desk.now()))


def _kind(kind: str) -> Kind:
    return kind  # type: ignore[return-value]


CLICKS: Mapping[str, tuple[Click, int]] = {
    names.WRITE: (write, 3),
    names.APPROVE: (approve, 4),
    names.CHANGES: (changes, 4),
    names.DECLINE: (decline, 4),
    names.TAKE_BACK: (take_back, 3),
    names.MARK: (mark, 3),
    names.RENEW: (renew, 3),
    names.NO_CHANGE: (no_change, 2),
    names.SNOOZE_5: (snooze_5, 2),
    names.SNOOZE_10: (snooze_10, 2),
    names.NEXT_STEP: (next_step, 1),
    names.CLOSE: (close, 1),
    names.MORE: (more, 3),
}
"""Action → what it does, and of how many parts its button's value is made."""
