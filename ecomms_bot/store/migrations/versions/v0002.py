"""What Slack said last of user groups and of people, so that a start without Slack knows the roles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "user_groups",
        sa.Column("id", sa.Text, primary_key=True, nullable=False),
        sa.Column("members", sa.Text, nullable=False),
        sa.Column("read_at", sa.Double, nullable=False),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Text, primary_key=True, nullable=False),
        sa.Column("guest", sa.Boolean, nullable=False),
        sa.Column("read_at", sa.Double, nullable=False),
    )
