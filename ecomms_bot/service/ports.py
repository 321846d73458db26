"""What the service needs from outside, and no more: a clock, a chat, a directory, a sign of rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident.policy import Person, Roster
from ecomms_bot.incident.state import Ref
from ecomms_bot.incident.things import Place


class Clock(Protocol):
    """Incident time for commands, tasks and texts; machine time for leases and retries."""

    @property
    def practice(self) -> bool:
        """Whether incident time may differ from the system's."""

    def now(self) -> datetime:
        """Incident time, UTC."""

    def machine(self) -> float:
        """Machine time, seconds since the epoch; never scaled, the same for all replicas."""

    def real_delay(self, due: datetime) -> float | None:
        """Machine seconds until `due` (incident time), 0 if passed, None while the clock stands still."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What to show, as plain data: the kind of effect, the incident, and ids. Never rendered text."""

    kind: str
    incident: str
    thing: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)


class Chat(Protocol):
    """Where staff read and click."""

    def show(self, notice: Notice, place: Place, key: str, *, again: bool) -> Ref:
        """Show it and say where it stands. `again`: an earlier try may have arrived, look for `key` first.

        Raises TryLater (as NotYet), CannotShow (as NotThere) and NotWanted. A Ref with
        `unsure` set may be a repeat.
        """


class Directory(Protocol):
    """Who holds which role at this moment. Never calls out: a listener waits for it."""

    def roster(self) -> Roster: ...

    def person(self, user: str, *, guest: bool = False) -> Person: ...


class Idle(Protocol):
    """Whether anything is on its way: an unanswered envelope, a task due or leased."""

    def wait(self, timeout_s: float) -> bool:
        """True once nothing is on its way, False after `timeout_s` of machine time."""

    def next_due(self) -> datetime | None:
        """The earliest time (UTC, incident time) at which something is to be done."""


class TryLater(EcommsError):
    """Slack did not take it now; it is kept and tried again."""

    def __init__(self, text: str, *, retry_after: float | None = None, maybe_done: bool = False) -> None:
        super().__init__(text)
        self.retry_after = retry_after
        self.maybe_done = maybe_done


class NotYet(TryLater):
    """It is not its turn: nothing was begun, so it does not count as an attempt."""


class CannotShow(EcommsError):
    """Slack refused; `advice` says what a person can do. `mendable`: it can be shown once they did."""

    def __init__(self, problem: str, advice: str, *, mendable: bool = False) -> None:
        super().__init__(f"{problem} {advice}")
        self.problem = problem
        self.advice = advice
        self.mendable = mendable


class NotWanted(EcommsError):
    """What was to be shown must not be shown any more, and was not."""


class NotThere(CannotShow):
    """What was to be changed is not there any more, or (`thread`) what began the thread it belongs to."""

    def __init__(self, problem: str, advice: str, *, thread: bool = False) -> None:
        super().__init__(problem, advice)
        self.thread = thread
