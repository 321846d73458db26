"""The tables. Incident times are TEXT (`2021-11-15T03:00:00.000000Z`): they sort, and are what is hashed.

Machine times (leases, retries, heartbeats) are numbers, seconds since 1970: nobody can mix the two clocks up.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Double,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

# WITHOUT ROWID: the primary key is the table itself, so that `INSERT OR REPLACE` has no second way in.
events = Table(
    "events",
    metadata,
    Column("incident", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("command_id", Text, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("payload", Text),
    Column("payload_sha256", Text, nullable=False),
    Column("prev", Text, nullable=False),
    Column("hash", Text, nullable=False),
    PrimaryKeyConstraint("incident", "seq", name="events_pkey"),
    UniqueConstraint("command_id", "ordinal", name="events_command"),
    sqlite_with_rowid=False,
)

# One row, `office`: who appends to office holds it until commit (PostgreSQL; SQLite has one writer anyway).
# It carries no seq and no hash: the events are the only truth.
heads = Table("heads", metadata, Column("stream", Text, primary_key=True))

tasks = Table(
    "tasks",
    metadata,
    Column("n", Integer, Identity(), primary_key=True),
    Column("key", Text, nullable=False),
    Column("incident", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("due_at", Text, nullable=False),
    Column("ids", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("unsure", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("retry_at", Double),
    Column("lease_until", Double),
    Column("lease_owner", Text),
    Column("outcome", Text),
    Column("created_at", Text, nullable=False),
    Column("done_at", Text),
    UniqueConstraint("key", name="tasks_key"),
    CheckConstraint("state IN ('pending', 'leased', 'done', 'cancelled', 'failed')", name="tasks_state"),
    Index("tasks_due", "state", "due_at", "n"),
    Index("tasks_lane", "lane", "state"),
    sqlite_autoincrement=True,
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("hazard", Text, nullable=False),
    Column("exercise", Boolean, nullable=False),
    Column("severity", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("conversation", Text),
    Column("opener", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("opened_at", Text, nullable=False),
    Column("closed_at", Text),
    Column("promised_at", Text),
    Column("seq", Integer, nullable=False),
    Index("incidents_conversation", "conversation"),
)

releases = Table(
    "releases",
    metadata,
    Column("incident", Text, nullable=False),
    Column("draft", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("channel", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("text", Text),
    Column("text_sha256", Text, nullable=False),
    Column("attested_at", Text, nullable=False),
    Column("attested_by", Text, nullable=False),
    Column("proof", Text, nullable=False),
    Column("exercise", Boolean, nullable=False),
    PrimaryKeyConstraint("incident", "draft", "revision", "channel", "language", name="releases_pkey"),
)

heartbeats = Table(
    "heartbeats", metadata, Column("replica", Text, primary_key=True), Column("at", Double, nullable=False)
)

# What Slack said last, for a start while Slack is away. Machine times.
user_groups = Table(
    "user_groups",
    metadata,
    Column("id", Text, primary_key=True),
    Column("members", Text, nullable=False),
    Column("read_at", Double, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("id", Text, primary_key=True),
    Column("guest", Boolean, nullable=False),
    Column("read_at", Double, nullable=False),
)
