"""Reminders of an update owed to the public: to who has to write it, then to pio and ic."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from ecomms_bot.incident.keys import promise_key
from ecomms_bot.incident.policy import IC, PIO
from ecomms_bot.incident.reminders.base import POINTS, QUIET, Point, Reminder
from ecomms_bot.incident.state import Incident, Promise

BEFORE: tuple[Point, ...] = ("T-15", "T-5")
ESCALATES_TO: dict[str, str] = {"T+0": PIO, "T+10": IC}
T15_NEEDS = timedelta(minutes=20)
"""With fewer than 20 minutes left when the promise starts, T-15 would come on the heels of publishing."""


def reminded(state: Incident) -> tuple[Promise, ...]:
    """The live promises, the newest alone of those for the same minute: one update keeps them all."""
    newest = {promise.due.utc: promise for promise in sorted(state.live_promises, key=_made)}
    return tuple(newest.values())


def _made(promise: Promise) -> datetime:
    return promise.started_at


def of_promise(state: Incident, promise: Promise) -> Iterator[Reminder]:
    """T-15, T-5, T+0 and T+10 of a live promise, and the one that was snoozed.

    What had passed when the promise started is not said; one that started overdue escalates at once.
    """
    again = _again(state, promise)
    for point, offset in POINTS.items():
        due = promise.due.utc + offset
        if point in ESCALATES_TO:
            if point == "T+0" and promise.started_at >= promise.due.utc + POINTS["T+10"]:
                continue
            due = max(due, promise.started_at)
        elif due <= promise.started_at or (point == "T-15" and _short(promise)):
            continue
        key = promise_key(promise, point)
        yield Reminder(key, "promise", promise.id, point, due, _superseded(promise, point), again)
    snooze = state.snoozes.get(promise.id)
    if snooze is not None and not (snooze.point == "T-15" and before_t5(promise, snooze.until)):
        key = promise_key(promise, f"{snooze.point}/again")
        yield Reminder(key, "promise", promise.id, "again", snooze.until, again=again)


def _again(state: Incident, promise: Promise) -> int:
    """What was reminded of in its place turned out not to be out: then it is reminded of itself again."""
    others = (each for each in state.promises.values() if each.due.utc == promise.due.utc)
    said = (
        correction.seq
        for each in others
        if each.id != promise.id and each.draft in state.drafts
        for correction in state.drafts[each.draft].corrections
        if correction.revision == each.revision
    )
    return max(said, default=0)


def before_t5(promise: Promise, moment: datetime) -> bool:
    """Whether T-5 comes so soon after this moment that it says all there is to say."""
    t5 = promise.due.utc + POINTS["T-5"]
    return t5 - QUIET <= moment <= t5


def said_overdue(state: Incident, promise_id: str) -> bool:
    """Whether people were told that this update is not out, or another one for the same minute."""
    promise = state.promises.get(promise_id)
    if promise is None:
        return False
    same = (each for each in state.promises.values() if each.due.utc == promise.due.utc)
    return any(promise_key(each, point) in state.fired for each in same for point in ESCALATES_TO)


def _short(promise: Promise) -> bool:
    return promise.due.utc - promise.started_at < T15_NEEDS


def _superseded(promise: Promise, point: Point) -> datetime | None:
    """When the next reminder of the same people makes this one pointless (after the bot was away)."""
    following: dict[Point, Point] = {"T-15": "T-5", "T-5": "T+0"}
    return promise.due.utc + POINTS[following[point]] if point in following else None
