"""Which scopes a call needs: by method, and by the kind of conversation that it is about.

From the bot scopes on each method's reference page, as of August 2026.
"""

from __future__ import annotations

from collections.abc import Mapping

from ecomms_bot.practice.workspace.refusals import CallRefused

ANY = ""
"""The key of a scope that does not depend on the kind of conversation."""
POST_ANYWHERE = "chat:write.public"
"""To post in public conversations without joining them."""
COMMANDS = "commands"
"""Without it an app has neither slash commands nor shortcuts."""

Needs = Mapping[str, tuple[str, ...]]
"""Kind of conversation -> scopes of which one suffices, the usual one first."""

READ: Needs = {
    "channel": ("channels:read",),
    "private": ("groups:read",),
    "mpim": ("mpim:read",),
    "im": ("im:read",),
}
HISTORY: Needs = {
    "channel": ("channels:history",),
    "private": ("groups:history",),
    "mpim": ("mpim:history",),
    "im": ("im:history",),
}

NEEDED: Mapping[str, Needs] = {
    "apps.connections.open": {},  # its app-level token has a scope of its own, connections:write
    "auth.test": {},
    "blocks.validate": {},
    "chat.delete": {ANY: ("chat:write",)},
    "chat.getPermalink": {},
    "chat.postEphemeral": {ANY: ("chat:write",)},
    "chat.postMessage": {ANY: ("chat:write",)},
    "chat.update": {ANY: ("chat:write",)},
    "conversations.archive": {"channel": ("channels:manage", "channels:write"), "private": ("groups:write",)},
    "conversations.create": {"channel": ("channels:manage", "channels:write"), "private": ("groups:write",)},
    "conversations.history": HISTORY,
    "conversations.info": READ,
    "conversations.invite": {
        "channel": ("channels:manage", "channels:write.invites"),
        "private": ("groups:write", "groups:write.invites"),
    },
    "conversations.join": {ANY: ("channels:join",)},
    "conversations.list": READ,
    "conversations.members": READ,
    "conversations.open": {"mpim": ("mpim:write",), "im": ("im:write",)},
    "conversations.replies": HISTORY,
    "conversations.setTopic": {
        "channel": ("channels:manage", "channels:write.topic"),
        "private": ("groups:write", "groups:write.topic"),
        "mpim": ("mpim:write", "mpim:write.topic"),
        "im": ("im:write", "im:write.topic"),
    },
    "files.completeUploadExternal": {ANY: ("files:write",)},
    "files.getUploadURLExternal": {ANY: ("files:write",)},
    "pins.add": {ANY: ("pins:write",)},
    "pins.list": {ANY: ("pins:read",)},
    "usergroups.list": {ANY: ("usergroups:read",)},
    "usergroups.users.list": {ANY: ("usergroups:read",)},
    "users.info": {ANY: ("users:read",)},
    "users.list": {ANY: ("users:read",)},
    "views.open": {},
    "views.publish": {},
    "views.push": {},
    "views.update": {},
}
"""Every method that the workspace plays; none of its scopes is needed where there are none."""


def all_but_posting_anywhere() -> set[str]:
    """What an app may that asked for everything; only who says so posts where they are no member."""
    return {scope for needs in NEEDED.values() for some in needs.values() for scope in some} | {COMMANDS}


class Permit:
    """What one call of `method` may do with the scopes `granted`; `used` are those that it needed."""

    def __init__(self, method: str, granted: set[str]) -> None:
        self._needs = NEEDED[method]
        self._granted = granted
        self.used: tuple[str, ...] = ()

    def begin(self) -> None:
        """Before any work: without any of the method's scopes nothing is even looked up."""
        if ANY in self._needs:
            self.use(ANY)
        elif self._needs and not any(self._granted.intersection(some) for some in self._needs.values()):
            raise self._missing(",".join(some[0] for some in self._needs.values()))

    def use(self, kind: str) -> None:
        """For a conversation of this kind; no call knows kinds that its method does not."""
        some = self._needs.get(kind)
        if some is None:
            return
        scope = next((each for each in some if each in self._granted), None)
        if scope is None:
            raise self._missing(some[0])
        self._note(scope)

    def has(self, scope: str) -> bool:
        """Whether this scope is there; if so, the call makes use of it."""
        if scope not in self._granted:
            return False
        self._note(scope)
        return True

    def _note(self, scope: str) -> None:
        if scope not in self.used:
            self.used = (*self.used, scope)

    def _missing(self, needed: str) -> CallRefused:
        provided = ",".join(sorted(self._granted))
        return CallRefused("missing_scope", needed=needed, provided=provided)
