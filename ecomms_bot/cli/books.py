"""Which playbook is meant by what was typed: an id, or a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ecomms_bot.cli.common import shown
from ecomms_bot.errors import PlaybookError
from ecomms_bot.playbook.nearest import did_you_mean

if TYPE_CHECKING:
    from ecomms_bot.playbook.library import LoadedPlaybook
    from ecomms_bot.settings import Settings

SUFFIXES = (".yaml", ".yml")


class UnknownPlaybook(PlaybookError):
    """No playbook has that id; nothing was done."""


def playbook_named(of: Settings, typed: str) -> LoadedPlaybook:
    """The file of that name, else the playbook of that id in the office's folder or among those that ship.

    Raises PlaybookError for a file that cannot be used, UnknownPlaybook if there is none.
    """
    from ecomms_bot.playbook.library import Library, load_with_source, shipped_folder

    path = Path(typed)
    if path.suffix in SUFFIXES or path.name != typed:
        return load_with_source(path)
    known: dict[str, LoadedPlaybook] = {}
    for folder in filter(None, (of.playbooks, shipped_folder())):
        for file in (folder / f"{typed}{suffix}" for suffix in SUFFIXES):
            if file.is_file():
                return load_with_source(file)  # says what is wrong with it; a library leaves it out
        known = {**Library.from_folder(folder).playbooks, **known}
    if typed in known:
        return known[typed]
    there = ", ".join(known) or "none"
    guess = did_you_mean(typed, known) or "."
    raise UnknownPlaybook(
        f"There is no playbook {shown(typed)}{guess} There are: {there}. A file is named with its .yaml."
    )
