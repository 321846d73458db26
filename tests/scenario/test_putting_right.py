"""A published text was wrong: a correction from its message, on every channel where it was read."""

from __future__ import annotations

import pytest

from ecomms_bot.slack import writing
from tests.scenario.acting import Case
from tests.scenario.following import LINK, TRUE, form_of, marked, opens, published, submitted, takes_down


def test_from_the_wrong_text_to_the_last_channel(correcting: Case) -> None:
    case = correcting
    published(case)
    case.clock("20:10")
    # given Mara, who starts from the published message
    form = opens(case)
    assert "Corrects: Holding statement, revision 1, posted today at 20:00 on X, SMS and Web." in form.plain()
    where = "the holding statement of 8 p.m. PST on X, SMS and the web page"
    assert form.field("superseded_item") == where
    case.submits("mara", **TRUE)
    assert "Corrects: Holding statement, revision 1" in form_of(case).plain()
    case.submits("mara")
    # then the review shows the wrong words beside the new ones, and the pio alone decides
    review = case.last("review", "D8").plain()
    assert "Corrects: Holding statement, revision 1, posted today at 20:00 on X, SMS and Web." in review
    assert "Until now it says on X" in review
    assert case.draft("D8").current.roles == ("pio",)
    assert "Its correction is under way: see the thread of Correction." in case.last("publish", "D1").plain()
    case.approves("pia", "D8")
    # when it is out on two of the three channels
    assert marked(case, "X", "SMS").answer.closed
    told = "correction 2 of 3 channels: Web still to do"
    shown = [case.last("card"), case.last("step", "D8")]
    assert all(told in each.plain() for each in shown)
    assert told in case.types("otto", "status").words
    assert told.removeprefix("c") in case.last("publish", "D8").plain()
    for kind in ("publish", "receipt"):
        old = case.last(kind, "D1").plain()
        assert "Corrected by Correction, revision 1, published today at 20:10 on X and SMS." in old
        assert "Still to do: Web." in old
        assert "These words count no more. The log keeps them." in old
    # then it is what comes next for everybody, she is reminded of the third, and it is done
    assert "Correction of Holding statement: Web still says the old words" in case.types("mara", "next").words
    case.clock("20:15")
    reminder = case.last("reminder", "D8")
    assert "Correction of Holding statement: Web still says the old words, for 15 min." in reminder.plain()
    case.clicks("mara", reminder, "Mark as published")
    assert case.submits("mara", channels=["Web"], **{"proof-web": LINK}).answer.closed
    assert "Put right wherever the old words were read." in case.last("receipt", "D8").plain()
    assert "still to do" not in case.last("card").plain()
    before = len(case.messages("reminder", "D8"))
    case.clock("20:24")
    assert len(case.messages("reminder", "D8")) == before


def test_somebody_else_looks_at_a_correction_afterwards(correcting: Case) -> None:
    case = correcting
    published(case)
    submitted(case)
    case.approves("pia", "D8")
    marked(case, "X", "SMS", "Web")
    case.clock("20:16")
    case.clicks("irene", case.last("review", "D8"), "It is right")
    looked = case.draft("D8").current.second_review
    assert looked is not None
    assert looked.agrees


def test_a_road_sign_without_words_is_put_right_by_taking_the_old_ones_down(correcting: Case) -> None:
    case = correcting
    published(case, "X", "Road sign", step="D7", expires_at="23:00", road="Highway 7")
    opens(case, step="D7")
    form = form_of(case).plain()
    assert "To be told on the same channels: X." in form
    assert "Road sign: there is no text for it. Change or remove the old one there" in form
    case.submits("mara", **TRUE)
    case.submits("mara")
    case.approves("pia", "D8")
    assert set(case.draft("D8").current.texts) == {"x", "internal"}
    marked(case, "X")
    assert "1 of 2 channels: Road sign still to do" in case.last("card").plain()
    # when it is said from the message of the correction
    case.clicks("mara", case.last("publish", "D8"), "Old text taken down…")
    assert case.submits("mara", channels=["Road sign"], reason="The sign is dark.").answer.closed
    assert "still to do" not in case.last("card").plain()
    old = case.last("publish", "D7").plain()
    assert "Taken down on Road sign by @Mara Lund today at 20:00: The sign is dark." in old


