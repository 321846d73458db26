"""The course of an incident: phase, severity, rest, who runs it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ecomms_bot.incident.commands import (
    AcceptHandover,
    ChangePhase,
    ChangeSeverity,
    Context,
    OfferHandover,
    StandDown,
)
from ecomms_bot.incident.events import (
    Event,
    HandoverAccepted,
    HandoverOffered,
    PhaseChanged,
    SeverityChanged,
    StepSkipped,
    StoodDown,
)
from ecomms_bot.incident.gates import LEFT_MAX, required_open
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.policy import Act, may, require
from ecomms_bot.incident.progress import final_reason
from ecomms_bot.incident.rules.common import fitting, require_open, require_reason, when
from ecomms_bot.incident.rules.following import title_of
from ecomms_bot.incident.rules.opening import first_step
from ecomms_bot.incident.rules.putting_right import channels_left, unfinished
from ecomms_bot.incident.state import Draft, Handover, Incident, Revision
from ecomms_bot.incident.wording import Rejected, Who, any_of, reject
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Step

PHASES = ("before", "during", "after")


def change_phase(state: Incident, command: ChangePhase, ctx: Context) -> tuple[Event, ...]:
    """Drafts and promises go on as they are; the first step of the new phase begins, if it has one."""
    require_open(state)
    require(ctx.person, Act.PHASE, state)
    if command.phase not in PHASES:
        raise reject(
            "phase",
            "There is no phase {phase}. The phases are before, during and after.",
            field="phase",
            phase=command.phase,
        )
    if command.phase == state.phase:
        raise reject(
            "same",
            "{name} is in the phase {phase} already. Nothing was changed.",
            field="phase",
            name=state.name,
            phase=state.phase,
        )
    note = fitting(command.note, "note")
    changed = PhaseChanged(person=ctx.person.id, before=state.phase, phase=command.phase, note=note)
    return (*_skipped(state, command, ctx), changed, *first_step(state, command.phase, ctx))


def _skipped(state: Incident, command: ChangePhase, ctx: Context) -> Iterator[Event]:
    """Going on leaves no required step without a word; going back leaves nothing."""
    for step in still_required(state, command.phase):
        field = f"step/{step.id}"
        reason = fitting(command.reasons.get(step.id, ""), field, LEFT_MAX)
        if not reason:
            raise reject(
                "required",
                "{step} is required in the phase {phase} and not done. Say why it is skipped, or do it "
                "first. The phase was not changed.",
                field=field,
                step=step.title,
                phase=state.phase,
            )
        yield StepSkipped(step=step.id, person=ctx.person.id, reason=reason)


def still_required(state: Incident, phase: str) -> tuple[Step, ...]:
    """The required steps that nobody did, if `phase` comes later than the one it is now."""
    later = phase in PHASES and PHASES.index(phase) > PHASES.index(state.phase)
    return required_open(state) if later else ()


def change_severity(state: Incident, command: ChangeSeverity, ctx: Context) -> tuple[Event, ...]:
    """Printed promises stay as they are; the times of the next texts follow the new severity."""
    require_open(state)
    require(ctx.person, Act.SEVERITY, state)
    levels = {str(name): level.title for name, level in sorted(state.book.severities.items())}
    if command.severity not in levels:
        raise reject(
            "severity",
            "There is no severity {severity} in this playbook. Choose {levels}.",
            field="severity",
            severity=command.severity,
            levels=any_of([f"{name} ({title})" for name, title in levels.items()]),
        )
    if command.severity == state.severity:
        raise reject(
            "same",
            "The severity of {name} is {severity} already. Nothing was changed.",
            field="severity",
            name=state.name,
            severity=state.severity,
        )
    reason = require_reason(command.reason, "Please say why, so that everybody understands the new pace.")
    return (
        SeverityChanged(
            person=ctx.person.id, before=state.severity, severity=command.severity, reason=reason
        ),
    )


def stand_down(state: Incident, command: StandDown, ctx: Context) -> tuple[Event, ...]:
    """Only if the last public text said so: cadence_rules of the domain's playbooks."""
    require_open(state)
    require(ctx.person, Act.STAND_DOWN, state)
    until = command.until
    if until.utc <= ctx.now:
        raise reject(
            "past",
            "{when} has passed. Give a time that is still to come.",
            field="until",
            when=when(state, until.utc),
        )
    promised = _promised(state)
    if _minute(promised.utc) != _minute(until.utc):
        raise reject(
            "not-said",
            "People are told to expect the next update at {promised}, not at {until}. Stand down until "
            "{promised}, or first publish an update that promises {until}. Nothing was changed.",
            field="until",
            promised=when(state, promised.utc),
            until=when(state, until.utc),
        )
    _require_nothing_waiting(state)
    _require_put_right(state)
    if state.rest is not None and _minute(state.rest.until.utc) == _minute(until.utc):
        raise reject(
            "resting",
            "{who} stood the team down until {when} already. Nothing was changed.",
            who=Who(state.rest.person),
            when=when(state, state.rest.until.utc),
        )
    return (StoodDown(person=ctx.person.id, until=promised),)


