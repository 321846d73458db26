"""After the decision: the texts to post, what was posted, and what came back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ecomms_bot.incident.rules.releases import promise_words
from ecomms_bot.incident.state import Draft, Mark, Promise
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.playbook.channels import CHANNELS
from ecomms_bot.playbook.drafting import fingerprint
from ecomms_bot.slack.blocks import buttons, context, paragraphs, quote, section
from ecomms_bot.slack.cards.review import what_it_says
from ecomms_bot.slack.cards.texts import in_order, shown
from ecomms_bot.slack.cards.view import (
    View,
    channel_names,
    compose,
    due,
    joined,
    lines,
    mark_button,
    out_word,
    renew_button,
    write_button,
)
from ecomms_bot.slack.message import Block, Message
from ecomms_bot.slack.text import duration, mrkdwn

PROOF_MAX = 150


def publish(view: View, draft_id: str, number: str) -> Message:
    """The approved texts, each to be copied as it is."""
    found = view.revision(draft_id, number)
    if found is None:
        return _gone()
    draft, revision = found
    title = say("*{title}*, revision {n}", title=view.of(draft, revision), n=revision.number)
    if revision is not draft.current:
        line = joined(
            title, say("was replaced by revision {n}. Do not post the old texts.", n=draft.current.number)
        )
        return compose([line], [section(mrkdwn(line))])
    top = list(_to_do(view, draft, title))
    above = paragraphs(lines(top))
    below = (*_buttons(view, draft), context(f"Text {fingerprint(revision.text_sha256)}"))
    texts, replies = shown(revision, title, (*above, *below))
    return compose([*top, what_it_says(revision)], (*above, *texts, *below), replies)


def _to_do(view: View, draft: Draft, title: Sentence) -> Iterator[Sentence]:
    left = _left(draft)
    if not left:
        yield joined(joined(say("✅"), title), say("is {out} on every channel.", out=out_word(view)))
    elif not view.state.open:
        yield joined(
            title, say("was not marked on {channels}; the incident is closed.", channels=channel_names(left))
        )
    elif view.state.exercise:
        yield joined(
            title, say("is approved. This is an exercise: play it, post it nowhere, then mark it as played.")
        )
    else:
        yield joined(title, say("is approved. Post these exact texts, then mark where."))
    if draft.receipts:
        for channel in (each for each in in_order(draft.current) if each in draft.receipts):
            yield _done(view, draft, channel)
        if left:
            yield say("*Still to do:* {channels}", channels=channel_names(left))
    if stale(view, draft):
        yield _renew_first(draft)


def _done(view: View, draft: Draft, channel: str) -> Sentence:
    receipt, person = draft.receipts[channel]
    return say(
        "✅ {channel}: {out} at {when}, marked by {who}",
        channel=channel_names([channel]),
        out=out_word(view),
        when=view.when(receipt.attested_at),
        who=Who(person),
    )


def _left(draft: Draft) -> tuple[str, ...]:
    return tuple(each for each in in_order(draft.current) if each not in draft.receipts)


def stale(view: View, draft: Draft) -> bool:
    """Approved, nothing of it is out, and the time that it promises has passed."""
    promised = draft.current.next_update
    waits = view.state.open and draft.status == "approved"
    return waits and promised is not None and view.now >= promised.utc


def _renew_first(draft: Draft) -> Sentence:
    promised = draft.current.next_update
    assert promised is not None
    return say(
        "⚠️ The text promises an update by {when}, and that time has passed. "
        "If it is not out yet, renew its times first.",
        when=due(promised),
    )


def _buttons(view: View, draft: Draft) -> tuple[Block, ...]:
    if not view.state.open or not _left(draft):
        return ()
    if stale(view, draft):
        return buttons(renew_button(view, draft), mark_button(view, draft, primary=False))
    # Offered before it is too late as well: this message does not change when the promised time passes.
    renewable = draft.status == "approved" and draft.current.next_update is not None
    return buttons(mark_button(view, draft), renew_button(view, draft, primary=False) if renewable else None)


def returned(view: View, draft_id: str, number: str) -> Message:
    """Why a revision came back, in the words of who sent it."""
    found = view.revision(draft_id, number)
    back = next((each for each in found[0].returns if str(each.revision) == number), None) if found else None
    if found is None or back is None:
        return _gone()
    draft, revision = found
    title = view.of(draft, revision)
    if back.declined:
        line = say(
            "*{title}*, revision {n}, declined by {who}. This draft has ended; its step is to do again.",
            title=title,
            n=back.revision,
            who=Who(back.person),
        )
    else:
        author = Who(revision.author)
        line = say(
            "{author}, changes asked by {who} to *{title}*, revision {n}:",
            author=author,
            who=Who(back.person),
            title=title,
            n=back.revision,
        )
    again = view.state.open and (back.declined or revision is draft.current)
    write = write_button(view, draft.step, revision.kind, "Write draft") if again else None
    reason = say("The reason: {reason}" if back.declined else "{reason}", reason=back.reason)
    return compose([line, reason], [section(mrkdwn(line)), *quote(back.reason), *buttons(write)])


def receipt(view: View, draft_id: str, seq: str) -> Message:
    """What was just marked, what is still to do, and what is promised now."""
    draft = view.state.drafts.get(draft_id)
    mark = next((each for each in draft.marks if str(each.seq) == seq), None) if draft else None
    if draft is None or mark is None:
        return _gone()
    said = [_marked(view, draft, mark), *_still(draft, mark)]
    if _first_public(draft) is mark:
        said += _about_promises(view, draft)
    proofs = [
        say("{channel}: {proof}", channel=channel_names([each]), proof=draft.receipts[each][0].proof)
        for each in mark.channels
        if draft.receipts[each][0].proof
    ]
    small = say(
        "*{title}*, revision {n}, marked by {who}",
        title=view.of(draft),
        n=draft.current.number,
        who=Who(mark.person),
    )
    blocks = [*paragraphs((*lines(said), *lines(proofs, PROOF_MAX))), context(mrkdwn(small))]
    return compose(said, blocks)


def _marked(view: View, draft: Draft, mark: Mark) -> Sentence:
    times = {draft.receipts[each][0].attested_at for each in mark.channels}
    return say(
        "✅ {out} on {channels} at {when}.",
        out=out_word(view).capitalize(),
        channels=channel_names(mark.channels),
        when=view.when(min(times)),
    )


def _still(draft: Draft, mark: Mark) -> Iterator[Sentence]:
    done = {channel for each in draft.marks if each.seq <= mark.seq for channel in each.channels}
    left = [each for each in in_order(draft.current) if each not in done]
    if left:
        yield say("{channels} still to do.", channels=channel_names(left))


def _first_public(draft: Draft) -> Mark | None:
    return next((each for each in draft.marks if any(CHANNELS[c].public for c in each.channels)), None)


def _about_promises(view: View, draft: Draft) -> Iterator[Sentence]:
    """Promises that this text answered, then the one it makes."""
    promises = view.state.promises.values()
    for promise in promises:
        if promise.answered_by == draft.id:
            yield _answered(promise)
    for promise in promises:
        if promise.draft == draft.id and promise.revision == draft.current.number:
            yield _made(promise)
    if draft.current.no_promise_reason and draft.current.next_update is None:
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


def _made(promise: Promise) -> Sentence:
    if promise.status == "live":
        return say("*Next update promised for {when}.*", when=due(promise.due))
    return say(
        "It promised the next update for {when}: {words}.",
        when=due(promise.due),
        words=promise_words(promise),
    )


def _gone() -> Message:
    gone = say("This text was redacted from the log.")
    return compose([gone], [section(mrkdwn(gone))])
