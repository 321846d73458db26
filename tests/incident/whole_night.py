"""One night in which everything happens that can happen: every type of entry, every way a draft can go."""

from __future__ import annotations

from functools import cache

from ecomms_bot.incident import commands as c
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
    story = Story().open()
    # The holding statement: a step that came due, a return, a message that failed, a mark inside and outside.
    story.until(at(20, 16))
    wrong: Facts = {"road": "Highway 1", "next_update_at": instant(at(21, 0))}
    story.save("D1", facts=wrong)
    draft = story.submit("D1", facts=wrong)
    story.do(
        c.RecordFailure("some/task", "pin", "card", "Slack refused it.", "Add the scope pins:write."), "bot"
    )
    story.do(c.AskForChanges(draft.id, 1, "It is Highway 7."), PIO)
    draft = story.approve(story.submit("D1", by=COLLEAGUE, next_update=at(21, 0)), PIO)
    story.mark(draft, "internal")
    story.until(at(20, 22))
    story.mark(draft, "x", "web")
    story.work()
    # The closure: approved by three, its printed time passes unmarked, renewed, out late; a draft declined.
    closure = story.approve(story.submit("D3", next_update=at(20, 50)), SME, SME_AND_PIO, IC)
    story.do(c.SetReminder(instant(at(20, 40)), "Call the mayor."), PIO)
    story.until(at(20, 52))
    story.do(c.Snooze(5), COMMUNICATOR)
    closure = story.approve(story.submit("D3", renews=True, by=PIO, next_update=at(21, 40)), SME_AND_PIO)
    story.until(at(21, 14))
    story.mark(closure)
    declined = story.submit("D4", "update")
    story.do(c.Decline(declined.id, 1, "Nothing new in it."), PIO)
    story.work()
    # No change, marked after its time; the promise missed; then withdrawn at closing.
    update = story.approve(story.submit("D4", "update", next_update=at(22, 0)), SME, PIO)
    story.until(at(21, 30))
    story.mark(update, "sms")
    story.work()
    story.until(at(22, 12))
    story.save("D4", "no-change", by=SME)
    story.work()
    story.now = at(22, 30)
    story.do(c.CloseIncident("The city speaks now.", withdraw_reason="Handed to the city."), IC)
    story.work()
    return story
