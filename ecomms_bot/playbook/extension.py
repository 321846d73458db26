"""A playbook that says `extends`: what it gives itself comes over what its base gives, place by place.

Groups are joined name by name, and `null` takes an entry away. A list takes the place of the base's list;
only the steps of a phase are joined one by one, by their id: `remove: true` leaves a step out, `after: ID`
says where a step goes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ecomms_bot.playbook.mistakes import Mistake, Path
from ecomms_bot.playbook.nearest import did_you_mean

EXTENDS, AFTER, REMOVE = "extends", "after", "remove"
FIELDS: Path = ("fields",)
OWN = frozenset({"id", "title", "hazard", "offered"})
"""What a playbook says for itself: it never comes from the base."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Plain data of both. `places`: what the extending file says, path here → path there.

    `alone`: what it says in the place of all that the base said there. `steps`: where the base has what it
    gave of a step; None for a step that is new. `mistakes` have their paths in the extending file.
    """

    raw: dict[str, Any]
    places: Mapping[Path, Path]
    alone: frozenset[Path]
    steps: Mapping[Path, Path | None]
    mistakes: tuple[Mistake, ...]

    def in_base(self, path: Path) -> Path | None:
        """Where the base has what is at `path`, if it gave that."""
        if path[:1] and path[0] in OWN:
            return None
        if any(path[:n] in self.alone for n in range(1, len(path) + 1)):
            return None
        if path[:3] not in self.steps:
            return path
        before = self.steps[path[:3]]
        return None if before is None else (*before, *path[3:])


@dataclass
class _Row:
    """A step of a phase: where the base and the extending file have it, if they do."""

    id: str | None
    base: int | None
    own: int | None


@dataclass
class _Joiner:
    places: dict[Path, Path] = field(default_factory=dict)
    alone: set[Path] = field(default_factory=set)
    came_from: dict[Path, Path | None] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def group(
        self, base: Mapping[str, Any], own: Mapping[str, Any], path: Path, there: Path
    ) -> dict[str, Any]:
        self.places[path] = there
        joined = dict(base)
        for name, value in own.items():
            if path == FIELDS and name not in base and _only_changes(value, "type"):
                self.wrong(
                    (*there, name), f"the base has no field {name} to change{did_you_mean(name, base)}"
                )
                continue
            if value is not None:
                joined[name] = self.value(base.get(name), value, (*path, name), (*there, name))
                continue
            self.places[*path, name] = (*there, name)
            if name not in joined:
                message = f"this is empty; the base has no {name} here that it could take away"
                self.wrong((*there, name), message)
            joined.pop(name, None)
        return joined

    def value(self, base: Any, own: Any, path: Path, there: Path) -> Any:
        if isinstance(base, Mapping) and isinstance(own, Mapping):
            return self.group(base, own, path, there)
        if _is_phase(path) and isinstance(own, list):
            return self.steps(base if isinstance(base, list) else [], own, path, there)
        self.alone.add(path)
        self.own(own, path, there)
        return own

    def own(self, value: Any, path: Path, there: Path) -> None:
        """Everything at and below this place is the extending file's."""
        self.places[path] = there
        if isinstance(value, Mapping):
            for name, each in value.items():
                self.own(each, (*path, name), (*there, name))
        elif isinstance(value, list):
            for n, each in enumerate(value):
                self.own(each, (*path, n), (*there, n))

    def steps(self, base: Sequence[Any], own: Sequence[Any], path: Path, there: Path) -> list[Any]:
        """The base's steps with changes, new ones after them or where they ask to be."""
        self.places[path] = there
        rows = [_Row(_id(step), n, None) for n, step in enumerate(base)]
        for n, step in enumerate(own):
            _Placing(self, rows, there, own, n).arrange(step)
        found = []
        for at, row in enumerate(rows):
            here: Path = (*path, at)
            self.came_from[here] = None if row.base is None else (*path, row.base)
            kept = None if row.base is None else base[row.base]
            if row.own is None:
                found.append(kept)
            else:
                found.append(self.value(kept, _without_orders(own[row.own]), here, (*there, row.own)))
        return found

    def wrong(self, there: Path, message: str) -> None:
        self.mistakes.append(Mistake(there, message))


