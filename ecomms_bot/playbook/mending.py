"""A playbook with what has the wrong shape made harmless, so that the rest of it can be looked at as well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from ecomms_bot.playbook.mistakes import Mistake, Path

_HARMLESS: Mapping[str | int, Any] = {
    "schema_version": 1,
    "title": "x",
    "hazard": "x",
    "label": "x",
    "meaning": "x",
    "use": "x",
    "purpose": "x",
    "audience": "x",
    "who": "x",
    "why": "x",
    "cadence_minutes": 60,
    "recurrence": "once",
}
"""What stands for words that must be there and that nothing else depends on."""
_BEARING = frozenset({"id", "tier", "channels", "texts", "templates", "type", "fields", "phases", "tiers"})
"""Words that the sense of others rests on: a step without one of them is left out as a whole."""
_DEPTHS: Mapping[Path, int] = {("severities",): 3, ("phases",): 4}
"""How far down a word of such a group is; what is below it goes with it."""
_TIER = {"title": "x", "use": "x", "roles": ["pio"], "target_minutes": 5}


def mended(raw: Any, found: Iterable[Mistake]) -> Any:
    """The same data with the mistakes taken out. What cannot be taken out is left, and still is a mistake."""
    whole = deepcopy(raw)
    for mistake in found:
        _mend(whole, mistake.path)
    return whole


def touched(path: Path, found: Iterable[Mistake]) -> bool:
    """Whether what is at this path was mended, or what is around it or in it."""
    scopes = [_scope(mistake.path) for mistake in found]
    return any(path[: len(scope)] == scope or scope[: len(path)] == path for scope in scopes)


def _scope(path: Path) -> Path:
    """All that may look wrong because of a mistake at this path: the field or the step, if it bears on it."""
    if path[:1] == ("fields",):
        return path[:2]
    return path[:3] if _breaks_step(path) else path


def _breaks_step(path: Path) -> bool:
    """Whether the mistake is in a step, and more than a word of it that can be replaced or left out."""
    match path:
        case ("phases", _, int(), "texts", _, word):
            return word in _BEARING
        case ("phases", _, int(), word, *_):
            return word in _BEARING
        case ("phases", _, int()):
            return True
        case _:
            return False


def _mend(whole: Any, path: Path) -> None:
    if _breaks_step(path):
        _replace(whole, path[:3], _step(path))
    elif path[:1] == ("fields",):
        _mend_field(whole, path)
    elif path[:1] == ("tiers",):
        _replace(whole, path[:2], _TIER)
    elif path[3:4] == ("texts",):
        _mend_word(whole, path)
    else:
        _mend_word(whole, path[: _DEPTHS.get(path[:1], 1)])


def _mend_field(whole: Any, path: Path) -> None:
    """Texts rest on the field's type alone."""
    if path[2:3] == ("choices",):
        _replace(whole, path[:3], [{"value": "x", "label": "x"}])
    elif path[2:] == ("example",):
        _replace(whole, path, "x")
    elif len(path) > 2:
        _mend_word(whole, path)


def _mend_word(whole: Any, path: Path) -> None:
    word = path[-1] if path else "fields"
    if word in _HARMLESS:
        _replace(whole, path, _HARMLESS[word])
    elif path == ("id",):
        _replace(whole, path, "x")
    elif word not in _BEARING and isinstance(around := _around(whole, path), dict):
        around.pop(word, None)


def _step(path: Path) -> dict[str, Any]:
    """A step that says nothing, in the place of one that cannot be understood."""
    text = {"title": "x", "templates": {"internal": "x"}}
    words = dict.fromkeys(("title", "purpose", "audience", "tier"), "x")
    return {
        "id": f"X{path[2]}",
        "recurrence": "once",
        "channels": ["internal"],
        "texts": {"internal": text},
        **words,
    }


def _around(whole: Any, path: Path) -> Any:
    """The group or list that holds what is at the path; None if it went when what is around was mended."""
    try:
        for part in path[:-1]:
            whole = whole[part]
    except (KeyError, TypeError):
        return None
    return whole


def _replace(whole: Any, path: Path, value: Any) -> None:
    if (around := _around(whole, path)) is not None:
        around[path[-1]] = value
