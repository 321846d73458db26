"""`ecomms check`: told of mistakes in playbooks and drills before an incident, not in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ecomms_bot.cli.common import settings, shown
from ecomms_bot.errors import ConfigurationError

if TYPE_CHECKING:
    from ecomms_bot.workshop.checking import Checked


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, readable=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print a list of files with their findings as JSON.")
@click.pass_context
def check(ctx: click.Context, paths: tuple[Path, ...], *, as_json: bool) -> None:
    """Check playbooks and drills: files, or folders with all that is in them.

    Without PATHS: the folder that ECOMMS_PLAYBOOKS names, else what comes with the bot. What is wrong keeps a
    file from being used; what is to look at does not. Exit code 1 if there is anything.
    """
    from ecomms_bot.practice.script import mistakes_in_scenes
    from ecomms_bot.workshop.checking import check as look_at
    from ecomms_bot.workshop.checking import summary
    from ecomms_bot.workshop.drills import DrillDesk

    found = look_at(paths or (_folder(),), DrillDesk(_folder, mistakes_in_scenes))
    if as_json:
        click.echo(shown(json.dumps([each.as_json() for each in found], indent=2)))
    else:
        for each in found:
            _say(each)
        click.echo(summary(found))
    ctx.exit(0 if all(each.ok for each in found) else 1)


def _folder() -> Path:
    from ecomms_bot.playbook.library import shipped_folder

    folder = settings().playbooks or shipped_folder()
    if not folder.is_dir():
        raise ConfigurationError(f"There is no folder {folder}. Correct ECOMMS_PLAYBOOKS, or unset it.")
    return folder


def _say(checked: Checked) -> None:
    if checked.ok:
        click.echo(_line(f"{checked.path}: ok"))
    for each in checked.findings:
        click.echo(_line(f"{each.file}:{each.line}:{each.column}: {each.weight}: {each.words}"))


def _line(words: str) -> str:
    """What an author wrote must not look like a line of ours."""
    return " ".join(shown(words).splitlines())
