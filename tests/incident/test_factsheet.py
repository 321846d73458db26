"""The fact sheet: what counts of all that was said, who confirmed it, who decides where sources disagree."""

from __future__ import annotations

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.changes import (
    SIDES_MAX,
    choices,
    clock,
    label_of,
    settled,
    sides_of,
    sides_told,
    value_of,
)
from ecomms_bot.incident.events import FactDecided, FactVerified
from ecomms_bot.incident.evolve import replay
from ecomms_bot.incident.factsheet import agree, began, brought, expired, same_value
from ecomms_bot.incident.rules.facts import require_decidable
from ecomms_bot.incident.state import Fact, FactDecision, Incident, Verification
from ecomms_bot.incident.wording import Rejected, When
from ecomms_bot.playbook.instant import Instant
from tests.incident.sheet import LEVEL, decide, record, says
from tests.incident.stories import (
    COLLEAGUE,
    COMMUNICATOR,
    IC,
    NIGHT,
    NO_ROLES,
    OBSERVER,
    PIO,
    SME,
    SME_AND_PIO,
    ZONE,
    Story,
    at,
    instant,
)


@pytest.fixture
def story() -> Story:
    opened = Story().open()
    opened.now = at(20, 30)
    return opened


def counts(story: Story, name: str = LEVEL) -> str:
    fact = story.state.fact(name)
    assert fact is not None
    return str(fact.value)


def refused(story: Story, command: c.Command, by: str = PIO) -> tuple[str, str]:
    with pytest.raises(Rejected) as no:
        story.do(command, by)
    return no.value.code, str(no.value)


# --- What says the same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Highway 7", " highway  7 ", True),
        ("3.1", "3.10", True),
        ("1,400", "1400", True),
        ("0", "0.0", True),
        ("3.1", "3.2", False),
        # A telephone number begins with a nought; a date or a road is no number.
        ("0800", "800", False),
        ("1/4", "1/5", False),
        (instant(NIGHT), Instant.of(NIGHT, "UTC"), True),
        (instant(NIGHT), instant(at(20, 1)), False),
    ],
)
def test_two_values_say_the_same_however_they_are_written(
    *, one: str | Instant, other: str | Instant, same: bool
) -> None:
    assert same_value(one, other) is same


@pytest.mark.parametrize(
    ("units", "same"),
    [(("km", "km"), True), (("km", ""), True), (("km", " KM"), True), (("km", "mi"), False)],
)
def test_the_same_number_of_something_else_is_another_value(*, units: tuple[str, str], same: bool) -> None:
    one, other = (Fact(unit, "queue", "5", "RCMP", PIO, NIGHT, unit=unit) for unit in units)
    assert agree(one, other) is same


# --- What counts


def test_a_source_that_says_something_new_takes_its_own_word_back(story: Story) -> None:
    record(story, "3.1")
    record(story, "3.4", "Operations ")
    assert counts(story) == "3.4"
    assert sides_of(story.state, LEVEL) == ()


def test_sources_that_say_the_same_do_not_disagree(story: Story) -> None:
    record(story, "3.1")
    record(story, "3.10", "the city")
    assert sides_of(story.state, LEVEL) == ()


def test_another_source_with_another_value_is_a_conflict_until_somebody_decides(story: Story) -> None:
    # Given two sources that disagree,
    operations = record(story, "3.1")
    media = record(story, "4.0", "media")
    assert sides_of(story.state, LEVEL) == (operations, media)
    # when a lead decides, then that counts, and the other is not asked about again.
    decide(story, operations)
    assert (counts(story), sides_of(story.state, LEVEL)) == ("3.1", ())
    # When the media say something once more, then it is a conflict again.
    record(story, "4.2", "media")
    assert [fact.value for fact in sides_of(story.state, LEVEL)] == ["3.1", "4.2"]


def test_a_conflict_is_over_when_a_source_comes_round(story: Story) -> None:
    record(story, "3.1")
    record(story, "4.0", "media")
    record(story, "3.1", "media")
    assert sides_of(story.state, LEVEL) == ()
    # and its message is the one that the conflict began with.
    facts = story.state.facts[LEVEL]
    assert began(facts, None) is None
    assert began(facts[:2], None) == facts[1]


def test_a_conflict_begins_with_one_fact_whatever_is_said_after_it(story: Story) -> None:
    record(story, "3.1")
    second = record(story, "4.0", "media")
    record(story, "3.3")
    record(story, "3.9", "the city")
    assert began(story.state.facts[LEVEL], None) == second


