"""`ecomms log`: list, show, verify, export and redact what the log keeps."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ecomms_bot.cli.common import allow, database, person, settings, shown, signature, utc
from ecomms_bot.errors import EcommsError

if TYPE_CHECKING:
    from ecomms_bot.service.office import Listed

HASH_SHOWN = 12


class CannotWrite(EcommsError):
    """The file for an export cannot be made; nothing was given out."""


@click.group()
def log() -> None:
    """Read, check, export and redact the log."""
    from ecomms_bot.incident.policy import Act

    allow(Act.LOG)


@log.command("list")
def list_() -> None:
    """All incidents, open ones first. Times are UTC."""
    from ecomms_bot.service import office

    with database(settings()) as db:
        found = office.listing(db)
    if not found:
        click.echo("The log has no incidents yet.")
        return
    header = ("incident", "", "opened (UTC)", "closed (UTC)", "entries", "head", "name")
    rows = [header, *(_columns(each) for each in found)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(header))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _columns(each: Listed) -> tuple[str, ...]:
    row = each.row
    return (
        row.id,
        "EXERCISE" if row.exercise else "LIVE",
        utc(row.opened_at),
        utc(row.closed_at) or "open",
        str(each.entries),
        f"{each.entries}:{each.head[:HASH_SHOWN]}",
        shown(row.name),
    )


@log.command()
@click.argument("incident")
@click.option("--all", "everything", is_flag=True, help="Also what the bot notes for itself.")
def show(incident: str, everything: bool) -> None:  # noqa: FBT001 - click calls it by name
    """The timeline of INCIDENT, in its own time zone.

    INCIDENT is its id, the beginning of it, or its conversation's id; `office` shows what belongs to none.
    """
    from ecomms_bot.cli.timeline import write_incident, write_office
    from ecomms_bot.incident.entry import OFFICE
    from ecomms_bot.service import office

    with database(settings()) as db:
        found = office.find(db, incident)
        if found == OFFICE:
            write_office(db)
        else:
            write_incident(db, found, everything=everything)


@log.command()
@click.option(
    "--head",
    "heads",
    multiple=True,
    metavar="INCIDENT=SEQ:HASH",
    help="A head that was written down: from a closing message, a report or an approval. Can be repeated.",
)
@click.pass_context
def verify(ctx: click.Context, heads: tuple[str, ...]) -> None:
    """Check every entry against its hash, every stream against office and heads, both lists against all."""
    from ecomms_bot.service import office
    from ecomms_bot.store.verify import BadHead

    given: dict[str, str] = {}
    for head in heads:
        incident, sign, value = head.partition("=")
        if not sign or not incident or not value:
            raise click.BadParameter(f"{head} should look like INCIDENT=SEQ:HASH.", param_hint="--head")
        given[incident.strip()] = value
    with database(settings()) as db:
        try:
            found = office.check(db, given)
        except BadHead as error:
            raise click.BadParameter(str(error), param_hint="--head") from None
    for problem in found.problems:
        click.echo(shown(str(problem)))
    heads_too = f", heads given: {len(given)}" if given else ""
    click.echo(f"Checked: {found.streams} streams, {found.entries} entries, both lists{heads_too}.")
    if found.problems:
        click.echo(f"Problems: {len(found.problems)}.")
        ctx.exit(1)
    click.echo("The log is whole.")


@log.command()
@click.argument("incident")
@click.option(
    "--to",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A new file for it; the terminal unless given.",
)
def export(incident: str, file: Path | None) -> None:
    """Give out all entries of INCIDENT (or `office`) as JSON, one a line.

    With payloads, nonces and hashes: who has the lines can verify the chain without this program. That they
    were given out is noted in the log.
    """
    from ecomms_bot.service import office

    of = settings()
    with database(of) as db:
        found = office.find(db, incident)
        by = signature(of)
        with _written(file) as write:
            done = office.export(db, found, by, write)
    where = file or "the terminal"
    click.echo(f"{done.entries} entries of {found} to {where}, head {done.entries}:{done.head}.", err=True)


@contextmanager
def _written(file: Path | None) -> Iterator[Callable[[str], object]]:
    """A new file that only its owner can read, or the terminal. Raises CannotWrite."""
    if file is None:
        yield partial(click.echo, nl=False)
        return
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CannotWrite(f"{file} exists already. Name another file; nothing was given out.") from None
    except OSError as error:
        raise CannotWrite(f"{file} cannot be made ({error.strerror}). Nothing was given out.") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        yield out.write


@log.command()
@click.argument("incident")
@click.argument("seq", type=click.IntRange(min=1))
@click.option("--reason", required=True, help="Why; it stays in the log.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def redact(incident: str, seq: int, reason: str, yes: bool) -> None:  # noqa: FBT001 - click calls it by name
    """Blank the content of entry SEQ of a closed INCIDENT for ever. Its place and hash stay."""
    from ecomms_bot.incident.timeline import line
    from ecomms_bot.service import office

    of = settings()
    with database(of) as db:
        found = office.find(db, incident)
        by = signature(of)
        planned = office.rehearse_redaction(db, found, seq, reason, by)
        sentence = shown(str(line(planned.entry, planned.state)))
        click.echo(f"Entry {seq} of {shown(planned.state.name)} ({found}): {sentence}", err=True)
        if not yes:
            click.confirm("Blank its content? It cannot be had again.", abort=True, err=True)
        done = office.redact(db, found, seq, reason, by)
        click.echo(f"Entry {seq} of {found} is redacted. The log shows that, by {person().id}, and why.")
        if done.echoes:
            others = ", ".join(str(each) for each in done.echoes)
            click.echo(f"The same draft is also in these entries; redact them too if need be: {others}.")
        click.echo("What stands in Slack, in exports and in backups is not touched: remove it there.")
        if db.dialect == "postgresql":
            click.echo(
                "PostgreSQL keeps the old row in its files until its next VACUUM of events and releases."
            )
        if done.remains:
            click.echo(f"{db.address.shown}-wal may still hold the words. Restart the bot: that empties it.")
