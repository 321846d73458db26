"""What was not done in Slack, or perhaps twice, or is being tried for long: each with what to do now."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence

from ecomms_bot.incident import effects as kinds
from ecomms_bot.incident import things
from ecomms_bot.incident.entry import IncidentRow
from ecomms_bot.incident.timeline import THINGS
from ecomms_bot.service.findings import Finding, State
from ecomms_bot.store import tasks
from ecomms_bot.store.tasks import TaskRow

TROUBLES_SHOWN = 20

DID: Mapping[str, str] = {
    kinds.POST: "posting",
    kinds.EDIT: "bringing up to date",
    kinds.DM: "telling a person of",
    kinds.PIN: "pinning",
    kinds.OPEN_CONVERSATION: "making or joining",
    kinds.INVITE: "inviting people to the conversation",
    kinds.ANSWER: "answering who opened the incident",
    kinds.REMINDER: "saying a reminder",
    kinds.REPORT: "sending the log as files",
}
BY_HAND: Mapping[str, str] = {
    kinds.POST: "Tell people in the conversation what they did not see: `/ecomms status` shows it.",
    kinds.EDIT: "That message shows an older state. What is so now, `/ecomms status` shows.",
    kinds.DM: "Call the person, or write to them: they may not know of it.",
    kinds.PIN: "Pin the card yourself, from its menu in Slack.",
    kinds.OPEN_CONVERSATION: "Mend what is named, close this incident as opened in error, and open it again.",
    kinds.INVITE: "Invite them yourself: type /invite in the conversation.",
    kinds.ANSWER: "The incident is open. Tell who opened it where it is.",
    kinds.REMINDER: "Look at once what is promised and due: type `/ecomms status`.",
    kinds.REPORT: "Type `/ecomms report` again, or run `ecomms log show` on this machine.",
}
_DEFAULT = "Do it by hand, or tell people in the conversation."
_TWICE = "Look there; if it is there twice, delete the later one."
_OVER = "The incident is closed, so nothing needs to be done any more."
_STILL_TRIED = "It is tried again by itself. If this line stays, look at the bot's output and at Slack."


def look_at_effects(troubled: Sequence[TaskRow], rows: Mapping[str, IncidentRow]) -> Iterator[Finding]:
    """Of open incidents they are wrong, of closed ones worth a look."""
    if not troubled:
        yield Finding("ok", "effects", "All that was to be done in Slack was done, or is not due yet.")
    for task in troubled[:TROUBLES_SHOWN]:
        yield _effect(task, rows.get(task.incident))
    if len(troubled) > TROUBLES_SHOWN:
        yield Finding("look", "effects", f"And {len(troubled) - TROUBLES_SHOWN} more of this kind.")


def _effect(task: TaskRow, row: IncidentRow | None) -> Finding:
    still_open = row is not None and row.closed_at is None
    where = f"{row.name} ({task.incident})" if row else task.incident
    since = f"{task.done_at or task.due_at:%Y-%m-%d %H:%M} UTC"
    what = f"{where}: {_what(task)}"
    said = f" {task.outcome}" if task.outcome and task.state != "done" else ""
    if task.state == "failed":
        state: State = "wrong" if still_open else "look"
        by_hand = f"It is not tried again. {BY_HAND.get(task.kind, _DEFAULT)}"
        how = f"{by_hand} {_try(task)} {_settle(task)}" if still_open else _OVER
        return Finding(state, "effects", f"{what} was given up at {since}.{said} {how}")
    if task.state == "done":
        doubt = f"{what} was done at {since}, perhaps twice."
        return Finding("look", "effects", f"{doubt} {_TWICE} {_settle(task)}")
    tried = f"was to be done at {since}; attempts: {task.attempts}."
    state = "wrong" if task.attempts >= tasks.MANY_ATTEMPTS else "look"
    return Finding(state, "effects", f"{what} {tried}{said} {_STILL_TRIED} {_try(task)}")


def _try(task: TaskRow) -> str:
    return f"To try it at once: `ecomms effects retry {shlex.quote(task.key)}`."


def _settle(task: TaskRow) -> str:
    return f"Once it is seen to: `ecomms effects settle {shlex.quote(task.key)} --note HOW`."


def _what(task: TaskRow) -> str:
    """What it was, in words: `posting the card`."""
    kind, ids = things.split(task.ids.get("thing", ""))
    did = DID.get(task.kind, task.kind)
    if not kind or task.kind == kinds.REPORT:
        return did
    name = THINGS.get(kind, kind)
    return f"{did} the {name}" + (f" {ids[0]}" if kind == "step" else "")
