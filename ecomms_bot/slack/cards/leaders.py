"""What leaders read in their own conversation, and what is said of it where it was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ecomms_bot.incident import leaders, things
from ecomms_bot.incident.events import Texts
from ecomms_bot.incident.state import Draft, Revision
from ecomms_bot.incident.wording import Sentence, say
from ecomms_bot.playbook.channels import LEADERS
from ecomms_bot.playbook.drafting import fingerprint
from ecomms_bot.slack.blocks import context, pieces, quoted, section
from ecomms_bot.slack.cards.override import overridden
from ecomms_bot.slack.cards.texts import SPOKEN_TEXT_MAX, Unit, packed
from ecomms_bot.slack.cards.view import View, compose, gone, joined, lines, link, message_link, people
from ecomms_bot.slack.message import Block, Message
from ecomms_bot.slack.text import Drawn, conversation_link, escape, flat, mrkdwn

BOT = "bot"


def brief(view: View, draft_id: str, number: str) -> Message:
    """The text for leaders, every word of it; a long one in several messages, in their order."""
    found = view.revision(draft_id, number)
    if found is None or LEADERS not in found[1].texts:
        return gone("This text")
    draft, revision = found
    title = joined(say("*{title}*", title=view.of(draft, revision)), link(view), " · ")
    texts = revision.texts[LEADERS]
    parts = tuple(packed(_units(texts, several=len(texts) > 1)))
    *before, last = [(each, _numbered(title, n, len(parts))) for n, each in enumerate(parts, start=1)]
    replies = [compose([line], [section(mrkdwn(line)), *blocks]) for blocks, line in before]
    small = [*overridden(view, draft), _let_out(view, draft, revision)]
    blocks, line = last
    aloud = Drawn(escape(flat(next(iter(texts.values())), SPOKEN_TEXT_MAX)))
    said = [line, *([] if replies else [say("{text}", text=aloud)]), *small]
    return compose(said, (section(mrkdwn(line)), *blocks, *map(context, lines(small))), replies)


def _numbered(title: Sentence, number: int, of: int) -> Sentence:
    return joined(title, say("{n} of {m}", n=number, m=of), ", ") if of > 1 else title


def _units(texts: Mapping[str, str], *, several: bool) -> Iterator[Unit]:
    for language, text in texts.items():
        if several:
            words = mrkdwn(say("*{language}*", language=language))
            yield Unit((section(words),), len(words))
        for part in pieces(text):
            yield Unit((quoted(part),), len(part))


def _let_out(view: View, draft: Draft, revision: Revision) -> Sentence:
    text = say("Text {mark}", mark=fingerprint(revision.text_sha256))
    approved = people(each.person for each in draft.approvals) if revision is draft.last else ()
    if not approved:
        return text
    when = view.when(revision.approved_at or revision.at)
    return joined(say("Approved by {who} at {when}", who=approved, when=when), text, " · ")


def by_bot(view: View, draft: Draft, revision: Revision) -> Iterator[Sentence]:
    """Where the text was written: what the bot does, did or could not do for leaders."""
    where = conversation_link(revision.leaders)
    given = revision.receipts.get(LEADERS)
    if given is not None and given[1] == BOT:
        done = say(
            "✅ Leaders: posted by the bot in {where} at {when}",
            where=where,
            when=view.when(given[0].attested_at),
        )
        to_it = message_link(view, things.brief_thing(draft.id, revision.number), "message")
        yield joined(done, to_it, " · ") if to_it else done
    elif leaders.to_post(view.state, draft, revision):
        if leaders.refused(view.state, draft, revision):
            yield say(
                "⚠️ Leaders: Slack did not take it in {where}. The bot tries again every minute. If it cannot "
                "wait, send it to them by hand and mark it.",
                where=where,
            )
        else:
            yield say("Leaders: the bot posts it in {where}. Nothing is to be copied.", where=where)


def where_it_is(view: View, draft: Draft) -> Sentence | None:
    """For the step whose text is for leaders alone: where and when the bot posted the last one."""
    revision = draft.last
    given = revision.receipts.get(LEADERS) if revision and set(revision.texts) == {LEADERS} else None
    if revision is None or given is None or given[1] != BOT:
        return None
    at, where = view.when(given[0].attested_at), conversation_link(revision.leaders)
    return say("posted by the bot in {where} at {when}", where=where, when=at)


def for_leaders(view: View, thing: str) -> Iterator[Sentence]:
    """Above what went wrong: which text did not reach leaders, and the way around."""
    found = leaders.of_thing(view.state, thing)
    if found is not None:
        draft, revision = found
        yield say(
            "*{title}*, revision {n}, did not reach leaders in {where}. The bot tries again every minute; if "
            "it cannot wait, send it to them by hand and mark it.",
            title=view.of(draft, revision),
            n=revision.number,
            where=conversation_link(revision.leaders),
        )


def to_copy(revision: Revision) -> Texts:
    """The texts that people post. Where the bot hands leaders theirs, it stands in the review alone."""
    return {
        each: texts for each, texts in revision.texts.items() if not (revision.leaders and each == LEADERS)
    }


def nothing_to_copy(revision: Revision) -> tuple[Block, ...]:
    """In the place of the texts, where people have none to post."""
    if not revision.texts or to_copy(revision):
        return ()
    return (section("Its words stand in the review above."),)
