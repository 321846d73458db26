"""Run by alembic. `migrate` hands over a connection in a transaction and commits it afterwards."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
