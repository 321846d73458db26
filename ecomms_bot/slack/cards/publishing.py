"""After the decision: the texts to post, what was posted, and what came back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ecomms_bot.incident.leaders import left_to_people
from ecomms_bot.incident.standing import flags_of
from ecomms_bot.incident.state import Draft, Revision, Word
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.playbook.channels import in_reading_order
from ecomms_bot.playbook.drafting import fingerprint
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import buttons, context, paragraphs, quote, section
from ecomms_bot.slack.cards.flags import text_flags
from ecomms_bot.slack.cards.following import also_to_do, became, down_button, found_wrong, linked, text_menu
from ecomms_bot.slack.cards.leaders import BOT, by_bot, nothing_to_copy, to_copy
from ecomms_bot.slack.cards.override import overridden, said_wrong
from ecomms_bot.slack.cards.texts import shown, what_it_says
from ecomms_bot.slack.cards.view import (
    View,
    called,
    channel_names,
    compose,
    due,
    gone,
    joined,
    lines,
    mark_button,
    out_word,
    renew_button,
    write_button,
)
from ecomms_bot.slack.message import Block, Message
from ecomms_bot.slack.text import mrkdwn

PROOF_MAX = 150


def publish(view: View, draft_id: str, number: str) -> Message:
    """The approved texts, each to be copied as it is."""
    found = view.revision(draft_id, number)
    if found is None:
        return gone("This text")
    draft, revision = found
    title = say("*{title}*, revision {n}", title=view.of(draft, revision), n=revision.number)
    if revision is not draft.current:
        old = say("was replaced by revision {n}. Do not post the old texts.", n=draft.current.number)
        said = [joined(title, old), *by_bot(view, draft, revision), *_done(view, revision)]
        return _not_to_post(view, draft, revision, said)
    if draft.withdrawal is not None:
        word = draft.withdrawal
        back = say("was withdrawn by {who} at {when}.", who=Who(word.person), when=view.when(word.at))
        said = [joined(joined(title, back), say("Do not post these texts."))]
        return _not_to_post(view, draft, revision, said)
    if revision.taken_back is not None:
        said = [_not_approved(view, revision.taken_back, title)]
        said += [*by_bot(view, draft, revision), *_done(view, revision)]
        return _not_to_post(view, draft, revision, said)
    top = [
        _to_do(view, draft, title),
        *text_flags(view, draft, revision),
        *overridden(view, draft),
        *said_wrong(view, revision),
    ]
    top += [*by_bot(view, draft, revision), *_done(view, revision)]
    top += [*linked(view, draft, revision), *_left_over(view, draft)]
    if stale(view, draft):
        top.append(_renew_first(draft))
    above = paragraphs(lines(top))
    below = (*_buttons(view, draft), context(f"Text {fingerprint(revision.text_sha256)}"))
    if none_left := nothing_to_copy(revision):
        return compose([*top, what_it_says(revision)], (*above, *none_left, *below))
    texts, replies = shown(to_copy(revision), title)
    return compose([*top, what_it_says(revision)], (*above, *texts, *below), replies)


def _not_to_post(view: View, draft: Draft, revision: Revision, said: list[Sentence]) -> Message:
    """What was posted of it all the same can be followed by another text."""
    said += became(view, draft, revision)
    return compose(said, (*paragraphs(lines(said)), *buttons(text_menu(view, draft, revision))))


def _not_approved(view: View, word: Word, title: Sentence) -> Sentence:
    stopped = say("{who} took the approval back at {when}.", who=Who(word.person), when=view.when(word.at))
    return joined(joined(title, stopped, ": "), say("Do not post these texts."))


def taken_back(view: View, draft_id: str, entry: str) -> Message:
    """In the thread, to whoever is about to post a text that is not approved any more."""
    draft = view.state.drafts.get(draft_id)
    pair = _stood(draft, entry) if draft else None
    if draft is None or pair is None:
        return gone("This text")
    revision, word = pair
    title = say("*{title}*, revision {n}", title=view.of(draft, revision), n=revision.number)
    line = _not_approved(view, word, title)
    if revision is not draft.current:
        said = [line, say("Another revision has replaced it.")]
    elif revision.approved:
        again = view.when(revision.approved_at or revision.at)
        said = [
            joined(
                title,
                say("was approved again at {when}, so it may be {out}.", when=again, out=out_word(view)),
            )
        ]
    elif draft.status == "in review" and view.state.open:
        said = [joined(called([revision.author]), line, ", ") if revision.author else line]
        said.append(say("It waits for approval again. If it is out already, mark it with its true time."))
        return compose(said, (*paragraphs(lines(said)), *buttons(mark_button(view, draft, primary=False))))
    else:
        said = [line]
    return compose(said, paragraphs(lines(said)))


def _stood(draft: Draft, entry: str) -> tuple[Revision, Word] | None:
    """The revision whose approval was taken back with this entry."""
    each = ((revision, stood.until) for revision in draft.revisions for stood in revision.stood)
    return next((pair for pair in each if str(pair[1].seq) == entry), None)


def _to_do(view: View, draft: Draft, title: Sentence) -> Sentence:
    revision, left = draft.current, _left(view, draft)
    if not left and set(revision.texts) - set(revision.receipts):
        return joined(title, say("{may}.", may=_may(revision)))
    if not left:
        return joined(joined(say("✅"), title), say("is {out} on every channel.", out=out_word(view)))
    if not view.state.open:
        ended = say("was not marked on {channels}; the incident is closed.", channels=channel_names(left))
        return joined(title, ended)
    if found_wrong(view.state, draft, revision):
        wrong = say(
            "is being put right. Do not post it on {channels} any more.", channels=channel_names(left)
        )
        return joined(say("⚠️"), joined(title, wrong))
    if revision.author:
        title = joined(say("{author}", author=Who(revision.author)), title, ", ")
    if disputed(view, draft):
        words = "{may}, but sources disagree since. Let a lead decide under {how} before you {do} it."
        do, how = "play" if view.state.exercise else "post", f"{names.COMMAND} facts"
        return joined(say("⚠️"), joined(title, say(words, may=_may(revision), how=how, do=do)))
    if view.state.exercise:
        return joined(
            title,
            say(
                "{may}. This is an exercise: play it, post it nowhere, then press *Mark as played*.",
                may=_may(revision),
            ),
        )
    if not revision.for_public:
        return joined(title, _for_staff(view, draft))
    words = "{may}. Post these exact texts, then press *Mark as published*."
    return joined(title, say(words, may=_may(revision)))


def disputed(view: View, draft: Draft) -> bool:
    """Whether an approved text says what sources came to disagree about."""
    flagged = flags_of(view.state, draft) if draft.status == "approved" else ()
    return any(each.why == "disputed" and each.revision is draft.current for each in flagged)


def _may(revision: Revision) -> str:
    """Why it may go out: with all approvals, or because somebody overrode what was missing."""
    return "may go out without all its approvals" if revision.overridden else "is approved"


def _for_staff(view: View, draft: Draft) -> Sentence:
    """A text for inside is sent, and posted nowhere: it may say what the public is not to read."""
    known = view.text(draft.step, draft.kind) is not None
    whom = view.state.step(draft.step).audience if known else "those they are for"
    words = "{may}, for staff only. Send these exact words to {whom}, then press *Mark as published*."
    return say(words, may=_may(draft.current), whom=whom)


def _done(view: View, revision: Revision) -> Iterator[Sentence]:
    """Channels that one person marked with one time stand in one line."""
    together: dict[tuple[datetime, str], list[str]] = {}
    for channel in in_reading_order(revision.texts):
        if channel in revision.receipts and revision.receipts[channel][1] != BOT:
            receipt, person = revision.receipts[channel]
            together.setdefault((receipt.attested_at, person), []).append(channel)
    for (at, person), channels in together.items():
        yield say(
            "✅ {channels}: {out} at {when}, marked by {who}",
            channels=channel_names(channels),
            out=out_word(view),
            when=view.when(at),
            who=Who(person),
        )


def _left_over(view: View, draft: Draft) -> Iterator[Sentence]:
    if draft.current.receipts and not found_wrong(view.state, draft, draft.current):
        yield from also_to_do(view.state, draft, _left(view, draft), "*Still to do:* {channels}")


def _left(view: View, draft: Draft) -> tuple[str, ...]:
    """The channels on which people still have to post it."""
    return in_reading_order(left_to_people(view.state, draft, draft.current))


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


def two_ways(view: View, draft: Draft) -> Message:
    """To who asks what is next while an approved text has become too late: the ways on, as buttons."""
    title = say("*{title}*, revision {n}, is approved.", title=view.of(draft), n=draft.current.number)
    did = "played" if view.state.exercise else "posted"
    said = [title, _renew_first(draft), say("If it was {did} like this, mark it.", did=did)]
    row = buttons(renew_button(view, draft), mark_button(view, draft, primary=False))
    return compose(said, [*paragraphs(lines(said)), *row])


def _buttons(view: View, draft: Draft) -> tuple[Block, ...]:
    if not view.state.open:
        return ()
    also = (down_button(view.state, draft), text_menu(view, draft, draft.current))
    if not _left(view, draft):
        return buttons(*also)
    if stale(view, draft):
        return buttons(renew_button(view, draft), mark_button(view, draft, primary=False), *also)
    # Offered before it is too late as well: this message does not change when the promised time passes.
    renewable = draft.status == "approved" and draft.current.next_update is not None
    primary = not found_wrong(view.state, draft, draft.current) and not disputed(view, draft)
    renew = renew_button(view, draft, primary=False) if renewable else None
    return buttons(mark_button(view, draft, primary=primary), renew, *also)


def returned(view: View, draft_id: str, number: str) -> Message:
    """Why a revision came back, in the words of who sent it."""
    found = view.revision(draft_id, number)
    back = next((each for each in found[0].returns if str(each.revision) == number), None) if found else None
    if found is None or back is None:
        return gone("This text")
    draft, revision = found
    title = view.of(draft, revision)
    if back.declined:
        line = say(
            "*{title}*, revision {n}, declined by {who}. "
            "This draft has ended; the step has to be written again.",
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
