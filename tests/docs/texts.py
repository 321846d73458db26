"""Makes docs/reference-texts.md: python -m tests.docs.texts > docs/reference-texts.md"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from ecomms_bot.playbook.library import Library, shipped_folder
from ecomms_bot.playbook.model import Playbook
from ecomms_bot.workshop.lengths import header, rows

PAGE = Path(__file__).parents[2] / "docs" / "reference-texts.md"

HEAD = """# Texts

Every text of the playbooks that ship, with its length on each channel: as with the examples, then at the
longest, with every field filled to its limit. Both have the mark of an exercise, which takes 22 characters.
`ecomms preview PLAYBOOK --lengths` prints the same of any playbook, `ecomms preview PLAYBOOK STEP` the words.

| Column | What is counted | What fits |
| --- | --- | --- |
| X | characters as X weighs them: an address counts 23 | 280 |
| SMS | GSM characters; in brackets the messages that the longest takes | 2 messages, 306 characters |
| Road sign | pages × characters of the longest line, without the pages EXERCISE | 2 × 18 |
| Web, Internal, Leaders | characters | no limit |

This page is made from the playbooks by `python -m tests.docs.texts`, and a test compares it.
"""


def page() -> str:
    """The page, in Markdown."""
    books = Library.from_folder(shipped_folder()).playbooks.values()
    return "\n".join([HEAD, *(line for loaded in books for line in _of(loaded.playbook))])


def _of(playbook: Playbook) -> Iterator[str]:
    steps = [step for steps in playbook.phases.values() for step in steps]
    names = {step.id: f"{step.id} {step.title}" for step in steps}
    yield f"## {playbook.title} (`{playbook.id}`)\n"
    yield _line(header())
    yield _line(["---"] * len(header()))
    for step_id, kind, *cells in rows(playbook, steps):
        yield _line([names[step_id], kind, *cells])
    yield ""


def _line(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


if __name__ == "__main__":
    sys.stdout.write(page())
