"""The workspace: who and what is in it, what was called, and the lock and the bell around it all."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from ecomms_bot.practice.workspace import messages
from ecomms_bot.practice.workspace.answers import Answer
from ecomms_bot.practice.workspace.directory import Directory, stable_id
from ecomms_bot.practice.workspace.events import Events
from ecomms_bot.practice.workspace.faults import Fault, Faults
from ecomms_bot.practice.workspace.limits import Limits
from ecomms_bot.practice.workspace.manifest import Manifest, Shortcut
from ecomms_bot.practice.workspace.refusals import NotSeen, WorkspaceError
from ecomms_bot.practice.workspace.request_url import RequestUrl
from ecomms_bot.practice.workspace.state import (
    Call,
    Conversation,
    File,
    ResponseUrl,
    StoredMessage,
    Trigger,
    View,
)
from ecomms_bot.practice.workspace.wire import Envelope, Link, Wire

if TYPE_CHECKING:
    from ecomms_bot.practice.workspace.person import Person

T = TypeVar("T")

TRIGGER_SECONDS = 3.0  # Slack: "expires 3 seconds after it was made"
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5


class Workspace(Directory):
    """Everything a Slack workspace knows. Safe to use from any thread; does no I/O by itself.

    `now` is the time that messages carry (seconds since 1970; a practice clock may scale or push it).
    `machine` is the time that triggers and response URLs age by (seconds, monotonic). `ack_timeout` is always
    true time. `scopes` are what the app's manifest asked for (None grants everything but chat:write.public),
    `should_escape` what it says of mentions in commands, `shortcuts` which it declares (None: any goes);
    `install` takes a whole manifest. `paid` workspaces have user groups. `rate_limits`: calls that come too
    often get 429, as at Slack.
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
        shortcuts: Sequence[Shortcut] | None = None,
        paid: bool = True,
        rate_limits: bool = False,
    ) -> None:
        super().__init__(name, now)
        self.machine = machine
        self.scopes = scopes
        self.should_escape = should_escape
        self.shortcuts = None if shortcuts is None else tuple(shortcuts)
        self.commands: set[str] | None = None  # None: any goes
        self.home_tab = self.messages_tab = True
        self.paid = paid
        self.team_id, self.app_id, self.bot_id = (stable_id(kind, name) for kind in ("T", "A", "B"))
        self.bot_token = bot_token or f"xoxb-practice-{secrets.token_hex(12)}"
        self.app_token = app_token or f"xapp-1-practice-{secrets.token_hex(12)}"
        self.signing_secret = secrets.token_hex(16)
        self.base_url = "http://127.0.0.1"  # set by the server that carries this workspace
        self.faults = Faults()
        self.limits = Limits(machine) if rate_limits else None
        self.wire = Wire(self.lock, self.faults, ack_timeout)
        self.events = Events(self)
        self.calls: list[Call] = []
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.files: dict[str, File] = {}
        self.uploads: dict[str, str] = {}  # token of an upload address -> file id
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.closing = False  # its server ends: who waits for a change need not wait any more
        self._serving = 0
        self.bot = self.add_user(bot_name, name=bot_name, bot=True)

    def install(self, manifest: Mapping[str, Any]) -> None:
        """Install the app anew as its manifest says: scopes, commands, shortcuts, tabs and events."""
        said = Manifest.read(manifest)
        with self.lock:
            self.scopes, self.commands, self.shortcuts = said.scopes, said.commands, said.shortcuts
            self.should_escape = said.should_escape
            self.home_tab, self.messages_tab = said.home_tab, said.messages_tab
            self.events.subscribed = said.events or set()

    def person(self, handle: str) -> Person:
        """Somebody to type, click and read as (handle or user id)."""
        from ecomms_bot.practice.workspace.person import Person  # noqa: PLC0415  (a person needs a workspace)

        return Person(self, self.user(handle))

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

    def deliver_to(self, url: str) -> None:
        """From now on send everything to the app's request URL (HTTP mode), if it passes Slack's check.

        Raises WorkspaceError for an address of another machine, or one that gives no challenge back.
        """
        request_url = RequestUrl(url, self.signing_secret, self.wire.ack_timeout)
        request_url.check()
        with self.lock:
            self.wire.request_url = request_url

    def cut_sockets(self) -> Fault:
        """Close the app's sockets, and let none stand until the fault is cleared."""
        fault = self.faults.no_sockets()
        self.wire.drop(abrupt=True)
        return fault

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

    def close(self) -> None:
        """Nobody is served any more."""
        with self.lock:
            self.closing = True
            self.lock.ring()

    # --- time, ids, waiting ------------------------------------------------------------------------------

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

    def delete_message(self, conversation: str | Conversation, ts: str) -> None:
        """As an administrator does, whoever wrote it; the app is not asked."""
        with self.lock:
            place = self.conversation(conversation)
            message = place.message(ts)
            if message is None or message.tombstone:
                raise WorkspaceError("There is no such message to delete.")
            messages.remove(self, place, message)

    def store(self, conversation: Conversation, message: StoredMessage) -> StoredMessage:
        with self.lock:
            conversation.messages.append(message)
            self.lock.ring()
            return message
