"""The log in words: one sentence for each entry, as people read it in Slack, in a terminal and in reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ecomms_bot.incident import events as e
from ecomms_bot.incident.state import Incident, Recorded
from ecomms_bot.incident.telling import REDACTED, THINGS, tell
from ecomms_bot.incident.wording import Sentence

__all__ = ["REDACTED", "THINGS", "TimelineLine", "line", "lines"]


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One line of the log. `at` is UTC; `actor` is a person, the bot, or who sat at the terminal."""

    seq: int
    at: datetime
    actor: str
    sentence: Sentence


def lines(
    state: Incident,
    entries: Iterable[Recorded],
    *,
    all: bool = False,  # noqa: A002 - named as the option `--all`
) -> tuple[TimelineLine, ...]:
    """The lines of entries of this incident, in their order.

    Without `all` plumbing is left out, and of equal lines about a saved draft, one after the other, the last
    one stands for all.
    """
    told: list[TimelineLine] = []
    saved: Sentence | None = None
    for each in entries:
        if not all and e.EVENTS[each.type].plumbing:
            continue
        now = TimelineLine(each.seq, each.at, each.actor, line(each, state))
        if not all and saved == now.sentence:
            told.pop()
        saved = now.sentence if isinstance(each.event, e.DraftSaved) else None
        told.append(now)
    return tuple(told)


def line(recorded: Recorded, state: Incident) -> Sentence:
    """What one entry says. `state` is the one after the whole log: it knows the names of steps and texts."""
    return REDACTED if recorded.event is None else tell(recorded.event, recorded, state)
