"""What an author sees of a playbook in the terminal: steps, questions, finished words and their lengths."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Playbook, Step
from ecomms_bot.workshop.lengths import header, lengths, rows, table
from ecomms_bot.workshop.preview import WIDTH, Preview, heading, longest, on_what, overview, preview
from ecomms_bot.workshop.sampling import Occasion, filled_in, usual_severity
from tests.playbook.samples import FLOOD, NOW, ZONE, small_raw

D1, D3, D4 = FLOOD.step("D1"), FLOOD.step("D3"), FLOOD.step("D4")
BETWEEN_TEXTS = "-" * WIDTH


def seen(step: Step = D1, kind: str = "statement", *, exercise: bool = False, **given: str) -> Preview:
    """At 8:40 p.m. on the night of the flood, with these values in place of the examples."""
    return preview(FLOOD, step, kind, Occasion(NOW, ZONE, "Highway 7 flooding", exercise, given=given))


def published(shown: Preview) -> dict[str, str]:
    """The words between the lines, by what stands above them."""
    found: dict[str, str] = {}
    lines = list(shown.lines)
    while BETWEEN_TEXTS in lines:
        start = lines.index(BETWEEN_TEXTS)
        end = lines.index(BETWEEN_TEXTS, start + 1)
        found[lines[start - 1]] = "\n".join(lines[start + 1 : end])
        lines = lines[end + 1 :]
    return found


def text(shown: Preview) -> str:
    return "\n".join(shown.lines)


def bent(**more: Any) -> Playbook:
    return Playbook.parse({**small_raw(), **more})


# --- the finished words


def test_a_text_stands_there_as_it_would_be_published_with_its_length_above() -> None:
    found = published(seen())
    assert list(found) == [
        "X 248 / 280",
        "SMS 2 / 4 messages (247 characters, GSM-7)",
        "Web 532 characters",
        "Internal 363 characters",
    ]
    x = next(words for title, words in found.items() if title.startswith("X "))
    assert x == (
        "B.C. Ministry of Transportation, 8:40 p.m. PST. Mudslides: Highway 7 (Lougheed Highway), between "
        "Agassiz and Hope. Keep away from the area. Not yet known: when the road will open. "
        "Next update by Sun., Nov. 14, 9:45 p.m. PST. https://www.drivebc.ca"
    )


def test_nothing_found_is_said_too() -> None:
    shown = seen()
    assert shown.sound
    assert shown.lines[-1] == "Nothing to mend."


def test_in_an_exercise_every_text_bears_the_mark() -> None:
    for words in published(seen(exercise=True)).values():
        assert words.startswith("EXERCISE - ")
        assert words.endswith(" - EXERCISE")


def test_what_was_asked_for_takes_the_place_of_the_example() -> None:
    shown = seen(road="Highway 5 (Coquihalla)", not_known_yet="")
    assert "Highway 5 (Coquihalla)" in text(shown)
    assert "Not yet known" not in "\n".join(published(shown).values())


def test_what_the_office_always_says_stands_before_the_examples_but_not_before_what_was_asked_for() -> None:
    office = {"issuing_source": "City of Hope", "info_url": "https://www.hope.ca"}
    occasion = Occasion(NOW, ZONE, "Slides", exercise=False, office=office)
    assert "City of Hope, 8:40 p.m. PST" in text(preview(FLOOD, D1, "statement", occasion))
    occasion = Occasion(
        NOW, ZONE, "Slides", exercise=False, office=office, given={"issuing_source": "Village of Agassiz"}
    )
    shown = text(preview(FLOOD, D1, "statement", occasion))
    assert "Village of Agassiz, 8:40 p.m. PST" in shown
    assert "City of Hope" not in shown
    assert "https://www.hope.ca" in shown


# --- what was found


def test_a_character_that_makes_an_sms_short_is_named() -> None:
    shown = seen(road="Highway 7 – Lougheed")
    (sms,) = [title for title in published(shown) if title.startswith("SMS")]
    assert "UCS-2 because of –" in sms
    assert "Look again: SMS: – cut the length of a message from 160 characters to 70." in text(shown)
    assert shown.sound  # a warning keeps nobody from submitting


def test_a_time_that_has_passed_keeps_the_text_from_being_submitted() -> None:
    shown = seen(next_update_at="2021-11-14T20:00:00-08:00")
    assert not shown.sound
    said = " ".join(text(shown).split())
    assert "Must be changed: next_update_at: This has already passed. Choose a later time." in said
    assert "Must be changed: The text does not say" not in said  # said once, not twice


def test_what_blocks_comes_before_what_warns() -> None:
    book = bent()
    step = book.step("D1")
    long = Occasion(NOW, ZONE, "Slides", exercise=False, given={"place": "–" * 80, "story": "a" * 81})
    shown = preview(book, step, "statement", long)
    said = [line for line in shown.lines if line.startswith(("Must", "Look"))]
    assert [line.split(":")[0] for line in said] == ["Must be changed", "Look again"]


# --- times that fit the present


def values(step: Step, kind: str, now: datetime = NOW) -> Mapping[str, Any]:
    found, errors = filled_in(FLOOD, step, kind, Occasion(now, ZONE, "Slides", exercise=False))
    assert errors == ()
    return found


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_examples_are_moved_to_times_that_can_be_given_now(hour: int) -> None:
    now = datetime(2026, 7, 1, hour, 7, tzinfo=UTC)
    found = {**values(D3, "statement", now), **values(D4, "update", now)}
    assert found["as_of"].utc == now
    assert found["next_update_at"].utc > now
    assert now < found["assessment_at"].utc < found["reopen_estimate_at"].utc < now + timedelta(days=2)
    assert found["reopen_estimate_at"].local.strftime("%H:%M") in {"17:00", "18:00"}  # PST, in July PDT
    assert now - timedelta(hours=1) < found["gauge_read_at"].utc < now


def at_night(**examples: str) -> Playbook:
    """The small playbook, asking for a beginning and an end with these examples."""
    raw = small_raw()
    for name, example in examples.items():
        raw["fields"][name] = {"type": "datetime", "label": name, "example": example}
    raw["fields"]["end"]["past_allowed"] = False
    step = raw["phases"]["during"][0]
    step["fields"] = [*examples]
    web = "{{ begin }} {{ end }} {{ next_update_at }}"
    step["texts"] = {"statement": {"title": "Closed", "templates": {"web": web}}}
    return Playbook.parse(raw)


@pytest.mark.parametrize("hour", [*range(0, 24, 3), 23])
@pytest.mark.parametrize("phase", ["before", "during"])
def test_an_end_comes_after_its_beginning(phase: str, hour: int) -> None:
    book = at_night(begin="2021-11-14T23:00-08:00", end="2021-11-15T06:00-08:00")
    step = book.step("D1")
    book = book.model_copy(update={"phases": {phase: (step,)}})
    now = datetime(2026, 7, 1, hour, 7, tzinfo=UTC)
    found, errors = filled_in(book, step, "statement", Occasion(now, ZONE, "Slides", exercise=False))
    begin, end = found["begin"], found["end"]
    assert errors == ()
    assert isinstance(begin, Instant)
    assert isinstance(end, Instant)
    assert begin.utc < end.utc > now
    assert end.utc - begin.utc == timedelta(hours=7)
    if phase == "before":
        assert begin.utc > now


def test_a_final_text_says_why_no_more_updates_come() -> None:
    found = values(D4, "final")
    assert found["next_update_at"] is None
    assert found["no_promise_reason"] == "the road is open to everyone"
    shown = seen(D4, "final", next_update_at="2021-11-15T08:00:00-08:00")
    assert "Next update by Mon., Nov. 15, 8 a.m. PST" in text(shown)


def test_a_promise_is_the_one_that_the_playbook_would_propose() -> None:
    # 8:40 p.m., 5 minutes for the approval, 60 for severity S2
    assert values(D1, "statement")["next_update_at"] == Instant.of(NOW + timedelta(minutes=65), ZONE)
    assert usual_severity(FLOOD) == "S2"


# --- what a step is, and what it asks


def test_the_overview_names_each_step_with_what_it_takes() -> None:
    lines = list(overview(FLOOD))
    assert lines[0] == "Flood (flood): 3 steps"
    assert "  D1   Holding statement" in lines
    assert "       once · T0 Cleared wording · X, SMS, Web, Internal" in lines
    assert "update, no-change and final" in " ".join(lines)
    assert lines[-1] == "See what a step says: ecomms preview flood D1"


def test_a_playbook_without_steps_shows_none() -> None:
    assert list(overview(bent(phases={}))) == ["Small (small): 0 steps"]


def test_a_step_says_why_for_whom_when_and_what_must_be_sure() -> None:
    lines = list(heading(FLOOD, D1))
    assert lines[0] == "Flood · D1 Holding statement"
    assert "Approval  T0 Cleared wording: pio, within 5 min" in lines
    assert "  [ ] The exact place" in lines
    assert "To do besides writing" not in lines  # it has no checklist


def test_the_form_is_shown_by_the_names_that_can_be_set() -> None:
    shown = text(seen(D4, "update"))
    assert "  gauge_level_m     River level (m) · may stay empty\n" in shown
    assert "  road              Road\n" in shown
    assert "one of: “flooding”, “mudslides”, “washouts”\n" in shown
    assert "such as: 14:30\n" in shown


def test_a_text_of_another_tier_says_so() -> None:
    assert "NO-CHANGE: No change · approval T0 Cleared wording" in seen(D4, "no-change").lines
    assert "UPDATE: Update" in seen(D4, "update").lines


def test_nobody_takes_it_for_an_approved_text() -> None:
    said = " ".join(on_what(Occasion(NOW, ZONE, "Slides", exercise=True)))
    assert said == (
        "Tried at Sun., Nov. 14, 8:40 p.m. PST, for “Slides”, an exercise. Nobody has approved these texts."
    )


@pytest.mark.parametrize(("step", "kind"), [(step, kind) for step in (D1, D3, D4) for kind in step.texts])
def test_all_but_the_texts_themselves_fits_80_columns(step: Step, kind: str) -> None:
    shown = seen(step, kind)
    texts = {line for words in published(shown).values() for line in words.splitlines()}
    lines = [*overview(FLOOD), *heading(FLOOD, step), *shown.lines]
    assert [line for line in lines if len(line) > WIDTH and line not in texts] == []


# --- at its longest


def test_at_its_longest_every_text_of_the_flood_fits() -> None:
    shown = longest(FLOOD, D3, "statement")
    assert shown.sound
    assert shown.lines[-1] == "Every text fits."
    assert all(words.startswith("EXERCISE - ") for words in published(shown).values())


def test_a_text_that_is_too_long_says_so() -> None:
    raw = small_raw()
    raw["phases"]["during"][0]["texts"]["statement"]["templates"]["sms"] = "{{ place }}" * 20
    book = Playbook.parse(raw)
    shown = longest(book, book.step("D1"), "statement")
    assert not shown.sound
    assert "Must be changed: SMS: the text is 7 messages too long." in shown.lines


def test_several_languages_are_shown_each() -> None:
    raw = small_raw()
    raw["phases"]["during"][0]["texts"]["statement"]["templates"]["sms"] = {"en": "Stop", "fr": "Halte"}
    book = Playbook.parse(raw)
    step = book.step("D1")
    occasion = Occasion(NOW, ZONE, "Slides", exercise=False)
    for shown in (preview(book, step, "statement", occasion), longest(book, step, "statement")):
        sms = [title for title in published(shown) if title.startswith("SMS")]
        assert [title.split("[")[1][:2] for title in sms] == ["en", "fr"]
    kinds = [row[1] for row in rows(book, [step])]
    assert kinds == ["statement", "statement [fr]", "internal", "final"]


# --- lengths


def test_the_table_has_a_row_for_each_text_and_a_column_for_each_channel_in_use() -> None:
    lines = list(table(FLOOD, [D1, D4]))
    assert lines[0].split() == ["Step", "Text", "X", "SMS", "Web", "Internal"]
    assert [line.split()[:2] for line in lines[1:]] == [
        ["D1", "statement"],
        ["D4", "update"],
        ["D4", "no-change"],
        ["D4", "final"],
    ]
    assert "Road sign" in header()
    assert re.fullmatch(r"D1 +statement +\d+→\d+ +\d+→\d+\(2\) +\d+→\d+ +\d+→\d+", lines[1])
    assert max(map(len, lines)) <= WIDTH


def test_a_length_is_that_of_the_examples_and_of_the_longest_with_the_mark() -> None:
    (x,) = [each for each in lengths(FLOOD, [D1]) if each.channel == "x"]
    (usual,) = [title for title in published(seen(exercise=True)) if title.startswith("X")]
    assert x.usual.text == usual
    assert x.usual.used < x.most.used <= 280


def test_a_sign_is_measured_in_pages_and_characters_of_a_line() -> None:
    raw = small_raw()
    step = raw["phases"]["during"][0]
    step["channels"] = ["sign"]
    step["texts"] = {
        "statement": {"title": "Sign", "templates": {"sign": "ROAD AHEAD\n\n{{ place | sign }}"}}
    }
    book = Playbook.parse(raw)
    ((*_, sign),) = ([cell for cell in row if cell] for row in rows(book, [book.step("D1")]))
    assert sign == "2×10 → 2×80 over"
