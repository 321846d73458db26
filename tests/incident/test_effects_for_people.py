"""What follows in Slack of a change of course, an offer, a report, a preview and a correction."""

from __future__ import annotations

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import effects as fx
from ecomms_bot.incident import things
from ecomms_bot.incident.entry import Task
from ecomms_bot.incident.events import Receipt
from ecomms_bot.incident.faces import faces, preview_works
from ecomms_bot.playbook.drafting import text_sha256
from tests.incident.stories import (
    COLLEAGUE,
    COMMUNICATOR,
    CONVERSATION,
    IC,
    PIO,
    PIO_2,
    SME,
    Facts,
    Story,
    at,
    instant,
)

ID = "i7abcdefghij"


@pytest.fixture
def story() -> Story:
    return Story().open()


def due(story: Story, *kinds: str) -> list[Task]:
    """What is to be done of these kinds, in order."""
    return [task for task in story.pending.values() if task.kind in kinds]


def edited(story: Story) -> set[str]:
    return {task.ids["thing"] for task in due(story, fx.EDIT)}


# --- The course


def test_every_change_of_course_is_said_in_the_conversation(story: Story) -> None:
    story.publish("D1", next_update=at(6, 0))
    story.do(c.ChangeSeverity("S1", "A dike broke."), PIO)
    story.do(c.ChangePhase("after"), PIO)
    story.do(c.StandDown(instant(at(6, 0))), PIO)
    story.do(c.OfferHandover(COLLEAGUE), COMMUNICATOR)
    (offer,) = story.state.handovers
    story.do(c.AcceptHandover(offer), COLLEAGUE)
    assert [turn.kind for turn in story.state.turns] == ["severity", "phase", "rest", "handover"]
    posts = [task for task in due(story, fx.POST) if things.split(task.ids["thing"])[0] == "turn"]
    assert [task.ids for task in posts] == [
        {"thing": things.turn_thing(turn.seq)} for turn in story.state.turns
    ]
    assert {task.lane for task in posts} == {f"{ID}/talk"}
    assert things.CARD in edited(story)


def test_it_waits_for_the_conversation() -> None:
    story = Story().open(shown=False)
    story.do(c.ChangeSeverity("S1", "A dike broke."), PIO)
    assert due(story, fx.POST) == []
    story.work()
    assert things.turn_thing(story.state.turns[0].seq) in story.state.posted


def test_the_card_shows_that_the_team_rests(story: Story) -> None:
    story.publish("D1", next_update=at(6, 0))
    before = faces(story.state)[things.CARD]
    story.do(c.StandDown(instant(at(6, 0))), PIO)
    assert faces(story.state)[things.CARD] != before


def test_a_skipped_step_shows_on_the_card_and_in_its_own_message(story: Story) -> None:
    story.do(c.SkipStep("D1", "The city has said it."), PIO)
    assert edited(story) == {things.CARD, "step:D1"}


# --- An offer to run the incident


def test_who_is_asked_is_told_and_invited(story: Story) -> None:
    story.do(c.OfferHandover(COLLEAGUE), COMMUNICATOR)
    (offer,) = story.state.handovers
    thing = things.handover_thing(offer)
    dm, invitation = due(story, fx.DM, fx.INVITE)
    assert dm.ids == {"thing": thing, "user": COLLEAGUE}
    assert (invitation.key, dict(invitation.ids)) == (f"{ID}/invite/{thing}", {"user": COLLEAGUE})
    assert things.CARD in edited(story)


def test_a_newer_offer_takes_back_what_was_not_said_of_an_older(story: Story) -> None:
    story.do(c.OfferHandover(COLLEAGUE), COMMUNICATOR)
    story.do(c.OfferHandover(PIO), PIO_2)
    assert [task.ids["user"] for task in due(story, fx.DM, fx.INVITE)] == [PIO, PIO]


def test_who_accepts_before_the_invitation_went_out_is_invited_still(story: Story) -> None:
    story.do(c.OfferHandover(COLLEAGUE), COMMUNICATOR)
    (offer,) = story.state.handovers
    story.do(c.AcceptHandover(offer), COLLEAGUE)
    assert [(task.kind, task.ids["user"]) for task in due(story, fx.DM, fx.INVITE)] == [
        (fx.INVITE, COLLEAGUE)
    ]


def test_without_a_conversation_who_is_asked_is_told_and_invited_once_there_is_one() -> None:
    story = Story().open(shown=False)
    story.do(c.OfferHandover(COLLEAGUE), COMMUNICATOR)
    assert [task.kind for task in due(story, fx.DM, fx.INVITE)] == [fx.DM]
    story.work()
    (offer,) = story.state.handovers
    assert f"{ID}/invite/{things.handover_thing(offer)}" in story.keys


# --- The log as files


def test_a_report_goes_to_who_asked_one_after_the_other(story: Story) -> None:
    for _ in range(2):
        story.do(c.AskReport(), IC)
    first, second = due(story, fx.REPORT)
    assert [dict(task.ids) for task in (first, second)] == [
        {"thing": things.report_thing(report), "user": IC} for report in story.state.reports
    ]
    assert first.lane == second.lane == f"{ID}/report/{IC}"
    # It changes nothing that anybody else sees.
    assert edited(story) == set()


# --- Previews


