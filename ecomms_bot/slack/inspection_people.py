"""Who can act in the roles of `ecomms.yaml`: user groups are read, people looked up, 50 at most."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from ecomms_bot.incident.policy import Roster
from ecomms_bot.service.findings import Finding
from ecomms_bot.slack.refusals import REFUSALS

PEOPLE_MAX = 50
"""How many people are looked up; users.info allows 100 a minute, and a bot at work needs some."""
PEOPLE_S = 20.0
"""After so many seconds nobody more is looked up."""
_GUEST_SIGNS = ("is_restricted", "is_ultra_restricted", "is_stranger")
_ROLES = "Correct roles in ecomms.yaml."
_CANNOT: Mapping[str, str] = {
    "deactivated": "has a Slack account that is switched off",
    "guest": "is a guest in Slack, and guests may do nothing here",
    "app": "is an app, and apps may do nothing here",
    "nobody": "is nobody that Slack knows",
}

Found = Literal["", "deactivated", "guest", "app", "nobody"]


def look_at_people(
    client: WebClient, roles: Mapping[str, Sequence[str]], machine: Callable[[], float]
) -> tuple[list[Finding], Roster, tuple[str, ...]]:
    """Findings; who can act in each role; the roles whose members Slack did not say. Never raises."""
    findings: list[Finding] = []
    groups, unread = _read_groups(client, roles, findings)
    members = {
        role: tuple(dict.fromkeys(user for each in ids for user in groups.get(each, _single(each))))
        for role, ids in roles.items()
    }
    everybody = list(dict.fromkeys(user for users in members.values() for user in users))
    looked, names = _look_up(client, everybody, machine)
    able = {role: tuple(user for user in users if not looked.get(user)) for role, users in members.items()}
    unknown = tuple(role for role, ids in roles.items() if any(each in unread for each in ids))
    findings += _unable(members, able, looked, names)
    if len(looked) < len(everybody):
        left = len(everybody) - len(looked)
        words = f"Of {left} people in roles Slack was not asked, or did not say, whether they can act."
        findings.append(Finding("look", "people", words))
    elif roles and not any(looked.values()) and not unread:
        findings.append(Finding("ok", "people", "Everybody who holds a role can act."))
    return findings, Roster(able, configured=bool(roles)), unknown


def _read_groups(
    client: WebClient, roles: Mapping[str, Sequence[str]], findings: list[Finding]
) -> tuple[dict[str, tuple[str, ...]], set[str]]:
    """User group → its members; and those that cannot be read, each with a finding."""
    groups: dict[str, tuple[str, ...]] = {}
    unread: set[str] = set()
    for group in dict.fromkeys(each for ids in roles.values() for each in ids if not _single(each)):
        try:
            answer = client.usergroups_users_list(usergroup=group)
            groups[group] = tuple(str(each) for each in answer.get("users") or ())
        except Exception as error:  # noqa: BLE001 - the other lines are still wanted
            unread.add(group)
            of = ", ".join(role for role, ids in roles.items() if group in ids)
            words = f"The user group {group}, named for {of}, cannot be read. {_why(error)}"
            findings.append(Finding("wrong", "people", words))
    return groups, unread


def _single(each: str) -> tuple[str, ...]:
    return () if each.startswith("S") else (each,)


def _why(error: Exception) -> str:
    code = _code(error)
    if code == "missing_scope":
        return "The app lacks usergroups:read: add it, and install the app again; or name the people."
    problem, advice = REFUSALS.get(code, ("", ""))
    return f"{problem} {advice}" if problem else f"Slack says: {code}. {_ROLES}"


def _code(error: Exception) -> str:
    if isinstance(error, SlackApiError):
        return str(error.response.get("error", "an unknown error"))
    return type(error).__name__


def _look_up(
    client: WebClient, people: Sequence[str], machine: Callable[[], float]
) -> tuple[dict[str, Found], dict[str, str]]:
    """Person → why they cannot act, "" if they can; and names. Who is left out is not known."""
    looked: dict[str, Found] = {}
    names: dict[str, str] = {}
    until = machine() + PEOPLE_S
    for user in people[:PEOPLE_MAX]:
        if machine() > until:
            break
        try:
            info: Mapping[str, Any] = client.users_info(user=user).get("user") or {}
        except Exception as error:  # noqa: BLE001 - the other lines are still wanted
            code = _code(error)
            if code in {"user_not_found", "user_not_visible"}:
                looked[user] = "nobody"
            elif code == "missing_scope":  # said already, and it would be so for everybody
                break
            continue
        looked[user] = _found(info)
        names[user] = str(info.get("real_name") or info.get("name") or user)
    return looked, names


def _found(info: Mapping[str, Any]) -> Found:
    if info.get("deleted"):
        return "deactivated"
    if info.get("is_bot"):
        return "app"
    return "guest" if any(info.get(sign) for sign in _GUEST_SIGNS) else ""


def _unable(
    members: Mapping[str, Sequence[str]],
    able: Mapping[str, Sequence[str]],
    looked: Mapping[str, Found],
    names: Mapping[str, str],
) -> Iterator[Finding]:
    """Each person who cannot act, once, with their roles; wrong where a role is left without anybody."""
    for user, why in looked.items():
        if not why:
            continue
        of = [role for role, users in members.items() if user in users]
        empty = [role for role in of if not able[role]]
        who = f"{names[user]} ({user})" if user in names else user
        left = f" Nobody else is {' or '.join(empty)}." if empty else ""
        words = f"{who}, named for {', '.join(of)}, {_CANNOT[why]}.{left} {_ROLES}"
        yield Finding("wrong" if empty else "look", "people", words)
