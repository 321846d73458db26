"""Opening an incident, starting its steps, closing it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any
from unicodedata import category, normalize
from zoneinfo import ZoneInfo

from ecomms_bot.errors import PlaybookError
from ecomms_bot.incident.commands import CloseIncident, Context, OpenIncident, StartStep
from ecomms_bot.incident.events import (
    Event,
    IncidentClosed,
    IncidentOpened,
    Left,
    PromiseWithdrawn,
    StepStarted,
)
from ecomms_bot.incident.gates import LEFT_MAX, open_ends
from ecomms_bot.incident.meanings.opening import parse_drill, parse_once
from ecomms_bot.incident.policy import IC, PIO, Act, may, require
from ecomms_bot.incident.progress import rounds
from ecomms_bot.incident.rules.common import fitting, require_open, require_step, when
from ecomms_bot.incident.rules.putting_right import require_put_right, unfinished
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Who, reject
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Step
from ecomms_bot.playbook.values import INCIDENT_NAME_MAX

AREA_MAX = 150
CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode's categories of control characters, halves of characters, separators of lines and paragraphs."""
CONVERSATION_NAME_MAX = 80
"""Slack, conversations.create."""
SUFFIX = 4


def open_incident(state: Incident, command: OpenIncident, ctx: Context) -> tuple[Event, ...]:
    require(ctx.person, Act.OPEN, state)
    if state.exists:
        raise reject("open-already", "{name} is open already. Nothing was changed.", name=state.name)
    name, area = _one_line(command.name), _one_line(command.area)
    if not name or len(name) > INCIDENT_NAME_MAX:
        raise reject("name", "Give a name of 1 to {most} characters.", field="name", most=INCIDENT_NAME_MAX)
    if len(area) > AREA_MAX:
        raise reject("area", "Say where in up to {most} characters.", field="area", most=AREA_MAX)
    _require_zone(command.zone)
    first = _first_step(command)
    drill = _drill(command)
    opened = IncidentOpened(
        name=name,
        area=area,
        zone=command.zone,
        phase=command.phase,
        severity=command.severity,
        exercise=command.exercise,
        opener=ctx.person.id,
        conversation=command.conversation,
        conversation_name=conversation_name(name, state.id, exercise=command.exercise),
        roles_configured=ctx.roster.configured,
        playbook=dict(command.playbook),
        playbook_sha256=command.playbook_sha256,
        drill=drill,
    )
    return opened, _started(first, ctx, command.zone)


def start_step(state: Incident, command: StartStep, ctx: Context) -> tuple[Event, ...]:
    require_open(state)
    require(ctx.person, Act.DRAFT, state)
    step = require_step(state, command.step)
    if step.id in state.steps:
        return ()
    return (_started(step, ctx, state.zone),)


def next_step(state: Incident, after: str, ctx: Context) -> tuple[Event, ...]:
    """When this step is done for the first time: the first of the phase in turn that was not started.

    Nothing comes after a step on demand, or after a further round of one that recurs.
    """
    run = state.steps.get(after)
    if run is None or rounds(state, run) or state.step(after).recurrence == "on-demand":
        return ()
    left = (step for step in _in_turn(state.book.steps(state.phase)) if step.id not in state.steps)
    return tuple(_started(step, ctx, state.zone) for step in islice(left, 1))


def first_step(state: Incident, phase: str, ctx: Context) -> tuple[Event, ...]:
    """When a phase begins: its first step in turn, unless that was started before or there is none."""
    first = next(_in_turn(state.book.steps(phase)), None)
    return () if first is None or first.id in state.steps else (_started(first, ctx, state.zone),)


def close_incident(state: Incident, command: CloseIncident, ctx: Context) -> tuple[Event, ...]:
    require_open(state)
    require(ctx.person, Act.CLOSE, state)
    note = fitting(command.note, "note")
    if command.in_error:
        _require_nothing_out(state)
        if not note:
            raise reject("no-note", "Please say why it was opened by mistake.", field="note")
    reason = fitting(command.withdraw_reason, "withdraw_reason")
    live = state.live_promises
    if live and not reason:
        raise reject(
            "live-promise",
            "An update is promised for {when}, so the incident stays open. Publish a final text, "
            "or let pio or ic withdraw the promise with a reason.",
            field="withdraw_reason",
            when=when(state, live[0].due.utc),
        )
    if live:
        _require_withdrawal(state, ctx)
    left_reason = fitting(command.left_reason, "left_reason")
    require_put_right(state, left_reason, ctx)
    withdrawn = [
        PromiseWithdrawn(promise=promise.id, person=ctx.person.id, reason=reason) for promise in live
    ]
    closed = IncidentClosed(
        person=ctx.person.id,
        note=note,
        in_error=command.in_error,
        left_reason=left_reason if unfinished(state) else "",
        left=tuple(_left(state, command)),
    )
    return (*withdrawn, closed)


