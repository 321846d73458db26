"""The forms of entries by hand: a message for the log, a fact, the answer to a question. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Self

from ecomms_bot.incident.entry import IncidentRow
from ecomms_bot.incident.events import Quoted
from ecomms_bot.incident.rules.notes import ANSWER_MAX, NOTE_MAX, QUESTION_MAX
from ecomms_bot.incident.state import Fact, Incident, Question
from ecomms_bot.incident.wording import Sentence, When, Who, say
from ecomms_bot.playbook.exercise import EXERCISE_BEFORE
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import context, paragraphs, quote, section
from ecomms_bot.slack.cards.view import lines
from ecomms_bot.slack.fact_forms import fact_fields_of, told_at_once
from ecomms_bot.slack.forms import View, metadata_of, modal
from ecomms_bot.slack.inputs import (
    ask,
    filled_in,
    moment_input,
    option,
    person_input,
    radio_input,
    raw_values,
    select_input,
    text_input,
)
from ecomms_bot.slack.message import Block
from ecomms_bot.slack.text import flat, mrkdwn, shorten

LogKind = Literal["note", "fact", "question"]
INCIDENTS_MAX = 40
"""Open incidents in a list."""
WANTED_IN = timedelta(minutes=60)
FIVE = timedelta(minutes=5)
SAID = "said"
"""Beginning of the ids of the blocks that show the message where it is not in a field."""
KINDS: tuple[tuple[LogKind, str, str], ...] = (
    ("note", "A note", "What was said, seen or decided"),
    ("fact", "A fact", "A value with its source; the next text begins with it"),
    ("question", "A question of the public", "Somebody has to find the answer"),
)


@dataclass(frozen=True, slots=True)
class Noted:
    """What a form is about: which incident, what kind of entry, which fact; `url` answers who opened it.

    `length`: how many characters the message has, of which a form holds at most `NOTE_MAX`.
    """

    incident: str = ""
    kind: LogKind = "note"
    fact: str = ""
    quoted: Quoted | None = None
    url: str = ""
    length: int = 0

    def metadata(self) -> dict[str, Any]:
        held = {"i": self.incident, "k": self.kind, "f": self.fact, "u": self.url, "n": self.length}
        if self.quoted is not None:
            held |= {"c": self.quoted.conversation, "t": self.quoted.ts, "a": self.quoted.author}
        return held

    @classmethod
    def drawn(cls, view: Mapping[str, Any]) -> Self:
        """For what this form was drawn."""
        held = metadata_of(view)
        quoted = Quoted(conversation=held["c"], ts=held["t"], author=held["a"]) if "c" in held else None
        return cls(held["i"], held["k"], held["f"], quoted, held["u"], held["n"])

    def chosen(self, entered: Mapping[str, Any]) -> Noted:
        """With what was chosen in it since."""
        return replace(
            self,
            incident=entered.get("incident") or self.incident,
            kind=entered.get("kind") or self.kind,
            fact=entered.get("name") or self.fact,
        )

    def fits(self, chosen: Noted) -> bool:
        """Whether the form drawn for this asks for all that what was chosen needs."""
        if (self.kind, chosen.kind) != ("fact", "fact"):
            return self.kind == chosen.kind
        return (self.incident, self.fact) == (chosen.incident, chosen.fact)


# --- a message for the log --------------------------------------------------------------------------------


def log_form(
    noted: Noted,
    state: Incident | None,
    text: str,
    now: datetime,
    *,
    choice: Block | None = None,
    entries: Sequence[int] = (),
    decides: bool = False,
) -> View:
    """Asks what a message is to the log: a note, a fact, a question. `text` is what it says.

    `state` None: the incident is not chosen yet. `choice`: the field in which it is chosen, if it has to be.
    `entries`: what was made of this message before. `decides`: see `fact_fields_of`.
    """
    kinds = radio_input([option(label, kind, about) for kind, label, about in KINDS], noted.kind)
    blocks = [
        section(mrkdwn(_from(noted, None if choice else state))),
        *([context(mrkdwn(_again(entries)))] if entries else ()),
        *([choice] if choice else ()),
        told_at_once(ask("kind", "What it is", kinds)),
        *_fields(noted, state, text, now, decides=decides),
        context("The log keeps this for good, with who wrote it and when. Nothing goes to the public."),
        *_message(noted, text),
    ]
    return modal(
        names.LOG_FORM,
        "Add to log",
        blocks,
        submit="Add",
        metadata=noted.metadata(),
        exercise=state is not None and state.exercise,
    )


def _from(noted: Noted, state: Incident | None) -> Sentence:
    words, quoted = "A message", noted.quoted
    values: dict[str, Any] = {}
    if quoted is not None:
        words = "What {who} wrote at {when}" if quoted.author else "What was written at {when}"
        zone = state.zone if state is not None else "UTC"
        values = {"who": Who(quoted.author), "when": When(_sent_at(quoted.ts), zone)}
    if state is not None:
        return say(words + ", for the log of *{name}*.", name=state.name, **values)
    return say(words + ".", **values)


def _again(entries: Sequence[int]) -> Sentence:
    if len(entries) == 1:
        return say("⚠️ This message is in the log already, as entry {entry}.", entry=entries[0])
    listed = ", ".join(str(entry) for entry in entries)
    return say("⚠️ This message is in the log already, as entries {entries}.", entries=listed)


def _sent_at(ts: str) -> datetime:
    try:
        return datetime.fromtimestamp(float(ts), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def incident_choice(rows: Sequence[IncidentRow]) -> Block:
    """Which incident it is for: nothing chosen yet, but where there is only one. `rows` newest first."""
    options = [option(_listed(row), row.id) for row in rows[:INCIDENTS_MAX]]
    only = rows[0].id if len(rows) == 1 else None
    return told_at_once(ask("incident", "Incident", select_input(options, only)))


def _listed(row: IncidentRow) -> str:
    return f"{EXERCISE_BEFORE if row.exercise else ''}{flat(row.name)}"


def _fields(noted: Noted, state: Incident | None, text: str, now: datetime, *, decides: bool) -> list[Block]:
    match noted.kind:
        case "note":
            return [_text(noted, "What the log keeps", text, NOTE_MAX)]
        case "question":
            words = _text(noted, "What people ask", text, QUESTION_MAX)
            return [words, *_question_fields(noted, state, now)]
        case "fact" if state is None:
            return [context("Choose the incident: its playbook says which facts there are.")]
        case _:
            assert state is not None
            return fact_fields_of(noted.fact, state, decides=decides)


def _text(noted: Noted, label: str, text: str, most: int) -> Block:
    whole = max(noted.length, len(text))
    cut = f"The message has {whole:,} characters; here are the first {most:,}." if whole > most else ""
    return ask("text", label, text_input(most, text[:most], multiline=True), hint=cut)


def _question_fields(noted: Noted, state: Incident | None, now: datetime) -> list[Block]:
    holder = state.holder if state is not None else ""
    return [
        # An id of its own for each incident: whoever holds one is not the choice for another.
        ask(f"owner-{noted.incident}", "Who finds the answer", person_input(holder)),
        ask(
            "due",
            "Wanted by",
            moment_input(_rounded_up(now + WANTED_IN)),
            hint="They are reminded at this time.",
            optional=True,
        ),
    ]


def _rounded_up(moment: datetime) -> datetime:
    start = moment.replace(minute=0, second=0, microsecond=0)
    return start + -(-(moment - start) // FIVE) * FIVE


def _message(noted: Noted, text: str) -> list[Block]:
    """The message below the fields, where no field holds it."""
    if len(text) <= {"note": NOTE_MAX, "question": QUESTION_MAX}.get(noted.kind, 0):
        return []
    shown = [{**block, "block_id": f"{SAID}-{n}"} for n, block in enumerate(quote(text))]
    return [section("The message:"), *shown]


def text_of(view: Mapping[str, Any]) -> str:
    """The words of the message that a form holds, with what was changed in them."""
    said = "".join(
        each["text"]
        for block in view["blocks"]
        if block.get("block_id", "").startswith(SAID)
        for part in block["elements"]
        for each in part["elements"]
    )
    typed = raw_values(view).get("text") or ""
    return said if said.lstrip().startswith(typed.strip()) else typed


# --- a fact -----------------------------------------------------------------------------------------------


def fact_form(noted: Noted, state: Incident, *, decides: bool = False, given: Fact | None = None) -> View:
    """Asks for one fact: what it is about, its value, who says so, until when. See `fact_fields_of`."""
    blocks = [
        section(
            mrkdwn(say("What is so, for the log of *{name}*. The next text begins with it.", name=state.name))
        ),
        *fact_fields_of(noted.fact, state, decides=decides, given=given),
    ]
    return modal(
        names.FACT_FORM,
        "Add a fact",
        blocks,
        submit="Add",
        metadata=noted.metadata(),
        exercise=state.exercise,
    )


# --- an answer --------------------------------------------------------------------------------------------


def answer_form(state: Incident, asked: Question, url: str, *, in_place: bool = False) -> View:
    """Asks for the answer to a question of the public.

    `in_place`: `url` leads to the message of its owner, which will show the answer.
    """
    first = say("The public asks, for *{name}*:", name=state.name)
    blocks = [
        *paragraphs(lines([first])),
        *quote(asked.text),
        ask(
            "answer",
            "The answer, or why there is none",
            text_input(ANSWER_MAX, multiline=True),
            hint="The log keeps it. Nothing goes to the public: for that, write a text.",
        ),
    ]
    return modal(
        names.ANSWER_FORM,
        "Answer",
        blocks,
        submit="Save",
        metadata={"i": state.id, "q": asked.id, "u": url, "m": int(in_place)},
        exercise=state.exercise,
    )


# --- drawn anew -------------------------------------------------------------------------------------------


def redrawn(view: Mapping[str, Any], fresh: View) -> View:
    """The form as it is to be now, with all that was entered in the old one that it still asks for."""
    blocks = filled_in(view, fresh["blocks"])
    typed = next(
        (value for name, value in raw_values(view).items() if _is_value(name) and isinstance(value, str)), ""
    )
    return {**fresh, "blocks": [_with_words(block, typed) for block in blocks]}


def _is_value(block_id: str) -> bool:
    return block_id == "value" or block_id.startswith("value-")


def _with_words(block: Block, typed: str) -> Block:
    """Words typed as the value of another fact: they may be meant for this one."""
    if not typed or not _is_value(block.get("block_id", "")):
        return block
    element = block["element"]
    if element["type"] != "plain_text_input" or "initial_value" in element:
        return block
    return {**block, "element": {**element, "initial_value": shorten(typed, element["max_length"])}}
