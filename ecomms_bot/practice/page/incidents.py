"""The incidents of a practice as the log has them, read once for each change in the workspace."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from ecomms_bot.practice.training import Training
from ecomms_bot.practice.workspace import Conversation


@dataclass(frozen=True, slots=True)
class Told:
    """An incident as the bot's records have it, and the conversation that it has here."""

    place: Conversation
    state: Any


class Incidents:
    """Any number of viewers ask; the log is read again only after something has happened."""

    def __init__(self, made: Training) -> None:
        self._made = made
        self._rings = -1
        self._told: tuple[Told, ...] = ()
        self._lock = threading.Lock()

    def all(self) -> tuple[Told, ...]:
        """In the order in which they were opened; a conversation may have had several."""
        with self._lock:
            rings = self._made.workspace.lock.rings
            if rings != self._rings:
                self._told, self._rings = tuple(self._read()), rings
            return self._told

    def _read(self) -> list[Told]:
        records, workspace = self._made.reader.records, self._made.workspace
        places = {place.id: place for place in workspace.conversations}
        rows = [(places.get(row.conversation or ""), row.id) for row in reversed(records.all_incidents())]
        return [Told(place, records.state(incident)) for place, incident in rows if place is not None]
