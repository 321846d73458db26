"""Taking over: the click of who was asked to run an incident."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecomms_bot.incident.commands import AcceptHandover
from ecomms_bot.incident.things import handover_thing
from ecomms_bot.incident.wording import Sentence, say
from ecomms_bot.slack import names
from ecomms_bot.slack.desk import Desk, in_own_messages
from ecomms_bot.slack.listeners import Click

Body = dict[str, Any]


def accept(desk: Desk, body: Body, value: tuple[str, ...]) -> Sentence | None:
    """They run the incident from now on; reminders follow them."""
    incident, handover = value
    state = desk.do(body, incident, AcceptHandover(handover), body["trigger_id"]).state
    if in_own_messages(body):  # where the request stood, without its button
        desk.instead(body.get("response_url", ""), handover_thing(handover), state)
        return None
    return say("You run *{name}* now. Its reminders come to you.", name=state.name)


CLICKS: Mapping[str, tuple[Click, int]] = {names.ACCEPT: (accept, 2)}