def test_a_tick_without_proof_comes_back_beside_its_field(correcting: Case) -> None:
    case = correcting
    published(case)
    submitted(case)
    case.approves("pia", "D8")
    reply = marked(case, "X", "SMS", **{"proof-sms": " "})
    assert list(reply.answer.errors) == ["Link or other proof, SMS"]
    assert "Give proof for SMS" in reply.words
    assert case.entries("MarkedPublished")[1:] == []
    assert case.submits("mara", **{"proof-sms": "Mara saw it on her phone"}).answer.closed


def test_a_second_correction_of_the_same_text_hears_of_the_first(correcting: Case) -> None:
    case = correcting
    message = published(case)
    submitted(case)
    # when Theo presses the button on a screen from before
    reply = case.clicks("theo", message, "Correct…")
    assert case.actor("theo").person.modal is None
    assert "@Mara Lund began a correction of this text" in reply.words
    assert "Go on with that one, in the thread of Correction" in reply.words
    assert len(case.entries("RevisionSubmitted")) == 2


def test_two_people_who_begin_at_once_make_one_correction(correcting: Case) -> None:
    case = correcting
    message = published(case)
    for who in ("mara", "theo"):
        case.clicks(who, message, "Correct…")
    assert case.submits("mara", **TRUE).answer.pushed
    second = case.submits("theo", **TRUE)
    assert not second.answer.pushed
    assert "@Mara Lund" in form_of(case, "theo").plain()
    assert form_of(case, "theo").field("correct_fact") == TRUE["correct_fact"]
    assert len(case.entries("DraftSaved")) == 2


def test_a_correction_that_was_begun_goes_on_where_it_was_left(correcting: Case) -> None:
    case = correcting
    published(case)
    # given a form that is swiped away: nothing is kept, and the next one begins anew
    opens(case)
    case.actor("mara").leaves()
    assert "D8" not in case.state.steps
    opens(case)
    case.submits("mara", **TRUE)
    case.actor("mara").leaves()
    # when Theo goes on with it, from the old text or from the step, it is the same draft
    form = opens(case, who="theo")
    assert form.field("correct_fact") == TRUE["correct_fact"]
    assert "Mara Lund saved this draft" in form.plain()
    case.actor("theo").leaves()
    case.clicks("theo", case.last("step", "D8"), "Write correction")
    assert "Corrects: Holding statement" in form_of(case, "theo").plain()
    assert len([each for each in case.state.drafts.values() if each.about]) == 1


def test_what_it_corrects_is_kept_through_every_way_back(correcting: Case) -> None:
    case = correcting
    published(case)
    submitted(case)
    # sent back and taken up
    case.sends_back("pia", "Say since when.", "D8")
    returned = case.last("returned", "D8")
    case.clicks("mara", returned, returned.buttons[0])
    assert "Corrects: Holding statement" in form_of(case).plain()
    case.submits("mara", correct_fact="Only the eastbound side is closed since 7 p.m. PST.")
    case.submits("mara")
    # declined and written again
    case.sends_back("pia", "Not like this.", "D8", label="Decline")
    case.clicks("mara", case.last("step", "D8"), "Write correction")
    form = form_of(case)
    assert "Corrects: Holding statement" in form.plain()
    assert form.field("correct_fact") == "Only the eastbound side is closed since 7 p.m. PST."
    case.submits("mara")
    case.submits("mara")
    about = case.draft("D8").about
    assert about is not None
    assert (about.relation, about.draft) == ("correction", case.draft("D1").id)


def test_a_channel_marked_while_the_form_is_open_is_told_too(correcting: Case) -> None:
    case = correcting
    published(case, "X")
    opens(case)
    # when the wrong text turns out to be on the web page as well
    assert case.marks("theo", "D1", channels=["Web"]).answer.closed
    case.submits("mara", **TRUE)
    assert "on X and Web" in form_of(case).plain()
    assert case.submits("mara").answer.closed
    assert set(case.draft("D8").current.texts) == {"x", "web", "internal"}


def test_a_channel_marked_after_the_preview_sends_back_to_it(correcting: Case) -> None:
    case = correcting
    published(case, "X")
    opens(case)
    case.submits("mara", **TRUE)
    case.marks("theo", "D1", channels=["Web"])
    reply = case.submits("mara")
    assert not reply.answer.closed
    assert "has changed since you opened this" in form_of(case).plain()
    assert len(case.entries("RevisionSubmitted")) == 1


