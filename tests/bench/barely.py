"""The least that a page can be: words, a stream that says hello, a button with an answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

PAGE, STREAM, ACT = "/barely", "/barely/stream", "/barely/act"
ROWS = 50
HTML = f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>A bare page</title>
<ol>{"<li>Somebody says something of some length, so that there is something to read here.</li>" * ROWS}</ol>
<textarea></textarea><button>Do</button>
<script type="module">
const stream = new EventSource("{STREAM}");
document.querySelector("button").addEventListener("click", async () => {{
  const {{text: textContent}} = await (await fetch("{ACT}", {{method: "POST", body: "{{}}"}})).json();
  document.querySelector("ol").append(Object.assign(document.createElement("li"), {{textContent}}));
}});
</script></html>
"""
HOLD_S = 20.0


def barely() -> list[BaseRoute]:
    """Before the routes of the page itself, which take everything else."""
    return [Route(PAGE, _page), Route(STREAM, _stream), Route(ACT, _act, methods=["POST"])]


async def _page(_: Request) -> Response:
    return HTMLResponse(HTML)


async def _stream(_: Request) -> Response:
    async def hello() -> AsyncIterator[str]:
        yield "event: hello\ndata: {}\n\n"
        await asyncio.sleep(HOLD_S)

    return StreamingResponse(hello(), media_type="text/event-stream")


async def _act(request: Request) -> Response:
    await request.body()
    return JSONResponse({"text": "Done."})
