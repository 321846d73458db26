"""A drill that people take part in: each inject comes once, at its minute, and what people do answers it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import effects as fx
from ecomms_bot.incident import things
from ecomms_bot.incident.drilling import awaited, running, still_to_come
from ecomms_bot.incident.effects import wanted
from ecomms_bot.incident.events import DiscussionAdded, DrillEnded, InjectGiven, Quoted, WasAway
from ecomms_bot.incident.evolve import replay
from ecomms_bot.incident.faces import faces
from ecomms_bot.incident.state import Reaction
from ecomms_bot.incident.timeline import lines
from ecomms_bot.incident.wording import Rejected
from tests.incident.drill_night import ALL_KINDS, begin, drill, drill_night, inject, on, reply, thread
from tests.incident.put_right import correct, correcting_book
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, EXEC, IC, NIGHT, PIO, Story, at, flood

THREE = drill(inject("first", 5), inject("second", 5), inject("third", 20), minutes=30)


def of(*injects: dict[str, object], minutes: int = 50) -> Story:
    return begin(Story(), drill(*injects, minutes=minutes), playbook=correcting_book())


@pytest.fixture
def story() -> Story:
    return begin(Story(), THREE)


def given(story: Story) -> list[str]:
    return [each.event.inject for each in story.log if isinstance(each.event, InjectGiven)]


def answer(story: Story, name: str = "asked") -> Reaction | None:
    return story.state.injects[name].answered


def how(story: Story, name: str = "asked") -> str:
    found = answer(story, name)
    return found.how if found else ""


# --- what comes, and when -----------------------------------------------------------------------------------


def test_each_inject_comes_at_its_minute_and_then_the_end(story: Story) -> None:
    times = story.reminder_times()
    assert {key: due for key, due in times.items() if key.startswith(("inject", "drill"))} == {
        "inject/first": at(20, 5),
        "inject/second": at(20, 5),
        "inject/third": at(20, 20),
        "drill/end": at(20, 30),
    }
    on(story, at(20, 5))
    assert given(story) == ["first", "second"]
    on(story, at(20, 40))
    assert given(story) == ["first", "second", "third"]
    assert not running(story.state)
    assert story.state.open


def test_what_comes_stands_in_the_conversation_in_its_order(story: Story) -> None:
    on(story, at(20, 30))
    shown = [each.event.thing for each in story.log if each.type == "Posted"]  # type: ignore[union-attr]
    drawn = [each for each in shown if each.split(":")[0] in {"inject", "briefing", "drill-end"}]
    assert drawn == ["briefing", "inject:first", "inject:second", "inject:third", "drill-end"]
    assert shown.index("card") < shown.index("briefing") < shown.index("step:D1")


def test_without_a_conversation_nothing_can_be_shown() -> None:
    story = Story()
    begin(story, THREE)
    bare = replace(story.state, posted={})
    assert not [key for key in wanted(bare, NIGHT) if "inject" in key and "reminder" not in key]


def test_nothing_comes_of_a_drill_in_another_incident() -> None:
    story = Story().open(exercise=True)
    assert not [key for key in story.reminder_times() if key.startswith(("inject", "drill"))]
    assert not running(story.state)
    assert not still_to_come(story.state)
    assert not awaited(story.state)


def test_after_a_restart_all_that_was_missed_comes_at_once_in_its_order(story: Story) -> None:
    story.wake_at(at(20, 21))
    assert given(story) == ["first", "second", "third"]
    late = [each.event.late_seconds for each in story.log if isinstance(each.event, InjectGiven)]
    assert late == [16 * 60, 16 * 60, 60]


def test_who_comes_back_after_the_end_finds_the_drill_over(story: Story) -> None:
    story.wake_at(at(20, 33))
    assert given(story) == []
    (end,) = (each.event for each in story.log if isinstance(each.event, DrillEnded))
    assert end.late_seconds == 180


def test_a_clock_that_is_set_back_takes_nothing_away(story: Story) -> None:
    (first, *_) = story.reminders()
    assert story.do(c.FireReminder("inject/third"), "bot") != ()
    assert first.ids["reminder"] == "inject/first"
    assert given(story) == ["first", "second", "third"]


def test_what_came_once_does_not_come_again(story: Story) -> None:
    on(story, at(20, 5))
    assert story.do(c.FireReminder("inject/first"), "bot") == ()
    assert given(story) == ["first", "second"]


def test_who_was_away_is_not_told_what_a_drill_brings(story: Story) -> None:
    story.now = at(20, 25)
    story.do(c.ReturnAfterAway(at(20, 2), at(20, 25)), "bot")
    (away,) = (each.event for each in story.log if isinstance(each.event, WasAway))
    assert [each.key for each in away.due] == ["step/D1"]


def test_closing_the_incident_ends_the_drill(story: Story) -> None:
    on(story, at(20, 6))
    story.do(c.CloseIncident("Enough for today."), IC)
    story.work()
    assert story.state.drill_ended is not None
    assert things.DRILL_END in story.state.posted
    assert story.until(at(21, 0)) == []
    assert given(story) == ["first", "second"]


def test_closing_after_the_end_leaves_the_end_where_it_was(story: Story) -> None:
    on(story, at(20, 30))
    end = story.state.drill_ended
    story.do(c.CloseIncident("Done."), IC)
    assert story.state.drill_ended == end


def test_the_debrief_goes_to_the_conversation_and_to_who_began_it(story: Story) -> None:
    on(story, at(20, 29))
    story.until(at(20, 30))
    debriefs = [task for task in story.pending.values() if task.kind == fx.REPORT]
    assert [task.ids.get("user", "") for task in debriefs] == ["", COMMUNICATOR]
    assert {task.ids["thing"] for task in debriefs} == {things.DEBRIEF}


# --- how it is opened ---------------------------------------------------------------------------------------


def opening(**changes: object) -> c.OpenIncident:
    whole: dict[str, object] = {
        "name": "Chilliwack River rising",
        "area": "",
        "zone": "America/Vancouver",
        "phase": "during",
        "severity": "S2",
        "exercise": True,
        "playbook": flood().raw,
        "playbook_sha256": flood().sha256,
        "drill": THREE,
        **changes,
    }
    return c.OpenIncident(**whole)  # type: ignore[arg-type] # each has its type above


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"exercise": False}, "drill-live", "A drill is an exercise"),
        ({"drill": {"id": "x"}}, "drill", "schema_version: this is missing"),
        ({"playbook": {**flood().raw, "id": "wildfire"}}, "drill-playbook", "made for another playbook"),
        ({"drill": {**THREE, "take_part": None, "scenes": []}}, "drill-playbook", "made for another"),
    ],
)
def test_a_drill_that_cannot_be_held_is_refused(changes: dict[str, object], code: str, words: str) -> None:
    with pytest.raises(Rejected, match=words) as refused:
        Story().do(opening(**changes), COMMUNICATOR)
    assert refused.value.code == code


def test_the_drill_is_kept_as_it_was_when_it_began(story: Story) -> None:
    assert story.state.drill is not None
    assert story.state.drill.title == "A river night"
    first = lines(story.state, story.log)[0]
    assert ", drill A river night" in str(first.sentence)


# --- what answers -------------------------------------------------------------------------------------------


def test_words_in_its_thread_answer_what_asks_for_a_reply() -> None:
    story = of(inject("asked", 1), inject("other", 2))
    on(story, at(20, 3))
    reply(story, "asked", "We call them.")
    assert answer(story) == Reaction(COLLEAGUE, at(20, 3), "reply", story.state.seq)
    assert answer(story, "other") is None
    assert story.state.injects["asked"].noticed == answer(story)


def test_the_first_answer_counts() -> None:
    story = of(inject("asked", 1))
    on(story, at(20, 2))
    reply(story, "asked", "We call them.")
    first = answer(story)
    on(story, at(20, 4))
    reply(story, "asked", "They say yes.", by=IC)
    assert answer(story) == first


def test_how_long_it_took_counts_from_when_it_could_be_read() -> None:
    story = of(inject("asked", 1))
    story.until(at(20, 8))  # Slack is away until then
    story.work()
    story.now = at(20, 10)
    reply(story, "asked", "We call them.")
    given, answered = story.state.injects["asked"], answer(story)
    assert (given.at, given.shown) == (at(20, 1), at(20, 8))
    assert answered is not None
    assert given.after(answered) == timedelta(minutes=2)
    # and posted again, it has been there before
    story.do(c.RecordGone(things.inject_thing("asked"), thread(story, "asked")), "bot")
    story.work()
    assert story.state.injects["asked"].shown == at(20, 8)


def test_words_alone_do_not_answer_what_asks_for_more() -> None:
    story = of(inject("asked", 1, "fact", of="gauge_level_m"))
    on(story, at(20, 2))
    reply(story, "asked", "Write it down.")
    assert answer(story) is None
    assert story.state.injects["asked"].noticed is not None
    story.do(c.RecordFact("homes", "120", "the city"), COMMUNICATOR)
    assert answer(story) is None
    story.do(c.RecordFact("gauge_level_m", "6.8", "the hydrologist"), COMMUNICATOR)
    assert how(story) == "fact"


def test_words_in_the_thread_of_a_text_under_review_are_about_that_text() -> None:
    story = of(inject("asked", 1))
    story.submit("D1")
    on(story, at(20, 2))
    story.do(c.AddDiscussion(story.state.posted[things.step_thing("D1")].ts, "1.1", "From Agassiz."), IC)
    assert answer(story) is None
    assert [each.draft != "" for each in story.state.discussion.values()] == [True]


def test_which_of_two_sources_counts_answers_a_number_too() -> None:
    story = of(inject("asked", 3, "fact", of="homes"))
    on(story, at(20, 2))
    story.do(c.RecordFact("homes", "120", "the city"), COMMUNICATOR)
    story.do(c.RecordFact("homes", "90", "the region"), COMMUNICATOR)
    on(story, at(20, 4))
    story.do(c.DecideFact("homes", story.state.facts["homes"][0].id, "They counted."), PIO)
    assert how(story) == "decision about a fact"


def test_what_is_added_to_the_log_from_its_message_answers_a_reply() -> None:
    story = of(inject("asked", 1), inject("newer", 2, "fact"))
    on(story, at(20, 3))
    quoted = Quoted(conversation="C-flood", ts=thread(story, "asked"))
    story.do(c.RecordFact("homes", "90", "the caller", quoted), COMMUNICATOR)
    assert (how(story), how(story, "newer")) == ("fact", "")


def test_a_note_answers_the_newest_that_asks_for_a_reply() -> None:
    story = of(inject("asked", 1), inject("newer", 2), inject("number", 3, "fact"))
    on(story, at(20, 4))
    story.do(c.AddNote("They were called back."), COMMUNICATOR)
    assert (how(story), how(story, "newer"), how(story, "number")) == ("", "note", "")


def test_a_note_made_from_any_other_message_is_like_any_note() -> None:
    story = of(inject("asked", 1))
    on(story, at(20, 2))
    story.do(c.AddNote("Seen.", Quoted(conversation="C-flood", ts="1.0")), COMMUNICATOR)
    assert how(story) == "note"


def test_a_text_of_the_step_answers_once_it_is_submitted() -> None:
    story = of(inject("asked", 1, "text", of=["D1"]))
    on(story, at(20, 2))
    story.save("D1")
    assert answer(story) is None
    story.submit("D1")
    assert how(story) == "text"


def test_a_correction_answers_by_the_step_it_corrects() -> None:
    story = of(inject("asked", 2, "correction", of="D1"), inject("any", 2, "correction"))
    wrong = story.publish("D1")
    on(story, at(20, 3))
    story.submit("D4", "update")
    assert (how(story), how(story, "any")) == ("", "")
    correct(story, wrong)
    assert (how(story), how(story, "any")) == ("", "correction")
    story.do(c.EndRelease(wrong.id, 1, ("x",), "It was wrong."), COMMUNICATOR)
    assert how(story) == "text taken down"


def test_a_question_written_down_answers() -> None:
    story = of(inject("asked", 1, "question"))
    on(story, at(20, 2))
    story.do(c.AskQuestion("Which way is open?", COMMUNICATOR), COMMUNICATOR)
    assert how(story) == "question"


@pytest.mark.parametrize("way", ["severity", "handover", "question", "mention"])
def test_word_passed_on_to_a_lead_answers(way: str) -> None:
    story = of(inject("asked", 1, "escalate"))
    on(story, at(20, 2))
    match way:
        case "severity":
            story.do(c.ChangeSeverity("S1", "People are in there."), IC)
        case "handover":
            story.do(c.OfferHandover(IC, "You decide."), COMMUNICATOR)
        case "question":
            story.do(c.AskQuestion("Do we say so?", EXEC), COMMUNICATOR)
        case _:
            reply(story, "asked", "That is yours, @U0IC.")
    assert answer(story) is not None


def test_to_ask_oneself_or_to_talk_is_not_to_pass_it_on() -> None:
    story = of(inject("asked", 1, "escalate"))
    on(story, at(20, 2))
    story.do(c.AskQuestion("Do we say so?", COMMUNICATOR), COMMUNICATOR)
    reply(story, "asked", "Oh no, write to desk@example.org.")
    assert answer(story) is None


def test_after_the_end_nothing_answers_any_more(story: Story) -> None:
    on(story, at(20, 30))
    assert story.do(c.AddDiscussion(thread(story, "third"), "9.9", "Too late."), COLLEAGUE) == ()
    story.do(c.AddNote("Too late."), COMMUNICATOR)
    assert all(each.answered is None for each in story.state.injects.values())


# --- their threads ------------------------------------------------------------------------------------------


def test_what_is_said_in_its_thread_is_kept_changed_and_deleted(story: Story) -> None:
    on(story, at(20, 6))
    root = thread(story, "first")
    (said,) = story.do(c.AddDiscussion(root, "1.1", "We call."), IC)
    assert said == DiscussionAdded(inject="first", person=IC, text="We call.", ts="1.1")
    story.do(c.ChangeDiscussion("1.1", "We called."), IC)
    story.do(c.DeleteDiscussion("1.1"), "bot")
    words = [str(each.sentence) for each in lines(story.state, story.log)][-3:]
    which = "in the thread of inject 1 of 3, Duty hydrologist, by phone: “This is first.”"
    assert words == [
        f"U-ic wrote {which}: We call.",
        f"U-ic changed what they wrote {which}: We called.",
        f"What U-ic wrote {which} was deleted in Slack; this log keeps it",
    ]


def test_an_inject_that_somebody_deletes_comes_back_and_its_first_thread_still_counts(story: Story) -> None:
    on(story, at(20, 6))
    old = thread(story, "first")
    story.do(c.RecordGone(things.inject_thing("first"), old), "bot")
    story.work()
    assert thread(story, "first") != old
    story.do(c.AddDiscussion(old, "1.1", "We call."), IC)
    assert story.state.injects["first"].answered is not None


def test_who_deletes_it_again_and_again_means_it(story: Story) -> None:
    on(story, at(20, 6))
    for _ in range(4):
        story.do(c.RecordGone(things.inject_thing("first"), thread(story, "first")), "bot")
        story.work()
    assert things.inject_thing("first") not in story.state.posted
    assert "Inject 1 of 3, Duty hydrologist" in story.state.failures[-1].problem


def test_once_the_drill_is_over_it_stays_deleted(story: Story) -> None:
    on(story, at(20, 30))
    story.do(c.RecordGone(things.inject_thing("first"), thread(story, "first")), "bot")
    story.work()
    assert things.inject_thing("first") not in story.state.posted


def test_its_message_changes_when_it_is_answered_and_when_the_drill_ends(story: Story) -> None:
    on(story, at(20, 6))
    first = faces(story.state)["inject:first"]
    reply(story, "first", "We call.")
    answered = faces(story.state)["inject:first"]
    on(story, at(20, 30))
    assert len({first, answered, faces(story.state)["inject:first"]}) == 3


# --- in the log ---------------------------------------------------------------------------------------------


def test_the_log_says_what_came_and_how_late() -> None:
    story = begin(Story(), THREE)
    story.wake_at(at(20, 8))
    story.until(at(20, 30))
    words = [str(each.sentence) for each in lines(story.state, story.log)]
    assert "Inject 1 of 3, Duty hydrologist, by phone: “This is first.” (3 min late)" in words
    assert "Inject 3 of 3, Duty hydrologist, by phone: “This is third.”" in words
    assert "End of the drill" in words


def test_a_whole_drill_is_the_replay_of_its_log() -> None:
    night = drill_night()
    assert replay(night.state.id, night.log) == night.state
    found = {name: each.answered.how for name, each in night.state.injects.items() if each.answered}
    assert found == {
        "gauge": "fact",
        "rumour": "reply",
        "statement": "text",
        "which-way": "question",
        "two-numbers": "fact",
        "worse": "change of severity",
        "wrong-word": "correction",
    }
    assert [each.id for each in night.state.injects.values() if each.answered is None] == ["no-slack"]
    assert ALL_KINDS["take_part"]["injects"][-1]["id"] == "no-slack"


def test_an_inject_whose_entry_was_redacted_does_not_come_again() -> None:
    story = begin(Story(), THREE)
    on(story, at(20, 6))
    log = [
        replace(each, event=None) if each.event == InjectGiven(inject="first") else each for each in story.log
    ]
    state = replay(story.state.id, log)
    assert list(state.injects) == ["second"]
    assert [each.id for each in still_to_come(state)] == ["third"]
    said = next(each for each in story.log if each.type == "InjectGiven")
    assert "This is first." in str(
        lines(state, story.log)[[x.seq for x in lines(state, story.log)].index(said.seq)].sentence
    )
