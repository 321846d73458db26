"""What the YAML parser complains of, in words that say what to do about it.

The parser names the place where it gave up, which is often after the slip. So the lines around are looked at
for what people get wrong: tabs, a colon or a quote inside a text, a missing space, an indent that fits none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Spot = tuple[int, int]
"""Line and column, from 0."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What the parser says, and of what. `context`: where what it was reading began.

    `quoted`: where the last text in quotes before the problem begins and ends.
    """

    problem: str
    spot: Spot
    context: Spot | None = None
    quoted: tuple[Spot, Spot] | None = None


@dataclass(frozen=True, slots=True)
class Plain:
    """The same for people: where to look (from 1), and what to do."""

    line: int
    column: int
    words: str


def explain(text: str, complaint: Complaint) -> Plain:
    """Where the slip most likely is, and how to mend it."""
    page = _Page(re.split("\r\n|[\n\r\x85\u2028\u2029]", text), complaint)
    found = next((found for look in _LOOKS if (found := look(page)) is not None), None)
    (line, column), words = found or (complaint.spot, _unknown(complaint))
    return Plain(line + 1, column + 1, words)


@dataclass(frozen=True, slots=True)
class _Page:
    lines: Sequence[str]
    complaint: Complaint

    def line(self, number: int) -> str:
        return self.lines[number] if 0 <= number < len(self.lines) else ""

    def says(self, *words: str) -> bool:
        return any(each in self.complaint.problem for each in words)

    @property
    def suspect(self) -> int:
        """The number of the line with the slip: a name without its colon is missed only in the next line."""
        context = self.complaint.context
        return context[0] if context and self.says("could not find expected ':'") else self.complaint.spot[0]


_Look = Callable[[_Page], tuple[Spot, str] | None]

_NAME = r"[ ]*(?:- +)*(?:\"[^\"]*\"|'[^']*'|[^\s:#\"'\[\]{},]+)"
_VALUE = re.compile(rf"(?:{_NAME}:[ ]+|[ ]*(?:-[ ]+)+)(?P<value>\S.*)")
_NO_SPACE = re.compile(rf"{_NAME}(?P<colon>:)(?![\s/]|$)\S")
_NO_SPACE_DASH = re.compile(r"[ ]*-(?=[A-Za-z]\S*:[ ])")
_STARTS = ("{{", "[[", "{%", "@", "`", "%", "*", "&", "!", ",", "?", "]", "}")
IN_QUOTES = "must be in quotes, or stand below a |"


def _special_space(page: _Page) -> tuple[Spot, str] | None:
    number = page.suspect
    indent = re.match(r"\s*", page.line(number))
    assert indent is not None
    if "\t" in indent[0]:
        return (number, indent[0].index("\t")), "this line begins with a tab; indent it with spaces"
    if other := indent[0].strip(" "):
        at = indent[0].index(other[0])
        return (
            number,
            at,
        ), "this line begins with a special space, as word processors make; type plain spaces"
    return None


def _open_quote(page: _Page) -> tuple[Spot, str] | None:
    """A quote that is never closed, or closed by the next one, or by an apostrophe."""
    complaint = page.complaint
    if page.says("unexpected end of stream", "unexpected document indicator") and complaint.context:
        return complaint.context, "the quote that opens here is never closed"
    if complaint.quoted is None or not page.says("expected key", "<block end>", "expected ',' or"):
        return None
    start, end = complaint.quoted
    between = page.line(end[0])[end[1] : complaint.spot[1]] if end[0] == complaint.spot[0] else "?"
    if between.strip():
        return None
    if start[0] != end[0]:
        return start, f"the quote that opens here is closed only in line {end[0] + 1}; is one missing?"
    if page.line(end[0])[end[1] - 1 :][:1] == "'":
        return end, "the text in '…' ends at this apostrophe; put \"…\" around it instead"
    return end, "the text in quotes ends here, and more follows; put '…' around all of it instead"


def _special_start(page: _Page) -> tuple[Spot, str] | None:
    """A text that begins with what means something to YAML."""
    for number in dict.fromkeys((page.complaint.spot[0], (page.complaint.context or page.complaint.spot)[0])):
        found = _VALUE.match(page.line(number))
        start = next((each for each in _STARTS if found and found["value"].startswith(each)), None)
        if found and start:
            return (number, found.start("value")), f"a text that begins with {start} {IN_QUOTES}"
    return None


def _missing_space(page: _Page) -> tuple[Spot, str] | None:
    """`title:Flood` is no name with a text; the parser takes it for a part of the text around."""
    if not page.says("could not find expected ':'", "mapping values are not allowed"):
        return None
    for number in (page.suspect, _above(page, page.suspect)):
        if found := _NO_SPACE.match(page.line(number)):
            return (number, found.start("colon")), "a space is missing after the colon"
        if found := _NO_SPACE_DASH.match(page.line(number)):
            return (number, found.end()), "a space is missing after the -"
    return None


def _above(page: _Page, number: int) -> int:
    """The number of the last line before that is not empty."""
    above = range(number - 1, -1, -1)
    return next((each for each in above if page.line(each).strip()), -1)


def _second_colon(page: _Page) -> tuple[Spot, str] | None:
    """A colon inside a text, or a line that became part of the text above since it is indented further."""
    if not page.says("mapping values are not allowed"):
        return None
    number, column = page.complaint.spot
    line = page.line(number)
    if re.fullmatch(_NAME, line[:column]):
        above = _above(page, number) + 1
        return (number, len(line) - len(line.lstrip())), (
            f"this line is indented further than line {above}, which has its text already; align the two"
        )
    return (number, column), f"a text with a colon in it {IN_QUOTES}"


def _no_name(page: _Page) -> tuple[Spot, str] | None:
    if not page.says("could not find expected ':'"):
        return None
    number = page.suspect
    line = page.line(number)
    return (number, len(line) - len(line.lstrip())), (
        "a name with a colon is expected here; if the line belongs to the text above, indent it as far"
    )


def _not_closed(page: _Page) -> tuple[Spot, str] | None:
    context = page.complaint.context
    for closing, what in (("]", "list"), ("}", "group")):
        if context and page.says(f"',' or '{closing}'"):
            return (
                context,
                f"the {what} that opens here is not closed with {closing}, or a comma is missing in it",
            )
    return None


def _mark_at_start(page: _Page) -> tuple[Spot, str] | None:
    """A letter that means something to YAML, where the name of a line is expected."""
    if not page.says("cannot start any token", "alphabetic or numeric character"):
        return None
    number, column = page.complaint.context or page.complaint.spot
    letter = page.line(number)[column : column + 1]
    return (number, column), f"nothing can begin with {letter} here, unless it is in quotes"


def _indent(page: _Page) -> tuple[Spot, str] | None:
    if page.says("<document start>"):
        return page.complaint.spot, "this line does not go on from the lines above; align it with the first"
    if not page.says("did not find expected key", "expected '-' indicator", "<block end>"):
        return None
    number, column = page.complaint.spot
    if not page.line(number)[:column].strip():
        return (
            page.complaint.spot,
            "this line is indented like no group above; align it with the names around",
        )
    return page.complaint.spot, f"this does not belong to what stands before it; all of it {IN_QUOTES}"


_SIMPLE = {
    "comment or a line break": "the text begins in the line below | or >",
    "comment or line break": "the text begins in the line below | or >",
    "chomping or indentation": "the text begins in the line below | or >",
    "another document": "a line with --- begins another playbook; one file holds one",
    "undefined alias": f"a text that begins with * {IN_QUOTES}",
    "escape character": "a \\ means something in \"…\"; put the text in '…' instead",
    "sequence entries are not allowed": "a list begins in a line of its own, below its name",
    "node content": "a list or a group above is not closed, or there is a comma too many",
    "tab character": "a tab stands here; type spaces",
}


def _simple(page: _Page) -> tuple[Spot, str] | None:
    words = next((words for part, words in _SIMPLE.items() if page.says(part)), None)
    return (page.complaint.spot, words) if words else None


_LOOKS: tuple[_Look, ...] = (
    _special_space,
    _open_quote,
    _special_start,
    _missing_space,
    _second_colon,
    _no_name,
    _not_closed,
    _mark_at_start,
    _indent,
    _simple,
)
"""Asked one after the other; the first that knows what it is says so."""


def _unknown(complaint: Complaint) -> str:
    return f"this cannot be read ({complaint.problem}); compare it with other lines"
