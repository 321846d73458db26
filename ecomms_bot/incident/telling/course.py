"""The course of an incident in words: opened, started, turned, handed over, closed."""

from __future__ import annotations

from ecomms_bot.incident import events as e
from ecomms_bot.incident.state import Incident, Recorded
from ecomms_bot.incident.telling.base import step_title, tell, with_, with_reason
from ecomms_bot.incident.wording import Sentence, When, Who, say


@tell.register
def _(event: e.IncidentOpened, _recorded: Recorded, state: Incident) -> Sentence:
    said = say(
        "{name} opened by {who}: {mode}, {hazard}, {severity}, phase {phase}",
        name=event.name,
        who=Who(event.opener),
        mode="exercise" if event.exercise else "live",
        hazard=state.book.hazard,
        severity=_level(state, event.severity),
        phase=event.phase,
    )
    if state.drill is not None:
        said = with_(said, ", drill ", say("{drill}", drill=state.drill.title))
    if event.area:
        said = with_(said, ", ", say("{area}", area=event.area))
    return said if event.roles_configured else with_(said, ", ", say("approvals without roles configured"))


@tell.register
def _(event: e.StepStarted, _recorded: Recorded, state: Incident) -> Sentence:
    title = step_title(state, event.step)
    if event.due is None:
        return say("Step {title} started", title=title)
    return say("Step {title} started, due {due}", title=title, due=When.of(event.due))


@tell.register
def _(event: e.IncidentClosed, _recorded: Recorded, state: Incident) -> Sentence:
    words = "{name} closed by {who}, as opened in error" if event.in_error else "{name} closed by {who}"
    told = with_reason(say(words, name=state.name, who=Who(event.person)), event.note)
    if event.left_reason:
        words = "a correction was left that had not reached everybody: {left}"
        told = with_(told, "; ", say(words, left=event.left_reason))
    if not event.left:
        return told
    ends = (f"{each.what} ({each.reason})" if each.reason else each.what for each in event.left)
    return with_(told, "; left open: ", say("{ends}", ends="; ".join(ends)))


@tell.register
def _(event: e.PhaseChanged, _recorded: Recorded, _state: Incident) -> Sentence:
    told = say(
        "Phase changed by {who} from {before} to {after}",
        who=Who(event.person),
        before=event.before,
        after=event.phase,
    )
    return with_reason(told, event.note)


@tell.register
def _(event: e.SeverityChanged, _recorded: Recorded, state: Incident) -> Sentence:
    told = say(
        "Severity changed by {who} from {before} to {after}",
        who=Who(event.person),
        before=_level(state, event.before),
        after=_level(state, event.severity),
    )
    return with_reason(told, event.reason)


@tell.register
def _(event: e.StepSkipped, _recorded: Recorded, state: Incident) -> Sentence:
    told = say("Step {title} skipped by {who}", title=step_title(state, event.step), who=Who(event.person))
    return with_reason(told, event.reason)


@tell.register
def _(event: e.StoodDown, _recorded: Recorded, _state: Incident) -> Sentence:
    return say(
        "{who} stands the team down until {until}, as the last text says",
        who=Who(event.person),
        until=When.of(event.until),
    )


@tell.register
def _(event: e.HandoverOffered, _recorded: Recorded, _state: Incident) -> Sentence:
    told = say("{who} asked {to} to run the incident", who=Who(event.person), to=Who(event.to))
    return with_reason(told, event.note)


@tell.register
def _(event: e.HandoverAccepted, _recorded: Recorded, _state: Incident) -> Sentence:
    return say("{who} runs the incident now", who=Who(event.person))


def _level(state: Incident, severity: str) -> str:
    """As in "S2 Major"."""
    return f"{severity} {state.book.severities[severity].title}"  # type: ignore[index] # its keys are S1 to S4
