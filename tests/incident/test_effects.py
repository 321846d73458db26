"""What follows in Slack: tasks are the difference of before and after, each with a key that is used once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import effects as fx
from ecomms_bot.incident import things
from ecomms_bot.incident.effects import wanted
from ecomms_bot.incident.entry import Task
from ecomms_bot.incident.faces import troubles
from ecomms_bot.incident.state import Draft
from ecomms_bot.incident.things import Place
from tests.incident.stories import (
    COLLEAGUE,
    COMMUNICATOR,
    CONVERSATION,
    IC,
    PIO,
    ROSTER,
    SME,
    Story,
    at,
    instant,
)

ID = "i7abcdefghij"


def keys(story: Story) -> list[str]:
    """What is to be done now, without the incident's id in front."""
    return [key.removeprefix(f"{ID}/") for key, task in story.pending.items() if task.kind != fx.REMINDER]


def todo(story: Story, key: str) -> Task:
    return story.pending[f"{ID}/{key}"]


def finish(story: Story, key: str) -> None:
    story.finish(todo(story, key))


@pytest.fixture
def story() -> Story:
    return Story().open()


# --- Opening


def test_the_conversation_comes_first_and_what_belongs_in_it_waits_for_it() -> None:
    # Given an incident that was opened a moment ago, the conversation and the answer to the opener are due,
    story = Story().open(shown=False)
    assert keys(story) == ["open-conversation", "answer"]
    assert todo(story, "answer").lane == todo(story, "open-conversation").lane  # one after the other
    assert todo(story, "open-conversation").due_at == story.now
    # once it stands: the card and the invitation, ahead of the answer,
    finish(story, "open-conversation")
    assert keys(story) == ["answer", "post/card", "invite"]
    # and once the card stands: the pin and the root of the first step.
    finish(story, "post/card")
    finish(story, "invite")
    assert keys(story) == ["answer", "pin", "post/step:D1"]
    # They are in one lane, so that one comes after the other; the answer is the last.
    (answer, *others) = (todo(story, key) for key in keys(story))
    assert {task.lane for task in others} == {answer.lane}
    assert max(task.due_at for task in others) < answer.due_at
    for key in ("pin", "post/step:D1", "answer"):
        finish(story, key)
    assert keys(story) == []


def test_an_opening_goes_on_at_once_though_the_clock_is_set_back_in_its_middle() -> None:
    # Given an incident opened while the clock was an hour ahead,
    story = Story().open(shown=False)
    story.now -= timedelta(hours=1)
    # when its conversation stands, then nothing that goes ahead of the answer waits for the hour to pass.
    finish(story, "open-conversation")
    finish(story, "post/card")
    ahead = [todo(story, key) for key in ("invite", "pin", "post/step:D1")]
    assert all(task.due_at < story.now for task in ahead)


def test_nothing_is_wanted_of_an_incident_that_does_not_exist() -> None:
    assert wanted(Story().state, at(20, 0)) == {}


def test_a_task_holds_ids_and_never_a_text(story: Story) -> None:
    draft = story.submit("D1")
    task = todo(story, f"post/review:{draft.id}:1")
    assert dict(task.ids) == {"thing": f"review:{draft.id}:1", "step": "D1"}
    assert (task.incident, task.kind, task.lane) == (ID, fx.POST, f"{ID}/step/D1")


# --- First posts


def test_a_review_is_posted_only_when_the_step_s_own_message_stands() -> None:
    story = Story().open(shown=False)
    draft = story.submit("D1")
    finish(story, "open-conversation")
    finish(story, "post/card")
    assert f"post/review:{draft.id}:1" not in keys(story)
    finish(story, "post/step:D1")
    assert f"post/review:{draft.id}:1" in keys(story)


def test_each_revision_decision_and_mark_has_its_message(story: Story) -> None:
    draft = story.submit("D1")
    story.do(c.AskForChanges(draft.id, 1, "Which lanes?"), PIO)
    draft = story.approve(story.submit("D1", facts={"road": "Highway 1"}), PIO)
    story.mark(draft, "x")
    (mark,) = story.state.drafts[draft.id].marks
    posts = [key for key in keys(story) if key.startswith("post/")]
    assert posts == [
        f"post/review:{draft.id}:1",
        f"post/returned:{draft.id}:1",
        f"post/review:{draft.id}:2",
        f"post/publish:{draft.id}:2",
        "post/step:D4",
        f"post/receipt:{draft.id}:{mark.seq}",
    ]


