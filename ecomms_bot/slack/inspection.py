"""What Slack says of the app when `ecomms doctor` asks: tokens, permissions, clock, roles, messages.

Nothing is changed and nobody is written to.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident.policy import Roster
from ecomms_bot.service.findings import Finding, SlackLook
from ecomms_bot.settings import Settings
from ecomms_bot.slack.inspection_leaders import look_at_leaders
from ecomms_bot.slack.inspection_messages import look_at_messages
from ecomms_bot.slack.inspection_people import look_at_people
from ecomms_bot.slack.manifest import OPTIONAL, SCOPES

OFF_S, FAR_OFF_S = 60, 300
"""Seconds by which this machine's clock may differ; Slack's signatures are good for five minutes."""
WIDER: Mapping[str, str] = {"channels:manage": "channels:write", "groups:write.invites": "groups:write"}
"""Permission → one that holds it and more."""
GROUPS = "usergroups:read"
INSTALL = "On the app's page under OAuth & Permissions"


@dataclass(frozen=True, slots=True)
class Inspection:
    """How Slack is asked. `client` makes one with a token; `where` is its address as it may be shown.

    `machine`: seconds since the epoch. `messages`: whether Slack is to look at every kind of message too.
    """

    settings: Settings
    client: Callable[[str], WebClient]
    machine: Callable[[], float]
    where: str
    timeout_s: int
    messages: bool = True

    def look(self) -> SlackLook:
        """All that Slack says. Never raises."""
        roles = self.settings.office.holders
        named = Roster(
            {role: tuple(each for each in ids if each[:1] != "S") for role, ids in roles.items()},
            configured=bool(roles),
        )
        unknown = tuple(role for role, ids in roles.items() if any(each.startswith("S") for each in ids))
        try:
            token, second = self.settings.signed() if self.settings.for_http else self.settings.tokens()
        except EcommsError:
            not_asked = Finding("look", "Slack", "Not asked: for that both tokens are needed.")
            return SlackLook((not_asked,), named, unknown)
        client = self.client(token)
        before = self.machine()
        try:
            answer = client.auth_test()
        except SlackApiError as error:
            code = error.response.get("error", "an unknown error")
            words = (
                f"It does not accept the bot's token ({code}). Check SLACK_BOT_TOKEN, and the app in Slack."
            )
            return SlackLook((Finding("wrong", "Slack", words),), named, unknown)
        except Exception as error:  # noqa: BLE001 - whatever keeps Slack away, the other lines are still wanted
            away_ = Finding("wrong", "Slack", away(error, self.where, self.timeout_s))
            return SlackLook((away_,), named, unknown)
        now = (before + self.machine()) / 2
        headers = {name.lower(): value for name, value in answer.headers.items()}
        team, user = answer.get("team", "?"), answer.get("user", "?")
        found = [Finding("ok", "Slack", f"The bot is {user} in {team}.")]
        if not self.settings.for_http:
            found += self._app_token(second)
        found += permissions(headers.get("x-oauth-scopes"), groups=bool(unknown))
        found += clock(headers.get("date"), now, http=self.settings.for_http)
        people, roster, unknown = look_at_people(client, roles, self.machine)
        found += people
        found += look_at_leaders(client, self.settings.office.leaders)
        if self.messages:
            somebody = next(
                (each for of in roster.members.values() for each in of), answer.get("user_id", "")
            )
            found += look_at_messages(client, str(somebody), self.machine)
        return SlackLook(tuple(found), roster, unknown)

    def _app_token(self, token: str) -> Iterator[Finding]:
        """Asks for the address of a connection, and opens none."""
        try:
            self.client(token).apps_connections_open(app_token=token)
        except SlackApiError as error:
            code = error.response.get("error", "an unknown error")
            how = {
                "missing_scope": "It lacks connections:write: make a new one that has it.",
                "forbidden_team": "It belongs to another workspace.",
            }.get(code, "Copy it again from the app's page, Basic Information, App-Level Tokens.")
            yield Finding("wrong", "Slack", f"It does not accept SLACK_APP_TOKEN ({code}). {how}")
        except Exception as error:  # noqa: BLE001 - as above
            yield Finding("wrong", "Slack", away(error, self.where, self.timeout_s))
        else:
            yield Finding("ok", "Slack", "It accepts SLACK_APP_TOKEN; no connection was opened for that.")


def permissions(granted: str | None, *, groups: bool) -> Iterator[Finding]:
    """What the app may do, against what the manifest asks for. `groups`: whether roles name user groups."""
    if granted is None:
        words = "Slack did not say which permissions the app has. Compare them with `ecomms manifest`."
        yield Finding("look", "permissions", words)
        return
    has = {each.strip() for each in granted.split(",") if each.strip()}
    lacking = [each for each in SCOPES if each not in has and WIDER.get(each) not in has]
    advice = f"{INSTALL} add it, then install the app again."
    for each in lacking:
        words = f"{each} is missing: it is there to {SCOPES[each]}."
        if each not in OPTIONAL or (each == GROUPS and groups):
            yield Finding("wrong", "permissions", f"{words} {advice}")
        else:
            yield Finding(
                "look",
                "permissions",
                f"{words} {OPTIONAL[each]} If you need it: {advice[0].lower()}{advice[1:]}",
            )
    more = _superfluous(has)
    if more:
        advice = f"{INSTALL} remove what no other use needs, then install the app again."
        yield Finding(
            "look", "permissions", f"The app may do more than it needs: {', '.join(more)}. {advice}"
        )
    if not lacking:
        yield Finding("ok", "permissions", "The app has all that it needs.")


def _superfluous(has: Collection[str]) -> list[str]:
    instead = {wide for narrow, wide in WIDER.items() if narrow not in has}
    return sorted(each for each in has if each not in SCOPES and each not in instead)


def clock(date: str | None, now: float, *, http: bool) -> Iterator[Finding]:
    """Compares this machine's clock with the time in Slack's answer."""
    try:
        off = now - parsedate_to_datetime(date or "").timestamp()
    except (TypeError, ValueError):
        yield Finding("look", "clock", "Slack did not say what time it has. Check this machine's clock.")
        return
    if abs(off) <= OFF_S:
        yield Finding("ok", "clock", "This machine's clock agrees with Slack's.")
        return
    span = f"{abs(off):.0f} s" if abs(off) < FAR_OFF_S else f"{abs(off) / 60:.0f} min"
    said = f"This machine's clock is {span} {'ahead of' if off > 0 else 'behind'} Slack's"
    advice = "Switch time synchronisation on (NTP), then look again."
    if abs(off) <= FAR_OFF_S:
        yield Finding("look", "clock", f"{said}, and so are reminders and the times in the log. {advice}")
    elif http:
        told = "Slack's signatures count as too old, so no command and no click gets through"
        yield Finding("wrong", "clock", f"{said}. {told}. {advice}")
    else:
        yield Finding(
            "wrong", "clock", f"{said}: reminders come at the wrong time, and the log says so. {advice}"
        )


def away(error: Exception, where: str, timeout_s: int) -> str:
    """Why there was no answer, as far as the network tells, and what to look at."""
    match getattr(error, "reason", error):
        case ConnectionRefusedError():
            said = f"Nothing answers at {where}."
        case TimeoutError():
            said = f"There was no answer from {where} within {timeout_s} s."
        case socket.gaierror():
            said = f"The name in {where} is not known on this network."
        case other:
            said = f"{where} cannot be reached ({type(other).__name__})."
    return f"{said} Check the network, the proxy and SLACK_API_URL."
