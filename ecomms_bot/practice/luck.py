"""Bad luck that a trainer switches on and off: a slow Slack, one that refuses, none at all, and doubles."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ecomms_bot.practice.workspace import Fault, Workspace

SLOW_S = 2.0
SLOWER_S = 0.9
"""A form or a personal answer that took 2 s would be given up: Slack leaves little time for them."""
POSTS = ("chat.postMessage", "chat.update", "chat.postEphemeral", "chat.delete")
AGAIN_S = 3


@dataclass(frozen=True, slots=True)
class Switch:
    """One kind of bad luck, in the page's words."""

    name: str
    title: str
    about: str


SLOW = Switch(
    "slow", "Slack is slow", f"Each post or edit takes {SLOW_S:g} seconds, everything else nearly one."
)
BUSY = Switch(
    "busy",
    "Too many calls (429)",
    f"Every second post or edit is put off by {AGAIN_S} seconds, as Slack does.",
)
OUTAGE = Switch("outage", "Slack is away", "No call arrives, nobody reaches the bot.")
TWICE = Switch(
    "twice", "Everything arrives twice", "Each command, click and form is delivered a second time."
)
SWITCHES = (SLOW, BUSY, OUTAGE, TWICE)


class Luck:
    """The switches. `changed` is told of every change."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._set: dict[str, list[Fault]] = {}
        self._lock = threading.Lock()
        self._how: Mapping[str, Callable[[], list[Fault]]] = {
            SLOW.name: self._slow,
            BUSY.name: self._busy,
            OUTAGE.name: self._outage,
            TWICE.name: self._twice,
        }

    def on(self, name: str) -> bool:
        return name in self._set

    @property
    def any(self) -> bool:
        return bool(self._set)

    def switch(self, name: str, *, on: bool) -> None:
        """Switch one on or off; what it is already is fine. Raises KeyError for a switch there is not."""
        with self._lock:
            if on and name not in self._set:
                self._set[name] = self._how[name]()
            elif not on:
                for fault in self._set.pop(name, []):
                    self._workspace.faults.clear(fault)
        self._workspace.changed()

    def all_off(self) -> None:
        for switch in SWITCHES:
            self.switch(switch.name, on=False)

    def _slow(self) -> list[Fault]:
        faults = self._workspace.faults
        more = [faults.delay(method, SLOW_S - SLOWER_S, None) for method in POSTS]
        return [faults.delay("*", SLOWER_S, None), *more]

    def _busy(self) -> list[Fault]:
        count = itertools.count()

        def second(args: dict[str, object]) -> bool:
            return "channel" in args and next(count) % 2 == 1

        return [self._workspace.faults.add(Fault("*", "rate_limited", None, AGAIN_S, matching=second))]

    def _outage(self) -> list[Fault]:
        return [self._workspace.faults.outage(), self._workspace.cut_sockets()]

    def _twice(self) -> list[Fault]:
        return [self._workspace.faults.delivered_twice(times=None)]
