"""Who is asked to approve: exactly those whose approval would count now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ecomms_bot.incident.policy import can_decide, filled, missing, open_roles, role_title
from ecomms_bot.incident.reminders import review_wanted, said_stalled
from ecomms_bot.incident.rules.escalating import finders
from ecomms_bot.incident.state import Draft, Incident
from ecomms_bot.incident.wording import Sentence, say
from ecomms_bot.slack.cards.view import View, called, joined, people
from ecomms_bot.slack.text import duration, listed

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
    roles = list(open_roles(view.state, draft))
    users = tuple(dict.fromkeys(user for role in roles for user in can_decide(draft, view.roster, role)))
    return Asked(users, _in_words(draft, roles), tuple(_notes(view, draft, roles)))


def tier_roles(state: Incident, roles: Sequence[str]) -> str:
    """Who approves texts of a tier, in words: its roles, or anybody else while none are configured."""
    if not state.roles_configured:
        return f"{ANYONE} (no roles configured)"
    return listed(_counted(role_title(role), roles.count(role)) for role in dict.fromkeys(roles))


def _counted(role: str, number: int) -> str:
    """A tier may ask for several people of one role."""
    return role if number == 1 else f"{number} people as {role}"


def stalled(view: View, draft: Draft, *, read_now: bool = False) -> bool:
    """Whether it waits past its time, as people were told; `read_now`: as it is at this moment."""
    if draft.status != "in review" or draft.last is None:
        return False
    return said_stalled(view.state, draft) or (read_now and view.now >= review_wanted(draft.last))


def with_wanted(view: View, draft: Draft, said: Sentence, *, read_now: bool = False) -> Sentence:
    """As in "…, wanted by 20:05", or "⚠️ …, was wanted by 20:05, 6 min over"."""
    by = review_wanted(draft.current)
    over = view.now - by
    if not stalled(view, draft, read_now=read_now):
        return joined(said, say("wanted by {when}", when=view.when(by)), ", ")
    when = say("was wanted by {when}", when=view.when(by))
    if read_now and over >= timedelta(minutes=1):
        when = joined(when, say("{over} over", over=duration(over)), ", ")
    return joined(say("⚠️"), joined(said, when, ", "))


def _in_words(draft: Draft, roles: list[str]) -> str:
    wanted = missing(draft.current, draft.approvals)
    if set(wanted) == set(roles):
        return listed(_counted(role, wanted.count(role)) for role in roles)
    return listed(roles, "or")


def _notes(view: View, draft: Draft, roles: list[str]) -> Iterator[Sentence]:
    for role in roles:
        if can_decide(draft, view.roster, role):
            continue
        told = say("Nobody has the role {role}, so this goes to", role=role_title(role))
        if view.roster.of(role):
            words = (
                "Nobody is left who can approve as {role}: they wrote or approved it already. This goes to"
            )
            told = say(words, role=role_title(role))
        elif view.roster.all_of(role):
            told = say("Nobody with the role {role} is on duty, so this goes to", role=role_title(role))
        found = finders(view.state, draft, view.roster)
        told = joined(told, called(found))
        if asleep := tuple(each for each in found if each in view.roster.off):
            yield joined(joined(told, say("."), ""), off_duty(asleep, found))
        else:
            yield joined(told, say(": please find someone."), "")


def off_duty(asleep: Sequence[str], told: Sequence[str]) -> Sentence:
    """Beside what somebody hears although they are off duty: why, or who hears it as well."""
    if set(asleep) >= set(told):
        return say("Everybody who could take this is off duty, so it goes to you all the same.")
    words = (
        "{who} are off duty, so others hear it too."
        if len(asleep) > 1
        else "{who} is off duty, so others hear it too."
    )
    return say(words, who=people(asleep))


def approved_by(view: View, draft: Draft) -> Iterator[Sentence]:
    """One sentence for each approval, with the role it fills. It stays when the person leaves that role."""
    roles = {person: role for role, person in filled(draft.current.roles, draft.approvals)}
    for each in draft.approvals:
        who = people([each.person])
        if each.without_roles:
            yield say("{who}, without roles configured,", who=who)
            continue
        role = roles.get(each.person, listed(sorted(each.roles)))
        held = view.roster.person(each.person)
        left = view.roster.configured and not (held.roles | held.unread) & each.roles
        yield say("{who} ({role} then, no longer)" if left else "{who} ({role})", who=who, role=role)
