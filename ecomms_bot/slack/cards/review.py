"""The review of one revision: everything needed to decide, then the decision in its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ecomms_bot.incident.rules.overriding import needed
from ecomms_bot.incident.state import Draft, Return, Revision, Word
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.playbook.drafting import fingerprint
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, buttons, confirm, context, menu, paragraphs, preformatted, size
from ecomms_bot.slack.cards.asking import Asked, approved_by, asked, tier_roles
from ecomms_bot.slack.cards.changes import Told, changes, differences
from ecomms_bot.slack.cards.flags import facts_said, text_flags
from ecomms_bot.slack.cards.following import follows, to_take_down
from ecomms_bot.slack.cards.override import overridden, second_look, second_look_buttons
from ecomms_bot.slack.cards.partners import partner_buttons, partner_lines
from ecomms_bot.slack.cards.texts import AROUND_MAX, shown, spoken_text, what_it_says
from ecomms_bot.slack.cards.view import (
    View,
    called,
    channel_names,
    compose,
    due,
    gone,
    joined,
    lines,
    out_word,
)
from ecomms_bot.slack.message import Block, Message

VALUE_MAXES = (250, 120, 60)
"""Of a typed value around the texts: as much as leaves them their room. A reason has a message of its own."""

Around = tuple[tuple[Block, ...], tuple[Block, ...]]
"""What stands above the texts, and what below."""

Parts = Sequence[Sequence[Sentence]]


def review(view: View, draft_id: str, number: str) -> Message:
    found = view.revision(draft_id, number)
    if found is None:
        return gone("This draft")
    draft, revision = found
    undecided = revision is draft.current and draft.status == "in review" and view.state.open
    parts = [*_request(view, draft)] if undecided else [[*_outcome(view, draft, revision)]]
    if draft.about is not None and not undecided:
        parts[-1].append(follows(view.state, draft.about))
    top = [each for part in parts for each in part]
    texts, replies = shown(revision.texts, _title(view, draft, revision))
    above, below = _around(view, revision, parts)
    room = AROUND_MAX - size((*above, *below))
    told = differences(view, draft, revision, room) if undecided else Told()
    row = (
        (*_buttons(view, draft), *partner_buttons(view, draft))
        if undecided
        else _way_back(view, draft, revision)
    )
    aloud = [spoken_text(revision)] if undecided else []
    said = [*top, *told.said, *(each for each in aloud if each is not None), what_it_says(revision)]
    return compose(said, (*above, *told.blocks, *texts, *below, *row), replies)


def your_turn(view: View, draft_id: str, seq: str) -> Message:
    """In the thread, to who decides next. No button: a lead approves only words they see."""
    draft = view.state.drafts.get(draft_id)
    passed_on = [each for each in draft.revisions if int(seq) in each.passed_on] if draft else []
    if draft is None or not passed_on:
        return gone("This draft")
    (revision,) = passed_on
    title = _title(view, draft, revision)
    waits = revision is draft.current and draft.status == "in review" and view.state.open
    if not waits or int(seq) != revision.passed_on[-1]:
        said = [joined(title, say("does not wait for this any more: see its review above."))]
        return compose(said, paragraphs(lines(said)))
    whom = asked(view, draft)
    asks = joined(say("it is your turn to decide on"), title)
    asks = joined(called(whom.users), asks, ", ") if whom.users else joined(title, say("waits"))
    needed_ = say("Needed now: {roles}, wanted by {when}.", roles=whom.needed, when=due(revision.wanted_by))
    said = [joined(asks, say("."), ""), needed_, *whom.notes, say("Read it and decide in its review above.")]
    return compose(said, paragraphs(lines(said)))


def _around(view: View, revision: Revision, parts: Parts) -> Around:
    drawn = [_drawn(view, revision, parts, most) for most in VALUE_MAXES]
    shortest = _drawn(view, revision, parts, VALUE_MAXES[-1], facts=False)
    return next((each for each in drawn if size(each[0] + each[1]) <= AROUND_MAX), shortest)


def _drawn(view: View, revision: Revision, parts: Parts, most: int, *, facts: bool = True) -> Around:
    said = list(facts_said(view, revision)) if facts else []
    below = (
        *paragraphs(lines([what_it_says(revision)], most)),
        *paragraphs(["*Facts*", *(f"• {line}" for line in lines(said, most))] if said else []),
        *_witness(revision),
        context(" · ".join(lines(_small_print(view, revision), most))),
    )
    return paragraphs(_apart(lines(part, most) for part in parts)), below


def _apart(parts: Iterable[Sequence[str]]) -> Iterator[str]:
    """With an empty line between the parts: on a phone, many lines in one piece are not read."""
    for number, part in enumerate(each for each in parts if each):
        first, *others = part
        yield f"\n{first}" if number else first
        yield from others


def _title(view: View, draft: Draft, revision: Revision) -> Sentence:
    return say("*{title}*, revision {n}", title=view.of(draft, revision), n=revision.number)


def _request(view: View, draft: Draft) -> Iterator[list[Sentence]]:
    """Who is asked, what the sheet says otherwise, what it follows, who has decided, what is new."""
    revision, whom = draft.current, asked(view, draft)
    yield [_please(view, draft, whom), *whom.notes]
    yield [*text_flags(view, draft, revision)]
    if draft.about is not None:
        yield [follows(view.state, draft.about), *to_take_down(view.state, draft.about, revision.texts)]
    yield [*_decided_so_far(view, draft, whom), *partner_lines(view, draft, revision)]
    came_back = [_came_back(draft.returns[-1])] if draft.returns else []
    yield [*came_back, *changes(view, draft, revision)]


def _decided_so_far(view: View, draft: Draft, whom: Asked) -> Iterator[Sentence]:
    if draft.current.taken_back is not None:
        yield _taken_back(view, draft.current.taken_back)
    for each in approved_by(view, draft):
        yield joined(say("✅ Approved by"), each)
    if draft.approvals:
        yield say("Still needed: {roles}.", roles=whom.needed)
    yield from overridden(view, draft)


def _please(view: View, draft: Draft, whom: Asked) -> Sentence:
    revision = draft.current
    what = joined(
        _title(view, draft, revision),
        say("by {author}. Wanted by {when}.", author=Who(revision.author), when=due(revision.wanted_by)),
    )
    if not whom.users:
        return joined(say("Please review"), what)
    return joined(joined(called(whom.users), say("please review"), ", "), what)


def _taken_back(view: View, word: Word) -> Sentence:
    return say("{who} took the approval back at {when}.", who=Who(word.person), when=view.when(word.at))


def _came_back(back: Return) -> Sentence:
    return say(
        "Revision {n} came back from {who}: {reason}",
        n=back.revision,
        who=Who(back.person),
        reason=back.reason,
    )


def _outcome(view: View, draft: Draft, revision: Revision) -> Iterator[Sentence]:
    title = _title(view, draft, revision)
    back = next((each for each in draft.returns if each.revision == revision.number), None)
    if back is not None:
        what = "declined" if back.declined else "changes asked"
        ending = say(
            "{what} by {who} at {when}: {reason}",
            what=what,
            who=Who(back.person),
            when=view.when(back.at),
            reason=back.reason,
        )
        yield joined(joined(say("↩️"), title), ending, ": ")
    elif draft.withdrawal is not None and revision is draft.current:
        yield from _withdrawn(view, draft.withdrawal, title)
    elif revision.taken_back is not None and revision is draft.current:
        yield joined(title, _taken_back(view, revision.taken_back), ". ")
        if not view.state.open and not revision.out:
            yield say("It was not approved again: the incident is closed.")
    elif revision.approved and revision is draft.current:
        yield from _let_out(view, draft, title)
    if revision is not draft.current:
        newer = draft.revision(revision.number + 1) or draft.current
        replaced = say(
            "Replaced by revision {n} at {when}: look at that one.", n=newer.number, when=view.when(newer.at)
        )
        yield replaced if back else joined(title, replaced, ". ")
    elif back is None and revision.approved_at is None and draft.withdrawal is None:
        yield joined(title, say("was not decided: the incident is closed."))
    yield from text_flags(view, draft, revision)
    if revision.receipts:
        channels = channel_names(revision.receipts)
        yield say("{out} on {channels}.", out=out_word(view).capitalize(), channels=channels)
        if revision is not draft.current or revision.taken_back is not None:
            yield from second_look(view, draft, revision)


def _withdrawn(view: View, word: Word, title: Sentence) -> Iterator[Sentence]:
    taken_back = say("Withdrawn by {who} at {when}.", who=Who(word.person), when=view.when(word.at))
    yield joined(joined(say("↩️"), title), taken_back, ". ")
    if word.reason:
        yield say("The reason: {reason}", reason=word.reason)


def _let_out(view: View, draft: Draft, title: Sentence) -> Iterator[Sentence]:
    if draft.current.overridden:
        yield joined(title, say("may go out without all its approvals."))
        yield from overridden(view, draft)
    else:
        yield _approved(view, draft, title)
    yield from partner_lines(view, draft, draft.current)
    yield from second_look(view, draft, draft.current)


def _approved(view: View, draft: Draft, title: Sentence) -> Sentence:
    first, *rest = tuple(approved_by(view, draft)) or (say("a redacted entry"),)
    who = first
    for each in rest:
        who = joined(who, each, " and " if each is rest[-1] else ", ")
    at = draft.current.approved_at or draft.current.at
    ending = say("at {when} · text {print}", when=view.when(at), print=fingerprint(draft.current.text_sha256))
    return joined(joined(joined(joined(say("✅"), title), say("Approved by"), ". "), who), ending)


def _witness(revision: Revision) -> tuple[Block, ...]:
    """The head of the log at the approval, in full: Slack keeps it where the database cannot reach it."""
    if not revision.approved:
        return ()
    return (preformatted(f"Log at approval {revision.approved_seq}:{revision.approved_hash}"),)


def _small_print(view: View, revision: Revision) -> Iterator[Sentence]:
    tier = view.state.book.tiers.get(revision.tier)
    if tier is not None:
        yield say(
            "Approval: {tier} {title}, by {roles}",
            tier=revision.tier,
            title=tier.title,
            roles=tier_roles(view.state, revision.roles),
        )
    yield say("Text {print}", print=fingerprint(revision.text_sha256))
    if not view.state.roles_configured and revision.approved_at is not None:
        yield say("approved without roles configured")
    if view.discussion and view.state.open:
        yield say("Replies in this thread are kept in the log while its text is under review")


def _more(view: View, draft: Draft) -> Iterator[tuple[str, str]]:
    number = str(draft.current.number)
    if needed(view.state, draft.current):
        label = "Override, as pio or ic…"
        yield label, names.pack(view.state.id, "override", draft.id, number)
    yield "Withdraw, if you wrote it…", names.pack(view.state.id, "withdraw", draft.id, number)


def _way_back(view: View, draft: Draft, revision: Revision) -> tuple[Block, ...]:
    """Who approved can say no after all, as long as nothing of it is out."""
    mine = revision is draft.current and draft.status == "approved" and not revision.receipts
    back = buttons(_take_back_button(view, draft)) if mine and view.state.open else ()
    return (*second_look_buttons(view, draft, revision), *back)


def _take_back_button(view: View, draft: Draft) -> Block:
    sure = confirm(
        "Take your approval back?",
        "The text waits for approval again, and nobody may post it. Its author is told.",
        "Take it back",
        "Leave it",
    )
    value = names.pack(view.state.id, draft.id, str(draft.current.number))
    return button("Take back my approval", names.TAKE_BACK, value, confirm=sure)


def _buttons(view: View, draft: Draft) -> tuple[Block, ...]:
    revision = draft.current
    value = names.pack(view.state.id, draft.id, str(revision.number), revision.text_sha256)
    return buttons(
        button("Approve", names.APPROVE, value, "primary"),
        button("Ask for changes", names.CHANGES, value),
        button("Decline", names.DECLINE, value, "danger"),
        _take_back_button(view, draft) if draft.approvals or draft.overrides else None,
        # For its authors, and for the night when nobody answers: a menu, so that none is pressed in the dark.
        menu(names.REVIEW_MORE, _more(view, draft)),
    )
