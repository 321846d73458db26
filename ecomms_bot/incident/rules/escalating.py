"""Whom a text that waits for approval reminds: who has to decide, their deputies, then the next role up."""

from __future__ import annotations

from dataclasses import replace

from ecomms_bot.incident.policy import EXEC, HOLDER, IC, PIO, SME, Roster, can_decide, open_roles
from ecomms_bot.incident.state import Draft, Incident

UPWARDS = (SME, PIO, IC, EXEC)
"""Above them stands who runs the incident."""


def whom_of_review(
    state: Incident, draft: Draft, point: str, roster: Roster
) -> tuple[str, tuple[str, ...], bool]:
    """The role that it is for, or ""; the people; whether they stand in for a role without members."""
    if point == "up":
        return next_up(state, draft, roster)
    return "", asked_to_decide(state, draft, roster, deputies=point == "target"), False


def asked_to_decide(
    state: Incident, draft: Draft, roster: Roster, *, deputies: bool = False
) -> tuple[str, ...]:
    """Whose decision is waited for; for a role in which nobody can decide, who has to find somebody."""
    if not state.roles_configured:
        return (state.opener,) if state.opener and state.opener not in draft.authors else ()
    found: list[str] = []
    for role in open_roles(state, draft):
        able = can_decide(draft, roster, role, deputies=deputies)
        found += able or finders(state, draft, roster)
    return tuple(dict.fromkeys(found))


def finders(state: Incident, draft: Draft, roster: Roster) -> tuple[str, ...]:
    """Who finds somebody where nobody on duty can decide: the next of pio → ic who did not write it.

    Where nobody of these is on duty, who could decide is asked all the same, or pio or ic; else the opener.
    """
    for role in (PIO, IC):
        if people := tuple(user for user in roster.of(role) if user not in draft.authors):
            return people
    return _although_off_duty(state, draft, roster) or ((state.opener,) if state.opener else ())


def _although_off_duty(state: Incident, draft: Draft, roster: Roster) -> tuple[str, ...]:
    """Somebody must hear it: all whose decision is missing and whom nobody on duty can stand in for."""
    awake = replace(roster, off=frozenset())
    stuck = (role for role in open_roles(state, draft) if not can_decide(draft, roster, role))
    able = tuple(dict.fromkeys(user for role in stuck for user in can_decide(draft, awake, role)))
    return able or next(
        filter(
            None, (tuple(each for each in awake.of(role) if each not in draft.authors) for role in (PIO, IC))
        ),
        (),
    )


def next_up(state: Incident, draft: Draft, roster: Roster) -> tuple[str, tuple[str, ...], bool]:
    """The first role above all that are waited for with somebody who was not asked yet; else the holder."""
    asked = asked_to_decide(state, draft, roster, deputies=True)
    waited_for = [UPWARDS.index(role) for role in open_roles(state, draft)]
    above = UPWARDS[max(waited_for) + 1 :]
    empty = next((role for role in above if not roster.of(role)), "")
    for role in above:
        if people := tuple(user for user in roster.of(role) if user not in asked):
            skipped = empty and above.index(empty) < above.index(role)
            return (empty, people, True) if skipped else (role, people, False)
    people = (state.holder,) if state.holder else ()
    return (empty, people, True) if empty else (HOLDER, people, False)
