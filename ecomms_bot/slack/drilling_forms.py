"""The form that begins a drill. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ecomms_bot.incident.rules.course import PHASES
from ecomms_bot.incident.wording import Sentence, say
from ecomms_bot.playbook.drills import Drill, TakePart
from ecomms_bot.playbook.model import Playbook
from ecomms_bot.playbook.values import INCIDENT_NAME_MAX
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import paragraphs
from ecomms_bot.slack.cards.view import lines
from ecomms_bot.slack.forms import View, asked_about, modal
from ecomms_bot.slack.inputs import ask, option, radio_input, select_input, text_input
from ecomms_bot.slack.text import every


def drill_form(
    drill: Drill,
    part: TakePart,
    book: Playbook,
    *,
    zone: str,
    held: Mapping[str, Any],
    typed: Mapping[str, Any] | None = None,
    similar: Sentence | None = None,
) -> View:
    """As the form that opens an incident; that it is an exercise, and of which playbook, is fixed.

    `held`, `typed` and `similar` are those of `forms.open_incident`.
    """
    given = typed or {}
    phases = [phase for phase in PHASES if book.steps(phase)]
    levels = [
        option(
            f"{level} {severity.title}, {every(timedelta(minutes=severity.cadence_minutes))}",
            level,
            severity.meaning,
        )
        for level, severity in sorted(book.severities.items())
    ]
    places = [option("A new conversation", "new"), option("This conversation", "here")]
    first = say(
        "*{title}* · {minutes} minutes · {many} injects · playbook {book}",
        title=drill.title,
        minutes=part.minutes,
        many=len(part.injects),
        book=book.title,
    )
    about = [say("{about}", about=drill.about)] if drill.about else []
    mode = say("It is an exercise: every text and every message is marked, and nothing reaches the public.")
    phase = "during" if "during" in phases else phases[0]
    blocks = [
        *(asked_about(similar) if similar is not None else []),
        *paragraphs(lines([first, *about, mode], 1000)),
        ask("name", "Name", text_input(INCIDENT_NAME_MAX, given.get("name", part.incident))),
        ask("severity", "Severity", select_input(levels, given.get("severity", part.severity))),
        ask("area", "Where", text_input(150, given.get("area")), optional=True),
        ask(
            "phase", "Phase", select_input([option(each, each) for each in phases], given.get("phase", phase))
        ),
        ask(
            "zone",
            "Time zone",
            text_input(60, given.get("zone", zone)),
            hint="Of the place, such as America/Vancouver",
        ),
        ask("conversation", "Conversation", radio_input(places, given.get("conversation", "new"))),
    ]
    return modal(names.OPEN_FORM, "Start drill", blocks, submit="Start", metadata=held, exercise=True)
