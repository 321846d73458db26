"""The workspace: who and what is in it, what was called, and the lock and the bell around it all."""

from __future__ import annotations

import hashlib
import secrets
import time
from base64 import b32encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from ecomms_bot.practice.workspace.answers import Answer
from ecomms_bot.practice.workspace.bell import Bell
from ecomms_bot.practice.workspace.events import Events
from ecomms_bot.practice.workspace.faults import Faults
from ecomms_bot.practice.workspace.refusals import NotOnScreen, NotSeen, WorkspaceError
from ecomms_bot.practice.workspace.state import (
    Call,
    Conversation,
    ResponseUrl,
    StoredMessage,
    Trigger,
    User,
    UserGroup,
    View,
)
from ecomms_bot.practice.workspace.wire import Envelope, Link, Wire

if TYPE_CHECKING:
    from ecomms_bot.practice.workspace.person import Person

T = TypeVar("T")

TRIGGER_SECONDS = 3.0  # Slack: "expires 3 seconds after it was made"
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5


class Workspace:
    """Everything a Slack workspace knows. Safe to use from any thread; does no I/O by itself.

    `now` is the time that messages carry (seconds since 1970; a practice clock may scale or push it).
    `machine` is the time that triggers and response URLs age by (seconds, monotonic). `ack_timeout` is always
    true time. `scopes` are what the app's manifest asked for (None grants everything), `should_escape` what
    it says of mentions in commands.
    """

    def __init__(
        self,
        name: str = "practice",
        *,
        now: Callable[[], float] = time.time,
        machine: Callable[[], float] = time.monotonic,
        ack_timeout: float = 3.0,
        bot_name: str = "ecomms",
        bot_token: str | None = None,
        app_token: str | None = None,
        scopes: set[str] | None = None,
        should_escape: bool = False,
    ) -> None:
        self.name = name
        self.now = now
        self.machine = machine
        self.scopes = scopes
        self.should_escape = should_escape
        self.team_id, self.app_id, self.bot_id = (stable_id(kind, name) for kind in ("T", "A", "B"))
        self.bot_token = bot_token or f"xoxb-practice-{secrets.token_hex(12)}"
        self.app_token = app_token or f"xapp-1-practice-{secrets.token_hex(12)}"
        self.base_url = "http://127.0.0.1"  # set by the server that carries this workspace
        self.lock = Bell()
        self.faults = Faults()
        self.wire = Wire(self.lock, self.faults, ack_timeout)
        self.events = Events(self)
        self.calls: list[Call] = []
        self.users: dict[str, User] = {}
        self.groups: dict[str, UserGroup] = {}
        self.channels: dict[str, Conversation] = {}
        self.views: dict[str, View] = {}
        self.windows: dict[str, list[list[View]]] = {}  # user id -> stacks of open modals, the newest last
        self.homes: dict[str, View] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self._last_ts = 0
        self._serving = 0
        self.bot = self.add_user(bot_name, name=bot_name, bot=True)

    # --- people and conversations ------------------------------------------------------------------------

    def add_user(
        self,
        handle: str,
        *,
        name: str | None = None,
        tz: str = "UTC",
        bot: bool = False,
        restricted: bool = False,
    ) -> User:
        """A new member. The id follows from workspace and handle, so that roles can name it beforehand."""
        with self.lock:
            if any(user.handle == handle for user in self.users.values()):
                raise WorkspaceError(f"There is already a user called {handle} in this workspace.")
            user = User(
                stable_id("U", self.name, handle), handle, name or handle, tz, bot, restricted=restricted
            )
            self.users[user.id] = user
            self.changed()
            return user

    def add_group(self, handle: str, members: list[str], *, name: str | None = None) -> UserGroup:
        """A user group of these people (handles or ids)."""
        with self.lock:
            group = UserGroup(stable_id("S", self.name, handle), handle, name or handle)
            group.members = [self.user(member).id for member in members]
            self.groups[group.id] = group
            self.changed()
            return group

    def add_conversation(
        self, name: str, members: list[str] | None = None, *, private: bool = False, topic: str = ""
    ) -> Conversation:
        """A conversation made by people: the bot is no member until it joins or is invited."""
        with self.lock:
            ids = [self.user(member).id for member in members or []]
            return self.make_conversation(name, "private" if private else "channel", ids, topic=topic)

    def make_conversation(self, name: str, kind: str, members: list[str], *, topic: str = "") -> Conversation:
        made = Conversation(
            id=new_id({"channel": "C", "private": "C", "im": "D"}[kind]),
            name=name,
            kind=kind,
            creator=members[0] if members else "",
            created=int(self.now()),
            topic=topic,
            members=list(members),
        )
        self.channels[made.id] = made
        self.changed()
        return made

    def direct_message(self, user_id: str) -> Conversation:
        """The DM of this person and the bot, made at its first use."""
        for conversation in self.channels.values():
            if conversation.kind == "im" and user_id in conversation.members:
                return conversation
        return self.make_conversation("", "im", [self.bot.id, user_id])

    def person(self, handle: str) -> Person:
        """Somebody to type, click and read as (handle or user id)."""
        from ecomms_bot.practice.workspace.person import Person  # noqa: PLC0415  (a person needs a workspace)

        return Person(self, self.user(handle))

    def user(self, who: str) -> User:
        """By handle, id or visible name."""
        with self.lock:
            wanted = who.removeprefix("@")
            for user in self.users.values():
                if wanted in (user.id, user.handle):
                    return user
            named = [user for user in self.users.values() if user.name == wanted]
            if len(named) == 1:
                return named[0]
        raise NotOnScreen(f"There is nobody called {who} in this workspace.")

    def conversation(self, name: str | Conversation) -> Conversation:
        """By name or id."""
        if isinstance(name, Conversation):
            return name
        with self.lock:
            wanted = name.removeprefix("#")
            found = self.channels.get(wanted)
            if found is None:
                found = next((c for c in self.channels.values() if c.kind != "im" and c.name == wanted), None)
            if found is None:
                raise NotOnScreen(f"There is no conversation called {name} in this workspace.")
            return found

    @property
    def conversations(self) -> list[Conversation]:
        """All but the direct messages, in the order they were made."""
        with self.lock:
            return [c for c in self.channels.values() if c.kind != "im"]

    # --- the app's connections and envelopes -------------------------------------------------------------

    @property
    def connections(self) -> list[Link]:
        with self.lock:
            return list(self.wire.links)

    @property
    def envelopes(self) -> list[Envelope]:
        with self.lock:
            return list(self.wire.envelopes)

    def busy(self) -> bool:
        """Whether an envelope waits for its ack or a call is being served."""
        with self.lock:
            return self._serving > 0 or any(envelope.outcome is None for envelope in self.wire.envelopes)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Around one call of the app, for `busy()`."""
        with self.lock:
            self._serving += 1
            self.lock.ring()
        try:
            yield
        finally:
            with self.lock:
                self._serving -= 1
                self.lock.ring()

    def wait_connected(self, count: int = 1, timeout: float = 10.0) -> None:
        self.wait_for(lambda: len(self.wire.links) >= count, timeout, f"{count} connection(s) of the app")

    def drop_connections(self, *, abrupt: bool = False) -> None:
        """Close the app's sockets from this side; `abrupt` without a closing handshake."""
        self.wire.drop(abrupt=abrupt)

    def refresh_connections(self, reason: str = "refresh_requested") -> None:
        """Send `disconnect` with this reason, as Slack does about every hour."""
        self.wire.announce_disconnect(reason)

    def resend(self, envelope: str | Envelope) -> Answer:
        """Deliver the same envelope once more (same ids, same payload) and wait for its ack."""
        with self.lock:
            if isinstance(envelope, str):
                found = next((one for one in self.wire.envelopes if one.id == envelope), None)
                if found is None:
                    raise WorkspaceError(f"No envelope {envelope} was sent by this workspace.")
                envelope = found
        return self.wire.deliver(envelope)

    # --- time, ids, waiting ------------------------------------------------------------------------------

    def new_ts(self) -> str:
        """A message's ts: unique and increasing, even if `now` stands still or goes back."""
        with self.lock:
            self._last_ts = max(int(self.now() * 1_000_000), self._last_ts + 1)
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_trigger(self, user_id: str, view_id: str | None = None) -> Trigger:
        number = int(self.now() * 1000)
        trigger = Trigger(
            f"{number}.{number % 1_000_000}.{secrets.token_hex(16)}", user_id, self.machine(), view_id
        )
        self.triggers[trigger.id] = trigger
        return trigger

    def new_response_url(
        self, kind: str, user_id: str, conversation: str, original: str | None = None
    ) -> str:
        """`kind` is `commands` or `actions`, as in Slack's addresses."""
        token = secrets.token_hex(16)
        self.response_urls[token] = ResponseUrl(token, user_id, conversation, self.machine(), original)
        return f"{self.base_url}/response/{kind}/{self.team_id}/{token}"

    def changed(self) -> None:
        """Tell everybody who waits that something is different now."""
        with self.lock:
            self.lock.ring()

    def wait_for(
        self, predicate: Callable[[], T], timeout: float = 10.0, what: str | Callable[[], str] = "this"
    ) -> T:
        """The first true value of `predicate`, tried again at every change in the workspace.

        `timeout` is true time in seconds; raises NotSeen after it, saying what was waited for. The predicate
        runs without the lock, so it may call the API; what changes outside the workspace does not wake it.
        """
        end = time.monotonic() + timeout
        while True:
            seen = self.lock.rings
            result = predicate()
            if result:
                return result
            left = end - time.monotonic()
            if left <= 0:
                told = what() if callable(what) else what
                raise NotSeen(f"Waited {timeout:g} s for {told}; it did not happen.")
            self.lock.wait_for_ring(seen, left)

    def record(self, call: Call) -> None:
        with self.lock:
            self.calls.append(call)
            self.lock.ring()

    def calls_of(self, method: str) -> list[Call]:
        with self.lock:
            return [call for call in self.calls if call.method == method]

    def store(self, conversation: Conversation, message: StoredMessage) -> StoredMessage:
        with self.lock:
            conversation.messages.append(message)
            self.lock.ring()
            return message


def stable_id(prefix: str, *parts: str) -> str:
    digest = hashlib.sha256("/".join((prefix, *parts)).encode()).digest()
    return prefix + b32encode(digest).decode()[:10]


def new_id(prefix: str) -> str:
    """Random: a bot keeps ids in its database, and another run of the workspace must not make them again."""
    return prefix + b32encode(secrets.token_bytes(7)).decode()[:10]
