"""What follows a published text: what corrects, takes back or updates it, and where it stands no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from ecomms_bot.incident.events import About
from ecomms_bot.incident.standing import followers, left_to_put_right, puts_right, read_on
from ecomms_bot.incident.state import Draft, Incident, Revision, Word
from ecomms_bot.incident.things import publish_thing
from ecomms_bot.incident.wording import Sentence, When, Who, say
from ecomms_bot.playbook.channels import CHANNELS, in_reading_order
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, menu
from ecomms_bot.slack.cards.view import View, channel_names, joined, message_link, out_word, title_in
from ecomms_bot.slack.message import Block

DOES: Mapping[str, str] = {"correction": "Corrects", "cancellation": "Takes back", "update": "Updates"}
DID: Mapping[str, str] = {"correction": "Corrected", "cancellation": "Taken back", "update": "Updated"}
OLD_DOWN = "Old text taken down…"
"""Below a correction, where *Taken down…* alone would mean the correction itself."""
TELLS_NOBODY = "Taking a post down tells nobody. People who read it hear from the new text."


def followed(state: Incident, about: About) -> tuple[Draft, Revision] | None:
    """The published text that another one is about; None after a redaction."""
    draft = state.drafts.get(about.draft)
    revision = draft.revision(about.revision) if draft else None
    return (draft, revision) if draft and revision else None


def follows(state: Incident, about: About) -> Sentence:
    """As in "*Corrects:* Holding statement, revision 1, posted today at 20:10 on X and Web."."""
    found = followed(state, about)
    if found is None:
        return say(f"*{DOES[about.relation]}:* a redacted text.")
    draft, revision = found
    words = f"*{DOES[about.relation]}:* {{title}}, revision {{n}}, {{out}} at {{when}} on {{channels}}."
    return say(
        words,
        title=title_in(state, draft.step, revision.kind),
        n=revision.number,
        out="played" if state.exercise else "posted",
        when=When(out_at(revision), state.zone),
        channels=channel_names(about.channels),
    )


def out_at(revision: Revision) -> datetime:
    """When it could first be read (UTC), as attested."""
    first = min((each.attested_at for each, _ in revision.receipts.values()), default=revision.at)
    return revision.public_at or first


def short_of_text(state: Incident, about: About, with_text: Iterable[str]) -> tuple[str, ...]:
    """Where the followed text was read and still stands, while the new one has no words for it."""
    there, found = set(with_text), followed(state, about)
    ended = found[1].ended if found else {}
    return tuple(each for each in in_reading_order(about.channels) if each not in there and each not in ended)


def to_take_down(state: Incident, about: About, with_text: Iterable[str]) -> Iterator[Sentence]:
    if not puts_right(about):
        return
    for channel in short_of_text(state, about, with_text):
        yield say(
            "*{channel}:* there is no text for it. Change or remove the old one there, then press *{button}*",
            channel=CHANNELS[channel].title,
            button=OLD_DOWN,
        )


# --- below the text that is followed ----------------------------------------------------------------------


def became(view: View, draft: Draft, revision: Revision) -> Iterator[Sentence]:
    """What corrected, took back or updated this text, or is about to; and where it was taken down."""
    for each in followers(view.state, draft, revision):
        yield from _follower(view, each)
    by_word: dict[Word, list[str]] = {}
    for channel in in_reading_order(revision.ended):
        by_word.setdefault(revision.ended[channel], []).append(channel)
    for word, channels in by_word.items():
        yield say(
            "Taken down on {channels} by {who} at {when}: {reason}",
            channels=channel_names(channels),
            who=Who(word.person),
            when=view.when(word.at),
            reason=word.reason,
        )


def _follower(view: View, later: Draft) -> Iterator[Sentence]:
    about = later.about
    assert about is not None
    gone_out = [each for each in later.revisions if each.receipts]
    if not gone_out:
        words = f"Its {about.relation} is under way: see the thread of *{{step}}*."
        yield say(words, step=view.title(later.step, later.kind))
        return
    revision = gone_out[-1]
    warns = "⚠️ " if puts_right(about) else ""
    done = say(
        f"{warns}{DID[about.relation]} by *{{title}}*, revision {{n}}, {{out}} at {{when}} on {{channels}}.",
        title=view.title(later.step, revision.kind),
        n=revision.number,
        out=out_word(view),
        when=view.when(out_at(revision)),
        channels=channel_names(revision.receipts),
    )
    left = left_to_put_right(view.state, later)
    if left:
        done = joined(done, say("*Still to do:* {channels}.", channels=channel_names(left)))
    yield done
    there = message_link(view, publish_thing(later.id, revision.number), "Read it")
    where = there or say("It is in the thread of *{step}*.", step=view.title(later.step, later.kind))
    yield joined(say("These words count no more. The log keeps them."), where)


def found_wrong(state: Incident, draft: Draft, revision: Revision) -> bool:
    """Whether a text is out or on its way that corrects this one or takes it back."""
    return any(each.about and puts_right(each.about) for each in followers(state, draft, revision))


# --- below the text that follows --------------------------------------------------------------------------


def progress(state: Incident, draft: Draft) -> Sentence | None:
    """As in "correction 2 of 4 channels: X and SMS still to do"; None before the first and after the last."""
    about, left = draft.about, left_to_put_right(state, draft)
    if about is None or not left or not any(each.receipts for each in draft.revisions):
        return None
    found = followed(state, about)
    read = read_on(state, *found) if found else frozenset(about.channels)
    return say(
        f"{about.relation} {{done}} of {{all}} channels: {{left}} still to do",
        done=len(read) - len(left),
        all=len(read),
        left=channel_names(left),
    )


def linked(view: View, draft: Draft, revision: Revision) -> Iterator[Sentence]:
    """What a text follows, what is left to do for that, and what follows it in its turn."""
    yield from how_far(view.state, draft, revision)
    yield from became(view, draft, revision)


def how_far(state: Incident, draft: Draft, revision: Revision) -> Iterator[Sentence]:
    """What a text follows, and what is left to do for that."""
    if draft.about is None:
        return
    yield follows(state, draft.about)
    yield from to_take_down(state, draft.about, revision.texts)
    told = progress(state, draft)
    if told is not None:
        yield joined(say("⚠️"), capital(joined(told, say("."), "")))
    elif everywhere(state, draft):
        yield say("✅ Put right wherever the old words were read.")


def also_to_do(state: Incident, draft: Draft, left: Iterable[str], words: str) -> Iterator[Sentence]:
    """Channels on which a text is still to be posted, without those that are named to be put right there."""
    named = left_to_put_right(state, draft) if progress(state, draft) is not None else ()
    others = tuple(each for each in left if each not in named)
    if others:
        yield say("*Still to do as well:* {channels}" if named else words, channels=channel_names(others))


def everywhere(state: Incident, draft: Draft) -> bool:
    """Whether a correction or cancellation is out wherever the wrong words were read."""
    about, told = draft.about, any(each.receipts for each in draft.revisions)
    return about is not None and puts_right(about) and told and not left_to_put_right(state, draft)


def capital(said: Sentence) -> Sentence:
    return Sentence(said.template[:1].upper() + said.template[1:], said.values)


# --- buttons ----------------------------------------------------------------------------------------------


def text_menu(view: View, draft: Draft, revision: Revision) -> Block | None:
    """All that can follow a text that is out; nothing once the incident is closed."""
    if not view.state.open or not revision.out:
        return None
    return menu(names.TEXT_MORE, _offered(view, draft, revision))


def _offered(view: View, draft: Draft, revision: Revision) -> Iterator[tuple[str, str]]:
    for label, what in (("Update…", "update"), ("Correct…", "correct"), ("Cancel…", "cancel")):
        yield label, names.pack(view.state.id, what, draft.id, str(revision.number))
    if standing_channels(revision):
        yield "Taken down…", names.pack(view.state.id, "taken-down", draft.id, str(revision.number))


def standing_channels(revision: Revision) -> tuple[str, ...]:
    """Where it was posted and not taken down since."""
    return tuple(each for each in in_reading_order(revision.receipts) if each not in revision.ended)


def down_button(state: Incident, draft: Draft) -> Block | None:
    """For the wrong text, where the new one has no words of its own."""
    found = followed(state, draft.about) if draft.about else None
    if draft.about is None or found is None or draft.last is None or not puts_right(draft.about):
        return None
    left = short_of_text(state, draft.about, draft.current.texts)
    return taken_down_button(state, *found, OLD_DOWN) if left else None


def correct_button(state: Incident, draft: Draft, revision: Revision) -> Block:
    return button("Correct…", names.CORRECT_TEXT, _value(state, draft, revision))


def update_button(state: Incident, draft: Draft, revision: Revision, *, primary: bool = False) -> Block:
    value = _value(state, draft, revision)
    return button("Write update", names.UPDATE_TEXT, value, "primary" if primary else None)


def taken_down_button(state: Incident, draft: Draft, revision: Revision, label: str = "Taken down…") -> Block:
    return button(label, names.TAKEN_DOWN, _value(state, draft, revision))


def _value(state: Incident, draft: Draft, revision: Revision) -> str:
    return names.pack(state.id, draft.id, str(revision.number))
