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

EXTENDS, AFTER, REMOVE = "extends", "after", "remove"
OWN = frozenset({"id", "title", "hazard", "offered"})
"""What a playbook says for itself: it never comes from the base."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Plain data of both. `places`: what the extending file says, path here → path there.

    `steps`: where the base has what it gave of a step; None for a step that is new.
    """

    raw: dict[str, Any]
    places: Mapping[Path, Path]
    steps: Mapping[Path, Path | None]
    mistakes: tuple[Mistake, ...]

    def in_base(self, path: Path) -> Path | None:
        """Where the base has what is at `path`, if it gave that."""
        if path[:3] not in self.steps:
            return path
        before = self.steps[path[:3]]
        return None if before is None else (*before, *path[3:])


@dataclass
class _Row:
    """A step of a phase: where the base and the extending file have it, if they do."""

    id: Any
    base: int | None
    own: int | None


@dataclass
class _Joiner:
    places: dict[Path, Path] = field(default_factory=dict)
    came_from: dict[Path, Path | None] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def group(
        self, base: Mapping[str, Any], own: Mapping[str, Any], path: Path, there: Path
    ) -> dict[str, Any]:
        self.places[path] = there
        joined = dict(base)
        for name, value in own.items():
            if value is not None:
                joined[name] = self.value(base.get(name), value, (*path, name), (*there, name))
            elif joined.pop(name, None) is None:
                self._wrong((*there, name), "the base has nothing of that name to take away")
        return joined

    def value(self, base: Any, own: Any, path: Path, there: Path) -> Any:
        if isinstance(base, Mapping) and isinstance(own, Mapping):
            return self.group(base, own, path, there)
        if _is_phase(path) and isinstance(own, list):
            return self.steps(base if isinstance(base, list) else [], own, path, there)
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
            self._arrange(rows, step, n, (*there, n))
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

    def _arrange(self, rows: list[_Row], step: Any, n: int, there: Path) -> None:
        """Change, add, move or take out one step."""
        name = _id(step)
        row = next((row for row in rows if name is not None and row.id == name and row.own is None), None)
        orders = step if isinstance(step, Mapping) else {}
        if orders.get(REMOVE) is True:
            if row is None:
                self._wrong(there, f"the base has no step {name} in this phase to remove")
            else:
                rows.remove(row)
            return
        after = orders.get(AFTER)
        if row is not None and after is None:
            row.own = n
            return
        if row is not None:
            rows.remove(row)
        rows.insert(self._place(rows, after, (*there, AFTER)), _Row(name, row.base if row else None, n))

    def _place(self, rows: Sequence[_Row], after: Any, there: Path) -> int:
        ids = [row.id for row in rows]
        if after is None or after in ids:
            return len(rows) if after is None else ids.index(after) + 1
        self._wrong(there, f"there is no step {after} in this phase to come after")
        return len(rows)

    def _wrong(self, there: Path, message: str) -> None:
        self.mistakes.append(Mistake(there, message))


def join(base: Mapping[str, Any], own: Mapping[str, Any]) -> Joined:
    """What `own`, which extends `base`, is as a whole. Mistakes have their paths in `own`."""
    joiner = _Joiner()
    inherited = {name: value for name, value in base.items() if name not in OWN}
    given = {name: value for name, value in own.items() if name != EXTENDS}
    raw = joiner.group(inherited, given, (), ())
    return Joined(raw, joiner.places, joiner.came_from, tuple(joiner.mistakes))


def _is_phase(path: Path) -> bool:
    return len(path) == 2 and path[0] == "phases"


def _id(step: Any) -> Any:
    return step.get("id") if isinstance(step, Mapping) else None


def _without_orders(step: Any) -> Any:
    if not isinstance(step, Mapping):
        return step
    return {name: value for name, value in step.items() if name not in {AFTER, REMOVE}}
