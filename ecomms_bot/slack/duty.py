"""Going off duty and on again by buttons and a form, and telling who was put there by somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.state import Incident
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.service.duty import DutyChange
from ecomms_bot.slack import forms, inputs, names
from ecomms_bot.slack.blocks import paragraphs
from ecomms_bot.slack.cards import duty as cards
from ecomms_bot.slack.cards.view import compose, lines
from ecomms_bot.slack.desk import Desk, deadline_of, user_id
from ecomms_bot.slack.duty_forms import OFF, duty_form
from ecomms_bot.slack.listeners import Click, Submission
from ecomms_bot.slack.message import Message

Body = dict[str, Any]


def change(desk: Desk, body: Body, wanted: DutyChange, command_id: str) -> Message:
    """Note it, and say what follows from it. Raises Rejected."""
    me, deadline = desk.person(body), deadline_of(body)
    held = desk.records.open_incidents(deadline)  # before: after a commit nothing may fail
    done = desk.duty.change(wanted, me, desk.directory.roster(), command_id, deadline)
    if done.new and wanted.person != me.id:
        desk.answers.tell(
            desk.views, wanted.person, cards.put(wanted.person, done.now, me.id, held), command_id
        )
        desk.home.acted(wanted.person)
    told = cards.changed(me.id, wanted.person, done.now, desk.directory.roster(), held, new=done.new)
    return compose(told, paragraphs(lines(told)))


def go_on(desk: Desk, body: Body, _: tuple[str, ...]) -> Message:
    return change(desk, body, DutyChange(user_id(body), on=True), body["trigger_id"])


def go_off(desk: Desk, body: Body, _: tuple[str, ...]) -> None:
    """Opens the form that asks until when."""
    require(desk.person(body), Act.DUTY, Incident(""))
    desk.open_view(body, duty_form(""))


def others(desk: Desk, body: Body, _: tuple[str, ...]) -> None:
    """Opens the form that also asks who."""
    require(desk.person(body), Act.DUTY_OF_OTHERS, Incident(""))
    desk.open_view(body, duty_form(user_id(body), others=True))


def submitted(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any]:
    entered = inputs.raw_values(view)
    off = entered.get("duty", OFF) == OFF
    until, zone = entered.get("until") if off else None, desk.office.time_zone
    wanted = DutyChange(
        entered.get("person") or user_id(body),
        on=not off,
        until=Instant.of(until, zone) if until is not None else None,
        note=entered.get("note") or "" if off else "",
    )
    told = change(desk, body, wanted, view["id"])
    shown = forms.modal("done", "Duty", told.blocks, submit=None, metadata={}, close="Close")
    return {"response_action": "update", "view": shown}


CLICKS: Mapping[str, tuple[Click, int]] = {
    names.DUTY_ON: (go_on, 1),
    names.DUTY_OFF: (go_off, 1),
    names.DUTY_OTHERS: (others, 1),
}
SUBMISSIONS: Mapping[str, Submission] = {names.DUTY_FORM: submitted}