def test_the_same_thing_is_recorded_once(story: Story) -> None:
    assert story.do(c.RecordPosted(things.CARD, CONVERSATION, "9.9", 2), "bot") == ()
    assert story.state.posted[things.CARD].ts != "9.9"


# --- Edits


def edits(story: Story) -> dict[str, str]:
    """Which message is to be edited under which key."""
    return {task.ids["thing"]: key for key, task in story.pending.items() if task.kind == fx.EDIT}


def test_what_changed_its_look_is_edited_and_nothing_else(story: Story) -> None:
    draft = story.submit("D1")
    assert set(edits(story)) == {things.CARD, "step:D1"}
    story.work()
    # A working copy beside a text in review shows nowhere.
    story.save("D1", facts={"road": "Highway 1"})
    assert edits(story) == {}
    story.approve(draft, PIO)
    assert set(edits(story)) == {things.CARD, "step:D1", f"review:{draft.id}:1"}
    story.work()
    story.mark(story.state.drafts[draft.id], "x")
    assert set(edits(story)) == {things.CARD, "step:D1", f"review:{draft.id}:1", f"publish:{draft.id}:1"}


def test_a_second_edit_of_the_same_message_waits_in_the_first(story: Story) -> None:
    # Given a card that is to be edited, when more happens before it is,
    story.save("D1")
    before = edits(story)[things.CARD]
    story.submit("D1")
    # then one edit is pending, and it will show everything; after it a new one has a key of its own.
    assert edits(story)[things.CARD] == before
    story.work()
    story.do(c.StartStep("D3"), PIO)
    assert edits(story)[things.CARD] != before


def test_two_edits_of_one_message_go_one_after_the_other(story: Story) -> None:
    story.submit("D1")
    card = todo(story, edits(story)[things.CARD].removeprefix(f"{ID}/"))
    assert (card.lane, card.coalesce) == (f"{ID}/edit/card", True)
    assert todo(story, edits(story)["step:D1"].removeprefix(f"{ID}/")).lane == f"{ID}/edit/step:D1"


def test_a_first_post_that_shows_an_older_state_is_edited_at_once(story: Story) -> None:
    # Given a review whose post was drawn before the pio approved through another way,
    draft = story.submit("D1")
    review = todo(story, f"post/review:{draft.id}:1")
    seen = story.state.seq
    story.approve(draft, PIO)
    # when Slack's answer comes back only now, the message is edited to what it should show.
    del story.pending[review.key]
    story.do(c.RecordPosted(review.ids["thing"], CONVERSATION, "7.0", seen), "bot")
    assert review.ids["thing"] in edits(story)


def test_a_first_post_that_shows_the_latest_state_is_not_edited(story: Story) -> None:
    draft = story.submit("D1")
    finish(story, f"post/review:{draft.id}:1")
    assert f"review:{draft.id}:1" not in edits(story)


def test_noting_where_things_stand_never_edits_a_card(story: Story) -> None:
    story.submit("D1")
    story.work()
    story.do(c.RecordPosted("receipt:d1:9", CONVERSATION, "8.0", 1), "bot")
    assert edits(story) == {}


def test_a_closed_incident_takes_the_buttons_away_everywhere(story: Story) -> None:
    in_review = story.submit("D3")
    approved = story.approve(story.submit("D1"), PIO)
    story.work()
    story.do(c.CloseIncident("Enough."), PIO)
    assert {things.CARD, "step:D1", "step:D3", f"review:{in_review.id}:1", f"publish:{approved.id}:1"} <= set(
        edits(story)
    )
    assert "post/closing" in keys(story)


# --- Reminders


def test_a_reminder_waits_until_it_is_due_and_is_no_message_by_itself(story: Story) -> None:
    task = todo(story, "reminder/step/D1")
    assert (task.kind, task.due_at, dict(task.ids)) == (fx.REMINDER, at(20, 15), {"reminder": "step/D1"})


