"""The tasks: something to do at a time. Every effect outside and every reminder is one."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, case, or_, select, update

from ecomms_bot.incident.entry import Task, TaskChanges
from ecomms_bot.store import turns, upserts
from ecomms_bot.store.codec import canonical, from_text, to_text
from ecomms_bot.store.tables import tasks

State = Literal["pending", "leased", "done", "cancelled", "failed"]
AHEAD_S = 900.0
"""No lease and no retry is ever further ahead than this, in machine time."""
MANY_ATTEMPTS = 3
"""From so many attempts on a task that is not done counts as troubled."""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as stored. The times with a zone are incident time, the plain numbers machine time."""

    n: int
    key: str
    incident: str
    kind: str
    lane: str
    due_at: datetime
    ids: dict[str, str]
    state: State
    unsure: bool
    attempts: int
    retry_at: float | None
    lease_until: float | None
    lease_owner: str | None
    outcome: str | None
    created_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClaimedTask(TaskRow):
    """A task that is now ours until `lease_until`. `attempts` is 1 at the first try.

    `was_leased`: an earlier attempt began and nobody knows how it ended; its effect may be there already.
    """

    was_leased: bool


def apply(conn: Connection, changes: TaskChanges, now: datetime) -> None:
    """Cancel what is still pending, then add; a key that was ever there is not added. `now`: incident."""
    if changes.cancel:
        conn.execute(
            update(tasks)
            .where(tasks.c.key.in_(changes.cancel), tasks.c.state == "pending")
            .values(state="cancelled", done_at=to_text(now))
        )
    for task in changes.add:
        if not (task.coalesce and _waiting(conn, task)):
            _add(conn, task, now)


# Made once: making a statement takes longer than the database needs for it. Those that change a task take the
# columns to set from the values they are given.
_ALIKE = (
    select(tasks.c.n)
    .where(
        tasks.c.lane == bindparam("of_lane"), tasks.c.kind == bindparam("of_kind"), tasks.c.state == "pending"
    )
    .limit(1)
    .with_for_update(read=True)
)
_LEASE = update(tasks).where(tasks.c.n == bindparam("number"))
_RELEASE = update(tasks).where(
    tasks.c.key == bindparam("of_key"),
    tasks.c.state == "leased",
    tasks.c.lease_owner == bindparam("of_owner"),
)
_TAKE = update(tasks).where(tasks.c.key == bindparam("of_key"), tasks.c.state == "pending")


def _waiting(conn: Connection, task: Task) -> bool:
    """Whether one of this lane and kind is pending, and stays so until we commit."""
    return conn.execute(_ALIKE, {"of_lane": task.lane, "of_kind": task.kind}).first() is not None


def _add(conn: Connection, task: Task, now: datetime) -> None:
    conn.execute(
        upserts.add(conn.dialect.name, tasks, "key"),
        {
            "key": task.key,
            "incident": task.incident,
            "kind": task.kind,
            "lane": task.lane,
            "due_at": to_text(task.due_at),
            "ids": canonical(task.ids),
            "state": "pending",
            "unsure": False,
            "attempts": 0,
            "created_at": to_text(now),
        },
    )


def claim(
    conn: Connection,
    *,
    now: datetime,
    machine_now: float,
    lease_s: float,
    owner: str,
    limit: int = 1,
    kinds: Collection[str] | None = None,
    exclude: Collection[str] = (),
) -> list[ClaimedTask]:
    """Take up to `limit` due tasks, each the head of its lane, for `lease_s` seconds of machine time.

    Due: `due_at` reached on the incident clock and no retry to wait for, or a lease of somebody that ran out.
    A task that waits for its retry holds up its lane; a done, cancelled or failed one does not.
    """
    query = turns.claimable(None if kinds is None else frozenset(kinds), frozenset(exclude))
    given = {"now": to_text(now), "machine": machine_now, "ahead": machine_now + AHEAD_S, "most": limit}
    claimed: list[ClaimedTask] = []
    for row in conn.execute(query, given).all():
        was_leased = row.state == "leased" or row.unsure
        lease: dict[str, Any] = {
            "state": "leased",
            "unsure": was_leased,
            "attempts": row.attempts + 1,
            "retry_at": None,
            "lease_until": machine_now + lease_s,
            "lease_owner": owner,
        }
        conn.execute(_LEASE, {"number": row.n, **lease})
        claimed.append(ClaimedTask(**_fields(row) | lease, was_leased=was_leased))
    return claimed


