"""Changes of course, said once to everybody: phase, severity, who runs it, rest. And the offer to run it."""

from __future__ import annotations

from datetime import datetime, timedelta

from ecomms_bot.incident.progress import left_open, step_status
from ecomms_bot.incident.state import Handover, Turn
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, buttons, divider, section
from ecomms_bot.slack.cards.brief import brief
from ecomms_bot.slack.cards.view import View, compose, due, gone, joined, link
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.text import every, listed, mrkdwn, spoken


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
            return [first, *_because(turned), *still_open(view)]
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


def still_open(view: View) -> list[Sentence]:
    """What is left to do of the phases before, so that a new phase hides nothing."""
    left = left_open(view.state)
    if not left:
        return []
    steps = listed([f"{each.title} ({step_status(view.state, each.id)})" for each in left])
    words = "Still open from before: {steps}. They stay on the card until they are done or skipped."
    if len(left) == 1:
        words = "Still open from before: {steps}. It stays on the card until it is done or skipped."
    return [say(words, steps=steps)]


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
        "From the next text on, an update {every}. Promises that are out stay as they are.",
        every=every(timedelta(minutes=level.cadence_minutes)),
    )


def handover(view: View, handover_id: str) -> Message:
    """To the one who is asked to run the incident: what they would take over, and the button to accept."""
    offer = view.state.handovers.get(handover_id)
    if offer is None:
        return gone("This request")
    if offer.accepted_at is not None:
        return _accepted(view, offer, offer.accepted_at)
    asked = joined(say("{who} asks you to run", who=Who(offer.person)), link(view))
    said = [joined(asked, say("from now on. Until you accept, nothing changes."))]
    if offer.note:
        said.append(say("{who} says: {note}", who=Who(offer.person), note=offer.note))
    blocks, told = brief(view)
    accept = button("Accept", names.ACCEPT, names.pack(view.state.id, offer.id), "primary")
    above = section("\n".join(mrkdwn(each) for each in said))
    return compose([*map(spoken, said), *told], [above, divider(), *blocks, *buttons(accept)])


def _accepted(view: View, offer: Handover, at: datetime) -> Message:
    """In the place of the request, once it was accepted: the same brief, without the button."""
    if view.state.holder == offer.to:
        first = joined(say("You run"), link(view))
        first = joined(first, say("since {when}. Its reminders come to you.", when=view.when(at)))
    else:
        first = joined(say("You accepted at {when} to run", when=view.when(at)), link(view))
        first = joined(first, say(". {who} runs it now.", who=Who(view.state.holder)), "")
    blocks, told = brief(view)
    return compose([spoken(first), *told], [section(mrkdwn(first)), divider(), *blocks])
