"""In the conversation: a fact changed that texts say, or sources disagree; and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence

from ecomms_bot.incident.changes import Change, change, choices, label_of, sides_of, told
from ecomms_bot.incident.factsheet import agree, same_value
from ecomms_bot.incident.standing import Flag, where_it_stands
from ecomms_bot.incident.state import Fact
from ecomms_bot.incident.things import changed_fact_thing
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.playbook.channels import in_reading_order
from ecomms_bot.playbook.exercise import SIGN, unmarked
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, buttons, paragraphs, quote
from ecomms_bot.slack.cards.fact_words import conflict, known_until, said_by, value_of
from ecomms_bot.slack.cards.facts import UNTIL_DECIDED, USE_MAX, decided_by, show_button, use_button
from ecomms_bot.slack.cards.flags import Outdated, outdated, texts_say, update_button
from ecomms_bot.slack.cards.texts import SPOKEN_TEXT_MAX
from ecomms_bot.slack.cards.view import (
    View,
    channel_names,
    compose,
    gone,
    joined,
    lines,
    message_link,
    out_word,
)
from ecomms_bot.slack.message import Block, Message


def changed_fact(view: View, fact_id: str) -> Message:
    """About the fact of this id, as it is now: in conflict, decided, said otherwise by texts, or settled."""
    found = change(view.state, fact_id)
    if found is None or (found.now is None and not found.sides):
        return gone("This fact")
    others = outdated(view.state, found.name)
    row: tuple[Block, ...] = ()
    if found.newer:
        settled = [decided_by(view, found.decision)] if found.decision is not None else []
        said = [_counts(view, found), *settled, _elsewhere(view, found.name)]
    elif found.sides:
        said, row = _disputed(view, found, others)
    else:
        said, row = _known(view, found, others)
    return compose(said, (*paragraphs(lines(said)), *(row if view.state.open else ())))


def _elsewhere(view: View, name: str) -> Sentence:
    """Where to go on: in the newer message, or in the older one about what counts again."""
    fact_id = next((each for each, of in told(view.state).items() if of == name), "")
    there = message_link(view, changed_fact_thing(fact_id), "another message")
    return joined(say("What to do about it stands in"), joined(there or say("another message"), say("."), ""))


def _disputed(
    view: View, found: Change, others: Sequence[Outdated]
) -> tuple[list[Sentence], tuple[Block, ...]]:
    """What each source says, and a button for each: the newest first."""
    said = [conflict(view, found.name), say(UNTIL_DECIDED)]
    said += [joined(texts_say(view, each), say("."), "") for each in others]
    if view.state.open:
        said.append(say("A lead or {holder} decides.", holder=Who(view.state.holder)))
    offered = list(reversed(found.sides))[:USE_MAX]
    # A row of its own for each: in one row no two buttons may have the same name.
    rows = [buttons(use_button(view, each, _use_words(each, others))) for each in offered]
    return said, (*(block for row in rows for block in row), *buttons(show_button(view, found.fact)))


def _use_words(fact: Fact, others: Sequence[Outdated]) -> str:
    """Whether published texts would be wrong if this counted."""
    wrong = any(each.out and not same_value(each.said.value, fact.value) for each in others)
    return "Use {value} and update…" if wrong else "Use {value}…"


def _known(view: View, found: Change, others: Sequence[Outdated]) -> tuple[list[Sentence], tuple[Block, ...]]:
    said = [_counts(view, found)]
    if found.decision is not None:
        said.append(decided_by(view, found.decision))
    said += [joined(joined(say("⚠️"), texts_say(view, each)), say("."), "") for each in others]
    if not others:
        said.append(say("No text says anything else now."))
        return said, ()
    keep = [use_button(view, each, "Keep {value}…") for each in choices(view.state, found.name)[-1:]]
    update = update_button(view, [flag for each in others for flag in each.all], primary=True)
    return said, buttons(update, *keep, show_button(view, found.fact))


def _counts(view: View, found: Change) -> Sentence:
    """What is so now; of a fact that was replaced meanwhile, by what."""
    name, fact, now = label_of(view.state, found.name), found.fact, found.now
    if now is None:
        return say("*{name}* is not known.", name=name)
    if not agree(fact, now):
        old = say("*{name}*: not {value} any more.", name=name, value=value_of(view.state, fact))
        return joined(old, joined(said_by(view, now), say("counts now.")))
    first = joined(joined(say("*{name}*:", name=name), said_by(view, now)), say("counts now"))
    until = known_until(view, now)
    return joined(joined(first, until, ", ") if until is not None else first, say("."), "")


# --- which texts say it -----------------------------------------------------------------------------------

SHOWN_MAX = 5
"""Texts that are shown; the others are counted."""


def saying(view: View, name: str) -> Message:
    """For one person: the texts that say what counts no more, where they stand, and their short words."""
    state = view.state
    flagged = [(what, flag) for what in outdated(state, name) for flag in what.all]
    if not flagged:
        words = "No text says anything else than the fact sheet about *{name}* any more."
        said = [say(words, name=label_of(state, name))]
        return compose(said, paragraphs(lines(said)))
    counts = state.fact(name)
    first = say("*{name}*:", name=label_of(state, name))
    if sides_of(state, name):
        first = conflict(view, name)
    elif counts is not None:
        first = joined(joined(first, said_by(view, counts)), say("counts now."))
    said, blocks = [first], [*paragraphs(lines([first]))]
    for what, flag in flagged[:SHOWN_MAX]:
        line = joined(_where(view, flag), say("says {value}.", value=value_of(state, what.said)))
        said.append(line)
        blocks += [*paragraphs(lines([line])), *_words(flag), *_correct(view, flag, out=flag in what.out)]
    if len(flagged) > SHOWN_MAX:
        said.append(say("and {more} more", more=len(flagged) - SHOWN_MAX))
        blocks += paragraphs(lines(said[-1:]))
    row = buttons(update_button(view, [flag for _, flag in flagged], primary=True))
    return compose(said, (*blocks, *row))


def _where(view: View, flag: Flag) -> Sentence:
    """Which text, and where people read it since when; of a draft, how far it is."""
    revision = flag.revision
    title = say("*{title}*, revision {n}", title=view.of(flag.draft, revision), n=revision.number)
    channels = where_it_stands(view.state, flag.draft, revision)
    if revision.public_at is None or not channels:
        return joined(title, say("{status},", status=flag.draft.status), ", ")
    words = "{out} on {channels} since {when},"
    when = view.when(revision.public_at)
    out = say(words, out=out_word(view), channels=channel_names(channels), when=when)
    return joined(title, out, ", ")


def _words(flag: Flag) -> tuple[Block, ...]:
    """Its short text, as people read it."""
    for channel in in_reading_order(flag.revision.texts):
        for text in flag.revision.texts[channel].values():
            if channel != SIGN and len(text) <= SPOKEN_TEXT_MAX:
                return quote(unmarked(text, channel))
    return ()


def _correct(view: View, flag: Flag, *, out: bool) -> tuple[Block, ...]:
    if not out or not view.state.open:
        return ()
    value = names.pack(view.state.id, flag.draft.id, str(flag.revision.number))
    return buttons(button("Correct…", names.CORRECT_TEXT, value))
