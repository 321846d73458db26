"""Receipts: what was marked as published, what was corrected, what is still to do, what is promised now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from ecomms_bot.incident.rules.releases import promise_words
from ecomms_bot.incident.state import Correction, Draft, Mark, Promise, Revision
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.playbook.channels import CHANNELS, in_reading_order
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, buttons, context, paragraphs
from ecomms_bot.slack.cards.flags import text_flags
from ecomms_bot.slack.cards.following import also_to_do, became, down_button, found_wrong, linked, text_menu
from ecomms_bot.slack.cards.leaders import BOT
from ecomms_bot.slack.cards.view import View, channel_names, compose, due, gone, joined, lines, out_word
from ecomms_bot.slack.message import Block, Message
from ecomms_bot.slack.text import conversation_link, duration, mrkdwn

PROOF_MAX = 150


def receipt(view: View, draft_id: str, seq: str) -> Message:
    """What one person marked at once, of one revision."""
    draft = view.state.drafts.get(draft_id)
    mark = next((each for each in draft.marks if str(each.seq) == seq), None) if draft else None
    revision = draft.revision(mark.revision) if draft and mark else None
    if draft is None or mark is None or revision is None:
        return gone("This text")
    own = _own(draft, revision, mark)
    said = [
        _marked(view, revision, mark, own),
        *_corrected(view, draft, mark),
        *(_linked(view, draft, revision, mark) if own else ()),
        *(() if found_wrong(view.state, draft, revision) else _still(view, draft, revision, mark)),
        *(text_flags(view, draft, revision) if own else ()),
    ]
    if _first_public(draft, revision) is mark:
        said += _about_promises(view, draft, revision)
    proofs = [(each, revision.receipts[each][0].proof) for each in own]
    shown = [say("{on}: {proof}", on=channel_names([each]), proof=proof) for each, proof in proofs if proof]
    if mark.person == BOT:  # the proof is for machines, and where it was posted stands above
        shown = []
    title, who = view.of(draft, revision), Who(mark.person)
    small = say("*{title}*, revision {n}, marked by {who}", title=title, n=revision.number, who=who)
    row = _buttons(view, draft, revision) if own and view.state.open else ()
    blocks = [*paragraphs((*lines(said), *lines(shown, PROOF_MAX))), context(mrkdwn(small)), *row]
    return compose(said, blocks)


def _marked(view: View, revision: Revision, mark: Mark, own: Sequence[str]) -> Sentence:
    if not own:
        return say(
            "⚠️ It is not {out} on {channels}, as it turned out.",
            out=out_word(view),
            channels=channel_names(mark.channels),
        )
    if mark.person == BOT:
        at, where = revision.receipts[own[0]][0].attested_at, conversation_link(revision.leaders)
        return say("✅ Posted by the bot to leaders in {where} at {when}.", where=where, when=view.when(at))
    return say(
        "✅ {out} on {channels} at {when}.",
        out=out_word(view).capitalize(),
        channels=channel_names(own),
        when=view.when(min(revision.receipts[each][0].attested_at for each in own)),
    )


def _corrected(view: View, draft: Draft, mark: Mark) -> Iterator[Sentence]:
    """The last correction of each channel that was marked here, with its reason."""
    latest = {each.channel: each for each in draft.corrections if _holder(draft, each) is mark}
    for each in latest.values():
        what = "not {out} on {channel}" if each.receipt is None else "{channel}"
        words = say(what, channel=channel_names([each.channel]), out=out_word(view))
        who = say("Corrected by {who} at {when}", who=Who(each.person), when=view.when(each.at))
        yield joined(joined(who, words, ", "), say("{reason}", reason=each.reason), ": ")


def _holder(draft: Draft, correction: Correction) -> Mark | None:
    """The mark that a correction is about: the last one before it that names the channel."""
    marks = [
        each
        for each in draft.marks
        if each.revision == correction.revision
        and each.seq < correction.seq
        and correction.channel in each.channels
    ]
    return marks[-1] if marks else None


def _own(draft: Draft, revision: Revision, mark: Mark) -> tuple[str, ...]:
    """The channels that are marked by this and nothing else: not taken back, nor marked anew since."""
    later = {channel for each in _marks(draft, revision) if each.seq > mark.seq for channel in each.channels}
    return tuple(each for each in mark.channels if each in revision.receipts and each not in later)


def _marks(draft: Draft, revision: Revision) -> Iterator[Mark]:
    return (each for each in draft.marks if each.revision == revision.number)


def _still(view: View, draft: Draft, revision: Revision, mark: Mark) -> Iterator[Sentence]:
    """What is left to do by now; the newest receipt alone says it, so that no two say different things."""
    if revision is not draft.current or mark is not [*_marks(draft, revision)][-1]:
        return
    left = [each for each in in_reading_order(revision.texts) if each not in revision.receipts]
    if left:
        yield from also_to_do(view.state, draft, left, "{channels} still to do.")


def _linked(view: View, draft: Draft, revision: Revision, mark: Mark) -> Iterator[Sentence]:
    """How far it is put right stands on the newest receipt, what became of it on all of them."""
    return linked(view, draft, revision) if mark is draft.marks[-1] else became(view, draft, revision)


def _first_public(draft: Draft, revision: Revision) -> Mark | None:
    marks = _marks(draft, revision)
    return next(
        (each for each in marks if any(CHANNELS[one].public for one in _own(draft, revision, each))), None
    )


def _buttons(view: View, draft: Draft, revision: Revision) -> tuple[Block, ...]:
    value = names.pack(view.state.id, draft.id, str(revision.number))
    correct = button("Correct receipt…", names.CORRECT, value)
    return buttons(correct, down_button(view.state, draft), text_menu(view, draft, revision))


def _about_promises(view: View, draft: Draft, revision: Revision) -> Iterator[Sentence]:
    """Promises that this text answered, then the one it makes."""
    promises = sorted(view.state.promises.values(), key=lambda promise: promise.due.utc)
    for promise in promises:
        if promise.answered_by == draft.id:
            yield _answered(promise)
    for promise in promises:
        if promise.draft == draft.id and promise.revision == revision.number:
            yield _made(view, promise)
    if revision.no_promise_reason and revision.next_update is None:
        yield say("No next update is promised.")


def _answered(promise: Promise) -> Sentence:
    if promise.status == "late":
        late = duration(_late(promise))
        return say("⚠️ Update out, {late} late: it was promised for {when}.", late=late, when=due(promise.due))
    return say(
        "The update promised for {when} is out: {words}.", when=due(promise.due), words=promise_words(promise)
    )


def _late(promise: Promise) -> timedelta:
    return timedelta(seconds=promise.late_seconds)


def _made(view: View, promise: Promise) -> Sentence:
    if promise.status == "live" and view.now >= promise.due.utc:
        return say(
            "⚠️ It promised the next update for {when}. That time has passed: write it now.",
            when=due(promise.due),
        )
    if promise.status == "live":
        return say("*Next update promised for {when}.*", when=due(promise.due))
    return say(
        "It promised the next update for {when}: {words}.",
        when=due(promise.due),
        words=promise_words(promise),
    )
