"""What is to be done now: signs of life, due reminders, leases on effects. Without threads."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident import effects as kinds
from ecomms_bot.incident.commands import FireReminder
from ecomms_bot.service.absence import Absence
from ecomms_bot.service.carrying import RECORD_S, Carrier, LeaseLost, Parts
from ecomms_bot.service.handler import BOT, Request
from ecomms_bot.service.setback import ClockSetBack, SetBack
from ecomms_bot.store import heartbeat, tasks
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.tasks import TaskRow

LEASE_S = 60.0
"""Machine time that one effect may take before another worker takes it over; its calls take half at most."""
BEAT_S = 15.0
AGAIN_S = 0.2
"""What a look left, although it may be tried again, is held up: without a pause the worker would spin."""
SIGN_OFF_S = 2.0
EARLY_S = 0.02
"""A reminder is taken up this much before it is due: its thread then waits for the moment itself, which is
more exact than any alarm."""
GONE_S = 15.0
"""What a process that ended had sent has reached Slack by then, or never will: nobody waits longer than 10 s
for the answer to a call. Only then is it safe to look whether it was done, and to do it otherwise."""
REMINDERS = 16
"""So many reminders are taken at a time, of thousands that came due while nobody was there."""
ANSWER_FOR = timedelta(minutes=30)
"""How long Slack's response_url can be used, and so may be kept."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to do now, by the key of its task. What `run` raises means that it is still to be done.

    `inside`: it ends in the database, and does not wait for Slack.
    """

    key: str
    run: Callable[[], None]
    inside: bool = False


class Work:
    """Finds what is due and says how to do it; whoever calls it decides when, and in which thread."""

    def __init__(self, parts: Parts, *, connected: Callable[[], bool] = lambda: True) -> None:
        self._p = parts
        self._connected = connected
        self._carrier = Carrier(parts)
        self._absence = Absence(parts)
        self._set_back = SetBack(parts.db)
        self._beaten = float("-inf")
        self._stuck: set[str] = set()
        self._next: datetime | None = None
        self._taken_up = datetime.min.replace(tzinfo=UTC)

    def beat(self) -> None:
        """Give a sign of life, if the last one is some time ago."""
        machine = self._p.clock.machine()
        if abs(machine - self._beaten) < BEAT_S:
            return
        if not self._absence.told():
            return
        with self._p.db.write() as conn:
            heartbeat.beat(conn, self._p.sign, machine, self._p.clock.now())
            heartbeat.clear(conn, machine, self._p.gone)
            tasks.blank_old_ids(conn, ("url",), self._p.clock.now() - ANSWER_FOR)
            for owner in tasks.owners(conn):
                if owner != self._p.name and self._p.gone(owner):
                    tasks.shorten(conn, owner, machine + GONE_S)
        self._beaten = machine
        self._absence.beaten()
        self._p.learn()

    def sign_off(self, unbegun: Collection[str] = ()) -> None:
        """Who stops in order leaves no sign of life behind, so that nobody takes it for one that runs.

        Leases on what has not begun are given back; what is still under way has its answer soon, or never.
        """
        if self._beaten == float("-inf"):
            return
        machine = self._p.clock.machine()
        try:
            with self._p.db.write(Deadline.after(SIGN_OFF_S)) as conn:
                tasks.give_back(conn, self._p.name, unbegun)
                tasks.shorten(conn, self._p.name, machine + GONE_S)
                heartbeat.beat(conn, self._p.sign, machine, self._p.clock.now())
                heartbeat.forget(conn, self._p.sign)
        except EcommsError as error:
            logger.warning("The last sign of life could not be taken back: %s", error)

    def due(self, free: Callable[[], int]) -> Iterator[Job]:
        """What is to be done now: reminders first, then effects, each leased to us, as many as are `free`.

        `free` is asked when the reminders have been taken. There may be more: when some are done, ask again.
        """
        self._carrier.overtaken.look()
        now = self._p.clock.now()
        self._set_back.look(now)
        self._taken_up = until = self._soon(now)
        with self._p.db.read() as conn:
            reminders = tasks.due(conn, until, {kinds.REMINDER}, limit=REMINDERS + len(self._stuck))
            more = tasks.any_claimable(conn, now, self._p.clock.machine(), exclude={kinds.REMINDER})
        if reminders:
            self._p.learn()  # who went off duty a moment ago, at another replica, is not woken
        for reminder in reminders:
            yield Job(reminder.key, partial(self._fire, reminder), inside=True)
        limit = free()
        if not more or limit <= 0 or not self._connected():
            return
        with self._p.db.write() as conn:
            claimed = tasks.claim(
                conn,
                now=now,
                machine_now=self._p.clock.machine(),
                lease_s=LEASE_S,
                owner=self._p.name,
                limit=limit,
                exclude={kinds.REMINDER},
            )
        for task in claimed:
            yield Job(task.key, partial(self._carrier.carry_out, task))

    def _soon(self, now: datetime) -> datetime:
        """Until when reminders are taken up now: at most until the one for which the alarm rang early."""
        if self._next is None or self._next <= now or self._p.clock.practice:
            return now
        delay = self._p.clock.real_delay(self._next)
        return now if delay is None or delay > EARLY_S else self._next

    def arm(self) -> None:
        """Have the alarm ring when the next thing is due, just before if that is a reminder."""
        with self._p.db.read() as conn:
            first = tasks.first_after(conn, max(self._p.clock.now(), self._taken_up))
            retry_at = tasks.next_retry(conn)
        due, self._next = None if first is None else first[0], None
        if first is not None and first[1] == kinds.REMINDER and not self._p.clock.practice:
            due, self._next = first[0] - timedelta(seconds=EARLY_S), first[0]
        wait = None if retry_at is None else max(AGAIN_S, retry_at - self._p.clock.machine())
        self._p.alarm.arm(due, wait)

    def _fire(self, task: TaskRow) -> None:
        """Claim, entry, messages and the end of the reminder are one transaction."""
        key, began = task.key, task.due_at

        def ready() -> None:
            nonlocal began
            self._await(task.due_at)
            began = self._p.clock.now()
            if began < task.due_at:
                raise ClockSetBack

        def take(conn: Connection) -> None:
            now = self._p.clock.now()
            if now < began:  # what was moot then need not be any more
                raise ClockSetBack
            if not tasks.take(conn, key, now=now):
                raise LeaseLost

        reminder = key.split(f"/{kinds.REMINDER}/", 1)[1]
        request = Request(task.incident, FireReminder(reminder), key, BOT, within=take, ready=ready)
        self._stuck.add(key)  # until it is done; those that cannot be done do not keep others from their turn
        self._p.handler.handle(request, Deadline.after(RECORD_S))
        self._stuck.discard(key)

    def _await(self, due: datetime) -> None:
        """A moment, if it was taken up a moment too early."""
        for _ in range(2):  # a wait on the monotonic clock may end a little before the other one is there
            delay = self._p.clock.real_delay(due)
            if delay and delay <= EARLY_S:
                time.sleep(delay)


def attempt(job: Job) -> bool:
    """Do it, and say whether it came to an end; what fails is told to who runs the bot, and stays due."""
    try:
        job.run()
    except LeaseLost:
        logger.info("%s was taken over by another worker", job.key)
    except EcommsError as error:
        logger.warning("%s is kept and tried again: %s", job.key, error)
    except Exception:
        logger.exception("%s failed unexpectedly and is tried again when its lease ends", job.key)
    else:
        return True
    return False
