"""What is declined, withdrawn, skipped or not done: part of the samples. Pure."""

from __future__ import annotations

from datetime import timedelta

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.slack import cards
from ecomms_bot.slack.composing import compose
from ecomms_bot.slack.sample_book import RAW, SHA256
from ecomms_bot.slack.sample_evening import WHY, Evening
from ecomms_bot.slack.sample_leaders import to_leaders
from ecomms_bot.slack.sample_life import COMMUNICATOR, SampleLife
from ecomms_bot.slack.writing import Writing


def go_wrong(evening: Evening) -> None:
    """Declined, withdrawn, skipped, shown in the thread, not done."""
    life = evening.life
    life.submit("D3")
    life.decline("D3", WHY)
    evening.show(things.returned_thing(life.draft("D3").id, 1), "declined")
    life.submit("D3")
    life.do(COMMUNICATOR, c.WithdrawDraft(life.draft("D3").id, "The road is open."))
    evening.show(things.review_thing(life.draft("D3").id, 1), "withdrawn")
    to_leaders(life, evening.show)
    _in_thread(evening, "D3")
    life.do(COMMUNICATOR, c.WithdrawDraft(life.draft("D3").id))
    life.do(COMMUNICATOR, c.SkipStep("D3", "The road is open."))
    evening.show(things.step_thing("D3"), "skipped")
    life.do("bot", c.ReturnAfterAway(life.now, life.now + timedelta(hours=3)))
    evening.show(things.away_thing(evening.state.away[-1].seq), "much came due")
    life.do("bot", c.RecordFailure("k", "pin", "card", "It may not pin.", "Pin the card by hand."))
    trouble = things.trouble_thing(evening.state.failures[-1].seq)
    evening.show(trouble)
    evening.show(trouble, "to one person", dm=True)
    _homeless(evening)


def _homeless(evening: Evening) -> None:
    """An incident whose conversation could not be made."""
    lost = SampleLife(RAW, SHA256, exercise=evening.state.exercise, conversation=False)
    lost.do("bot", c.RecordFailure("k", "open", things.CONVERSATION, "It may not.", "Ask to allow it."))
    trouble = things.trouble_thing(lost.state.failures[-1].seq)
    message = cards.render(trouble, lost.view, kind="dm", user=COMMUNICATOR)
    evening.keep("trouble", message, "no conversation")


def _in_thread(evening: Evening, step: str) -> None:
    """A preview that no window holds, so that it stands in the step's thread."""
    life = evening.life
    life.save(step, "statement")
    evening.show(things.step_thing(step), "drafting")
    draft = life.draft(step)
    values = draft.working.values if draft.working else {}
    found = compose(evening.state, Writing(evening.state.id, draft.id, step, "statement"), values, life.now)
    life.do(COMMUNICATOR, c.ShowTexts(draft.id, step, "statement", values, found.texts, found.sha256))
    shown = next(iter(evening.state.previews.values()))
    evening.show(things.preview_thing(draft.id, shown.seq))