def said(story: Story) -> list[tuple[str, str, str]]:
    """Kind, thing and receiver (or thread) of every message of a reminder that is to be sent."""
    return [
        (task.kind, task.ids["thing"], task.ids.get("user") or task.ids.get("step", ""))
        for task in story.pending.values()
        if task.ids.get("thing", "").startswith("reminder:")
    ]


def test_a_reminder_before_a_promise_goes_to_people_and_to_its_thread(story: Story) -> None:
    draft = story.submit("D1", by=COLLEAGUE, next_update=at(21, 0))
    story.mark(story.approve(draft, PIO))
    story.work()
    story.until(at(20, 45))
    thing = f"reminder:promise/{draft.id}-1/T-15"
    assert said(story) == [(fx.POST, thing, "D1"), (fx.DM, thing, COLLEAGUE), (fx.DM, thing, COMMUNICATOR)]


def test_an_escalation_is_said_in_the_conversation(story: Story) -> None:
    draft = story.publish("D1", next_update=at(20, 5))
    story.work()
    story.until(at(20, 5))
    assert said(story) == [(fx.POST, f"reminder:promise/{draft.id}-1/T+0", "")]
    # The card says from then on that it is not out.
    assert set(edits(story)) == {things.CARD}


def test_a_step_shows_whether_its_text_was_sent_back(story: Story) -> None:
    story.save("D1")
    draft = story.submit("D1")
    story.work()
    story.do(c.AskForChanges(draft.id, 1, "Which side?"), PIO)
    assert "step:D1" in edits(story)
    story.work()
    story.submit("D1", facts={"road": "Highway 1"})
    assert "step:D1" in edits(story)


def test_approved_and_not_marked_is_said_in_the_thread_alone(story: Story) -> None:
    draft = story.approve(story.submit("D1"), PIO)
    story.work()
    story.until(at(20, 5))
    assert said(story) == [(fx.POST, f"reminder:unmarked/{draft.id}/1/0", "D1")]
    # but its printed time also goes to people.
    story.until(at(20, 55))
    assert (fx.DM, f"reminder:unmarked-promise/{draft.id}/1/T-5", COMMUNICATOR) in said(story)


def test_a_step_that_is_due_is_said_to_its_holder_and_in_its_thread(story: Story) -> None:
    story.until(at(20, 15))
    assert said(story) == [(fx.POST, "reminder:step/D1", "D1"), (fx.DM, "reminder:step/D1", COMMUNICATOR)]


def test_a_reminder_of_one_s_own_is_said_to_that_person(story: Story) -> None:
    story.do(c.SetReminder(instant(at(20, 10)), "Call the mayor."), IC)
    story.until(at(20, 10))
    ((kind, _, user),) = said(story)
    assert (kind, user) == (fx.DM, IC)


def test_what_was_said_while_there_was_no_conversation_is_posted_when_there_is_one() -> None:
    # Given Slack down since the opening, when a step came due and a promise was missed meanwhile,
    story = Story().open(shown=False)
    draft = story.publish("D1", next_update=at(20, 10))
    story.until(at(20, 10))
    assert all(kind == fx.DM for kind, _, _ in said(story))
    # then all of it is posted once Slack is back.
    story.work()
    posted = story.state.posted
    assert f"reminder:promise/{draft.id}-1/T-5" in posted
    assert f"reminder:promise/{draft.id}-1/T+0" in posted


# --- Trouble


def failed(story: Story, thing: str, kind: str = fx.POST) -> None:
    story.do(c.RecordFailure("some/task", kind, thing, "Slack refused it.", "Invite the bot."), "bot")


def test_what_could_not_be_done_is_said_in_the_conversation_and_on_the_card(story: Story) -> None:
    failed(story, "step:D1")
    assert keys(story)[0] == f"post/trouble:{story.state.seq}"
    assert things.CARD in edits(story)


def test_a_card_that_could_not_be_pinned_says_so_itself_and_one_that_could_not_be_edited_does_not(
    story: Story,
) -> None:
    before = edits(story).get(things.CARD)
    failed(story, things.CARD, fx.EDIT)
    assert edits(story).get(things.CARD) == before
    failed(story, things.CARD, fx.PIN)
    assert edits(story)[things.CARD] != before


