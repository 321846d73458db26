"""A workspace with an incident's conversation and people, and the real gateway on Slack's own client."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from ecomms_bot.incident.policy import Roster
from ecomms_bot.incident.state import Incident, Recorded, Ref
from ecomms_bot.incident.things import Place
from ecomms_bot.practice.workspace import Call, Conversation, Person, Workspace, WorkspaceServer
from ecomms_bot.service.ports import Chat, Notice
from ecomms_bot.slack.blocks import exercise, section
from ecomms_bot.slack.calls import slack_client
from ecomms_bot.slack.cards import View
from ecomms_bot.slack.gateway import Gateway
from ecomms_bot.slack.message import Message

NOW = datetime(2021, 11, 15, 4, 0, tzinfo=UTC)
KEY = "i-flood/post/card"
NAME = "hwy-5-flooding-k7qa"


def message(text: str, replies: tuple[str, ...] = ()) -> Message:
    """A message whose blocks say what its text says."""
    return Message(text, (section(text),), tuple(message(each) for each in replies))


class World:
    """`drawn` is what the gateway gets when it asks for a drawing; `asked` is what it asked for."""

    def __init__(self, server: WorkspaceServer) -> None:
        self.server = server
        self.workspace = Workspace(now=NOW.timestamp)
        server.carry(self.workspace)
        for handle in ("mara", "pia", "ike"):
            self.workspace.add_user(handle)
        self.mara, self.pia, self.ike = (self.workspace.person(each) for each in ("mara", "pia", "ike"))
        self.room = self.conversation("flood-room")
        self.state = Incident(
            "i-flood", seq=3, name="Highway 5 flooding", opener=self.mara.id, conversation_name=NAME
        )
        self.roster = Roster({"pio": (self.pia.id,), "ic": (self.ike.id, self.mara.id)})
        self.drawn = message("The river is high.")
        self.entries: Sequence[Recorded] = ()
        self.problems: tuple[str, ...] = ()
        self.names = {each.id: each.user.name for each in (self.mara, self.pia, self.ike)}
        self.asked: list[tuple[str, str, str]] = []
        self.client = slack_client(self.workspace.bot_token, server.url)
        self.gateway = self.make_gateway()

    def make_gateway(self, **changed: Any) -> Chat:
        settings: dict[str, Any] = {
            "state": lambda _: self.state,
            "checked": lambda _: (self.state, self.entries, self.problems),
            "names": lambda _client, people: {
                each: self.names[each] for each in people if each in self.names
            },
            "roster": lambda: self.roster,
            "now": lambda: NOW,
            "bot_user": lambda: self.workspace.bot.id,
            "render": self.render,
            **changed,
        }
        return Gateway(self.client, **settings)

    def render(self, thing: str, view: View, *, kind: str, user: str) -> Message:
        assert view.state is self.state
        self.asked.append((thing, kind, user))
        return self.drawn

    def be_exercise(self, *, marked: bool = True) -> None:
        self.state = replace(self.state, exercise=True)
        if marked:
            self.drawn = exercise(self.drawn)

    def conversation(self, name: str, *, private: bool = False, with_bot: bool = True) -> Conversation:
        made = self.workspace.add_conversation(name, ["mara"], private=private)
        if with_bot:
            self.workspace.person("mara").invite_app(made)
        return made

    def show(
        self,
        kind: str = "post",
        place: Place | None = None,
        *,
        thing: str = "card",
        key: str = KEY,
        again: bool = False,
        **ids: str,
    ) -> Ref:
        """As the worker does it; without a place it goes into the incident's conversation."""
        notice = Notice(kind, "i-flood", thing, ids)
        return self.gateway.show(notice, self.here if place is None else place, key, again=again)

    @property
    def here(self) -> Place:
        return Place(self.room.id)

    @property
    def root(self) -> Place:
        """A thread in the conversation."""
        return Place(self.room.id, thread=self.mara.say(self.room, "A step").ts)

    def texts(self, person: Person | None = None, thread: str | None = None) -> list[str]:
        """What this person reads in the conversation or a thread of it, oldest first."""
        return [each.plain() for each in (person or self.mara).messages(self.room, thread)]

    def calls(self, method: str) -> list[Call]:
        return self.workspace.calls_of(method)

    @property
    def writes(self) -> list[Call]:
        """Everything that was sent, whether it arrived or not."""
        methods = {"chat.postMessage", "chat.update", "response_url"}
        return [call for call in self.workspace.calls if call.method in methods]


class Answering(ThreadingHTTPServer):
    """A server that gives one answer to everything, at once or when `go` is set."""

    def __init__(self, status: int, body: str | bytes, headers: dict[str, str] | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.status, self.headers = status, headers or {}
        self.content = body.encode() if isinstance(body, str) else body
        self.asked, self.go = Event(), Event()
        self.requests: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class _Answer(BaseHTTPRequestHandler):
    server: Answering

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.requests.append(self.path)
        self.server.asked.set()
        self.server.go.wait(60)
        self.send_response(self.server.status)
        for name, value in {**self.server.headers, "Content-Length": str(len(self.server.content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.content)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def held(status: int, body: str | bytes, headers: dict[str, str] | None = None) -> Iterator[Answering]:
    """A server that answers when its `go` is set."""
    with Answering(status, body, headers) as server:
        thread = Thread(target=lambda: server.serve_forever(poll_interval=0.01))
        thread.start()
        try:
            yield server
        finally:
            server.go.set()
            server.shutdown()
            thread.join()


@contextmanager
def answering(status: int, body: str | bytes, headers: dict[str, str] | None = None) -> Iterator[str]:
    """The address of a server that gives this answer to everything, such as a proxy does."""
    with held(status, body, headers) as server:
        server.go.set()
        yield server.url
