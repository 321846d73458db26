"""How an incident ended, and what could not be done on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ecomms_bot.incident.rules.overriding import unseen
from ecomms_bot.incident.things import CONVERSATION
from ecomms_bot.incident.wording import Sentence, Value, Who, say
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, buttons, paragraphs, preformatted, quote, section
from ecomms_bot.slack.cards.leaders import for_leaders
from ecomms_bot.slack.cards.view import View, compose, gone, joined, lines, link, out_word
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.text import duration, listed, mrkdwn

LEFT_MAX = 5
"""Open ends that the closing message names."""
_USER = re.compile(r"\b([UW](?=[A-Z]*[0-9])[A-Z0-9]{8,})\b")


def trouble(view: View, seq: str, *, dm: bool) -> Message:
    """What could not be done and what to do about it."""
    failure = next((each for each in view.state.failures if str(each.seq) == seq), None)
    if failure is None:
        return gone("What could not be done")
    what = joined(say("*Not done:*"), _named(failure.problem))
    homeless = failure.thing == CONVERSATION
    what = joined(joined(say("⚠️"), link(view)), what, ". ") if dm or homeless else joined(say("⚠️"), what)
    said = [*for_leaders(view, failure.thing), what]
    if failure.advice:
        said.append(joined(say("*What to do:*"), _named(failure.advice)))
    if not (homeless and view.state.open and view.state.conversation is None):
        return compose(said, paragraphs(lines(said)))
    # Without a conversation this is the one place from which it can be ended with a press.
    said.append(say("If it is not needed, press *Close…* and tick *Opened in error*."))
    return compose(said, (*paragraphs(lines(said)), *buttons(button("Close…", names.CLOSE, view.state.id))))


def _named(words: str) -> Sentence:
    """Words of the log with the people in them as Slack names them, not as ids."""
    template, values = "", dict[str, Value]()
    for number, part in enumerate(_USER.split(words)):
        core, name = part.strip(), f"part{number}"
        if core:  # a value loses the spaces around it, a template keeps them
            before, _, after = part.partition(core)
            template += f"{before}{{{name}}}{after}"
            values[name] = Who(core) if number % 2 else core
    return Sentence(template, values)


def closing(view: View) -> Message:
    end = view.state.closing
    if end is None:
        still_open = say("*{name}* is open.", name=view.state.name)
        return compose([still_open], [section(mrkdwn(still_open))])
    first = say(
        "*{name}* was closed by {who} at {when}" + (": it was *opened in error*." if end.in_error else "."),
        name=view.state.name,
        who=Who(end.person),
        when=view.when(end.at),
    )
    summary = list(_summary(view))
    entries = say("The log has {n} entries.", n=end.seq)
    blocks = [
        section(mrkdwn(first)),
        *quote(end.note),
        *paragraphs(
            lines([*summary, joined(entries, say("Keep this line: it will show that nothing was changed."))])
        ),
        preformatted(f"{view.state.id}={end.seq}:{end.hash}"),
    ]
    note = [say("{note}", note=end.note)] if end.note else []
    return compose([first, *note, *summary, entries], blocks)


def _summary(view: View) -> Iterator[Sentence]:
    state = view.state
    if state.opened_at is not None and state.closing is not None:
        yield say("It was open for {span}.", span=duration(state.closing.at - state.opened_at))
    out = sum(each.out for draft in state.drafts.values() for each in draft.revisions)
    yield say(
        "{n} {messages} {out}.",
        n=out or "No",
        messages="message" if out == 1 else "messages",
        out=out_word(view),
    )
    yield from _promises(view)
    yield from _overridden(view)
    yield from _left(view)
    never = [view.of(draft, draft.current) for draft in state.drafts.values() if draft.status == "approved"]
    if never:
        yield say("⚠️ Approved and never marked as {out}: {texts}.", out=out_word(view), texts=listed(never))


def _left(view: View) -> Iterator[Sentence]:
    """What stood open and had to have a word. What was approved and never marked is told below."""
    left = view.state.closing.left if view.state.closing else ()
    said = [each for each in left if each.reason]
    for each in said[:LEFT_MAX]:
        yield say("Left open: {what}: {reason}", what=each.what, reason=each.reason)
    if len(said) > LEFT_MAX:
        yield say("and {more} more that the log names", more=len(said) - LEFT_MAX)


def _overridden(view: View) -> Iterator[Sentence]:
    state = view.state
    let_out = sum(each.overridden for draft in state.drafts.values() for each in draft.revisions)
    if let_out:
        yield say("Approvals overridden: {n}.", n=let_out)
    left = [view.of(draft, each) for draft in state.drafts.values() for each in unseen(state, draft)]
    if left:
        yield say("⚠️ Let out and never looked at once more: {texts}.", texts=listed(left))


def _promises(view: View) -> Iterator[Sentence]:
    ended = [promise.status for promise in view.state.promises.values()]
    kept, late, withdrawn = (ended.count(each) for each in ("kept", "late", "withdrawn"))
    if not ended:
        yield say("No update was promised.")
        return
    if kept + late:
        yield say("Promised updates kept: {kept} of {all}.", kept=kept, all=kept + late)
    if withdrawn:
        yield say("Promised updates withdrawn: {n}.", n=withdrawn)
