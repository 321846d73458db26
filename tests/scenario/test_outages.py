"""Slack, its conversations, its people or the database gone in the middle: told, kept, done later."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from ecomms_bot.practice.stage import COMMAND
from ecomms_bot.service import carrying
from tests.scenario.acting import HOLDING, UPDATE, Case, office, opens
from tests.scenario.test_slack_trouble import all_once


@pytest.fixture(autouse=True)
def _tries_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no test waits a minute of true time for the next attempt."""
    monkeypatch.setattr(carrying, "RETRY_MAX_S", 0.2)
    monkeypatch.setattr(carrying, "MEND_EVERY_S", 0.2)


def comes(case: Case, kind: str) -> None:
    """Wait until a message of this kind is there, however often it is tried."""
    case.on.workspace.wait_for(lambda: bool(case.messages(kind)), timeout=20, what=f"the {kind}")


def hears(case: Case, handle: str, words: str) -> None:
    """Wait until a direct message to this person says so."""
    case.on.workspace.wait_for(
        lambda: any(words in each.plain() for each in case.dms(handle)),
        what=lambda: f"“{words}” in {[each.plain() for each in case.dms(handle)]}",
    )


def fires(case: Case, number: int) -> None:
    """Wait until so many reminders stand in the log."""
    case.on.workspace.wait_for(lambda: len(case.entries("ReminderFired")) >= number, what="the reminder")


# --- Slack --------------------------------------------------------------------------------------------------


def test_slack_away_for_ten_minutes_delays_reminders_and_loses_no_word(live: Case) -> None:
    on = live.on
    live.publishes()
    due = live.state.live_promises[0].due.utc
    on.set(due - timedelta(minutes=6))
    # given Mara has a form open, and Slack goes
    live.clicks("mara", live.last("step", "D4"), "Write update")
    mara = live.actor("mara").person
    mara.fill(live.entered({**UPDATE, "next_update_at": due + timedelta(hours=2)}, "mara"))
    outage, cut = on.workspace.faults.outage(), on.workspace.cut_sockets()
    on.workspace.wait_for(lambda: not on.workspace.connections)
    # when T-5 and the promised time pass, and she presses Next
    for minutes in (-5, 0):
        fired = len(live.entries("ReminderFired"))
        on.clock.set(due + timedelta(minutes=minutes), 0.0)
        on.bot.alarm.nudge()
        fires(live, fired + 1)
    on.clock.set(due + timedelta(minutes=4), 0.0)
    answer = mara.submit()
    # then Slack says so, and her words are still there
    assert answer.error is not None
    assert mara.modal is not None
    assert mara.modal.field("What is new") == UPDATE["news"]
    # when Slack is back
    for fault in (outage, cut):
        on.workspace.faults.clear(fault)
    on.workspace.wait_connected(timeout=30)
    on.settle()
    # then everything that came due meanwhile is said, once, and says that it is late
    all_once(live)
    said = [each.plain() for each in live.messages("reminder")]
    assert any("late" in words or "overdue" in words.casefold() for words in said), said
    # and the same form works
    assert live.submits("mara").answer.pushed


# --- the conversation ---------------------------------------------------------------------------------------


def test_from_an_archived_conversation_reminders_go_to_people_until_it_is_mended(live: Case) -> None:
    # given a promise, and somebody archives the conversation
    live.publishes()
    place, due = live.conversation, live.state.live_promises[0].due.utc
    live.on.workspace.archive(place)
    # when 15 minutes before the promise have come
    fired = len(live.entries("ReminderFired"))
    live.on.clock.set(due - timedelta(minutes=15), 0.0)
    live.on.bot.alarm.nudge()
    fires(live, fired + 1)
    # then its author is reminded in their own messages, and told what the conversation needs
    hears(live, "mara", "promised for")
    hears(live, "mara", "The conversation is archived")
    assert not live.messages("reminder")
    # and once that is done, the next reminder stands in the conversation, once
    live.on.workspace.unarchive(place)  # Slack takes bots out of what is archived
    live.actor("mara").person.invite_app(place)
    live.on.clock.set(due, 0.0)
    live.on.bot.alarm.nudge()
    comes(live, "reminder")
    live.on.settle()
    assert len(live.messages("reminder")) == 1


