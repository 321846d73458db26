"""The words that changed, drawn: struck ones are gone, bold ones are new, "…" is what stays as it was.

All of it is rich text, which Slack never parses: what people typed stands there as they typed it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ecomms_bot.incident.wording import Sentence, say
from ecomms_bot.playbook.channels import CHANNELS, in_reading_order
from ecomms_bot.playbook.difference import Change, Difference, Place, difference
from ecomms_bot.playbook.exercise import unmarked
from ecomms_bot.slack.message import Block
from ecomms_bot.slack.text import flat, listed

PLACES_MAX, LINE_MAX = 4, 450
"""Of one channel: so many places, and of these as many as fit into so many characters."""
REST_MAX = 150
"""Characters kept for the channels that have no room."""
SPOKEN_CHANGES_MAX, SPOKEN_WORDS_MAX, SPOKEN_LINES_MAX = 3, 60, 3
"""Read aloud is only what one remembers."""

MUCH = "much changed; read the whole text"
UNSEEN = "only spaces, line breaks or signs that cannot be seen"

Texts = Mapping[str, Mapping[str, str]]


@dataclass(slots=True)
class Line:
    """What changed on one channel and, word for word the same, on `others`.

    `note` stands in the place of words; `like` is a line whose changes are all among these.
    """

    where: str
    found: Difference | None = None
    note: str = ""
    like: Line | None = None
    others: list[str] = field(default_factory=list)

    @property
    def heading(self) -> str:
        same = f", and the same on {listed(self.others)}" if self.others and not self.note else ""
        where = listed([self.where, *self.others]) if self.note else self.where
        besides = f", besides what changed on {self.like.where}" if self.like else ""
        return f"{where}{same}{besides}"

    @property
    def known(self) -> tuple[Change, ...]:
        return self.like.found.changes if self.like and self.like.found else ()


def compared(before: Texts, after: Texts) -> tuple[Line, ...]:
    """A line for every channel that changed, without the marks of an exercise; equal changes only once."""
    found: list[Line] = []
    for line in _lines(before, after):
        same = next((each for each in found if _same(each, line)), None)
        if same is not None:
            same.others.append(line.where)
            continue
        like = [each for each in found if _among(each, line)]
        line.like = max(like, key=lambda each: len(_changes(each)), default=None)
        found.append(line)
    return tuple(sorted(found, key=lambda line: bool(line.note)))


def _lines(before: Texts, after: Texts) -> Iterator[Line]:
    for channel in in_reading_order({**before, **after}):
        old, new = before.get(channel, {}), after.get(channel, {})
        languages = list({**new, **old})
        for language in languages:
            where = CHANNELS[channel].title + (f" ({language})" if len(languages) > 1 else "")
            if language not in old or language not in new:
                yield Line(where, note="a new text" if language in new else "no text any more")
                continue
            found = difference(unmarked(old[language], channel), unmarked(new[language], channel))
            note = MUCH if found.much else "" if found.edits else UNSEEN
            if found:
                yield Line(where, found, note)


def _changes(line: Line) -> tuple[Change, ...]:
    return line.found.changes if line.found and not line.note else ()


def _same(one: Line, other: Line) -> bool:
    """Word for word, though not in the same order."""
    changes = (Counter(_changes(each)) for each in (one, other))
    return one.note == other.note and next(changes) == next(changes) and _unseen(one) == _unseen(other)


def _unseen(line: Line) -> bool:
    return line.found is not None and line.found.unseen


def _among(one: Line, other: Line) -> bool:
    """Whether the other line has all these changes and more."""
    return bool(_changes(one)) and set(_changes(one)) < set(_changes(other))


# --- drawn ------------------------------------------------------------------------------------------------


def drawn(lines: Sequence[Line], room: int) -> tuple[Block, ...]:
    """A list with one item for each line, in at most `room` characters; nothing if there is no room."""
    items: list[list[Block]] = []
    for number, line in enumerate(lines):
        item = list(_item(line))
        needed = sum(len(run["text"]) for run in item)
        if needed + (REST_MAX if number + 1 < len(lines) else 0) > room:
            items.append([_run(f"{_rest(lines[number:], also=bool(items))}.")])
            room -= len(items[-1][0]["text"])
            break
        items.append(item)
        room -= needed
    if room < 0 or not items:
        return ()
    sections = [{"type": "rich_text_section", "elements": item} for item in items]
    return ({"type": "rich_text_list", "style": "bullet", "elements": sections},)


def _rest(lines: Iterable[Line], *, also: bool) -> str:
    """The channels of these lines: what changed there is to be read in the whole texts."""
    where = listed(dict.fromkeys(name for line in lines for name in (line.where, *line.others)))
    return f"{'Also changed' if also else 'Changed'} on {where}"


def _item(line: Line) -> Iterator[Block]:
    yield _run(f"{line.heading}:", "italic")
    if line.note or line.found is None:
        yield _run(f" {line.note}.")
        return
    places = line.found.places(line.known)
    shown = list(_fitting(places))
    yield from _runs(shown)
    more = [_places(len(places) - len(shown))] if len(places) > len(shown) else []
    more += ["spaces or line breaks"] if line.found.unseen else []
    if more:
        yield _run(f" And {listed(more)}.")


def _places(more: int) -> str:
    return f"{more} more place{'s' if more > 1 else ''}"


def _fitting(places: Iterable[Place]) -> Iterator[Place]:
    used = 0
    for number, place in enumerate(places):
        used += sum(len(part.text) for part in place)
        if number and (number >= PLACES_MAX or used > LINE_MAX):
            return
        yield place


_STYLES = {"gone": "strike", "new": "bold"}


def _runs(places: Iterable[Place]) -> Iterator[Block]:
    """Places in a row, each word in its style and the spaces between them in none."""
    pieces: list[tuple[str, str]] = [("", " ")]
    for part in (part for place in places for part in place):
        style, words = _STYLES.get(part.kind, ""), flat(part.text, len(part.text) + 1)
        if part.kind == "cut":
            if pieces[-1] != ("", "…"):
                _space(pieces)
                pieces.append(("", "…"))
            continue
        if part.text[:1].isspace() or pieces[-1][1] == "…" or (style and pieces[-1][0]):
            _space(pieces)
        if words:
            pieces.append((style, words))
        if part.text[-1:].isspace():
            _space(pieces)
    yield from (_run(text, style) for style, text in pieces)


def _space(pieces: list[tuple[str, str]]) -> None:
    if pieces[-1] != ("", " "):
        pieces.append(("", " "))


def _run(text: str, style: str = "") -> Block:
    return {"type": "text", "text": text} | ({"style": {style: True}} if style else {})


# --- read aloud -------------------------------------------------------------------------------------------


def spoken_lines(lines: Sequence[Line]) -> Iterator[Sentence]:
    for line in lines[:SPOKEN_LINES_MAX]:
        yield say("On {where}: {what}.", where=line.heading, what=line.note or _told(line))
    if len(lines) > SPOKEN_LINES_MAX:
        yield say("{rest}.", rest=_rest(lines[SPOKEN_LINES_MAX:], also=True))


def _told(line: Line) -> str:
    fresh = [each for each in dict.fromkeys(_changes(line)) if each not in line.known]
    told = [_became(each) for each in fresh[:SPOKEN_CHANGES_MAX]]
    more = len(fresh) - len(told)
    return "; ".join([*told, *([f"and {more} more change{'s' if more > 1 else ''}"] if more else [])])


def _became(change: Change) -> str:
    gone, new = (flat(words, SPOKEN_WORDS_MAX) for words in (change.gone, change.new))
    if not gone:
        return f"“{new}” was added"
    return f"“{gone}” became “{new}”" if new else f"“{gone}” was taken out"
