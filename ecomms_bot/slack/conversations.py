"""The conversation of an incident: made or joined, people invited, the card pinned; all may be repeated."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence

from ecomms_bot.incident.state import Incident, Ref
from ecomms_bot.incident.things import Place
from ecomms_bot.service.ports import CannotShow
from ecomms_bot.slack.calls import Answer, Calls, Refused
from ecomms_bot.slack.refusals import REFUSALS

PER_PAGE = 999
"""conversations.list: "under 1000"."""
PAGES = 20
INVITED_AT_ONCE = 100
"""conversations.invite: "Up to 100 users may be listed"."""

INVITED_ANYWAY = frozenset({"already_in_channel", "cant_invite_self"})
ABOUT_ONE_PERSON = INVITED_ANYWAY | {
    "cant_invite",
    "failed_for_some_users",
    "invitee_cant_see_channel",
    "no_external_invite_permission",
    "no_permission",
    "org_user_not_in_team",
    "ura_max_channels",
    "user_disabled",
    "user_is_restricted",
    "user_not_found",
}

_OPEN_AGAIN = "Open the incident once more and choose a new conversation. The log keeps this one."

logger = logging.getLogger(__name__)


def open_conversation(calls: Calls, state: Incident, place: Place, *, again: bool, bot: str) -> Ref:
    """The conversation that was asked for, or a new one; one that this bot made under the name is adopted."""
    if place.conversation:
        return _join(calls, place.conversation)
    name = state.conversation_name
    if again and (made := _find(calls, name)) is not None:
        return _adopt(made, name, bot)
    try:
        answer = calls.write(calls.client.conversations_create, name=name)
    except Refused as refused:
        if refused.code != "name_taken":
            raise
        return _adopt(_find(calls, name), name, bot)
    return Ref(str(answer["channel"]["id"]))


def _join(calls: Calls, conversation: str) -> Ref:
    """Into a public conversation the bot goes by itself; into a private one someone must have let it."""
    try:
        calls.read(calls.client.conversations_join, channel=conversation)
    except Refused as refused:
        if refused.code == "is_archived":
            raise CannotShow(refused.problem, f"Unarchive it first, or: {_OPEN_AGAIN}") from None
        if not _is_member(calls, conversation):
            raise _not_let_in(refused) from None
    return Ref(conversation)


def _is_member(calls: Calls, conversation: str) -> bool:
    try:
        answer = calls.read(calls.client.conversations_info, channel=conversation)
    except Refused:
        return False
    return bool(answer["channel"].get("is_member"))


def _not_let_in(refused: Refused) -> CannotShow:
    if refused.code in {"missing_scope", "restricted_action"}:
        return CannotShow(refused.problem, refused.advice, mendable=refused.mendable)
    return CannotShow(
        "The bot is not in this conversation and cannot join it by itself: it is private or between people.",
        f"Type /invite and the bot's name in it. {_OPEN_AGAIN}",
    )


def _find(calls: Calls, name: str) -> Answer | None:
    """The conversation of this name, archived or not, if it is one that the bot can see."""
    return next(
        (each for each in _all(calls) if name in {each.get("name"), each.get("name_normalized")}), None
    )


def _all(calls: Calls) -> Iterator[Answer]:
    cursor = ""
    for _ in range(PAGES):
        more = {"cursor": cursor} if cursor else {}
        answer = calls.read(
            calls.client.conversations_list,
            types="public_channel",
            exclude_archived=False,
            limit=PER_PAGE,
            **more,
        )
        yield from answer.get("channels") or []
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return


def _adopt(made: Answer | None, name: str, bot: str) -> Ref:
    """Its name ends with characters of the incident's id, so one that this bot made is this incident's."""
    if made is None or made.get("creator") != bot:
        advice = REFUSALS["name_taken"][1]
        raise CannotShow(f"There is already a conversation #{name}, and it is not the bot's.", advice)
    if made.get("is_archived"):
        raise CannotShow(f"The conversation #{name} was archived before it could be used.", _OPEN_AGAIN)
    return Ref(str(made["id"]))


def invite(calls: Calls, place: Place, people: Mapping[str, str]) -> Ref:
    """Invite these people (id → what they are to the incident). CannotShow names those who are left out.

    Without `force`: with it Slack passes over wrong ids in silence, and who came would take another call.
    """
    everyone = list(people)
    left_out: dict[str, str] = {}
    for start in range(0, len(everyone), INVITED_AT_ONCE):
        left_out |= _invite(calls, place.conversation, everyone[start : start + INVITED_AT_ONCE])
    if left_out:
        raise _not_invited(people, left_out)
    return Ref(place.conversation)


def _invite(calls: Calls, conversation: str, people: Sequence[str]) -> dict[str, str]:
    """Person → code, for those who could not be invited: one bad id fails the call for all."""
    try:
        calls.read(calls.client.conversations_invite, channel=conversation, users=list(people))
    except Refused as refused:
        if refused.code not in ABOUT_ONE_PERSON:
            raise
        wrong = _wrong(refused, people)
    else:
        return {}
    if not wrong:  # Slack does not say who it was
        return {
            who: code for person in people for who, code in _invite(calls, conversation, [person]).items()
        }
    rest = [person for person in people if person not in wrong]
    found = {person: code for person, code in wrong.items() if code not in INVITED_ANYWAY}
    return found | (_invite(calls, conversation, rest) if rest else {})


def _wrong(refused: Refused, people: Sequence[str]) -> dict[str, str]:
    told = refused.answer.get("errors") or []
    wrong = {str(each.get("user")): str(each.get("error")) for each in told if isinstance(each, dict)}
    wrong = {person: code for person, code in wrong.items() if person in people}
    return wrong or ({people[0]: refused.code} if len(people) == 1 else {})


def _not_invited(people: Mapping[str, str], left_out: Mapping[str, str]) -> CannotShow:
    names = ", ".join(f"{person} ({people[person]})" for person in left_out)
    reasons = {REFUSALS[code][0] for code in left_out.values() if code in REFUSALS}
    return CannotShow(
        " ".join([f"Not invited to the conversation: {names}.", *sorted(reasons)]),
        "All others are in. Invite these by hand, or correct the roles in ecomms.yaml.",
    )


def pin(calls: Calls, place: Place) -> Ref:
    try:
        calls.read(calls.client.pins_add, channel=place.conversation, timestamp=place.ts)
    except Refused as refused:
        if refused.code != "already_pinned":
            raise
    return Ref(place.conversation, place.ts)
