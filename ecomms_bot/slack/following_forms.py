"""What forms say of a text that follows a published one, and the form for what was taken down. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecomms_bot.incident.events import About, Kind
from ecomms_bot.incident.standing import standing
from ecomms_bot.incident.state import Draft, Incident, Revision
from ecomms_bot.incident.wording import say
from ecomms_bot.playbook.channels import CHANNELS
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import context, paragraphs, section
from ecomms_bot.slack.cards.following import TELLS_NOBODY, follows, standing_channels, to_take_down
from ecomms_bot.slack.cards.view import channel_names
from ecomms_bot.slack.forms import View, modal, title_of
from ecomms_bot.slack.inputs import ask, option, text_input
from ecomms_bot.slack.message import Block
from ecomms_bot.slack.text import mrkdwn

REASON_MAX = 500
FOLLOWS_NONE = (
    "This correction follows no text, so nobody keeps count of its channels. To begin from the text that is "
    f"wrong, press *Correct…* below it, or type {names.COMMAND} correct."
)


def title_for(about: About | None) -> str:
    """The title of a draft's form."""
    if about is None or about.relation == "update":
        return "Write draft"
    return "Correction" if about.relation == "correction" else "Take back"


def in_draft_form(
    state: Incident, kind: Kind, about: About | None, with_text: Iterable[str]
) -> Iterator[Block]:
    """What it follows, where it has to be told, and where something else has to be done."""
    if about is None:
        if kind == "correction" and standing(state):
            yield context(FOLLOWS_NONE)
        return
    there = [each for each in with_text if each in about.channels]
    lines = [follows(state, about)]
    if there and about.relation != "update":
        lines.append(say("To be told on the same channels: {channels}.", channels=channel_names(there)))
    lines += to_take_down(state, about, there or with_text)
    yield from paragraphs(map(mrkdwn, lines))
    if about.relation == "cancellation":
        yield context(TELLS_NOBODY)


def in_preview(state: Incident, about: About | None, with_text: Iterable[str]) -> Iterator[Block]:
    if about is not None:
        yield from paragraphs(map(mrkdwn, [follows(state, about), *to_take_down(state, about, with_text)]))


def taken_down_form(state: Incident, draft: Draft, revision: Revision) -> View:
    """Asks where a text does not stand any more, and why."""
    channels = [option(CHANNELS[each].title, each) for each in standing_channels(revision)]
    what = say(
        "*{title}*, revision {number}, for {name}.",
        title=title_of(state, draft.step, revision.kind),
        number=revision.number,
        name=state.name,
    )
    box: Block = {"type": "checkboxes", "options": channels}
    blocks = [
        section(mrkdwn(what)),
        context(TELLS_NOBODY),
        ask("channels", "Tick where it was taken down, or changed", box),
        ask("reason", "Why", text_input(REASON_MAX, multiline=True)),
    ]
    return modal(
        names.TAKEN_DOWN_FORM,
        "Taken down",
        blocks,
        submit="Save",
        metadata={"i": state.id, "d": draft.id, "n": revision.number},
        exercise=state.exercise,
    )
