"""App Home as one person sees it, drawn from the open incidents."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from slack_sdk.models.views import View as SlackView

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.policy import Person
from ecomms_bot.slack import names
from ecomms_bot.slack.cards.home import Desktop, home
from ecomms_bot.slack.message import Message
from tests.slack.life import COLLEAGUE, COMMUNICATOR, IC, PIO, SME, ZONE, Life
from tests.slack.looks import drawn, words

SLACK = "https://example.slack.com/"


def of(user: str, *lives: Life, total: int | None = None, guest: bool = False) -> Message:
    """This person's Home, in the shape that the looks of messages read."""
    return Message("", tuple(view(user, *lives, total=total, guest=guest)["blocks"]))


def view(user: str, *lives: Life, total: int | None = None, guest: bool = False) -> dict[str, Any]:
    roster, now = (lives[0].roster, lives[0].now) if lives else (Life().roster, Life().now)
    person = Person(user, guest=True) if guest else roster.person(user)
    views = [life.view for life in lives]
    return home(Desktop(person, views, len(views) if total is None else total, now, ZONE, SLACK))


def buttons(message: Message) -> dict[str, tuple[str, str]]:
    """Label → (action, value) of what stands beside the lines."""
    beside = [block["accessory"] for block in message.blocks if "accessory" in block]
    return {each["text"]["text"]: (each["action_id"], each["value"]) for each in beside}


def test_empty_it_says_the_one_command_to_start() -> None:
    said = words(of(COMMUNICATOR))

    assert "Nothing is open. To open an incident or an exercise, type /ecomms start" in said
    assert "As of Sun 14 Nov, 20:00 PST" in said


def test_a_guest_reads_nothing_of_any_incident() -> None:
    assert "Highway" not in words(of("U0GUEST", Life(), guest=True))


def test_a_draft_waits_for_those_whose_approval_counts_and_for_nobody_else() -> None:
    # given a text for which the pio has to decide, shown in its thread
    life = Life()
    draft = life.submit("D1")
    life.posted(f"review:{draft.id}:1", ts="1636999999.000100")
    # then the pio reads until when, with a link to the words: nobody decides without them
    said = drawn(of(PIO, life))
    assert "Decide on *Holding statement*, revision 1, wanted by" in said
    assert "<https://example.slack.com/archives/C0FLOOD/p1636999999000100|Read and decide>" in said
    # and neither the author nor another role is asked
    for other in (COMMUNICATOR, SME, IC):
        assert "Decide on" not in drawn(of(other, life))


def test_an_approved_text_waits_for_its_author_with_the_button_to_mark_it() -> None:
    life = Life()
    draft = life.submit("D1", by=COLLEAGUE)
    life.approve_all("D1")

    assert "Post Holding statement, then mark it" in words(of(COLLEAGUE, life))
    assert buttons(of(COLLEAGUE, life))["Mark as published"] == (
        names.MARK,
        names.pack(life.state.id, draft.id, "1"),
    )
    assert "then mark it" not in words(of(PIO, life))


def test_a_draft_that_was_sent_back_waits_for_its_author_with_the_reason() -> None:
    life = Life()
    life.submit("D1")
    life.ask_for_changes("D1", "Which exit?")

    assert f"Change Holding statement: <@{PIO}> sent it back, “Which exit?”" in words(of(COMMUNICATOR, life))
    assert "Holding statement: returned" in words(of(COMMUNICATOR, life))


def test_questions_and_handovers_wait_for_who_was_asked() -> None:
    life = Life()
    life.do(COMMUNICATOR, c.AskQuestion("When may trucks pass?", SME))
    life.do(COMMUNICATOR, c.OfferHandover(COLLEAGUE))

    assert "Answer the public: “When may trucks pass?”" in words(of(SME, life))
    assert "asks you to run this incident" in words(of(COLLEAGUE, life))
    assert set(buttons(of(COLLEAGUE, life))) == {"Accept"}


def test_promises_of_the_next_two_hours_come_first_the_most_urgent_first() -> None:
    # given two incidents: one promised in 60 minutes, one in 3 hours
    soon, later = Life(name="Highway 7"), Life(name="Highway 5")
    for life, minutes in ((soon, 60), (later, 180)):
        life.submit("D1", next_update=minutes)
        life.approve_all("D1")
        life.mark("D1", "web")
    # then only the first is among them
    said = words(of(COMMUNICATOR, soon, later))
    assert "Update promised for Sun 14 Nov, 21:00 PST · Highway 7" in said
    assert "for Sun 14 Nov, 23:00 PST · Highway 5" not in said
    # and once its time has passed, it says so
    soon.minutes(72)
    assert "⚠️ Update promised for Sun 14 Nov, 21:00 PST is not out, 12 min late" in words(
        of(COMMUNICATOR, soon)
    )


def test_no_update_is_called_late_before_five_minutes_and_the_holder_has_one_button_for_it() -> None:
    life = Life()
    life.published("D1", next_update=30)
    due = life.promise().due.utc
    life.now = due + timedelta(minutes=4)
    said = words(of(COMMUNICATOR, life))
    assert "⚠️ Update promised for Sun 14 Nov, 20:30 PST is not out · Highway 7" in said
    assert "next update promised" not in said
    life.now = due + timedelta(minutes=65)
    seen = of(COMMUNICATOR, life)
    assert "is not out, 1 h 5 min late" in words(seen)
    assert [block["accessory"]["text"]["text"] for block in seen.blocks if "accessory" in block] == [
        "Write update"
    ]
    assert "Write update" in buttons(of(COLLEAGUE, life))


def test_an_approved_text_that_became_too_late_is_to_be_renewed() -> None:
    life = Life()
    life.submit("D1", next_update=30)
    life.approve_all("D1")
    life.now += timedelta(minutes=31)
    seen = of(COMMUNICATOR, life)
    assert "Holding statement: its promised time has passed. Renew its times, if it is not out" in words(seen)
    assert buttons(seen)["Renew times"][0] == names.RENEW


def test_lines_of_an_exercise_are_marked_among_live_ones() -> None:
    real, drill = Life(name="Real"), Life(name="Drill", exercise=True)
    lines = words(of(COMMUNICATOR, real, drill)).split("\n")

    assert all(line.startswith("EXERCISE - ") for line in lines if "Drill" in line)
    assert not any("EXERCISE" in line for line in lines if "Real" in line)


def test_a_very_busy_night_stays_within_what_slack_draws() -> None:
    # given 40 open incidents with a step to write and a question each
    lives = [Life(name=f"Incident {number}") for number in range(40)]
    for life in lives:
        life.do(COMMUNICATOR, c.AskQuestion("W" * 1000, COMMUNICATOR))
    # then it is one view that Slack takes, and the rest is counted
    made = view(COMMUNICATOR, *lives, total=60)
    assert len(made["blocks"]) <= 100
    SlackView(**made).validate_json()
    assert "and 40 more: type /ecomms status" in words(of(COMMUNICATOR, *lives, total=60))


def test_what_people_typed_pings_nobody() -> None:
    life = Life(name="<!channel> & co")
    life.do(COMMUNICATOR, c.AskQuestion("<@U0IC> | <!here>", COMMUNICATOR))

    said = drawn(of(COMMUNICATOR, life))
    assert "<!channel>" not in said
    assert "<@U0IC>" not in said
    assert "&lt;!channel&gt; &amp; co" in said


def test_a_step_waits_for_the_holder_alone() -> None:
    life = Life()

    assert "Write Holding statement, due Sun 14 Nov, 20:15 PST" in words(of(COMMUNICATOR, life))
    assert "Nothing waits for you." in words(of(PIO, life))
