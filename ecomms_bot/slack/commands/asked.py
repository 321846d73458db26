"""What somebody typed after `/ecomms`: as people read it, and as Slack sent it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ecomms_bot.incident.commands import Command
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Sentence
from ecomms_bot.service.handler import Outcome
from ecomms_bot.slack import names
from ecomms_bot.slack.cards import View
from ecomms_bot.slack.desk import Desk
from ecomms_bot.slack.message import Message

Body = dict[str, Any]
Answer = Message | Sentence | None
"""What the person alone is told; None when a form opened."""

_MENTION = re.compile(r"<[@#!][^<>|]+\|([^<>]*)>")
_PERSON = re.compile(r"\s*<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>[\s,:;.]*")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_WORD = re.compile(r"[\s\W_]*([^\s:,;.!?…]*)[:,;.!?…]*\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asked:
    """One command: its word, what comes after it, and which incident it is about ("" as long as none is).

    `raw` is what comes after the word as Slack sent it, with people and conversations by their ids;
    `command_id` makes twice once. `body` is what brought it: the command, or a click that repeats it.
    """

    body: Body
    text: str
    word: str
    rest: str
    raw: str
    command_id: str
    incident: str = ""

    @classmethod
    def of(cls, body: Body, text: str, command_id: str) -> Asked:
        word, raw = split(text)
        return cls(body, text, word, readable(raw).strip(), raw, command_id)

    @property
    def typed(self) -> str:
        """All that was typed, to be read and sent again."""
        return quoted(self.body.get("command", names.COMMAND), self.text)

    def of_incident(self, incident: str) -> Asked:
        return replace(self, incident=incident)

    def do(self, desk: Desk, command: Command) -> Outcome:
        return desk.do(self.body, self.incident, command, self.command_id)

    def state(self, desk: Desk) -> Incident:
        return desk.state(self.body, self.incident)

    def view(self, desk: Desk) -> View:
        return View(self.state(desk), desk.directory.roster(), desk.now())


def quoted(command: str, text: str) -> str:
    return f"{command} {readable(text)}".strip()


def typed_in(body: Mapping[str, Any]) -> str:
    """What was typed, to be copied and sent again."""
    return quoted(body.get("command", names.COMMAND), body.get("text") or "")


def readable(text: str) -> str:
    """As it was typed: @mara and #ops for what Slack made of them, and &, < and > for its entities.

    The manifest sets `should_escape`, so people and conversations arrive as <@U1|mara> and <#C1|ops>.
    """
    text = _MENTION.sub(_named, text)
    for entity, sign in _ENTITIES:
        text = text.replace(entity, sign)
    return text


def _named(found: re.Match[str]) -> str:
    sign = "#" if found.group().startswith("<#") else "@"
    return sign + found[1].removeprefix(sign)


def split(text: str) -> tuple[str, str]:
    """The word of a command, free of punctuation, invisible characters and case; and what comes after it."""
    found = _WORD.match(text)
    assert found is not None, "it matches anything"
    return normal(found[1]), found[2]


def normal(word: str) -> str:
    """Wide and decorated letters as plain ones, in lower case, without characters that nobody sees."""
    folded = unicodedata.normalize("NFKC", word)
    return "".join(each for each in folded if unicodedata.category(each) not in {"Cf", "Cc"}).casefold()


def person_first(raw: str) -> tuple[str, str] | None:
    """The id of the person that these words begin with, and the words after; None if Slack names nobody."""
    found = _PERSON.match(raw)
    return (found[1], readable(raw[found.end() :]).strip()) if found else None
