"""Where it is kept: the append-only log, the tasks, two projections, on SQLite or PostgreSQL."""
