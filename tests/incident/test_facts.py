"""Facts: what is so, who says it, since when. A number without a source is no fact."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from ecomms_bot.incident.changes import sides_of
from ecomms_bot.incident.commands import CloseIncident, Override, RecordFact
from ecomms_bot.incident.events import FactRecorded, Quoted
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.rules.facts import fact_fields
from ecomms_bot.incident.wording import Rejected
from ecomms_bot.playbook.instant import Instant
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, NIGHT, OBSERVER, PIO, SME, Story, at, instant

EARLIER = NIGHT - timedelta(minutes=5)


@pytest.fixture
def story() -> Story:
    return Story().open()


def record(
    story: Story,
    name: str,
    value: str | Instant,
    source: str = "operations",
    *,
    by: str = COMMUNICATOR,
    quoted: Quoted | None = None,
) -> FactRecorded | None:
    events = story.do(RecordFact(name, value, source, quoted), by)
    if not events:
        return None
    (event,) = events
    assert isinstance(event, FactRecorded)
    return event


def refused(story: Story, name: str, value: str | Instant, source: str = "operations") -> tuple[str, str]:
    with pytest.raises(Rejected) as no:
        record(story, name, value, source)
    assert no.value.field is not None
    return no.value.field, str(no.value)


def message(ts: str) -> Quoted:
    return Quoted(conversation="C-ops", ts=ts, author=SME)


# --- What is recorded


def test_a_fact_has_a_name_a_value_a_source_and_a_time(story: Story) -> None:
    story.now = at(20, 10)
    event = record(story, "  people  stranded ", " 140 ", " RCMP ", by=SME)
    assert event == FactRecorded(
        fact=make_id("f", "command-5"),
        person=SME,
        name="people stranded",
        value="140",
        source="RCMP",
        as_of=at(20, 10),
    )
    fact = story.state.fact("people stranded")
    assert fact is not None
    assert (fact.value, fact.source, fact.person, fact.as_of) == ("140", "RCMP", SME, at(20, 10))


def test_every_value_is_kept_and_the_last_one_counts(story: Story) -> None:
    record(story, "people stranded", "140")
    record(story, "people stranded", "275", by=COLLEAGUE)
    assert [fact.value for fact in story.state.facts["people stranded"]] == ["140", "275"]
    assert story.state.fact("people stranded") == story.state.facts["people stranded"][-1]
    assert story.state.fact("people hurt") is None


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        (("", "140", "RCMP"), "name", "Say what the fact is about."),
        (("x" * 81, "140", "RCMP"), "name", "Say what the fact is about, in up to 80 characters. "),
        (("stranded", " ", "RCMP"), "value", "Say what is so."),
        (("stranded", "x" * 301, "RCMP"), "value", "Say what is so, in up to 300 characters. "),
        (("stranded", "140", " "), "source", "Say who says so; a fact needs a source."),
        (("stranded", "140", "x" * 151), "source", "Say who says so; a fact needs a source, in up to 150 "),
        (("stranded", instant(NIGHT), "RCMP"), "value", "Write it in words: “stranded” is no time of"),
    ],
)
def test_what_is_missing_or_too_long_is_said_beside_its_field(
    story: Story, given: tuple[str, str | Instant, str], field: str, words: str
) -> None:
    where, said = refused(story, *given)
    assert where == field
    assert said.startswith(words)
    assert "FactRecorded" not in story.types()


def test_only_communicators_and_leads_record_facts_and_only_while_it_is_open(story: Story) -> None:
    with pytest.raises(Rejected, match="Only communicators and leads may record a fact"):
        record(story, "stranded", "140", by=OBSERVER)
    story.do(CloseIncident("Over."), PIO)
    with pytest.raises(Rejected, match="was closed by"):
        record(story, "stranded", "140")


# --- Facts that texts are filled with


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("road", " Highway 1 ", "Highway 1"),
        ("gauge_level_m", "3.10", "3.10"),
        ("direction", "both", "both"),
        ("details", "One.\nTwo.", "One.\nTwo."),
        ("gauge_read_at", instant(EARLIER), instant(EARLIER)),
    ],
)
def test_a_field_of_the_playbook_takes_what_its_type_allows(
    story: Story, name: str, value: str | Instant, kept: str | Instant
) -> None:
    event = record(story, name, value)
    assert event is not None
    assert event.value == kept


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("road", "x" * 29, "This may have up to 28 characters; it has 29."),
        ("gauge_level_m", "high", "This must be a number (m), for example: 3.1."),
        ("gauge_level_m", "101", "This must be 100 or less (m)."),
        ("gauge_level_m", "", "This is needed, for example: 3.1."),
        ("direction", "sideways", "This is not one of the answers: choose one of"),
        ("gauge_read_at", instant(at(20, 30)), "This is still to come."),
        ("reopen_estimate_at", instant(at(20, 0)), "This has already passed."),
        ("road", instant(at(20, 0)), "This cannot be a time"),
    ],
)
def test_and_refuses_what_no_text_could_be_filled_with(
    story: Story, name: str, value: str | Instant, words: str
) -> None:
    field, said = refused(story, name, value)
    assert field == "value"
    assert said.startswith(words)


@pytest.mark.parametrize("name", ["next_update_at", "as_of", "no_promise_reason", "incident_name"])
def test_what_each_text_says_for_itself_is_no_fact(story: Story, name: str) -> None:
    field, said = refused(story, name, "x")
    assert field == "name"
    assert said.endswith(" is set in each text, so it is not kept as a fact. Choose another name.")
    assert name not in dict(fact_fields(story.state))


def test_the_fields_that_can_be_recorded_are_those_of_the_playbook(story: Story) -> None:
    names = [name for name, _ in fact_fields(story.state)]
    assert names[:3] == ["area_description", "assessment_at", "closure_state"]
    assert set(names) < set(story.state.book.fields)


# --- When it was said


@pytest.mark.parametrize(
    ("ts", "as_of"),
    [
        ("1636948799.5", NIGHT - timedelta(milliseconds=500)),
        ("1636948800", NIGHT),
        # A message later than the clock of the incident, and what is no time, count as now.
        ("1636999999.000100", at(20, 30)),
        ("9999999999999.0", at(20, 30)),
        ("soon", at(20, 30)),
        ("", at(20, 30)),
    ],
)
def test_a_fact_from_a_message_is_as_of_that_message(story: Story, ts: str, as_of: datetime) -> None:
    story.now = at(20, 30)
    event = record(story, "stranded", "140", quoted=message(ts))
    assert event is not None
    assert (event.as_of, event.quoted) == (as_of, message(ts))


# --- Twice is once


def test_the_same_again_within_five_minutes_is_the_same_entry(story: Story) -> None:
    record(story, "stranded", "140")
    story.now += timedelta(minutes=4, seconds=59)
    assert record(story, "stranded", " 140 ", by=COLLEAGUE) is None
    story.now += timedelta(seconds=1)
    assert record(story, "stranded", "140") is not None


def test_so_is_the_same_message_however_much_later(story: Story) -> None:
    quoted = message("1636948700.0")
    record(story, "stranded", "140", quoted=quoted)
    story.now = at(23, 0)
    assert record(story, "stranded", "140", quoted=quoted) is None


@pytest.mark.parametrize(("value", "source"), [("141", "operations"), ("140", "RCMP")])
def test_another_value_or_source_is_news(story: Story, value: str, source: str) -> None:
    record(story, "stranded", "140")
    assert record(story, "stranded", value, source) is not None


def test_who_takes_their_word_back_and_says_the_first_again_is_news_each_time(story: Story) -> None:
    for value in ("140", "141", "140"):
        assert record(story, "stranded", value) is not None


def test_the_word_of_another_in_between_makes_the_same_word_no_news(story: Story) -> None:
    record(story, "stranded", "140")
    record(story, "stranded", "150", "RCMP")
    assert record(story, "stranded", "140") is None


# --- Units, names, and until when it is known


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("gauge_level_m", "", "m"),
        ("gauge_level_m", " M ", "m"),
        ("vehicles", " big  trucks ", "big trucks"),
        ("vehicles", "", ""),
        ("road", "", ""),
    ],
)
def test_a_number_has_the_unit_that_texts_print_or_what_people_call_it(
    story: Story, name: str, typed: str, kept: str
) -> None:
    (event,) = story.do(RecordFact(name, "3.1", "operations", unit=typed), COMMUNICATOR)
    assert isinstance(event, FactRecorded)
    assert event.unit == kept


def test_the_next_one_who_says_a_number_means_the_same_things(story: Story) -> None:
    story.do(RecordFact("vehicles", "140", "RCMP", unit="trucks"), COMMUNICATOR)
    event = record(story, "vehicles", "150")
    assert event is not None
    assert event.unit == "trucks"


@pytest.mark.parametrize(
    ("name", "unit", "words"),
    [
        ("gauge_level_m", "feet", "Texts say this in m. Please give it in m."),
        ("vehicles", "x" * 31, "That is 31 characters; at most 30 are kept. Please shorten it."),
    ],
)
def test_a_unit_that_texts_do_not_print_is_refused(story: Story, name: str, unit: str, words: str) -> None:
    with pytest.raises(Rejected) as no:
        story.do(RecordFact(name, "3.1", "operations", unit=unit), COMMUNICATOR)
    assert (no.value.field, str(no.value)) == ("unit", words)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("gauge_level_m", "gauge_level_m"),
        ("Gauge_Level_M", "gauge_level_m"),
        ("river  LEVEL", "gauge_level_m"),
        ("shelter", "Shelter"),
        ("Shelters", "Shelters"),
        ("\u200bShel\u00adter\ufeff", "Shelter"),
    ],
)
def test_two_spellings_of_a_name_are_one_so_that_no_conflict_hides(
    story: Story, typed: str, name: str
) -> None:
    record(story, "Shelter", "The high school", "the city")
    event = record(story, typed, "4")
    assert event is not None
    assert event.name == name


def test_what_nobody_sees_makes_no_other_source_and_no_other_value(story: Story) -> None:
    """Words that are copied from elsewhere bring it along."""
    record(story, "Shelter", "The high school", "the city")
    record(story, "Shelter", "\u202aThe high school\u202c", "the city\u200b")
    assert sides_of(story.state, "Shelter") == ()


@pytest.mark.parametrize("blank", ["", " \n", "\u200b", " \u2060\ufeff "])
def test_what_nobody_sees_is_neither_a_source_nor_a_reason(story: Story, blank: str) -> None:
    assert refused(story, "Shelter", "The high school", blank)[0] == "source"
    assert refused(story, "Shelter", blank)[0] == "value"
    assert refused(story, blank, "The high school")[0] == "name"
    draft = story.submit("D1")
    with pytest.raises(Rejected) as no:
        story.do(Override(draft.id, 1, draft.current.text_sha256, blank), PIO)
    assert (no.value.code, no.value.field) == ("no-reason", "reason")


def test_a_fact_is_known_until_a_time_that_is_still_to_come(story: Story) -> None:
    (event,) = story.do(RecordFact("vehicles", "140", "RCMP", until=instant(at(21, 0))), COMMUNICATOR)
    assert isinstance(event, FactRecorded)
    assert event.until == instant(at(21, 0))
    with pytest.raises(Rejected) as no:
        story.do(RecordFact("vehicles", "140", "RCMP", until=instant(NIGHT)), COMMUNICATOR)
    assert no.value.field == "until"
    assert str(no.value) == ("14 Nov 2021 20:00 PST has passed. Give a time that is still to come, or none.")


def test_the_same_known_for_longer_is_news(story: Story) -> None:
    until, longer = instant(at(21, 0)), instant(at(21, 30))
    recorded = [
        len(story.do(RecordFact("vehicles", "140", "RCMP", until=each), COMMUNICATOR))
        for each in (until, longer, longer)
    ]
    assert recorded == [1, 1, 0]


# --- In the place of what others said


@pytest.mark.parametrize(("by", "replaces"), [(PIO, True), (COMMUNICATOR, True), (COLLEAGUE, False)])
def test_only_who_may_decide_replaces_what_others_said_and_nothing_is_lost(
    *, story: Story, by: str, replaces: bool
) -> None:
    # Given what the RCMP says,
    record(story, "vehicles", "140", "RCMP")
    # when somebody records another number in its place,
    (event,) = story.do(RecordFact("vehicles", "150", "media", replaces=True), by)
    # then it is recorded; and from who may not decide, the holder aside, it stands beside the other.
    assert isinstance(event, FactRecorded)
    assert event.replaces is replaces
    assert sides_of(story.state, "vehicles") == (() if replaces else story.state.facts["vehicles"])


def test_where_nobody_says_otherwise_nothing_is_replaced(story: Story) -> None:
    record(story, "vehicles", "140", "RCMP")
    story.do(RecordFact("vehicles", "140", "media", replaces=True), PIO)
    assert [fact.replaces for fact in story.state.facts["vehicles"]] == [False, False]


def test_to_replace_again_what_was_replaced_is_the_same_entry(story: Story) -> None:
    record(story, "vehicles", "140", "RCMP")
    command = RecordFact("vehicles", "150", "media", replaces=True)
    assert len(story.do(command, PIO)) == 1
    assert story.do(command, PIO) == ()
