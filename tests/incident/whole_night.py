"""One night in which everything happens that can happen: every type of entry, every way a draft can go."""

from __future__ import annotations

from copy import deepcopy
from functools import cache

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.events import Quoted, Receipt
from ecomms_bot.incident.state import Draft
from tests.incident.put_right import correct, correcting_book
from tests.incident.stories import (
    COLLEAGUE,
    COMMUNICATOR,
    IC,
    PIO,
    SME,
    SME_AND_PIO,
    Facts,
    Story,
    at,
    instant,
)


@cache
def whole_night() -> Story:
    """From 20:00 to 22:30; read it, but do not go on with it."""
    raw = deepcopy(correcting_book())
    raw["tiers"]["T2"]["order"] = "sequence"
    raw["phases"]["during"][1]["partners"] = ["City of Hope", "Chawathil First Nation"]
    story = Story().open(playbook=raw)
    _statement(story)
    _closure(story)
    update = _update(story)
    _overridden(story)
    _entries_by_hand(story)
    _second_thoughts(story, update)
    _put_right(story)
    _end(story)
    return story


def _statement(story: Story) -> None:
    """A step that came due, a return, an approval taken back, a failed message, a mark inside and outside."""
    story.until(at(20, 16))
    wrong: Facts = {"road": "Highway 1", "next_update_at": instant(at(21, 0))}
    story.save("D1", facts=wrong)
    draft = story.submit("D1", facts=wrong)
    story.do(
        c.RecordFailure("some/task", "pin", "card", "Slack refused it.", "Add the scope pins:write."), "bot"
    )
    story.work()
    _talk(story)
    story.do(c.AskForChanges(draft.id, 1, "It is Highway 7."), PIO)
    draft = story.approve(story.submit("D1", by=COLLEAGUE, next_update=at(21, 0)), PIO)
    story.do(c.TakeBackApproval(draft.id, 2), PIO)
    draft = story.approve(story.state.drafts[draft.id], SME_AND_PIO)
    story.mark(draft, "internal")
    story.until(at(20, 22))
    story.mark(draft, "x", "web")
    story.work()


def _talk(story: Story) -> None:
    """What people write in the thread, change and delete; and the thread itself is deleted."""
    root = story.state.posted[things.step_thing("D1")].ts
    story.do(c.AddDiscussion(root, "1636950000.000100", "From Agassiz, not from Hope."), IC)
    story.do(c.AddDiscussion(root, "1636950000.000200", "Which highway?"), COLLEAGUE)
    story.do(c.ChangeDiscussion("1636950000.000200", "Which highway is it?"), COLLEAGUE)
    story.do(c.DeleteDiscussion("1636950000.000100"), "bot")
    story.do(c.RecordGone(things.step_thing("D1"), root), "bot")
    story.work()


def _closure(story: Story) -> None:
    """Approved by three, its printed time passes unmarked, renewed, out late; a draft declined."""
    closure = story.submit("D3", next_update=at(20, 50))
    story.work()
    closure = story.approve(closure, SME, SME_AND_PIO, IC)
    story.work()
    story.do(c.RecordAcknowledgement(closure.id, 1, "City of Hope", "Ana Roy, by phone", story.now), IC)
    story.until(at(20, 28))
    story.do(
        c.WaivePartner(closure.id, 1, "Chawathil First Nation", "No line to them, the road is gone."), PIO
    )
    story.do(c.SetReminder(instant(at(20, 40)), "Call the mayor."), PIO)
    story.until(at(20, 52))
    story.do(c.Snooze(5), COMMUNICATOR)
    closure = story.approve(story.submit("D3", renews=True, by=PIO, next_update=at(21, 40)), SME_AND_PIO)
    story.until(at(21, 14))
    story.mark(closure)
    declined = story.submit("D4", "update")
    story.do(c.Decline(declined.id, 1, "Nothing new in it."), PIO)
    story.work()


def _update(story: Story) -> Draft:
    """Out late, and then the team rests until the time that it promises."""
    update = story.approve(story.submit("D4", "update", next_update=at(22, 0)), SME, PIO)
    story.until(at(21, 30))
    story.mark(update, "sms")
    story.do(c.StandDown(instant(at(22, 0))), PIO)
    story.work()
    return update


