"""A text that corrects, takes back or updates another: what its forms begin with, and what people see."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.events import Receipt
from ecomms_bot.incident.rules.following import about, following_step
from ecomms_bot.incident.state import Draft
from ecomms_bot.practice.workspace.blocks import characters, check_message_blocks
from ecomms_bot.slack import cards, forms
from ecomms_bot.slack.cards.home import Desktop, home
from ecomms_bot.slack.cards.view import View
from ecomms_bot.slack.composing import begin
from ecomms_bot.slack.following_forms import FOLLOWS_NONE
from ecomms_bot.slack.sample_book import RAW, SHA256
from ecomms_bot.slack.sample_following import CORRECTED, LINK
from ecomms_bot.slack.sample_life import COLLEAGUE, COMMUNICATOR, PIO, ROSTER, ZONE, SampleLife
from ecomms_bot.slack.writing import Beginning, Writing, draft_form
from tests.slack.looks import buttons, choices, quoted, words

WORKSPACE = "https://example.slack.com/"


def night(*, exercise: bool = False) -> SampleLife:
    """A holding statement that is out on three channels."""
    life = SampleLife(RAW, SHA256, exercise=exercise)
    life.submit("D1")
    life.approve_all("D1")
    life.mark("D1", "x", "web", "sms")
    life.minutes(10)
    return life


def writing(life: SampleLife, relation: str = "correction", of: str = "D1") -> Writing:
    wrong = life.draft(of)
    step, kind = following_step(life.state, wrong.id, relation)
    return Writing(life.state.id, "dnew", step.id, kind, about(life.state, wrong.id, 1, relation))


def begins(life: SampleLife, relation: str = "correction") -> Beginning:
    return begin(life.state, writing(life, relation), COMMUNICATOR, life.now, {})


def corrected(life: SampleLife, *channels: str) -> Draft:
    """With a correction that is approved, and out on these channels."""
    life.submit("D8", "correction", about=writing(life).about, **CORRECTED)
    life.approve_all("D8")
    if channels:
        life.mark("D8", *channels, proof=LINK)
    return life.draft("D8")


def shown(life: SampleLife, thing: str) -> str:
    return words(cards.render(thing, life.view))


def form(life: SampleLife, of: Writing) -> str:
    return json.dumps(draft_form(life.state, of, begins(life)), ensure_ascii=False)


# --- what the form begins with ---


def test_it_names_the_wrong_text_as_the_public_knows_it() -> None:
    said = begins(night()).values["superseded_item"]

    assert said == "the holding statement of 8 p.m. PST on X, SMS and the web page"


def test_a_text_of_another_day_is_named_with_its_date() -> None:
    life = night()
    life.minutes(5 * 60)

    said = str(begins(life).values["superseded_item"])

    assert said == "the holding statement of Sun., Nov. 14, 8 p.m. PST on X, SMS and the web page"


def test_a_name_that_is_too_long_for_its_field_leaves_out_the_channels_first() -> None:
    raw = json.loads(json.dumps(RAW))
    raw["fields"]["superseded_item"]["max_length"] = 45
    life = SampleLife(raw, SHA256 + "short")
    life.submit("D1")
    life.approve_all("D1")
    life.mark("D1", "x", "web")

    assert begins(life).values["superseded_item"] == "the holding statement of 8 p.m. PST"


def test_what_was_wrong_and_what_is_true_come_from_the_fact_that_changed() -> None:
    life = SampleLife(RAW, SHA256)
    life.do(COMMUNICATOR, c.RecordFact("road", "Highway 7", "operations"))
    life.submit("D1")
    life.approve_all("D1")
    life.mark("D1", "x")
    life.minutes(10)
    life.do(COMMUNICATOR, c.RecordFact("road", "Highway 1", "operations"))

    values = begins(life).values

    assert values["wrong_text"] == "Highway 7"
    assert values["correct_fact"] == "Road: Highway 1 as of 8:10 p.m. PST."


def test_without_a_changed_fact_the_person_says_what_was_wrong() -> None:
    values = begins(night()).values

    assert not values["wrong_text"]
    assert not values["correct_fact"]


def test_an_update_begins_as_every_update_does() -> None:
    life = night()

    of = writing(life, "update")

    assert of.step == "D4"
    assert "Updates:" in json.dumps(
        draft_form(life.state, of, begin(life.state, of, COMMUNICATOR, life.now, {}))
    )


def test_words_of_a_correction_that_was_withdrawn_come_back_for_the_same_text_only() -> None:
    life = night()
    draft = corrected(life)
    life.do(COMMUNICATOR, c.WithdrawDraft(draft.id))
    again = begins(life).values
    assert again["correct_fact"] == CORRECTED["correct_fact"]
    # given another text that is out
    life.submit("D7", holds=60)
    life.approve_all("D7")
    life.mark("D7", "x")

    other = begin(life.state, writing(life, of="D7"), COMMUNICATOR, life.now, {})

    assert other.values["correct_fact"] is None


def test_a_correction_that_follows_nothing_says_where_to_begin() -> None:
    life = night()
    alone = Writing(life.state.id, "dnew", "D8", "correction")

    assert FOLLOWS_NONE in form(life, alone)
    assert FOLLOWS_NONE not in form(life, writing(life))
    assert FOLLOWS_NONE not in form(life, Writing(life.state.id, "dnew", "D7", "statement"))


def test_what_it_follows_goes_through_the_forms() -> None:
    life = night()
    of = writing(life)

    held = forms.metadata_of(draft_form(life.state, of, begins(life)))

    assert Writing.of(held) == of
    assert Writing.of(Writing("i", "d", "D1", "statement").metadata()).about is None


# --- the review ---


def test_the_wrong_words_stand_above_the_new_ones_once_for_channels_that_say_the_same() -> None:
    life = night()
    corrected(life)
    draft = life.draft("D8")
    life.do(COMMUNICATOR, c.WithdrawDraft(draft.id))
    life.submit("D8", "correction", about=writing(life).about, **CORRECTED)

    review = cards.render(things.review_thing(life.draft("D8").id, 1), life.view)

    assert len(quoted(review)) == 2
    lines = words(review).splitlines()
    assert "Until now it says on X and SMS:" in lines
    assert lines.index("Until now it says on Web:") < next(
        number for number, line in enumerate(lines) if line.startswith("X ")
    )


def talkative(many: int) -> Any:
    """The sample's playbook with so many words more on the web page of the holding statement."""
    raw = json.loads(json.dumps(RAW))
    raw["phases"]["during"][0]["texts"]["statement"]["templates"]["web"] += " more" * many
    return raw


