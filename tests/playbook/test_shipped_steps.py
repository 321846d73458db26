"""The steps of the playbooks that ship: those that the field expects, each with all that makes it a step."""

from __future__ import annotations

from collections import Counter

import pytest

from ecomms_bot.playbook.drafting import fields_for
from ecomms_bot.playbook.model import Playbook, Step
from ecomms_bot.playbook.values import COMMON_FIELDS
from tests.playbook.shipped import BOOKS, EVERY_STEP

each_step = pytest.mark.parametrize(("book", "step"), EVERY_STEP)
each_book = pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS.keys())

DAY, WEEK, FORTNIGHT = 1440, 10_080, 20_160

CHANNELS = {
    "INT": {"internal"},
    "LEAD": {"leaders"},
    "PUB": {"internal", "web", "x"},
    "ROAD": {"internal", "web", "x", "sign"},
    "URG": {"internal", "web", "x", "sms"},
    "FAM": {"internal", "web", "x", "sms"},
    "ALL": {"internal", "web", "x", "sms", "sign"},
}
"""At least these channels. What we cannot send to yet stands in the checklists."""

Row = tuple[str, str, str]
"""Channels, tier, and how often: once, on-demand, minutes from one to the next, or any of these."""

FIELD: dict[str, dict[str, dict[str, Row]]] = {
    "flood": {
        "before": {
            "B1": ("INT", "T1", "once"),
            "B2": ("INT", "T1", "on-demand"),
            "B3": ("INT", "T1", "on-demand"),
            "B4": ("PUB", "T1", "720"),
            "B5": ("ROAD", "T1", "360"),
            "B6": ("INT", "T0", "once"),
            "B7": ("INT", "T0", "once"),
        },
        "during": {
            "D1": ("ROAD", "T0", "once"),
            "D2": ("URG", "T2", "on-demand"),
            "D3": ("ROAD", "T2", "on-demand"),
            "D4": ("PUB", "T1", "severity"),
            "D5": ("LEAD", "T1", "120"),
            "D6": ("PUB", "T1", "on-demand"),
            "D7": ("PUB", "T1", "on-demand"),
            "D8": ("PUB", "CORR", "on-demand"),
            "D9": ("INT", "T0", "any"),
        },
        "after": {
            "A1": ("URG", "T2", "on-demand"),
            "A2": ("ROAD", "T2", "on-demand"),
            "A3": ("PUB", "T1", str(DAY)),
            "A4": ("PUB", "T1", str(WEEK)),
            "A5": ("PUB", "T3", str(WEEK)),
            "A6": ("PUB", "T1", "once"),
            "A7": ("INT", "T1", "once"),
            "A8": ("INT", "T3", "once"),
        },
    },
    "wildfire": {
        "before": {
            "B1": ("INT", "T1", "once"),
            "B2": ("INT", "T1", "once"),
            "B3": ("PUB", "T1", "720"),
            "B4": ("ROAD", "T1", "360"),
            "B5": ("INT", "T1", "on-demand"),
            "B6": ("PUB", "T2", str(DAY)),
            "B7": ("INT", "T0", "once"),
        },
        "during": {
            "D1": ("PUB", "T0", "once"),
            "D2": ("URG", "T2", "on-demand"),
            "D3": ("ROAD", "T2", "on-demand"),
            "D4": ("PUB", "T1", "severity"),
            "D5": ("PUB", "T2", "120"),
            "D6": ("PUB", "T3", "on-demand"),
            "D7": ("LEAD", "T1", "120"),
            "D8": ("PUB", "T1", "on-demand"),
            "D9": ("PUB", "CORR", "on-demand"),
        },
        "after": {
            "A1": ("URG", "T2", "on-demand"),
            "A2": ("FAM", "T2", "720"),
            "A3": ("ROAD", "T2", "on-demand"),
            "A4": ("PUB", "T1", str(DAY)),
            "A5": ("PUB", "T1", str(WEEK)),
            "A6": ("PUB", "T1", "once"),
            "A7": ("INT", "T3", "once"),
        },
    },
    "closure": {
        "before": {
            "B1": ("INT", "T1", "once"),
            "B2": ("INT", "T1", "on-demand"),
            "B3": ("INT", "T1", "any"),
            "B4": ("ALL", "T2", "on-demand"),
            "B5": ("ALL", "T1", "any"),
            "B6": ("INT", "T0", "once"),
        },
        "during": {
            "D1": ("ALL", "T2", "any"),
            "D2": ("FAM", "T2", "on-demand"),
            "D3": ("ROAD", "T2", "60"),
            "D4": ("FAM", "T1", "720"),
            "D5": ("PUB", "T1", "720"),
            "D6": ("ALL", "T0", "severity"),
            "D7": ("LEAD", "T1", "240"),
            "D8": ("PUB", "T1", "on-demand"),
        },
        "after": {
            "A1": ("ALL", "T2", "any"),
            "A2": ("ROAD", "T1", "any"),
            "A3": ("FAM", "T1", "once"),
            "A4": ("PUB", "T3", "once"),
            "A5": ("PUB", "T1", "once"),
            "A6": ("INT", "T3", "once"),
        },
    },
}
"""What the field expects of each hazard, in the order in which it is done."""

DUE = {
    ("flood", "D1"): 15,
    ("wildfire", "D1"): 15,
    ("flood", "A8"): FORTNIGHT,
    ("wildfire", "A7"): FORTNIGHT,
    ("closure", "A6"): FORTNIGHT,
}
"""Minutes in which the field wants it done."""

ROWS = [
    pytest.param(name, step_id, row, id=f"{name}-{step_id}")
    for name, phases in FIELD.items()
    for steps in phases.values()
    for step_id, row in steps.items()
]


