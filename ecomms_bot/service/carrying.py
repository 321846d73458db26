"""One effect, from its claim to its outcome: shown, tried again, told and given up. Without threads."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident import effects as kinds
from ecomms_bot.incident import things
from ecomms_bot.incident.commands import RecordFailure, RecordGone, RecordPosted
from ecomms_bot.incident.state import Incident, Ref
from ecomms_bot.incident.things import Place
from ecomms_bot.service.handler import BOT, Handler, Request
from ecomms_bot.service.overtaken import Overtaken
from ecomms_bot.service.ports import CannotShow, Chat, Clock, Notice, NotThere, NotWanted, NotYet, TryLater
from ecomms_bot.service.records import Records
from ecomms_bot.store import tasks
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.engine import Database
from ecomms_bot.store.tasks import ClaimedTask

RETRY_MAX_S = 60.0
RETRY_AFTER_MAX_S = 600.0
"""However long Slack asks to wait, it is asked again after this."""
MEND_EVERY_S = 60.0
"""How often something is tried again that a person has to mend first."""
ATTEMPTS_UNEXPECTED = 5
"""So often an effect may fail for a reason that nobody foresaw before it is told and given up."""
ONCE = frozenset({kinds.POST, kinds.DM, kinds.ANSWER, kinds.REPORT})
"""What people see twice if it is done twice."""
RECORD_S = 20.0
"""How long recording an outcome may wait for the database: it is not answered to anyone."""

logger = logging.getLogger(__name__)


class LeaseLost(EcommsError):
    """Another worker took this over; what it records counts."""


class Rings(Protocol):
    """What wakes the worker when the next thing is due."""

    def arm(self, due: datetime | None, in_seconds: float | None = None) -> None:
        """At `due` (incident time) or after `in_seconds` (machine time), the first of them; None: neither."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a worker works with. `name` owns its leases, `sign` is the row of its sign of life.

    `gone` says of the name of another worker whether that one has certainly ended. `learn` asks the database
    for what other replicas were told of who is on duty, and does not raise.
    """

    db: Database
    handler: Handler
    records: Records
    chat: Chat
    clock: Clock
    alarm: Rings
    wake: threading.Event
    name: str
    sign: str
    gone: Callable[[str], bool] = lambda _: False
    learn: Callable[[], object] = lambda: None


class Carrier:
    """Carries out effects that are leased to this worker, and records what became of them."""

    def __init__(self, parts: Parts) -> None:
        self._p = parts
        self.overtaken = Overtaken(parts.db)

    def carry_out(self, task: ClaimedTask) -> None:
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
            self._shown(task, state, ref)

    def _shown(self, task: ClaimedTask, state: Incident, ref: Ref) -> None:
        try:
            mine = self._record(task, state, ref)
        except LeaseLost:
            mine = False
        if not mine and ref.ts and not ref.found and task.kind in ONCE:
            self.overtaken.note(task.key, f"{ref.conversation}:{ref.ts}")
        elif not mine and task.kind == kinds.EDIT:
            self.overtaken.draw_again(task, self._p.clock.now())

    def _record(self, task: ClaimedTask, state: Incident, ref: Ref) -> bool:
        """Raises LeaseLost; False if somebody else recorded it before."""
        unsure = ref.unsure
        outcome = f"{ref.conversation}:{ref.ts}"

        def finish(conn: Connection) -> None:
            self._end(conn, task, outcome, unsure=unsure)

        if task.kind not in {kinds.POST, kinds.OPEN_CONVERSATION}:
            with self._p.db.write(Deadline.after(RECORD_S)) as conn:
                finish(conn)
            return True
        # What was found shows an earlier state, nobody knows which: its edit follows at once.
        seen = 0 if ref.found else state.seq
        command = RecordPosted(task.ids["thing"], ref.conversation, ref.ts, seen=seen)
        request = Request(task.incident, command, task.key, BOT, within=finish)
        return not self._p.handler.handle(request, Deadline.after(RECORD_S)).duplicate

    def _end(self, conn: Connection, task: ClaimedTask, outcome: str, *, unsure: bool) -> None:
        if not tasks.finish(conn, task.key, self._p.name, outcome, unsure=unsure, now=self._p.clock.now()):
            raise LeaseLost
        if task.kind == kinds.ANSWER:
            tasks.blank_ids(conn, task.key, ("url",))

    def _retry(self, task: ClaimedTask, error: TryLater) -> None:
        wait = min(float(2 ** min(task.attempts - 1, 6)), RETRY_MAX_S)
        if error.retry_after is not None:
            wait = min(error.retry_after, RETRY_AFTER_MAX_S)
        unsure = True if error.maybe_done else None
        self._put_off(task, wait, error, unsure=unsure, untried=isinstance(error, NotYet))

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
        self,
        task: ClaimedTask,
        wait_s: float,
        why: EcommsError,
        *,
        unsure: bool | None = None,
        untried: bool = False,
    ) -> None:
        retry_at = self._p.clock.machine() + wait_s
        lane = kinds.lane_of_retry(task.key, task.kind, task.lane)
        with self._p.db.write(Deadline.after(RECORD_S)) as conn:
            mine = tasks.retry(
                conn, task.key, self._p.name, retry_at, str(why), unsure=unsure, lane=lane, untried=untried
            )
        if unsure and not mine and task.kind in ONCE:
            self.overtaken.note(task.key, None)
        elif not mine and task.kind == kinds.EDIT:
            self.overtaken.draw_again(task, self._p.clock.now())

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
