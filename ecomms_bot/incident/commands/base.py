"""What every command is, and what a decision may look at besides the state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ecomms_bot.incident.policy import Person, Roster


@dataclass(frozen=True, slots=True)
class Context:
    """What a decision may look at besides the state. `now` is UTC, incident time.

    `leaders`: the conversation that the office names for what its leaders read; "" if it names none.
    """

    now: datetime
    person: Person
    command_id: str
    roster: Roster
    leaders: str = ""


class Command:
    """Something asked of one incident."""

    __slots__ = ()