def test_who_wanted_the_log_alone_is_told_that_it_could_not_be_sent(story: Story) -> None:
    story.do(c.AskReport(), COLLEAGUE)
    (report,) = story.state.reports
    story.work()
    failed(story, things.report_thing(report), fx.REPORT)
    assert keys(story) == [f"dm/trouble:{story.state.seq}/{COLLEAGUE}"]
    assert troubles(story.state) == ()


def test_an_incident_that_is_closed_before_it_has_a_conversation_gets_none(story: Story) -> None:
    story = Story().open(shown=False)
    story.do(c.CloseIncident("Twice.", in_error=True), PIO)
    assert keys(story) == []
    # and if the call was on its way already, its conversation shows what is so
    story.do(c.RecordPosted(things.CONVERSATION, CONVERSATION, "", story.state.seq), "bot")
    assert "post/card" in keys(story)


def test_without_its_card_the_steps_are_posted_all_the_same() -> None:
    story = Story().open(shown=False)
    finish(story, "open-conversation")
    assert "post/step:D1" not in keys(story)
    failed(story, things.CARD)
    assert "post/step:D1" in keys(story)


def test_without_a_conversation_the_opener_is_told() -> None:
    story = Story().open(shown=False)
    failed(story, things.CONVERSATION)
    thing = f"trouble:{story.state.seq}"
    task = todo(story, f"dm/{thing}/{COMMUNICATOR}")
    assert dict(task.ids) == {"thing": thing, "user": COMMUNICATOR}


def test_that_there_was_no_conversation_is_not_told_in_the_conversation() -> None:
    # Given a conversation that could not be made at first, of which the opener was told,
    story = Story().open(shown=False)
    failed(story, things.CONVERSATION)
    thing = f"trouble:{story.state.seq}"
    # when it stands after all, nobody reads in it that it does not.
    story.work()
    assert things.CARD in story.state.posted
    assert thing not in story.state.posted


def test_each_failure_is_told_once(story: Story) -> None:
    failed(story, "step:D1")
    first = keys(story)[0]
    story.work()
    failed(story, "step:D1")
    assert keys(story)[0] != first
    assert story.keys.count(f"{ID}/{first}") == 1


# --- Nothing twice


def test_no_key_is_ever_added_twice_in_a_whole_night(story: Story) -> None:
    for hour in range(3):
        story.publish("D3" if hour else "D1", next_update=story.now + timedelta(minutes=50))
        story.work()
        story.until(story.now + timedelta(minutes=55))
        story.work()
    facts = {"next_update_at": None, "no_promise_reason": "the road is open"}
    story.publish("D4", "final", facts=facts)
    story.do(c.CloseIncident("Done."), PIO)
    story.work()
    assert len(story.keys) == len(set(story.keys))
    assert story.pending == {}


# --- Where things stand


def test_a_thing_s_first_place_is_its_thread_or_the_conversation(story: Story) -> None:
    draft = story.submit("D1")
    review = things.review_thing(draft.id, 1)
    root = story.state.posted["step:D1"].ts
    assert things.place_of(story.state, review, "D1") == Place(CONVERSATION, thread=root)
    assert things.place_of(story.state, things.CARD) == Place(CONVERSATION)
    # A root message is not in its own thread, and a step that is not there yet has none.
    assert things.place_of(story.state, "step:D1", "D1") is None
    assert things.place_of(story.state, review, "D3") is None
    assert things.place_of(Story().open(shown=False).state, things.CARD) is None


def test_an_edit_goes_to_the_message_that_stands(story: Story) -> None:
    card = story.state.posted[things.CARD]
    assert things.edit_place(story.state, things.CARD) == Place(CONVERSATION, ts=card.ts)
    assert things.edit_place(story.state, "step:D3") is None


def test_a_thing_s_name_tells_its_kind_and_ids() -> None:
    assert things.split(things.review_thing("d1", 2)) == ("review", ("d1", "2"))
    assert things.split(things.reminder_thing("promise/d1-1/T+0")) == ("reminder", ("promise/d1-1/T+0",))
    assert things.split(things.CARD) == ("card", ())


