"""The rich_text block: sections, lists, quotes and preformatted text, and what may stand inside them."""

from __future__ import annotations

from ecomms_bot.practice.workspace.shapes import Check, boolean, listing, one_of, shape, string, typed, whole

MANY = 10_000  # no limit on their number is documented
STYLE = shape(
    {}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "unlink"), boolean)
)
STYLED: dict[str, Check] = {"style": STYLE}
IDENTITY = string(30)

INLINE: dict[str, Check] = {
    "text": shape({"text": string(40_000)}, STYLED),  # an empty text is refused
    "link": shape({"url": string(3000)}, STYLED | {"text": string(3000), "unsafe": boolean}),
    "emoji": shape({"name": string(100)}, STYLED | {"unicode": string(100)}),
    "user": shape({"user_id": IDENTITY}, STYLED),
    "usergroup": shape({"usergroup_id": IDENTITY}, STYLED),
    "channel": shape({"channel_id": IDENTITY}, STYLED),
    "broadcast": shape({"range": one_of("here", "channel", "everyone")}, STYLED),
    "color": shape({"value": string(20)}, STYLED),
    "date": shape(
        {"timestamp": whole(0, 99_999_999_999), "format": string(255)},
        STYLED | {"url": string(3000), "fallback": string(255)},
    ),
}
BORDER: dict[str, Check] = {"border": whole(0, 1)}

inline = listing(typed(INLINE), MANY)
section = shape({"elements": inline})

PARTS: dict[str, Check] = {
    "rich_text_section": section,
    "rich_text_list": shape(
        {
            "style": one_of("bullet", "ordered"),
            "elements": listing(typed({"rich_text_section": section}), MANY),
        },
        BORDER | {"indent": whole(0, 8), "offset": whole(0, 10_000)},
    ),
    "rich_text_preformatted": shape(
        {"elements": listing(typed(INLINE, ("text", "link")), MANY)}, BORDER | {"language": string(50)}
    ),
    "rich_text_quote": shape({"elements": inline}, BORDER),
}

parts = listing(typed(PARTS), MANY)
