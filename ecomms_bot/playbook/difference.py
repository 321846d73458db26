"""What is different between two wordings of a text: the places that changed, with a few words around each.

Read like a colleague's pencil: the struck words are gone, all others are the new text as it stands. However
long and alike the texts are, it takes a bounded time, and each place has a bounded length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate
from typing import Literal

AROUND = 30
"""Characters of unchanged words on each side of a change: with them it fills a line or two of a phone."""
GONE_MAX, NEW_MAX = 80, 160
"""Characters of one change. A longer one keeps its beginning and its end."""
PLACE_MAX = 320
"""Changes that stand close together are one place, until it is so long."""
TORN_BY, TORN_BY_MOST = 1, 4
"""Equal words that do not divide a change in two; the latter where they are shorter than what is around."""
COMPARED_MAX = 90_000
"""Words of one text times words of the other that are compared word for word."""
MUCH_FROM, MUCH_SAME = 80, 0.4
"""Of two texts of so many words together, less than this part is the same: places would help nobody."""

_CJK = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_LETTER = rf"[^\s!-/:-@\[-`{{-~\u00a1-\u00bf\u2010-\u205e\u3000-\u303f\uff00-\uff0f{_CJK}]"
_WORD = re.compile(
    r"https?://[^\s<>\"”]+(?<![.,;:!?)\]’'])"
    r"|(?:[^\W\d_]\.){2,}"  # p.m., B.C.
    rf"|[{_CJK}]"  # no spaces between its words
    rf"|{_LETTER}+(?:(?:['’\-\u2010\u2011]|(?<=\d)[.,:/](?=\d)){_LETTER}+)*"  # it's, two-lane, 9:40
    r"|\S"
)
_BEFORE_CJK = re.compile(rf"[{_CJK}]")
_SPACES = re.compile(r"\s+")
_STOPS = frozenset(".!?。")

PartKind = Literal["same", "gone", "new", "cut"]


@dataclass(frozen=True, slots=True)
class Part:
    """Words of a place, exactly as they stand in their text; "cut" stands for words that are left out."""

    kind: PartKind
    text: str = ""


Place = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What became what, on one line. Words that only came or went have a word on each side, numbers one more.

    So nobody takes it for another change: 80 vehicles are not 80 km/h.
    """

    gone: str
    new: str


@dataclass(frozen=True, slots=True)
class Edit:
    """`gone` stood in the old text where the new one has what lies between `start` and `end`."""

    gone: str
    start: int
    end: int
    change: Change


@dataclass(frozen=True, slots=True)
class Difference:
    """False if there is none. `unseen`: spaces, line breaks or signs that nobody sees changed too.

    `much`: it is mostly another text.
    """

    text: str
    edits: tuple[Edit, ...]
    unseen: bool
    much: bool

    def __bool__(self) -> bool:
        return bool(self.edits) or self.unseen

    @property
    def changes(self) -> tuple[Change, ...]:
        return tuple(each.change for each in self.edits)

    def places(self, known: Collection[Change] = ()) -> tuple[Place, ...]:
        """Where it changed, in the order of the new text; without the changes that are known already."""
        return tuple(_places(self.text, [each for each in self.edits if each.change not in known]))


def difference(old: str, new: str) -> Difference:
    """What changed from the old wording to the new one."""
    before, after = _Words(old), _Words(new)
    hunks = _marked(before, after)
    edits = [_edit(before, after, hunk) for hunk in hunks]
    seen = tuple(each for each in edits if _looks(each.gone) != _looks(new[each.start : each.end]))
    total = len(before) + len(after)
    changed = sum(hunk.i2 - hunk.i1 + hunk.j2 - hunk.j1 for hunk in hunks)
    return Difference(
        new,
        seen,
        unseen=len(seen) < len(edits) or _gaps_differ(before, after, hunks),
        much=total > MUCH_FROM and total - changed < MUCH_SAME * total,
    )


# --- words ----------------------------------------------------------------------------------------------


