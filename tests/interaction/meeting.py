"""What the tests of interactions share: people at work, what the app was asked and what it called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecomms_bot.practice.stage import Stage, stage
from ecomms_bot.practice.workspace import Answer, Call
from tests.books import FOLDER
from tests.scenario.acting import FIRST_EVENING, OFFICE, PEOPLE, ZONE, Actor, Case, opens
from tests.scenario.aftermath import forget, put_away

LOOKS_UP = ("apps.connections.open", "auth.test", "users.info")
"""Calls that come once in a while, whatever is done."""

READER = "theo"
"""The one who looks at their Home tab: from then on it is drawn after whatever they do."""


@contextmanager
def at_work(folder: Path, *, http: bool) -> Iterator[Stage]:
    with stage(
        folder,
        PEOPLE,
        starts=FIRST_EVENING,
        zone=ZONE,
        database_url=f"sqlite:///{folder / 'ecomms.db'}",
        office=OFFICE,
        playbooks=FOLDER,
        http=http,
    ) as made:
        made.workspace.add_conversation("ops-desk", [*PEOPLE])
        yield made


def leave(on: Stage) -> None:
    """Put away what is open, and forget it for the next test."""
    on.workspace.faults.clear()
    for user in list(on.workspace.users.values()):
        while (someone := on.workspace.person(user.id)).modal is not None:
            someone.close_modal()
    on.settle()
    for row in on.bot.records.open_incidents():
        put_away(on, row.id)
    forget(on)


@dataclass
class Meeting:
    on: Stage

    def actor(self, handle: str = "mara") -> Actor:
        return Actor(self.on, handle)

    def case(self) -> Case:
        """An exercise at its first step; what was called to open it is not counted."""
        made = opens(self.on)
        self.on.workspace.calls.clear()
        return made

    @property
    def calls(self) -> list[Call]:
        """What the app called at Slack since the test (or the case) began, when it has come to rest."""
        self.on.settle()
        return [call for call in self.on.workspace.calls if call.method not in LOOKS_UP]

    @property
    def called(self) -> list[str]:
        return [call.method for call in self.calls]


def acked(answer: Answer) -> Any:
    """What the app's own answer carried: the payload of the ack, or the body of the response."""
    assert answer.envelope is not None
    assert len(answer.envelope.acks) == 1
    return answer.envelope.ack
