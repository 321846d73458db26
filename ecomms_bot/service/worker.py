"""Does what is due: fires reminders, carries effects out in Slack under a lease. One per process."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident import effects as kinds
from ecomms_bot.incident import things
from ecomms_bot.incident.commands import FireReminder, RecordFailure, RecordGone, RecordPosted
from ecomms_bot.incident.state import Incident, Ref
from ecomms_bot.incident.things import Place
from ecomms_bot.service.alarm import Alarm
from ecomms_bot.service.handler import BOT, Handler, Request
from ecomms_bot.service.ports import CannotShow, Chat, Clock, Notice, NotThere, NotWanted, TryLater
from ecomms_bot.service.records import Records
from ecomms_bot.store import heartbeat, tasks
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.engine import Database
from ecomms_bot.store.tasks import ClaimedTask

LEASE_S = 60.0
"""Machine time that one effect may take before another worker takes it over; its calls take half at most."""
BEAT_S = 15.0
THREADS = 8
RETRY_MAX_S = 60.0
RETRY_AFTER_MAX_S = 600.0
"""However long Slack asks to wait, it is asked again after this."""
LOOK_EVERY_S = 5.0
"""The worker looks at its tasks this often in any case: for what another replica brought, for a clock that
was set. Waited for on the monotonic clock, so that setting the machine's clock does not stop it."""
MEND_EVERY_S = 60.0
"""How often something is tried again that a person has to mend first."""
ATTEMPTS_UNEXPECTED = 5
"""So often an effect may fail for a reason that nobody foresaw before it is told and given up."""
RECORD_S = 20.0
"""How long recording an outcome may wait for the database: it is not answered to anyone."""
SIGN_OFF_S = 2.0
ANSWER_FOR = timedelta(minutes=30)
"""How long Slack's response_url can be used, and so may be kept."""

logger = logging.getLogger(__name__)


class LeaseLost(EcommsError):
    """Another worker took this over; what it records counts."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a worker works with. `name` owns its leases, `host` is whose sign of life it gives."""

    db: Database
    handler: Handler
    records: Records
    chat: Chat
    clock: Clock
    alarm: Alarm
    wake: threading.Event
    name: str
    host: str


