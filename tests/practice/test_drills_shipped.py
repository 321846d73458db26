"""The drills that ship: people can take part, each is worth an hour, and it reads as easily as our texts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from ecomms_bot.playbook.drill_files import drill_files, load_drill
from ecomms_bot.playbook.drills import INJECT_KINDS, Drill, TakePart
from ecomms_bot.playbook.library import shipped_folder
from tests.playbook import reading
from tests.playbook.shipped import LIBRARY

DRILLS = {path.stem: load_drill(path, LIBRARY.playbooks) for path in drill_files(shipped_folder())}
SPOKEN_WORDS_MAX = 25
"""People on the telephone speak in longer sentences than we write."""
OF_THE_DAY = re.compile(
    r"\b(?:today|tomorrow|tonight|yesterday|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b"
)

each_drill = pytest.mark.parametrize("drill", DRILLS.values(), ids=DRILLS.keys())


def part(drill: Drill) -> TakePart:
    assert drill.take_part is not None
    return drill.take_part


def told(drill: Drill) -> Iterator[tuple[str, str]]:
    """What the bot and the page say in their own voice."""
    yield "about", drill.about
    yield "briefing", part(drill).briefing
    for inject in part(drill).injects:
        yield f"{inject.id}, teaches", inject.teaches


def test_there_are_three_hazards_at_least_and_all_kinds_of_injects() -> None:
    assert {part(drill).playbook for drill in DRILLS.values()} >= {"flood", "wildfire", "closure"}
    assert {inject.kind for drill in DRILLS.values() for inject in part(drill).injects} == set(INJECT_KINDS)


@each_drill
def test_it_is_called_as_its_file_and_says_where_its_facts_are_from(drill: Drill) -> None:
    assert DRILLS[drill.id] is drill
    assert drill.sources


@each_drill
def test_it_takes_an_hour_at_most_and_leaves_time_between_injects(drill: Drill) -> None:
    of = part(drill)
    assert 30 <= of.minutes <= 60
    assert 6 <= len(of.injects) <= 10
    gaps = [after.minute - before.minute for before, after in zip(of.injects, of.injects[1:], strict=False)]
    assert min(gaps) >= 3
    assert all(inject.minute + inject.within <= of.minutes for inject in of.injects)


@each_drill
def test_it_asks_for_all_that_goes_wrong_in_a_night(drill: Drill) -> None:
    injects = part(drill).injects
    # ten minutes without Slack at the most, a mistake in what was published, and several ways of answering
    assert [inject for inject in injects if inject.kind == "outage" and (inject.minutes or 99) <= 10]
    assert [inject for inject in injects if inject.answer == "correction"]
    assert len({inject.answer for inject in injects}) >= 3
    assert {"press", "question", "rumour"} & {inject.kind for inject in injects}


@each_drill
def test_what_is_corrected_had_time_to_be_published(drill: Drill) -> None:
    of = part(drill)
    wrong = [inject for inject in of.injects if inject.answer == "correction"]
    assert all(inject.minute >= of.targets.first_message for inject in wrong)


@each_drill
def test_what_it_asks_for_can_be_done_while_it_happens(drill: Drill) -> None:
    of = part(drill)
    steps = {step.id: step for step in LIBRARY.playbooks[of.playbook].playbook.phases["during"]}
    printed = {name for step in steps.values() for name in step.fields}
    for inject in of.injects:
        known = {"fact": printed, "text": set(steps), "correction": set(steps)}.get(inject.answer, set())
        assert set(inject.of) <= known, inject.id
    # and the playbook has words for a correction
    assert any("correction" in step.texts for step in steps.values())


@each_drill
def test_it_can_be_played_at_any_hour_of_any_day(drill: Drill) -> None:
    of = part(drill)
    texts = [of.incident, of.briefing, *(inject.says for inject in of.injects)]
    assert [found.group() for text in texts for found in OF_THE_DAY.finditer(text)] == []


@each_drill
def test_it_reads_easily(drill: Drill) -> None:
    wrong = [
        (where, sentence)
        for where, text in told(drill)
        for sentence in reading.sentences(text)
        if len(sentence.split()) > reading.WORDS_MAX
    ]
    wrong += [
        (inject.id, sentence)
        for inject in part(drill).injects
        for sentence in reading.sentences(inject.says)
        if len(sentence.split()) > SPOKEN_WORDS_MAX
    ]
    wrong += [(where, text) for where, text in told(drill) if reading.grade(text) > reading.GRADE_MAX]
    wrong += [
        (where, word)
        for where, text in told(drill)
        for word in reading.unfit(text, inside=True)
        if "L28" not in word  # here it may be said that it is an exercise
    ]
    wrong += [(where, text) for where, text in told(drill) if reading.BADLY.search(reading.masked(text))]
    assert wrong == []