def test_a_promise_of_two_drafts_is_answered_and_both_reminders_go(story: Story) -> None:
    def draft_of(step: str, due: int, *people: str) -> Draft:
        return story.approve(story.submit(step, next_update=at(21, due)), *people)

    for draft in (draft_of("D1", 0, PIO), draft_of("D3", 30, SME, PIO, IC)):
        story.mark(draft)
    assert len(story.reminder_times("promise/")) == 8
    story.now = at(20, 30)
    story.publish("D4", "update", next_update=at(22, 0))
    assert len(story.reminder_times("promise/")) == 4


def test_a_card_that_cannot_be_edited_is_told_of_once_and_does_not_call_for_its_own_edit() -> None:
    # Given an incident whose card was deleted, so that its edit failed,
    story = Story().open()
    story.work()
    edit = c.RecordFailure("some/edit", fx.EDIT, things.CARD, "The message is gone.", "Type status.")
    story.do(edit, "bot")
    # then the trouble is told, and no edit of the card follows from telling it;
    assert [key.split(":")[0] for key in keys(story)] == ["post/trouble"]
    story.work()
    # when the next edit fails too, nothing more is said.
    assert (
        story.do(c.RecordFailure("other/edit", fx.EDIT, things.CARD, "The message is gone.", ""), "bot") == ()
    )
    assert keys(story) == []


# --- When Slack refuses the place


def asked(story: Story, thing: str) -> set[str]:
    """Who is told of a thing in person."""
    return {
        task.ids["user"]
        for task in story.pending.values()
        if task.kind == fx.DM and task.ids["thing"] == thing
    }


def test_an_escalation_that_the_conversation_did_not_take_goes_to_its_people() -> None:
    # Given a promise that nobody kept and a conversation that was archived,
    story = Story().open()
    story.work()
    draft = story.publish("D1", next_update=story.now + timedelta(minutes=60))
    story.work()
    story.until(story.now + timedelta(minutes=60))
    thing = f"reminder:promise/{draft.id}-1/T+0"
    assert asked(story, thing) == set()
    # when posting there fails,
    failed(story, thing)
    # then every pio is told in person.
    assert asked(story, thing) == set(ROSTER.of("pio"))


def test_trouble_that_the_conversation_did_not_take_goes_to_who_runs_the_incident(story: Story) -> None:
    story.work()
    failed(story, "step:D1")
    told = f"trouble:{story.state.seq}"
    failed(story, told)
    assert asked(story, told) == {story.state.holder, story.state.opener}


def test_without_the_root_of_its_step_the_author_is_asked_in_person_whether_it_was_posted() -> None:
    # Given a step whose first message Slack refused, and a text of it that was approved all the same,
    story = Story().open(shown=False)
    finish(story, "open-conversation")
    failed(story, "step:D1")
    story.approve(story.submit("D1"), PIO)
    # when nobody marks it, the author is asked alone.
    [key] = story.until(story.now + timedelta(minutes=5))
    assert asked(story, f"reminder:{key}") == {COMMUNICATOR}


def test_an_incident_without_a_conversation_still_escalates() -> None:
    story = Story().open(shown=False)
    story.do(
        c.RecordFailure("some/task", fx.OPEN_CONVERSATION, things.CONVERSATION, "Not allowed.", "Ask."), "bot"
    )
    draft = story.publish("D1", next_update=story.now + timedelta(minutes=60))
    story.until(story.now + timedelta(minutes=60))
    assert asked(story, f"reminder:promise/{draft.id}-1/T+0") == set(ROSTER.of("pio"))


def test_what_slack_puts_off_leaves_the_line_of_an_opening_but_for_the_conversation() -> None:
    opening = f"{ID}/{things.CONVERSATION}"
    # an invitation that has to wait lets the first step pass
    assert fx.lane_of_retry("k", fx.INVITE, opening) == "k"
    # without a conversation there is nowhere to go
    assert fx.lane_of_retry("k", fx.OPEN_CONVERSATION, opening) == opening
    # and in a thread one message still comes after the other
    assert fx.lane_of_retry("k", fx.POST, f"{ID}/step/D1") == f"{ID}/step/D1"
