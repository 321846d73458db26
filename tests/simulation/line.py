"""Slack's own client with the built-in workspace at its other end, no sockets between; a call is a port."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from http.client import RemoteDisconnected
from typing import Any, Literal
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from ecomms_bot.practice.workspace import Workspace, web_chat, web_conversations
from ecomms_bot.practice.workspace import web as web_api

_METHODS = (web_chat, web_conversations)  # loaded, they register what they answer

Luck = Literal["", "slow", "429", "500", "before", "after", "unreachable"]
"""What becomes of one call: nothing bad; or late, refused, broken off before or after the work, not begun."""

TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Journey:
    """How one call goes: how long to Slack and back (seconds), and what happens on the way."""

    there: float = 0.05
    back: float = 0.05
    luck: Luck = ""
    retry_after: int = 30


@dataclass(frozen=True)
class Way:
    """What a call needs on its way. `asked` and `answered` are told when it begins and when it is back.

    `at` has something done at a time, whoever still lives then: what was sent arrives although its sender has
    died. `done` is told when it arrived; it is given by `sends` when the call begins.
    """

    plan: Callable[[str], Journey]
    sleep: Callable[[float], None]
    at: Callable[[float, Callable[[], None]], None]
    asked: Callable[[str], None]
    sends: Callable[[str], Callable[[dict[str, Any], dict[str, Any]], None]]
    answered: Callable[[str], None]


class Line(WebClient):
    """Slack's client, and the workspace at the other end."""

    def __init__(self, workspace: Workspace, way: Way) -> None:
        super().__init__(workspace.bot_token, retry_handlers=[])
        self._workspace, self._way = workspace, way

    def api_call(self, api_method: str, **how: Any) -> SlackResponse:
        """As it goes over the wire: values are copied, flags become 1 and 0."""
        values: dict[str, Any] = json.loads(
            json.dumps({**(how.get("params") or {}), **(how.get("data") or {}), **(how.get("json") or {})})
        )
        values = {name: value for name, value in values.items() if value is not None}
        way = self._way
        journey = way.plan(api_method)
        way.asked(api_method)
        if journey.luck == "unreachable":
            raise URLError(ConnectionRefusedError())
        there = min(journey.there, TIMEOUT_S)
        if journey.luck in {"429", "500", "before"}:
            way.sleep(there)
            return self._refused(api_method, journey)
        result = self._sent(api_method, values, there)
        way.sleep(there)
        way.answered(api_method)
        late = there + journey.back > TIMEOUT_S
        way.sleep(TIMEOUT_S - there if late else journey.back)
        if late or journey.luck == "after":
            raise TimeoutError
        return self._answer(api_method, 200, json.loads(json.dumps(result)), journey)

    def _sent(self, method: str, values: dict[str, Any], there: float) -> dict[str, Any]:
        """What Slack makes of it, as soon as it has arrived."""
        done, result = self._way.sends(method), dict[str, Any]()

        def arrive() -> None:
            result.update(web_api.call(self._workspace, method, self._workspace.bot_token, values))
            done(values, result)

        self._way.at(there, arrive)
        return result

    def _refused(self, method: str, journey: Journey) -> SlackResponse:
        match journey.luck:
            case "429":
                return self._answer(method, 429, {"ok": False, "error": "ratelimited"}, journey)
            case "500":
                return self._answer(method, 500, {"ok": False, "error": "internal_error"}, journey)
            case _:
                raise RemoteDisconnected("closed")

    def _answer(self, method: str, status: int, data: dict[str, Any], journey: Journey) -> SlackResponse:
        response = SlackResponse(
            client=self,
            http_verb="POST",
            api_url=method,
            req_args={},
            data=data,
            headers={"Retry-After": str(journey.retry_after)} if status == 429 else {},
            status_code=status,
        )
        response.validate()  # type: ignore[no-untyped-call]
        return response