def test_what_a_lead_says_replaces_counts_in_the_place_of_every_other_word(story: Story) -> None:
    record(story, "3.1")
    record(story, "4.0", "media")
    new = record(story, "3.6", "the hydrologist", by=PIO, replaces=True)
    assert (counts(story), sides_of(story.state, LEVEL)) == ("3.6", ())
    assert new.replaces


def test_who_says_the_same_again_brings_nothing_new(story: Story) -> None:
    first = record(story, "3.1")
    changed = record(story, "3.4")
    record(story, "3.4", "the city")
    facts = story.state.facts[LEVEL]
    assert brought(facts, None) == changed
    assert brought(facts[:1], None) == first
    assert brought((), None) is None


def test_nor_does_who_says_again_what_was_decided(story: Story) -> None:
    # Given 3.4, the media's 4.0 decided against,
    record(story, "3.1")
    changed = record(story, "3.4")
    record(story, "4.0", "media")
    decide(story, changed)
    # when operations say 3.4 again, then it is what it was.
    story.now = at(20, 40)
    record(story, "3.4")
    assert brought(story.state.facts[LEVEL], story.state.decided[LEVEL]) == changed


def test_a_fact_that_was_chosen_counts_though_others_are_newer(story: Story) -> None:
    first = record(story, "3.1")
    record(story, "4.0", "media")
    decide(story, first)
    assert brought(story.state.facts[LEVEL], story.state.decided[LEVEL]) == first


def test_a_decision_about_a_redacted_fact_leaves_what_was_said_later(story: Story) -> None:
    record(story, "3.1")
    later = record(story, "4.0", "media")
    gone = FactDecision("f-gone", PIO, "It was so.", story.now, later.seq + 1)
    assert brought(story.state.facts[LEVEL], gone) is None


