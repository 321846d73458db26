"""Examples of what is said about duty: it belongs to no incident. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from ecomms_bot.incident.policy import Roster
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.service.duty import OffDuty
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import paragraphs
from ecomms_bot.slack.cards import duty
from ecomms_bot.slack.cards.view import compose, lines
from ecomms_bot.slack.duty_forms import duty_form
from ecomms_bot.slack.forms import View
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.sample_life import COLLEAGUE, IC, NIGHT, PIO, ROSTER, SME, ZONE

OFF = {
    SME: OffDuty(SME, Instant.of(NIGHT + timedelta(hours=10), ZONE), IC, NIGHT, "after three nights"),
    COLLEAGUE: OffDuty(COLLEAGUE, None, COLLEAGUE, NIGHT),
}
WITH_OFF: Roster = replace(ROSTER, off=frozenset(OFF), deputies={"pio": (COLLEAGUE,)})


def of_duty() -> Iterator[tuple[str, str, Message | View]]:
    """Kind, state, content."""
    yield "answer duty", "", duty.on_duty(ROSTER.person(PIO), WITH_OFF, OFF)
    yield "answer duty", "off duty", duty.on_duty(ROSTER.person(SME), WITH_OFF, OFF)
    said = duty.changed(SME, SME, OFF[SME], WITH_OFF, [], new=True)
    yield "answer duty", "changed", compose(said, paragraphs(lines(said)))
    yield "answer duty", "by somebody else", duty.put(SME, OFF[SME], IC, [])
    yield names.DUTY_FORM, "", duty_form("")
    yield names.DUTY_FORM, "for others", duty_form(PIO, others=True)