def test_who_removes_the_bot_is_told_what_to_do_and_what_was_to_be_shown_is_shown_then(live: Case) -> None:
    place, review = live.conversation, live.sends("mara")
    live.actor("mara").person.remove_app(place)
    # when Pia decides
    assert live.actor("pia").person.click(review, "Approve").ok
    live.on.workspace.wait_for(lambda: bool(live.entries("EffectFailed")), what="the failure in the log")
    # then it counts, and somebody is told what to do
    assert live.draft().status == "approved"
    live.on.workspace.wait_for(lambda: any("/invite" in dm.plain() for dm in live.dms("mara")))
    # and once that is done, what was to be shown is shown
    live.actor("mara").person.invite_app(place)
    comes(live, "publish")
    live.on.settle()


def test_a_step_whose_root_was_deleted_goes_on_below_a_new_one(live: Case) -> None:
    root = live.last("step")
    live.on.workspace.delete_message(live.conversation, root.ts)
    # when Mara goes on from the card
    live.clicks("mara", live.last("card"), "Next step")
    assert live.submits("mara", **HOLDING).answer.pushed
    assert live.submits("mara").answer.closed
    live.on.settle()
    # then the review stands in the thread of the new one, once, and can be decided there
    (again,) = live.messages("step")
    assert again.ts != root.ts
    (review,) = live.messages("review")
    assert review.thread_ts == again.ts
    live.clicks("pia", review, "Approve")
    assert live.draft().status == "approved"
    assert len(live.messages("publish")) == 1


def test_a_deactivated_person_is_left_out_and_named_and_the_rest_is_done(tmp_path: Path) -> None:
    with office(tmp_path) as on:
        on.workspace.deactivate("dale")
        case = opens(on, live=True)
        on.settle()
        trouble = case.last("trouble").plain()
        assert "Dale Ito" in trouble
        assert "account is switched off" in trouble
        assert case.actor("pia").id in case.conversation.members
        case.publishes()
        assert case.state.live_promises


# --- the database -------------------------------------------------------------------------------------------


def accepts_connections(server: str, database: str, *, yes: bool) -> None:
    """Let nobody into this database and send away who is in it, or let them in again."""
    name = make_url(database).database
    with psycopg.connect(server, autocommit=True) as administrator:
        administrator.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {str(yes).lower()}".encode())
        if not yes:
            sent_away = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            administrator.execute(sent_away, [name])


def test_the_database_gone_says_so_keeps_the_words_and_takes_them_once_it_is_back(
    tmp_path: Path, postgres_url: str, postgres_database_url: str
) -> None:
    with office(tmp_path, database_url=postgres_database_url) as on:
        case = opens(on)
        case.clicks("mara", case.last("step"), "Write draft")
        mara, theo, place = case.actor("mara"), case.actor("theo"), case.conversation
        mara.person.fill(dict(HOLDING))
        before = len(case.entries())
        # when the database is gone
        accepts_connections(postgres_url, postgres_database_url, yes=False)
        typed = theo.person.command(place, COMMAND, "note The mayor called")
        kept = mara.person.submit()
        # then both are told by the bot itself, and no word is lost
        assert typed.error is None
        assert kept.error is None
        assert "cannot be reached" in (typed.text or "")
        assert "/ecomms note The mayor called" in (typed.text or "")
        assert all("What you typed is still here." in words for words in kept.errors.values())
        assert kept.errors
        # and once it is back the same form goes on
        accepts_connections(postgres_url, postgres_database_url, yes=True)
        assert len(case.entries()) == before
        assert mara.submits().answer.pushed
        assert case.types("theo", "note The mayor called").ok
