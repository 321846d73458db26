"""Who and what is in a workspace: people, user groups, conversations, and what people change about them."""

from __future__ import annotations

import hashlib
import secrets
from base64 import b32encode
from collections.abc import Callable

from ecomms_bot.practice.workspace.bell import Bell
from ecomms_bot.practice.workspace.refusals import NotOnScreen, WorkspaceError
from ecomms_bot.practice.workspace.state import Conversation, User, UserGroup, View

PREFIXES = {"channel": "C", "private": "C", "mpim": "G", "im": "D"}
DIRECT = ("im", "mpim")


class Directory:
    """The part of a workspace that people and conversations are; `Workspace` adds the app and its calls."""

    bot: User

    def __init__(self, name: str, now: Callable[[], float]) -> None:
        self.name = name
        self.now = now
        self.lock = Bell()
        self.users: dict[str, User] = {}
        self.groups: dict[str, UserGroup] = {}
        self.channels: dict[str, Conversation] = {}
        self.windows: dict[str, list[list[View]]] = {}  # user id -> stacks of open modals, the newest last
        self._last_ts = 0

    # --- people ------------------------------------------------------------------------------------------

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

    def deactivate(self, who: str) -> None:
        """As an administrator does: out of every conversation and user group; what they wrote stays."""
        with self.lock:
            user = self.user(who)
            user.deleted = True
            for group in self.groups.values():
                group.members = [one for one in group.members if one != user.id]
            for place in self.channels.values():
                if place.kind not in DIRECT:
                    place.members = [one for one in place.members if one != user.id]
            for stack in self.windows.pop(user.id, []):
                for view in stack:
                    view.open = False
            self.changed()

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

    # --- conversations -----------------------------------------------------------------------------------

    def add_conversation(
        self, name: str, members: list[str] | None = None, *, private: bool = False, topic: str = ""
    ) -> Conversation:
        """A conversation made by people: the bot is no member until it joins or is invited."""
        with self.lock:
            ids = [self.user(member).id for member in members or []]
            return self.make_conversation(name, "private" if private else "channel", ids, topic=topic)

    def make_conversation(self, name: str, kind: str, members: list[str], *, topic: str = "") -> Conversation:
        made = Conversation(
            id=new_id(PREFIXES[kind]),
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
            if conversation.kind == "im" and {user_id, self.bot.id} == set(conversation.members):
                return conversation
        return self.make_conversation("", "im", [self.bot.id, user_id])

    def add_direct_message(self, members: list[str]) -> Conversation:
        """The direct messages of these people: always the same ones; of three or more it is a group's."""
        with self.lock:
            users = [self.user(member) for member in members]
            return self.direct_messages([user.id for user in users])

    def direct_messages(self, ids: list[str]) -> Conversation:
        kind = "im" if len(set(ids)) == 2 else "mpim"
        for one in self.channels.values():
            if one.kind == kind and set(one.members) == set(ids):
                return one
        name = "" if kind == "im" else f"mpdm-{'--'.join(sorted(self.users[one].handle for one in ids))}-1"
        return self.make_conversation(name, kind, list(dict.fromkeys(ids)))

    def archive(self, conversation: str | Conversation) -> None:
        """As a person does; it takes nothing new from then on, and its name stays taken."""
        with self.lock:
            self.conversation(conversation).archived = True
            self.changed()

    def unarchive(self, conversation: str | Conversation) -> None:
        """As a person does. Slack takes bots out of what is archived: it must be invited again."""
        with self.lock:
            place = self.conversation(conversation)
            place.archived = False
            place.members = [one for one in place.members if one != self.bot.id]
            self.changed()

    def conversation(self, name: str | Conversation) -> Conversation:
        """By name or id."""
        if isinstance(name, Conversation):
            return name
        with self.lock:
            wanted = name.removeprefix("#")
            found = self.channels.get(wanted)
            if found is None:
                found = next((one for one in self.conversations if one.name == wanted), None)
            if found is None:
                raise NotOnScreen(f"There is no conversation called {name} in this workspace.")
            return found

    @property
    def conversations(self) -> list[Conversation]:
        """All but the direct messages, in the order they were made."""
        with self.lock:
            return [c for c in self.channels.values() if c.kind not in DIRECT]

    # --- time and change ---------------------------------------------------------------------------------

    def new_ts(self) -> str:
        """A message's ts: unique and increasing, even if `now` stands still or goes back."""
        with self.lock:
            self._last_ts = max(int(self.now() * 1_000_000), self._last_ts + 1)
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def changed(self) -> None:
        """Tell everybody who waits that something is different now."""
        with self.lock:
            self.lock.ring()


def stable_id(prefix: str, *parts: str) -> str:
    digest = hashlib.sha256("/".join((prefix, *parts)).encode()).digest()
    return prefix + b32encode(digest).decode()[:10]


def new_id(prefix: str) -> str:
    """Random: a bot keeps ids in its database, and another run of the workspace must not make them again."""
    return prefix + b32encode(secrets.token_bytes(7)).decode()[:10]
