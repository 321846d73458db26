"""Makes docs/reference-drills.md: python -m tests.docs.drills > docs/reference-drills.md"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ecomms_bot.playbook.drill_files import drill_files, load_drill
from ecomms_bot.playbook.drills import RECORDED
from ecomms_bot.playbook.library import Library, shipped_folder
from ecomms_bot.workshop.drill_schema import PLAYS_BY_ITSELF, drill_schema

PAGE = Path(__file__).parents[2] / "docs" / "reference-drills.md"

HEAD = """# Drills, word by word

Every word that a drill's file may hold. [Run a drill](how-to/run-a-drill.md) shows how to write one from the
beginning. `ecomms check FILE` says what is wrong with it; `ecomms schema --drill` prints what an editor needs
to say it while you type.

A drill is one YAML file. Your own lie in the folder `drills` of the folder that `ECOMMS_PLAYBOOKS` names;
beside them the bot offers those that come with it, if the playbook that they are made for is there. An open
exercise keeps the drill that it was opened with.

This page is made from the code by `python -m tests.docs.drills`, and a test compares it.
"""

EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "the drill": {
        "schema_version": "1",
        "id": "mill-road",
        "title": "Water over Mill Road",
        "about": "A road floods, and two people measure differently.",
        "sources": "[the report on the flood of 2021]",
        "take_part": "see below",
    },
    "TakePart": {
        "playbook": "flood",
        "severity": "S3",
        "incident": "Mill Road flooding",
        "minutes": "30",
        "briefing": "You speak for the city. Water runs over Mill Road.",
        "targets": "see below",
        "injects": "see below",
    },
    "Targets": {"first_message": "15", "promises_kept": "100", "answers": "75"},
    "Inject": {
        "id": "gauge",
        "minute": "4",
        "kind": "number",
        "who": "Duty hydrologist, by phone",
        "says": "The gauge reads 6.8 metres.",
        "answer": "fact",
        "of": "gauge_level_m",
        "within": "10",
        "minutes": "10",
        "teaches": "A number needs a source and a time.",
    },
}
"""A value for each word; together they are a drill that can be read."""

PARTS = {
    "the drill": (
        "The drill",
        "A file has `take_part`, for people, or `scenes`, to play by itself, or both.",
    ),
    "TakePart": ("`take_part`", "What people take part in."),
    "Targets": ("`take_part` > `targets`", "All of them may be left out."),
    "Inject": (
        "`take_part` > `injects`",
        "A list, in the order of the minutes. Two may share a minute; none may come at the end or later.",
    ),
}

KINDS = {
    "call": "somebody calls, or comes to the desk: operations, a partner, a person in charge",
    "rumour": "what goes round and is not so",
    "number": "a number, often one that does not fit another",
    "map": "a map or a picture that may be wrong",
    "question": "what the public asks",
    "press": "what a reporter asks, with little time",
    "outage": "Slack is away for `minutes`: on the practice page really, in your Slack as if it were",
}
ANSWERS = {
    "reply": "a reply in its thread, or anything put into the log from its message",
    "fact": "a fact recorded, or decided between sources: the one named in `of`, else any",
    "text": "a text sent for approval: of a step named in `of`, else any",
    "correction": "a correction or a cancellation of a text that is out, sent for approval, or the old text "
    "ended: of a step named in `of`, else of any",
    "question": "a question of the public written down, with its owner",
    "escalate": "the severity changed, a handover offered, a question given to somebody else, or a reply in "
    "the thread that calls somebody by name",
}

SHIPPED = """## The drills that come with the bot

| Drill | What happens | Playbook | Minutes | Injects |
| --- | --- | --- | --- | --- |
"""


def page() -> str:
    """The page, in Markdown."""
    return "\n".join([HEAD, *_keys(), *_words(), SHIPPED + "\n".join(_shipped()), "", *_recorded()])


def _keys() -> Iterator[str]:
    schema = drill_schema()
    parts: dict[str, dict[str, Any]] = {"the drill": schema, **schema["$defs"]}
    for name, (title, words) in PARTS.items():
        yield f"## {title}\n\n{words}\n"
        yield f"| Word | Needed | What may stand there | What it is | Example |\n|{' --- |' * 5}"
        part = parts[name]
        for key, value in part["properties"].items():
            if name != "the drill" or key not in RECORDED:
                yield _row(key, value, key in part.get("required", ()), EXAMPLES[name][key])
        yield ""


def _row(key: str, schema: dict[str, Any], needed: bool, example: str) -> str:  # noqa: FBT001
    shown = example if example == "see below" else f"`{example}`"
    what = (
        schema.get("description")
        or {"take_part": "What people take part in.", "targets": "What is good."}[key]
    )
    return f"| `{key}` | {'yes' if needed else 'no'} | {_allowed(schema)} | {what} | {shown} |"


def _allowed(schema: dict[str, Any]) -> str:
    """What may stand there, in words."""
    if "const" in schema:
        return f"`{schema['const']}`"
    if words := schema.get("enum"):
        return ", ".join(f"`{each}`" for each in words)
    if "anyOf" in schema:
        return " or ".join(_allowed(each) for each in schema["anyOf"])
    return _OF_TYPE.get(schema.get("type", ""), lambda _: "a group")(schema)


def _text(schema: dict[str, Any]) -> str:
    if "maxLength" in schema:
        line = "one line, " if "pattern" in schema else ""
        return f"{line}up to {schema['maxLength']:,} characters"
    return str(schema.get("patternErrorMessage", "a name")).removeprefix("This must be ").removesuffix(".")


def _number(schema: dict[str, Any]) -> str:
    default = f", else {schema['default']}" if "default" in schema else ""
    return f"{schema['minimum']} to {schema['maximum']}{default}"


def _list(schema: dict[str, Any]) -> str:
    return f"a list of {schema['minItems']} to {schema['maxItems']}" if "maxItems" in schema else "a list"


_OF_TYPE = {"string": _text, "integer": _number, "array": _list}


def _words() -> Iterator[str]:
    for title, words in (
        ("What an inject is: `kind`", KINDS),
        ("What counts as an answer: `answer`", ANSWERS),
    ):
        yield f"## {title}\n\n| Word | What it is |\n| --- | --- |"
        yield from (f"| `{name}` | {each} |" for name, each in words.items())
        yield ""


def _shipped() -> Iterator[str]:
    playbooks = Library.from_folder(shipped_folder()).playbooks
    for path in drill_files(shipped_folder()):
        drill = load_drill(path, playbooks)
        if (part := drill.take_part) is not None:
            cells = (f"`{drill.id}`", drill.title, f"`{part.playbook}`", part.minutes, len(part.injects))
            yield f"| {' | '.join(map(str, cells))} |"


def _recorded() -> Iterator[str]:
    yield (
        "## A drill that plays by itself\n\nThese words are for `ecomms drill`; [how to write them]"
        "(how-to/run-a-drill.md#a-drill-that-plays-by-itself) is said there.\n"
    )
    yield "| Word | What it is |\n| --- | --- |"
    yield from (f"| `{name}` | {PLAYS_BY_ITSELF[name]} |" for name in RECORDED)
    yield ""


if __name__ == "__main__":
    sys.stdout.write(page())
