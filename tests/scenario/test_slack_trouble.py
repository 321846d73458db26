"""Slack in trouble: away at the start, gone in the middle, refusing; nothing is lost and nothing doubled.

A whole incident under every fault is in test_every_fault.py.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import update

from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.returning import AGAIN_MAX
from ecomms_bot.practice.stage import Stage
from ecomms_bot.store import tasks
from ecomms_bot.store.tables import tasks as task_table
from tests.scenario.acting import VANCOUVER, Case, filled, opens, person, starts_form
from tests.scenario.aftermath import key_of
from tests.scenario.site import site


def posted(on: Stage) -> Counter[str]:
    """How often each message stands in Slack, by its key."""
    keys: Counter[str] = Counter()
    with on.workspace.lock:
        for place in on.workspace.channels.values():
            keys.update(
                each.metadata["event_payload"]["key"] for each in place.messages if each.metadata is not None
            )
    return keys


def all_once(case: Case) -> None:
    """Everything that was to be shown is shown, once, and nothing is left undone."""
    assert {key: number for key, number in posted(case.on).items() if number > 1} == {}
    with case.on.bot.db.read() as conn:
        troubled = [each for each in tasks.troubled(conn) if each.incident == case.id]
    assert [(each.key, each.outcome) for each in troubled if each.state != "done"] == []


# --- the connection ---------------------------------------------------------------------------------------


def test_slack_gone_at_start_and_coming_later(tmp_path: Path) -> None:
    with site(tmp_path) as place:
        # given nobody listens at Slack's address when the bot starts
        place.server.stop()
        bot = place.build()
        bot.start()
        try:
            assert not bot.line.wait_until_up(0.05)
            assert not bot.line.known
            # when Slack comes
            place.server.start()
            place.workspace.wait_connected(timeout=30)
            assert bot.line.wait_until_up(30)
            assert opens(Stage(place.workspace, bot, place.clock, {})).messages("card")
        finally:
            bot.stop()


@pytest.mark.parametrize("abrupt", [False, True], ids=["closed by Slack", "broken without a word"])
def test_the_socket_dropped_in_the_middle_comes_back_and_work_goes_on(case: Case, *, abrupt: bool) -> None:
    case.sends("mara")
    before = {each.number for each in case.on.workspace.connections}
    case.on.workspace.drop_connections(abrupt=abrupt)
    case.on.workspace.wait_for(
        lambda: {each.number for each in case.on.workspace.connections} - before, timeout=30
    )
    assert case.approves("pia").ok
    assert case.draft().status == "approved"


def test_slack_asks_for_a_new_connection_and_gets_one(case: Case) -> None:
    before = {each.number for each in case.on.workspace.connections}
    case.on.workspace.refresh_connections()
    case.on.workspace.wait_for(
        lambda: {each.number for each in case.on.workspace.connections} - before, timeout=20
    )
    assert case.types("mara", "status").ok


def test_slack_gone_for_ten_minutes_makes_reminders_late_and_loses_none(case: Case) -> None:
    # given Mara has not begun the text that is due at 20:15, and Slack goes away at 20:10
    case.clock("20:10")
    on = case.on
    outage = on.workspace.faults.outage()
    for clock in ("20:15", "20:20"):
        on.clock.set(case.at(clock), 0.0)
        on.bot.alarm.nudge()
        on.workspace.wait_for(lambda: on.workspace.calls[-1].fault is not None)
    # when it is back at 20:20
    on.workspace.faults.clear(outage)
    on.settle()
    # then she is told once, and everything is shown
    told = [each.plain() for each in case.dms("mara") if "Holding statement" in each.plain()]
    assert len(told) == 1
    assert "due today at 20:15" in told[0]
    all_once(case)


def test_what_is_in_a_form_while_slack_is_gone_is_sent_when_it_is_back(case: Case) -> None:
    on, mara = case.on, case.actor("mara")
    case.clicks("mara", case.last("step"), "Write draft")
    mara.person.fill({"hazard_seen": "mudslides", "road": "Highway 7", "area_description": "near Hope"})
    # given the line breaks while Mara looks at her form
    outage = on.workspace.faults.outage()
    on.workspace.drop_connections(abrupt=False)
    answer = mara.person.submit()
    # then Slack says so, and her words stay on the screen
    assert answer.error
    modal = mara.person.modal
    assert modal is not None
    assert modal.field("area_description") == "near Hope"
    assert case.entries("DraftSaved") == []
    # when Slack is back, the same press keeps them
    on.workspace.faults.clear(outage)
    on.workspace.wait_connected(timeout=30)
    assert mara.submits().answer.pushed
    assert len(case.entries("DraftSaved")) == 1


# --- calls ------------------------------------------------------------------------------------------------


def test_a_short_outage_delays_everything_and_loses_nothing(stage: Stage) -> None:
    case = opens(stage)
    review = case.sends("mara")
    outage = stage.workspace.faults.outage()
    # when Pia's click comes in while no call goes out
    assert case.actor("pia").person.click(review, "Approve").ok
    stage.workspace.wait_for(lambda: stage.workspace.calls[-1].fault is not None)
    stage.workspace.faults.clear(outage)
    stage.settle()
    assert len(case.messages("publish")) == 1
    all_once(case)


def test_a_form_that_slack_does_not_open_is_told_and_nothing_was_changed(case: Case) -> None:
    before = len(case.entries())
    for set_fault in ("drop_before", "server_error", "rate_limited"):
        getattr(case.on.workspace.faults, set_fault)("views.open")
        reply = case.clicks("mara", case.last("step"), "Write draft")
        assert "Slack did not open the form in time. Nothing was changed." in reply.words
    assert len(case.entries()) == before


def test_a_form_whose_opening_was_lost_on_the_way_back_is_on_the_screen_and_works(case: Case) -> None:
    case.on.workspace.faults.drop_after("views.open")
    case.clicks("mara", case.last("step"), "Write draft")
    mara = case.actor("mara")
    assert mara.person.modal is not None
    reply = mara.submits({"hazard_seen": "mudslides", "road": "Highway 7", "area_description": "near Hope"})
    assert reply.answer.pushed


# --- the conversation -------------------------------------------------------------------------------------


def test_the_answer_to_the_creation_was_lost_so_the_conversation_is_adopted(stage: Stage) -> None:
    stage.workspace.faults.drop_after("conversations.create")
    case = opens(stage)
    made = [each for each in stage.workspace.conversations if each.name.endswith(case.id[-4:])]
    assert [each.id for each in made] == [case.conversation.id]
    assert case.messages("card")
    all_once(case)


def test_a_name_that_is_taken_by_somebody_else_is_told_with_what_to_do(stage: Stage) -> None:
    # given somebody made a conversation of exactly this name in the moment before
    mara = starts_form(stage)
    modal = mara.person.modal
    assert modal is not None
    incident = make_id("i", modal.id)
    stage.workspace.add_conversation(f"exercise-highway-7-slides-{incident[-4:]}", ["theo"])
    mara.submits(filled())
    case = Case(stage, incident, stage.now.astimezone(VANCOUVER))
    # then the opener is told by direct message, the incident is there, and nothing was posted anywhere else
    (dm,) = case.dms("mara")
    assert "it is not the bot's" in dm.plain()
    assert "Open the incident once more" in dm.plain()
    assert case.state.open
    assert case.state.conversation is None
    (failure,) = case.entries("EffectFailed")
    assert failure.actor == "bot"


def test_something_that_cannot_be_done_is_said_in_the_conversation_with_what_to_do(stage: Stage) -> None:
    stage.workspace.faults.error("conversations.invite", "restricted_action")
    case = opens(stage)
    trouble = case.last("trouble").plain()
    assert "Not done:" in trouble
    assert "A rule of this workspace does not let the bot do this." in trouble
    assert "What to do: Ask a Slack administrator to allow it." in trouble
    assert "1 thing could not be done" in case.last("card").plain()
    with stage.bot.db.read() as conn:
        (failed,) = [each for each in tasks.troubled(conn) if each.incident == case.id]
    assert (failed.kind, failed.state) == ("invite", "failed")


def test_an_answer_that_may_stand_twice_says_so(stage: Stage) -> None:
    # given the answer to a post is lost, and the bot may not read the history to look for it
    stage.workspace.faults.drop_after("chat.postMessage")
    stage.workspace.faults.error("conversations.history", "missing_scope", times=None)
    case = opens(stage)
    keys = posted(stage)
    (twice,) = [key for key, number in keys.items() if number > 1]
    said = [each for each in case.messages() if twice in str(each.metadata)]
    assert "Sent again: the first attempt may have arrived." not in said[0].plain()
    assert "Sent again: the first attempt may have arrived." in said[1].plain()
    with stage.bot.db.read() as conn:
        unsure = [each.key for each in tasks.troubled(conn) if each.incident == case.id and each.unsure]
    assert unsure == [twice]
    # what is there twice is no problem that the look afterwards should report
    stage.workspace.calls[:] = [call for call in stage.workspace.calls if key_of(call) != twice]


# --- what people do to conversations, messages and accounts -------------------------------------------------


def mended(case: Case) -> None:
    """A minute passes on the machine's clock, after which the bot tries again what a person had to mend."""
    with case.on.bot.db.write() as conn:
        waiting = (task_table.c.incident == case.id, task_table.c.state == "pending")
        conn.execute(update(task_table).where(*waiting).values(retry_at=None))
    case.on.set(case.on.now)


