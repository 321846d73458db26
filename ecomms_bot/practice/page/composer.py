"""From what is typed to what is sent: mentions as ids, addresses marked, three characters as entities."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ecomms_bot.practice.workspace.render import decode

if TYPE_CHECKING:
    from ecomms_bot.practice.workspace import Workspace

ADDRESS = re.compile(r"https?://[^\s<>|]*[^\s<>|.,;:!?)\]'\"*_~]")
NAMED = re.compile(r"(?<![\w<@#/])([@#])([\w.-]*\w)")
TOKEN = re.compile(r"<([^<>]*)>")
RANGES = ("here", "channel", "everyone")


def as_sent(ws: Workspace, typed: str) -> str:
    """A message as Slack's client sends it. A name that nobody has stays as it was typed."""
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        typed = typed.replace(sign, entity)
    out, end = [], 0
    for address in ADDRESS.finditer(typed):
        out += [_named(ws, typed[end : address.start()]), f"<{address.group()}>"]
        end = address.end()
    return "".join([*out, _named(ws, typed[end:])])


def _named(ws: Workspace, text: str) -> str:
    def mention(match: re.Match[str]) -> str:
        sign, name = match.groups()
        return _token(ws, sign, name) or match.group()

    return NAMED.sub(mention, text)


def _token(ws: Workspace, sign: str, name: str) -> str:
    if sign == "#":
        place = next((one for one in ws.conversations if one.name == name and one.kind == "channel"), None)
        return f"<#{place.id}|{name}>" if place else ""
    if name in RANGES:
        return f"<!{name}>"
    for user in ws.users.values():
        if user.handle == name:
            return f"<@{user.id}>"
    group = next((one for one in ws.groups.values() if one.handle == name), None)
    return f"<!subteam^{group.id}>" if group else ""


def as_typed(ws: Workspace, sent: str) -> str:
    """The same backwards, for somebody who edits what they wrote."""

    def token(match: re.Match[str]) -> str:
        body, _, label = match.group(1).partition("|")
        if body.startswith("@") and body[1:] in ws.users:
            return "@" + ws.users[body[1:]].handle
        if body.startswith("#"):
            return "#" + (label or body[1:])
        if body.startswith("!subteam^") and body.removeprefix("!subteam^") in ws.groups:
            return "@" + ws.groups[body.removeprefix("!subteam^")].handle
        return "@" + body[1:] if body.startswith("!") else label or body

    return decode(TOKEN.sub(token, sent))