class Worker:
    """A loop that sleeps until it is woken, then does all that is due, lanes side by side."""

    def __init__(self, parts: Parts, *, connected: Callable[[], bool] = lambda: True) -> None:
        self._p = parts
        self._connected = connected
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="effect")
        self._loop = threading.Thread(target=self._run, name="worker", daemon=True)
        self._stopping = threading.Event()
        self._changed = threading.Condition()
        self._doing: set[str] = set()
        self._beaten = float("-inf")

    def start(self) -> None:
        self._loop.start()
        self._p.wake.set()

    def stop(self) -> None:
        """Finish what is being done, begin nothing new."""
        self._stopping.set()
        self._p.wake.set()
        if self._loop.is_alive():
            self._loop.join()
        self._pool.shutdown(wait=True)
        if self._beaten != float("-inf"):
            self._sign_off()

    @property
    def doing(self) -> int:
        """How many effects and reminders are being done in this process."""
        with self._changed:
            return len(self._doing)

    def await_change(self, timeout_s: float) -> None:
        """Return when something was finished, or after the timeout."""
        with self._changed:
            self._changed.wait(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._p.wake.wait(LOOK_EVERY_S)
            self._p.wake.clear()
            if self._stopping.is_set():
                return
            try:
                self._beat()
                self._start_due()
                self._arm()
            except EcommsError as error:
                # We look again in a few seconds; what is due stays due.
                logger.warning("The worker could not look at its tasks: %s", error)
            except Exception:
                logger.exception("The worker stumbled and goes on")

    def _beat(self) -> None:
        machine = self._p.clock.machine()
        if abs(machine - self._beaten) < BEAT_S:
            return
        with self._p.db.write() as conn:
            heartbeat.beat(conn, self._p.host, machine)
            tasks.blank_old_ids(conn, ("url",), self._p.clock.now() - ANSWER_FOR)
        self._beaten = machine

    def _sign_off(self) -> None:
        """Who stops in order leaves no sign of life behind, so that nobody takes it for one that runs."""
        try:
            with self._p.db.write(Deadline.after(SIGN_OFF_S)) as conn:
                heartbeat.forget(conn, self._p.host)
        except EcommsError as error:
            logger.warning("The last sign of life could not be taken back: %s", error)

    def _start_due(self) -> None:
        now = self._p.clock.now()
        with self._p.db.read() as conn:
            reminders = tasks.due(conn, now, {kinds.REMINDER})
            more = tasks.busy(conn, now) > len(reminders)
        for reminder in reminders:
            self._start(reminder.key, partial(self._fire, reminder.incident, reminder.key))
        free = THREADS - self.doing
        if not more or free <= 0 or not self._connected():
            return
        with self._p.db.write() as conn:
            claimed = tasks.claim(
                conn,
                now=now,
                machine_now=self._p.clock.machine(),
                lease_s=LEASE_S,
                owner=self._p.name,
                limit=free,
                exclude={kinds.REMINDER},
            )
        for task in claimed:
            self._start(task.key, partial(self._do, task))

    def _start(self, key: str, work: Callable[[], None]) -> None:
        with self._changed:
            if key in self._doing:
                return
            self._doing.add(key)
        self._pool.submit(self._finish, key, work)

    def _finish(self, key: str, work: Callable[[], None]) -> None:
        done = False
        try:
            work()
            done = True
        except LeaseLost:
            logger.info("%s was taken over by another worker", key)
        except EcommsError as error:
            logger.warning("%s is kept and tried again: %s", key, error)
        except Exception:
            logger.exception("%s failed unexpectedly and is tried again when its lease ends", key)
        finally:
            with self._changed:
                self._doing.discard(key)
                self._changed.notify_all()
            if done:  # else the next look is soon enough; a task that fails must not spin
                self._p.wake.set()

    def _arm(self) -> None:
        with self._p.db.read() as conn:
            due = tasks.next_due(conn, self._p.clock.now())
            retry_at = tasks.next_retry(conn)
        wait = None if retry_at is None else max(0.0, retry_at - self._p.clock.machine())
        self._p.alarm.arm(due, wait)

    def _fire(self, incident: str, key: str) -> None:
        """Claim, entry, messages and the end of the reminder are one transaction."""

        def take(conn: Connection) -> None:
            if not tasks.take(conn, key, now=self._p.clock.now()):
                raise LeaseLost

        reminder = key.split(f"/{kinds.REMINDER}/", 1)[1]
        request = Request(incident, FireReminder(reminder), key, BOT, within=take)
        self._p.handler.handle(request, Deadline.after(RECORD_S))

    def _do(self, task: ClaimedTask) -> None:
        state = self._p.records.state(task.incident)
        place = _place(state, task)
        thing = task.ids.get("thing", "")
        if _moot(state, task):
            with self._p.db.write(Deadline.after(RECORD_S)) as conn:
                self._end(conn, task, "", unsure=False)
            return
        notice = Notice(task.kind, task.incident, thing, task.ids)
        try:
            ref = self._p.chat.show(notice, place, task.key, again=task.was_leased)
        except TryLater as error:
            self._retry(task, error)
        except NotThere as error:
            self._gone(task, place, error)
        except CannotShow as error:
            self._refused(task, error)
        except NotWanted as error:
            with self._p.db.write(Deadline.after(RECORD_S)) as conn:
                self._end(conn, task, str(error), unsure=False)
        except EcommsError:
            raise
        except Exception:
            if task.attempts < ATTEMPTS_UNEXPECTED:
                raise
            logger.exception("%s is given up", task.key)
            self._give_up(task, UNEXPECTED)
        else:
            self._record(task, state, ref)

    def _record(self, task: ClaimedTask, state: Incident, ref: Ref) -> None:
        unsure = ref.unsure
        outcome = f"{ref.conversation}:{ref.ts}"

        def finish(conn: Connection) -> None:
            self._end(conn, task, outcome, unsure=unsure)

        if task.kind not in {kinds.POST, kinds.OPEN_CONVERSATION}:
            with self._p.db.write(Deadline.after(RECORD_S)) as conn:
                finish(conn)
            return
        # What was found shows an earlier state, nobody knows which: its edit follows at once.
        seen = 0 if ref.found else state.seq
        command = RecordPosted(task.ids["thing"], ref.conversation, ref.ts, seen=seen)
        request = Request(task.incident, command, task.key, BOT, within=finish)
        self._p.handler.handle(request, Deadline.after(RECORD_S))

    def _end(self, conn: Connection, task: ClaimedTask, outcome: str, *, unsure: bool) -> None:
        if not tasks.finish(conn, task.key, self._p.name, outcome, unsure=unsure, now=self._p.clock.now()):
            raise LeaseLost
        if task.kind == kinds.ANSWER:
            tasks.blank_ids(conn, task.key, ("url",))

    def _retry(self, task: ClaimedTask, error: TryLater) -> None:
        wait = min(float(2 ** min(task.attempts - 1, 6)), RETRY_MAX_S)
        if error.retry_after is not None:
            wait = min(error.retry_after, RETRY_AFTER_MAX_S)
        self._put_off(task, wait, error, unsure=True if error.maybe_done else None)

    def _gone(self, task: ClaimedTask, place: Place, error: NotThere) -> None:
        """Somebody deleted it. What people need comes back, and what belongs into its thread after it."""

        def finish(conn: Connection) -> None:
            self._end(conn, task, str(error), unsure=False)

        if error.thread:
            root = RecordGone(things.step_thing(task.ids["step"]), place.thread)
            request = Request(task.incident, root, f"{task.key}/gone/{root.ts}", BOT)
            self._p.handler.handle(request, Deadline.after(RECORD_S))
            self._put_off(task, 0.0, error)
            return
        request = Request(task.incident, RecordGone(task.ids["thing"], place.ts), f"{task.key}/gone", BOT)
        self._p.handler.handle(replace(request, within=finish), Deadline.after(RECORD_S))

    def _refused(self, task: ClaimedTask, error: CannotShow) -> None:
        """Told once. What a person can mend stays and is tried again, but for what would come too late."""
        late = things.split(task.ids.get("thing", ""))[0] in {"reminder", "trouble"}
        if not error.mendable or late or task.kind not in {kinds.POST, kinds.OPEN_CONVERSATION}:
            self._give_up(task, error)
            return
        self._p.handler.handle(self._failure(task, error), Deadline.after(RECORD_S))
        self._put_off(task, MEND_EVERY_S, error)

    def _put_off(
        self, task: ClaimedTask, wait_s: float, why: EcommsError, *, unsure: bool | None = None
    ) -> None:
        retry_at = self._p.clock.machine() + wait_s
        lane = kinds.lane_of_retry(task.key, task.kind, task.lane)
        with self._p.db.write(Deadline.after(RECORD_S)) as conn:
            tasks.retry(conn, task.key, self._p.name, retry_at, str(why), unsure=unsure, lane=lane)

    def _give_up(self, task: ClaimedTask, error: CannotShow) -> None:
        def fail(conn: Connection) -> None:
            if not tasks.fail(conn, task.key, self._p.name, str(error), now=self._p.clock.now()):
                raise LeaseLost

        if task.kind == kinds.DM and things.split(task.ids.get("thing", ""))[0] == "trouble":
            # Telling of a failure failed everywhere: doctor lists it; telling of that would never end.
            with self._p.db.write(Deadline.after(RECORD_S)) as conn:
                fail(conn)
            return
        request = replace(self._failure(task, error), within=fail)
        if self._p.handler.handle(request, Deadline.after(RECORD_S)).duplicate:
            with self._p.db.write(Deadline.after(RECORD_S)) as conn:
                fail(conn)

    def _failure(self, task: ClaimedTask, error: CannotShow) -> Request:
        command = RecordFailure(task.key, task.kind, task.ids.get("thing", ""), error.problem, error.advice)
        return Request(task.incident, command, f"{task.key}/failed", BOT)


UNEXPECTED = CannotShow(
    "Something in the bot went wrong.", "Tell whoever runs the bot; its output says more."
)


def _moot(state: Incident, task: ClaimedTask) -> bool:
    """Whether it was to be done with a message that somebody deleted meanwhile."""
    thing = task.ids.get("thing", "")
    return task.kind in {kinds.EDIT, kinds.PIN} and thing in state.gone and thing not in state.posted


def _place(state: Incident, task: ClaimedTask) -> Place:
    thing, user = task.ids.get("thing", ""), task.ids.get("user", "")
    if user and task.kind != kinds.INVITE:
        return Place(user=user)
    if task.kind == kinds.OPEN_CONVERSATION:
        return Place(conversation=state.asked_conversation or "")
    if task.kind in {kinds.EDIT, kinds.PIN}:
        return things.edit_place(state, thing) or Place()
    return things.place_of(state, thing, task.ids.get("step", "")) or Place()
