"""What is not put right yet: corrections that have not reached everybody, texts that hold no more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from ecomms_bot.incident.reminders import said_expired
from ecomms_bot.incident.rules.putting_right import unfinished
from ecomms_bot.incident.standing import Standing, followers, left_to_put_right, standing
from ecomms_bot.incident.state import Draft, Incident
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.slack.blocks import buttons, paragraphs, section
from ecomms_bot.slack.cards.following import (
    OLD_DOWN,
    correct_button,
    followed,
    out_at,
    progress,
    taken_down_button,
    to_take_down,
    update_button,
)
from ecomms_bot.slack.cards.view import (
    View,
    channel_names,
    compose,
    due,
    joined,
    lines,
    mark_button,
    out_word,
    title_in,
    to_go,
)
from ecomms_bot.slack.message import Block, Message
from ecomms_bot.slack.names import COMMAND
from ecomms_bot.slack.text import duration, mrkdwn

LISTED_MAX = 15
"""Published texts in one answer; the others are counted."""


# --- on the card ------------------------------------------------------------------------------------------


def begun(state: Incident) -> tuple[Draft, ...]:
    """Corrections and cancellations that are out, and not yet wherever the wrong words were read."""
    return tuple(each for each in unfinished(state) if each.status == "published")


def to_put_right(view: View, *, read_now: bool = False) -> Iterator[Sentence]:
    """As in "⚠️ *Holding statement*, correction 2 of 4 channels: X and SMS still to do → @Mara"."""
    for draft in begun(view.state):
        told = progress_of(view.state, draft)
        if told is not None:
            yield joined(joined(say("⚠️"), told), say("{who}", who=Who(draft.current.author)), " → ")
    for each in past_their_time(view, read_now=read_now):
        if _told_already(view.state, each):
            continue
        told = joined(say("⚠️"), holds_no_more(view, each))
        yield joined(told, say("update it or take it down → {who}", who=Who(view.state.holder)), ": ")


def _told_already(state: Incident, each: Standing) -> bool:
    """Whether a correction names every channel on which this text still stands."""
    following = (draft for draft in followers(state, each.draft, each.revision) if draft in begun(state))
    left = {channel for draft in following for channel in left_to_put_right(state, draft)}
    return left.issuperset(each.channels)


def progress_of(state: Incident, draft: Draft) -> Sentence | None:
    """How far a correction has come, with the title of the text that was wrong."""
    told, found = progress(state, draft), followed(state, draft.about) if draft.about else None
    if told is None or found is None:
        return told
    return joined(say("*{title}*", title=title_in(state, found[0].step, found[1].kind)), told, ", ")


def past_their_time(view: View, *, read_now: bool = False) -> Iterator[Standing]:
    """Texts that stand beyond the time until which they hold; `read_now`: also before people were told."""
    for each in standing(view.state):
        expires = each.revision.expires
        if expires is not None:
            passed = read_now and view.now >= expires.utc
            if passed or said_expired(view.state, each.draft, each.revision):
                yield each


def holds_no_more(view: View, each: Standing) -> Sentence:
    expires = each.revision.expires
    assert expires is not None, "only asked of texts that say until when they hold"
    return say(
        "*{title}* held until {when} and still stands on {channels}",
        title=view.of(each.draft, each.revision),
        when=due(expires),
        channels=channel_names(each.channels),
    )


def go_on_button(view: View, draft: Draft, *, primary: bool = True) -> Block | None:
    """To mark a correction where it has words, else to say that the wrong ones were taken down."""
    if any(each in draft.current.texts for each in left_to_put_right(view.state, draft)):
        return mark_button(view, draft, primary=primary)
    return down_of_wrong(view, draft)


def down_of_wrong(view: View, draft: Draft) -> Block | None:
    found = followed(view.state, draft.about) if draft.about else None
    return taken_down_button(view.state, *found, OLD_DOWN) if found else None


# --- reminders --------------------------------------------------------------------------------------------

Told = tuple[list[Sentence], tuple[Block | None, ...]]
"""What a reminder says, and its buttons."""


def of_put_right(view: View, draft: Draft) -> Told:
    """As in "Correction of *Holding statement*: X and SMS still say the old words, for 20 min."."""
    found = followed(view.state, draft.about) if draft.about else None
    left = left_to_put_right(view.state, draft)
    if draft.about is None or found is None or not left:
        done = say("is wherever the old words were read by now.")
        return [joined(say("*{title}*", title=view.of(draft)), done)], ()
    wrong, old = found
    said = say(
        "{relation} of *{title}*: {channels} still {say} the old words, for {span}.",
        relation=draft.about.relation.capitalize(),
        title=title_in(view.state, wrong.step, old.kind),
        channels=channel_names(left),
        say="says" if len(left) == 1 else "say",
        span=duration(max(view.now - out_at(old), timedelta(minutes=1))),
    )
    has_words = any(each in draft.current.texts for each in left)
    short = list(to_take_down(view.state, draft.about, draft.current.texts))
    what = say("{do} the new words there, then mark it.", do="Play" if view.state.exercise else "Post")
    rows = (
        mark_button(view, draft) if has_words else None,
        taken_down_button(view.state, wrong, old, OLD_DOWN) if short else None,
    )
    return [said, *([what] if has_words else []), *short], rows


def of_expiry(view: View, draft: Draft, number: str) -> Told:
    """As in "*Travel advice* of 08:10 holds until 12:00, in 15 min. It stands on X and Web."."""
    each = next(
        (one for one in standing(view.state) if one.draft is draft and str(one.revision.number) == number),
        None,
    )
    revision = draft.revision(int(number))
    if each is None or revision is None or revision.expires is None:
        title = say("*{title}*, revision {n},", title=view.of(draft, revision), n=number)
        return [joined(title, say("was replaced or taken down by now."))], ()
    past = view.now >= revision.expires.utc
    said = say(
        "*{title}*, {out} at {at}, says it holds until {when}, {span}.",
        title=view.of(draft, revision),
        out=out_word(view),
        at=view.when(out_at(revision)),
        when=due(revision.expires),
        span=to_go(revision.expires.utc, view.now),
    )
    words = "It still stands on {channels}." if past else "It stands on {channels}."
    where = say(words, channels=channel_names(each.channels))
    rows = (
        update_button(view.state, draft, revision, primary=True),
        taken_down_button(view.state, draft, revision),
    )
    return [said, where], rows


def put_right(view: View, draft: Draft, expired: int = 0) -> Message:
    """The same to who asks what is next. `expired`: the revision that holds no more, 0 for a correction."""
    told = of_expiry(view, draft, str(expired)) if expired else of_put_right(view, draft)
    said, rows = told
    return compose(said, (*paragraphs(lines(said)), *buttons(*rows)))


# --- what can be corrected --------------------------------------------------------------------------------


def to_correct(view: View, found: Sequence[Standing]) -> Message:
    """Published texts that stand, in the order given, with a button each."""
    first = say(
        "*{name}*: what people can read now, the newest first. Which text is wrong?", name=view.state.name
    )
    said, blocks = [first], [section(mrkdwn(first))]
    for number, each in enumerate(found[:LISTED_MAX], start=1):
        line = say(
            "{number} · *{title}*, revision {n}, {out} at {when} on {channels}",
            number=number,
            title=view.of(each.draft, each.revision),
            n=each.revision.number,
            out=out_word(view),
            when=view.when(out_at(each.revision)),
            channels=channel_names(each.channels),
        )
        said.append(line)
        press = correct_button(view.state, each.draft, each.revision)
        blocks.append({**section(mrkdwn(line)), "accessory": press})
    if len(found) > LISTED_MAX:
        more = say(
            "and {more} more: type {how} and the number or the title.",
            more=len(found) - LISTED_MAX,
            how=f"{COMMAND} correct",
        )
        said.append(more)
        blocks.append(section(mrkdwn(more)))
    return compose(said, blocks)