def offer_handover(state: Incident, command: OfferHandover, ctx: Context) -> tuple[Event, ...]:
    """A newer offer takes the place of an older one; until somebody accepts nothing changes."""
    require_open(state)
    require(ctx.person, Act.HANDOVER, state)
    if command.to == state.holder:
        raise reject(
            "holder",
            "{who} runs this incident already. Nothing was changed.",
            field="to",
            who=Who(command.to),
        )
    if command.to == ctx.person.id:
        raise reject("self", "Choose somebody else: you cannot hand the incident to yourself.", field="to")
    if not may(ctx.roster.person(command.to), Act.DRAFT, state):
        raise reject(
            "no-role",
            "{who} holds no role that can run an incident. Choose a communicator or a lead.",
            field="to",
            who=Who(command.to),
        )
    note = fitting(command.note, "note")
    handover = make_id("h", ctx.command_id)
    return (HandoverOffered(handover=handover, person=ctx.person.id, to=command.to, note=note),)


def accept_handover(state: Incident, command: AcceptHandover, ctx: Context) -> tuple[Event, ...]:
    require_open(state)
    if ctx.person.guest:
        raise reject("guest", "Guests cannot run an incident. Please ask a full member of this workspace.")
    offer = _standing_offer(state, command.handover)
    if ctx.person.id != offer.to:
        raise reject(
            "not-asked",
            "{who} was asked to run this incident, not you. Nothing was changed.",
            who=Who(offer.to),
        )
    if not may(ctx.person, Act.DRAFT, state):
        raise reject(
            "no-role",
            "You hold no role that can run an incident any more. {holder} runs it still.",
            holder=Who(state.holder),
        )
    return (HandoverAccepted(handover=offer.id, person=ctx.person.id),)


def _promised(state: Incident) -> Instant:
    """When the public was told to expect the next update. Raises Rejected if it was told nothing."""
    if state.live_promises:
        return state.live_promises[0].due
    if final_reason(state):
        raise reject(
            "final",
            "The last text says that no more updates come, so none is owed and there is nothing to stand "
            "down from. Close the incident when everything is done.",
        )
    raise reject(
        "no-promise",
        "The public was not told when the next update comes. Publish a text that says so, then stand down "
        "until that time.",
    )


def _require_nothing_waiting(state: Incident) -> None:
    """Nobody rests while a text is being decided on or may be out without anybody having said so."""
    for draft in state.drafts.values():
        if draft.status == "in review":
            raise _waits(
                state,
                draft,
                draft.current,
                "{title}, revision {revision}, waits for approval. Let it be decided or withdraw it, then "
                "stand down.",
            )
        if draft.status == "approved":
            raise _waits(
                state,
                draft,
                draft.current,
                "{title}, revision {revision}, is approved and not marked as {out}. Mark it or withdraw it, "
                "then stand down.",
            )


def _require_put_right(state: Incident) -> None:
    for draft in unfinished(state):
        raise reject(
            "not-put-right",
            "{title} has not reached {channels} yet, where the old words were read. Post and mark it there, "
            "then stand down.",
            title=title_of(state, draft),
            channels=channels_left(state, draft),
        )


def _waits(state: Incident, draft: Draft, revision: Revision, words: str) -> Rejected:
    title = state.step(draft.step).title if draft.step in state.steps else draft.id
    out = "played" if state.exercise else "published"
    return reject("waiting", words, title=title, revision=revision.number, out=out)


def _standing_offer(state: Incident, handover: str) -> Handover:
    """The newest offer, not accepted yet. Raises Rejected that says what is so."""
    offer = state.handovers.get(handover)
    if offer is None:
        raise reject("no-offer", "This offer is not part of {name}. Nothing was changed.", name=state.name)
    if offer.accepted_at is not None:
        raise reject(
            "accepted",
            "{who} accepted this at {when} already. {holder} runs the incident now.",
            who=Who(offer.to),
            when=when(state, offer.accepted_at),
            holder=Who(state.holder),
        )
    newest = next(reversed(list(state.handovers.values())))
    if newest is not offer:
        raise reject(
            "replaced",
            "This offer was replaced: {who} was asked at {when}. {holder} runs the incident now.",
            who=Who(newest.to),
            when=when(state, newest.at),
            holder=Who(state.holder),
        )
    return offer


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
