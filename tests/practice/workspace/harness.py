"""A real bot (slack_bolt over Socket Mode) for the tests of the workspace, and blocks to post."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from ecomms_bot.practice.workspace import Workspace
from ecomms_bot.slack.socket_link import hang_up

Json = dict[str, Any]

PATIENCE_S = 20.0


class Bots:
    """Starts bots and ends them again without waiting for slack_sdk's own pauses."""

    def __init__(self, workspace: Workspace, client: WebClient) -> None:
        self.workspace = workspace
        self.client = client
        self._stack = ExitStack()

    def app(self) -> App:
        return App(client=self.client, process_before_response=True)

    def connect(self, app: App) -> SocketModeHandler:
        before = len(self.workspace.connections)
        handler = SocketModeHandler(app, self.workspace.app_token, ping_interval=0.1)
        handler.connect()  # type: ignore[no-untyped-call]
        self.workspace.wait_connected(before + 1)
        self._stack.callback(self._close, handler)
        return handler

    def close(self) -> None:
        self._stack.close()

    def _close(self, handler: SocketModeHandler) -> None:
        handler.client.closed = True
        handler.client.auto_reconnect_enabled = False
        handler.client.message_queue.put(None)  # else its reader waits for up to a second
        self.workspace.drop_connections()  # else its socket waits for up to a second
        until = time.monotonic() + PATIENCE_S
        while handler.client.is_connected():  # it stumbles if two of its threads close the socket at once
            assert time.monotonic() < until, "the socket of a bot is still open"
            time.sleep(0.001)
        hang_up(handler.client)


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(text: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def option(text: str, value: str) -> Json:
    return {"text": plain(text), "value": value}


def field(label: str, element: Json, block_id: str, **more: Any) -> Json:
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element, **more}


def text_field(label: str, block_id: str, **more: Any) -> Json:
    return field(label, {"type": "plain_text_input", "action_id": "typed", **more}, block_id)


def modal(*blocks: Json, title: str = "A modal", callback_id: str = "form", **more: Any) -> Json:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title),
        "submit": plain("Next"),
        "blocks": list(blocks),
        **more,
    }


def opens(app: App, view: Json | Callable[[Json], Json], command: str = "/open") -> None:
    """Let a command open this modal."""

    def listener(ack: Any, body: Json, client: WebClient) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=view(body) if callable(view) else view)
        ack()

    app.command(command)(listener)
