"""Every refusal that people can read, collected from the code; `python -m tests.docs.refusals` prints it."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from pathlib import Path

from ecomms_bot.slack.app import UNEXPECTED
from ecomms_bot.slack.desk import OLD_BUTTON, ViewNotOpened
from ecomms_bot.slack.limits import TOO_LONG
from ecomms_bot.slack.refusals import REFUSALS
from ecomms_bot.store.faults import AlreadyDone, Conflict, DatabaseBusy

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "ecomms_bot"
PAGE = ROOT / "docs" / "reference-refusals.md"
DEEP = 4
"""So far a template is followed through the functions that pass it on."""

WHEN = {
    "incident/policy.py": "Whatever you do: what your role allows",
    "incident/rules/common.py": "Whatever you do: the incident, the step, the reason",
    "incident/rules/opening.py": "When you open or close an incident",
    "incident/rules/course.py": "When you change severity or phase, stand down or hand over",
    "incident/rules/steps.py": "When you skip a step",
    "incident/rules/drafts.py": "When you write, submit, renew or withdraw a text",
    "incident/rules/approvals.py": "When you approve, take an approval back, ask for changes or decline",
    "incident/rules/overriding.py": "When you override an approval, or look at a text once more",
    "incident/rules/partnering.py": "When a text waits for its partners",
    "incident/rules/following.py": "When you update, correct or cancel a published text",
    "incident/rules/releases.py": "When you mark a text as published",
    "incident/rules/putting_right.py": "When a correction has not reached all, or a text was taken down",
    "incident/rules/receipts.py": "When you correct a receipt",
    "incident/rules/reminding.py": "When you set or put off a reminder",
    "incident/rules/notes.py": "When you add a note or a question",
    "incident/rules/facts.py": "When you record, confirm or decide a fact, or write what is disputed",
    "service/duty.py": "When you go off duty or on again",
    "service/records.py": "When you look something up",
    "slack/slash.py": "When you type a command",
    "slack/commands/which.py": "When it is not clear which incident you mean",
    "slack/commands/course.py": "When you type phase, severity, standdown or handover",
    "slack/commands/duty.py": "When you type duty",
    "slack/commands/remembering.py": "When you type note, remind, snooze or facts",
    "slack/commands/correcting.py": "When you type correct",
    "slack/commands/steps.py": "When you type start, next, step or update",
    "slack/actions.py": "When you press a button",
    "slack/urgency.py": "When you press Next step, or a button that came too late",
    "slack/long_preview.py": "When you submit a long text from the thread",
    "slack/submissions.py": "When you send a window",
    "slack/correcting.py": "When you send the window of a correction",
    "slack/partnering.py": "When you send the window of what a partner said",
    "slack/opening.py": "When you send the opening window",
    "slack/noting.py": "When you add a message to the log",
    "slack/drilling.py": "When you begin a drill",
}
"""Which people meet the refusals of a module, in the order of the page."""
SHOWN = {
    "slack/conversations.py": "The conversation",
    "slack/gateway.py": "A message",
    "slack/reports.py": "The report",
    "slack/calls.py": "What Slack does not allow",
    "service/carrying.py": "Anything else",
}
"""What could not be shown in Slack: said in the incident's conversation, as `Not done` and `What to do`."""


@dataclass(frozen=True)
class Refusal:
    """One refusal: what programs call it, what people read ({…}: what is filled in), the field beside it."""

    code: str
    words: str
    field: str = ""


@dataclass
class Source:
    """One module, as it is written."""

    path: Path
    tree: ast.Module
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.path.relative_to(PACKAGE).as_posix()

    @cached_property
    def values(self) -> dict[str, object]:
        dotted = ".".join(self.path.relative_to(ROOT).with_suffix("").parts)
        return vars(importlib.import_module(dotted))

    def around(self, node: ast.AST) -> ast.FunctionDef | None:
        """The innermost function with this node in it."""
        inside = [each for each in self.functions.values() if node in set(ast.walk(each))]
        return min(inside, key=lambda each: (each.end_lineno or 0) - each.lineno, default=None)


