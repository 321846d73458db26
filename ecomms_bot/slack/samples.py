"""One of every kind of message, form and Home that the bot ever sends, of one sample incident. Pure.

`ecomms doctor` lets Slack look at them before an incident does.
"""

from __future__ import annotations

from ecomms_bot.incident import things
from ecomms_bot.slack.sample_answers import every_answer
from ecomms_bot.slack.sample_course import change_course
from ecomms_bot.slack.sample_drill import taking_part
from ecomms_bot.slack.sample_duty import of_duty
from ecomms_bot.slack.sample_evening import Evening, Sample
from ecomms_bot.slack.sample_facts import sheet
from ecomms_bot.slack.sample_following import putting_right
from ecomms_bot.slack.sample_life import COMMUNICATOR
from ecomms_bot.slack.sample_texts import begin, publish
from ecomms_bot.slack.sample_trouble import go_wrong

__all__ = ["Sample", "for_a_look", "samples"]


def samples(*, exercise: bool) -> tuple[Sample, ...]:
    """All of them, drawn at the moments at which people see them."""
    evening = Evening(exercise=exercise)
    begin(evening)
    publish(evening)
    change_course(evening)
    go_wrong(evening)
    for others in (putting_right, sheet):
        for kind, content, state in others(exercise=exercise):
            evening.keep(kind, content, state)
    _end(evening)
    return tuple(evening.kept)


def _end(evening: Evening) -> None:
    """The answers that show all of it, and the closing."""
    evening.show(things.CARD, "late in the evening")
    every_answer(evening)
    evening.life.close("Everybody is out.", withdraw="The road is open for good.")
    evening.show(things.CLOSING)
    evening.show(things.CARD, "closed")
    evening.show(things.step_thing("D4"), "closed")
    evening.home(COMMUNICATOR, "nothing open", open_=False)
    for kind, content, state in taking_part():
        evening.keep(kind, content, state)
    for kind, state, content in of_duty():
        evening.keep(kind, content, state)


def for_a_look(person: str) -> tuple[Sample, ...]:
    """The longest of each kind, live or exercise.

    `person` is somebody whom Slack knows, in the place of those whom forms propose.
    """
    longest: dict[str, Sample] = {}
    for exercise in (True, False):
        for each in samples(exercise=exercise):
            known = longest.get(each.kind)
            if known is None or len(each.as_json(person)) > len(known.as_json(person)):
                longest[each.kind] = each
    return tuple(longest.values())