@pytest.mark.parametrize(("minute", "over"), [(59, False), (60, True)])
def test_a_fact_is_known_until_its_time(*, story: Story, minute: int, over: bool) -> None:
    fact = record(story, "3.1", until=at(21, 0))
    assert expired(fact, at(20 + minute // 60, minute % 60)) is over
    assert not expired(record(story, "3.2"), at(23, 0))


# --- Confirming


def test_a_lead_confirms_what_another_recorded(story: Story) -> None:
    fact = record(story, "3.1")
    story.do(c.VerifyFact(LEVEL, fact.id), SME)
    story.now = at(20, 32)
    story.do(c.VerifyFact(LEVEL, fact.id), SME_AND_PIO)
    (now,) = story.state.facts[LEVEL]
    assert now.verified == (
        Verification(SME, ("sme",), at(20, 30)),
        Verification(SME_AND_PIO, ("pio", "sme"), at(20, 32)),
    )


def test_where_no_roles_are_configured_nobody_confirms_as_something() -> None:
    story = Story(roster=NO_ROLES).open()
    fact = record(story, "3.1")
    (event,) = story.do(c.VerifyFact(LEVEL, fact.id), COLLEAGUE)
    assert event == FactVerified(name=LEVEL, fact=fact.id, person=COLLEAGUE, roles=())


def test_who_confirms_twice_confirms_once_also_after_it_changed(story: Story) -> None:
    fact = record(story, "3.1")
    story.do(c.VerifyFact(LEVEL, fact.id), SME)
    record(story, "3.2")
    assert story.do(c.VerifyFact(LEVEL, fact.id), SME) == ()


def test_nobody_confirms_their_own_word(story: Story) -> None:
    fact = record(story, "3.1", by=SME)
    code, words = refused(story, c.VerifyFact(LEVEL, fact.id), SME)
    assert code == "own-fact"
    assert "another lead has to confirm it" in words


def test_a_fact_that_its_source_took_back_is_not_confirmed(story: Story) -> None:
    old = record(story, "3.1")
    story.now = at(20, 40)
    record(story, "3.4")
    code, words = refused(story, c.VerifyFact(LEVEL, old.id))
    assert code == "stale-fact"
    assert words.startswith("operations says 3.4 m since 14 Nov 2021 20:40 PST, and that came later.")


def test_nor_one_that_was_decided_against(story: Story) -> None:
    operations = record(story, "3.1")
    media = record(story, "4.0", "media")
    decide(story, operations)
    code, words = refused(story, c.VerifyFact(LEVEL, media.id))
    assert code == "stale-fact"
    assert words.startswith("operations says 3.1 m since")


def test_nor_one_whose_time_is_over(story: Story) -> None:
    fact = record(story, "3.1", until=at(20, 45))
    story.now = at(20, 45)
    code, words = refused(story, c.VerifyFact(LEVEL, fact.id))
    assert code == "expired-fact"
    assert "operations knew this until 14 Nov 2021 20:45 PST." in words


def test_nor_one_that_is_not_there(story: Story) -> None:
    assert refused(story, c.VerifyFact(LEVEL, "f-none"))[0] == "no-fact"
    assert refused(story, c.DecideFact("road", "f-none", "Why not."))[0] == "no-fact"


@pytest.mark.parametrize("by", [COMMUNICATOR, COLLEAGUE, OBSERVER])
def test_only_leads_confirm(story: Story, by: str) -> None:
    fact = record(story, "3.1", by=SME)
    assert refused(story, c.VerifyFact(LEVEL, fact.id), by)[0] == "not-allowed"


# --- Deciding


@pytest.fixture
def conflict(story: Story) -> tuple[Fact, Fact]:
    """Operations say 3.1, the media 4.0."""
    return record(story, "3.1"), record(story, "4.0", "media")


@pytest.mark.parametrize("by", [SME, PIO, IC, COMMUNICATOR])
def test_leads_and_the_holder_decide_with_a_reason(
    story: Story, conflict: tuple[Fact, Fact], by: str
) -> None:
    _, media = conflict
    (event,) = story.do(c.DecideFact(LEVEL, media.id, "  They fly over it. "), by)
    assert event == FactDecided(name=LEVEL, fact=media.id, person=by, reason="They fly over it.")
    assert (counts(story), settled(story.state, LEVEL)) == ("4.0", True)


def test_another_communicator_does_not(story: Story, conflict: tuple[Fact, Fact]) -> None:
    assert refused(story, c.DecideFact(LEVEL, conflict[0].id, "So."), COLLEAGUE)[0] == "not-allowed"


@pytest.mark.parametrize(("reason", "code"), [("  ", "no-reason"), ("x" * 501, "too-long")])
def test_a_reason_is_asked_for(story: Story, conflict: tuple[Fact, Fact], reason: str, code: str) -> None:
    assert refused(story, c.DecideFact(LEVEL, conflict[0].id, reason))[0] == code


def test_who_decides_twice_decides_once(story: Story, conflict: tuple[Fact, Fact]) -> None:
    decide(story, conflict[0])
    assert story.do(c.DecideFact(LEVEL, conflict[0].id, "Again."), PIO) == ()


@pytest.mark.parametrize("which", [0, 1])
def test_who_comes_second_is_told_who_was_first(
    story: Story, conflict: tuple[Fact, Fact], which: int
) -> None:
    decide(story, conflict[0])
    code, words = refused(story, c.DecideFact(LEVEL, conflict[which].id, "So."), IC)
    assert code == "decided"
    assert words.startswith("U-pio decided at 14 Nov 2021 20:30 PST that 3.1 m counts (operations).")
    # Not even who decided can turn it round by another click: it takes a new word.
    if which:
        assert refused(story, c.DecideFact(LEVEL, conflict[1].id, "So."), PIO)[0] == "decided"
        record(story, "4.0", "media", by=PIO, replaces=True)
        assert counts(story) == "4.0"


def test_a_decision_stands_when_another_source_agrees_with_it(
    story: Story, conflict: tuple[Fact, Fact]
) -> None:
    decide(story, conflict[0])
    record(story, "3.1", "the city")
    assert settled(story.state, LEVEL)
    assert refused(story, c.DecideFact(LEVEL, conflict[1].id, "So."), IC)[0] == "decided"


def test_a_lead_s_new_word_is_no_decision_of_before(story: Story, conflict: tuple[Fact, Fact]) -> None:
    decide(story, conflict[0])
    record(story, "3.9", "media")
    record(story, "3.1", "the city", by=IC, replaces=True)
    assert not settled(story.state, LEVEL)


def test_what_counts_without_a_conflict_needs_no_decision(story: Story) -> None:
    fact = record(story, "3.1")
    assert refused(story, c.DecideFact(LEVEL, fact.id, "So."))[0] == "counts"


def test_a_side_that_changed_its_word_cannot_be_chosen_any_more(
    story: Story, conflict: tuple[Fact, Fact]
) -> None:
    story.now = at(20, 50)
    record(story, "3.4")
    code, words = refused(story, c.DecideFact(LEVEL, conflict[0].id, "So."))
    assert code == "stale-fact"
    assert words.startswith("operations says 3.4 m since 14 Nov 2021 20:50 PST")


def test_where_one_source_changed_its_word_the_earlier_one_can_be_kept(story: Story) -> None:
    # Given 3.0, then 3.1, then 9.9 by the same source,
    oldest = record(story, "3.0")
    earlier = record(story, "3.1")
    record(story, "9.9")
    # then what counted before can be kept, and nothing older.
    assert choices(story.state, LEVEL) == (earlier,)
    assert refused(story, c.DecideFact(LEVEL, oldest.id, "So."))[0] == "stale-fact"
    decide(story, earlier, reason="9.9 is a slip of the pen.")
    assert counts(story) == "3.1"
    assert choices(story.state, LEVEL) == ()


def test_what_texts_say_can_be_kept_in_a_conflict_too(story: Story) -> None:
    # Given a text that says 3.1, and then operations and the media say two other things,
    said = record(story, "3.1")
    says(story, "3.1")
    operations, media = record(story, "3.4"), record(story, "4.0", "media")
    # then each can be chosen, the oldest first, and what two texts say stands there once.
    assert choices(story.state, LEVEL) == (said, operations, media)
    decide(story, said)
    assert counts(story) == "3.1"


def test_of_a_fact_that_was_never_recorded_there_is_nothing_to_choose(story: Story) -> None:
    assert choices(story.state, "vehicles") == ()
    assert choices(replay(story.state.id, story.log), LEVEL) == ()
    assert not settled(story.state, LEVEL)


def test_before_a_form_is_opened_the_same_is_asked(story: Story, conflict: tuple[Fact, Fact]) -> None:
    ctx = c.Context(story.now, story.roster.person(IC), "command", story.roster)
    assert require_decidable(story.state, LEVEL, conflict[1].id, ctx) == conflict[1]
    decide(story, conflict[0])
    with pytest.raises(Rejected, match="U-pio decided"):
        require_decidable(story.state, LEVEL, conflict[1].id, ctx)


@pytest.mark.parametrize("act", ["verify", "decide"])
def test_a_closed_incident_keeps_its_sheet_as_it_is(
    story: Story, conflict: tuple[Fact, Fact], act: str
) -> None:
    story.do(c.CloseIncident("It is over."), PIO)
    fact = conflict[0]
    command = c.VerifyFact(LEVEL, fact.id) if act == "verify" else c.DecideFact(LEVEL, fact.id, "So.")
    assert refused(story, command)[0] == "closed"


# --- In words


def test_people_read_the_label_the_unit_and_the_answer_that_was_chosen(story: Story) -> None:
    state = story.state
    assert (label_of(state, LEVEL), label_of(state, "vehicles")) == ("River level", "vehicles")
    assert value_of(state, LEVEL, "3.1") == "3.1 m"
    assert value_of(state, "direction", "both") == "both ways"
    assert value_of(state, "vehicles", "140", "trucks") == "140 trucks"
    assert value_of(state, "gauge_read_at", instant(at(20, 0))) == When(at(20, 0), ZONE)


def test_the_sides_of_a_conflict_are_told_newest_first_on_one_line(
    story: Story, conflict: tuple[Fact, Fact]
) -> None:
    told = "4.0 m (media, 20:30 PST) or 3.1 m (operations, 20:30 PST)"
    assert sides_told(story.state, LEVEL, story.now) == told
    # of a long value the beginning, of many sides the newest
    for number in range(SIDES_MAX):
        record(story, f"{number}.9", f"{number} " + "very long " * 14)
    told = sides_told(story.state, LEVEL, story.now)
    assert told.startswith("3.9 m (3 very long very long")
    assert told.endswith(" …, 20:30 PST) or 2 more")


def test_a_time_in_dispute_is_told_on_the_clock(story: Story) -> None:
    for source, hour in (("operations", 23), ("media", 2)):
        due = instant(at(hour, 0))
        story.do(c.RecordFact("reopen_estimate_at", due, source), COMMUNICATOR)
    told = "15 Nov 02:00 PST (media, 20:30 PST) or 23:00 PST (operations, 20:30 PST)"
    assert sides_told(story.state, "reopen_estimate_at", story.now) == told
    assert clock(at(20, 0), ZONE, at(1, 0)) == "14 Nov 20:00 PST"


def test_before_there_is_an_incident_no_source_disagrees() -> None:
    assert sides_of(Incident("i1"), LEVEL) == ()
