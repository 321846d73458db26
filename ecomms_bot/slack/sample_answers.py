"""What only the one who asked sees: answers, and the windows of opening and writing. Samples. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ecomms_bot.incident.entry import IncidentRow
from ecomms_bot.incident.timeline import lines
from ecomms_bot.incident.wording import say
from ecomms_bot.slack import forms, names
from ecomms_bot.slack.cards import answers
from ecomms_bot.slack.commands.table import COMMANDS
from ecomms_bot.slack.composing import begin, compose
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.sample_book import BOOK
from ecomms_bot.slack.sample_evening import OFFICE, URL, Evening
from ecomms_bot.slack.sample_life import COMMUNICATOR, CONVERSATION, ZONE
from ecomms_bot.slack.writing import Writing, draft_form, preview


def opening_forms(evening: Evening) -> None:
    held = {"url": URL, "conversation": CONVERSATION, "known": []}
    evening.form(forms.open_incident([BOOK], BOOK, zone=ZONE, held=held))
    there = say("*{name}* was opened three minutes ago.", name=evening.state.name)
    evening.form(
        forms.open_incident([BOOK], BOOK, zone=ZONE, held=held, similar=there), "one is there already"
    )
    evening.form(forms.done("Done", "It was opened already.", exercise=evening.state.exercise))


def writing_forms(evening: Evening, step: str) -> None:
    """The two forms in which a text is written."""
    life, draft = evening.life, evening.life.draft(step)
    writing = Writing(evening.state.id, draft.id, step, draft.kind)
    begins = begin(evening.state, writing, COMMUNICATOR, life.now, OFFICE)
    evening.form(draft_form(evening.state, writing, begins))
    found = compose(evening.state, writing, draft.current.values, life.now)
    evening.form(
        preview(
            *(evening.state, writing, found.texts, found.sha256, found.findings),
            tier=found.tier,
            seen=begins.seen,
            extra={},
        )
    )


def every_answer(evening: Evening) -> None:
    life, row = evening.life, evening.row()
    timeline = lines(evening.state, life.log)
    for name, draw in _drawn(evening, row).items():
        evening.answer(name, draw())
    evening.answer("status", answers.status(life.view, timeline))
    evening.answer("log", answers.log_lines(life.view, timeline))


def _drawn(evening: Evening, row: IncidentRow) -> Mapping[str, Callable[[], Message]]:
    life, one = evening.life, next(iter(COMMANDS.values()))
    return {
        "list": lambda: answers.status_list([row], life.now, ZONE),
        "which incident": lambda: answers.which_incident(
            [row], {row.id: names.pack(row.id, "c3RhdHVz")}, "status", now=life.now, zone=ZONE
        ),
        "asked back": lambda: answers.asked_back(
            say("“8” can be morning or evening."), ["/ecomms remind 08:00 shelters"]
        ),
        "steps": lambda: answers.steps(life.view),
        "severities": lambda: answers.severities(life.view),
        "help": lambda: answers.help_text({each.line: each.does for each in COMMANDS.values()}),
        "help on one": lambda: answers.help_one(one.line, one.does, one.who, one.answers, one.refuses),
    }
