"""The page before there is anything to see: who comes now is asked to wait, and comes again by itself."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

WORDS = "The practice workspace is being opened. This page comes by itself in a moment.\n"
AGAIN_S = 1


class Door:
    """Around all routes of the page."""

    def __init__(self, app: ASGIApp, opening: Callable[[], bool]) -> None:
        self._app, self._opening = app, opening

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._opening():
            return await self._app(scope, receive, send)
        again = {"Refresh": str(AGAIN_S), "Retry-After": str(AGAIN_S)}
        return await PlainTextResponse(WORDS, 503, again)(scope, receive, send)
