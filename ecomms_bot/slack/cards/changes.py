"""What is different since the revision before, and since what is out: so that no lead need compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ecomms_bot.incident.state import Draft, Revision
from ecomms_bot.incident.wording import Sentence, When, say
from ecomms_bot.playbook.channels import CHANNELS, in_reading_order
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.times import datetime_words, sign_words, time_words
from ecomms_bot.playbook.values import AS_OF, NEXT_UPDATE
from ecomms_bot.slack.blocks import size
from ecomms_bot.slack.cards.differences import Line, Texts, compared, drawn, spoken_lines
from ecomms_bot.slack.cards.following import followed
from ecomms_bot.slack.cards.view import View, channel_names, joined, out_word
from ecomms_bot.slack.cards.wrong_words import wrong_words
from ecomms_bot.slack.message import Block
from ecomms_bot.slack.text import listed, plain

LISTED_MAX = 10
TOLD_MAX, TOLD_OF_PUBLISHED_MAX = 1500, 700
"""Characters of the words that changed, drawn; less where other things need the room."""


@dataclass(frozen=True, slots=True)
class Told:
    """The words that changed: one block, or none, and the same to be read aloud."""

    blocks: tuple[Block, ...] = ()
    said: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class _Out:
    """A revision that went out, since when (UTC), and its texts where readers have them."""

    revision: Revision
    at: datetime
    texts: Texts


def changes(view: View, draft: Draft, revision: Revision) -> Iterator[Sentence]:
    """Which facts and which channels changed since the revision before."""
    before = _before(draft, revision)
    if before is not None:
        since = say("*Changed* since revision {n}:", n=before.number)
        yield joined(since, _in_short(view, before, revision))


def differences(view: View, draft: Draft, revision: Revision, room: int) -> Told:
    """The words that changed since the revision before, and since what is out: `room` characters at most.

    Of a correction the wrong words stand in the place of what is new since.
    """
    parts: list[Block] = []
    said: list[Sentence] = []
    before = _before(draft, revision)
    if before is not None and not _only_times(view, before, revision):
        lines = compared(before.texts, revision.texts)
        said += spoken_lines(lines)
        parts += drawn(lines, min(room, TOLD_MAX))
    wrong, aloud = wrong_words(view, draft, revision, room - size(parts))
    out = None if wrong or aloud else _published(view, draft, revision)
    parts, said = [*parts, *wrong], [*said, *aloud]
    if out is not None:
        heading, lines = _since_published(view, out, revision)
        said += [heading, *spoken_lines(lines)]
        parts += _headed(heading, lines, min(room - size(parts), TOLD_OF_PUBLISHED_MAX))
    return Told(({"type": "rich_text", "elements": parts},) if parts else (), tuple(said))


def _before(draft: Draft, revision: Revision) -> Revision | None:
    """The revision before, if the words of both are known."""
    before = draft.revision(revision.number - 1)
    return before if before is not None and before.texts and revision.texts else None


# --- since the revision before ----------------------------------------------------------------------------


def _in_short(view: View, before: Revision, revision: Revision) -> Sentence:
    if _only_times(view, before, revision):
        return joined(say("only the times."), _times(view, before, revision))
    both = in_reading_order({**before.texts, **revision.texts})
    channels = channel_names(each for each in both if revision.texts.get(each) != before.texts.get(each))
    facts = _facts(view, before, revision)
    if not facts:
        return say("the texts on {channels}.", channels=channels)
    return say("{facts}. In the texts on {channels}.", facts=listed(facts), channels=channels)


def _facts(view: View, before: Revision, revision: Revision) -> list[str]:
    titles = [_label(view, name) for name in _changed(before, revision)]
    return [*titles[:LISTED_MAX], f"{len(titles) - LISTED_MAX} more"] if len(titles) > LISTED_MAX else titles


def _changed(before: Revision, revision: Revision) -> list[str]:
    """The names of the values that are other ones now."""
    names = dict.fromkeys((*revision.values, *before.values))
    return [name for name in names if revision.values.get(name) != before.values.get(name)]


def _label(view: View, name: str) -> str:
    fields = view.state.book.fields
    return fields[name].label if name in fields else name


# --- only the times ---------------------------------------------------------------------------------------


def _only_times(view: View, before: Revision, revision: Revision) -> bool:
    """Whether as-of and next-update are all that changed in the facts, and their words all in the texts."""
    moved = dict(_moved(view, before, revision))
    if not moved or moved.keys() != set(_changed(before, revision)):
        return False
    old, new = (_clock_words(pair[side] for pair in moved.values()) for side in (0, 1))
    lines = compared(before.texts, revision.texts)
    found = [change for line in lines if line.found for change in line.found.changes]
    return not any(line.note for line in lines) and all(
        _bare(change.gone) <= old and _bare(change.new) <= new for change in found
    )


def _moved(view: View, before: Revision, revision: Revision) -> Iterator[tuple[str, tuple[Instant, Instant]]]:
    """The times that are other ones now, as the texts tell them: in the zone of the incident."""
    for name in (AS_OF, NEXT_UPDATE):
        old, new = before.values.get(name), revision.values.get(name)
        if isinstance(old, Instant) and isinstance(new, Instant) and old != new:
            yield name, (Instant.of(old.utc, view.state.zone), Instant.of(new.utc, view.state.zone))


def _clock_words(moments: Iterable[Instant]) -> set[str]:
    return {word for each in moments for way in (datetime_words, sign_words) for word in _bare(way(each))}


def _bare(words: str) -> set[str]:
    return {word.strip(".,;:") for word in words.split()}


def _times(view: View, before: Revision, revision: Revision) -> Sentence:
    told = say("")
    for name, (old, new) in _moved(view, before, revision):
        words = time_words if old.local.date() == new.local.date() else datetime_words
        one = say("{label}: {new} (was {old}).", label=_label(view, name), new=words(new), old=words(old))
        told = joined(told, one) if told.template else one
    return told


# --- since the text that is out ---------------------------------------------------------------------------


def _published(view: View, draft: Draft, revision: Revision) -> _Out | None:
    """What readers have of this step, unless that is the revision before or its words are redacted."""
    drafts = (each for each in view.state.drafts.values() if each.step == draft.step)
    out = [each for one in drafts for each in one.revisions if each.out and each is not revision]
    newest = max(out, key=_out_at, default=None)
    if draft.about is not None and (found := followed(view.state, draft.about)) is not None:
        newest = found[1]
    before = draft.revision(revision.number - 1)
    if newest is None or not newest.texts or not revision.texts:
        return None
    if before is not None and before.text_sha256 == newest.text_sha256:
        return None
    readers = [each for each in newest.receipts if each in newest.texts]
    public = [each for each in readers if CHANNELS[each].public] or readers
    return _Out(newest, _out_at(newest), {each: newest.texts[each] for each in public})


def _out_at(revision: Revision) -> datetime:
    return revision.public_at or min(receipt.attested_at for receipt, _ in revision.receipts.values())


def _since_published(view: View, out: _Out, revision: Revision) -> tuple[Sentence, tuple[Line, ...]]:
    """The line above the words, and these; on the channels that have both texts."""
    when = When(out.at, view.state.zone)
    since = say("*New* since the text {out} at {when}:", out=out_word(view), when=when)
    if _only_times(view, out.revision, revision):
        return joined(since, joined(say("only the times."), _times(view, out.revision, revision))), ()
    there = {each: text for each, text in revision.texts.items() if each in out.texts}
    lines = compared({each: out.texts[each] for each in there}, there)
    facts = _facts(view, out.revision, revision) if out.revision.kind == revision.kind else []
    if not lines:
        return joined(since, say("nothing, it is the same text.")), ()
    return joined(since, say("{facts}.", facts=listed(facts) if facts else "its words")), lines


def _headed(heading: Sentence, lines: Sequence[Line], room: int) -> list[Block]:
    words = plain(heading)
    room -= len(words)
    listing = drawn(lines, room)
    if room < 0 or (lines and not listing):
        return []
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": words}]}
    return [section, *listing]
