"""The fact sheet and all that follows from it, as people read it: conflicts, flags, limits, typed words."""

from __future__ import annotations

from typing import Any

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.changes import told
from ecomms_bot.incident.state import Fact
from ecomms_bot.practice.workspace.blocks import characters, check_message_blocks
from ecomms_bot.practice.workspace.view_rules import check_view
from ecomms_bot.slack import cards, names
from ecomms_bot.slack.blocks import is_marked
from ecomms_bot.slack.cards.changed_fact import saying
from ecomms_bot.slack.cards.facts import fact_sheet_of, facts, follows
from ecomms_bot.slack.cards.home import Desktop, home
from ecomms_bot.slack.composing import begin, compose
from ecomms_bot.slack.fact_forms import KNOWN, decide_form
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.noting_forms import Noted, fact_form
from ecomms_bot.slack.writing import Writing, draft_form
from tests.slack.life import COLLEAGUE, COMMUNICATOR, PIO, SME, ZONE, Life
from tests.slack.looks import buttons, drawn, words

LEVEL = "gauge_level_m"
NASTY = "<!channel> <@U0NOBODY> & *b* `c` "
AREA = "area_description"


def record(life: Life, name: str, value: str, source: str = "operations", **more: Any) -> Fact:
    life.do(COLLEAGUE, c.RecordFact(name, value, source, **more))
    return life.state.facts[name][-1]


def out(life: Life, **values: Any) -> None:
    """An update with these values is out."""
    life.submit("D4", "update", **values)
    life.approve_all("D4")
    life.mark("D4", *life.draft("D4").current.texts)
    life.minutes(5)


def message_of(life: Life) -> Message:
    """The one message in the conversation about facts."""
    (fact,) = told(life.state)
    return cards.render(things.changed_fact_thing(fact), life.view)


def card(life: Life) -> str:
    return words(cards.render(things.CARD, life.view))


def fits(message: Message) -> None:
    check_message_blocks([*message.blocks])
    assert 0 < len(message.text) < 4_000
    assert len(message.blocks) <= 50
    assert characters([*message.blocks]) <= 13_000


# --- the sheet --------------------------------------------------------------------------------------------


def test_conflicts_come_first_each_source_with_its_button_for_who_may_decide() -> None:
    life = Life()
    record(life, "road", "Highway 7")
    for value, source in (("3.4", "operations"), ("2.5", "media")):
        record(life, LEVEL, value, source)
    shown = facts(life.view, life.roster.person(PIO))
    listed = words(shown).splitlines()
    assert listed[1].startswith("⚠️ River level: sources disagree. Until somebody decides,")
    assert listed[2].startswith("• 2.5 m · media, Sun 14 Nov, 20:00 PST · recorded by")
    assert listed[3].startswith("• 3.4 m · operations")
    assert listed[4].startswith("• Road: Highway 7")
    beside = [block["accessory"] for block in shown.blocks if "accessory" in block]
    assert [each["text"]["text"] for each in beside] == ["Use 2.5 m…", "Use 3.4 m…", "Confirm"]
    assert beside[1]["action_id"] == names.USE_FACT
    assert beside[1]["value"] == names.pack(life.state.id, life.state.facts[LEVEL][0].id)
    # who may neither decide nor confirm reads the same, without the buttons
    plain = facts(life.view, life.roster.person(COLLEAGUE))
    assert words(plain) == words(shown)
    assert not [block for block in plain.blocks if "accessory" in block]


def test_long_values_are_called_by_their_source_as_they_may_begin_alike() -> None:
    life = Life()
    for weight, source in (("11 894", "our news release"), ("11 794", "the engineer's order")):
        record(life, "limits", f"Only trucks and buses of {weight} kg and more.", source)
    shown = facts(life.view, life.roster.person(PIO))
    beside = [block["accessory"]["text"]["text"] for block in shown.blocks if "accessory" in block]
    assert beside[:2] == ["Use what the engineer's order says…", "Use what our news release says…"]


def test_who_recorded_a_fact_cannot_confirm_it_and_nobody_twice() -> None:
    life = Life()
    life.do(SME, c.RecordFact(LEVEL, "3.4", "gauge"))
    offered = {who: "Confirm" in str(facts(life.view, life.roster.person(who)).blocks) for who in (SME, PIO)}
    assert offered == {SME: False, PIO: True}
    life.do(PIO, c.VerifyFact(LEVEL, life.state.facts[LEVEL][0].id))
    assert "Confirm" not in str(facts(life.view, life.roster.person(PIO)).blocks)
    assert f"confirmed by <@{PIO}>" in words(facts(life.view))