def test_texts_too_long_for_a_window_keep_what_they_correct(
    correcting: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = correcting
    published(case, "X", "Web")
    monkeypatch.setattr(writing, "ANSWER_MAX", 1_000)
    opens(case)
    assert case.submits("mara", **TRUE).answer.pushed
    case.actor("mara").leaves()
    preview = case.last("preview", "D8")
    assert "Corrects: Holding statement" in preview.plain()
    case.clicks("mara", preview, "Submit for approval")
    draft = case.draft("D8")
    assert draft.about is not None
    assert set(draft.current.texts) == {"x", "web", "internal"}


def test_the_wrong_text_is_not_posted_on_the_channels_that_are_left(correcting: Case) -> None:
    case = correcting
    published(case, "X")
    submitted(case)
    said = case.last("publish", "D1").plain()
    assert "is being put right. Do not post it on SMS, Web and Internal any more." in said
    assert "Still to do" not in said


def test_the_last_part_of_a_correction_keeps_the_incident_open(correcting: Case) -> None:
    case = correcting
    published(case)
    submitted(case)
    case.approves("pia", "D8")
    marked(case, "X")
    case.types("pia", "close")
    form = form_of(case, "pia").plain()
    assert "Holding statement, correction 1 of 3 channels: SMS and Web still to do" in form
    withdraw = {"withdraw_reason": "Road open."}
    refused = case.submits("pia", note="All done", **withdraw)
    assert list(refused.answer.errors) == ["Why a correction is left unfinished (pio or ic only)"]
    assert case.submits("pia", left_reason="The city told them.", **withdraw).answer.closed
    assert not case.state.open


# --- by a command -----------------------------------------------------------------------------------------


def test_the_command_opens_the_form_at_once_where_one_text_stands(correcting: Case) -> None:
    case = correcting
    assert "so there is nothing to correct" in case.types("mara", "correct").words
    published(case)
    case.types("mara", "correct")
    assert "Corrects: Holding statement" in form_of(case).plain()


def test_the_command_lists_what_stands_the_newest_first(correcting: Case) -> None:
    case = correcting
    published(case)
    case.later(minutes=3)
    published(case, "X", step="D7", expires_at="23:00", road="Highway 7")
    reply = case.types("mara", "correct")
    (listed,) = reply.messages
    assert listed.plain().index("1 · Travel advice") < listed.plain().index("2 · Holding statement")
    # by its number, by its title, by a title that is near
    for typed in ("2", "holding statement", "Holdin statment"):
        case.types("mara", f"correct {typed}")
        assert "Corrects: Holding statement" in form_of(case).plain()
        case.actor("mara").leaves()
    assert "No text “3” stands" in case.types("mara", "correct 3").words
    assert "No text “bridges” stands" in case.types("mara", "correct bridges").words


# --- twice, stale, no role --------------------------------------------------------------------------------


def test_an_observer_gets_no_form(correcting: Case) -> None:
    case = correcting
    message = published(case)
    for label in ("Update…", "Correct…", "Cancel…", "Taken down…"):
        reply = case.clicks("otto", message, label)
        assert "Only communicators and leads" in reply.words
        assert case.actor("otto").person.modal is None


def test_taken_down_twice_is_told_and_recorded_once(correcting: Case) -> None:
    case = correcting
    published(case)
    opens(case, "Taken down…", "theo")
    assert takes_down(case, "X").answer.closed
    case.submits("theo", channels=["X"], reason="It is gone.")
    said = form_of(case, "theo").plain()
    assert "@Mara Lund said today at 20:00 already that it was taken down there" in said
    assert len(case.entries("ReleaseEnded")) == 1
    # one more channel is still recorded from the same form
    assert case.submits("theo", channels=["X", "Web"]).answer.closed
    assert set(case.draft("D1").current.ended) == {"x", "web"}


def test_the_same_submission_twice_takes_down_once(correcting: Case) -> None:
    case = correcting
    published(case)
    opens(case, "Taken down…")
    case.on.workspace.faults.delivered_twice("view_submission")
    case.submits("mara", channels=["X"], reason="It held no more.")
    assert len(case.entries("ReleaseEnded")) == 1


def test_a_button_from_before_closing_says_so(correcting: Case) -> None:
    case = correcting
    message = published(case)
    case.closes("pia", withdraw_reason="The road is open.")
    for label in ("Correct…", "Taken down…"):
        assert "was closed by @Pia Sohal" in case.clicks("mara", message, label).words
    assert "Correct…" not in case.last("publish", "D1").plain()
