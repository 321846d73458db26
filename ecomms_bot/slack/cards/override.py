"""An approval that was overridden, said to all leads at once, and the second look that it asks for."""

from __future__ import annotations

from collections.abc import Iterator

from ecomms_bot.incident.rules.overriding import unseen, wants_second_review
from ecomms_bot.incident.state import Draft, Override, Revision, SecondReview
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, buttons, paragraphs
from ecomms_bot.slack.cards.asking import off_duty, tier_roles
from ecomms_bot.slack.cards.view import View, called, compose, gone, joined, lines, out_word
from ecomms_bot.slack.message import Block, Message


def override(view: View, draft_id: str, seq: str) -> Message:
    """In the conversation: who answers for which text, why, and what is asked of the others."""
    draft = view.state.drafts.get(draft_id)
    said = next((each for each in draft.overridden_by if str(each.seq) == seq), None) if draft else None
    if draft is None or said is None:
        return gone("This override")
    revision = draft.revision(said.revision)
    first = _who(view, draft, said)
    told = [joined(called(said.told), first, ": ") if said.told else first]
    told.append(say("Why: {reason}", reason=said.reason))
    if said.off_duty:
        told.append(off_duty(said.off_duty, said.told))
    if revision is None or said not in draft.overrides:
        told.append(_counts_no_more(draft, revision))
    elif draft.status == "in review":
        told.append(_takes_two(view))
    told += second_look(view, draft, revision) if revision else ()
    return compose(told, (*paragraphs(lines(told)), *_buttons(view, draft, said)))


def _who(view: View, draft: Draft, said: Override) -> Sentence:
    return say(
        "⚠️ {who} overrode the approval of *{title}*, revision {n}. Not approved by {roles}.",
        who=Who(said.person),
        title=view.of(draft, draft.revision(said.revision)),
        n=said.revision,
        roles=tier_roles(view.state, said.lacking),
    )


def _counts_no_more(draft: Draft, revision: Revision | None) -> Sentence:
    if revision is not None and revision is draft.last and revision.approved and not revision.overridden:
        return say("It was not needed: all approvals came after all.")
    if revision is not None and revision.overridden and revision.receipts:
        return say("The text was out when it was taken back or replaced.")
    return say("It does not count any more: it was taken back, or the text came back or was replaced.")


def _takes_two(view: View) -> Sentence:
    if not view.state.open:
        return say("It takes two people, and nobody did the same. The incident is closed.")
    return say("It takes two people: another pio or ic has to do the same before it goes out.")


def overridden(view: View, draft: Draft) -> Iterator[Sentence]:
    """On the review and beside the texts to post: on whose word it goes out."""
    for each in draft.overrides:
        yield say(
            "⚠️ Approval overridden by {who} at {when}: {reason}",
            who=Who(each.person),
            when=view.when(each.at),
            reason=each.reason,
        )
    if draft.overrides and draft.status == "in review":
        yield _takes_two(view)


def second_look(view: View, draft: Draft, revision: Revision) -> Iterator[Sentence]:
    """What somebody found who had no part in the text, or that nobody has looked yet."""
    if not wants_second_review(view.state, draft, revision):
        return
    if revision.second_review is not None:
        yield _found(view, revision.second_review)
    elif view.state.open:
        words = "A lead who had no part in it: please look at it once more. It may be {out} meanwhile."
        yield say(words, out=out_word(view))
    else:
        yield say("Nobody looked at it once more before the incident was closed.")


def said_wrong(view: View, revision: Revision) -> Iterator[Sentence]:
    """Beside the texts to post: what who looked once more found wrong."""
    looked = revision.second_review
    if looked is not None and not looked.agrees:
        yield _found(view, looked)


def _found(view: View, looked: SecondReview) -> Sentence:
    who, when = Who(looked.person), view.when(looked.at)
    if looked.agrees and not looked.note:
        return say("✅ {who} looked at it at {when} and found it right.", who=who, when=when)
    words = "✅ {who} looked at it at {when} and found it right: {note}"
    if not looked.agrees:
        words = "❗ {who} looked at it at {when} and found it wrong: {note}"
    return say(words, who=who, when=when, note=looked.note)


def found_wrong(view: View, draft_id: str, seq: str) -> Message:
    """In the thread, to who has to put it right."""
    draft = view.state.drafts.get(draft_id)
    revisions = draft.revisions if draft else ()
    looked = {str(each.second_review.seq): each for each in revisions if each.second_review is not None}
    revision = looked.get(seq)
    if draft is None or revision is None or revision.second_review is None:
        return gone("This text")
    title = say("*{title}*, revision {n}:", title=view.of(draft, revision), n=revision.number)
    whom = dict.fromkeys(each for each in (revision.author, view.state.holder) if each)
    said = [joined(called([*whom]), joined(title, _found(view, revision.second_review)), ", ")]
    said.append(say("If it is out, put it right with a new text."))
    return compose(said, paragraphs(lines(said)))


def second_look_buttons(view: View, draft: Draft, revision: Revision) -> tuple[Block, ...]:
    """For leads who had no part in the text, as long as nobody has looked."""
    if not view.state.open or revision not in unseen(view.state, draft):
        return ()
    value = names.pack(view.state.id, draft.id, str(revision.number))
    return buttons(
        button("It is right", names.FOUND_RIGHT, value, "primary"),
        button("It is wrong…", names.FOUND_WRONG, value),
    )


def _buttons(view: View, draft: Draft, said: Override) -> tuple[Block, ...]:
    if said in draft.overrides and draft.status == "in review":
        return buttons(override_button(view, draft)) if view.state.open else ()
    revision = draft.revision(said.revision)
    return second_look_buttons(view, draft, revision) if revision else ()


def override_button(view: View, draft: Draft) -> Block:
    value = names.pack(view.state.id, draft.id, str(draft.current.number))
    return button("Override…", names.OVERRIDE, value)
