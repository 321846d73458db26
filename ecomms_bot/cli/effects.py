"""`ecomms effects`: what was not done in Slack, or perhaps twice, tried again or settled by hand."""

from __future__ import annotations

import click

from ecomms_bot.cli.common import allow, database, settings, shown, signature, utc


@click.group()
def effects() -> None:
    """What was not done in Slack, or perhaps twice: list it, try it again, settle it."""
    from ecomms_bot.incident.policy import Act

    allow(Act.CONFIGURE)


@effects.command("list")
def list_() -> None:
    """What failed, is unsure, or was tried often. Times are UTC. `ecomms doctor` says what to do."""
    from ecomms_bot.service import mending

    with database(settings()) as db:
        found = mending.troubled(db)
    for task in found:
        state = "unsure" if task.unsure and task.state != "failed" else task.state
        tried = (
            f"{task.state}, attempts {task.attempts}" if state == "unsure" else f"attempts {task.attempts}"
        )
        click.echo(shown(f"{state:<8}{utc(task.done_at or task.due_at)}  {task.key}  ({tried})"))
        if task.outcome and task.state != "done":
            click.echo(shown(f"        {task.outcome}"))
    if not found:
        click.echo("All that was to be done in Slack was done, or is not due yet.")


@effects.command()
@click.argument("key")
def retry(key: str) -> None:
    """Have the bot try KEY again at once. It is noted in the log."""
    from ecomms_bot.service import mending

    of = settings()
    with database(of) as db:
        mending.retry(db, key, signature(of))
    click.echo("It is tried again within a few seconds, if the bot runs. The log notes that you asked.")


@effects.command()
@click.argument("key")
@click.option("--note", required=True, help="How it was settled: it is kept in the log.")
def settle(key: str, note: str) -> None:
    """Say that somebody saw to KEY. It is noted in the log; `ecomms doctor` speaks of it no more."""
    from ecomms_bot.service import mending

    of = settings()
    with database(of) as db:
        mending.settle(db, key, note, signature(of))
    click.echo("It is settled. The log notes it, with your words.")
