"""What the bot itself hands out to leaders, and what it could not: part of the sample incident. Pure."""

from __future__ import annotations

from collections.abc import Callable

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.slack.sample_life import LEADERS, SampleLife


def to_leaders(life: SampleLife, show: Callable[[str, str], None]) -> None:
    """`show` keeps a thing as it looks now, under the name of its state."""
    draft = life.submit("D5", "internal")
    life.approve_all("D5")
    thing, text = things.brief_thing(draft.id, 1), things.publish_thing(draft.id, 1)
    show(thing, "")
    show(text, "for leaders, to be posted by the bot")
    life.do("bot", c.RecordFailure("k", "post", thing, "It is no member.", "Invite it."))
    show(text, "for leaders, not posted")
    show(things.trouble_thing(life.state.failures[-1].seq), "of leaders")
    life.posted(thing, LEADERS)
    show(text, "for leaders, posted")
    show(things.receipt_thing(draft.id, life.draft("D5").marks[-1].seq), "of the bot")
