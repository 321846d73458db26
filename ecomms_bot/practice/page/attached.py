"""Files that came with messages, given to whoever sees the message."""

from __future__ import annotations

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ecomms_bot.practice.workspace import NotOnScreen, SeenFile, Workspace

GONE = "This file is no longer there, or you cannot see the message that it came with.\n"


def attached(workspace: Workspace) -> Route:
    """`/file?as=…&in=…&ts=…&n=…`, as `draw` addresses them. A browser keeps it, and never shows it."""

    async def endpoint(request: Request) -> Response:
        asked = request.query_params
        try:
            file = await run_in_threadpool(
                _find, workspace, *(asked[name] for name in ("as", "in", "ts", "n"))
            )
        except (NotOnScreen, KeyError, ValueError, IndexError):
            return PlainTextResponse(GONE, 404)
        named = f"attachment; filename*=utf-8''{quote(file.name, safe='')}"
        return Response(
            file.data, media_type="application/octet-stream", headers={"Content-Disposition": named}
        )

    return Route("/file", endpoint)


def _find(workspace: Workspace, handle: str, place: str, ts: str, number: str) -> SeenFile:
    return workspace.person(handle).message(place, ts).files[int(number)]