def told(case: Case, who: str) -> str:
    """The last direct message to this person about this incident."""
    return case.dms(who)[-1].plain()


def test_a_conversation_that_is_archived_in_the_middle_is_told_to_whoever_runs_the_incident(
    case: Case,
) -> None:
    on = case.on
    case.writes("mara")
    on.workspace.archive(case.conversation)
    # when Mara sends a text for approval, nobody can see it
    sent = case.submits("mara")
    assert sent.answer.closed
    assert "Not done: The conversation is archived." in told(case, "mara")
    assert "What to do: Unarchive it and invite the bot again, or go on in another" in told(case, "mara")
    # and once somebody does that, all that was kept is shown, once
    on.workspace.unarchive(case.conversation)
    person(on, "mara").invite_app(case.conversation)
    mended(case)
    assert case.approves("pia").ok
    assert case.draft().status == "approved"
    assert {key: number for key, number in posted(on).items() if number > 1} == {}


def test_a_bot_that_was_put_out_of_the_conversation_says_how_to_let_it_in(case: Case) -> None:
    on = case.on
    case.writes("mara")
    case.conversation.members.remove(on.workspace.bot.id)
    case.submits("mara")
    assert "Not done: The bot is not a member of the conversation." in told(case, "mara")
    assert "What to do: Type /invite and the bot's name in it." in told(case, "mara")
    person(on, "mara").invite_app(case.conversation)
    mended(case)
    assert case.approves("pia").ok