@pytest.mark.parametrize(
    ("name", "counts"), [("flood", (7, 9, 8)), ("wildfire", (7, 9, 7)), ("closure", (6, 8, 6))]
)
def test_every_step_of_the_field_is_there_in_its_order(name: str, counts: tuple[int, int, int]) -> None:
    assert tuple(len(steps) for steps in FIELD[name].values()) == counts
    phases = {phase: [step.id for step in BOOKS[name].steps(phase)] for phase in FIELD[name]}
    assert phases == {phase: list(steps) for phase, steps in FIELD[name].items()}


@pytest.mark.parametrize(("name", "step_id", "row"), ROWS)
def test_a_step_goes_where_the_field_wants_it_as_often_and_with_the_same_care(
    name: str, step_id: str, row: Row
) -> None:
    step = BOOKS[name].step(step_id)
    channels, tier, often = row
    assert set(step.channels) >= CHANNELS[channels]
    assert ("web" in step.channels) == (channels not in {"INT", "LEAD"})
    assert tier in {BOOKS[name].tier_of(step, kind) for kind in step.texts}
    assert often in {"any", step.recurrence, str(step.cadence)}
    assert step.due_minutes == DUE.get((name, step_id), step.due_minutes)


def test_severities_and_tiers_are_those_of_the_field() -> None:
    for book in BOOKS.values():
        cadences = {name: severity.cadence_minutes for name, severity in book.severities.items()}
        assert cadences == {"S1": 30, "S2": 60, "S3": 180, "S4": DAY}
        assert {name: (tier.roles, tier.target_minutes) for name, tier in book.tiers.items()} == {
            "T0": (("pio",), 5),
            "T1": (("sme", "pio"), 15),
            "T2": (("sme", "pio", "ic"), 20),
            "T3": (("pio", "ic", "exec"), 60),
            "CORR": (("pio",), 10),
        }


@each_step
def test_a_step_says_what_to_do_besides_writing_and_what_must_be_sure(book: Playbook, step: Step) -> None:
    assert 2 <= len(step.checklist) <= 5
    assert len(step.verify) in range(1, 5)
    lines = (step.purpose, step.audience, *step.checklist, *step.verify)
    assert all(line.strip() and "  " not in line and "!" not in line for line in lines)
    assert step.purpose.endswith(".")


@each_step
def test_a_public_text_is_there_for_every_channel_of_its_step(book: Playbook, step: Step) -> None:
    for kind, text in step.texts.items():
        if kind != "internal":
            assert set(text.templates) == set(step.channels), kind
        else:
            assert set(text.templates) in ({"internal"}, {"leaders"})


@each_step
def test_a_step_lists_the_fields_that_its_texts_use_and_no_others(book: Playbook, step: Step) -> None:
    asked = {name for kind in step.texts for name, _ in fields_for(book, step, kind)}
    assert set(step.fields) - asked == set()
    assert len(step.fields) == len(set(step.fields))


FORM_MAX = 13
"""Fields of one form beside those that every form has: nobody fills in more at 3 a.m."""


@each_step
def test_a_form_is_short_enough_for_the_middle_of_the_night(book: Playbook, step: Step) -> None:
    for kind in step.texts:
        asked = [name for name, _ in fields_for(book, step, kind) if name not in COMMON_FIELDS]
        assert len(asked) <= FORM_MAX, f"{kind} asks {len(asked)} fields: {', '.join(asked)}"


CLEARED_MAX = 120
"""Characters in a field of a text for the public that was cleared beforehand."""


@each_step
def test_cleared_wording_leaves_room_for_short_facts_only(book: Playbook, step: Step) -> None:
    for kind in step.texts:
        if book.tier_of(step, kind) == "T0" and "web" in step.channels:
            for name, field in fields_for(book, step, kind):
                assert field.type != "long_text", f"{kind}: {name}"
                assert field.max_length <= CLEARED_MAX, f"{kind}: {name}"


@each_book
def test_every_field_is_asked_somewhere(book: Playbook) -> None:
    used = {
        name
        for steps in book.phases.values()
        for step in steps
        for kind in step.texts
        for name, _ in fields_for(book, step, kind)
    }
    assert set(book.fields) - used - set(COMMON_FIELDS) == set()


@each_book
def test_a_field_says_what_to_fill_in(book: Playbook) -> None:
    for name, field in book.fields.items():
        assert field.hint or not field.type.endswith("text"), f"{name} has no hint"
        assert field.unit or field.type not in {"integer", "decimal"}, f"{name} is a number without unit"
        assert not field.hint or field.hint[-1] in ".?)", f"{name}: {field.hint}"


@each_book
def test_no_two_steps_are_called_alike(book: Playbook) -> None:
    titles = Counter(step.title.casefold() for steps in book.phases.values() for step in steps)
    assert [title for title, times in titles.items() if times > 1] == []


@each_book
def test_only_the_scheduled_update_has_a_text_for_no_change(book: Playbook) -> None:
    for phase, steps in book.phases.items():
        quiet = [step for step in steps if "no-change" in step.texts]
        assert all(step.recurrence == "recurring" for step in quiet), phase


@each_step
def test_no_change_repeats_only_facts_that_last(book: Playbook, step: Step) -> None:
    news = (
        [name for name, field in fields_for(book, step, "no-change") if not field.carry]
        if "no-change" in step.texts
        else []
    )
    assert news == []


@each_book
def test_there_is_somebody_to_reach_when_everything_is_down(book: Playbook) -> None:
    assert 6 <= len(book.contacts) <= 10
    assert [contact.phone for contact in book.contacts if contact.phone] == []
