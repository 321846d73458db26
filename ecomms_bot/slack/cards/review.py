"""The review of one revision: everything needed to decide, then the decision in its place."""

from __future__ import annotations

from collections.abc import Iterator

from ecomms_bot.incident.state import Draft, Return, Revision
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.playbook.drafting import fingerprint
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, buttons, context, paragraphs, preformatted, section
from ecomms_bot.slack.cards.asking import Asked, approved_by, asked
from ecomms_bot.slack.cards.changes import changes
from ecomms_bot.slack.cards.texts import shown, spoken_text
from ecomms_bot.slack.cards.view import View, called, channel_names, compose, due, joined, lines, out_word
from ecomms_bot.slack.message import Block, Message
from ecomms_bot.slack.text import clock, listed, mrkdwn


def review(view: View, draft_id: str, number: str) -> Message:
    found = view.revision(draft_id, number)
    if found is None:
        gone = say("This draft was redacted from the log.")
        return compose([gone], [section(mrkdwn(gone))])
    draft, revision = found
    undecided = revision is draft.current and draft.status == "in review" and view.state.open
    top = list(_request(view, draft)) if undecided else list(_outcome(view, draft, revision))
    title = _title(view, draft, revision)
    says = what_it_says(revision)
    above = paragraphs(lines(top))
    below = (
        *paragraphs(lines([says])),
        *_witness(view, revision),
        context(" · ".join(lines(_small_print(view, revision)))),
        *(_buttons(view, draft) if undecided else ()),
    )
    texts, replies = shown(revision, title, (*above, *below))
    aloud = spoken_text(revision) if undecided else None
    return compose([*top, *([aloud] if aloud else []), says], (*above, *texts, *below), replies)


def _title(view: View, draft: Draft, revision: Revision) -> Sentence:
    return say("*{title}*, revision {n}", title=view.of(draft, revision), n=revision.number)


def _request(view: View, draft: Draft) -> Iterator[Sentence]:
    revision = draft.current
    whom = asked(view, draft)
    yield _please(view, draft, whom)
    yield from whom.notes
    for each in approved_by(draft):
        yield joined(say("✅ Approved by"), each)
    if draft.approvals:
        yield say("Still needed: {roles}.", roles=whom.needed)
    if draft.returns:
        yield _came_back(draft.returns[-1])
    yield from changes(view, draft, revision)


def _please(view: View, draft: Draft, whom: Asked) -> Sentence:
    revision = draft.current
    what = joined(
        _title(view, draft, revision),
        say("by {author}. Wanted by {when}.", author=Who(revision.author), when=due(revision.wanted_by)),
    )
    if not whom.users:
        return joined(say("Please review"), what)
    return joined(joined(called(whom.users), say("please review"), ", "), what)


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
    elif revision.approved_at is not None and revision is draft.current:
        yield _approved(view, draft, title)
    if revision is not draft.current:
        newer = draft.revision(revision.number + 1) or draft.current
        replaced = say(
            "Replaced by revision {n} at {when}: look at that one.", n=newer.number, when=view.when(newer.at)
        )
        yield replaced if back else joined(title, replaced, ". ")
    elif back is None and revision.approved_at is None:
        yield joined(title, say("was not decided: the incident is closed."))
    if revision.receipts:
        channels = channel_names(revision.receipts)
        yield say("{out} on {channels}.", out=out_word(view).capitalize(), channels=channels)


def _approved(view: View, draft: Draft, title: Sentence) -> Sentence:
    first, *rest = tuple(approved_by(draft)) or (say("a redacted entry"),)
    who = first
    for each in rest:
        who = joined(who, each, " and " if each is rest[-1] else ", ")
    at = draft.current.approved_at or draft.current.at
    ending = say("at {when} · text {print}", when=view.when(at), print=fingerprint(draft.current.text_sha256))
    return joined(joined(joined(joined(say("✅"), title), say("Approved by"), ". "), who), ending)


def what_it_says(revision: Revision) -> Sentence:
    """The promise in the text, as it is printed there, or why there is none."""
    if revision.next_update is not None:
        return say("*Says:* next update by {when}.", when=clock(due(revision.next_update)))
    if revision.no_promise_reason:
        return say("*Says:* no more updates, because: {reason}", reason=revision.no_promise_reason)
    return say("*Says:* nothing about a next update.")


def _witness(view: View, revision: Revision) -> tuple[Block, ...]:
    """The head of the log in full: Slack keeps it where the database cannot reach it."""
    if revision.approved_at is None:
        return ()
    return (preformatted(f"log {view.state.seq}:{view.state.hash}"),)


def _small_print(view: View, revision: Revision) -> Iterator[Sentence]:
    tier = view.state.book.tiers.get(revision.tier)
    if tier is not None:
        yield say(
            "Approval: {tier} {title}, by {roles}",
            tier=revision.tier,
            title=tier.title,
            roles=listed(revision.roles),
        )
    yield say("Text {print}", print=fingerprint(revision.text_sha256))
    if not view.state.roles_configured and revision.approved_at is not None:
        yield say("approved without roles configured")


def _buttons(view: View, draft: Draft) -> tuple[Block, ...]:
    revision = draft.current
    value = names.pack(view.state.id, draft.id, str(revision.number), revision.text_sha256)
    return buttons(
        button("Approve", names.APPROVE, value, "primary"),
        button("Ask for changes", names.CHANGES, value),
        button("Decline", names.DECLINE, value, "danger"),
    )
