"""What a drill came to, held against its targets: pure, from the log as it was when the drill ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Literal

from ecomms_bot.incident.changes import label_of
from ecomms_bot.incident.drilling import part_of
from ecomms_bot.incident.evolve import replay
from ecomms_bot.incident.rules.following import title_of
from ecomms_bot.incident.state import Draft, Given, Incident, Promise, Recorded
from ecomms_bot.incident.telling.base import step_title
from ecomms_bot.playbook.drills import Inject, TakePart

InjectStatus = Literal["in time", "late", "left", "still open", "never came"]
"""Still open: the time for an answer was not over when the drill ended, or is not yet.
Never came: nobody could read it in Slack before the end. Neither of them counts."""
PromiseStatus = Literal["kept", "late", "missed", "withdrawn", "not due yet"]


class NoDrill(LookupError):
    """The incident is no drill that people took part in."""


@dataclass(frozen=True, slots=True)
class InjectLine:
    """An inject and what came of it. `came`: after how long; `answered`, `noticed`: how long after it came.

    It came when it could be read in Slack.

    `asked`: what counted as an answer, in words; `how` what the answer was; people are ids.
    """

    number: int
    inject: Inject
    asked: str
    status: InjectStatus
    came: timedelta | None = None
    answered: timedelta | None = None
    by: str = ""
    how: str = ""
    noticed: timedelta | None = None
    noticed_by: str = ""


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """An update that was promised to the public. `late` is how late it came, if it came late."""

    title: str
    due: datetime
    status: PromiseStatus
    late: timedelta | None = None


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """A draft that was sent back or declined, by whom (an id) and why."""

    title: str
    revision: int
    person: str
    reason: str
    declined: bool


@dataclass(frozen=True, slots=True)
class OverrideLine:
    """Approvals that somebody (an id) went past, and why."""

    title: str
    revision: int
    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target of the drill in words, what was reached, and whether that is enough."""

    what: str
    wanted: str
    reached: str
    met: bool


@dataclass(frozen=True, slots=True)
class Debrief:
    """What a drill came to. `ended` None: it is still running. Times are UTC, spans counted from `began`.

    `first_message`: when the first public text was marked as played. `approval`: the median of texts that
    were approved without an override. `threads`: whether words in the threads of injects could count.
    """

    incident: str
    name: str
    zone: str
    drill: str
    title: str
    minutes: int
    began: datetime
    ended: datetime | None
    first_message: timedelta | None
    promises: tuple[PromiseLine, ...]
    returned: tuple[ReturnLine, ...]
    injects: tuple[InjectLine, ...]
    approved: int
    approval: timedelta | None
    overridden: tuple[OverrideLine, ...]
    targets: tuple[TargetLine, ...]
    threads: bool = True

    @property
    def met(self) -> bool:
        """Whether every target was reached."""
        return all(target.met for target in self.targets)

    def explains(self, line: InjectLine) -> bool:
        """Whether what was wanted may be told: not while somebody may still find it out."""
        return self.ended is not None or line.answered is not None

    def people(self) -> tuple[str, ...]:
        """The ids of everybody whom it names."""
        named = [each for line in self.injects for each in (line.by, line.noticed_by)]
        named += [line.person for line in self.returned] + [line.person for line in self.overridden]
        return tuple(dict.fromkeys(each for each in named if each))


def debrief(state: Incident, entries: Sequence[Recorded] = (), *, threads: bool = True) -> Debrief:
    """The debrief of a drill as it was at its end; of one that is still running, as it is now.

    `entries`: its log, to leave out what came after the end; without them `state` counts as it is.
    `threads`: whether the office keeps what people write in threads. Raises NoDrill.
    """
    part = part_of(state)
    drill, began = state.drill, state.opened_at
    if drill is None or part is None or began is None:
        msg = f"{state.id} is no drill that people take part in"
        raise NoDrill(msg)
    end = state.drill_ended
    if end is not None and state.seq > end.seq and entries:
        state = replay(state.id, entries[: end.seq])
    until = end.at if end is not None else _last(state, entries)
    injects = tuple(_injects(state, part, until))
    if end is None:  # whoever takes part may read it, and must not read what is still to come
        injects = tuple(line for line in injects if line.status != "never came")
    promises = tuple(_promise(state, each, until) for each in state.promises.values())
    first = _first_message(state)
    waits = [
        (revision.approved_at - revision.at).total_seconds()
        for draft in state.drafts.values()
        for revision in draft.revisions
        if revision.approved_at is not None and not revision.overridden
    ]
    return Debrief(
        incident=state.id,
        name=state.name,
        zone=state.zone,
        drill=drill.id,
        title=drill.title,
        minutes=part.minutes,
        began=began,
        ended=end.at if end is not None else None,
        first_message=first,
        promises=promises,
        returned=tuple(_returned(state)),
        injects=injects,
        approved=len(waits),
        approval=timedelta(seconds=median(waits)) if waits else None,
        overridden=tuple(_overridden(state)),
        targets=tuple(_targets(part, first, promises, injects)),
        threads=threads,
    )