def finish(
    conn: Connection, key: str, owner: str, outcome: str, *, unsure: bool = False, now: datetime | None = None
) -> bool:
    """It is done; `unsure`: it may have gone through. False: the lease went to somebody else meanwhile."""
    return _release(conn, key, owner, _ended("done", outcome, now) | {"unsure": unsure})


def fail(conn: Connection, key: str, owner: str, outcome: str, *, now: datetime | None = None) -> bool:
    """It cannot be done and is given up; the lane goes on. False as in `finish`."""
    return _release(conn, key, owner, _ended("failed", outcome, now))


def retry(
    conn: Connection,
    key: str,
    owner: str,
    retry_at: float,
    outcome: str,
    *,
    unsure: bool | None = None,
    lane: str | None = None,
    untried: bool = False,
) -> bool:
    """Try again from `retry_at` (machine time). `unsure`: it may have gone through; None: as before.

    `lane`: where it waits from now on; None: where it was. `untried`: this was no attempt.
    """
    values: dict[str, Any] = {"state": "pending", "retry_at": retry_at, "outcome": outcome}
    if lane is not None:
        values["lane"] = lane
    if unsure is not None:
        values["unsure"] = unsure
    return _release(conn, key, owner, values, untried=untried)


def _ended(state: State, outcome: str | None, now: datetime | None) -> dict[str, Any]:
    return {"state": state, "outcome": outcome, "done_at": None if now is None else to_text(now)}


def _release(
    conn: Connection, key: str, owner: str, values: dict[str, Any], *, untried: bool = False
) -> bool:
    given = {"lease_until": None, "lease_owner": None, **values}
    whose = {"of_key": key, "of_owner": owner}
    if untried:  # seldom, and an expression cannot be given like a value
        fewer = _RELEASE.values(attempts=tasks.c.attempts - 1, **given)
        return conn.execute(fewer, whose).rowcount == 1
    return conn.execute(_RELEASE, {**whose, **given}).rowcount == 1


def owners(conn: Connection) -> list[str]:
    """Who holds leases."""
    query = select(tasks.c.lease_owner).where(tasks.c.state == "leased").distinct()
    return [owner for owner in conn.execute(query).scalars() if owner is not None]


def shorten(conn: Connection, owner: str, until: float) -> int:
    """Let the leases of `owner`, who is gone, run out by `until` (machine time); says how many."""
    theirs = (tasks.c.state == "leased", tasks.c.lease_owner == owner, tasks.c.lease_until > until)
    return conn.execute(update(tasks).where(*theirs).values(lease_until=until)).rowcount


def give_back(conn: Connection, owner: str, keys: Collection[str]) -> int:
    """Leases of `owner` on what it has not begun: pending as before, to be done by anyone at once."""
    theirs = (tasks.c.state == "leased", tasks.c.lease_owner == owner, tasks.c.key.in_(sorted(keys)))
    before = {"state": "pending", "attempts": tasks.c.attempts - 1, "lease_until": None, "lease_owner": None}
    return conn.execute(update(tasks).where(*theirs).values(before)).rowcount


def again(conn: Connection, key: str) -> bool:
    """Given up or waiting for a retry: to be tried at once, by anyone. False: it is neither."""
    waits = or_(tasks.c.state == "failed", tasks.c.state == "pending")
    fresh = {"state": "pending", "retry_at": None, "attempts": 0, "done_at": None}
    return conn.execute(update(tasks).where(tasks.c.key == key, waits).values(fresh)).rowcount == 1


def settle(conn: Connection, key: str) -> bool:
    """Given up, or done perhaps twice: somebody saw to it. False: it is neither."""
    told = or_(tasks.c.state == "failed", and_(tasks.c.state == "done", tasks.c.unsure))
    return conn.execute(update(tasks).where(tasks.c.key == key, told).values(_settled())).rowcount == 1


def _settled() -> dict[str, Any]:
    ended = case((tasks.c.state == "failed", "cancelled"), else_=tasks.c.state)
    return {"state": ended, "unsure": False}


def take(conn: Connection, key: str, *, now: datetime | None = None, outcome: str | None = None) -> bool:
    """Pending -> done in the caller's transaction. False: done or cancelled already, or never there."""
    return conn.execute(_TAKE, {"of_key": key, **_ended("done", outcome, now)}).rowcount == 1