def test_a_long_old_text_is_folded_and_the_new_one_never() -> None:
    life = SampleLife(talkative(400), SHA256 + "long")
    life.submit("D1")
    life.approve_all("D1")
    life.mark("D1", "x", "web", "sms")
    life.submit("D8", "correction", about=writing(life).about, **CORRECTED)

    review = cards.render(things.review_thing(life.draft("D8").id, 1), life.view)

    assert max(map(len, quoted(review))) <= 300
    assert "Its whole words are in the thread of Holding statement." in words(review)
    for text in life.draft("D8").current.texts["web"].values():
        assert text in words(review)
    check_message_blocks([*review.blocks])
    assert characters([*review.blocks]) <= 13_000


# --- below the text that was wrong ---


def test_a_link_leads_to_the_correction_where_its_address_is_known() -> None:
    life = night()
    draft = corrected(life, "x")
    thing = things.publish_thing(draft.id, 1)
    life.posted(thing, ts="1637000000.000100")
    view = View(life.state, life.roster, life.now, WORKSPACE)

    said = words(cards.render(things.publish_thing(life.draft("D1").id, 1), view))

    assert "p1637000000000100|Read it>" in said


def test_every_text_that_is_out_has_the_menu_until_the_incident_is_closed() -> None:
    life = night()
    wrong = life.draft("D1")
    thing = things.publish_thing(wrong.id, 1)
    every = ["Update…", "Correct…", "Cancel…", "Taken down…"]
    assert list(choices(cards.render(thing, life.view))) == every

    life.do(COMMUNICATOR, c.EndRelease(wrong.id, 1, ("x", "web", "sms"), "It held no more."))
    assert list(choices(cards.render(thing, life.view))) == every[:3]
    life.close(withdraw="It is over.")
    assert not choices(cards.render(thing, life.view))


def test_a_text_that_is_not_out_has_no_menu() -> None:
    life = SampleLife(RAW, SHA256)
    draft = life.submit("D1")
    life.approve_all("D1")

    assert not choices(cards.render(things.publish_thing(draft.id, 1), life.view))


def test_a_replaced_revision_that_was_posted_can_be_corrected() -> None:
    life = SampleLife(RAW, SHA256)
    draft = life.submit("D1")
    life.approve_all("D1")
    life.submit("D1", road="Highway 1")
    old = things.publish_thing(draft.id, 1)
    assert not choices(cards.render(old, life.view))

    posted = Receipt(channel="x", attested_at=life.now)
    life.do(COMMUNICATOR, c.MarkPublished(draft.id, 1, (posted,)))

    assert "Correct…" in choices(cards.render(old, life.view))


