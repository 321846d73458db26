"""One bot for each way in which Slack reaches an app; every interaction is tested over both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from ecomms_bot.practice.stage import Stage
from tests.interaction.meeting import Meeting, at_work, leave

MODES = ("socket", "http")


@pytest.fixture(scope="session")
def _stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Stage]]:
    made: dict[str, Stage] = {}
    with ExitStack() as stack:

        def stage_of(mode: str) -> Stage:
            if mode not in made:
                folder = tmp_path_factory.mktemp(mode)
                made[mode] = stack.enter_context(at_work(folder, http=mode == "http"))
            return made[mode]

        yield stage_of


@pytest.fixture(params=MODES)
def meeting(request: pytest.FixtureRequest, _stages: Callable[[str], Stage]) -> Iterator[Meeting]:
    """The bot and its people: once over Socket Mode, once over HTTP."""
    on = _stages(request.param)
    yield Meeting(on)
    leave(on)


@pytest.fixture
def web(_stages: Callable[[str], Stage]) -> Iterator[Meeting]:
    """Over HTTP only."""
    on = _stages("http")
    yield Meeting(on)
    leave(on)
