"""Small checks that add up to the shape of a Block Kit object; each says what is wrong and where.

A check is a function of (value, json-pointer, findings). The wording of a finding is Slack's where
it is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from ecomms_bot.practice.workspace.state import Json


@dataclass(slots=True)
class Findings:
    """What is wrong so far, and what must be unique."""

    surface: str  # "message", "modal" or "home"
    problems: list[str] = field(default_factory=list)

    def add(self, what: str, pointer: str) -> None:
        self.problems.append(f"[ERROR] {what} [json-pointer:{pointer}]")


Check = Callable[[Any, str, Findings], None]


def string(most: int, *, least: int = 1, pattern: str | None = None) -> Check:
    """`most` counts characters. Slack says "less than 3001", not "at most 3000"."""

    def check(value: Any, at: str, found: Findings) -> None:
        if not isinstance(value, str):
            found.add("must be a string", at)
        elif len(value) < least:
            found.add(f"must be more than {least - 1} characters", at)
        elif len(value) > most:
            found.add(f"must be less than {most + 1} characters", at)
        elif pattern is not None and not re.fullmatch(pattern, value):
            found.add(f"does not match the format {pattern}", at)

    return check


def boolean(value: Any, at: str, found: Findings) -> None:
    if not isinstance(value, bool):
        found.add("must be a boolean", at)


def whole(least: int, most: int) -> Check:
    def check(value: Any, at: str, found: Findings) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            found.add("must be an integer", at)
        elif not least <= value <= most:
            found.add(f"must be between {least} and {most}", at)

    return check


def one_of(*allowed: str) -> Check:
    def check(value: Any, at: str, found: Findings) -> None:
        if value not in allowed:
            found.add(f"must be one of: {', '.join(allowed)}", at)

    return check


def listing(item: Check, most: int, *, least: int = 1) -> Check:
    def check(value: Any, at: str, found: Findings) -> None:
        if not isinstance(value, list):
            found.add("must be an array", at)
            return
        if len(value) < least:
            found.add(f"no less than {least} items allowed", at)
        if len(value) > most:
            found.add(f"no more than {most} items allowed", at)
        for number, one in enumerate(value):
            item(one, f"{at}/{number}", found)

    return check


def shape(required: dict[str, Check], optional: dict[str, Check] | None = None, *extra: Check) -> Check:
    """An object with these keys and no others; `extra` looks at it as a whole when the keys are right."""
    known = required | (optional or {})

    def check(value: Any, at: str, found: Findings) -> None:
        if not isinstance(value, dict):
            found.add("must be an object", at)
            return
        before = len(found.problems)
        check_keys(value, required, known, at, found)
        if len(found.problems) == before:
            for more in extra:
                more(value, at, found)

    return check


def check_keys(
    value: Json, required: Collection[str], known: dict[str, Check], at: str, found: Findings
) -> None:
    for key in required:
        if value.get(key) is None:
            found.add(f"missing required field: {key}", at)
    for key, one in value.items():
        if key not in known and key != "type":
            found.add(f"invalid additional property: {key}", at)
        elif key in known and not (one is None and key in required):
            known[key](one, f"{at}/{key}", found)


def typed(kinds: dict[str, Check], only: Collection[str] | None = None) -> Check:
    """An object told apart by its `type`; `only` narrows what is allowed in this place."""

    def check(value: Any, at: str, found: Findings) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind is None:
            found.add("missing required field: type", at)
        elif not isinstance(kind, str):
            found.add("must be a string", f"{at}/type")
        elif kind not in kinds:
            found.add(f"unsupported type: {kind}", f"{at}/type")
        elif only is not None and kind not in only:
            found.add(f"unsupported type: {kind}, must be one of: {', '.join(sorted(only))}", f"{at}/type")
        else:
            kinds[kind](value, at, found)

    return check


def text(most: int, *kinds: str) -> Check:
    """A text object; plain_text and mrkdwn unless told otherwise."""
    body = string(most)
    shapes = {
        "plain_text": shape({"text": body}, {"emoji": boolean}),
        "mrkdwn": shape({"text": body}, {"verbatim": boolean}),
    }
    return typed(shapes, kinds or tuple(shapes))


def plain(most: int) -> Check:
    return text(most, "plain_text")


def unique(value: list[Any], key: str, at: str, found: Findings) -> None:
    """No two of these objects have the same `key`."""
    seen: set[str] = set()
    for number, one in enumerate(value):
        mine = one.get(key) if isinstance(one, dict) else None
        if not isinstance(mine, str):
            continue
        if mine in seen:
            found.add(f"`{key}` {mine!r} already exists; it must be unique", f"{at}/{number}/{key}")
        seen.add(mine)
