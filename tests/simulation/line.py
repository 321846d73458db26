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


class Line(WebClient):
    """`travel` takes a method's name and waits; `asked` and `answered` are told before and after the work."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        plan: Callable[[str], Journey],
        sleep: Callable[[float], None],
        asked: Callable[[str], None],
        answered: Callable[[str, dict[str, Any], dict[str, Any]], None],
    ) -> None:
        super().__init__(workspace.bot_token, retry_handlers=[])
        self._workspace, self._plan, self._sleep = workspace, plan, sleep
        self._asked, self._answered = asked, answered

    def api_call(self, api_method: str, **how: Any) -> SlackResponse:
        """As it goes over the wire: values are copied, flags become 1 and 0."""
        values: dict[str, Any] = json.loads(
            json.dumps({**(how.get("params") or {}), **(how.get("data") or {}), **(how.get("json") or {})})
        )
        values = {name: value for name, value in values.items() if value is not None}
        journey = self._plan(api_method)
        self._asked(api_method)
        if journey.luck == "unreachable":
            raise URLError(ConnectionRefusedError())
        self._sleep(min(journey.there, TIMEOUT_S))
        if journey.luck == "429":
            return self._answer(api_method, 429, {"ok": False, "error": "ratelimited"}, journey)
        if journey.luck == "500":
            return self._answer(api_method, 500, {"ok": False, "error": "internal_error"}, journey)
        if journey.luck == "before":
            raise RemoteDisconnected("closed")
        result = web_api.call(self._workspace, api_method, self._workspace.bot_token, values)
        self._answered(api_method, values, result)
        late = journey.there + journey.back > TIMEOUT_S
        self._sleep(max(0.0, TIMEOUT_S - journey.there) if late else journey.back)
        if late or journey.luck == "after":
            raise TimeoutError
        return self._answer(api_method, 200, json.loads(json.dumps(result)), journey)

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
