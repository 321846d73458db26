"""Who holds which role: people and user groups of `ecomms.yaml`, remembered so that no listener waits."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from slack_sdk import WebClient

from ecomms_bot.errors import ConfigurationError
from ecomms_bot.incident.policy import ROLES, Person, Roster, unfillable
from ecomms_bot.playbook.model import Playbook
from ecomms_bot.service.ports import CannotShow, TryLater
from ecomms_bot.slack.calls import Answer, Calls

LEARN_AT_ONCE = 20
"""users.info allows 100 a minute; the rest is learned at the next refresh."""
NAMES_AT_ONCE = 40
NAMES_S = 10.0
"""How many people one report asks the names of, and how long that may take. The rest goes by the id."""

_USER = re.compile(r"[UW][A-Z0-9]+")
_GROUP = re.compile(r"S[A-Z0-9]+")
_GUEST_SIGNS = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot")

logger = logging.getLogger(__name__)


class Memory(Protocol):
    """Where what Slack said survives a restart. Never raises."""

    def recall(self) -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, bool]]:
        """User group → its members; person → whether they were a guest."""

    def keep(self, groups: Mapping[str, Sequence[str]], guests: Mapping[str, bool]) -> None:
        """What Slack said now."""


class RoleDirectory:
    """Implements `service.ports.Directory`. Safe for threads; only `refresh` and `learn` call Slack.

    `roles`: role → ids of people (U…, W…) and user groups (S…); None or empty: no roles are configured.
    `deputies`: likewise. `memory`: what is known at the start. `off`: who is off duty at the moment it is
    asked; it must not wait. Raises ConfigurationError for a role or an id that cannot be.
    """

    def __init__(
        self,
        roles: Mapping[str, Sequence[str]] | None,
        deputies: Mapping[str, Sequence[str]] | None = None,
        *,
        memory: Memory | None = None,
        off: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self._memory, self._off = memory, off
        self._roles = {role: tuple(ids) for role, ids in (roles or {}).items()}
        self._deputies = {role: tuple(ids) for role, ids in (deputies or {}).items()}
        for role, ids in self._named():
            _check(role, ids)
        self._lock = threading.Lock()
        groups, guests = memory.recall() if memory is not None else ({}, {})
        self._groups: dict[str, tuple[str, ...]] = dict(groups)
        self._guests: dict[str, bool] = dict(guests)
        self._names: dict[str, str] = {}
        self._met: set[str] = set()
        self._told: dict[str, bool] = {}
        self._unkept: set[str] = set()
        self._now = self._computed()

    def roster(self) -> Roster:
        """As of now: who is off duty until a time is on duty again when it has come."""
        off = frozenset(self._off()) if self._now.configured else frozenset()
        return replace(self._now, off=off) if off else self._now

    def person(self, user: str, *, guest: bool = False) -> Person:
        with self._lock:
            known = self._guests.get(user)
            if user not in self._told:
                self._met.add(user)
        return self._now.person(user, guest=guest or bool(known))

    def is_guest(self, user: str) -> bool:
        """Whether they are known to be a guest, a stranger or a bot; who is not known yet is no guest."""
        with self._lock:
            return self._guests.get(user, False)

    def refresh(self, client: WebClient) -> None:
        """Read the members of the user groups, and who of the people met lately is a guest. Never raises.

        Where Slack does not answer, what was known last stays.
        """
        calls = Calls(client)
        read: dict[str, tuple[str, ...]] = {}
        for group in sorted({each for _, ids in self._named() for each in ids if _GROUP.fullmatch(each)}):
            answer = _ask(
                calls, f"the members of the user group {group}", "usergroups.users.list", usergroup=group
            )
            if answer is not None:
                read[group] = tuple(answer.get("users") or ())
        with self._lock:
            self._groups |= read
        self._now = self._computed()
        with self._lock:
            waiting = sorted(self._met)[:LEARN_AT_ONCE]
        for user in waiting:
            self._learn(calls, user)
        self._keep(read)

    def learn(self, client: WebClient, user: str) -> None:
        """Ask Slack whether this person is a guest. It waits, so not for listeners. Never raises."""
        self._learn(Calls(client), user)

    def meet(self, client: WebClient, user: str) -> None:
        """Learn about somebody at their first word, and only then: a guest may not even read the status.

        It waits as long as `client` does, so give it one that does not wait long. Never raises.
        """
        with self._lock:
            known = user in self._guests
        if not known:
            self.learn(client, user)

    def names(self, client: WebClient, people: Iterable[str]) -> Mapping[str, str]:
        """Id → what they are called, asking Slack once for who is not known yet. Never raises.

        It waits, so not for listeners. Who cannot be found is not in it.
        """
        wanted = tuple(dict.fromkeys(people))
        with self._lock:
            unknown = [each for each in wanted if each not in self._names]
        calls = Calls(client, NAMES_S)
        for user in unknown[:NAMES_AT_ONCE]:
            self._learn(calls, user)
        with self._lock:
            return {each: self._names[each] for each in wanted if each in self._names}

    def warnings(self, playbook: Playbook) -> tuple[str, ...]:
        """The tiers of a playbook that the members of the roles cannot fill with different people."""
        roster = self.roster()
        found = []
        for name, tier in playbook.tiers.items():
            if missing := unfillable(tier.roles, roster):
                needed = ", ".join(tier.roles)
                found.append(
                    f"{playbook.title}: nobody can give the approval {name} ({tier.title}). It needs "
                    f"different people as {needed}; nobody is left for {', '.join(missing)}. {_ADVICE}"
                )
        return tuple(found)

    def _learn(self, calls: Calls, user: str) -> None:
        answer = _ask(calls, f"who {user} is", "users.info", user=user)
        if answer is not None:
            info = answer.get("user") or {}
            guest = any(info.get(sign) for sign in _GUEST_SIGNS)
            with self._lock:
                self._guests[user] = self._told[user] = guest
                self._unkept.add(user)
                if name := _name(info):
                    self._names[user] = name
                self._met.discard(user)

    def _keep(self, read: Mapping[str, tuple[str, ...]]) -> None:
        with self._lock:
            guests = {user: self._told[user] for user in self._unkept}
            self._unkept.clear()
        if self._memory is not None:
            self._memory.keep(read, guests)

    def _computed(self) -> Roster:
        with self._lock:
            members = {role: self._people(ids) for role, ids in self._roles.items()}
            deputies = {role: self._people(ids) for role, ids in self._deputies.items()}
            unread = frozenset(
                role
                for role, ids in self._named()
                if any(_GROUP.fullmatch(each) and each not in self._groups for each in ids)
            )
        return Roster(members, configured=bool(self._roles), unread=unread, deputies=deputies)

    def _people(self, ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(user for each in ids for user in self._groups.get(each, _single(each))))

    def _named(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each role with the ids that `ecomms.yaml` names for it, as members and as deputies."""
        return (*self._roles.items(), *self._deputies.items())