def get(conn: Connection, key: str) -> TaskRow | None:
    row = conn.execute(select(tasks).where(tasks.c.key == key)).first()
    return None if row is None else TaskRow(**_fields(row))


def due(
    conn: Connection, now: datetime, kinds: Collection[str] | None = None, limit: int | None = None
) -> list[TaskRow]:
    """Pending tasks whose time has come, earliest first; the first `limit` of them."""
    query = turns.due(None if kinds is None else frozenset(kinds), all_of_them=limit is None)
    rows = conn.execute(
        query, {"now": to_text(now)} if limit is None else {"now": to_text(now), "most": limit}
    )
    return [TaskRow(**_fields(row)) for row in rows]


def any_claimable(conn: Connection, now: datetime, machine_now: float, exclude: Collection[str] = ()) -> bool:
    """Whether `claim` would find anything: asked before it, since it begins to write."""
    asked = {"now": to_text(now), "machine": machine_now, "ahead": machine_now + AHEAD_S}
    return conn.execute(turns.any_claimable(frozenset(exclude)), asked).first() is not None


def next_due(conn: Connection) -> datetime | None:
    """The earliest `due_at` of all pending tasks."""
    earliest = conn.execute(turns.NEXT_DUE).scalar()
    return None if earliest is None else from_text(earliest)


def first_after(conn: Connection, now: datetime) -> tuple[datetime, str] | None:
    """When the first pending task comes due that is not due yet, and of which kind it is."""
    row = conn.execute(turns.FIRST_AFTER, {"now": to_text(now)}).first()
    return None if row is None else (from_text(row.due_at), row.kind)


def next_retry(conn: Connection) -> float | None:
    """The earliest machine time at which a retry or a lost lease wants attention."""
    times = conn.execute(turns.NEXT_RETRY).one()
    return min((time for time in times if time is not None), default=None)


def busy(conn: Connection, now: datetime, until: float | None = None) -> int:
    """How many tasks are leased or due right now, those that wait for a retry included.

    `until` (machine time): leaves out those whose next try is later than that, and what waits behind them.
    """
    if until is None:
        return conn.execute(turns.busy(patient=True), {"now": to_text(now)}).scalar_one()
    asked = {"now": to_text(now), "machine": until, "ahead": until + AHEAD_S}
    return conn.execute(turns.busy(patient=False), asked).scalar_one()


def troubled(conn: Connection, attempts: int = MANY_ATTEMPTS) -> list[TaskRow]:
    """What a person should know of: failed, unsure, or tried often and not done; earliest first."""
    return _rows(
        conn,
        or_(
            tasks.c.state == "failed",
            and_(tasks.c.unsure, tasks.c.state != "cancelled"),
            and_(tasks.c.attempts >= attempts, tasks.c.state.in_(("pending", "leased"))),
        ),
    )


def blank_ids(conn: Connection, key: str, names: Collection[str]) -> None:
    """Empty these ids of a task: the address of an answer is kept no longer than it is needed."""
    task = get(conn, key)
    if task is not None and any(task.ids.get(name) for name in names):
        ids = {name: "" if name in names else value for name, value in task.ids.items()}
        conn.execute(update(tasks).where(tasks.c.key == key).values(ids=canonical(ids)))


def blank_old_ids(conn: Connection, names: Collection[str], created_before: datetime) -> int:
    """Empty these ids of all tasks added before `created_before` (incident time); says how many."""
    filled = [
        and_(tasks.c.ids.contains(f'"{name}":"'), ~tasks.c.ids.contains(f'"{name}":""')) for name in names
    ]
    old = select(tasks.c.key).where(tasks.c.created_at < to_text(created_before), or_(*filled))
    keys = conn.execute(old).scalars().all()
    for key in keys:
        blank_ids(conn, key, names)
    return len(keys)


def _rows(conn: Connection, *where: ColumnElement[bool]) -> list[TaskRow]:
    query = select(tasks).where(*where).order_by(tasks.c.due_at, tasks.c.n)
    return [TaskRow(**_fields(row)) for row in conn.execute(query)]


def _fields(row: Row[Any]) -> dict[str, Any]:
    fields = row._asdict()
    fields["ids"] = json.loads(row.ids)
    for name in ("due_at", "created_at", "done_at"):
        fields[name] = None if fields[name] is None else from_text(fields[name])
    return fields
