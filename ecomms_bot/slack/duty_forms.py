"""The form with which somebody goes off duty, or puts somebody else off or on. Pure."""

from __future__ import annotations

from ecomms_bot.service.duty import NOTE_MAX
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import section
from ecomms_bot.slack.forms import View, modal
from ecomms_bot.slack.inputs import ask, moment_input, option, person_input, radio_input, text_input

OFF, ON = "off", "on"
WHAT_IT_MEANS = (
    "Who is off duty is asked nothing that others can take. They keep their roles: what they decide counts."
)


def duty_form(me: str, *, others: bool = False) -> View:
    """For oneself only until when; for others also who, and whether on or off."""
    blocks = [section(WHAT_IT_MEANS)]
    if others:
        choices = [option("Off duty", OFF), option("On duty", ON)]
        blocks.append(ask("person", "Who", person_input(me)))
        blocks.append(ask("duty", "From now on", radio_input(choices, OFF)))
    blocks.append(
        ask(
            "until",
            "Off duty until",
            moment_input(None),
            hint="Empty: until somebody says that you are on duty again."
            if not others
            else "Empty: until further notice.",
            optional=True,
        )
    )
    blocks.append(
        ask(
            "note",
            "Note",
            text_input(NOTE_MAX),
            hint="Everybody can read it, and it stays in the log. No reason is needed.",
            optional=True,
        )
    )
    return modal(names.DUTY_FORM, "Duty" if others else "Go off duty", blocks, submit="Save", metadata={})
