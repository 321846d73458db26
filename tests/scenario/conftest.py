"""One bot in one workspace for all scenarios of a worker; each test has an evening of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ecomms_bot.practice.stage import Stage
from tests.scenario.acting import Case, next_evening, office, opens
from tests.scenario.aftermath import leave, log_is_whole
from tests.scenario.correcting_book import written_to


@pytest.fixture(scope="session")
def _whole_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with office(tmp_path_factory.mktemp("scenario")) as made:
        yield made
        log_is_whole(made)


@pytest.fixture
def stage(_whole_stage: Stage) -> Iterator[Stage]:
    """The bot at work, 20:00 in Vancouver. Afterwards all that was sent is looked through."""
    next_evening(_whole_stage)
    since = _whole_stage.now
    yield _whole_stage
    leave(_whole_stage, since)


@pytest.fixture
def open_case(stage: Stage) -> Callable[..., Case]:
    """Open an incident, as `acting.opens` does."""

    def opening(*args: object, **fields: object) -> Case:
        return opens(stage, *args, **fields)  # type: ignore[arg-type]  # passed on as they are

    return opening


@pytest.fixture
def case(stage: Stage) -> Case:
    """An exercise that Mara opened at 20:00, at its first step."""
    return opens(stage)


@pytest.fixture
def live(stage: Stage) -> Case:
    """A real incident that Mara opened at 20:00."""
    return opens(stage, live=True)


@pytest.fixture(scope="session")
def _correcting_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("correcting")
    with office(folder, playbooks=written_to(folder)) as made:
        yield made
        log_is_whole(made)


@pytest.fixture
def correcting(_correcting_stage: Stage) -> Iterator[Case]:
    """A real incident with a step for corrections, and one for advice that holds until a time."""
    next_evening(_correcting_stage)
    since = _correcting_stage.now
    yield opens(_correcting_stage, live=True)
    leave(_correcting_stage, since)
