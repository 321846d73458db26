"""Texts that say what counts no more: they are flagged, everybody hears of it, what shows them changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.changes import change, told
from ecomms_bot.incident.events import RevisionSubmitted, UsedFact
from ecomms_bot.incident.evolve import replay
from ecomms_bot.incident.progress import Urgent, urgent
from ecomms_bot.incident.standing import flags, flags_of
from ecomms_bot.incident.things import changed_fact_thing
from ecomms_bot.incident.wording import Rejected
from tests.incident.sheet import LEVEL, decide, record, says
from tests.incident.stories import COMMUNICATOR, IC, PIO, SME, Story, at, flood_with

ROAD = "Highway 7 (Lougheed Highway)"
"""What every text of the story says."""


@pytest.fixture
def story() -> Story:
    """A river at 3.1 m, operations say."""
    opened = Story().open()
    record(opened, "3.1")
    return opened


def flagged(story: Story) -> list[tuple[int, str, str]]:
    """Of each text: its revision, the value that it says, and why that counts no more."""
    return [(each.revision.number, str(each.fact.value), each.why) for each in flags(story.state)]


def messages(story: Story) -> list[str]:
    """The facts about which the conversation was told, as people read their values."""
    prefix = changed_fact_thing("")
    ids = [thing.removeprefix(prefix) for thing in story.state.posted if thing.startswith(prefix)]
    facts = {fact.id: str(fact.value) for said in story.state.facts.values() for fact in said}
    return [facts[each] for each in ids]


def edits(story: Story) -> set[str]:
    """The kinds of things that are to be edited."""
    return {task.ids["thing"].split(":")[0] for task in story.pending.values() if task.kind == "edit"}


# --- What a text remembers


def test_a_text_remembers_which_facts_it_says(story: Story) -> None:
    (fact,) = story.state.facts[LEVEL]
    draft = story.submit("D4", "update", facts={LEVEL: "3.10"})
    event = story.log[-1].event
    assert isinstance(event, RevisionSubmitted)
    assert event.facts == (UsedFact(name=LEVEL, fact=fact.id),)
    assert draft.current.facts == {LEVEL: fact.id}


@pytest.mark.parametrize("level", ["3.2", None])
def test_and_none_that_it_does_not(story: Story, level: str | None) -> None:
    assert story.submit("D4", "update", facts={LEVEL: level}).current.facts == {}


def test_a_text_that_says_what_counts_is_not_flagged(story: Story) -> None:
    says(story, "3.1")
    record(story, "3.1", "the city")
    assert flagged(story) == []


# --- A fact that changed


def test_a_fact_that_changed_flags_what_is_out_and_what_is_on_its_way(story: Story) -> None:
    # Given an update that is out and one in review, when operations say something new,
    says(story, "3.1")
    waiting = story.submit("D4", "update", facts={LEVEL: "3.1", "road": "Highway 1"})
    record(story, "3.4")
    # then both are flagged, and the new one counts.
    assert flagged(story) == [(1, "3.1", "changed"), (1, "3.1", "changed")]
    (flag,) = flags_of(story.state, waiting)
    assert flag.now == story.state.fact(LEVEL)


def test_it_blocks_neither_the_approval_nor_the_receipt(story: Story) -> None:
    """Who approves sees the flag; a receipt says what happened, and a post that is out stays out."""
    draft = story.submit("D4", "update")
    record(story, "3.4")
    story.mark(story.approve(draft, SME, PIO))
    assert flagged(story) == [(1, "3.1", "changed")]


def test_an_update_with_what_counts_takes_the_flag_away(story: Story) -> None:
    says(story, "3.1")
    record(story, "3.4")
    story.now = at(20, 5)
    says(story, "3.4")
    assert flagged(story) == []


def test_of_two_texts_of_one_minute_the_later_stands(story: Story) -> None:
    """People give minutes; two texts that replaced each other would leave none to be put right."""
    says(story, "3.1")
    record(story, "3.4")
    says(story, "3.4")
    record(story, "3.6")
    assert flagged(story) == [(1, "3.4", "changed")]


def test_what_was_never_out_and_is_given_up_is_not_flagged(story: Story) -> None:
    draft = story.submit("D4", "update")
    record(story, "3.4")
    story.do(c.WithdrawDraft(draft.id, "Not needed."), COMMUNICATOR)
    assert flagged(story) == []


def test_the_conversation_hears_once_of_a_change_that_texts_need(story: Story) -> None:
    # Given a text that says 3.1,
    says(story, "3.1")
    story.work()
    # when the level changes, is said again, and by another source, then it is told once.
    for source in ("operations", "operations", "the city"):
        record(story, "3.4", source)
        story.now = at(20, story.now.minute + 6)
        story.work()
    assert messages(story) == ["3.4"]
    # When it changes again, then again.
    record(story, "3.6")
    decide(story, story.state.facts[LEVEL][-1])
    story.work()
    assert messages(story) == ["3.4", "3.6"]


def test_what_no_text_says_changes_in_silence(story: Story) -> None:
    record(story, "3.4")
    record(story, "Highway 1", name="road")
    story.work()
    assert messages(story) == []


def test_what_is_put_right_before_anybody_read_of_it_is_not_told(story: Story) -> None:
    says(story, "3.1")
    earlier = story.state.facts[LEVEL][0]
    record(story, "3.4")
    decide(story, earlier)
    story.work()
    assert messages(story) == []


def test_before_there_is_a_conversation_nobody_can_be_told() -> None:
    story = Story().open(shown=False)
    record(story, "3.1")
    record(story, "4.0", "media")
    assert list(told(story.state).values()) == [LEVEL]
    assert not any("changed-fact" in key for key in story.pending)


def test_nor_after_it_was_closed(story: Story) -> None:
    record(story, "4.0", "media")
    story.do(c.CloseIncident("It is over."), PIO)
    story.work()
    assert messages(story) == []


# --- Sources that disagree


def test_a_conflict_flags_texts_and_is_told_once_whoever_else_joins_in(story: Story) -> None:
    says(story, "3.1")
    media = record(story, "4.0", "media")
    story.work()
    record(story, "4.4", "the city")
    story.work()
    assert flagged(story) == [(1, "3.1", "disputed")]
    assert told(story.state) == {media.id: LEVEL}
    assert messages(story) == ["4.0"]


def test_it_is_told_also_where_no_text_says_it(story: Story) -> None:
    record(story, "140", "RCMP", name="vehicles")
    record(story, "50", "media", name="vehicles")
    story.work()
    assert messages(story) == ["50"]


def refused(story: Story, command: c.SubmitDraft) -> tuple[str, str | None, str]:
    with pytest.raises(Rejected) as no:
        story.do(command, COMMUNICATOR)
    return no.value.code, no.value.field, str(no.value)


@pytest.mark.parametrize("level", ["3.1", "4.0", "3.5"])
def test_until_somebody_decides_no_text_says_it_in_any_way(story: Story, level: str) -> None:
    # Given that the media say 4.0,
    media = record(story, "4.0", "media")
    # when a text says either, or the mean, then it is refused beside the field;
    command = story.submission("D4", "update", facts={LEVEL: level})
    code, field, words = refused(story, command)
    assert (code, field) == ("disputed", LEVEL)
    assert words == (
        "Conflict: 4.0 m (media, 20:00 PST) or 3.1 m (operations, 20:00 PST)? Until somebody decides, no "
        "text can say it. Leads and the holder can decide under /ecomms facts."
    )
    # when it leaves it out, or somebody has decided, then it is not.
    assert story.submit("D4", "update", facts={LEVEL: None}).current.number == 1
    decide(story, media)
    story.do(command, COMMUNICATOR)
    assert "RevisionSubmitted" in story.types()


def test_nor_is_it_approved_while_sources_disagree_about_it(story: Story) -> None:
    # Given a text in review that says 3.1, when the media say 4.0,
    draft = story.submit("D4", "update")
    record(story, "4.0", "media")
    # then nobody approves it, and the approver hears how to go on;
    with pytest.raises(Rejected) as no:
        story.approve(draft, SME)
    assert no.value.code == "disputed"
    assert str(no.value) == (
        "Sources disagree since this was sent: 4.0 m (media, 20:00 PST) or 3.1 m (operations, 20:00 PST)? "
        "Decide under /ecomms facts, then approve it or ask for changes. Your click was not counted."
    )
    # when somebody decided, then it is;
    decide(story, story.state.facts[LEVEL][0])
    assert story.approve(draft, SME, PIO).status == "approved"


def test_where_waiting_is_worse_an_override_lets_it_out(story: Story) -> None:
    draft = story.submit("D4", "update")
    record(story, "4.0", "media")
    story.do(c.Override(draft.id, 1, draft.current.text_sha256, "The road goes under."), PIO)
    assert story.state.drafts[draft.id].status == "approved"
    assert flagged(story) == [(1, "3.1", "disputed")]


def renewed(story: Story, source: str) -> c.SubmitDraft:
    """New times for an approved text, after this source said 3.4."""
    story.approve(story.submit("D4", "update"), SME, PIO)
    record(story, "3.4", source)
    story.now = at(20, 10)
    return story.submission("D4", "update", renews=True, next_update=at(21, 30))


def test_new_times_alone_may_stand_beside_what_changed(story: Story) -> None:
    """The words were approved, and the flag tells who approves the times."""
    story.do(renewed(story, "operations"), COMMUNICATOR)
    (draft,) = story.state.drafts.values()
    assert (draft.status, len(draft.revisions)) == ("in review", 2)


def test_and_not_beside_what_is_disputed(story: Story) -> None:
    assert refused(story, renewed(story, "media"))[:2] == ("disputed", LEVEL)


# --- A fact that is not known any more


def test_a_fact_that_nobody_renewed_flags_texts_and_is_told(story: Story) -> None:
    # Given a text with a level that is known until 21:00,
    record(story, "3.2", until=at(21, 0))
    says(story, "3.2", next_update=at(23, 0))
    story.work()
    assert flagged(story) == []
    # when that time comes, then it is flagged and the conversation hears of it,
    story.until(at(21, 0))
    story.work()
    assert flagged(story) == [(1, "3.2", "expired")]
    assert messages(story) == ["3.2"]
    # until operations say that it is still so.
    record(story, "3.2", until=at(22, 0))
    assert flagged(story) == []


def test_a_level_that_changed_and_then_ran_out_is_told_in_one_message(story: Story) -> None:
    says(story, "3.1", next_update=at(23, 0))
    fact = record(story, "3.4", until=at(20, 20))
    story.work()
    story.until(at(20, 20))
    assert told(story.state) == {fact.id: LEVEL}


# --- What the message about a fact says


def test_it_says_what_sources_say_then_who_decided(story: Story) -> None:
    draft = says(story, "3.1")
    operations, media = story.state.facts[LEVEL][0], record(story, "4.0", "media")
    seen = change(story.state, media.id)
    assert seen is not None
    assert (seen.why, seen.sides, [each.draft.id for each in seen.texts]) == (
        "disputed",
        (operations, media),
        [draft.id],
    )
    decide(story, media)
    seen = change(story.state, media.id)
    assert seen is not None
    assert (seen.why, seen.now, seen.sides, seen.newer) == ("changed", media, (), False)
    assert seen.decision == story.state.decided[LEVEL]


def test_of_two_about_one_name_the_older_points_to_the_newer(story: Story) -> None:
    says(story, "3.1")
    older, newer = record(story, "3.4"), record(story, "3.6")
    seen = [change(story.state, each.id) for each in (older, newer)]
    assert [each.newer for each in seen if each] == [True, False]


def test_once_nothing_is_left_to_do_it_is_settled(story: Story) -> None:
    fact = record(story, "3.4")
    seen = change(story.state, fact.id)
    assert seen is not None
    assert (seen.why, seen.texts, seen.now, seen.decision, seen.newer) == ("settled", (), fact, None, False)
    assert change(story.state, "f-none") is None


# --- Messages that change


def quiet(story: Story) -> None:
    """Everything is shown, and nothing waits to be edited."""
    story.work()
    assert edits(story) == set()


def test_what_says_a_fact_is_edited_when_it_changes_and_when_it_is_put_right(story: Story) -> None:
    says(story, "3.1")
    quiet(story)
    record(story, "3.4")
    assert edits(story) == {"card", "review", "publish", "receipt"}
    quiet(story)
    decide(story, story.state.facts[LEVEL][0])
    assert edits(story) == {"card", "review", "publish", "receipt", "changed-fact"}


def test_each_receipt_shows_what_its_own_revision_says(story: Story) -> None:
    # Given new times for a text that was posted before and is marked after,
    draft = story.approve(story.submit("D4", "update"), SME, PIO)
    story.now = at(20, 10)
    story.submit("D4", "update", renews=True, next_update=at(21, 30))
    story.mark(draft, posted=at(20, 1), late=True, revision=1)
    quiet(story)
    # when what both say changes, then the receipt of the first is edited, and both reviews.
    record(story, "3.4")
    edited = [task.ids["thing"] for task in story.pending.values() if task.kind == "edit"]
    assert sorted(each.split(":")[0] for each in edited) == ["card", "publish", "receipt", "review", "review"]


def test_the_message_of_a_conflict_is_edited_with_each_word_and_the_decision(story: Story) -> None:
    media = record(story, "4.0", "media")
    quiet(story)
    record(story, "4.4", "the city")
    assert edits(story) == {"card", "changed-fact"}
    quiet(story)
    decide(story, media)
    assert edits(story) == {"card", "changed-fact"}
    quiet(story)
    # Who runs the incident may decide, so it names who does.
    story.do(c.OfferHandover(IC), COMMUNICATOR)
    quiet(story)
    story.do(c.AcceptHandover(next(iter(story.state.handovers))), IC)
    assert "changed-fact" in edits(story)


def test_the_older_message_leads_to_the_newer_once_that_is_there(story: Story) -> None:
    # Given a message about 3.4, when another about 3.6 is posted after the older one was edited,
    says(story, "3.1")
    older = record(story, "3.4")
    quiet(story)
    newer = record(story, "3.6")
    tasks = {task.ids.get("thing", ""): task for task in story.pending.values()}
    story.finish(tasks[changed_fact_thing(older.id)])
    story.finish(tasks[changed_fact_thing(newer.id)])
    # then the older one is edited once more, and can lead to it.
    edited = {task.ids["thing"] for task in story.pending.values() if task.kind == "edit"}
    assert changed_fact_thing(older.id) in edited


def test_who_reviews_sees_who_confirmed(story: Story) -> None:
    (fact,) = story.state.facts[LEVEL]
    story.approve(story.submit("D4", "update"), SME, PIO)
    quiet(story)
    story.do(c.VerifyFact(LEVEL, fact.id), SME)
    assert edits(story) == {"review"}


def test_a_word_that_changes_nothing_that_is_shown_edits_nothing(story: Story) -> None:
    says(story, "3.1")
    quiet(story)
    record(story, "140", "RCMP", name="vehicles")
    assert edits(story) == set()


# --- What is most urgent


def todo(story: Story) -> list[tuple[str, str, str]]:
    return [(each.kind, each.step, each.fact) for each in urgent(story.state, story.now)]


def test_a_conflict_and_what_the_public_was_told_wrongly_come_before_steps(story: Story) -> None:
    # Given a promise for 21:00, a fact of a published text that changed, a conflict, a step that is to do,
    says(story, "3.1", next_update=at(21, 0))
    record(story, "3.4")
    for source, count in (("RCMP", "140"), ("media", "50")):
        record(story, count, source, name="vehicles")
    conflict, changed = ("conflict", "", "vehicles"), ("changed", "D4", LEVEL)
    assert todo(story) == [conflict, changed, ("step", "D1", "")]
    # when the promise is near, then it comes first.
    story.now = at(20, 50)
    assert todo(story)[:3] == [("soon", "D4", ""), conflict, changed]


def test_what_changed_leads_to_the_draft_that_is_begun_and_rests_while_others_decide(story: Story) -> None:
    says(story, "3.1")
    record(story, "3.4")
    draft = story.save("D4", "update")
    assert Urgent("changed", "D4", draft.id, fact=LEVEL) in urgent(story.state, story.now)
    story.save("D4", "update", facts={LEVEL: "3.4"})
    story.submit("D4", "update", facts={LEVEL: "3.4"})
    assert "changed" not in [each.kind for each in urgent(story.state, story.now)]


def test_a_text_on_its_way_that_is_wrong_as_well_puts_nothing_right(story: Story) -> None:
    says(story, "3.1")
    story.submit("D4", "update", facts={"road": "Highway 1"})
    record(story, "3.4")
    assert ("changed", "D4", LEVEL) in todo(story)


def test_a_text_of_a_step_that_is_over_is_put_right_by_the_next_update(story: Story) -> None:
    record(story, ROAD, name="road")
    story.publish("D1")
    record(story, "Highway 1", name="road")
    assert ("changed", "D4", "road") in todo(story)


def test_where_no_step_goes_on_it_leads_to_the_text_itself() -> None:
    story = Story().open(playbook=flood_with(*[{"recurrence": "once"}] * 3))
    record(story, ROAD, name="road")
    story.publish("D1")
    record(story, "Highway 1", name="road")
    assert ("changed", "D1", "road") in todo(story)


def test_what_only_waits_for_approval_is_no_error_of_the_public_s(story: Story) -> None:
    story.submit("D4", "update")
    record(story, "3.4")
    assert "changed" not in [each.kind for each in urgent(story.state, story.now)]


# --- What was redacted


def without(story: Story, kind: str, nth: int = 0) -> Story:
    """With the content of this entry blanked."""
    entry = [each for each in story.log if each.type == kind][nth]
    story.log = [replace(each, event=None) if each is entry else each for each in story.log]
    story.state = replay(story.state.id, story.log)
    return story


def test_a_redacted_fact_flags_nothing_and_breaks_nothing(story: Story) -> None:
    says(story, "3.1")
    first = story.state.facts[LEVEL][0]
    record(story, "3.4")
    without(story, "FactRecorded")
    assert flagged(story) == []
    assert change(story.state, first.id) is None
    # and people go on with what is left.
    story.do(c.VerifyFact(LEVEL, story.state.facts[LEVEL][0].id), SME)


def test_a_decision_for_a_redacted_fact_leaves_what_texts_say_as_it_is(story: Story) -> None:
    says(story, "3.1")
    decide(story, record(story, "4.0", "media"))
    assert flagged(story) == [(1, "3.1", "changed")]
    without(story, "FactRecorded", 1)
    assert flagged(story) == []


def test_where_what_was_decided_is_redacted_people_record_anew(story: Story) -> None:
    earlier = story.state.facts[LEVEL][0]
    decide(story, record(story, "4.0", "media"))
    without(story, "FactRecorded", 1)
    with pytest.raises(Rejected, match="redacted, so nothing was changed"):
        story.do(c.VerifyFact(LEVEL, earlier.id), SME)
    record(story, "3.3")
    assert [str(each.value) for each in story.state.facts[LEVEL]] == ["3.1", "3.3"]


def test_a_message_about_a_redacted_fact_is_left_as_it_is(story: Story) -> None:
    record(story, "4.0", "media")
    story.work()
    without(story, "FactRecorded", 1)
    record(story, "4.4", "the city")
    assert "changed-fact" not in edits(story)
