"""`/ecomms duty`: who is on duty, and going off and on again, for oneself or for somebody else."""

from __future__ import annotations

from ecomms_bot.incident.wording import Rejected, reject
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.service.duty import DutyChange
from ecomms_bot.slack import time_words
from ecomms_bot.slack.cards.duty import on_duty
from ecomms_bot.slack.commands.asked import Answer, Asked, normal, person_first, readable, split
from ecomms_bot.slack.commands.course import UNTIL
from ecomms_bot.slack.desk import Desk, user_id
from ecomms_bot.slack.duty import change
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.names import COMMAND
from ecomms_bot.slack.times import NotATime, split_time

FOR = ("for", "during")
EXAMPLE = f"{COMMAND} duty off until 06:00"


def duty(desk: Desk, asked: Asked) -> Answer:
    """Without a word: who is on duty. `off`, `off until 06:00`, `off @pia for 8 h on leave`, `on @pia`."""
    if not asked.rest:
        return overview(desk, asked)
    return change(desk, asked.body, _read(desk, asked), asked.command_id)


def overview(desk: Desk, asked: Asked) -> Message:
    return on_duty(desk.person(asked.body), desk.directory.roster(), desk.duty.off())


def _read(desk: Desk, asked: Asked) -> DutyChange:
    first = person_first(asked.raw)
    word, raw = split(first[1] if first else asked.raw)
    if word not in {"on", "off"}:
        raise reject(
            "duty",
            "Say on or off, as in {off} or {on}. Without a word it shows who is on duty.",
            off=EXAMPLE,
            on=f"{COMMAND} duty on",
        )
    found = first or person_first(raw)
    rest = readable(raw).strip() if first or found is None else found[1]
    if found is None and rest.startswith("@"):
        raise _nobody_named(word)
    person = found[0] if found else user_id(asked.body)
    if word == "off":
        named = f"{readable(asked.raw).split()[0 if first else 1]} " if found else ""
        return _off(desk, person, rest, named)
    if rest:
        raise reject(
            "on", "On duty is from now on. Type {on}, and nothing behind it.", on=f"{COMMAND} duty on"
        )
    return DutyChange(person, on=True)


def _nobody_named(word: str) -> Rejected:
    return reject(
        "to",
        "I cannot tell who is meant. Type @ and choose the person from the list that Slack shows, as in: "
        "{example}",
        example=f"{COMMAND} duty {word} @name",
    )


def _off(desk: Desk, person: str, typed: str, named: str) -> DutyChange:
    """A time first, if there is one; what follows is the note. Without a time: until further notice."""
    word, _, after = typed.partition(" ")
    if timed := normal(word) in UNTIL:
        typed = after.strip()
    elif timed := normal(word) in FOR:
        typed = f"in {after.strip()}"
    if not timed and time_words.find(typed) is None:
        return DutyChange(person, on=False, note=typed)
    zone = desk.office.time_zone
    try:
        moment, note = split_time(typed, zone, desk.now())
    except NotATime as error:
        instead = tuple(f"off {named}until {each}" for each in error.instead)
        raise NotATime(error.problem, instead, error.rest) from None
    return DutyChange(person, on=False, until=Instant.of(moment, zone), note=note.strip(" ,:;-"))
