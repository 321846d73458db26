"""What the validator finds wrong with the shape of a playbook, in words that its author understands."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from pydantic import ValidationError

from ecomms_bot.playbook.mistakes import SPELLING, Mistake, Path
from ecomms_bot.playbook.nearest import did_you_mean, nearest

Words = Mapping[str, Collection[str]]
"""The words that each part of a playbook or a drill knows; `part_at` says which part a path leads to."""


_PARTS = {
    "the playbook": (),
    "a severity": ("severities", str),
    "a tier": ("tiers", str),
    "a field": ("fields", str),
    "a choice": ("fields", str, "choices", int),
    "a contact": ("contacts", int),
    "a step": ("phases", str, int),
    "a text": ("phases", str, int, "texts", str),
    "the drill": (),
    "take_part": ("take_part",),
    "the targets": ("take_part", "targets"),
    "an inject": ("take_part", "injects", int),
    "a person": ("people", str),
    "a scene": ("scenes", int),
}


def part_at(path: Path, words: Words) -> str:
    """Which part of those that have words the path leads to; "" if it is none."""
    found = (name for name, form in _PARTS.items() if name in words and _has_form(path, form))
    return next(found, "")


def _has_form(path: Path, form: tuple[str | type, ...]) -> bool:
    pairs = zip(path, form, strict=False)
    return len(path) == len(form) and all(
        isinstance(part, want) if isinstance(want, type) else part == want for part, want in pairs
    )


def from_pydantic(error: ValidationError, words: Words) -> tuple[Mistake, ...]:
    """The same mistakes without the vocabulary of a validator, one for each place.

    `words`: what may stand where, to guess what was meant.
    """
    found: dict[Path, str] = {}
    names: set[Path] = set()
    for detail in error.errors(include_url=False):
        path = _path(detail["loc"])
        if path in names or (path[-1:] == ("kind",) and path[:-1] in names):
            continue  # its name is wrong already; that of a text is its kind, too
        if detail["loc"][-1:] == ("[key]",):
            names.add(path)
        said = _words(detail["type"], detail.get("ctx", {}), detail["msg"], detail["input"])
        if detail["type"] == "extra_forbidden":
            said += _guess(path, words)
        elif said == _GROUP and part_at(path, words) == "a choice":
            said = "this must be a value and a label, such as {value: closed, label: is closed}"
        elif path in names or (said == _GROUP and part_at(path, words)):
            said += _other_place(str(path[-1]), words) if path else ""
        elif detail["type"] == "missing":
            said += _WANTED.get((part_at(path[:-1], words), path[-1]), "")
        if path in found:  # several alternatives, and none of them fits
            said = f"{found[path]} or {said.removeprefix('this must be ')}"
        elif detail["type"] == "too_short" and any(place[: len(path)] == path for place in found):
            continue  # nothing is left of a list when its only item is wrong
        found[path] = said
    return tuple(Mistake(path, said) for path, said in found.items())


def _path(loc: Path) -> Path:
    """Pydantic adds steps of its own: a key is marked "[key]", and an alternative is named by its type."""
    inner = {"[key]", "literal['severity']", "constrained-int"}
    return tuple(part for part in loc if part not in inner)


_ORDERS = frozenset({"after", "remove"})
_WANTED: Mapping[tuple[str, str | int], str] = {
    ("a step", "tier"): "; it says who approves the texts, such as tier: T1",
    ("a step", "recurrence"): "; it is once, recurring or on-demand",
    ("a step", "channels"): "; it lists where the texts go, such as channels: [internal, web]",
    ("a text", "templates"): "; the words stand below it, under the name of each channel",
    ("a field", "type"): "; it says what is filled in, such as type: text",
    ("a field", "example"): "; it shows people what to fill in",
    ("a choice", "value"): "; it is a short name for the log, such as value: closed",
    ("a choice", "label"): "; it is what people choose and read, such as label: is closed",
    **dict.fromkeys(
        [("the playbook", word) for word in ("severities", "tiers", "fields")], "; extends: basics brings it"
    ),
    ("a tier", "roles"): "; it lists who has to approve, such as roles: [sme, pio]",
}
"""What a missing word would have said, where its name alone may not tell."""


def _guess(path: Path, words: Words) -> str:
    """What an unknown word may have been meant for: another word, or another place."""
    word, part = str(path[-1]), part_at(path[:-1], words)
    if part == "a step" and word in _ORDERS:
        return "; only a playbook that extends another one, or changes a step of it, says this"
    if (start := word.partition(":")[0]) != word and start in words.get(part, ()):
        return f"; put a space after {start}:"
    if word != word.strip():
        return "; it begins or ends with a special space, as word processors make; type it again"
    if near := did_you_mean(word, [*words.get(part, ()), *(_ORDERS if part == "a step" else ())]):
        return near
    if place := _other_place(word, words):
        return place
    almost = next((guess for known in words.values() if (guess := nearest(word, known))), None)
    return f"; is {almost} meant, in another place?" if almost else ""


def _other_place(word: str, words: Words) -> str:
    """A line that is indented too far, or not far enough, stands in another part than it is meant for."""
    owner = next((each for each, known in words.items() if word in known), None)
    return f"; it belongs to {owner}, so check how far the line is indented" if owner else ""


_GROUP = "this must be a group of named entries"
_FIXED = {
    "missing": "this is missing",
    "extra_forbidden": "this word is not known here",
    "int_type": "this must be a whole number",
    "int_parsing": "this must be a whole number",
    "bool_type": "this must be true or false",
    "bool_parsing": "this must be true or false",
    "mapping_type": _GROUP,
    "dict_type": _GROUP,
    "model_type": _GROUP,
    "model_attributes_type": _GROUP,
    "decimal_type": "this must be a number",
    "decimal_parsing": "this must be a number",
    "string_too_short": "this must not be empty",
    "too_short": "this must not be empty",
}


def _words(kind: str, context: Mapping[str, Any], fallback: str, given: object) -> str:
    if given is None and kind not in {"missing", "extra_forbidden"}:
        return "this is empty; fill it in or take the line out"
    if kind in _FIXED:
        return _FIXED[kind]
    if kind in _MADE:
        return _MADE[kind](context, given)
    return fallback[:1].lower() + fallback[1:]


def _no_text(given: object) -> str:
    if isinstance(given, (list, Mapping)):
        what = "a list" if isinstance(given, list) else "a group"
        return f"this must be text, not {what}; put it in quotes, or check how far the lines are indented"
    return "this must be text; put it in quotes"


def _no_list(given: object) -> str:
    """A single text is what people write most where a list belongs."""
    if not isinstance(given, str):
        return "this must be a list"
    if given.startswith("-"):
        return "this must be a list; put a space after each -"
    if len(given) <= 40:
        return f"this must be a list; put it in brackets, such as [{given}]"
    return "this must be a list; begin a line for each item with - and a space"


def _none_of(context: Mapping[str, Any], given: object) -> str:
    expected = re.findall(r"'([^']*)'", context["expected"])
    guess = did_you_mean(given, expected) if isinstance(given, str) else ""
    several = "one of " if len(expected) > 1 else ""
    return f"this must be {several}{context['expected']}{guess}"


_MADE: Mapping[str, Callable[[Mapping[str, Any], object], str]] = {
    "string_type": lambda _, given: _no_text(given),
    "tuple_type": lambda _, given: _no_list(given),
    "literal_error": _none_of,
    "string_too_long": lambda context, given: (
        f"this may have up to {context['max_length']} characters; it has {len(str(given))}"
    ),
    "string_pattern_mismatch": lambda context, _: f"this must be {SPELLING[context['pattern']]}",
    "greater_than_equal": lambda context, _: f"this must be {context['ge']} or more",
    "less_than_equal": lambda context, _: f"this must be {context['le']} or less",
}
