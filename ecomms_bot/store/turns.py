"""Which tasks may be done now, and which of a lane goes first: as statements that are made once.

Making one of them takes longer than the database needs to answer it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)

from ecomms_bot.incident.effects.base import REMINDER
from ecomms_bot.store.tables import tasks

_NOW = bindparam("now", type_=Text)
_MACHINE, _AHEAD = bindparam("machine", type_=Double), bindparam("ahead", type_=Double)
_MOST = bindparam("most", type_=Integer)

NEXT_DUE = select(func.min(tasks.c.due_at)).where(tasks.c.state == "pending")
FIRST_AFTER = (
    select(tasks.c.due_at, tasks.c.kind)
    .where(tasks.c.state == "pending", tasks.c.due_at > _NOW)
    .order_by(tasks.c.due_at, tasks.c.n)
    .limit(1)
)
"""Asks for `now`."""
NEXT_RETRY = select(func.min(tasks.c.retry_at), func.min(tasks.c.lease_until)).where(
    tasks.c.state.in_(("pending", "leased"))
)


@cache
def claimable(kinds: frozenset[str] | None, exclude: frozenset[str]) -> Select[Any]:
    """Asks for `now` (incident time), `machine`, `ahead` (both machine time, as in `reached`) and `most`."""
    query = select(tasks).where(_free(), ~_blocked(), *of_kinds(kinds, exclude))
    query = query.order_by(tasks.c.due_at, tasks.c.n).limit(_MOST)
    return query.with_for_update(skip_locked=True, of=tasks)


def _free() -> ColumnElement[bool]:
    """Nobody has it in hand, and it waits for nothing but its turn."""
    tried = or_(tasks.c.retry_at.is_(None), reached(tasks.c.retry_at, _MACHINE, _AHEAD))
    lost = and_(tasks.c.state == "leased", reached(tasks.c.lease_until, _MACHINE, _AHEAD))
    return or_(and_(tasks.c.state == "pending", come(_NOW), tried), lost)


@cache
def due(kinds: frozenset[str] | None, *, all_of_them: bool) -> Select[Any]:
    """Asks for `now`, and for `most` unless it is to be all of them."""
    query = select(tasks).where(tasks.c.state == "pending", tasks.c.due_at <= _NOW, *of_kinds(kinds, ()))
    query = query.order_by(tasks.c.due_at, tasks.c.n)
    return query if all_of_them else query.limit(_MOST)


@cache
def any_claimable(exclude: frozenset[str]) -> Select[Any]:
    """Asks for `now`, `machine` and `ahead`."""
    return select(tasks.c.n).where(_free(), ~_blocked(), *of_kinds(None, exclude)).limit(1)


@cache
def busy(*, patient: bool) -> Select[int]:
    """Asks for `now`; unless `patient`, which waits for every retry, also for `machine` and `ahead`."""
    pending = [tasks.c.state == "pending", come(_NOW)]
    if not patient:
        other = tasks.alias("other")
        waits = and_(other.c.retry_at.is_not(None), ~reached(other.c.retry_at, _MACHINE, _AHEAD))
        held_up = and_(other.c.lane == tasks.c.lane, other.c.state == "pending", waits, earlier(other))
        pending.append(or_(tasks.c.retry_at.is_(None), reached(tasks.c.retry_at, _MACHINE, _AHEAD)))
        pending.append(~exists().where(held_up))
    return select(func.count()).select_from(tasks).where(or_(tasks.c.state == "leased", and_(*pending)))


def reached(at: ColumnElement[Any], machine: Any, ahead: Any) -> ColumnElement[bool]:
    """Passed; or so far ahead that only a machine clock which was set back since can have written it."""
    return or_(at <= machine, at > ahead)


def come(now: Any) -> ColumnElement[bool]:
    """Its time has come; or it was to be done at once, and the clock was set back since.

    A reminder goes by its time alone: one that was late by a clock which ran ahead is not late any more.
    """
    at_once = and_(tasks.c.due_at <= tasks.c.created_at, tasks.c.kind != REMINDER)
    return or_(tasks.c.due_at <= now, at_once)


def _blocked() -> ColumnElement[bool]:
    """Something else of the same lane goes first: a leased task always, a pending one if it is earlier."""
    other = tasks.alias("other")
    sooner, pending = earlier(other), tasks.c.state == "pending"
    goes_first = or_(
        and_(other.c.state == "leased", or_(pending, sooner)),
        and_(other.c.state == "pending", pending, sooner),
    )
    return exists().where(other.c.lane == tasks.c.lane, other.c.n != tasks.c.n, goes_first)


def earlier(other: FromClause) -> ColumnElement[bool]:
    """Whether that one of the lane comes before.

    What was to be done at once goes by when it was added, whatever the clock said then; but what goes ahead
    of others, and so was due before it was added, comes first.
    """
    at_once = and_(other.c.due_at <= other.c.created_at, tasks.c.due_at <= tasks.c.created_at)
    theirs, ours = other.c.due_at < other.c.created_at, tasks.c.due_at < tasks.c.created_at
    added = or_(and_(theirs, ~ours), and_(or_(theirs, ~ours), other.c.n < tasks.c.n))
    same_time = and_(other.c.due_at == tasks.c.due_at, other.c.n < tasks.c.n)
    by_time = or_(other.c.due_at < tasks.c.due_at, same_time)
    return or_(and_(at_once, added), and_(~at_once, by_time))


def of_kinds(kinds: Collection[str] | None, exclude: Collection[str]) -> Sequence[ColumnElement[bool]]:
    """Conditions: of these kinds, None for all of them, but not of those."""
    wanted: list[ColumnElement[bool]] = []
    if kinds is not None:
        wanted.append(tasks.c.kind.in_(sorted(kinds)))
    if exclude:
        wanted.append(tasks.c.kind.not_in(sorted(exclude)))
    return wanted
