"""The first tables: the log with its triggers, tasks, the two projections, heartbeats.

Later steps never run a batch migration on `events`: it would copy the table and silently drop its triggers.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ecomms_bot.store import triggers

revision = "0001"
down_revision = None


def upgrade() -> None:
    _log()
    _tasks()
    _projections()
    op.create_table(
        "heartbeats", _text("replica", primary_key=True), sa.Column("at", sa.Double, nullable=False)
    )
    triggers.install(op.get_bind())


def _text(name: str, *, nullable: bool = False, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable, primary_key=primary_key)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _yes_or_no(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _log() -> None:
    op.create_table(
        "events",
        _text("incident"),
        _number("seq"),
        _text("at"),
        _text("actor"),
        _text("command_id"),
        _number("ordinal"),
        _text("type"),
        _text("payload", nullable=True),
        _text("payload_sha256"),
        _text("prev"),
        _text("hash"),
        sa.PrimaryKeyConstraint("incident", "seq", name="events_pkey"),
        sa.UniqueConstraint("command_id", "ordinal", name="events_command"),
        sqlite_with_rowid=False,
    )
    heads = op.create_table("heads", _text("stream", primary_key=True))
    op.bulk_insert(heads, [{"stream": "office"}])


def _tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("n", sa.Integer, sa.Identity(), primary_key=True),
        _text("key"),
        _text("incident"),
        _text("kind"),
        _text("lane"),
        _text("due_at"),
        _text("ids"),
        _text("state"),
        _yes_or_no("unsure"),
        _number("attempts"),
        sa.Column("retry_at", sa.Double),
        sa.Column("lease_until", sa.Double),
        _text("lease_owner", nullable=True),
        _text("outcome", nullable=True),
        _text("created_at"),
        _text("done_at", nullable=True),
        sa.UniqueConstraint("key", name="tasks_key"),
        sa.CheckConstraint(
            "state IN ('pending', 'leased', 'done', 'cancelled', 'failed')", name="tasks_state"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("tasks_due", "tasks", ["state", "due_at", "n"])
    op.create_index("tasks_lane", "tasks", ["lane", "state"])


def _projections() -> None:
    op.create_table(
        "incidents",
        _text("id", primary_key=True),
        _text("name"),
        _text("hazard"),
        _yes_or_no("exercise"),
        _text("severity"),
        _text("phase"),
        _text("conversation", nullable=True),
        _text("opener"),
        _text("holder"),
        _text("opened_at"),
        _text("closed_at", nullable=True),
        _text("promised_at", nullable=True),
        _number("seq"),
    )
    op.create_index("incidents_conversation", "incidents", ["conversation"])
    op.create_table(
        "releases",
        _text("incident"),
        _text("draft"),
        _number("revision"),
        _text("channel"),
        _text("language"),
        _text("text", nullable=True),
        _text("text_sha256"),
        _text("attested_at"),
        _text("attested_by"),
        _text("proof"),
        _yes_or_no("exercise"),
        sa.PrimaryKeyConstraint("incident", "draft", "revision", "channel", "language", name="releases_pkey"),
    )
