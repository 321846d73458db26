"""What people did and what they were told: one line for each thing that somebody wanted done."""

from __future__ import annotations

import threading
import time
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ecomms_bot.practice.workspace import Answer

Outcome = Literal["done", "acked", "told", "unanswered", "next"]
"""done: they were told that it is done. acked: nothing went wrong, and nothing was said. told: why not, or
something else. unanswered: Slack's own error. next: a form goes on."""


@dataclass
class Try:
    """One envelope. `ids`: by which the log may know it. `answers`: the address for a personal answer."""

    ids: list[str]
    at: float
    ended: float
    outcome: Outcome
    words: str = ""
    answers: str = ""


@dataclass
class Act:
    """`mark` is in the words that were typed, and in nobody else's."""

    number: int
    who: str
    user: str
    what: str
    mark: str
    place: str = ""
    about: str = ""
    tries: list[Try] = field(default_factory=list)


class Ledger:
    """Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.acts: list[Act] = []

    def begin(self, who: str, user: str, what: str, place: str = "", about: str = "") -> Act:
        with self._lock:
            number = len(self.acts) + 1
            act = Act(number, who, user, what, f"m{number}x", place, about)
            self.acts.append(act)
            return act

    def dump(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(act) for act in self.acts if act.tries]


def note(act: Act, began: float, answer: Answer, outcome: Outcome, words: str) -> None:
    payload = answer.envelope.payload if answer.envelope is not None else {}
    ids = [payload.get("trigger_id"), (payload.get("view") or {}).get("id")]
    urls = [
        payload.get("response_url"),
        *(each.get("response_url") for each in payload.get("response_urls", [])),
    ]
    address = next((url.rsplit("/", 1)[1] for url in urls if url), "")
    act.tries.append(
        Try([each for each in ids if each], began, time.monotonic(), outcome, words[:400], address)
    )
