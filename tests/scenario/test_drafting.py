"""Writing a draft: the form, what *Next* keeps, the preview, and *Submit for approval*."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from ecomms_bot.slack.inputs import INPUT_MAX
from tests.scenario.acting import Case
from tests.scenario.aftermath import is_marked

LONG_NAME = "Lougheed Highway, Highway 7, eastbound and westbound lanes"


def form_of(case: Case, who: str = "mara", step: str = "D1") -> None:
    case.clicks(who, case.last("step", step), "Write draft")


def test_the_form_knows_what_the_office_always_says_and_proposes_fresh_times(case: Case) -> None:
    form_of(case)
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert modal.field("Who is speaking") == "B.C. Ministry of Transportation"
    assert modal.field("Where to find out more") == "https://www.drivebc.ca"
    # 20:00 + 5 minutes for the approval + an update every 60 minutes
    assert modal.field("Facts as of") == case.at("20:00").timestamp()
    assert modal.field("Next update by") == case.at("21:05").timestamp()
    assert modal.field("Road") is None
    assert "Check first: One first-hand report" in modal.plain()
    assert "Next keeps what you typed" in modal.plain()
    assert "Holding statement for Highway 7 slides. Due today at 20:15." in modal.plain()


def test_next_keeps_the_words_and_shows_every_text_with_its_length(case: Case) -> None:
    reply = case.writes("mara")
    assert reply.answer.pushed
    preview = case.actor("mara").person.modal
    assert preview is not None
    shown = preview.plain()
    assert preview.title == "EXERCISE - Preview"
    assert "Holding statement, revision 1, for Highway 7 slides." in shown
    for heading in ("X 2", "SMS 2 / 4 messages", "Web ", "Internal "):
        assert heading in shown
    assert shown.count("EXERCISE - B.C. Ministry of Transportation, 8 p.m. PST") == 2  # X and SMS
    assert "Approval: public information officer (pio), within 5 min" in shown
    assert preview.submit_text == "Submit for approval"
    # and it is in the log already
    (saved,) = case.entries("DraftSaved")
    assert saved.event is not None
    assert saved.actor == case.actor("mara").id


def test_the_preview_shows_exactly_what_is_sent_for_approval(case: Case) -> None:
    case.writes("mara")
    preview = case.actor("mara").person.modal
    assert preview is not None
    shown = preformatted(preview.blocks)
    case.submits("mara")
    sent = case.draft().current.texts
    assert sorted(shown) == sorted(text for languages in sent.values() for text in languages.values())


def preformatted(blocks: list[dict[str, object]]) -> list[str]:
    """The texts to be copied, character by character."""
    return [
        "".join(part["text"] for part in element["elements"])
        for block in blocks
        if block["type"] == "rich_text"
        for element in block["elements"]  # type: ignore[attr-defined]  # JSON
        if element["type"] == "rich_text_preformatted"
    ]


def test_going_back_from_the_preview_finds_the_words_still_there(case: Case) -> None:
    case.writes("mara")
    mara = case.actor("mara").person
    mara.close_modal()
    assert mara.modal is not None
    assert mara.modal.field("Road") == "Highway 7"
    # and so does who opens it anew, even somebody else
    case.actor("mara").leaves()
    form_of(case, "theo")
    theo = case.actor("theo").person.modal
    assert theo is not None
    assert theo.field("Road") == "Highway 7"
    assert theo.field("What happened") == "mudslides"


def test_what_blocks_takes_submit_away_and_says_what_to_change(case: Case) -> None:
    # given words that count double on X, and a blank that nobody filled in
    case.writes("mara", road="🚧" * 28, area_description=f"{'🚧' * 14} [[place]]")
    mara = case.actor("mara").person
    preview = mara.modal
    assert preview is not None
    assert preview.submit_text is None
    assert re.search(r"Must be changed X: the text is \d+ characters too long.", preview.plain())
    assert "Must be changed X: a blank was not filled in." in preview.plain()
    assert "Fill it in or take it out." in preview.plain()
    # when the words are mended
    mara.close_modal()
    case.submits("mara", road="Highway 7", area_description="near Hope")
    # then they can be sent
    assert mara.modal is not None
    assert mara.modal.submit_text == "Submit for approval"


def test_what_is_doubtful_is_said_and_does_not_block(case: Case) -> None:
    case.writes("mara", next_update_at="23:00")
    preview = case.actor("mara").person.modal
    assert preview is not None
    assert (
        "Look again The next update is later than the severity of this incident asks for." in preview.plain()
    )
    assert preview.submit_text == "Submit for approval"


def test_a_fact_that_no_text_prints_is_said_before_it_is_sent(case: Case) -> None:
    case.writes("mara", "D4", gauge_level_m="3.1")
    preview = case.actor("mara").person.modal
    assert preview is not None
    said = "Look again River level is not in the texts: fill in River gauge and River level read at too."
    assert said in preview.plain()
    assert preview.submit_text == "Submit for approval"


def test_a_field_in_error_is_told_beside_it_and_nothing_that_was_typed_is_lost(case: Case) -> None:
    form_of(case)
    reply = case.submits(
        "mara",
        hazard_seen="mudslides",
        road="Highway 7",
        area_description="near Hope",
        next_update_at=case.at("20:00") - timedelta(minutes=30),
    )
    assert reply.answer.errors == {"Next update by": "This has already passed. Choose a later time."}
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert modal.field("Road") == "Highway 7"
    assert case.entries("DraftSaved") == []


def test_submit_asks_for_approval_in_the_thread_of_the_step(case: Case) -> None:
    review = case.sends("mara")
    assert review.thread_ts == case.state.posted["step:D1"].ts
    assert "@Pia Sohal, please review Holding statement, revision 1 by @Mara Lund" in review.plain()
    assert "Wanted by today at 20:05." in review.plain()
    assert review.buttons == ["Approve", "Ask for changes", "Decline"]
    assert case.draft().status == "in review"
    assert "Status: waiting for approval" in case.last("step", "D1").plain()
    assert is_marked(review)


def test_the_same_words_again_are_no_second_revision(case: Case) -> None:
    case.sends("mara")
    # when Mara opens it again, changes nothing and presses Next and Submit
    case.writes("mara", label="Write new revision")
    reply = case.submits("mara")
    # then she is told that it was sent, and there is one review
    modal = case.actor("mara").person.modal
    assert reply.answer.updated
    assert modal is not None
    assert "Revision 1 was sent for approval already." in modal.plain()
    assert len(case.messages("review")) == 1


def test_the_next_text_begins_with_what_was_said_last(case: Case) -> None:
    case.publishes()
    case.clicks("mara", case.last("step", "D4"), "Write update")
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert modal.field("Road") == "Highway 7"
    assert modal.field("Where") == "between Agassiz and Hope"
    assert modal.field("What is new") is None
    assert modal.field("Facts as of") == case.at("20:00").timestamp()


def test_old_news_does_not_come_back_as_new(case: Case) -> None:
    case.publishes()
    case.publishes("mara", "D4", not_known_yet="trapped", gauge_level_m="3.1", gauge_name="Hope")
    case.clicks("mara", case.last("step", "D4"), "Write update")
    modal = case.actor("mara").person.modal
    assert modal is not None
    # then what lasts is filled in, and what was news is only said beside the empty field
    assert modal.field("Road") == "Highway 7"
    for label in ("What is new", "Not known yet", "River level (m)", "River gauge"):
        assert modal.field(label) is None
    assert "Last said: Rescue teams are on the way." in modal.plain()
    assert "Last said: how many are trapped." in modal.plain()
    assert "Such as: Rescue teams" not in modal.plain()


def test_no_change_repeats_what_was_said(case: Case) -> None:
    case.publishes()
    case.publishes("mara", "D4")
    case.clicks("mara", case.last("step", "D4"), "No change")
    preview = case.actor("mara").person.modal
    assert preview is not None
    assert "Highway 7, between Agassiz and Hope, is closed because of mudslides" in preview.plain()


def test_an_example_helps_only_where_something_is_typed(case: Case) -> None:
    form_of(case)
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert "Such as: Highway 7 (Lougheed Highway)." in modal.plain()
    for example in ("Such as: mudslides", "Such as: 2021-11-14"):
        assert example not in modal.plain()


def test_the_form_says_what_was_promised(case: Case) -> None:
    case.publishes()
    case.clicks("mara", case.last("step", "D4"), "Write update")
    modal = case.actor("mara").person.modal
    assert modal is not None
    said = "Scheduled update for Highway 7 slides. The public was promised an update by today at 21:05."
    assert said in modal.plain()


def test_after_a_decline_the_next_form_begins_with_the_declined_words_and_fresh_times(case: Case) -> None:
    case.sends("mara", next_update_at="20:40")
    case.sends_back("pia", "Wrong road", label="Decline")
    case.clock("20:10")
    form_of(case, "theo")
    modal = case.actor("theo").person.modal
    assert modal is not None
    assert "Filled in with revision 1, declined by @Pia Sohal: “Wrong road”." in modal.plain()
    assert modal.field("Road") == "Highway 7"
    assert modal.field("Not known yet") == "how many are trapped"
    assert modal.field("Facts as of") == case.at("20:10").timestamp()
    assert modal.field("Next update by") == case.at("21:15").timestamp()


def test_after_a_decline_another_kind_of_text_begins_anew(case: Case) -> None:
    case.publishes()
    case.sends("mara", "D4")
    case.sends_back("pia", "Not now", "D4", label="Decline")
    case.clicks("mara", case.last("step", "D4"), "Write final text")
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert "Filled in with" not in modal.plain()
    assert modal.field("What is new") is None
    assert "Scheduled update · Final update for Highway 7 slides." in modal.plain()


def test_a_draft_that_came_back_says_why_in_its_form(case: Case) -> None:
    case.sends("mara", next_update_at="20:40")
    case.sends_back("pia", "Say which side")
    case.clicks("mara", case.last("step", "D1"), case.last("step", "D1").buttons[0])
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert "@Pia Sohal asked for changes of revision 1: “Say which side”" in modal.plain()
    assert modal.field("Next update by") == case.at("20:40").timestamp()


def test_a_draft_taken_up_after_its_times_passed_gets_fresh_ones(case: Case) -> None:
    case.writes("mara", "D3", next_update_at="20:20", reopen_estimate_at="20:25", assessment_at="23:00")
    case.actor("mara").leaves()
    case.clock("20:30")
    form_of(case, "theo", "D3")
    modal = case.actor("theo").person.modal
    assert modal is not None
    assert "@Mara Lund saved this draft today at 20:00. What you change replaces it." in modal.plain()
    assert "Times renewed; check Facts as of." in modal.plain()
    assert "Expected to reopen had passed, so it is empty now." in modal.plain()
    assert modal.field("Facts as of") == case.at("20:30").timestamp()
    assert modal.field("Next update by") == case.at("21:50").timestamp()
    assert modal.field("Expected to reopen") is None
    assert modal.field("Next check of the road") == case.at("23:00").timestamp()


def test_words_that_somebody_else_kept_meanwhile_are_not_replaced(case: Case) -> None:
    # given two people with the same copy in front of them
    case.writes("mara")
    case.actor("mara").leaves()
    form_of(case, "mara")
    form_of(case, "theo")
    case.clock("20:14")
    case.submits("theo", area_description="near Hope")
    # when Mara presses Next as well, then nothing is replaced, and her words are still there
    case.submits("mara", area_description="near Agassiz")
    mara = case.actor("mara").person.modal
    assert mara is not None
    assert "@Theo Brandt changed this draft today at 20:14, after you opened it." in mara.plain()
    assert mara.field("Where") == "near Agassiz"
    working = case.draft().working
    assert working is not None
    assert working.values["area_description"] == "near Hope"
    # when she opens the newest, she goes on
    case.actor("mara").leaves()
    form_of(case, "mara")
    assert case.submits("mara", area_description="near Agassiz").answer.pushed


def test_one_draft_of_a_step_is_written_at_a_time(case: Case) -> None:
    # given two forms opened before either was kept
    form_of(case, "mara")
    form_of(case, "theo")
    case.submits("mara", hazard_seen="mudslides", road="Highway 7", area_description="near Hope")
    reply = case.submits("theo", hazard_seen="washouts", road="Highway 1", area_description="here")
    # then the second is told whose draft it is, and keeps his words on the screen to copy them
    theo = case.actor("theo").person.modal
    assert reply.answer.updated
    assert theo is not None
    assert "@Mara Lund began a draft of Holding statement today at 20:00." in theo.plain()
    assert theo.field("Road") == "Highway 1"
    assert len(case.entries("DraftSaved")) == 1


def test_somebody_who_only_observes_cannot_write(case: Case) -> None:
    reply = case.clicks("otto", case.last("step", "D1"), "Write draft")
    assert "Only communicators and leads may write a draft" in reply.words
    assert case.actor("otto").person.modal is None


def test_next_step_on_the_card_opens_what_is_most_urgent(case: Case) -> None:
    case.clicks("mara", case.last("card"), "Next step")
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert "Not known yet" in modal.labels


def test_a_step_is_started_from_the_card(case: Case) -> None:
    case.clicks("theo", case.last("card"), "Start: Road closure or change")
    # its form is open at once, as it is after the command
    modal = case.actor("theo").person.modal
    assert modal is not None
    assert "Road closure or change for Highway 7 slides." in modal.plain()
    case.actor("theo").leaves()
    # and it stays started, with a thread of its own
    root = case.last("step", "D3")
    assert "and incident commander (ic), within 20 min" in root.plain()
    assert "Start: Road closure or change" not in str(case.last("card").blocks)


# --- too much, and what could be markup ---------------------------------------------------------------------

FRENCH = "Où êtes-vous ? « À l’abri »"
ARABIC = "أغلق الطريق السريع"
ODD = {
    "markup": "<!channel> <@U0NOBODY>&|*b*",
    "emoji": "🌊👩‍👩‍👧‍👦🚧",
    "right-to-left": f"\u202e{ARABIC}",
    "zero-width": "Hope\u200b, \u200dB.C.",
    "French": FRENCH,
    "link": "<https://example.org|here>",
}


def text_fields(case: Case, who: str = "mara") -> list[str]:
    """The fields of the form in front of this person into which words are typed."""
    modal = case.actor(who).person.modal
    assert modal is not None
    return [
        block["block_id"]
        for block in modal.blocks
        if block["type"] == "input" and block["element"]["type"] == "plain_text_input"
    ]


def typed_in(case: Case, who: str, name: str) -> object:
    modal = case.actor(who).person.modal
    assert modal is not None
    return modal.field(name)


@pytest.mark.parametrize(("step", "many"), [("D1", 3_000), ("D3", 3_000), ("D4", 3_000), ("D1", 40_000)])
def test_more_than_a_field_takes_is_refused_beside_it_with_the_words_still_there(
    case: Case, step: str, many: int
) -> None:
    # given a submission that Slack's own form would not send: too many characters
    if step != "D1":
        case.starts("mara", step)
    root = case.last("step", step)
    case.clicks("mara", root, root.buttons[0])
    fields, letters = text_fields(case), "é🌊" * (many // 2)
    if many > INPUT_MAX:
        fields = fields[:1]
    mara = case.actor("mara").person
    mara.fill(dict.fromkeys(fields, letters))
    answer = mara.submit(unchecked=True)
    # then each is told beside its field, nothing was kept, and what was typed is still on the screen
    assert len(answer.block_errors) == len(fields)
    assert all(f"These are {many:,} characters, and " in words for words in answer.errors.values())
    assert case.entries("DraftSaved") == []
    assert all(typed_in(case, "mara", name) == letters for name in fields)


def test_a_reason_of_40000_characters_is_refused_beside_its_field(case: Case) -> None:
    review = case.sends("mara")
    for who, message, label in (
        ("pia", review, "Ask for changes"),
        ("pia", review, "Decline"),
        ("mara", review, "Withdraw, if you wrote it…"),
    ):
        case.clicks(who, message, label)
        actor = case.actor(who).person
        actor.fill({"reason": "é" * 40_000})
        (words,) = actor.submit(unchecked=True).errors.values()
        assert words.startswith("These are 40,000 characters")
        assert typed_in(case, who, "reason") == "é" * 40_000
        case.actor(who).leaves()
    assert case.draft().status == "in review"
    assert case.draft().withdrawal is None


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_whatever_is_typed_stands_in_form_preview_review_and_texts_as_it_was_typed(
    case: Case, odd: str
) -> None:
    written = case.writes("mara", "D4", news=odd, details=odd, empathy_line=odd, issuing_source=odd)
    assert written.answer.pushed, written.words
    preview = case.actor("mara").person.modal
    assert preview is not None
    working = case.draft("D4").working
    assert working is not None
    kept = working.values["news"]
    assert isinstance(kept, str)
    assert kept == odd
    assert all(kept in text for text in preformatted(preview.blocks))
    submitted = case.submits("mara")
    assert submitted.answer.closed, submitted.words
    texts = case.draft("D4").current.texts
    review = case.last("review", "D4")
    assert sorted(preformatted(review.blocks)) == sorted(
        text for languages in texts.values() for text in languages.values()
    )
    # and it calls those who are asked and who wrote it, nobody else
    assert review.notified <= {case.actor(who).id for who in ("mara", "dale", "pia")}


def test_an_invisible_mark_from_pasted_text_is_told_beside_its_field(case: Case) -> None:
    reply = case.writes("mara", "D4", news="Hope\ufeff is cut off.")
    said = "This has an invisible character in it, as pasted text can have. Type that place again."
    assert reply.answer.errors == {"What is new": said}
    assert typed_in(case, "mara", "news") == "Hope\ufeff is cut off."
