"""A practice workspace with the real bot, and a real browser to look at it with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, sync_playwright

from ecomms_bot.practice.page.panels import page
from ecomms_bot.practice.training import Training, training
from tests.system.seat import Seat, chromium


@dataclass(frozen=True)
class Practice:
    """What a newcomer has started: `sit` opens a window as somebody."""

    made: Training
    address: str
    sit: Callable[..., Seat]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        opened = chromium(driver)
        yield opened
        opened.close()


@pytest.fixture
def practice(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """A workspace of this test's own; every window must stay free of errors until the end."""
    seats: list[Seat] = []
    with training(tmp_path_factory.mktemp("practice"), port=0, site=page) as (made, server):
        address = f"http://127.0.0.1:{server.port}"

        def sit(handle: str = "", *, width: int = 1280, dark: bool = False) -> Seat:
            seats.append(Seat.take(browser, address, handle, width=width, dark=dark))
            return seats[-1]

        yield Practice(made, address, sit)
        problems = [problem for seat in seats for problem in seat.problems]
        for seat in seats:
            seat.leave()
    assert problems == []