def test_a_fact_that_is_not_known_any_more_says_so_in_words() -> None:
    life = Life()
    record(life, LEVEL, "3.4", until=life.instant(60))
    assert "known until Sun 14 Nov, 21:00 PST" in words(facts(life.view))
    life.minutes(60)
    assert "⚠️ was known until Sun 14 Nov, 21:00 PST, and that has passed" in words(facts(life.view))


def test_all_about_one_fact_with_what_was_said_before_and_who_decided() -> None:
    life = Life()
    first = record(life, LEVEL, "3.4")
    record(life, LEVEL, "2.5", "media")
    life.do(PIO, c.DecideFact(LEVEL, first.id, "Read at the gauge."))
    shown = words(fact_sheet_of(life.view, LEVEL, life.roster.person(PIO)))
    assert shown.startswith("River level: 3.4 m · operations")
    assert f"Decided by <@{PIO}>" in shown
    assert "Read at the gauge." in shown
    assert "Said before, the newest first:\n• 2.5 m · media" in shown
    assert "Nothing is recorded yet of Road." in words(fact_sheet_of(life.view, "road"))


def test_who_records_a_conflict_without_deciding_it_reads_who_can() -> None:
    life = Life(opener=PIO)
    record(life, LEVEL, "3.4")
    assert follows(life.view, LEVEL, life.roster.person(COMMUNICATOR)) == ([], ())
    record(life, LEVEL, "2.5", "media")
    said, blocks = follows(life.view, LEVEL, life.roster.person(COMMUNICATOR))
    assert said[-1].template == "A lead or {holder} can decide."
    assert names.USE_FACT not in str(blocks)
    assert names.USE_FACT in str(follows(life.view, LEVEL, life.roster.person(SME))[1])


# --- texts that say what counts no more -------------------------------------------------------------------


@pytest.fixture
def changed() -> Life:
    """The river was at 2.8 m in the update that is out; operations says 3.4 m now."""
    life = Life()
    record(life, LEVEL, "2.8")
    out(life, gauge_level_m="2.8")
    record(life, LEVEL, "3.4")
    return life


def test_the_conversation_and_the_card_say_what_texts_say_and_what_counts(changed: Life) -> None:
    message = message_of(changed)
    assert words(message).splitlines() == [
        "River level: 3.4 m (operations, Sun 14 Nov, 20:05 PST) counts now.",
        "⚠️ 1 message says 2.8 m (operations, Sun 14 Nov, 20:00 PST).",
    ]
    assert list(buttons(message)) == ["Prepare update", "Keep 2.8 m…", "Show messages"]
    assert buttons(message)["Prepare update"] == (names.WRITE, names.pack(changed.state.id, "D4", "update"))
    assert "Facts ⚠️ River level: 1 message says 2.8 m; 3.4 m counts now" in card(changed)
    changed.submit("D4", "update", gauge_level_m="2.8")
    record(changed, LEVEL, "3.6")
    assert "1 message says 2.8 m; 3.6 m counts now" in card(changed)


def test_a_text_under_review_is_flagged_on_top_and_lists_its_facts() -> None:
    life = Life()
    fact = record(life, LEVEL, "2.8")
    life.do(SME, c.VerifyFact(LEVEL, fact.id))
    draft = life.submit("D4", "update", gauge_level_m="2.8")
    review = things.review_thing(draft.id, 1)
    shown = words(cards.render(review, life.view))
    assert f"Facts\n• River level: 2.8 m (operations, Sun 14 Nov, 20:00 PST), confirmed by <@{SME}>" in shown
    assert "⚠️" not in shown
    life.minutes(5)
    record(life, LEVEL, "3.4")
    lines = words(cards.render(review, life.view)).splitlines()
    assert lines[1] == ""
    assert lines[2] == (
        "⚠️ River level: 3.4 m (operations, Sun 14 Nov, 20:05 PST) counts now; "
        "this text says 2.8 m (operations, Sun 14 Nov, 20:00 PST)."
    )
    assert "1 draft says 2.8 m; 3.4 m counts now" in card(life)
    record(life, LEVEL, "2.5", "media")
    lines = words(cards.render(review, life.view)).splitlines()
    assert lines[2].startswith("⚠️ River level: sources disagree, 2.5 m (media,")
    assert lines[2].endswith("this text says 2.8 m (operations, Sun 14 Nov, 20:00 PST).")


