"""Reminders as they are said: how soon, how late, what stands in the way, and the button that helps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.policy import Roster
from ecomms_bot.incident.state import Draft
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.slack import names
from ecomms_bot.slack.cards import render
from ecomms_bot.slack.message import Message
from tests.slack.life import (
    COLLEAGUE,
    COMMUNICATOR,
    CONVERSATION,
    IC,
    NO_ROLES,
    PIO,
    PIO_2,
    ROSTER,
    SME,
    ZONE,
    Life,
    bent,
)
from tests.slack.looks import buttons, quoted, words


def promised(*, roster: Roster = ROSTER) -> Life:
    """20:05, everything posted, the next update promised for 21:00."""
    life = Life(roster=roster)
    life.published("D1", next_update=60)
    return life


def at(life: Life, point: str, late_minutes: float = 0) -> Message:
    """The reminder of the promise at this point, said when it is due or so much later."""
    promise = life.promise()
    offset = {"T-15": -15, "T-5": -5, "T+0": 0, "T+10": 10}[point]
    life.minutes((promise.due.utc - life.now).total_seconds() / 60 + offset + late_minutes)
    key = f"promise/{promise.id}/{point}"
    life.do("bot", c.FireReminder(key))
    return render(f"reminder:{key}", life.view)


# --- before the promised time ---


def test_before_the_time_it_says_until_when_and_what_was_said_last() -> None:
    life = promised()

    message = at(life, "T-15")

    assert words(message).startswith(
        "Update promised for Sun 14 Nov, 21:00 PST, in 15 min.\n"
        "(sent to the holder of the incident)\n"
        "Last said, on Sun 14 Nov, 20:05 PST:"
    )
    assert quoted(message) == [life.draft("D1").current.texts["x"]["en"]]


def test_before_the_time_one_can_write_say_no_change_or_put_it_off() -> None:
    life = promised()
    incident, promise = life.state.id, life.promise().id

    assert buttons(at(life, "T-15")) == {
        "Write update": (names.WRITE, names.pack(incident, "D4", "update")),
        "No change": (names.NO_CHANGE, names.pack(incident, "D4")),
        "Snooze 5 min": (names.SNOOZE_5, names.pack(incident, promise)),
        "Snooze 10 min": (names.SNOOZE_10, names.pack(incident, promise)),
    }


def test_a_reminder_that_was_put_off_is_said_again_and_cannot_be_put_off_twice() -> None:
    life = promised()
    at(life, "T-15")
    life.do(COMMUNICATOR, c.Snooze(10))

    again = render(life.fire_next(), life.view)

    assert "Update promised for Sun 14 Nov, 21:00 PST, in 5 min." in words(again)
    assert list(buttons(again)) == ["Write update", "No change"]


def test_in_a_direct_message_it_says_which_incident_and_leads_there() -> None:
    life = promised()
    at(life, "T-5")
    thing = f"reminder:promise/{life.promise().id}/T-5"

    message = render(thing, life.view, kind="dm", user=COMMUNICATOR)

    start = f"Highway 7 flooding in <#{CONVERSATION}>: update promised for Sun 14 Nov, 21:00 PST, in 5 min."
    assert words(message).startswith(start)
    assert message.text.startswith(start)


def test_when_a_text_is_under_way_the_reminder_says_what_it_waits_for() -> None:
    life = promised()
    life.minutes(5)
    life.save("D4", "update", by=COLLEAGUE)

    message = at(life, "T-15")

    assert f"Scheduled update is being written by <@{COLLEAGUE}> since Sun 14 Nov, 20:10 PST." in words(
        message
    )
    assert not quoted(message)
    assert list(buttons(message)) == ["Write draft", "Snooze 5 min", "Snooze 10 min"]


def test_without_a_text_for_no_change_there_is_no_such_button() -> None:
    def only_updates(raw: dict[str, Any]) -> None:
        del raw["phases"]["during"][2]["texts"]["no-change"]

    life = Life(raw=bent(only_updates))
    life.published("D1")

    assert "No change" not in buttons(at(life, "T-15"))


def test_without_a_step_for_updates_there_is_nothing_to_press_but_the_time_is_said() -> None:
    def no_updates(raw: dict[str, Any]) -> None:
        raw["phases"]["during"][2]["recurrence"] = "on-demand"

    life = Life(raw=bent(no_updates))
    life.published("D1")

    message = at(life, "T+0")

    assert "the update promised for Sun 14 Nov, 21:00 PST is not out." in words(message)
    assert not buttons(message)


def test_when_no_short_text_was_said_last_none_is_quoted() -> None:
    def only_web(raw: dict[str, Any]) -> None:
        step = raw["phases"]["during"][0]
        step["channels"] = ["web"]
        templates = step["texts"]["statement"]["templates"]
        step["texts"]["statement"]["templates"] = {"web": templates["web"]}

    life = Life(raw=bent(only_web))
    life.published("D1")

    assert not quoted(at(life, "T-15"))


def test_in_the_thread_nobody_is_called_who_has_a_direct_message_as_well() -> None:
    life = Life()
    life.submit("D1", by=COLLEAGUE)
    life.approve("D1", PIO)
    life.mark("D1", "x")

    message = at(life, "T-5")

    assert "<@" not in words(message)
    assert "(sent to the author and the holder of the incident)" in words(message)


# --- how late it is said ---


def test_a_reminder_that_comes_late_says_how_late() -> None:
    assert "(said 12 min late)" in words(at(promised(), "T+10", late_minutes=12))


def test_a_reminder_that_came_due_while_no_bot_was_running_says_why_it_is_late() -> None:
    life = promised()
    key = f"promise/{life.promise().id}/T+10"
    life.now = life.promise().due.utc + timedelta(minutes=22)
    life.do("bot", c.ReturnAfterAway(life.now - timedelta(minutes=29), life.now))
    life.do("bot", c.FireReminder(key))
    assert "(said 12 min late: the bot was away)" in words(render(f"reminder:{key}", life.view))


def test_less_than_a_minute_late_is_not_worth_a_word() -> None:
    assert "late" not in words(at(promised(), "T-15", late_minutes=0.9))


def test_a_reminder_that_slack_held_up_says_so() -> None:
    life = promised()
    at(life, "T-5")
    life.minutes(3)

    message = render(f"reminder:promise/{life.promise().id}/T-5", life.view)

    assert "in 2 min." in words(message)
    assert "(said 3 min late: Slack could not be reached)" in words(message)


# --- at the promised time and after it ---


def test_at_the_time_the_pio_hears_that_it_is_not_out_and_nothing_is_called_late() -> None:
    message = at(promised(), "T+0")

    assert words(message) == (
        f"<@{PIO}>, <@{PIO_2}>, the update promised for Sun 14 Nov, 21:00 PST is not out.\n"
        "Nobody has begun to write it."
    )
    assert list(buttons(message)) == ["Write update", "No change"]


def test_after_ten_minutes_the_ic_hears_how_late_it_is() -> None:
    message = at(promised(), "T+10")

    assert words(message).startswith(
        f"<@{IC}>, the update promised for Sun 14 Nov, 21:00 PST is 10 min late."
    )


def test_an_update_in_review_waits_for_people_by_name() -> None:
    life = promised()
    life.minutes(40)
    life.submit("D4", "update")
    life.approve("D4", PIO)

    message = at(life, "T+0")

    assert (
        f"Scheduled update, revision 1 waits for approval by sme since Sun 14 Nov, 20:45 PST: <@{SME}>. "
        "It is in the thread of Scheduled update."
    ) in words(message)
    assert not buttons(message)  # a lead approves only words they see


def test_an_update_that_came_back_waits_for_its_author() -> None:
    life = promised()
    life.submit("D4", "update")
    life.minutes(30)
    life.ask_for_changes("D4", "Which side?")

    message = at(life, "T+0")

    assert f"came back from <@{PIO}> on Sun 14 Nov, 20:35 PST; no new revision yet." in words(message)
    assert list(buttons(message)) == ["Write draft"]


def test_an_approved_update_waits_to_be_posted_and_marked() -> None:
    life = promised()
    draft = approved_update(life, next_update=120)

    message = at(life, "T+0")

    assert "is approved since Sun 14 Nov, 20:05 PST and not marked as published." in words(message)
    assert buttons(message) == {"Mark as published": (names.MARK, names.pack(life.state.id, draft.id, "1"))}


def approved_update(life: Life, *, next_update: float) -> Draft:
    life.submit("D4", "update", next_update=next_update)
    life.approve("D4", SME, PIO)
    return life.draft("D4")


def test_an_approved_update_whose_own_time_has_passed_is_renewed_first() -> None:
    life = promised()
    approved_update(life, next_update=30)

    assert list(buttons(at(life, "T+0"))) == ["Renew times", "Mark as published"]


def test_a_role_without_members_says_who_stands_in() -> None:
    life = promised(roster=Roster({**ROSTER.members, "ic": ()}))

    message = at(life, "T+10")

    assert words(message).startswith(f"<@{PIO}>, <@{PIO_2}>, the update")
    assert "Nobody has the role ic, so this goes to you." in words(message)


def test_without_roles_the_opener_hears_it() -> None:
    life = Life(roster=NO_ROLES)
    life.submit("D1", by=COLLEAGUE)
    life.approve("D1", PIO)
    life.mark("D1", "x")

    message = at(life, "T+0")

    assert words(message).startswith(f"<@{COMMUNICATOR}>, the update")
    assert "No roles are configured, so this goes to you." in words(message)


def test_a_reminder_that_is_overtaken_while_slack_is_away_asks_for_nothing() -> None:
    life = promised()
    at(life, "T+0")
    key = f"reminder:promise/{life.promise().id}/T+0"
    life.published("D4", "update")

    message = render(key, life.view)

    assert "the update promised for Sun 14 Nov, 21:00 PST is settled by now." in words(message)
    assert not buttons(message)


# --- approved and not marked ---


def test_an_approved_text_that_nobody_marked_asks_whether_it_was_posted() -> None:
    life = Life()
    life.submit("D1")
    life.approve("D1", PIO)
    draft = life.draft("D1")

    message = render(life.fire_next(), life.view)

    assert words(message) == (
        f"<@{COMMUNICATOR}>: Holding statement, revision 1 was approved on Sun 14 Nov, 20:00 PST "
        "and is not marked as published.\n"
        "Posted? Mark it. Not posted? Post the texts above, then mark it."
    )
    assert buttons(message) == {"Mark as published": (names.MARK, names.pack(life.state.id, draft.id, "1"))}


def unmarked_at(point: str) -> tuple[Life, str]:
    """A text approved at 20:00 that promises an update for 20:30 and that nobody marked."""
    life = Life()
    life.submit("D1", next_update=30)
    life.approve("D1", PIO)
    life.minutes({"T-5": 25, "T+0": 30}[point])
    key = f"unmarked-promise/{life.draft('D1').id}/1/{point}"
    life.do("bot", c.FireReminder(key))
    return life, f"reminder:{key}"


def test_before_the_time_it_prints_the_author_is_asked_again() -> None:
    life, thing = unmarked_at("T-5")

    message = render(thing, life.view)

    assert words(message).startswith("Holding statement, revision 1 was approved")
    assert "It promises the next update for Sun 14 Nov, 20:30 PST, in 5 min." in words(message)
    assert "Not posted? Post the texts in its thread, then mark it." in words(message)
    assert list(buttons(message)) == ["Mark as published"]


def test_at_the_time_it_prints_the_pio_is_asked_and_the_times_can_be_renewed() -> None:
    life, thing = unmarked_at("T+0")

    message = render(thing, life.view)

    assert words(message).startswith(f"<@{PIO}>, <@{PIO_2}>: Holding statement")
    assert "20:30 PST, that is now." in words(message)
    assert "Not posted? Renew its times first. Posted? Mark it." in words(message)
    assert list(buttons(message)) == ["Renew times", "Mark as published"]


def test_once_it_is_marked_it_is_settled() -> None:
    life, thing = unmarked_at("T-5")
    life.mark("D1", "x")

    message = render(thing, life.view)

    assert "Holding statement, revision 1 is settled by now." in words(message)
    assert not buttons(message)


# --- steps and people ---


def test_a_step_that_is_due_goes_to_the_holder_with_its_button() -> None:
    life = Life()

    message = render(life.fire_next(), life.view)

    assert words(message) == (
        "Holding statement was due on Sun 14 Nov, 20:15 PST and is not submitted.\n"
        "(sent to the holder of the incident)"
    )
    assert buttons(message) == {"Write draft": (names.WRITE, names.pack(life.state.id, "D1", "statement"))}


def test_a_step_that_is_due_once_more_says_so_with_the_time_of_this_round() -> None:
    def briefing(raw: dict[str, Any]) -> None:
        inside = {"title": "For the leaders", "templates": {"internal": "Crews look at {{ road }}."}}
        raw["phases"]["during"][0].update(recurrence="recurring", cadence=30, texts={"internal": inside})

    life = Life(raw=bent(briefing))
    life.minutes(5)
    life.submit("D1", "internal")
    life.approve_all("D1")
    life.mark("D1", "internal")
    life.minutes(30)

    message = render(life.fire()[0], life.view)

    assert words(message).startswith(
        "Holding statement was due again on Sun 14 Nov, 20:35 PST and is not submitted."
    )


def test_ones_own_reminder_comes_back_in_ones_own_words() -> None:
    life = Life()
    due = Instant.of(life.now, ZONE).model_copy(update={"utc": life.now.replace(minute=5)})
    life.do(COMMUNICATOR, c.SetReminder(due, "Call <!here> & the district\nsoon"))
    life.minutes(5)

    message = render(life.fire()[0], life.view, kind="dm", user=COMMUNICATOR)

    assert words(message).startswith(
        f"Highway 7 flooding in <#{CONVERSATION}>: your reminder for Sun 14 Nov, 20:05 PST."
    )
    assert quoted(message) == ["Call <!here> & the district\nsoon"]
    assert message.text.endswith("You wrote: Call &lt;!here&gt; &amp; the district soon.")


def test_after_closing_reminders_have_nothing_to_press() -> None:
    life = Life()
    thing = life.fire_next()
    life.close()

    assert not buttons(render(thing, life.view))
