"""The brief of a handover: all that somebody has to know to take an incident over, read in a minute.

Counts first, then a few lines of each kind. It is read as soon as it is drawn, so it may say what is late.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from ecomms_bot.incident.changes import disputed, label_of
from ecomms_bot.incident.policy import EXEC, IC, PIO, SME
from ecomms_bot.incident.rules.putting_right import unfinished
from ecomms_bot.incident.standing import standing
from ecomms_bot.incident.state import Draft
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.slack.blocks import context, paragraphs
from ecomms_bot.slack.cards.asking import asked, with_wanted
from ecomms_bot.slack.cards.card import headline
from ecomms_bot.slack.cards.fact_words import conflict, value_in_short
from ecomms_bot.slack.cards.now import second_looks, to_post_or_write
from ecomms_bot.slack.cards.putting_right import progress_of
from ecomms_bot.slack.cards.questions import question_line
from ecomms_bot.slack.cards.view import View, called, due, joined, lines, promised_in, to_go
from ecomms_bot.slack.message import Block
from ecomms_bot.slack.text import mrkdwn, spoken

LINES_MAX = 5
"""Of each kind; the others are counted."""
VALUE_MAX = 100
"""Characters of what people typed, in a line of a brief."""
FACTS_WITHIN = timedelta(hours=6)
ROLES = (PIO, IC, SME, EXEC)

Part = tuple[str, str, Sequence[Sentence]]
"""What stands above the lines, how many of them are called in the counts, and the lines."""


def brief(view: View) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """In blocks and in spoken sentences."""
    parts = [part for part in _parts(view) if part[2]]
    first = [headline(view), _counted(parts)]
    blocks = [*paragraphs(lines(first))]
    said = [spoken(each) for each in first]
    for title, _, sentences in parts:
        shown = _shown(sentences)
        blocks += paragraphs([f"*{title}*", *(f"• {line}" for line in lines(shown, VALUE_MAX))])
        said += [f"{title}:", *(spoken(each) for each in shown)]
    if (duty := _on_duty(view)) is not None:
        blocks.append(context(mrkdwn(duty)))
        said.append(spoken(duty))
    return tuple(blocks), tuple(said)


def _counted(parts: Sequence[Part]) -> Sentence:
    """As in "2 to do · 1 promise · 3 questions"."""
    counts = [f"{len(sentences)} {called_}" for _, called_, sentences in parts]
    return say(f"*{' · '.join(counts)}*") if counts else say("Nothing is open.")


def _shown(sentences: Sequence[Sentence]) -> list[Sentence]:
    if len(sentences) <= LINES_MAX:
        return list(sentences)
    return [*sentences[: LINES_MAX - 1], say("and {more} more", more=len(sentences) - LINES_MAX + 1)]


def _parts(view: View) -> Iterator[Part]:
    state = view.state
    reviews = [each for each in state.drafts.values() if each.status == "in review" and each.step]
    yield "Now", "to do", to_post_or_write(view)
    yield "Promised", "promised", list(_promises(view))
    yield "Waiting for approval", "waiting for approval", [_review(view, each) for each in reviews]
    yield "To look at once more", "to look at once more", list(second_looks(view))
    yield "Drafts", "being written", list(_drafts(view))
    yield "Asked", "asked", [question_line(view, each) for each in state.open_questions]
    yield "Facts to look at", "facts to look at", list(_facts(view))
    yield "Corrections not finished", "not put right", list(_corrections(view))
    yield "Out for a time", "out for a time", list(_with_an_end(view))


def _promises(view: View) -> Iterator[Sentence]:
    for promise in view.state.live_promises:
        said = say("{when}, {to_go}", when=due(promise.due), to_go=to_go(promise.due.utc, view.now))
        if view.now >= promise.due.utc:
            said = joined(say("⚠️ not out:"), said)
        if where := promised_in(view, promise):
            said = joined(said, say("in the text on {where}", where=where), ", ")
        yield said


def _review(view: View, draft: Draft) -> Sentence:
    whom, revision = asked(view, draft), draft.current
    said = say(
        "{title}, revision {n}: since {when}, by {roles}",
        title=view.of(draft, revision),
        n=revision.number,
        when=view.when(revision.taken_back.at if revision.taken_back else revision.at),
        roles=whom.needed,
    )
    if whom.users:
        said = joined(said, joined(say("("), joined(called(whom.users), say(")"), ""), ""))
    return with_wanted(view, draft, said, read_now=True)


def _drafts(view: View) -> Iterator[Sentence]:
    for draft in view.state.drafts.values():
        if draft.status in {"drafting", "returned"} and draft.step:
            who = Who(draft.authors[-1])
            if draft.status == "returned":
                words = "{title}: sent back to {who} at {when}"
                yield say(words, title=view.of(draft), who=who, when=view.when(draft.returns[-1].at))
            else:
                words = "{title}: {who}, since {when}"
                yield say(words, title=view.of(draft), who=who, when=view.when(draft.started_at))


def _facts(view: View) -> Iterator[Sentence]:
    """What sources disagree about, and what is known no more in six hours."""
    state = view.state
    clashing = disputed(state)
    for name in clashing:
        yield conflict(view, name, most=2)
    for name in state.facts:
        fact = state.fact(name)
        if name in clashing or fact is None or fact.until is None:
            continue
        if fact.until.utc <= view.now + FACTS_WITHIN:
            yield say(
                "{name}: {value}, known until {when}, {to_go}",
                name=label_of(state, name),
                value=value_in_short(state, fact),
                when=due(fact.until),
                to_go=to_go(fact.until.utc, view.now),
            )


def _corrections(view: View) -> Iterator[Sentence]:
    told: Iterable[Sentence | None] = (progress_of(view.state, each) for each in unfinished(view.state))
    return (each for each in told if each is not None)


def _with_an_end(view: View) -> Iterator[Sentence]:
    for each in standing(view.state):
        if (expires := each.revision.expires) is not None:
            passed = view.now >= expires.utc
            yield say(
                "⚠️ {title} held until {when}, {to_go}" if passed else "{title} until {when}, {to_go}",
                title=view.of(each.draft, each.revision),
                when=due(expires),
                to_go=to_go(expires.utc, view.now),
            )


def _on_duty(view: View) -> Sentence | None:
    """Who can be asked now; nothing where no roles are configured."""
    said: Sentence | None = None
    for role in ROLES:
        if people := view.roster.on_duty(role):
            each = joined(say("{role}", role=role), called(people))
            said = each if said is None else joined(said, each, " · ")
    return joined(say("On duty:"), said) if said is not None and view.roster.configured else None
