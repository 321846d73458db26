"""Who is asked to approve: exactly those whose approval would count now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ecomms_bot.incident.policy import filled, helps, missing, role_title
from ecomms_bot.incident.state import Draft, Incident
from ecomms_bot.incident.wording import Sentence, say
from ecomms_bot.slack.cards.view import View, called, joined, people
from ecomms_bot.slack.text import listed

ANYONE = "anyone who did not write it"
"""One of them stands for all roles of a tier while no roles are configured."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`users`: whom to mention. `needed`: the roles in words. `notes`: roles nobody can fill."""

    users: tuple[str, ...]
    needed: str
    notes: tuple[Sentence, ...] = ()


def asked(view: View, draft: Draft) -> Asked:
    """Members of the tier's roles, no authors, whose approval fills a role that is still open."""
    if not view.state.roles_configured:
        opener = (view.state.opener,) if view.state.opener not in draft.authors else ()
        return Asked(
            opener, ANYONE, (say("No roles are configured, so {anyone} can approve.", anyone=ANYONE),)
        )
    each_once = dict.fromkeys(draft.current.roles)
    roles = [role for role in each_once if helps(view.state, draft, frozenset({role}))]
    users = tuple(dict.fromkeys(user for role in roles for user in _members(view, draft, role)))
    return Asked(users, _in_words(draft, roles), tuple(_notes(view, draft, roles)))


def tier_roles(state: Incident, roles: Sequence[str]) -> str:
    """Who approves texts of a tier, in words: its roles, or anybody else while none are configured."""
    if not state.roles_configured:
        return f"{ANYONE} (no roles configured)"
    return listed(_counted(role_title(role), roles.count(role)) for role in dict.fromkeys(roles))


def _counted(role: str, number: int) -> str:
    """A tier may ask for several people of one role."""
    return role if number == 1 else f"{number} people as {role}"


def _members(view: View, draft: Draft, role: str) -> tuple[str, ...]:
    done = {*draft.authors, *(each.person for each in draft.approvals)}
    return tuple(user for user in view.roster.of(role) if user not in done)


def _in_words(draft: Draft, roles: list[str]) -> str:
    wanted = missing(draft.current, draft.approvals)
    if set(wanted) == set(roles):
        return listed(_counted(role, wanted.count(role)) for role in roles)
    return listed(roles, "or")


def _notes(view: View, draft: Draft, roles: list[str]) -> Iterator[Sentence]:
    for role in roles:
        if _members(view, draft, role):
            continue
        if view.roster.of(role):
            yield say(
                "Nobody is left who can approve as {role}: they wrote or approved it already.",
                role=role_title(role),
            )
        else:
            others = called(view.roster.reach(role, view.state))
            told = say("Nobody has the role {role}, so this goes to", role=role_title(role))
            yield joined(joined(told, others), say(": please find someone."), "")


def approved_by(draft: Draft) -> Iterator[Sentence]:
    """One sentence for each approval, with the role it fills."""
    roles = {person: role for role, person in filled(draft.current.roles, draft.approvals)}
    for each in draft.approvals:
        who = people([each.person])
        if each.without_roles:
            yield say("{who}, without roles configured,", who=who)
        else:
            yield say("{who} ({role})", who=who, role=roles.get(each.person, listed(sorted(each.roles))))
