"""What can be read in a piece of HTML, as the workspace's own reader tells it, and what it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

Attributes = dict[str, str]
VOID = {"br", "hr", "input"}


class Node:
    def __init__(self, tag: str, attributes: Attributes) -> None:
        self.tag, self.attributes = tag, attributes
        self.children: list[Node | str] = []

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        return "".join(one if isinstance(one, str) else one.text for one in self.children)

    def all(self, tag: str = "", **wanted: str) -> list[Node]:
        """Below this one, in order; `data_act="press"` asks for an attribute."""
        return [
            one
            for one in self.walk()
            if tag in ("", one.tag)
            and all(one.attributes.get(name.replace("_", "-")) == value for name, value in wanted.items())
        ]

    def walk(self) -> Iterator[Node]:
        for one in self.children:
            if isinstance(one, Node):
                yield one
                yield from one.walk()


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"{tag} ends in {self.open[-1].tag}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parsed(html: str) -> Node:
    """Every element must be closed, and in order."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    assert parser.open == [parser.root], f"left open: {parser.open[-1].tag}"
    return parser.root


def words(html: str) -> list[str]:
    """All words of it, as `Reader.blocks` has them: buttons in brackets, a line through as ~, bullets."""
    return _read(parsed(html)).split()


BREAKS = {"br", "div", "pre", "blockquote", "p", "h3", "legend", "fieldset"}
UNREAD_TAGS = {"textarea", "header", "footer", "small"}
"""What was entered, the frame, and what says more than the reader tells."""
UNREAD = {"bk-optional", "bk-unseen"}
AROUND = {"s": ("~", "~"), "li": ("• ", "\n"), "label": ("", "\n")} | dict.fromkeys(BREAKS, ("\n", "\n"))


def _read(node: Node) -> str:
    if node.tag in UNREAD_TAGS or UNREAD & set(node.classes):
        return ""
    inner = "".join(one if isinstance(one, str) else _read(one) for one in node.children)
    if node.tag in ("details", "button", "a", "select") or "bk-tick" in node.classes:
        return _control(node, inner)
    if node.tag == "span" and "aria-label" in node.attributes:
        return f":{node.attributes['aria-label'].replace(' ', '_')}:"
    before, after = ("", " ") if "bk-text" in node.classes else AROUND.get(node.tag, ("", ""))
    return f"{before}{inner}{after}"


def _control(node: Node, inner: str) -> str:
    if "bk-overflow" in node.classes:
        return "".join(f"[{one.text}] " for one in node.all("button"))
    if node.tag == "details":
        return f"[{node.all('summary')[0].text}] "
    if node.tag == "select":
        placeholder = node.all("option")[0].text
        return "" if placeholder == "Choose" else f"[{placeholder}]"
    pressed = node.attributes.get("data-act") == "press" or "bk-tick" in node.classes
    return f"[{inner.strip()}] " if pressed else inner
