"""People take part in drills from the first minute to the last: the guide's own one, and each that ships."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecomms_bot.playbook.drill_files import drill_files
from ecomms_bot.playbook.exercise import EXERCISE_AFTER, EXERCISE_BEFORE
from ecomms_bot.playbook.library import shipped_folder
from ecomms_bot.practice.stage import Stage
from ecomms_bot.report.debrief import Debrief, debrief
from ecomms_bot.report.debrief_page import debrief_markdown
from tests.scenario.aftermath import log_is_whole
from tests.scenario.drill_players import Played, begins, team

pytestmark = pytest.mark.long

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "run-a-drill.md"
OUR_FLOOD = "schema_version: 1\nid: flood\nextends: flood\ntitle: Flood\nhazard: flood\n"
SHIPPED = [path.stem for path in drill_files(shipped_folder())]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """An office with a playbook of its own, and the drill that the guide shows."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "playbooks" / "drills").mkdir(parents=True)
    (folder / "playbooks" / "flood.yaml").write_text(OUR_FLOOD)
    written = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(), re.DOTALL)[0]
    (folder / "playbooks" / "drills" / "mill-road.yaml").write_text(written)
    with team(folder, folder / "playbooks") as made:
        yield made
        log_is_whole(made)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with team(tmp_path_factory.mktemp("shipped-drills")) as made:
        yield made
        log_is_whole(made)


def came_to(played: Played) -> Debrief:
    """The debrief, from the log."""
    state, entries = played.case.on.bot.records.history(played.case.id)
    return debrief(state, entries)


def reached(found: Debrief) -> list[bool]:
    """First message, promises, injects."""
    return [each.met for each in found.targets]


def plays_well(on: Stage, drill: str) -> None:
    played = begins(on, drill)
    played.well()
    found = came_to(played)
    # Each inject was answered by what it asks for, in time, as everybody could read below it
    assert [(each.inject.id, each.status) for each in found.injects] == [
        (inject.id, "in time") for inject in played.part.injects
    ]
    assert all("✓ Answered" in played.message(inject).plain() for inject in played.part.injects)
    assert reached(found) == [True, True, True]
    all_is_marked(played)


def plays_badly(on: Stage, drill: str) -> None:
    played = begins(on, drill)
    played.badly()
    found = came_to(played)
    assert {each.status for each in found.injects} == {"left"}
    assert found.first_message is None
    assert reached(found) == [False, False, False]
    # And each was there to be answered, whole
    for inject in played.part.injects:
        shown = played.message(inject).plain()
        assert inject.who in shown
        assert inject.says in " ".join(shown.split())
    all_is_marked(played)


def all_is_marked(played: Played) -> None:
    """From the briefing to the end with its debrief."""
    messages = played.case.messages()
    assert all(
        each.text.startswith(EXERCISE_BEFORE) and each.text.endswith(EXERCISE_AFTER) for each in messages
    )
    assert played.part.briefing in " ".join(" ".join(each.plain() for each in messages).split())
    (end,) = played.case.messages("drill-end")
    assert "The drill is over" in end.plain()


def test_who_does_what_is_asked_for_reaches_every_target(own: Stage) -> None:
    plays_well(own, "mill-road")


def test_who_does_nothing_reads_what_was_left(own: Stage) -> None:
    plays_badly(own, "mill-road")


def test_who_only_talks_is_told_what_was_seen_and_not_done(own: Stage) -> None:
    played = begins(own, "mill-road")
    played.talking()
    found = {each.inject.id: each for each in came_to(played).injects}
    assert {name: each.status for name, each in found.items()} == {
        "gauge": "left",
        "bridge-gone": "left",
        "no-slack": "in time",
        "wrong-end": "left",
    }
    assert all(each.noticed is not None for each in found.values())
    assert "Spoken about after 1 min" in debrief_markdown(came_to(played))


def test_who_answers_late_is_told_how_late(own: Stage) -> None:
    played = begins(own, "mill-road")
    played.publishes("D1")
    # Given the last inject, for which there is no time left
    played.late()
    assert [each.status for each in came_to(played).injects] == ["late", "late", "late", "left"]
    assert [each.met for each in came_to(played).targets] == [True, True, False]


@pytest.mark.parametrize("drill", SHIPPED)
def test_each_drill_that_ships_can_be_played_well_and_badly(shipped: Stage, drill: str) -> None:
    plays_well(shipped, drill)
    plays_badly(shipped, drill)