_ADVICE = "Name more people under roles in ecomms.yaml."


def _name(info: Answer) -> str:
    """The full name, as records have it; else what they are called."""
    profile = info.get("profile") or {}
    found = (info.get("real_name"), profile.get("real_name"), profile.get("display_name"), info.get("name"))
    return next((str(each).strip() for each in found if each and str(each).strip()), "")


def _single(each: str) -> tuple[str, ...]:
    return () if _GROUP.fullmatch(each) else (each,)


def _check(role: str, ids: Sequence[str]) -> None:
    if role not in ROLES:
        known = ", ".join(sorted(ROLES))
        raise ConfigurationError(
            f"There is no role {role} in ecomms-bot. Under roles in ecomms.yaml use: {known}."
        )
    for each in ids:
        if not (_USER.fullmatch(each) or _GROUP.fullmatch(each)):
            raise ConfigurationError(
                f"Under roles in ecomms.yaml, {role} names {each!r}, which is no id of Slack. Give the "
                "member ID of a person (U…, under Copy member ID in their profile) or of a user group (S…)."
            )


def _ask(calls: Calls, what: str, method: str, **arguments: str) -> Answer | None:
    """The answer, or None after a line in the log: nothing depends on this one call."""
    try:
        return calls.read(lambda **given: calls.client.api_call(method, params=given), **arguments)
    except (TryLater, CannotShow) as error:
        logger.warning("Slack did not say %s, so what was known stays: %s", what, error)
    except Exception:
        logger.exception("Slack's answer about %s could not be read", what)
    return None
