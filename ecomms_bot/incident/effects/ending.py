"""What could not be done, and the closing message."""

from __future__ import annotations

from collections.abc import Iterator

from ecomms_bot.incident import things
from ecomms_bot.incident.effects.base import REPORT, post, to_people
from ecomms_bot.incident.entry import Task
from ecomms_bot.incident.returning import GONE
from ecomms_bot.incident.state import Failure, Incident


def ending(state: Incident) -> Iterator[Task]:
    for failure in state.failures:
        thing = things.trouble_thing(failure.seq)
        if failure.kind == REPORT:
            yield from to_people(state, thing, (_asker(state, failure),))
        elif failure.kind == GONE:
            yield from to_people(state, thing, (state.holder,))
        elif things.split(failure.thing)[0] == "trouble":
            # The conversation took not even the word of what failed: it goes to who runs the incident.
            yield from to_people(state, failure.thing, (state.holder, state.opener))
        elif state.conversation is not None and failure.thing != things.CONVERSATION:
            yield post(state, thing, f"{state.id}/talk")
        else:
            yield from to_people(state, thing, (state.opener,))
    if state.closing is not None and state.conversation is not None:
        yield post(state, things.CLOSING, f"{state.id}/talk")


def _asker(state: Incident, failure: Failure) -> str:
    """Who wanted the files that could not be sent: nobody else has to know."""
    report = state.reports.get("".join(things.split(failure.thing)[1]))
    return report.person if report else state.opener
