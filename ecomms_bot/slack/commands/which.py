"""Which incident a command is about: that of its conversation; otherwise the person says which one."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence

from ecomms_bot.incident.entry import IncidentRow
from ecomms_bot.incident.wording import reject
from ecomms_bot.slack import names
from ecomms_bot.slack.cards import answers
from ecomms_bot.slack.commands.asked import Asked, Body
from ecomms_bot.slack.desk import Desk, deadline_of
from ecomms_bot.slack.listeners import OtherVersion
from ecomms_bot.slack.message import Message

SHOWN_MAX = 5
VALUE_MAX = 2000
"""Slack: the value of a button."""


def here(desk: Desk, body: Body) -> list[IncidentRow]:
    """The open incidents of this conversation; without one, the closed one that it belonged to."""
    place = body.get("channel_id", "")
    open_ones = desk.records.open_there(place, deadline_of(body))
    if open_ones:
        return open_ones
    closed = desk.records.in_conversation(place, deadline_of(body))
    return [closed] if closed is not None else []


def choose(desk: Desk, asked: Asked) -> Asked | Message:
    """The command with its incident, or the question which one is meant."""
    if asked.incident:
        return asked
    found = here(desk, asked.body)
    if len(found) == 1:
        return asked.of_incident(found[0].id)
    return _ask(desk, asked, found or desk.records.open_incidents(deadline_of(asked.body)), there=bool(found))


def _ask(desk: Desk, asked: Asked, rows: Sequence[IncidentRow], *, there: bool) -> Message:
    if not rows:
        raise reject(
            "no-incident",
            "No incident is open, so nothing was done. To open one, type {start}.",
            start=f"{names.COMMAND} start",
        )
    ordered = answers.most_urgent_first(rows)[:SHOWN_MAX]
    values = {row.id: names.pack(row.id, packed(asked)) for row in ordered}
    fits = all(len(value) <= VALUE_MAX for value in values.values())
    return answers.which_incident(
        ordered,
        values if fits else {},
        asked.typed,
        now=desk.now(),
        zone=desk.office.time_zone,
        more=len(rows) - len(ordered),
        there=there,
    )


def packed(asked: Asked) -> str:
    """What was typed, and the id that makes it count once, in letters that no button's value is broken by."""
    words = json.dumps([asked.command_id, asked.text], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(words.encode("utf-8", "replace")).decode("ascii").rstrip("=")


def unpacked(body: Body, incident: str, value: str) -> Asked:
    """The command again, now for this incident. Raises OtherVersion for what this version never packed."""
    try:
        words = json.loads(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
        command_id, text = words
    except (binascii.Error, ValueError, TypeError):
        raise OtherVersion from None
    return Asked.of(body, str(text), f"{command_id}/{incident}").of_incident(incident)
