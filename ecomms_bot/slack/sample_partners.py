"""A text that its partners hear of first: part of the sample incident. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.slack.partnering import go_on_form, heard_form
from ecomms_bot.slack.sample_book import PARTNERS
from ecomms_bot.slack.sample_life import COMMUNICATOR, PIO, SampleLife


def with_partners(
    life: SampleLife,
    show: Callable[[str, str], None],
    form: Callable[[dict[str, Any]], None],
    reminded_of: Callable[[str], str],
) -> None:
    """`show` keeps a thing as it looks now, under the name of its state; `form` a window."""
    draft = life.submit("D3", next_update=60)
    show(things.review_thing(draft.id, 1), "partners to tell")
    form(heard_form(life.state, draft, life.now))
    form(go_on_form(life.state, draft))
    life.approve_all("D3")
    held = things.partners_thing(draft.id, 1)
    show(held, "held back")
    show(things.step_thing("D3"), "held back")
    show(things.CARD, "a text held back")
    show(reminded_of("partner"), "partners to tell")
    first, second = PARTNERS
    life.do(COMMUNICATOR, c.RecordAcknowledgement(draft.id, 1, first, "Ana Roy, by phone", life.now))
    show(held, "one knows it")
    life.do(PIO, c.WaivePartner(draft.id, 1, second, "No line to them: the road is gone."))
    show(held, "handed out")
    show(things.review_thing(draft.id, 1), "partners told")
    life.do(COMMUNICATOR, c.WithdrawDraft(draft.id))