def _last(state: Incident, entries: Sequence[Recorded]) -> datetime:
    """Until when a drill that is running is looked at."""
    assert state.opened_at is not None
    return entries[-1].at if entries else state.opened_at


def _first_message(state: Incident) -> timedelta | None:
    assert state.opened_at is not None
    out = [
        revision.public_at
        for draft in state.drafts.values()
        for revision in draft.revisions
        if revision.public_at is not None
    ]
    return max(timedelta(0), min(out) - state.opened_at) if out else None


def _injects(state: Incident, part: TakePart, until: datetime) -> Iterator[InjectLine]:
    for number, inject in enumerate(part.injects, 1):
        asked, given = _asked(state, inject), state.injects.get(inject.id)
        if given is None:
            yield InjectLine(number, inject, asked, "never came")
        else:
            yield _came_of(state, InjectLine(number, inject, asked, "left"), given, until)


def _came_of(state: Incident, line: InjectLine, given: Given, until: datetime) -> InjectLine:
    assert state.opened_at is not None
    answered, noticed = given.answered, given.noticed
    within, status = timedelta(minutes=line.inject.within), line.status
    if answered is not None:
        status = "in time" if given.after(answered) <= within else "late"
    elif given.shown is None:
        return InjectLine(line.number, line.inject, line.asked, "never came")
    elif until - given.shown < within:
        status = "still open"
    return InjectLine(
        line.number,
        line.inject,
        line.asked,
        status,
        came=(given.shown or given.at) - state.opened_at,
        answered=given.after(answered) if answered else None,
        by=answered.person if answered else "",
        how=answered.how if answered else "",
        noticed=given.after(noticed) if noticed else None,
        noticed_by=noticed.person if noticed else "",
    )


def _asked(state: Incident, inject: Inject) -> str:
    """What counts as an answer, as in “a fact: Gauge level”."""
    words = {
        "reply": "a reply in its thread, or an entry made from it",
        "fact": "a fact on the fact sheet",
        "text": "a text sent for approval",
        "correction": "a correction of the text, or that it is taken down",
        "question": "a question written down, with who finds the answer",
        "escalate": "word to a lead: severity, handover, a question to them, or their name in the thread",
    }[inject.answer]
    if inject.answer == "fact":
        named = [label_of(state, each) for each in inject.of]
    else:
        named = [step_title(state, each) for each in inject.of]
    return f"{words} ({' or '.join(named)})" if named else words


def _promise(state: Incident, promise: Promise, until: datetime) -> PromiseLine:
    title = step_title(state, promise.step) if promise.step else "a redacted text"
    due, late = promise.due.utc, timedelta(seconds=promise.late_seconds)
    match promise.status:
        case "kept":
            return PromiseLine(title, due, "kept")
        case "late":
            return PromiseLine(title, due, "late", late)
        case _ if due <= until:
            return PromiseLine(title, due, "missed")
        case "withdrawn":
            return PromiseLine(title, due, "withdrawn")
        case _:
            return PromiseLine(title, due, "not due yet")


def _returned(state: Incident) -> Iterator[ReturnLine]:
    for draft in state.drafts.values():
        for each in draft.returns:
            yield ReturnLine(_title(state, draft), each.revision, each.person, each.reason, each.declined)


def _overridden(state: Incident) -> Iterator[OverrideLine]:
    for draft in state.drafts.values():
        for each in draft.overridden_by:
            yield OverrideLine(_title(state, draft), each.revision, each.person, each.reason)


def _title(state: Incident, draft: Draft) -> str:
    return title_of(state, draft) if draft.step else "a redacted text"


def _targets(
    part: TakePart, first: timedelta | None, promises: Sequence[PromiseLine], injects: Sequence[InjectLine]
) -> Iterator[TargetLine]:
    wanted = timedelta(minutes=part.targets.first_message)
    yield TargetLine(
        "First public text",
        f"within {part.targets.first_message} min",
        "none" if first is None else after(minutes(first)),
        first is not None and first <= wanted,
    )
    kept = sum(each.status == "kept" for each in promises)
    counted = [each for each in promises if each.status in {"kept", "late", "missed"}]
    none = "none was promised" if not promises else "none was due"
    yield TargetLine(
        "Promised updates that came in time",
        f"{part.targets.promises_kept} %",
        f"{kept} of {len(counted)}" if counted else none,
        bool(promises) and _enough(kept, len(counted), part.targets.promises_kept),
    )
    in_time = sum(each.status == "in time" for each in injects)
    came = [each for each in injects if each.status in {"in time", "late", "left"}]
    yield TargetLine(
        "Injects answered in time",
        f"{part.targets.answers} %",
        f"{in_time} of {len(came)}" if came else "none came",
        bool(came) and _enough(in_time, len(came), part.targets.answers),
    )


def _enough(reached: int, of: int, percent: int) -> bool:
    return reached * 100 >= of * percent


def minutes(span: timedelta) -> str:
    """As in “4 min”; less than half a minute is “at once”."""
    whole = round(span.total_seconds() / 60)
    return f"{whole} min" if whole else "at once"


def after(span: str) -> str:
    """As in “after 4 min”, of what `minutes` says."""
    return span if span == "at once" else f"after {span}"
