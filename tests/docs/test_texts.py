"""The page of texts says of every text that ships how long it is, and no limit is passed."""

from __future__ import annotations

import re

from ecomms_bot.playbook.library import Library, shipped_folder
from tests.docs.texts import PAGE, page

WRITTEN = PAGE.read_text()


def test_the_page_is_what_the_playbooks_say() -> None:
    assert page() == WRITTEN, f"run: python -m tests.docs.texts > docs/{PAGE.name}"


def test_every_text_that_ships_has_its_row() -> None:
    for loaded in Library.from_folder(shipped_folder()).playbooks.values():
        book = loaded.playbook
        (section,) = re.findall(rf"\n## [^\n]+\(`{book.id}`\)\n(.*?)(?=\n## |\Z)", WRITTEN, re.DOTALL)
        for steps in book.phases.values():
            for step in steps:
                for kind in step.texts:
                    assert f"| {step.id} {step.title} | {kind} |" in section


def test_no_text_that_ships_is_too_long() -> None:
    assert " over" not in WRITTEN.split("\n## ", 1)[1]
