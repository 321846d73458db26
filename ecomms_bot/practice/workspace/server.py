"""The workspace on the network: Web API, response URLs and Socket Mode, on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from ecomms_bot.practice.workspace import (
    responses,
    web,
    web_chat,
    web_conversations,
    web_files,
    web_people,
    web_views,
)
from ecomms_bot.practice.workspace.core import Workspace
from ecomms_bot.practice.workspace.faults import Plan
from ecomms_bot.practice.workspace.hosts import OnlyOurHost
from ecomms_bot.practice.workspace.refusals import WorkspaceError
from ecomms_bot.practice.workspace.state import Json
from ecomms_bot.practice.workspace.web import record

# Each of these modules registers its methods when it is imported.
METHOD_MODULES = (web_chat, web_conversations, web_files, web_people, web_views)

PING_SECONDS = 1.0  # a client that reads with a timeout then notices within a second that it was closed
HOLD_SECONDS = 30.0
GOING_AWAY = 1001


class WorkspaceServer:
    """Serves one workspace in a thread. Port 0 takes a free one; `url` is the SLACK_API_URL of the app.

    `site`: routes besides those of Slack, on the same port.
    """

    def __init__(self, workspace: Workspace, *, port: int = 0, site: Sequence[BaseRoute] = ()) -> None:
        self.workspace = workspace
        self.port = port
        self.site = tuple(site)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    def carry(self, workspace: Workspace) -> None:
        """Serve this workspace from now on; sockets of the old one are closed."""
        self.workspace.faults.clear()
        self.workspace.wire.drop()
        self.workspace = workspace
        workspace.base_url = f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Returns when the port is open. Raises WorkspaceError if it is taken."""
        listener = self._listen()
        self.workspace.closing = False
        self.port = listener.getsockname()[1]
        self.workspace.base_url = f"http://127.0.0.1:{self.port}"
        self.workspace.closing = False
        config = uvicorn.Config(
            self._app(),
            http=H11Protocol,
            ws=WebSocketsSansIOProtocol,
            lifespan="off",
            log_config=None,
            access_log=False,
            ws_ping_interval=PING_SECONDS,
            ws_ping_timeout=None,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, args=(listener,), name="workspace", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close every connection and the port."""
        if self._server is None or self._thread is None:
            return
        self.workspace.close()
        self.workspace.faults.clear()
        self.workspace.wire.drop()
        self._server.should_exit = True
        self._thread.join()
        self._server = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _listen(self) -> socket.socket:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", self.port))
        except OSError as error:
            listener.close()
            raise WorkspaceError(
                f"Port {self.port} on this machine is taken, so the workspace was not started. "
                "Choose another port, or 0 for a free one."
            ) from error
        listener.listen(256)  # calls made from now on wait until the loop runs
        return listener

    def _run(self, listener: socket.socket) -> None:
        assert self._server is not None
        with asyncio.Runner() as runner:
            self._loop = runner.get_loop()
            runner.run(self._server.serve(sockets=[listener]))

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/{method:path}", self._api, methods=["GET", "POST"]),
                Route("/response/{kind}/{team}/{token}", self._response_url, methods=["POST"]),
                Route("/upload/v1/{token}", self._upload, methods=["POST"]),
                WebSocketRoute("/link/", self._link),
                *self.site,
            ],
            middleware=[Middleware(OnlyOurHost, port=lambda: self.port)],
        )

    # --- calls -------------------------------------------------------------------------------------------

    async def _api(self, request: Request) -> Response:
        name = request.path_params["method"]
        values = await arguments(request)
        with self.workspace.serving():
            plan = self.workspace.faults.for_call(name, values)
            if (spoiled := await self._before(request, plan, name, values)) is not None:
                return spoiled
            result = web.call(self.workspace, name, token_of(request, name, values), values, plan.name)
            return await self._after(request, plan, 200, result)

    async def _response_url(self, request: Request) -> Response:
        try:
            body = json.loads(await request.body())
        except ValueError:
            body = None
        values = {**(body if isinstance(body, dict) else {}), "url": request.path_params["token"]}
        with self.workspace.serving():
            plan = self.workspace.faults.for_call("response_url", values)
            if (spoiled := await self._before(request, plan, "response_url", values)) is not None:
                return spoiled
            status, result = responses.respond(self.workspace, request.path_params["token"], body, plan.name)
            return await self._after(request, plan, status, result)

    async def _upload(self, request: Request) -> Response:
        token, data = request.path_params["token"], await request.body()
        values: Json = {"length": len(data)}
        with self.workspace.serving():
            plan = self.workspace.faults.for_call(web_files.UPLOAD, values)
            if (spoiled := await self._before(request, plan, web_files.UPLOAD, values)) is not None:
                return spoiled
            status, told = web_files.upload(self.workspace, token, data, plan.name)
            if plan.fault is not None:
                return await self._hang_up(request)
            return PlainTextResponse(told, status)

    async def _before(self, request: Request, plan: Plan, name: str, values: Json) -> Response | None:
        """The faults that keep the work from being done; the call is recorded all the same."""
        if plan.delay:
            await asyncio.sleep(plan.delay)
        if plan.hold is not None:
            plan.hold.reached.set()
            await asyncio.to_thread(plan.hold.released.wait, HOLD_SECONDS)
        fault = plan.fault
        if fault is None or fault.kind == "drop_after":
            return self._too_often(name, values)
        if fault.kind == "drop_before":
            record(self.workspace, name, values, None, fault.kind)
            return await self._hang_up(request)
        code = {"rate_limited": "ratelimited", "error": fault.code}.get(fault.kind, "internal_error")
        result: Json = {"ok": False, "error": code}
        record(self.workspace, name, values, result, fault.kind)
        if fault.kind == "rate_limited":
            return JSONResponse(result, 429, {"Retry-After": f"{fault.seconds:g}"})
        return JSONResponse(result, fault.status if fault.kind == "server_error" else 200)

    def _too_often(self, name: str, values: Json) -> Response | None:
        wait = self.workspace.limits.retry_after(name, values) if self.workspace.limits else None
        if wait is None:
            return None
        result: Json = {"ok": False, "error": "ratelimited"}
        record(self.workspace, name, values, result, "rate_limited")
        return JSONResponse(result, 429, {"Retry-After": str(wait)})

    async def _after(self, request: Request, plan: Plan, status: int, result: Json) -> Response:
        if plan.fault is not None:  # drop_after: the work is done, the answer is lost
            return await self._hang_up(request)
        headers = {"x-oauth-scopes": ",".join(sorted(web.granted(self.workspace)))}
        return JSONResponse(result, status, headers)

    async def _hang_up(self, request: Request) -> Response:
        """Close the connection without an answer."""
        if (transport := self._transport_of(request)) is not None:
            transport.close()
        await asyncio.sleep(0)  # the protocol learns of it first, else it complains of an answer too late
        await asyncio.sleep(0)
        return Response()

    def _transport_of(self, connection: HTTPConnection) -> asyncio.Transport | None:
        """What carries this request or socket: only closing it shows the app a lost connection."""
        assert self._server is not None
        for protocol in self._server.server_state.connections:
            if isinstance(protocol, H11Protocol | WebSocketsSansIOProtocol) and (
                protocol.client == tuple(connection.scope["client"])
            ):
                return protocol.transport
        return None

    # --- Socket Mode -------------------------------------------------------------------------------------

    async def _link(self, websocket: WebSocket) -> None:
        ws = self.workspace
        ticket = websocket.query_params.get("ticket", "")
        if ticket not in ws.wire.tickets or ws.faults.for_envelope("no_sockets"):
            await websocket.close(code=4401)
            return
        ws.wire.tickets.discard(ticket)
        await websocket.accept()
        loop = asyncio.get_running_loop()
        outbox: asyncio.Queue[str | bool] = asyncio.Queue()  # texts to send; a bool closes

        def put(item: str | bool) -> None:  # noqa: FBT001  (one of the two things that a queue item can be)
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody is there to read it
                loop.call_soon_threadsafe(outbox.put_nowait, item)

        writer = asyncio.create_task(self._write(websocket, outbox))
        link = ws.wire.attach(put, put, ws.app_id)
        try:
            while True:
                ws.wire.receive(link, json.loads(await websocket.receive_text()))
        except (WebSocketDisconnect, ValueError, RuntimeError):
            pass
        finally:
            ws.wire.detach(link)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)

    async def _write(self, websocket: WebSocket, outbox: asyncio.Queue[str | bool]) -> None:
        while True:
            item = await outbox.get()
            if isinstance(item, str):
                await websocket.send_text(item)
            elif item:
                if (transport := self._transport_of(websocket)) is not None:
                    transport.abort()
                return
            else:
                await websocket.close(GOING_AWAY)
                return


async def arguments(request: Request) -> Json:
    """Query and body together; JSON or a form, as the content type says."""
    values: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind == "application/json":
        with contextlib.suppress(ValueError):
            body = json.loads(await request.body())
            values |= body if isinstance(body, dict) else {}
    elif kind == "multipart/form-data":
        async with request.form() as form:
            values |= {key: value for key, value in form.items() if isinstance(value, str)}
    else:
        values |= dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))
    return values


def token_of(request: Request, name: str, values: Json) -> str | None:
    """From the header; else from a form, but for apps.connections.open, which takes it in the header only."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    json_sent = request.headers.get("content-type", "").startswith("application/json")
    if json_sent or name == "apps.connections.open":
        return None
    return values.get("token")
