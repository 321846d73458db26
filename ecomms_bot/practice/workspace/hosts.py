"""Who may ask: only what was addressed to this port of this machine, under its own name."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

NAMES = ("127.0.0.1", "localhost")


class OnlyOurHost:
    """Refuses what was sent to another name: a page elsewhere can make its own name lead to this machine."""

    def __init__(self, app: ASGIApp, port: Callable[[], int]) -> None:
        self._app = app
        self._port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and not self._ours(Headers(scope=scope).getlist("host")):
            told = "This address is not one of the practice workspace. Nothing was done.\n"
            refusal = PlainTextResponse(told, 421)
            return await refusal(scope, receive, send)
        return await self._app(scope, receive, send)

    def _ours(self, hosts: list[str]) -> bool:
        ours = {*NAMES, *(f"{name}:{self._port()}" for name in NAMES)}  # Slack's client leaves the port out
        return len(hosts) == 1 and hosts[0].lower() in ours
