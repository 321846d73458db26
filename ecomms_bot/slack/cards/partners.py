"""Partners who hear of a text first: what holds it back, who knows it, and the buttons that help."""

from __future__ import annotations

from collections.abc import Iterator

from ecomms_bot.incident.partners import held_back, partner_words, partners_of, still_to_hear
from ecomms_bot.incident.state import Draft, PartnerWord, Revision
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, buttons, paragraphs
from ecomms_bot.slack.cards.publishing import stale
from ecomms_bot.slack.cards.view import View, compose, due, gone, joined, lines, mark_button, renew_button
from ecomms_bot.slack.message import Block, Message
from ecomms_bot.slack.text import listed


def partners(view: View, draft_id: str, number: str) -> Message:
    """In the thread, to who wrote an approved text: whom to tell before it is handed out."""
    found = view.revision(draft_id, number)
    if found is None:
        return gone("This text")
    draft, revision = found
    title = say("*{title}*, revision {n}", title=view.of(draft, revision), n=revision.number)
    waits = revision is draft.last and view.state.open and still_to_hear(view.state, draft)
    said = [*(_held(view, draft, title) if waits else _settled(view, draft, revision, title))]
    said += [_word(view, each) for each in partner_words(draft, revision).values()]
    row = buttons(*_ways_on(view, draft)) if waits else ()
    return compose(said, (*paragraphs(lines(said)), *row))


def _held(view: View, draft: Draft, title: Sentence) -> Iterator[Sentence]:
    revision = draft.current
    if draft.status == "approved":
        first = joined(title, say("is approved and held back until its partners know it."))
        yield joined(say("{author}", author=Who(revision.author)), first, ", ") if revision.author else first
    else:
        yield joined(title, say("waits for approval again, and for its partners."))
    left = listed(still_to_hear(view.state, draft))
    yield say("*Still to tell:* {partners}. Tell them what the review above says.", partners=left)
    if stale(view, draft) and revision.next_update is not None:
        words = "⚠️ It promises an update by {when}, and that time has passed: renew its times first."
        yield say(words, when=due(revision.next_update))
    yield say("The texts to post come here once each of them knows, or pio or ic goes on without.")


def _settled(view: View, draft: Draft, revision: Revision, title: Sentence) -> Iterator[Sentence]:
    if revision is not draft.last:
        yield joined(title, say("was replaced by revision {n}.", n=draft.current.number))
    elif still_to_hear(view.state, draft):
        yield joined(title, say("was not handed out: the incident is closed."))
    elif set(partners_of(view.state, draft, revision)) <= set(partner_words(draft, revision)):
        yield joined(joined(say("✅"), title), say("waits for no partner any more."))
    else:
        yield joined(title, say("will not go out, so no partner is asked."))


def _ways_on(view: View, draft: Draft) -> Iterator[Block]:
    late = stale(view, draft)
    if late:
        yield renew_button(view, draft)
    yield heard_button(view, draft, primary=not late)
    yield go_on_button(view, draft)


def _word(view: View, word: PartnerWord) -> Sentence:
    if word.said_at is None:
        return say(
            "{who} goes on without {partner}: {reason}",
            who=Who(word.person),
            partner=word.partner,
            reason=word.reason,
        )
    return say(
        "✅ {partner} knows it: {by_whom}, at {when} (recorded by {who})",
        partner=word.partner,
        by_whom=word.by_whom,
        when=view.when(word.said_at),
        who=Who(word.person),
    )


def partner_lines(view: View, draft: Draft, revision: Revision) -> Iterator[Sentence]:
    """For the review: who knows it, who is left out, who is still to be told. One line for each."""
    words = partner_words(draft, revision).values()
    if know := [each.partner for each in words if each.said_at is not None]:
        yield say("✅ Partners who know it: {partners}", partners=listed(know))
    if without := [each.partner for each in words if each.said_at is None]:
        yield say("Goes out without the word of {partners}", partners=listed(without))
    if revision is draft.last and (left := still_to_hear(view.state, draft)):
        yield say("*Partners to tell before it goes out:* {partners}", partners=listed(left))


def partner_buttons(view: View, draft: Draft) -> tuple[Block, ...]:
    """Below a review: the partners can be told while leads decide."""
    if not still_to_hear(view.state, draft) or not view.state.open:
        return ()
    return buttons(heard_button(view, draft, primary=False), go_on_button(view, draft))


def heard_button(view: View, draft: Draft, *, primary: bool = True) -> Block:
    value = names.pack(view.state.id, draft.id, str(draft.current.number))
    return button("Acknowledged…", names.HEARD, value, "primary" if primary else None)


def go_on_button(view: View, draft: Draft) -> Block:
    value = names.pack(view.state.id, draft.id, str(draft.current.number))
    return button("Go on without…", names.GO_ON, value)


def onward_button(view: View, draft: Draft, *, primary: bool = True) -> Block:
    """What brings an approved text nearer to the public: a partner's word, or the mark."""
    if held_back(view.state, draft):
        return heard_button(view, draft, primary=primary)
    return mark_button(view, draft, primary=primary)


def to_tell(view: View, draft: Draft) -> Sentence | None:
    """What there is to do first with an approved text that is held back; None if nothing holds it."""
    if not held_back(view.state, draft):
        return None
    left = listed(still_to_hear(view.state, draft))
    return say("tell {partners} of *{title}* first", partners=left, title=view.of(draft, draft.current))


def reminded(view: View, draft: Draft) -> tuple[list[Sentence], tuple[Block, ...]]:
    """What the reminder says, and its buttons."""
    title = say("*{title}*, revision {n}", title=view.of(draft), n=draft.current.number)
    if not held_back(view.state, draft):
        return [joined(title, say("does not wait for its partners any more."))], ()
    since = view.when(draft.current.approved_at or draft.current.at)
    left = listed(still_to_hear(view.state, draft))
    first = say("is approved since {since} and waits for {partners}.", since=since, partners=left)
    ask = say("Tell them and record who answered. If it cannot wait, pio or ic can go on without.")
    return [joined(title, first), ask], buttons(heard_button(view, draft), go_on_button(view, draft))