# --- the card and Home ---


def waits_for(life: SampleLife, who: str) -> str:
    desktop = Desktop(ROSTER.person(who), [life.view], 1, life.now, ZONE, WORKSPACE)
    return json.dumps(home(desktop), ensure_ascii=False).replace("*", "")


def test_home_shows_it_to_its_authors_and_the_holder_alone() -> None:
    life = night()
    corrected(life, "x")

    assert "Holding statement, correction 1 of 3 channels: SMS and Web still to do" in waits_for(
        life, COMMUNICATOR
    )
    assert "correction 1 of 3" not in waits_for(life, COLLEAGUE)


def test_home_shows_a_text_that_holds_no_more_as_soon_as_that_is_so() -> None:
    life = night()
    life.submit("D7", holds=20)
    life.approve_all("D7")
    life.mark("D7", "x")
    assert "still stands" not in waits_for(life, COMMUNICATOR)

    life.minutes(21)

    assert "Travel advice held until" in waits_for(life, COMMUNICATOR)


def test_the_card_offers_to_mark_before_anything_else() -> None:
    life = night()
    corrected(life, "x")

    assert next(iter(buttons(cards.render(things.CARD, life.view)))) == "Mark as published"


# --- exercises, and what was redacted ---


@pytest.mark.parametrize("exercise", [False, True])
def test_proof_is_asked_for_in_an_exercise_too(exercise: bool) -> None:  # noqa: FBT001 - two lives
    life = night(exercise=exercise)
    draft = corrected(life)

    asked = json.dumps(forms.mark_form(life.state, draft, draft.current, life.now))

    assert "proof-x" in asked
    assert "Needed where you tick it" in asked


# --- told apart ---


def test_a_correction_is_called_by_what_it_corrects_where_two_may_wait() -> None:
    life = night()
    draft = corrected(life, "x")

    assert "Correction (Holding statement), revision 1" in shown(life, things.review_thing(draft.id, 1))
    # but below that text itself its name is enough
    assert "Corrected by Correction, revision 1" in shown(life, things.publish_thing(life.draft("D1").id, 1))


def test_what_a_correction_has_still_to_do_is_said_once_and_on_the_newest_receipt_alone() -> None:
    life = night()
    draft = corrected(life, "x")
    life.mark("D8", "web", proof=LINK)
    first, second = (shown(life, things.receipt_thing(draft.id, each.seq)) for each in life.draft("D8").marks)

    assert "still to do" not in first
    assert "Correction 2 of 3 channels: SMS still to do.\nStill to do as well: Internal" in second


def test_a_cancelled_text_that_held_for_a_time_stands_on_the_card_once() -> None:
    life = night()
    life.submit("D7", holds=30)
    life.approve_all("D7")
    life.mark("D7", "x", "web")
    while "expiry" not in life.fire_next():
        pass
    life.minutes(30)
    life.fire()
    assert "update it or take it down" in shown(life, things.CARD)
    life.submit("D8", "correction", about=writing(life, "cancellation", "D7").about, **CORRECTED)
    life.approve_all("D8")
    life.mark("D8", "x", proof=LINK)

    card = shown(life, things.CARD)
    assert "Travel advice, cancellation 1 of 2 channels: Web still to do" in card
    assert "update it or take it down" not in card


def test_who_looks_once_more_is_led_to_the_words() -> None:
    life = night()
    draft = life.submit("D4", "update", next_update=60)
    life.do(PIO, c.Override(draft.id, 1, draft.current.text_sha256, "It cannot wait."))
    life.posted(things.review_thing(draft.id, 1), ts="1636999999.000100")
    life.mark("D4", "x")
    while not (thing := life.fire_next()).startswith("reminder:second-review/"):
        pass
    view = View(life.state, life.roster, life.now, WORKSPACE)
    linked = str(cards.render(thing, view).blocks)
    assert "<https://example.slack.com/archives/C0FLOOD/p1636999999000100|Read it>" in linked


def test_two_promises_missed_at_the_same_minute_are_one_line_of_the_card() -> None:
    life = SampleLife(RAW, SHA256)
    for step in ("D1", "D7"):
        life.submit(step, holds=60 if step == "D7" else None)
        life.approve_all(step)
        life.mark(step, "x")
    first, second = life.state.live_promises
    assert first.due == second.due
    life.minutes(61)
    life.fire()

    assert shown(life, things.CARD).count("not out") == 1
