"""Insertions that may meet a row: SQLAlchemy writes them otherwise for each database. Each is made once.

The dialect of a database that is not used is not loaded: that would lengthen each start.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Executable, Table


@cache
def put(dialect: str, table: Table) -> Executable:
    """Insert, or replace the row of the same id."""
    wanted = _insert(dialect, table)
    fresh = {each.name: wanted.excluded[each.name] for each in table.c if each.name != "id"}
    made: Executable = wanted.on_conflict_do_update(index_elements=["id"], set_=fresh)
    return made


@cache
def add(dialect: str, table: Table, unique: str | None = None) -> Executable:
    """Insert, unless there is such a row: one with the same value in the column `unique`, or any conflict."""
    made: Executable = _insert(dialect, table).on_conflict_do_nothing(
        index_elements=None if unique is None else [unique]
    )
    return made


def _insert(dialect: str, table: Table) -> Any:
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)