def test_who_wants_to_read_them_sees_the_words_and_where_they_stand(changed: Life) -> None:
    shown = saying(changed.view, LEVEL)
    assert "Scheduled update, revision 1, published on" in words(shown)
    assert "since Sun 14 Nov, 20:00 PST, says 2.8 m." in words(shown)
    draft = changed.draft("D4")
    assert buttons(shown)["Correct…"] == (names.CORRECT_TEXT, names.pack(changed.state.id, draft.id, "1"))
    out(changed, gauge_level_m="3.4")
    assert "No text says anything else than the fact sheet about River level any more." in words(
        saying(changed.view, LEVEL)
    )


def test_a_conflict_offers_each_source_and_says_which_goes_on_to_the_update(changed: Life) -> None:
    record(changed, LEVEL, "2.8", "media")
    message = message_of(changed)
    assert list(buttons(message)) == ["Use 2.8 m…", "Use 3.4 m and update…", "Show messages"]
    assert "A lead or" in words(message)
    # a closed incident has no buttons
    changed.close(withdraw="It is over.")
    for fact in changed.state.facts[LEVEL]:
        assert buttons(cards.render(things.changed_fact_thing(fact.id), changed.view)) == {}


def test_an_approved_text_is_not_to_be_posted_while_sources_disagree_about_it() -> None:
    # Given an approved text that says 3.1,
    life = Life()
    record(life, LEVEL, "3.1")
    life.submit("D4", "update", gauge_level_m="3.1")
    life.approve_all("D4")
    thing = things.publish_thing(life.draft("D4").id, 1)
    assert "Post these exact texts" in words(cards.render(thing, life.view))
    # when the media say otherwise, then a lead decides first, and the mark is not what is asked for;
    media = record(life, LEVEL, "4.0", "media")
    shown = cards.render(thing, life.view)
    asked = (
        "is approved, but sources disagree since. Let a lead decide under /ecomms facts before you post it."
    )
    assert asked in words(shown)
    assert "Post these exact texts" not in words(shown)
    assert "primary" not in str(shown.blocks)
    # when somebody decided, then it says what counts and is posted, or renewed.
    life.do(PIO, c.DecideFact(LEVEL, media.id, "They measured it."))
    assert "Post these exact texts" in words(cards.render(thing, life.view))


def test_an_older_message_points_to_the_newer_one(changed: Life) -> None:
    older = next(iter(told(changed.state)))
    changed.minutes(5)
    record(changed, LEVEL, "3.9")
    shown = cards.render(things.changed_fact_thing(older), changed.view)
    assert "River level: not 3.4 m any more. 3.9 m (operations, Sun 14 Nov, 20:10 PST) counts now." in words(
        shown
    )
    assert "What to do about it stands in another message." in words(shown)
    assert buttons(shown) == {}


def test_what_was_redacted_is_not_shown() -> None:
    assert "redacted" in words(cards.render(things.changed_fact_thing("f0"), Life().view))


# --- the preview and the form -----------------------------------------------------------------------------


def found(life: Life, value: str) -> list[tuple[str, str]]:
    """What the preview finds of facts: how much it weighs, what it says."""
    values = life.values("D4", "update", 60, {LEVEL: value})
    composed = compose(life.state, Writing(life.state.id, "dnew", "D4", "update"), values, life.now)
    return [(each.severity, each.message) for each in composed.findings if each.rule.startswith("fact-")]


def test_another_value_than_the_sheet_has_is_looked_at_again_and_a_conflict_blocks() -> None:
    life = Life()
    assert found(life, "3.4") == []
    record(life, LEVEL, "3.4")
    assert found(life, "3.40") == []
    assert found(life, "2.8") == [("warn", "River level: the fact sheet says 3.4 m (operations, 20:00 PST).")]
    record(life, LEVEL, "2.5", "media")
    ((weight, message),) = found(life, "3.4")
    assert weight == "block"
    assert message.startswith("River level, conflict: 2.5 m (media,")
    assert found(life, "") == []


def form(life: Life, step: str = "D4") -> dict[str, Any]:
    writing = Writing(life.state.id, "dnew", step, "update")
    begins = begin(life.state, writing, COMMUNICATOR, life.now, {})
    return draft_form(life.state, writing, begins)


