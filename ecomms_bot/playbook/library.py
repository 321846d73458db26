"""Playbooks as files: read safely, refused with file, line and column, all mistakes of a file at once.

The one module of this room that touches files.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ecomms_bot.errors import PlaybookError
from ecomms_bot.playbook.mistakes import BadPlaybook, Mistake
from ecomms_bot.playbook.model import Playbook

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_NODES = 20_000
"""Values in one file, those that an alias repeats counted each time: a small file cannot grow into a large one."""

_Place = tuple[int, int]
_Places = dict[tuple[str | int, ...], yaml.Node]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # the C one is there in every wheel
    """YAML without its surprises: `no`, `on`, `1:30`, `0777` and `2021-11-15` are text; so are numbers with a point."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own attribute


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile("^-?(?:0|[1-9][0-9]{0,14})$"), list("-0123456789")
)


@dataclass(frozen=True, slots=True)
class LoadedPlaybook:
    """A playbook with the plain data it was made of, ready for JSON, and the SHA-256 of that data's canonical JSON."""

    playbook: Playbook
    raw: dict[str, Any]
    sha256: str
    path: Path


class BadPlaybookFile(PlaybookError):
    """One file cannot be used; the text says where in it and what was expected."""


@dataclass(frozen=True, slots=True)
class Library:
    """The playbooks that can be used, by id, and what is wrong with the files that cannot."""

    playbooks: Mapping[str, LoadedPlaybook]
    problems: tuple[PlaybookError, ...]

    @classmethod
    def from_folder(cls, folder: Path) -> Library:
        """Read every *.yaml and *.yml right in the folder. A bad file is a problem, and the good ones can be used."""
        playbooks: dict[str, LoadedPlaybook] = {}
        problems: list[PlaybookError] = []
        if not folder.is_dir():
            return cls(
                {}, (PlaybookError(f"There is no folder {folder}, so no playbooks were read from it."),)
            )
        for path in sorted(p for p in folder.iterdir() if p.suffix in {".yaml", ".yml"} and p.is_file()):
            try:
                loaded = load_with_source(path)
            except PlaybookError as problem:
                problems.append(problem)
                continue
            if (first := playbooks.get(loaded.playbook.id)) is not None:
                message = f"the id {loaded.playbook.id} is taken by {first.path.name}; this file is not used"
                problems.append(BadPlaybookFile(f"{path}: {message}"))
                continue
            playbooks[loaded.playbook.id] = loaded
        return cls(playbooks, tuple(problems))


def shipped_folder() -> Path:
    """Where the playbooks that come with the project are: in the installed package, else in the checkout."""
    package = Path(__file__).resolve().parent.parent
    packed = package / "_playbooks"
    return packed if packed.is_dir() else package.parent / "playbooks"


def load(path: Path) -> Playbook:
    """Read one playbook. PlaybookError names the file with line and column of every mistake."""
    return load_with_source(path).playbook


def load_with_source(path: Path) -> LoadedPlaybook:
    """Read one playbook and keep the plain data, as the log embeds it."""
    raw, places = _read(path)
    try:
        playbook = Playbook.parse(raw)
    except BadPlaybook as bad:
        lines = [f"{path}:{_place(mistake, places)}: {mistake}" for mistake in bad.mistakes]
        raise BadPlaybookFile("\n".join(lines)) from None
    canonical = json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return LoadedPlaybook(playbook, raw, hashlib.sha256(canonical.encode()).hexdigest(), path)


def _read(path: Path) -> tuple[dict[str, Any], _Places]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        text = data.decode()
    except OSError as error:
        raise BadPlaybookFile(f"{path}: the file cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise BadPlaybookFile(f"{path}: the file is not UTF-8 text. Save it as UTF-8.") from None
    if len(data) > MAX_BYTES:
        raise BadPlaybookFile(f"{path}: the file is larger than 1 MB, which no playbook needs.")
    try:
        _refuse_depth(text)
        node = yaml.compose(text, _Loader)
        if not isinstance(node, yaml.MappingNode):
            raise _Unreadable((1, 1), "a playbook begins with a line such as `schema_version: 1`")
        places: _Places = {}
        value = _Builder(places).build(node, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
        raise BadPlaybookFile(f"{path}:{at}: this is not YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise BadPlaybookFile(f"{path}:1:1: this is not YAML: {error}") from None
    except _Unreadable as error:
        raise BadPlaybookFile(f"{path}:{error.place[0]}:{error.place[1]}: {error}") from None
    assert isinstance(value, dict)
    return value, places


class _Unreadable(Exception):
    """Why YAML that is well formed is not taken, and where."""

    def __init__(self, place: _Place, message: str) -> None:
        super().__init__(message)
        self.place = place


def _refuse_depth(text: str) -> None:
    """Look at the stream before anything is built from it: building follows the nesting with the machine's stack."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _Unreadable(_start(event), f"lists and groups are nested more than {MAX_DEPTH} deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _start(node: Any) -> _Place:
    return node.start_mark.line + 1, node.start_mark.column + 1


class _Builder:
    """Plain data from YAML nodes, noting where each value stands."""

    def __init__(self, places: _Places) -> None:
        self._places = places
        self._nodes = 0

    def build(self, node: yaml.Node, path: tuple[str | int, ...]) -> Any:
        self._nodes += 1
        if self._nodes > MAX_NODES or len(path) > MAX_DEPTH:
            raise _Unreadable(
                _start(node), "the file holds far more than a playbook needs; are aliases repeating it?"
            )
        self._places[path] = node
        if isinstance(node, yaml.MappingNode):
            return {key: self.build(value, (*path, key)) for key, value in self._pairs(node)}
        if isinstance(node, yaml.SequenceNode):
            return [self.build(value, (*path, n)) for n, value in enumerate(node.value)]
        return _scalar(node)

    def _pairs(self, node: yaml.MappingNode) -> Iterator[tuple[str, yaml.Node]]:
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _Unreadable(_start(key), "a name was expected here")
            if key.value in seen:
                raise _Unreadable(_start(key), f"{key.value} stands here twice; only one of them can count")
            seen.add(key.value)
            yield key.value, value


def _scalar(node: yaml.Node) -> str | int | bool | None:
    match node.tag:
        case "tag:yaml.org,2002:str":
            return str(node.value)
        case "tag:yaml.org,2002:int" if re.fullmatch("-?[0-9]{1,15}", node.value):
            return int(node.value)
        case "tag:yaml.org,2002:bool" if node.value in {"true", "false"}:
            return bool(node.value == "true")
        case "tag:yaml.org,2002:null":
            return None
        case _:
            raise _Unreadable(_start(node), f"values marked {node.tag} are not allowed")


def _place(mistake: Mistake, places: _Places) -> str:
    """The line and column of a mistake, or of what surrounds it; exact within a text written after `|`."""
    path = mistake.path
    while path not in places:
        path = path[:-1]
    node = places[path]
    line, column = _start(node)
    if mistake.inside and isinstance(node, yaml.ScalarNode) and node.style == "|":
        line, column = line + mistake.inside[0], 1
    return f"{line}:{column}"
