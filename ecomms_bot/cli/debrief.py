"""`ecomms debrief`: what a drill came to, as a page of Markdown, from the database alone."""

from __future__ import annotations

from pathlib import Path

import click

from ecomms_bot.cli.common import allow, database, settings, shown
from ecomms_bot.errors import EcommsError


class NothingToDebrief(EcommsError):
    """The incident is no drill that people take part in."""


class NotWritten(EcommsError):
    """The file for a debrief cannot be made."""


@click.command()
@click.argument("incident")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the page to this file.",
)
def debrief(incident: str, out: Path | None) -> None:
    """What the drill INCIDENT came to, held against its targets, as Markdown. It needs no Slack.

    INCIDENT is its id, the beginning of it, or its conversation's id. People are shown by their Slack ids.
    A drill that is still running is shown as far as it has come.
    """
    from ecomms_bot.incident.entry import OFFICE
    from ecomms_bot.incident.policy import Act
    from ecomms_bot.report.debrief import NoDrill
    from ecomms_bot.report.debrief import debrief as debriefed
    from ecomms_bot.report.debrief_page import debrief_markdown
    from ecomms_bot.service.office import find, understanding
    from ecomms_bot.service.records import Records

    allow(Act.REPORT)
    of = settings()
    with database(of) as db:
        found = find(db, incident)
        if found == OFFICE:
            raise NothingToDebrief("The office is no drill. `ecomms log list` shows all incidents.")
        with understanding(found):
            state, entries = Records(db).history(found)
    try:
        page = debrief_markdown(debriefed(state, entries, threads=of.office.discussion))
    except NoDrill:
        raise NothingToDebrief(
            f"{shown(state.name)} is no drill that people take part in, so there is no debrief. "
            f"`ecomms log show {found}` shows its log."
        ) from None
    if out is None:
        click.echo(shown(page), nl=False)
        return
    try:
        out.write_text(page, encoding="utf-8")
    except OSError as error:
        raise NotWritten(f"The file {out} cannot be written ({error.strerror}). Choose another.") from None
    click.echo(f"Written: {out}")
