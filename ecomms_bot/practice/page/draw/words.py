"""mrkdwn as HTML: emphasis, code, quotes, links, mentions and dates; all else is text and stays text."""

from __future__ import annotations

import re
from collections import deque
from itertools import groupby

from markupsafe import Markup, escape

from ecomms_bot.practice.page.draw.look import Look, emoji, link
from ecomms_bot.practice.workspace.render import CODE, DEEP, EMPHASIS, QUOTE, TOKEN, decode
from ecomms_bot.practice.workspace.state import Json

TAGS = {"*": "strong", "_": "em", "~": "s"}
EDGES = ((Markup("<pre>"), Markup("</pre>")), (Markup("<blockquote>"), Markup("</blockquote>")))
HOLE = "\ue000"  # stands for what is drawn already while the text around it is read
ADDRESS = re.compile(r"https?://[^\s<>]*[^\s<>.,;:!?)\]'\"*_~]")


def text(thing: Json | None, look: Look) -> Markup:
    """A text object. Nothing in plain_text is parsed, but for names of emoji."""
    if not thing:
        return Markup("")
    if thing["type"] == "mrkdwn":
        return mrkdwn(thing["text"], look)
    return emoji(thing["text"]) if thing.get("emoji", True) else escape(thing["text"])


def mrkdwn(source: str, look: Look) -> Markup:
    """Phrasing content, with quotes and blocks of code between; newlines are drawn as line breaks."""
    drawn: deque[Markup] = deque()

    def code(match: re.Match[str]) -> str:
        inner = TOKEN.sub(lambda one: plain(look, one.group(1)), match.group().strip("`"))
        if match.group().startswith("```"):
            drawn.append(Markup("<pre><code>\n{}</code></pre>").format(decode(inner).strip("\n")))
        else:
            drawn.append(Markup("<code>{}</code>").format(decode(inner)))
        return HOLE

    def token_or_code(match: re.Match[str]) -> str:
        if match.group().startswith("`"):
            return code(match)
        drawn.append(token(match.group(1), look))
        return HOLE

    return lines(EITHER.sub(token_or_code, source.replace(HOLE, "\ufffd")), drawn)


EITHER = re.compile(f"(?:{CODE.pattern})|{TOKEN.pattern}", re.DOTALL)


def lines(held: str, drawn: deque[Markup]) -> Markup:
    """Lines with a mark of quotation are drawn together as one quotation."""
    out = []
    for quoted, some in groupby(held.split("\n"), key=lambda line: bool(QUOTE.match(line))):
        body = Markup("<br>").join(formatted(QUOTE.sub("", line, count=1), drawn) for line in some)
        out.append(Markup("<blockquote>{}</blockquote>").format(body) if quoted else body)
    joined = Markup("<br>").join(out)
    for begin, end in EDGES:  # these begin and end a line by themselves
        joined = joined.replace(Markup("<br>") + begin, begin).replace(end + Markup("<br>"), end)
    return joined


def formatted(held: str, drawn: deque[Markup], deep: int = DEEP) -> Markup:
    """Emphasis may be nested: *_both_*."""
    out, end = [], 0
    for match in EMPHASIS.finditer(held) if deep else ():
        out.append(filled(held[end : match.start()], drawn))
        tag = TAGS[match.group(1)]
        out.append(Markup("<{0}>{1}</{0}>").format(tag, formatted(match.group(2), drawn, deep - 1)))
        end = match.end()
    out.append(filled(held[end:], drawn))
    return Markup("").join(out)


def filled(held: str, drawn: deque[Markup]) -> Markup:
    """Text in which nothing is left to read but addresses, with what was drawn before in its holes."""
    first, *rest = held.split(HOLE)
    out = linked(decode(first))
    for piece in rest:
        out += drawn.popleft() + linked(decode(piece))
    return out


def linked(words: str) -> Markup:
    out, end = Markup(""), 0
    for match in ADDRESS.finditer(words):
        out += emoji(words[end : match.start()]) + link(match.group(), match.group())
        end = match.end()
    return out + emoji(words[end:])


def token(body: str, look: Look) -> Markup:
    """What stands between < and >: a mention, a date or a link."""
    name, _, label = body.partition("|")
    name, label = decode(name), decode(label)
    if name.startswith("@"):
        return look.user(name[1:], label)
    if name.startswith("#"):
        return look.channel(name[1:], label)
    if name.startswith("!date^"):
        return date(name, label, look)
    if name.startswith("!subteam^"):
        group = name.removeprefix("!subteam^")
        return escape(label) if label else look.called(look.reader.group_name(group))
    if name.startswith("!"):
        return look.called(label or name[1:])
    return link(name, label or name)


def date(name: str, label: str, look: Look) -> Markup:
    parts = name.split("^")
    if len(parts) < 3 or not parts[1].isdecimal():
        return escape(label)
    return look.date(int(parts[1]), parts[2], label, parts[3] if len(parts) > 3 else "")


def plain(look: Look, body: str) -> str:
    """A token inside code reads as words."""
    return token(body, look).striptags()