@dataclass
class _Placing:
    """One step of the extending file, the `n`th of a phase, that finds its place among the rows."""

    joiner: _Joiner
    rows: list[_Row]
    phase: Path
    own: Sequence[Any]
    n: int

    def arrange(self, step: Any) -> None:
        """Change, add, move or take out the step."""
        name = _id(step)
        orders = step if isinstance(step, Mapping) else {}
        row = next(
            (row for row in self.rows if name is not None and row.id == name and row.own is None), None
        )
        if orders.get(REMOVE, True) is not True:
            self._wrong(REMOVE, "this must be true, or left out")
        elif REMOVE in orders:
            self._remove(row, name, orders)
            return
        if row is None and self.rows and name is not None and _only_changes(step, "texts"):
            self._wrong("id", f"the base has no step {name} in this phase to change{self._guess(name)}")
            return
        if row is not None and AFTER not in orders:
            row.own = self.n
            return
        if row is not None:
            self.rows.remove(row)
        place = self._place(orders[AFTER], name) if AFTER in orders else len(self.rows)
        self.rows.insert(place, _Row(name, row.base if row else None, self.n))

    def _remove(self, row: _Row | None, name: str | None, orders: Mapping[str, Any]) -> None:
        if row is None:
            step = f"step {name}" if name else "step without an id"
            self._wrong(REMOVE, f"the base has no {step} in this phase to remove{self._guess(name)}")
            return
        self.rows.remove(row)
        if others := [word for word in orders if word not in {"id", REMOVE}]:
            self._wrong(others[0], "a step that is removed has its id and nothing else")

    def _place(self, after: Any, name: str | None) -> int:
        """Where to insert the step; at the end if it asks for something that cannot be."""
        ids = [row.id for row in self.rows]
        if not isinstance(after, str):
            message = "this must be the id of a step"
        elif after in ids:
            return ids.index(after) + 1
        elif after == name:
            message = "a step cannot come after itself"
        elif after in map(_id, self.own[self.n + 1 :]):
            message = f"{after} stands further down in this file; put it above this step"
        else:
            message = f"there is no step {after} in this phase to come after{self._guess(after)}"
        self._wrong(AFTER, message)
        return len(ids)

    def _guess(self, name: str | None) -> str:
        return did_you_mean(name or "", [row.id for row in self.rows if row.id])

    def _wrong(self, word: str, message: str) -> None:
        self.joiner.wrong((*self.phase, self.n, word), message)


def join(base: Mapping[str, Any], own: Mapping[str, Any]) -> Joined:
    """What `own`, which extends `base`, is as a whole."""
    joiner = _Joiner()
    inherited = {name: value for name, value in base.items() if name not in OWN}
    given = {name: value for name, value in own.items() if name != EXTENDS}
    raw = joiner.group(inherited, given, (), ())
    return Joined(raw, joiner.places, frozenset(joiner.alone), joiner.came_from, tuple(joiner.mistakes))


def _is_phase(path: Path) -> bool:
    return len(path) == 2 and path[0] == "phases"


def _only_changes(value: Any, bearing: str) -> bool:
    """Whether this can only be meant for what the base has: a new one would say more."""
    return isinstance(value, Mapping) and bearing not in value


def _id(step: Any) -> str | None:
    name = step.get("id") if isinstance(step, Mapping) else None
    return name if isinstance(name, str) else None


def _without_orders(step: Any) -> Any:
    if not isinstance(step, Mapping):
        return step
    return {name: value for name, value in step.items() if name not in {AFTER, REMOVE}}
