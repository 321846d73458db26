"""Three real bots on one database, killed, stopped and cut off for 90 s: nothing is lost or done twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.__main__ import CAUGHT_BY, play
from tests.chaos.run import Plan, of_mutant

pytestmark = pytest.mark.long


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_whatever_befalls_the_bots_nothing_is_lost_and_nothing_is_done_twice(
    database: str, tmp_path: Path
) -> None:
    counts = play(Plan(database), tmp_path, print)
    assert {name: problems for name, problems in counts.items() if problems} == {}


@pytest.mark.parametrize("mutant", sorted(CAUGHT_BY))
def test_a_bot_that_lacks_a_safeguard_is_caught(mutant: str, tmp_path: Path) -> None:
    counts = play(of_mutant(mutant), tmp_path, print)
    assert counts[CAUGHT_BY[mutant]]
    assert not counts["errors nobody foresaw"]  # it runs; only the safeguard is missing
