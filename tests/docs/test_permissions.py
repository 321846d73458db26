"""The page of permissions says what the code allows."""

from __future__ import annotations

from ecomms_bot.incident.policy import Act
from tests.docs.permissions import PAGE, page


def test_the_page_is_what_the_code_says() -> None:
    assert page() == PAGE.read_text(), f"run: python -m tests.docs.permissions > docs/{PAGE.name}"


def test_every_act_has_its_row() -> None:
    written = PAGE.read_text()
    assert all(f"\n| {act.value} | " in written for act in Act)
