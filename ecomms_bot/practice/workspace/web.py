"""The Web API: one table of methods, and what is checked before any of them: token, scopes, arguments."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from ecomms_bot.practice.workspace.refusals import CallRefused
from ecomms_bot.practice.workspace.scopes import NEEDED, Permit, all_but_posting_anywhere
from ecomms_bot.practice.workspace.state import Call, Json

if TYPE_CHECKING:
    from ecomms_bot.practice.workspace.core import Workspace


class Args:
    """The arguments of one call, which come as JSON or as form fields: Slack takes either."""

    def __init__(self, values: Json, permit: Permit) -> None:
        self.values = values
        self.permit = permit

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str, default: str | None = None) -> str:
        """A required string, unless a default is given."""
        if name not in self:
            if default is None:
                raise CallRefused("invalid_arguments", f"[ERROR] missing required field: {name}")
            return default
        return str(self.values[name])

    def flag(self, name: str, *, default: bool = False) -> bool:
        if name not in self:
            return default
        return str(self.values[name]).lower() in ("1", "true")

    def number(self, name: str, default: int, most: int) -> int:
        if name not in self:
            return default
        try:
            number = int(self.values[name])
        except (TypeError, ValueError):
            raise CallRefused("invalid_limit") from None
        if not 1 <= number <= most:
            raise CallRefused("invalid_limit")
        return number

    def ids(self, name: str) -> list[str]:
        """A comma-separated list."""
        value = self.values.get(name) or ""
        parts = value if isinstance(value, list) else str(value).split(",")
        return [str(part).strip() for part in parts if str(part).strip()]

    def data(self, name: str, refusal: str = "invalid_arguments") -> Any:
        """A structure, sent as JSON or as a string of JSON; None if absent."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise CallRefused(refusal, f"[ERROR] {name} is not JSON") from None


T = TypeVar("T")
Handler = Callable[["Workspace", Args], Json]


@dataclass(frozen=True, slots=True)
class Method:
    run: Handler
    for_app: bool  # called with the app-level token instead of the bot's


METHODS: dict[str, Method] = {}


def method(name: str, *, for_app: bool = False) -> Callable[[Handler], Handler]:
    """Register a Web API method; `scopes.NEEDED` says what it asks of the app."""
    if name not in NEEDED:
        raise LookupError(f"scopes.NEEDED does not say which scopes {name} needs.")

    def register(run: Handler) -> Handler:
        METHODS[name] = Method(run, for_app)
        return run

    return register


def call(workspace: Workspace, name: str, token: str | None, values: Json, fault: str | None = None) -> Json:
    """Do one call, all or nothing, and record it."""
    with workspace.lock:
        used: tuple[str, ...] = ()
        try:
            known = find(name)
            check_token(workspace, known, token)
            permit = Permit(name, granted(workspace))
            try:
                permit.begin()
                result = {"ok": True, **known.run(workspace, Args(values, permit))}
            finally:
                used = permit.used
        except CallRefused as refusal:
            result = refusal.body()
        record(workspace, name, values, result, fault, scopes=used)
        return result


def find(name: str) -> Method:
    if name not in METHODS:
        raise CallRefused("unknown_method", req_method=name)
    return METHODS[name]


def record(
    workspace: Workspace,
    name: str,
    values: Json,
    result: Json | None,
    fault: str | None = None,
    *,
    scopes: tuple[str, ...] = (),
) -> None:
    args = {key: value for key, value in values.items() if key != "token"}
    with workspace.lock:
        number, now, machine_now = len(workspace.calls) + 1, workspace.now(), workspace.machine()
        workspace.record(Call(number, name, args, result, now, machine_now, fault, scopes))


def check_token(workspace: Workspace, known: Method, token: str | None) -> None:
    if not token:
        raise CallRefused("not_authed")
    if token not in (workspace.bot_token, workspace.app_token):
        raise CallRefused("invalid_auth")
    if token != (workspace.app_token if known.for_app else workspace.bot_token):
        raise CallRefused("not_allowed_token_type")


def granted(workspace: Workspace) -> set[str]:
    """The scopes of the app; all that methods need if none were said."""
    return all_but_posting_anywhere() if workspace.scopes is None else workspace.scopes


def page(
    items: list[T], args: Args, key: Callable[[T], Any], *, default: int = 100, most: int = 1000
) -> tuple[list[T], Json]:
    """One page of `items` by cursor and limit, and the `response_metadata` that points to the next.

    A cursor names the last item of its page by `key`, so that nothing is left out or told twice when
    something was added meanwhile.
    """
    limit = args.number("limit", default, most)
    start = 0
    if "cursor" in args:
        seen = [cursor_after(key(item)) for item in items]
        if args.text("cursor") not in seen:
            raise CallRefused("invalid_cursor")
        start = seen.index(args.text("cursor")) + 1
    some = items[start : start + limit]
    more = start + limit < len(items)
    return some, {"next_cursor": cursor_after(key(some[-1])) if more else ""}


def cursor_after(key: Any) -> str:
    return f"after:{key}".encode().hex()