def _overridden(story: Story) -> None:
    """A text let out without its approvals and looked at once more; then it is not needed after all."""
    draft = story.submit("D4", "update", next_update=at(22, 0))
    story.do(c.Override(draft.id, 1, draft.current.text_sha256, "The river rises."), IC)
    story.work()
    story.do(c.GiveSecondReview(draft.id, 1, agrees=False, note="It is Highway 7."), PIO)
    story.work()
    story.do(c.WithdrawDraft(draft.id, "The road is open."), COMMUNICATOR)
    story.work()


def _entries_by_hand(story: Story) -> None:
    """A note, facts, a question that comes due, worse than before, another who runs it."""
    quoted = Quoted(conversation="C-ops", ts="1636954200.000100", author=SME)
    story.do(c.AddNote("The bridge holds."), COMMUNICATOR)
    story.do(c.AddNote("Boats are on their way.", quoted), COLLEAGUE)
    story.do(c.RecordFact("vehicles stranded", "140", "RCMP"), COMMUNICATOR)
    story.do(c.RecordFact("road", "Highway 7", "operations", quoted), SME)
    _sources_disagree(story)
    story.do(c.AskQuestion("May ambulances pass?", SME, instant(at(21, 35)), quoted), COMMUNICATOR)
    story.do(c.ChangeSeverity("S1", "People are trapped."), IC)
    story.do(c.OfferHandover(COLLEAGUE, "I am off at ten."), COMMUNICATOR)
    (handover,) = story.state.handovers
    story.do(c.AcceptHandover(handover), COLLEAGUE)
    story.until(at(21, 36))
    (question,) = story.state.questions
    story.do(c.AnswerQuestion(question, "Yes, with an escort."), SME)
    story.work()


def _sources_disagree(story: Story) -> None:
    """A count that is known for a while, another source says otherwise, and a lead decides."""
    story.do(c.RecordFact("vehicles stranded", "150", "media", until=instant(at(21, 34))), COMMUNICATOR)
    rcmp, media = (fact.id for fact in story.state.facts["vehicles stranded"])
    story.work()
    story.do(c.VerifyFact("vehicles stranded", rcmp), SME)
    story.do(c.DecideFact("vehicles stranded", media, "They flew over it."), PIO)
    story.work()


def _second_thoughts(story: Story, update: Draft) -> None:
    """A draft withdrawn; the update was posted at another time, then not at all, and goes out at last."""
    withdrawn = story.submit("D1", by=COLLEAGUE)
    story.work()
    story.do(c.WithdrawDraft(withdrawn.id, "Said already."), COLLEAGUE)
    earlier = Receipt(channel="sms", attested_at=at(21, 20))
    story.do(c.CorrectReceipt(update.id, 1, "sms", "Posted before.", earlier), COMMUNICATOR)
    story.do(c.CorrectReceipt(update.id, 1, "sms", "Only a test list got it.", None), IC)
    story.work()
    story.until(at(21, 50))
    story.mark(update, "sms")
    story.work()


def _put_right(story: Story) -> None:
    """The holding statement was wrong: corrected on X, taken down on the page, which is told later."""
    statement = next(draft for draft in story.state.drafts.values() if draft.step == "D1")
    correction = correct(story, statement, "x")
    story.do(c.EndRelease(statement.id, statement.current.number, ("web",), "It was wrong."), COLLEAGUE)
    story.work()
    story.until(at(21, 56))
    story.mark(correction, "web", "internal")
    story.work()


def _end(story: Story) -> None:
    """A text shown in the thread and not sent, the promise missed and withdrawn, the log wanted as files."""
    story.until(at(22, 12))
    story.save("D4", "no-change", by=SME)
    kept = story.submission("D4", "no-change")
    story.do(c.ShowTexts(kept.draft, kept.step, kept.kind, kept.values, kept.texts, kept.text_sha256), SME)
    story.work()
    story.do(c.SkipStep("D4", "The city speaks now."), COLLEAGUE)
    story.do(c.ChangePhase("after", "The water falls."), IC)
    story.work()
    story.now = at(22, 30)
    story.do(c.ReturnAfterAway(at(22, 12), at(22, 30)), "bot")
    story.work()
    story.do(c.CloseIncident("The city speaks now.", withdraw_reason="Handed to the city."), IC)
    story.do(c.AskReport(), PIO)
    story.work()
