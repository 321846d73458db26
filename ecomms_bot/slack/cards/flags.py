"""Texts that say what counts no more: as the card, a review, a publish message and the fact sheet tell it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ecomms_bot.incident.changes import disputed, label_of, sides_of
from ecomms_bot.incident.factsheet import found
from ecomms_bot.incident.progress import update_step
from ecomms_bot.incident.standing import Flag, Unlike, flags, flags_of, standing, unlike_sheet
from ecomms_bot.incident.state import Draft, Fact, Incident, Revision
from ecomms_bot.incident.wording import Sentence, When, say
from ecomms_bot.playbook.model import Step, UnknownStep
from ecomms_bot.slack import names
from ecomms_bot.slack.cards.fact_words import (
    SHOWN_MAX,
    confirmed,
    conflict,
    either_or,
    said_by,
    shown_value,
    value_in_short,
)
from ecomms_bot.slack.cards.view import View, due, joined, write_button
from ecomms_bot.slack.message import Block
from ecomms_bot.slack.text import flat, mrkdwn

FLAGS_MAX = 2
"""Of one text that its review names; the others are counted."""
CARD_MAX, CARD_ROOM = 3, 1500
"""Lines on the card, and characters of them as drawn."""
SAID_ROOM = 900
"""Characters, as drawn, of the facts that a review lists."""


@dataclass(frozen=True, slots=True)
class Outdated:
    """What texts say of one fact and counts no more: `out` are published, `waiting` still on their way."""

    said: Fact
    why: str
    now: Fact | None
    out: tuple[Flag, ...]
    waiting: tuple[Flag, ...]

    @property
    def all(self) -> tuple[Flag, ...]:
        return (*self.out, *self.waiting)


def outdated(state: Incident, name: str = "") -> tuple[Outdated, ...]:
    """Flagged texts, those that say the same together; with a name only those of that fact."""
    published = {(each.draft.id, each.revision.number) for each in standing(state)}
    together: dict[str, list[Flag]] = {}
    for flag in flags(state):
        if name in {"", flag.fact.name}:
            together.setdefault(flag.fact.id, []).append(flag)
    return tuple(
        Outdated(
            flagged[0].fact,
            flagged[0].why,
            flagged[0].now,
            tuple(each for each in flagged if (each.draft.id, each.revision.number) in published),
            tuple(each for each in flagged if (each.draft.id, each.revision.number) not in published),
        )
        for flagged in together.values()
    )


def how_many(what: Outdated) -> Sentence:
    """As in "3 messages say", "1 message and 2 drafts say"."""
    counted = [(len(what.out), "message"), (len(what.waiting), "draft")]
    words = " and ".join(f"{n} {word}{'s' if n > 1 else ''}" for n, word in counted if n)
    return say("{many} " + ("says" if len(what.all) == 1 else "say"), many=words)


def texts_say(view: View, what: Outdated) -> Sentence:
    """As in "3 messages say 80 vehicles (operations, today at 09:10)"."""
    return joined(how_many(what), said_by(view, what.said))


def short(view: View, what: Outdated) -> Sentence:
    """The line of the card: what texts say, and what counts now."""
    state = view.state
    says = joined(how_many(what), say("{value}", value=value_in_short(state, what.said)))
    first = joined(say("⚠️ *{name}*:", name=label_of(state, what.said.name)), says)
    if what.now is None:
        return first
    if what.why == "expired" and what.now.until is not None:
        return joined(first, say("it was known until {until}", until=due(what.now.until)), "; ")
    return joined(first, say("{value} counts now", value=value_in_short(state, what.now)), "; ")


def fact_flags(view: View) -> list[Sentence]:
    """For the card and the status: conflicts, then what texts say and counts no more. The rest is counted."""
    every = [conflict(view, name, most=2) for name in disputed(view.state)]
    every += [short(view, each) for each in outdated(view.state) if each.why != "disputed"]
    shown, room = every[:1], CARD_ROOM - sum(len(mrkdwn(each)) for each in every[:1])
    for each in every[1:CARD_MAX]:
        room -= len(mrkdwn(each))
        if room < 0:
            break
        shown.append(each)
    if len(shown) < len(every):
        how = f"{names.COMMAND} facts"
        shown.append(say("and {more} more: {how}", more=len(every) - len(shown), how=how))
    return shown


def text_flags(view: View, draft: Draft, revision: Revision) -> Iterator[Sentence]:
    """On top of a text: what it says and counts no more, or never was on the fact sheet as it says it."""
    flagged = [_of_text(view, each) for each in flags_of(view.state, draft) if each.revision is revision]
    flagged += [_typed(view, each) for each in unlike_sheet(view.state, draft, revision)]
    yield from flagged[:FLAGS_MAX]
    more = len(flagged) - FLAGS_MAX
    if more > 0:
        yield say("⚠️ And {more} more of its facts are not as on the fact sheet.", more=more)


def _of_text(view: View, flag: Flag) -> Sentence:
    name = label_of(view.state, flag.fact.name)
    says = joined(say("this text says"), joined(said_by(view, flag.fact), say("."), ""))
    if flag.now is None:
        sides = sides_of(view.state, flag.fact.name)
        first = joined(say("⚠️ *{name}*: sources disagree,", name=name), either_or(view, sides))
        if flag.fact in sides:  # who says so, and when, stands there
            says = say("this text says {value}.", value=value_in_short(view.state, flag.fact))
        return joined(first, says, "; ")
    if flag.why == "expired" and flag.now.until is not None:
        first = say("⚠️ *{name}* was known until {until}", name=name, until=due(flag.now.until))
        return joined(first, says, "; ")
    first = joined(joined(say("⚠️ *{name}*:", name=name), said_by(view, flag.now)), say("counts now"))
    return joined(first, says, "; ")


def _typed(view: View, unlike: Unlike) -> Sentence:
    """As in "⚠️ *Level*: the fact sheet says 3.4 m (operations, today at 20:05); this text says 3.3 m."."""
    name = label_of(view.state, unlike.name)
    value = shown_value(view.state.book.fields.get(unlike.name), unlike.value, unlike.now.unit)
    shown = value if isinstance(value, When) else flat(str(value), SHOWN_MAX)
    says = say("this text says {value}.", value=shown)
    sides = sides_of(view.state, unlike.name)
    if sides:
        first = joined(say("⚠️ *{name}*: sources disagree,", name=name), either_or(view, sides))
    else:
        first = joined(say("⚠️ *{name}*: the fact sheet says", name=name), said_by(view, unlike.now))
    return joined(first, says, "; ")


def facts_said(view: View, revision: Revision) -> Iterator[Sentence]:
    """The facts of the sheet that a text says, as many as a review has room for."""
    known = [found(view.state.facts, fact) for fact in revision.facts.values()]
    told = [_said(view, fact) for fact in known if fact is not None]
    room = SAID_ROOM
    for shown, line in enumerate(told):
        room -= len(mrkdwn(line))
        if room < 0:
            how = f"{names.COMMAND} facts"
            yield say("and {more} more facts of the sheet: {how}", more=len(told) - shown, how=how)
            return
        yield line


def _said(view: View, fact: Fact) -> Sentence:
    line = joined(say("*{name}*:", name=label_of(view.state, fact.name)), said_by(view, fact))
    who = confirmed(fact)
    return joined(line, who, ", ") if who is not None else joined(line, say("nobody confirmed it"), ", ")


# --- what helps -------------------------------------------------------------------------------------------


def step_of_update(state: Incident, texts: Sequence[Flag]) -> Step | None:
    """The step whose next text puts this right: that of the text if it recurs, else the scheduled update."""
    for flag in texts:
        try:
            step = state.step(flag.draft.step)
        except UnknownStep:  # as after a redaction
            continue
        if step.recurrence == "recurring":
            return step
    return update_step(state)


def update_button(view: View, texts: Iterable[Flag], *, primary: bool = False) -> Block | None:
    """Opens the form of the next text, filled in with what counts."""
    step = step_of_update(view.state, tuple(texts))
    if step is None or not view.state.open:
        return None
    draft = view.state.draft_of(step.id)
    kind = draft.kind if draft is not None else step.main.kind
    return write_button(view, step.id, kind, "Prepare update", primary=primary)
