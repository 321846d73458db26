"""A published text should not have gone out: it is taken back, which is more than taking it down."""

from __future__ import annotations

from tests.scenario.acting import Case
from tests.scenario.acting import opens as opens_incident
from tests.scenario.following import TRUE, form_of, marked, opens, published, submitted, takes_down


def test_the_form_takes_back_and_says_what_taking_down_does_not(correcting: Case) -> None:
    case = correcting
    published(case)
    form = opens(case, "Cancel…")
    assert form.title == "Take back"
    assert "Takes back: Holding statement, revision 1, posted today at 20:00 on X, SMS and Web." in (
        form.plain()
    )
    assert "Taking a post down tells nobody. People who read it hear from the new text." in form.plain()


def test_a_text_taken_down_everywhere_is_still_to_be_taken_back_where_it_was_read(correcting: Case) -> None:
    """Hawaii 2018: cancelled after 5 minutes, corrected on the same channel after 38."""
    case = correcting
    published(case)
    assert takes_down(case, "X", "SMS", "Web").answer.closed
    review = submitted(case, "Cancel…").plain()
    assert "Takes back: Holding statement" in review
    case.approves("pia", "D8")
    marked(case, "Web")
    assert "cancellation 1 of 3 channels: X and SMS still to do" in case.last("card").plain()
    case.clock("20:06")
    reminder = case.last("reminder", "D8").plain()
    assert "Cancellation of Holding statement: X and SMS still say the old words" in reminder
    marked(case, "X", "SMS")
    assert "Put right wherever the old words were read." in case.last("receipt", "D8").plain()
    assert "Taken back by Correction, revision 1" in case.last("publish", "D1").plain()


def test_a_correction_under_way_is_not_a_cancellation(correcting: Case) -> None:
    case = correcting
    message = published(case)
    opens(case)
    case.submits("mara", **TRUE)
    case.actor("mara").leaves()
    reply = case.clicks("mara", message, "Cancel…")
    assert "@Mara Lund began a correction of this text" in reply.words
    assert case.actor("mara").person.modal is None
    # from the step it goes on as what it was begun
    case.clicks("mara", case.last("step", "D8"), "Write correction")
    assert "Corrects: Holding statement" in form_of(case).plain()


def test_in_an_exercise_it_is_played_with_the_mark_and_with_proof(correcting: Case) -> None:
    drill = opens_incident(correcting.on, name="A drill")
    published(drill)
    review = submitted(drill, "Cancel…")
    assert review.text.startswith("EXERCISE")
    assert "Takes back: Holding statement, revision 1, played today at 20:00" in review.plain()
    drill.approves("pia", "D8")
    bare = marked(drill, "X", **{"proof-x": ""})
    assert "Give proof for X" in bare.words
    assert drill.submits("mara", **{"proof-x": "Otto saw it on the screen"}).answer.closed
    opens(drill, "Taken down…")
    assert form_of(drill).title.startswith("EXERCISE")


def test_without_a_text_for_corrections_it_says_what_to_do_instead(case: Case) -> None:
    published(case)
    reply = case.clicks("mara", case.last("publish", "D1"), "Cancel…")
    assert "has no text for corrections. Say what is right in the next update" in reply.words
    assert reply.words.startswith("EXERCISE")
