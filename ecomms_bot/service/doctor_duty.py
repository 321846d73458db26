"""Roles in which nobody is on duty, and how old what the bot knows of user groups is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ecomms_bot.incident.policy import IC, PIO, Roster, role_title
from ecomms_bot.playbook.library import Library
from ecomms_bot.playbook.times import zone_word
from ecomms_bot.service.duty import Duty, OffDuty
from ecomms_bot.service.findings import Finding, SlackLook
from ecomms_bot.service.ports import Clock
from ecomms_bot.settings import Settings
from ecomms_bot.store import migrate, people
from ecomms_bot.store.engine import Database

FRESH_S = 600.0
"""The bot reads user groups every minute; what is older was read by one that stopped, or Slack is away."""


def look_at_duty(
    db: Database, clock: Clock, library: Library, looked: SlackLook, settings: Settings
) -> Iterator[Finding]:
    """Nothing without roles, or without tables of this version. Raises DatabaseError."""
    if not settings.office.roles or migrate.status(db) != "current":
        return
    yield from _groups(db, clock.machine(), settings)
    duty = Duty(db, clock, lambda: "")
    duty.refresh()
    yield from _alone(library, looked, duty.off())


def _alone(library: Library, looked: SlackLook, off: Mapping[str, OffDuty]) -> Iterator[Finding]:
    """The roles that tiers need and in which everybody is off duty."""
    roster = replace(looked.roster, off=frozenset(off))
    tiers = [tier for loaded in library.playbooks.values() for tier in loaded.playbook.tiers.values()]
    needed = dict.fromkeys([PIO, IC, *(role for tier in tiers for role in tier.roles)])
    alone = [
        role for role in needed if roster.all_of(role) and not roster.of(role) and role not in looked.unknown
    ]
    for role in alone:
        back = _back([off[each] for each in roster.all_of(role)])
        yield Finding(
            "look",
            "duty",
            f"Everybody who can act as {role_title(role)} is off duty{back}. {_instead(roster, role)}",
        )
    if not alone:
        yield Finding("ok", "duty", f"Off duty: {len(off) or 'nobody'}. Every role has somebody on duty.")


def _back(off: list[OffDuty]) -> str:
    """When the first of them is back, if that is known."""
    times = sorted((each.until for each in off if each.until is not None), key=lambda each: each.utc)
    return f" until {times[0].local:%Y-%m-%d %H:%M} {zone_word(times[0])}" if times else ""


def _instead(roster: Roster, role: str) -> str:
    found = roster.nearest(role, PIO, IC)
    if set(found) & set(roster.all_of(role)):
        return "As nobody else is there, they are asked all the same."
    other = PIO if set(found) & set(roster.all_of(PIO)) else IC
    return f"Requests and reminders for this role go to {role_title(other)}."


def _groups(db: Database, now: float, settings: Settings) -> Iterator[Finding]:
    """With this the bot starts while Slack is away."""
    named = dict.fromkeys(each for ids in settings.office.holders.values() for each in ids if each[:1] == "S")
    with db.read() as conn:
        known = people.groups(conn)
    for group in named:
        if group not in known:
            words = (
                f"The bot has not read the members of the user group {group} yet. If it starts while Slack is"
                " away, nobody of it holds its role."
            )
            yield Finding("look", "groups", words)
            continue
        age, many = now - known[group].read_at, len(known[group].members)
        said = f"Of the user group {group} the bot remembers {many} members, read {_ago(age)} ago."
        if age < FRESH_S:
            yield Finding("ok", "groups", said)
        else:
            yield Finding(
                "look", "groups", f"{said} While Slack does not say more, roles are as they were then."
            )


def _ago(seconds: float) -> str:
    minutes = round(max(seconds, 0) / 60)
    if minutes < 180:
        return f"{minutes} min"
    return f"{round(minutes / 60)} h" if minutes < 72 * 60 else f"{round(minutes / 60 / 24)} days"
