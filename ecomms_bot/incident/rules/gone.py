"""Messages of the bot that somebody deleted in Slack."""

from __future__ import annotations

from collections.abc import Iterator

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.events import EffectFailed, Event, PostGone
from ecomms_bot.incident.returning import AGAIN_MAX, GONE, comes_back, in_thread
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.telling.base import revision_of, step_title
from ecomms_bot.incident.telling.drilling import inject_named

_AGAIN = {
    "review": "Ask who deletes it to stop. To have the text reviewed, change a word and submit it once more.",
    "publish": "Ask who deletes them to stop. To mark them, type /ecomms next; the log has every word.",
}
_STATUS = "Ask who deletes it to stop. Nothing is lost: the log has it, and /ecomms status shows what is so."

_STAYS = {things.CONVERSATION, "brief"}
"""No message; and what went out to leaders, which is not unsaid by deleting it."""


def record_gone(state: Incident, command: c.RecordGone, _ctx: c.Context) -> tuple[Event, ...]:
    """Slack tells of it, and so does the next edit that fails: what is known is not recorded again.

    With the message that began a thread everything in it is lost to its readers.
    """
    ref = state.posted.get(command.thing)
    kind, ids = things.split(command.thing)
    if ref is None or ref.ts != command.ts or not state.open or kind in _STAYS:
        return ()
    below = in_thread(state, ids[0]) if kind == "step" else ()
    return tuple(event for thing in (command.thing, *below) for event in _gone(state, thing))


def _gone(state: Incident, thing: str) -> Iterator[Event]:
    ref = state.posted[thing]
    yield PostGone(thing=thing, conversation=ref.conversation, ts=ref.ts)
    if len(state.gone.get(thing, ())) == AGAIN_MAX and comes_back(state, thing):
        yield EffectFailed(
            task=f"{state.id}/{GONE}/{thing}",
            kind=GONE,
            thing=thing,
            problem=f"{_name(state, thing)} deleted in Slack once more, after {AGAIN_MAX} times, "
            "and will not be posted again.",
            advice=_AGAIN.get(things.split(thing)[0], _STATUS),
        )


def _name(state: Incident, thing: str) -> str:
    """What it was, and that it was deleted."""
    kind, ids = things.split(thing)
    match kind:
        case "step":
            return f"The first message of {step_title(state, ids[0])} was"
        case "review":
            return f"The review of {revision_of(state, ids[0], int(ids[1]), 'revision')} was"
        case "publish":
            return f"The approved texts of {revision_of(state, ids[0], int(ids[1]), 'revision')} were"
        case "inject":
            return f"Inject {inject_named(state, ids[0])} was"
        case _:
            return "The card of the incident was"