def show(story: Story, facts: Facts) -> str:
    """*Next* keeps the draft, and its texts are too long for a window: they go to the thread."""
    draft = story.save("D1", facts=facts)
    assert draft.working is not None
    texts = story.texts("D1", "statement", draft.working.values)
    command = c.ShowTexts(draft.id, "D1", "statement", draft.working.values, texts, text_sha256(texts))
    story.do(command, COMMUNICATOR)
    return things.preview_thing(draft.id, max(story.state.previews))


def works(story: Story, thing: str) -> bool:
    seq = int(things.split(thing)[1][1])
    return preview_works(story.state, story.state.previews[seq])


def test_a_preview_is_posted_in_the_thread_of_its_step(story: Story) -> None:
    thing = show(story, {"road": "Highway 1"})
    (task,) = (task for task in due(story, fx.POST) if task.ids["thing"] == thing)
    assert (dict(task.ids), task.lane) == ({"thing": thing, "step": "D1"}, f"{ID}/step/D1")


def test_it_waits_for_the_message_of_its_step() -> None:
    story = Story().open(shown=False)
    thing = show(story, {"road": "Highway 1"})
    assert due(story, fx.POST) == []
    story.work()
    assert thing in story.state.posted


def test_only_the_newest_is_posted_and_can_be_submitted(story: Story) -> None:
    older = show(story, {"road": "Highway 1"})
    story.work()
    assert works(story, older)
    newer = show(story, {"road": "Highway 2"})
    assert edited(story) >= {older}
    assert (works(story, older), works(story, newer)) == (False, True)
    newest = show(story, {"road": "Highway 3"})
    posts = {task.ids["thing"] for task in due(story, fx.POST)}
    assert newest in posts
    assert newer not in posts


@pytest.mark.parametrize("what", ["changed", "submitted", "withdrawn", "closed"])
def test_a_preview_loses_its_button_when_its_draft_moves_on(story: Story, what: str) -> None:
    thing = show(story, {"road": "Highway 1"})
    story.work()
    match what:
        case "changed":
            story.save("D1", facts={"road": "Highway 2"})
        case "submitted":
            story.submit("D1", facts={"road": "Highway 1"})
        case "withdrawn":
            story.do(c.WithdrawDraft(story.draft_id("D1")), COMMUNICATOR)
        case _:
            story.do(c.CloseIncident("Done."), PIO)
    assert thing in edited(story)
    assert not works(story, thing)


def test_a_preview_works_again_when_its_words_are_kept_again(story: Story) -> None:
    thing = show(story, {"road": "Highway 1"})
    story.save("D1", facts={"road": "Highway 2"})
    assert not works(story, thing)
    story.save("D1", facts={"road": "Highway 1"})
    assert works(story, thing)


# --- Corrections


def test_a_correction_edits_the_receipt_and_what_follows_from_it(story: Story) -> None:
    draft = story.submit("D1")
    draft = story.approve(draft, PIO)
    story.mark(draft, "x")
    story.mark(draft, "web")
    story.work()
    x, web = story.state.drafts[draft.id].marks
    # A link that was wrong is the business of the messages that say what was posted,
    link = Receipt(channel="web", attested_at=story.now, proof="https://example.org/right")
    story.do(c.CorrectReceipt(draft.id, 1, "web", "Wrong link.", link), COMMUNICATOR)
    both = {things.receipt_thing(draft.id, mark.seq) for mark in (x, web)}
    assert edited(story) == both
    story.work()
    # and a channel where it is not is to be done again, which the text to publish says too.
    story.do(c.CorrectReceipt(draft.id, 1, "web", "It hung.", None), COMMUNICATOR)
    assert edited(story) == {*both, things.publish_thing(draft.id, 1), things.review_thing(draft.id, 1)}


def test_only_the_newest_receipt_says_what_is_left_so_the_one_before_it_is_edited_once(story: Story) -> None:
    draft = story.approve(story.submit("D1"), PIO)
    story.mark(draft, "x")
    story.work()
    (x,) = story.state.drafts[draft.id].marks
    story.mark(draft, "web")
    assert things.receipt_thing(draft.id, x.seq) in edited(story)
    story.work()
    story.mark(draft, "sms")
    assert things.receipt_thing(draft.id, x.seq) not in edited(story)


def test_a_second_revision_s_corrections_are_not_the_first_one_s(story: Story) -> None:
    draft = story.approve(story.submit("D3", next_update=at(20, 30)), SME, PIO, IC)
    story.mark(draft, "internal")
    story.now = at(20, 5)
    renewed = story.approve(story.submit("D3", renews=True, next_update=at(21, 0)), PIO)
    story.mark(renewed, "x", revision=2)
    story.work()
    first, second = story.state.drafts[draft.id].marks
    receipt = Receipt(channel="x", attested_at=story.now, proof="https://example.org/right")
    story.do(c.CorrectReceipt(draft.id, 2, "x", "Wrong link.", receipt), COMMUNICATOR)
    assert things.receipt_thing(draft.id, second.seq) in edited(story)
    assert things.receipt_thing(draft.id, first.seq) not in edited(story)


def test_where_a_message_stands_does_not_change_what_it_shows(story: Story) -> None:
    before = faces(story.state)
    story.do(c.RecordPosted("turn:99", CONVERSATION, "9.0", story.state.seq), "bot")
    assert faces(story.state) == before
