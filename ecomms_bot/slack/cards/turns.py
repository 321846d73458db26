"""Changes of course, said once to everybody: phase, severity, who runs it, rest. And the offer to run it."""

from __future__ import annotations

from datetime import timedelta

from ecomms_bot.incident.state import Turn
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, buttons, divider, section
from ecomms_bot.slack.cards.card import overview
from ecomms_bot.slack.cards.view import View, compose, due, gone, joined, link
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.text import duration, mrkdwn, spoken


def turn(view: View, seq: str) -> Message:
    """What everybody in the conversation has to know from now on."""
    found = next((each for each in view.state.turns if str(each.seq) == seq), None)
    if found is None:
        return gone("This change")
    said = _sentences(view, found)
    return compose(said, [section("\n".join(mrkdwn(each) for each in said))])


def _sentences(view: View, turned: Turn) -> list[Sentence]:
    match turned.kind:
        case "phase":
            first = say(
                "*Phase: {after}* (was {before}), says {who}.",
                after=turned.after,
                before=turned.before,
                who=Who(turned.person),
            )
            return [first, *_because(turned)]
        case "severity":
            first = say(
                "*Severity: {after}* (was {before}), says {who}.",
                after=_level(view, turned.after),
                before=_level(view, turned.before),
                who=Who(turned.person),
            )
            return [first, *_because(turned), _cadence(view, turned.after)]
        case "handover":
            words = "*{after}* runs this incident now. {before} handed it over."
            return [say(words, after=Who(turned.after), before=Who(turned.before))]
        case "rest":
            return [_rest(turned)]


def _rest(turned: Turn) -> Sentence:
    if turned.until is None:
        return say("The team stands down, says {who}.", who=Who(turned.person))
    return say(
        "*The team stands down until {until}*, says {who}. That is when the last text promises to go on. "
        "Reminders of the promise come as always.",
        until=due(turned.until),
        who=Who(turned.person),
    )


def _because(turned: Turn) -> list[Sentence]:
    return [say("Why: {reason}", reason=turned.reason)] if turned.reason else []


def _level(view: View, name: str) -> str:
    level = next((each for each_name, each in view.state.book.severities.items() if each_name == name), None)
    return f"{name} {level.title}" if level else name


def _cadence(view: View, name: str) -> Sentence:
    level = next((each for each_name, each in view.state.book.severities.items() if each_name == name), None)
    if level is None:
        return say("Promises that are out stay as they are.")
    return say(
        "From the next text on, an update every {cadence}. Promises that are out stay as they are.",
        cadence=duration(timedelta(minutes=level.cadence_minutes)),
    )


def handover(view: View, handover_id: str) -> Message:
    """To the one who is asked to run the incident: what they would take over, and the button to accept."""
    offer = view.state.handovers.get(handover_id)
    if offer is None:
        return gone("This request")
    asked = joined(say("{who} asks you to run", who=Who(offer.person)), link(view))
    said = [joined(asked, say("from now on. Until you accept, nothing changes."))]
    if offer.note:
        said.append(say("{who} says: {note}", who=Who(offer.person), note=offer.note))
    blocks, told = overview(view)
    accept = button("Accept", names.ACCEPT, names.pack(view.state.id, offer.id), "primary")
    above = section("\n".join(mrkdwn(each) for each in said))
    return compose([*map(spoken, said), *told], [above, divider(), *blocks, *buttons(accept)])
