"""`ecomms print`: a playbook on paper."""

from __future__ import annotations

from pathlib import Path

import click

from ecomms_bot.cli.books import playbook_named
from ecomms_bot.cli.common import settings, shown

PDF = ".pdf"
SUFFIXES = (".html", ".htm", PDF)


@click.command("print")
@click.argument("playbook")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The file; PLAYBOOK-binder.html in this folder unless given. A name that ends in .pdf makes a PDF.",
)
@click.option(
    "--paper", type=click.Choice(["A4", "Letter"], case_sensitive=False), default="A4", show_default=True
)
@click.option("--exercise", is_flag=True, help="Mark every page and every text as an exercise.")
def print_(playbook: str, out: Path | None, paper: str, exercise: bool) -> None:  # noqa: FBT001 - click calls it by name
    """Print PLAYBOOK (its id, or a file) as a binder for when everything is down.

    With checklists, texts with blanks, sheets for log and promises, and the contacts of the playbook and of
    ecomms.yaml. Only you can read the file, and only an earlier binder is replaced.
    """
    from ecomms_bot.bootstrap import clock_of
    from ecomms_bot.playbook.instant import Instant
    from ecomms_bot.workshop import binder, pdf
    from ecomms_bot.workshop.keeping import keep, require_free

    of = settings()
    found = playbook_named(of, playbook)
    path = out or Path(f"{'EXERCISE-' if exercise else ''}{found.playbook.id}-binder.html")
    if path.suffix.lower() not in SUFFIXES:
        raise click.BadParameter(f"{path} should end in .html or .pdf.", param_hint="--out")
    require_free(path)
    printing = binder.Printing(
        found.playbook,
        found.sha256,
        of.office,
        Instant.of(clock_of(of).now(), of.office.time_zone),
        "Letter" if paper == "Letter" else "A4",
        exercise,
    )
    page = binder.html(printing)
    if path.suffix.lower() == PDF:
        click.echo("Laying out the pages; this can take half a minute.", err=True)
        keep(path, pdf.from_html(page, f"{binder.MADE_BY} {found.playbook.id} {found.sha256}"))
    else:
        keep(path, page.encode())
    click.echo(f"{shown(found.playbook.title)}, version {found.sha256[:8]}, on {paper}: {path}")
    click.echo("Only you can read this file; it may hold telephone numbers.")
