"""A practice workspace with the real bot, and a real browser to look at it with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from ecomms_bot.practice.page.panels import page
from ecomms_bot.practice.training import training
from tests.system.seat import Seat, chromium


class Practice:
    """What a newcomer has started, and the windows on it."""

    def __init__(self, browser: Browser, stack: ExitStack, folder: Path) -> None:
        self._browser, self._stack = browser, stack
        self.made, self.server = stack.enter_context(training(folder, port=0, site=page))
        self.address = f"http://127.0.0.1:{self.server.port}"
        self.seats: list[Seat] = []

    def sit(self, handle: str = "", *, width: int = 1280, dark: bool = False) -> Seat:
        """A window as somebody; without a handle, as whoever opens the address."""
        self.seats.append(Seat.take(self._browser, self.address, handle, width=width, dark=dark))
        return self.seats[-1]

    def reads(self, opened: Page) -> Seat:
        """A window that a link opened."""
        self.seats.append(Seat(opened))
        self.seats[-1].watch()
        return self.seats[-1]

    def close(self) -> None:
        """End the practice, while its windows are open."""
        self._stack.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        opened = chromium(driver)
        yield opened
        opened.close()


@pytest.fixture
def practice(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """A workspace of this test's own; its windows must have been free of errors at the end."""
    with ExitStack() as stack:
        made = Practice(browser, stack, tmp_path_factory.mktemp("practice"))
        yield made
        problems = [problem for seat in made.seats for problem in seat.problems]
        for seat in made.seats:
            seat.leave()
    assert problems == []
