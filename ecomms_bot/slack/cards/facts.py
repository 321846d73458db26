"""The fact sheet: conflicts first, then what is known, each with its unit, who says it, since when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ecomms_bot.incident.changes import disputed, label_of, sides_of
from ecomms_bot.incident.policy import Act, Person, may
from ecomms_bot.incident.rules.facts import fact_fields
from ecomms_bot.incident.state import Fact, FactDecision, Incident
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, buttons, exercise, paragraphs, section
from ecomms_bot.slack.cards.fact_words import fact_line, said_in_full, value_of
from ecomms_bot.slack.cards.flags import outdated, texts_say, update_button
from ecomms_bot.slack.cards.view import View, compose, joined, lines
from ecomms_bot.slack.message import Block, Message
from ecomms_bot.slack.text import flat, mrkdwn, plain

LIST_MAX = 9000
"""Characters of the list; what does not fit is counted."""
VALUE_SHOWN = 100
"""Characters of one value in it."""
CONFLICTS_MAX, CONFIRM_MAX = 3, 10
"""Conflicts with their buttons, and facts with a button to confirm them: Slack draws 50 blocks."""
USE_MAX, USE_SHOWN = 4, 30
"""Sources with a button, and characters of a value on it."""
HISTORY_MAX = 10
"""Entries of one fact that are listed, the newest."""
UNTIL_DECIDED = "Until somebody decides, no text that says it can be submitted."


def facts(view: View, person: Person | None = None) -> Message:
    """The sheet, for this person: with buttons to decide and to confirm where they may."""
    state = view.state
    known = [fact for fact in latest(state) if not sides_of(state, fact.name)]
    conflicts = disputed(state)
    if not known and not conflicts:
        said = [say("No fact of {name} is recorded yet.", name=state.name)]
        said.append(say("Add one as soon as somebody says what is so. The next text begins with it."))
        return _marked(view, compose(said, (*paragraphs(lines(said)), *_add(view))))
    first = say("*What is known* of {name}", name=state.name)
    told, blocks = [first], [section(mrkdwn(first))]
    for name in conflicts[:CONFLICTS_MAX]:
        said, drawn = _conflict(view, name, person)
        told, blocks = [*told, *said], [*blocks, *drawn]
    left = len(conflicts) - CONFLICTS_MAX
    if left > 0:
        more = say("⚠️ and {more} more conflicts: {how}", more=left, how=_one(conflicts[CONFLICTS_MAX]))
        told, blocks = [*told, more], [*blocks, section(mrkdwn(more))]
    said, drawn = _known(view, known, person, room=LIST_MAX - sum(len(mrkdwn(each)) for each in told))
    return _marked(view, compose([*told, *said], (*blocks, *drawn, *_add(view))))


def fact_sheet_of(view: View, name: str, person: Person | None = None) -> Message:
    """All about one fact: what counts, what each source says, what was said before, which texts say it."""
    state = view.state
    recorded = state.facts.get(name, ())
    counts = state.fact(name)
    if counts is None:
        said = [say("Nothing is recorded yet of *{name}*.", name=label_of(state, name))]
        return _marked(view, compose(said, (*paragraphs(lines(said)), *_add(view))))
    if sides_of(state, name):
        said, drawn = _conflict(view, name, person)
        blocks = list(drawn)
    else:
        said = [fact_line(view, counts), *_texts(view, name)]
        flagged = [flag for each in outdated(state, name) for flag in each.all]
        update = update_button(view, flagged) if flagged else None
        row = buttons(_confirm(view, counts, person), update, show_button(view, counts))
        blocks = [*paragraphs(lines(said, VALUE_SHOWN)), *row]
    if decision := state.decided.get(name):
        told = decided_by(view, decision)
        said, blocks = [*said, told], [*blocks, *paragraphs(lines([told], VALUE_SHOWN))]
    earlier = [each for each in recorded if each is not counts][-HISTORY_MAX:]
    if earlier and not sides_of(state, name):
        head = say("*Said before*, the newest first:")
        listed = [head, *(said_in_full(view, each) for each in reversed(earlier))]
        drawn = paragraphs([mrkdwn(head), *(f"• {line}" for line in lines(listed[1:], VALUE_SHOWN))])
        said, blocks = [*said, *listed], [*blocks, *drawn]
    return _marked(view, compose(said, (*blocks, *_add(view))))


def _marked(view: View, message: Message) -> Message:
    return exercise(message) if view.state.exercise else message


def _add(view: View) -> tuple[Block, ...]:
    add = button("Add a fact…", names.ADD_FACT, view.state.id)
    return buttons(add) if view.state.open else ()


def _one(name: str) -> str:
    return f"{names.COMMAND} facts {flat(name, 80)}"


# --- a conflict -------------------------------------------------------------------------------------------


def _conflict(view: View, name: str, person: Person | None) -> tuple[list[Sentence], tuple[Block, ...]]:
    """What each source says, the newest first, with a button beside it for who may decide."""
    said = sides_of(view.state, name)
    first = joined(say("⚠️ *{name}*: sources disagree.", name=label_of(view.state, name)), say(UNTIL_DECIDED))
    decides = view.state.open and person is not None and may(person, Act.DECIDE_FACT, view.state)
    told, blocks = [first], [section(mrkdwn(first, VALUE_SHOWN))]
    for each in list(reversed(said))[:USE_MAX]:
        told.append(said_in_full(view, each))
        drawn = section(f"• {mrkdwn(told[-1], VALUE_SHOWN)}")
        blocks.append(drawn | {"accessory": use_button(view, each)} if decides else drawn)
    rest = [joined(texts_say(view, each), say("."), "") for each in outdated(view.state, name)]
    if len(said) > USE_MAX:
        rest.insert(0, say("and {more} more: {how}", more=len(said) - USE_MAX, how=_one(name)))
    return [*told, *rest], (*blocks, *paragraphs(lines(rest, VALUE_SHOWN)))


def follows(view: View, name: str, person: Person) -> tuple[list[Sentence], tuple[Block, ...]]:
    """To who recorded or decided a fact: that sources disagree, or that texts say something else."""
    state = view.state
    if sides_of(state, name):
        said, blocks = _conflict(view, name, person)
        if may(person, Act.DECIDE_FACT, state):
            return said, blocks
        who = say("A lead or {holder} can decide.", holder=Who(state.holder))
        return [*said, who], (*blocks, *paragraphs(lines([who])))
    flagged = [flag for each in outdated(state, name) for flag in each.all]
    counts = state.fact(name)
    if not flagged or counts is None:
        return [], ()
    said = list(_texts(view, name))
    row = buttons(update_button(view, flagged, primary=True), show_button(view, counts))
    return said, (*paragraphs(lines(said, VALUE_SHOWN)), *row)


def use_button(view: View, fact: Fact, words: str = "Use {value}…", *, primary: bool = False) -> Block:
    """Opens the form in which somebody decides that this counts.

    A value too long for a button is called by its source: two that begin alike must not look alike.
    """
    shown = plain(say("{value}", value=value_of(view.state, fact)))
    shown = flat(shown if len(shown) <= USE_SHOWN else f"what {fact.source} says", USE_SHOWN).removesuffix(
        "…"
    )
    value = names.pack(view.state.id, fact.id)
    return button(words.format(value=shown), names.USE_FACT, value, "primary" if primary else None)


def decided_by(view: View, decision: FactDecision) -> Sentence:
    """Who decided which source counts, and why."""
    return say(
        "Decided by {who} at {when}: {reason}",
        who=Who(decision.person),
        when=view.when(decision.at),
        reason=decision.reason,
    )


# --- what is known ----------------------------------------------------------------------------------------


def latest(state: Incident) -> list[Fact]:
    """What counts of every name: the playbook's in its order, then the others, the newest first."""
    by_name = {name: fact for name in state.facts if (fact := state.fact(name)) is not None}
    asked = [by_name.pop(name) for name, _ in fact_fields(state) if name in by_name]
    return [*asked, *sorted(by_name.values(), key=lambda fact: fact.as_of, reverse=True)]


