"""What the workspace says no to: calls of the app, and things that a person cannot do on their screen."""

from __future__ import annotations

from typing import Any

from ecomms_bot.errors import EcommsError


class WorkspaceError(EcommsError):
    """The built-in workspace cannot do this; nothing was changed."""


class CallRefused(WorkspaceError):
    """A Web API call that Slack would answer with `ok: false`. `extra` joins the answer."""

    def __init__(self, code: str, *messages: str, **extra: Any) -> None:
        super().__init__(f"Slack would refuse this: {code}." + "".join(f"\n  {line}" for line in messages))
        self.code = code
        self.messages = messages
        self.extra = extra

    def body(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            answer["response_metadata"] = {"messages": list(self.messages)}
        return answer


class NotOnScreen(WorkspaceError):
    """A person cannot do this now: there is no such button, field, modal or conversation in front of them."""


class NotSeen(WorkspaceError, TimeoutError):
    """What a test or drill waited for did not happen in time."""