def sources() -> list[Source]:
    found = []
    for room in ("incident", "slack", "service"):
        for path in sorted((PACKAGE / room).rglob("*.py")):
            tree = ast.parse(path.read_text())
            made = {each.name: each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}
            found.append(Source(path, tree, made))
    return found


def calls(source: Source, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node


Env = Mapping[str, tuple[ast.expr, "Source"]]
"""What a caller passed for a parameter, and where the caller stands."""


def is_text(words: str) -> bool:
    """Whether it is more than something that is filled in."""
    return bool(words) and (words[0] != "{" or " " in words)


class Reader:
    """Reads what a template may be: each constant, each branch, what was passed on."""

    def __init__(self) -> None:
        self.sources = sources()

    def variants(self, node: ast.expr, source: Source, env: Env | None = None, deep: int = DEEP) -> list[str]:
        """Every text that this expression may be; what is only known when it happens as {its name}."""
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr(values=parts):
                return self._joined(parts, source, env, deep)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._joined([left, right], source, env, deep)
            case (
                ast.FormattedValue(value=inner)
                | ast.Call(func=ast.Name(id="say" | "Sentence"), args=[inner, *_])
            ):
                return self.variants(inner, source, env, deep)
            case ast.IfExp(body=one, orelse=other):
                return [text for each in (one, other) for text in self.variants(each, source, env, deep)]
            case ast.Name(id=name):
                if env and name in env:
                    return self.variants(*env[name], None, deep)
                return self._named(name, node, source, deep - 1)
            case _:
                name = node.attr if isinstance(node, ast.Attribute) else "words"
                return [f"{{{name}}}"]

    def _joined(self, parts: Sequence[ast.expr], source: Source, env: Env | None, deep: int) -> list[str]:
        return [
            "".join(each) for each in product(*(self.variants(part, source, env, deep) for part in parts))
        ]

    def _named(self, name: str, node: ast.Name, source: Source, deep: int) -> list[str]:
        """A constant of the module, or what is assigned to it in the function around it."""
        function = source.around(node) if deep else None
        assigned = [
            text
            for each in (ast.walk(function) if function else ())
            if isinstance(each, ast.Assign)
            and any(isinstance(target, ast.Name) and target.id == name for target in each.targets)
            for text in self.variants(each.value, source, None, deep)
            if is_text(text) or not text
        ]
        known = source.values.get(name)
        return assigned or ([known] if isinstance(known, str) else [f"{{{name}}}"])

    def _callers(self, call: ast.Call, source: Source) -> Iterator[Env]:
        """For a refusal that passes on what its function was given: what each caller gave."""
        function = source.around(call)
        used = {each.id for each in ast.walk(call) if isinstance(each, ast.Name)}
        order = [each.arg for each in (*function.args.args, *function.args.kwonlyargs)] if function else []
        passed_on = {name for name in order if name in used and name in TEMPLATES}
        if function is None or not passed_on:
            yield {}
            return
        for other in self.sources:
            for caller in calls(other, function.name):
                by_name = {each.arg: each.value for each in caller.keywords if each.arg}
                given = dict(zip(order, caller.args, strict=False)) | by_name
                yield {name: (given[name], other) for name in passed_on if name in given}

    def refusals(self, source: Source) -> list[Refusal]:
        """What this module refuses, in the order in which it stands there, without repeats."""
        found: dict[Refusal, None] = {}
        for call in sorted(calls(source, "reject", "Rejected", "errors"), key=lambda each: each.lineno):
            for env in self._callers(call, source):
                found |= dict.fromkeys(self._said(call, source, env))
        return [each for each in found if is_text(each.words)]

    def _said(self, call: ast.Call, source: Source, env: Env) -> Iterator[Refusal]:
        if getattr(call.func, "id", "") == "errors":
            for each in call.keywords:
                if each.arg is not None:
                    for words in self.variants(each.value, source, env):
                        yield Refusal("", words, each.arg)
            return
        if len(call.args) < 2:
            return
        beside = [each.value for each in call.keywords if each.arg == "field"] or call.args[2:3]
        fields = [name for each in beside for name in self.variants(each, source, env) if name[0] != "{"]
        for code in self.variants(call.args[0], source, env):
            for words in self.variants(call.args[1], source, env):
                yield Refusal(code, words, fields[0] if fields else "")

    def times(self) -> list[str]:
        """What is asked back about a time that was typed."""
        found: dict[str, None] = {}
        for source in self.sources:
            for call in calls(source, "NotATime"):
                for words in self.variants(call.args[0], source):
                    if is_text(words):
                        found[words] = None
        return list(found)

    def not_shown(self, source: Source) -> list[tuple[str, str]]:
        """Problem and advice of what this module cannot show."""
        found: dict[tuple[str, str], None] = {}
        for call in sorted(calls(source, "CannotShow", "Refused"), key=lambda each: each.lineno):
            first = 0 if getattr(call.func, "id", "") == "CannotShow" else 1
            for problem in self.variants(call.args[first], source):
                for advice in self.variants(call.args[first + 1], source):
                    if " " in problem:
                        found[problem, advice] = None
        return list(found)


TEMPLATES = {"words", "ask", "field", "problem"}
"""Parameters by which a function is given what it says, or beside which field."""

ALWAYS = (
    ("The database is busy for too long", str(DatabaseBusy())),
    ("Two people write in the same moment, again and again", str(Conflict())),
    ("The same was sent twice", str(AlreadyDone())),
    ("Slack does not open a window within 2 seconds", str(ViewNotOpened())),
    ("A button or a window was drawn by another version of the bot", OLD_BUTTON),
    ("More words than the window allows, which only a forged submission has", TOO_LONG.replace(":,", "")),
    ("A mistake of ours", UNEXPECTED),
)

HEAD = """# Refusals

Every no that people can get from the bot, word for word. Words in braces are filled in: {who} is a person,
{when} a time with its date and zone. What stands after *beside* is the field of the window below which it is
said; all that was typed stays in the window. What was typed as a command comes back with the refusal, to be
copied.

This page is made from the code by `python -m tests.docs.refusals`, and a test compares it.
"""


def page() -> str:
    """The page, in Markdown."""
    reader = Reader()
    known = {source.name: source for source in reader.sources}
    parts = [HEAD, "## Whatever you do: trouble\n", *_table("What happened | What you read", ALWAYS)]
    for name, title in WHEN.items():
        if name in known and (said := reader.refusals(known[name])):
            rows = [(f"`{each.code}`" if each.code else "", _beside(each)) for each in said]
            parts += [f"\n## {title}\n", *_table("Code | What you read", rows)]
    asked = [("", words) for words in reader.times()]
    parts += ["\n## When you type a time\n", *_table("Code | What you read", asked)]
    parts += ["\n## What could not be shown in Slack\n", "Said once, in the incident's conversation."]
    for name, title in SHOWN.items():
        if name in known and (rows := reader.not_shown(known[name])):
            parts += [f"\n### {title}\n", *_table("Not done | What to do", rows)]
    told = [(f"{problem} (`{code}`)", advice) for code, (problem, advice) in sorted(REFUSALS.items())]
    parts += ["\n### Slack said no\n", *_table("Not done, and Slack's word for it | What to do", told)]
    return "\n".join(parts) + "\n"


def _beside(refusal: Refusal) -> str:
    return f"{refusal.words} *(beside `{refusal.field}`)*" if refusal.field else refusal.words


def _table(head: str, rows: Iterable[tuple[str, str]]) -> list[str]:
    return [f"| {head} |", "| --- | --- |", *(f"| {_cell(left)} | {_cell(right)} |" for left, right in rows)]


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    sys.stdout.write(page())
