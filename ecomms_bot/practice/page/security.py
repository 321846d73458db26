"""What keeps the page to itself: it answers its own origin, and loads and runs nothing from elsewhere."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
REFUSED = "This came from another page than the practice workspace's own. Nothing was done.\n"


class Guard:
    """Around all routes of the page. The server has checked the Host already."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        answer = self._app if ours(scope["method"], Headers(scope=scope)) else PlainTextResponse(REFUSED, 403)
        return await answer(scope, receive, with_headers)


def ours(method: str, headers: Headers) -> bool:
    """Whether the page itself asks, or somebody comes here: a link from elsewhere changes nothing."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if origin is not None and origin != f"http://{headers.get('host', '')}".lower():
        return False
    if method in ("GET", "HEAD") and headers.get("sec-fetch-mode") == "navigate":
        return True
    return site in (None, "same-origin", "none")
