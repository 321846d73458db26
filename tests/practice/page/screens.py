"""A workspace with a page, an app that hears and answers at once, and what somebody's screen shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ecomms_bot.practice.page.acts import act
from ecomms_bot.practice.page.controls import NoControls
from ecomms_bot.practice.page.site import Site
from ecomms_bot.practice.page.viewer import Piece, Viewer, usable
from ecomms_bot.practice.page.where import Where
from ecomms_bot.practice.workspace import Conversation, Workspace, messages, views
from ecomms_bot.practice.workspace.state import Json, StoredMessage, View
from ecomms_bot.practice.workspace.wire import Link
from tests.practice.page.reading import Node, parsed

MORNING = 1_636_909_200.0
"""14 November 2021, 9:00 in Vancouver and 18:00 in Berlin."""


class Clock:
    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> float:
        return self.now


class App:
    """Hears every envelope, and acknowledges it with what `says` for its kind."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self.heard: list[Json] = []
        self.says: dict[str, Json] = {}
        self._link: Link | None = None
        self._link = ws.wire.attach(self._send, lambda _: None, ws.app_id)

    def _send(self, text: str) -> None:
        envelope = json.loads(text)
        if "envelope_id" not in envelope:
            return
        payload = envelope["payload"]
        self.heard.append(payload)
        said = {"envelope_id": envelope["envelope_id"]}
        kind = payload.get("type", envelope["type"])
        if kind in self.says:
            said["payload"] = self.says[kind]
        assert self._link is not None
        self._ws.wire.receive(self._link, said)

    def leave(self) -> None:
        assert self._link is not None
        self._ws.wire.detach(self._link)

    @property
    def last(self) -> Json:
        return self.heard[-1]


class Room:
    """One conversation, two people in it, a third who is not, the app, and the page around them."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.ws = Workspace("room", now=self.clock)
        self.ws.add_user("mara", name="Mara Lund", tz="America/Vancouver")
        self.ws.add_user("lee", name="Lee Ortiz", tz="Europe/Berlin")
        self.ws.add_user("otto", name="Otto Reyes", tz="America/Vancouver")
        self.ops = self.ws.add_conversation("ops", ["mara", "lee", self.ws.bot.id], topic="What goes on")
        self.app = App(self.ws)
        self.controls = NoControls()
        typed = {"/ecomms": [("start [playbook]", "open an incident"), ("status", "show what is due")]}
        self.site = Site(self.ws, self.controls, {"mara": "Communicator"}, typed)

    # --- what the app does -------------------------------------------------------------------------------

    def posts(
        self,
        text: str,
        *blocks: Json,
        place: Conversation | None = None,
        thread: str | None = None,
        only: str | None = None,
    ) -> StoredMessage:
        self.clock.now += 1
        content = messages.check_content(text, list(blocks) or None)
        to = self.ws.user(only).id if only else None
        return messages.add(self.ws, place or self.ops, content, thread_ts=thread, ephemeral_to=to)

    def opens(self, who: str, view: Json) -> View:
        return views.open_modal(self.ws, self.ws.new_trigger(self.ws.user(who).id).id, view)

    def says(self, who: str, text: str, thread: str | None = None) -> str:
        self.clock.now += 1
        return self.ws.person(who).say(self.ops, text, thread).ts

    # --- what people do and see --------------------------------------------------------------------------

    def act(self, who: str, what: str, /, **said: Any) -> Json:
        return act(self.site, what, {"as": who, "in": self.ops.id, **said})

    def viewer(self, who: str, **where: Any) -> Viewer:
        asked: Mapping[str, Any] = {"place": self.ops.id, **where}
        return Viewer(self.site, usable(self.site, Where(who, **asked)))

    def pieces(self, who: str, **where: Any) -> list[Piece]:
        return self.viewer(who, **where).pieces()

    def screen(self, who: str, **where: Any) -> Mapping[str, Node]:
        """Piece id → what it shows."""
        return {piece.id: parsed(piece.html) for piece in self.pieces(who, **where)}

    def rows(self, who: str, kind: str = "m", **where: Any) -> list[str]:
        """The words of each message on the screen, in order."""
        return [
            " ".join(node.text.split())
            for name, node in self.screen(who, **where).items()
            if name.startswith(f"{kind}-")
        ]