def _left(state: Incident, command: CloseIncident) -> Iterator[Left]:
    """What stands open, each with what is said of it. What was opened by mistake leaves nobody waiting."""
    for end in open_ends(state):
        field = f"left/{end.thing}"
        reason = fitting(command.left.get(end.thing, ""), field, LEFT_MAX)
        if end.needs_reason and not reason and not command.in_error:
            raise reject(
                "left",
                "Say of this: done, handed to whom, or why not. Until then the incident stays open.",
                field=field,
            )
        yield Left(thing=end.thing, what=end.what, reason=reason)


def _require_nothing_out(state: Incident) -> None:
    """What went out stays said: such an incident was not opened by mistake only."""
    revisions = (revision for draft in state.drafts.values() for revision in draft.revisions)
    if any(revision.receipts for revision in revisions):
        raise reject(
            "something-out",
            "A text of this incident was {out}, so it was not opened in error alone. Take the tick away and "
            "close it with a note.",
            field="in_error",
            out="played" if state.exercise else "published",
        )


def _require_withdrawal(state: Incident, ctx: Context) -> None:
    if may(ctx.person, Act.WITHDRAW_PROMISE, state):
        return
    holders = ctx.roster.nearest(PIO, IC)
    raise reject(
        "not-allowed",
        "Only pio or ic may take a promise back. Ask {who}. The incident stays open."
        if holders
        else "Only pio or ic may take a promise back, and nobody holds these roles. The incident stays open.",
        field="withdraw_reason",
        who=tuple(Who(each) for each in holders),
    )


def conversation_name(name: str, incident: str, *, exercise: bool) -> str:
    """A name that Slack takes (lower case, digits, hyphens, at most 80), ending in 4 characters of the id."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "incident"
    start = f"exercise-{words}" if exercise else words
    suffix = incident[-SUFFIX:]
    return f"{start[: CONVERSATION_NAME_MAX - SUFFIX - 1].strip('-')}-{suffix}"


def _first_step(command: OpenIncident) -> Step:
    try:
        playbook = parse_once(json.dumps(command.playbook))
    except PlaybookError as error:
        raise reject(
            "playbook", "This playbook cannot be used, so nothing was opened: {problem}", problem=str(error)
        ) from error
    if command.severity not in playbook.severities:
        raise reject(
            "severity",
            "This playbook has no severity {severity}. Choose another.",
            field="severity",
            severity=command.severity,
        )
    steps = playbook.steps(command.phase)
    if not steps:
        raise reject(
            "phase",
            "This playbook has no steps for the phase {phase} yet. Choose another phase.",
            field="phase",
            phase=command.phase,
        )
    return next(_in_turn(steps), steps[0])


def _drill(command: OpenIncident) -> dict[str, Any] | None:
    """What is kept of a drill that people take part in, worked with the playbook that it is made for."""
    if command.drill is None:
        return None
    if not command.exercise:
        raise reject("drill-live", "A drill is an exercise, so nothing was opened.", field="mode")
    try:
        drill = parse_drill(json.dumps(command.drill))
    except PlaybookError as error:
        raise reject(
            "drill", "This drill cannot be used, so nothing was opened: {problem}", problem=str(error)
        ) from error
    if drill.take_part is None or drill.take_part.playbook != command.playbook.get("id"):
        raise reject(
            "drill-playbook",
            "The drill {drill} is made for another playbook, so nothing was opened. Type /ecomms drill.",
            field="playbook",
            drill=drill.title,
        )
    return drill.model_dump(mode="json")


def _in_turn(steps: Iterable[Step]) -> Iterator[Step]:
    """The steps that begin by themselves, one after the other; those on demand wait until asked for."""
    return (step for step in steps if step.recurrence != "on-demand")


def _require_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise reject(
            "zone", "There is no time zone {zone}. Give one like America/Vancouver.", field="zone", zone=name
        ) from None


def _one_line(text: str) -> str:
    """Without line breaks and other control characters, which would break messages and texts apart."""
    return " ".join("".join(" " if category(each) in CONTROLS else each for each in text).split())


def _started(step: Step, ctx: Context, zone: str) -> StepStarted:
    due = None
    if step.due_minutes is not None:
        due = Instant.of(ctx.now + timedelta(minutes=step.due_minutes), zone)
    return StepStarted(step=step.id, due=due)