def test_a_review_whose_thread_was_deleted_for_good_stands_in_the_conversation(case: Case) -> None:
    # given somebody deletes the step's message again and again while Mara writes
    case.writes("mara")
    for _ in range(AGAIN_MAX + 1):
        case.on.workspace.delete_message(case.conversation, case.last("step").ts)
        case.on.heard()
    assert case.submits("mara").answer.closed
    # then the leads find the review in the conversation, and can decide
    (review,) = case.messages("review")
    assert review.thread_ts is None
    assert case.clicks("pia", review, "Approve").ok
    assert case.draft().status == "approved"
    (publish,) = case.messages("publish")
    assert publish.thread_ts is None
    # and that the step's own message does not come back any more is said once
    assert [each.plain() for each in case.dms("mara") if "will not be posted again" in each.plain()]


def test_somebody_in_a_role_whose_account_was_switched_off_is_named(stage: Stage) -> None:
    dale = stage.workspace.user("dale")
    stage.workspace.deactivate("dale")
    try:
        case = opens(stage)
        words = case.last("trouble").plain()
        assert "Not done: Not invited to the conversation: @Dale Ito (sme)." in words
        assert "This person's Slack account is switched off or cannot take part here." in words
        assert "What to do: All others are in." in words
        # and all others are
        members = {stage.workspace.user(each).handle for each in case.conversation.members}
        assert members == {"ecomms", "mara", "theo", "pia", "irene", "otto"}
    finally:
        dale.deleted = False
        stage.workspace.conversation("ops-desk").members.append(dale.id)


def test_a_user_group_that_cannot_be_read_leaves_its_role_to_the_next_who_is_told(tmp_path: Path) -> None:
    with site(tmp_path) as place:
        place.roles["pio"] = [place.workspace.add_group("on-call", ["pia"]).id]
        # given a workspace whose plan has no user groups
        place.workspace.faults.error("usergroups.users.list", "plan_upgrade_required", times=None)
        with place.at_work() as on:
            review = opens(on).sends("mara")
            said = "Nobody has the role public information officer (pio), so this goes to @Irene Wall"
            assert said in review.plain()


# --- long names ---------------------------------------------------------------------------------------------


def test_the_longest_name_makes_a_conversation_that_slack_takes(stage: Stage) -> None:
    longest = "Überflutung " * 5  # 60 characters
    case = opens(stage, name=longest)
    assert len(case.conversation.name) <= 80
    assert case.conversation.name.endswith(case.id[-4:])
    assert longest.strip() in case.last("card").plain()


@pytest.mark.parametrize("length", [61, 80, 40_000])
def test_a_longer_name_is_refused_with_every_word_kept(stage: Stage, length: int) -> None:
    """Slack's own client lets nobody type so much; a forged submission can."""
    mara = starts_form(stage)
    mara.person.fill(filled("x" * length))
    answer = mara.person.submit(unchecked=True)
    assert answer.errors == {
        "Name": f"These are {length:,} characters, and 60 are the most. "
        "Your words are still here: shorten them."
    }
    modal = mara.person.modal
    assert modal is not None
    assert modal.field("Name") == "x" * length
    assert stage.bot.records.open_incidents() == []