def test_what_sources_disagree_about_starts_empty_and_says_so_beside_the_field() -> None:
    life = Life()
    record(life, LEVEL, "3.4")
    field = next(block for block in form(life)["blocks"] if block.get("block_id") == LEVEL)
    assert field["element"]["initial_value"] == "3.4"
    record(life, LEVEL, "2.5", "media")
    field = next(block for block in form(life)["blocks"] if block.get("block_id") == LEVEL)
    assert "initial_value" not in field["element"]
    assert "Conflict: 2.5 m, media, Sun 14 Nov, 20:00 PST; or 3.4 m, operations," in field["hint"]["text"]


# --- limits, typed words, exercises -----------------------------------------------------------------------


TEXTS = ("area_description", "road", "news", "details", "not_known_yet", "how_finding_out")


def long_facts(life: Life) -> dict[str, Any]:
    """Facts for the fields of words, as long as they may be."""
    values: dict[str, Any] = {}
    for name, field in life.state.book.fields.items():
        if name in TEXTS and field.type in {"text", "long_text"}:
            values[name] = "&" * min(field.max_length, 300)
            record(life, name, values[name], "&" * 150)
    return values


@pytest.fixture
def longest() -> Life:
    """Ten names that five sources disagree about, and many facts that what is out says, in longest words."""
    life = Life(name="&" * 60, exercise=True)
    values = long_facts(life)
    out(life, **values)
    for n in range(10):
        for source in range(5):
            record(life, f"{n} {'&' * 78}", f"{source}{'<' * 299}", f"{source}{'&' * 149}", unit="&" * 30)
    for name in values:
        for source in range(12):
            end = life.instant(60)
            record(life, name, f"{source:02}{values[name][2:]}", f"{source:02}{'&' * 148}", until=end)
    assert len(values) > 3
    return life


def test_everything_fits_with_the_longest_words(longest: Life) -> None:
    life, lead = longest, longest.roster.person(PIO)
    shown = [facts(life.view, lead), facts(life.view), fact_sheet_of(life.view, AREA, lead)]
    every = [cards.render(things.changed_fact_thing(fact), life.view) for fact in told(life.state)]
    draft = life.draft("D4")
    every += [
        cards.render(thing, life.view)
        for thing in (
            things.CARD,
            things.review_thing(draft.id, 1),
            things.publish_thing(draft.id, 1),
            things.receipt_thing(draft.id, draft.marks[0].seq),
        )
    ]
    for message in (*shown, *every):
        fits(message)
        assert is_marked(message)
    fits(saying(life.view, AREA))
    check_view(home(Desktop(lead, [life.view], 1, life.now, ZONE)), ("home",))
    last = life.state.facts[AREA][-1]
    check_view(decide_form(life.view, last, "https://hooks.example/1", writes=True), ("modal",))
    noted = Noted(life.state.id, "fact", KNOWN + AREA)
    check_view(fact_form(noted, life.state, decides=True, given=last), ("modal",))
    check_view(form(life), ("modal",))


def test_a_review_that_waits_fits_with_all_its_facts_and_flags() -> None:
    life = Life(name="&" * 60)
    out(life, news="Something else altogether was said before.")
    values = long_facts(life)
    life.submit("D4", "update", **values)
    review = things.review_thing(life.draft("D4").id, 1)
    fits(cards.render(review, life.view))
    assert "more facts of the sheet: /ecomms facts" in words(cards.render(review, life.view))
    for name, value in values.items():
        record(life, name, f"<{value[1:]}", "&" * 150)
    fits(cards.render(review, life.view))


def test_what_does_not_fit_is_counted(longest: Life) -> None:
    assert "more conflicts: /ecomms facts" in words(facts(longest.view))
    assert "more: /ecomms facts" in card(longest)
    draft = longest.draft("D4")
    review = words(cards.render(things.review_thing(draft.id, 1), longest.view))
    assert "more of its facts are not as on the fact sheet." in review


def test_typed_words_are_never_markup() -> None:
    life = Life()
    record(life, "Shelter", NASTY, NASTY)
    record(life, "Shelter", f"{NASTY}2", "media")
    lead = life.roster.person(PIO)
    for message in (facts(life.view, lead), fact_sheet_of(life.view, "Shelter", lead), message_of(life)):
        assert "<!channel>" not in drawn(message)
        assert "<@U0NOBODY>" not in drawn(message)
        assert "<!channel>" not in message.text