class _Words:
    """A text as words: an address, a time, a number, a sign is one. What lies between them are gaps."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans = [match.span() for match in _WORD.finditer(text)]
        self.words = [text[start:end] for start, end in self.spans]

    def __len__(self) -> int:
        return len(self.words)

    def end_before(self, index: int) -> int:
        """Where the word before this one ends."""
        return self.spans[index - 1][1] if index else 0

    def start_of(self, index: int) -> int:
        return self.spans[index][0] if index < len(self.spans) else len(self.text)

    def gap(self, index: int) -> str:
        """What stands before this word, or after the last."""
        return self.text[self.end_before(index) : self.start_of(index)]

    def between(self, first: int, last: int) -> str:
        """The words from one up to another, on one line."""
        return (
            _SPACES.sub(" ", self.text[self.start_of(first) : self.end_before(last)]) if first < last else ""
        )

    def sentences(self, first: int, last: int) -> list[tuple[str, ...]]:
        """The words from one up to another, divided after full stops and at line breaks."""
        found: list[tuple[str, ...]] = []
        for index in range(first, last):
            if self.words[index] in _STOPS or "\n" in self.gap(index + 1) or index + 1 == last:
                found.append(tuple(self.words[first : index + 1]))
                first = index + 1
        return found


@dataclass(frozen=True, slots=True)
class _Hunk:
    """Words `i1` up to `i2` of the old text became `j1` up to `j2` of the new one."""

    i1: int
    i2: int
    j1: int
    j2: int

    @property
    def size(self) -> int:
        return (self.i2 - self.i1) * (self.j2 - self.j1)


# --- which words changed --------------------------------------------------------------------------------


def _hunks(old: _Words, new: _Words) -> Iterator[_Hunk]:
    """Word for word where that is cheap, else sentence for sentence first; too much is one single hunk."""
    head = _shared(old.words, new.words)
    tail = _shared(old.words[: head - 1 if head else None : -1], new.words[: head - 1 if head else None : -1])
    whole = _Hunk(head, len(old) - tail, head, len(new) - tail)
    if whole.size <= COMPARED_MAX:
        yield from _in_words(old, new, whole)
        return
    left = COMPARED_MAX
    for hunk in _in_sentences(old, new, whole):
        left -= hunk.size
        yield from _in_words(old, new, hunk) if left >= 0 else (hunk,)


def _in_words(old: _Words, new: _Words, hunk: _Hunk) -> Iterator[_Hunk]:
    here, there = old.words[hunk.i1 : hunk.i2], new.words[hunk.j1 : hunk.j2]
    for i1, i2, j1, j2 in _unequal(here, there):
        yield _Hunk(hunk.i1 + i1, hunk.i1 + i2, hunk.j1 + j1, hunk.j1 + j2)


def _in_sentences(old: _Words, new: _Words, hunk: _Hunk) -> Iterator[_Hunk]:
    here, there = old.sentences(hunk.i1, hunk.i2), new.sentences(hunk.j1, hunk.j2)
    if len(here) * len(there) > COMPARED_MAX:
        yield hunk
        return
    starts, others = _starts(hunk.i1, here), _starts(hunk.j1, there)
    for i1, i2, j1, j2 in _unequal(here, there):
        yield _Hunk(starts[i1], starts[i2], others[j1], others[j2])


def _unequal(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[tuple[int, int, int, int]]:
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield i1, i2, j1, j2


def _starts(first: int, sentences: Iterable[Sequence[str]]) -> list[int]:
    return list(accumulate(map(len, sentences), initial=first))


# --- as a person would mark them ------------------------------------------------------------------------


def _marked(old: _Words, new: _Words) -> list[_Hunk]:
    """What changed, without the few equal words that would only tear a change apart."""
    done: list[_Hunk] = []
    for each in _hunks(old, new):
        hunk = each
        while done and _torn(old, new, done[-1], hunk):
            last = done.pop()
            hunk = _Hunk(last.i1, hunk.i2, last.j1, hunk.j2)
        done.append(hunk)
    return [_with_its_word(old, new, hunk) for hunk in done]


def _torn(old: _Words, new: _Words, one: _Hunk, two: _Hunk) -> bool:
    words = sum(map(_is_word, new.words[one.j2 : two.j1]))
    length = len(new.between(one.j2, two.j1))
    return words <= TORN_BY or (
        words <= TORN_BY_MOST and length <= min(_length(old, new, h) for h in (one, two))
    )


def _length(old: _Words, new: _Words, hunk: _Hunk) -> int:
    return max(len(old.between(hunk.i1, hunk.i2)), len(new.between(hunk.j1, hunk.j2)))


def _with_its_word(old: _Words, new: _Words, hunk: _Hunk) -> _Hunk:
    """A full stop alone is hard to see struck: it is shown with the word before it, or behind it."""
    if any(map(_is_word, old.words[hunk.i1 : hunk.i2] + new.words[hunk.j1 : hunk.j2])):
        return hunk
    return _wider(old, new, hunk, 1, 0) or _wider(old, new, hunk, 0, 1) or hunk


def _wider(old: _Words, new: _Words, hunk: _Hunk, before: int, after: int) -> _Hunk | None:
    wider = _Hunk(hunk.i1 - before, hunk.i2 + after, hunk.j1 - before, hunk.j2 + after)
    there = min(wider.i1, wider.j1) >= 0 and wider.i2 <= len(old) and wider.j2 <= len(new)
    return wider if there else None


def _is_word(token: str) -> bool:
    return any(letter.isalnum() for letter in token)


def _shared(one: Sequence[str], two: Sequence[str]) -> int:
    """How many are equal at the beginning of both."""
    return next(
        (n for n, (here, there) in enumerate(zip(one, two, strict=False)) if here != there),
        min(len(one), len(two)),
    )


# --- what nobody sees -----------------------------------------------------------------------------------


def _looks(text: str) -> str:
    """What a reader sees of it: equal for two that only their bytes or their spaces tell apart."""
    shown = "".join(each for each in unicodedata.normalize("NFC", text) if unicodedata.category(each) != "Cf")
    return _SPACES.sub(" ", shown).strip()


def _gaps_differ(old: _Words, new: _Words, hunks: Sequence[_Hunk]) -> bool:
    """Whether spaces differ between equal words, or at the ends; those beside a change belong to it."""
    i = j = 0
    for hunk in (*hunks, _Hunk(len(old) + 1, len(old) + 1, len(new) + 1, len(new) + 1)):
        if any(old.gap(i + n) != new.gap(j + n) for n in range(hunk.i1 - i)):
            return True
        i, j = hunk.i2 + 1, hunk.j2 + 1
    return False


# --- what is shown --------------------------------------------------------------------------------------


def _edit(old: _Words, new: _Words, hunk: _Hunk) -> Edit:
    """All between the equal words on both sides, but for the spaces that both texts have there."""
    gone = old.text[old.end_before(hunk.i1) : old.start_of(hunk.i2)]
    start, end = new.end_before(hunk.j1), new.start_of(hunk.j2)
    now = new.text[start:end]
    head = min(_shared(gone, now), len(now) - len(now.lstrip()))
    gone, now = gone[head:], now[head:]
    tail = min(_shared(gone[::-1], now[::-1]), len(now) - len(now.rstrip()))
    return Edit(gone[: len(gone) - tail], start + head, end - tail, _change(old, new, hunk))


def _change(old: _Words, new: _Words, hunk: _Hunk) -> Change:
    before = after = hunk.i1 == hunk.i2 or hunk.j1 == hunk.j2
    words = filter(_is_word, old.words[hunk.i1 : hunk.i2] + new.words[hunk.j1 : hunk.j2])
    if not after and all(word[0].isdigit() for word in words):
        after = any(map(_is_word, new.words[hunk.j2 : hunk.j2 + 1]))
        before = not after
    hunk = (before and _wider(old, new, hunk, 1, 0)) or hunk
    hunk = (after and _wider(old, new, hunk, 0, 1)) or hunk
    return Change(old.between(hunk.i1, hunk.i2), new.between(hunk.j1, hunk.j2))


def _places(text: str, edits: Iterable[Edit]) -> Iterator[Place]:
    near: list[Edit] = []
    length = 0
    for edit in edits:
        between = edit.start - near[-1].end if near else 0
        size = min(len(edit.gone), GONE_MAX) + min(edit.end - edit.start, NEW_MAX)
        if near and (between > 2 * AROUND or length + between + size > PLACE_MAX):
            yield tuple(_place(text, near))
            near, length, between = [], 0, 0
        near.append(edit)
        length += between + size
    if near:
        yield tuple(_place(text, near))


def _place(text: str, edits: Sequence[Edit]) -> Iterator[Part]:
    at, stop = _begin(text, edits[0].start), _stop(text, edits[-1].end)
    if text[:at].strip():
        yield Part("cut")
    for edit in edits:
        yield from _part("same", text[at : edit.start])
        yield from _part("gone", edit.gone, GONE_MAX)
        yield from _part("new", text[edit.start : edit.end], NEW_MAX)
        at = edit.end
    yield from _part("same", text[at:stop])
    if text[stop:].strip():
        yield Part("cut")


def _part(kind: PartKind, text: str, most: int = 0) -> Iterator[Part]:
    if most and len(text) > most:
        half, give = most // 2, most // 8
        yield Part(kind, text[: _stop(text, half - give, give)])
        yield Part("cut")
        yield Part(kind, text[_begin(text, len(text) - half + give, give) :])
    elif text:
        yield Part(kind, text)


def _begin(text: str, at: int, most: int = AROUND) -> int:
    """Where the words before a place begin: so many characters at most, no half words."""
    first = max(0, at - most)
    return next((n for n in range(first, at) if _divides(text, n) and not text[n].isspace()), at)


def _stop(text: str, at: int, most: int = AROUND) -> int:
    """Where the words behind a place end."""
    last = min(len(text), at + most)
    return next((n for n in range(last, at, -1) if _divides(text, n) and not text[n - 1].isspace()), at)


def _divides(text: str, at: int) -> bool:
    """Whether a word ends or begins here."""
    edge = at in {0, len(text)}
    return edge or text[at - 1].isspace() or text[at].isspace() or bool(_BEFORE_CJK.match(text, at))
