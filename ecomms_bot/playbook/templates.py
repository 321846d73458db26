"""The language of templates: Jinja2 cut to fields, one filter, conditions and optional parts.

`{{ field }}`, `{{ field | filter }}`, `{% if field %}…{% else %}…{% endif %}` and `[[ … ]]`. Anything else is
refused, with its line and column, when a playbook is read. Values go in literally, never read as a template.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ecomms_bot.errors import PlaybookError
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.nearest import did_you_mean
from ecomms_bot.playbook.times import date_words, datetime_words, sign_words, time_words

MAX_OUTPUT = 20_000
"""Characters of one rendered text. More is a mistake in the template or a flood of input."""

RESERVED = frozenset(
    {"and", "caller", "else", "false", "if", "in", "is", "kwargs", "loop"}
    | {"none", "not", "or", "self", "super", "true", "varargs"}
)
"""Words that mean something to Jinja itself, so that no field may be called so."""


class TextTooLong(PlaybookError):
    """The text passes 20,000 characters. Nothing was sent; shorten what was typed."""


@dataclass(frozen=True, slots=True)
class Label:
    """A chosen answer as the public reads it. `sign`: on a road sign; the same in capitals unless given."""

    text: str
    sign: str = ""

    def __str__(self) -> str:
        return self.text


Shown = str | Label | Instant | None


def _lower_first(value: object) -> str:
    text = _words(value)
    return text[:1].lower() + text[1:]


def _upper_first(value: object) -> str:
    text = _words(value)
    return text[:1].upper() + text[1:]


def _on_sign(value: object) -> str:
    """Capitals without a full stop. A time without its zone: the sign stands in it."""
    if isinstance(value, Instant):
        return sign_words(value)
    return (isinstance(value, Label) and value.sign) or _words(value).removesuffix(".").upper()


def _words(value: object) -> str:
    """How a value without a filter reads. Jinja calls it for all output."""
    if value is None:
        return ""
    return datetime_words(value) if isinstance(value, Instant) else str(value)


def _of_instant(words: Callable[[Instant], str]) -> Callable[[object], str]:
    return lambda value: words(value) if isinstance(value, Instant) else ""


_WORDS = frozenset({"text", "long_text", "choice"})
FILTERS: Mapping[str, tuple[Callable[[object], str], frozenset[str]]] = {
    "time": (_of_instant(time_words), frozenset({"datetime"})),
    "date": (_of_instant(date_words), frozenset({"datetime"})),
    "datetime": (_of_instant(datetime_words), frozenset({"datetime"})),
    "choice": (_words, frozenset({"choice"})),
    "lower_first": (_lower_first, _WORDS),
    "upper_first": (_upper_first, _WORDS),
    "sign": (_on_sign, frozenset({"text", "choice", "datetime", "integer", "decimal"})),
}
"""Each filter with the types of field it can be used on."""

_environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, finalize=_words, autoescape=False)
_environment.globals.clear()
_environment.tests.clear()
_environment.filters.clear()
_environment.filters.update({name: apply for name, (apply, _) in FILTERS.items()})

_TAG = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\[\[|\]\]|\{\{|\{%|\{#|\}\}|%\}"
    r"|\{(?=\[\[|\]\])",
    re.DOTALL,
)
_NAME = r"[a-z][a-z0-9_]*"
_VALUE = re.compile(rf"\{{\{{[ ]*(?P<field>{_NAME})[ ]*(?:\|[ ]*(?P<filter>{_NAME})[ ]*)?\}}\}}")
_IF = re.compile(rf"\{{%[ ]*if[ ]+(?P<field>{_NAME})[ ]*%\}}")
_ELSE = re.compile(r"\{%[ ]*else[ ]*%\}")
_ENDIF = re.compile(r"\{%[ ]*endif[ ]*%\}")
_PART = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """What is wrong at a place of a template. Lines and columns count from 1."""

    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.message}"


@dataclass(frozen=True, slots=True)
class OptionalPart:
    """A `[[ … ]]` of one template, counted from 1."""

    number: int
    source: str


def template_problems(source: str, declared: Mapping[str, str]) -> tuple[str, ...]:
    """All that is wrong with a template, with line and column. `declared`: the fields and their types."""
    return tuple(str(problem) for problem in find_problems(source, declared))


def find_problems(source: str, declared: Mapping[str, str]) -> tuple[TemplateProblem, ...]:
    return tuple(
        TemplateProblem(source.count("\n", 0, at) + 1, at - source.rfind("\n", 0, at), message)
        for at, message in _mistakes(source, declared)
    )


def _mistakes(source: str, declared: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    opened: list[tuple[str, int]] = []
    for match in _TAG.finditer(source):
        tag, at = match.group(), match.start()
        word = _word(tag)
        inner = opened[-1][0] if opened else ""
        wanted, complaint = _FOLLOWS.get(word, (frozenset({inner}), ""))
        if inner not in wanted:
            yield at, complaint
        elif word == "else":
            opened[-1] = ("else", opened[-1][1])
        elif word in _CLOSES:
            opened.pop()
        if message := _about(tag, word, declared, nested="[[" in dict(opened)):
            yield at, message
        if word in _OPENS:
            opened.append((word, at))
    for word, at in opened:
        yield at, "this optional part is never closed by ]]" if word == "[[" else "this if has no endif"


_OPENS = frozenset({"if", "[["})
_CLOSES = frozenset({"endif", "]]"})
_FOLLOWS = {
    "else": (frozenset({"if"}), "an else needs an if before it"),
    "endif": (frozenset({"if", "else"}), "an endif needs an if before it"),
    "]]": (frozenset({"[["}), "this closes an optional part that was not opened here"),
}
"""What must be open, innermost, where one of these stands."""


def _word(tag: str) -> str:
    """What a tag is: a word of the language, "value", or nothing that is allowed."""
    if tag in {"[[", "]]"}:
        return tag
    forms = {"value": _VALUE, "if": _IF, "else": _ELSE, "endif": _ENDIF}
    return next((word for word, form in forms.items() if form.fullmatch(tag)), "")


def _about(tag: str, word: str, declared: Mapping[str, str], *, nested: bool) -> str:
    """What is wrong with a tag taken by itself, or nothing."""
    if value := _VALUE.fullmatch(tag) or _IF.fullmatch(tag):
        groups = value.groupdict()
        return _about_value(groups["field"], groups.get("filter"), declared)
    if word == "[[" and nested:
        return "an optional part cannot stand inside another"
    return "" if word else _about_other(tag)


def _about_value(field: str, filter_name: str | None, declared: Mapping[str, str]) -> str:
    if field not in declared:
        return f"there is no field “{field}”{did_you_mean(field, declared)}"
    if filter_name is None:
        return ""
    if filter_name not in FILTERS:
        guess = did_you_mean(filter_name, FILTERS)
        return f"there is no filter “{filter_name}”; there are {', '.join(FILTERS)}{guess}"
    if declared[field] not in FILTERS[filter_name][1]:
        return (
            f"the filter “{filter_name}” does not fit the field “{field}”, which is of type {declared[field]}"
        )
    return ""


def _about_other(tag: str) -> str:
    if tag in {"{{", "{%", "{#"}:
        return f"{tag} is never closed"
    if tag == "{":
        return "a { cannot stand right before [[ or ]], where it could become part of a field"
    if tag in {"}}", "%}"}:
        return f"{tag} closes nothing"
    return (
        f"{tag} is not allowed; a template knows {{{{ field }}}}, {{{{ field | filter }}}}, "
        "{% if field %}…{% else %}…{% endif %} and [[ … ]]"
    )


def fields_in(source: str) -> tuple[str, ...]:
    """The fields that a template prints or asks about, in order of appearance, each once."""
    tags = (_VALUE.fullmatch(tag) or _IF.fullmatch(tag) for tag in _TAG.findall(source))
    return tuple(dict.fromkeys(tag["field"] for tag in tags if tag))


def certain_fields(source: str) -> frozenset[str]:
    """The fields printed whatever the others hold: those outside of optional parts and conditions."""
    depth, found = 0, set()
    for tag in _TAG.findall(source):
        if _IF.fullmatch(tag) or tag == "[[":
            depth += 1
        elif _ENDIF.fullmatch(tag) or tag == "]]":
            depth -= 1
        elif depth == 0 and (value := _VALUE.fullmatch(tag)):
            found.add(value["field"])
    return frozenset(found)


def asked_fields(source: str) -> frozenset[str]:
    """The fields on which a condition rests."""
    return frozenset(tag["field"] for tag in map(_IF.fullmatch, _TAG.findall(source)) if tag)


def optional_parts(source: str) -> tuple[OptionalPart, ...]:
    return tuple(OptionalPart(n, match[1].strip()) for n, match in enumerate(_PART.finditer(source), start=1))


def without_parts(source: str) -> str:
    """What of a template is there whatever the optional parts hold."""
    return _PART.sub("", source)


def fill(source: str, values: Mapping[str, Shown], omit: Collection[int] = ()) -> str:
    """Render a template that has no problems. `omit`: numbers of optional parts that the author dropped.

    Every field must have a value or None; more than 20,000 characters raise TextTooLong.
    """
    pieces, length = [], 0
    for piece in _compiled(_without_parts(source, values, omit)).generate(values):
        length += len(piece)
        if length > MAX_OUTPUT:
            raise TextTooLong(
                f"A text would be over {MAX_OUTPUT:,} characters. Nothing was sent; shorten what was typed."
            )
        pieces.append(piece)
    return "".join(pieces).strip()


def _without_parts(source: str, values: Mapping[str, Shown], omit: Collection[int]) -> str:
    """Keep or drop each optional part. One that fills its lines takes them along, so that no gap is left."""
    kept, end = "", 0
    for number, match in enumerate(_PART.finditer(source), start=1):
        kept += source[end : match.start()]
        end = match.end()
        if number not in omit and all(values[name] not in (None, "") for name in fields_in(match[1])):
            kept += match[1]
        elif not kept or kept.endswith("\n"):
            gap = re.compile(r"\n*" if not kept or kept.endswith("\n\n") else r"\n?").match(source, end)
            end = gap.end() if gap else end
    return (kept + source[end:]).strip()


@lru_cache(maxsize=1024)
def _compiled(source: str) -> Template:
    return _environment.from_string(source)
