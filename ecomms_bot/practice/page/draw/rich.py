"""The rich_text block as HTML: sections, lists, quotations and preformatted texts. Its texts are literal."""

from __future__ import annotations

from markupsafe import Markup, escape

from ecomms_bot.practice.page.draw.look import Look, link, sign
from ecomms_bot.practice.workspace.state import Json

STYLES = {
    "code": "code",
    "strike": "s",
    "underline": "u",
    "highlight": "mark",
    "italic": "em",
    "bold": "strong",
}


def block(one: Json, look: Look) -> Markup:
    return Markup("").join(part(each, look) for each in one["elements"])


def part(one: Json, look: Look) -> Markup:
    kind = one["type"]
    if kind == "rich_text_list":
        return listing(one, look)
    words = Markup("").join(inline(each, look) for each in one["elements"])
    if kind == "rich_text_preformatted":
        return Markup('<pre class="bk-copy">\n{}</pre>').format(words)
    if kind == "rich_text_quote":
        return Markup("<blockquote>{}</blockquote>").format(words)
    return Markup('<div class="bk-words">{}</div>').format(words)


def listing(one: Json, look: Look) -> Markup:
    tag = "ol" if one["style"] == "ordered" else "ul"
    start = Markup(' start="{}"').format(one["offset"] + 1) if one.get("offset") and tag == "ol" else ""
    items = Markup("").join(
        Markup("<li>{}</li>").format(Markup("").join(inline(each, look) for each in item["elements"]))
        for item in one["elements"]
    )
    return Markup('<{0} class="bk-in-{1}"{2}>{3}</{0}>').format(tag, one.get("indent", 0), start, items)


def inline(one: Json, look: Look) -> Markup:
    words = bare(one, look)
    for style, tag in STYLES.items():
        if one.get("style", {}).get(style):
            words = Markup("<{0}>{1}</{0}>").format(tag, words)
    return words


def bare(one: Json, look: Look) -> Markup:
    match one["type"]:
        case "link":
            return link(one["url"], one.get("text") or one["url"])
        case "emoji":
            return sign(one["name"])
        case "user":
            return look.user(one["user_id"])
        case "channel":
            return look.channel(one["channel_id"])
        case "usergroup" | "broadcast":
            return look.called(one.get("range") or look.reader.group_name(one["usergroup_id"]))
        case "date":
            fallback = str(one.get("fallback", ""))
            return look.date(one["timestamp"], one["format"], fallback, str(one.get("url", "")))
        case _:
            return escape(one.get("text") or one["value"])  # words, or the number of a colour