def _known(
    view: View, known: Sequence[Fact], person: Person | None, *, room: int
) -> tuple[list[Sentence], tuple[Block, ...]]:
    """One line for each, as many as fit; those that the person may confirm with a button beside them."""
    told: list[Sentence] = []
    blocks: list[Block] = []
    waiting: list[str] = []
    offered = 0
    for fact in known:
        line = _with_texts(view, fact)
        drawn = f"• {mrkdwn(line, VALUE_SHOWN)}"
        room -= len(drawn)
        if room < 0:
            how = _one(fact.name)
            told.append(say("… and {more} more: {how}", more=len(known) - len(told), how=how))
            waiting.append(mrkdwn(told[-1]))
            break
        told.append(line)
        confirm = _confirm(view, fact, person) if offered < CONFIRM_MAX else None
        if confirm is None:
            waiting.append(drawn)
            continue
        offered += 1
        blocks += [*paragraphs(waiting), section(drawn) | {"accessory": confirm}]
        waiting = []
    return told, (*blocks, *paragraphs(waiting))


def _with_texts(view: View, fact: Fact) -> Sentence:
    line = fact_line(view, fact)
    for each in _texts(view, fact.name):
        line = joined(line, each, ". ")
    return line


def _texts(view: View, name: str) -> Iterator[Sentence]:
    """That texts say something else, or say what nobody renewed."""
    for each in outdated(view.state, name):
        yield joined(say("⚠️"), texts_say(view, each))


def show_button(view: View, fact: Fact) -> Block | None:
    """For who wants to read what the public was told; nothing where no text says anything else."""
    if not outdated(view.state, fact.name):
        return None
    return button("Show messages", names.SHOW_SAYING, names.pack(view.state.id, fact.id))


def _confirm(view: View, fact: Fact, person: Person | None) -> Block | None:
    """For leads who did not record it, once."""
    state = view.state
    if person is None or not state.open or fact.person == person.id:
        return None
    if not may(person, Act.VERIFY, state) or any(each.person == person.id for each in fact.verified):
        return None
    return button("Confirm", names.CONFIRM_FACT, names.pack(state.id, fact.id))
