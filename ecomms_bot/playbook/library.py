"""Playbooks as files: read safely, refused with file, line and column, all mistakes of a file at once.

The one module of this room that touches files.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import yaml

from ecomms_bot.errors import PlaybookError
from ecomms_bot.playbook import extension
from ecomms_bot.playbook.consistency import too_long_to_read
from ecomms_bot.playbook.mistakes import BadPlaybook, Mistake
from ecomms_bot.playbook.mistakes import Path as Path_
from ecomms_bot.playbook.model import Playbook
from ecomms_bot.playbook.values import COMMON_FIELDS

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_VALUES = 20_000
"""Values in one file; those that an alias repeats count each time, so that a small file cannot grow huge."""

_FILE = re.compile("[a-z][a-z0-9-]{0,39}")
_INT = re.compile("-?(?:0|[1-9][0-9]{0,14})")
_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # the C one is faster
    """YAML without its surprises: `no`, `on`, `1:30`, `0777`, `2021-11-15` and `0.5` are text."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile("^-?(?:0|[1-9][0-9]{0,14})$"), list("-0123456789")
)


@dataclass(frozen=True, slots=True)
class LoadedPlaybook:
    """A playbook, the plain data it was made of (ready for JSON) and the SHA-256 of its canonical JSON."""

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
        """Read every *.yaml and *.yml in the folder. A bad file is a problem; the others can be used."""
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
        playbooks = {name: loaded for name, loaded in playbooks.items() if loaded.playbook.offered}
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
    """Read one playbook, with what it extends, and keep the plain data, as the log embeds it."""
    whole = assemble(path)
    try:
        playbook = _parse(whole.raw)
    except BadPlaybook as bad:
        raise BadPlaybookFile("\n".join(whole.line(mistake) for mistake in bad.mistakes)) from None
    kept = {name: field for name, field in playbook.fields.items() if _belongs(whole, playbook, name)}
    raw = {**whole.raw, "fields": {name: whole.raw["fields"][name] for name in kept}}
    canonical = json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    return LoadedPlaybook(playbook.model_copy(update={"fields": kept}), raw, sha256, path)


def _belongs(whole: Whole, playbook: Playbook, name: str) -> bool:
    """A base may offer many fields; those that no step asks for would only fill the lists of choices."""
    asked = any(name in step.fields for steps in playbook.phases.values() for step in steps)
    return asked or name in COMMON_FIELDS or whole.says(("fields", name))


@dataclass(frozen=True, slots=True)
class Whole:
    """Plain data of a file and of what it extends. `origin` says which file gave what is at a path."""

    raw: dict[str, Any]
    path: Path
    source: Source
    joined: extension.Joined | None = None
    base: Whole | None = None

    def origin(self, path: Path_) -> tuple[Source, Path, Path_]:
        """The file that says what is at `path`, or around it, and where in it."""
        if self.joined is None or self.base is None:
            return self.source, self.path, path
        if path in self.joined.places:
            return self.source, self.path, self.joined.places[path]
        in_base = self.joined.in_base(path)
        if in_base is not None:
            source, file, there = self.base.origin(in_base)
            if there in source.nodes:
                return source, file, there
        return self.origin(path[:-1])

    def says(self, path: Path_) -> bool:
        """Whether it is this file, not its base, that says what is at `path`."""
        return self.joined is None or path in self.joined.places

    def line(self, mistake: Mistake) -> str:
        """Such as "flood.yaml:12:5: fields > road > label: this is missing"."""
        source, file, there = self.origin(mistake.path)
        return f"{file}:{source.place(there, mistake.inside)}: {mistake}"


def assemble(path: Path, seen: tuple[Path, ...] = ()) -> Whole:
    """Read a file and whatever it extends. PlaybookError names file, line and column."""
    source = read_yaml(path)
    name = source.raw.get(extension.EXTENDS)
    if name is None:
        return Whole(source.raw, path, source)
    base = assemble(_base_file(path, source, name, seen), (*seen, path.resolve()))
    joined = extension.join(base.raw, source.raw)
    if joined.mistakes:
        lines = [f"{path}:{source.place(each.path)}: {each}" for each in joined.mistakes]
        raise BadPlaybookFile("\n".join(lines))
    return Whole(joined.raw, path, source, joined, base)


def _base_file(path: Path, source: Source, name: object, seen: tuple[Path, ...]) -> Path:
    """The file beside this one, else the one that ships: a playbook may extend the shipped one of its id."""
    where = f"{path}:{source.place((extension.EXTENDS,))}: {extension.EXTENDS}"
    if not isinstance(name, str) or not _FILE.fullmatch(name):
        raise BadPlaybookFile(f"{where}: this must be the id of another playbook, such as closure")
    folders = (path.resolve().parent, shipped_folder().resolve())
    files = [folder / f"{name}{suffix}" for folder in folders for suffix in (".yaml", ".yml")]
    usable = [file for file in files if file.is_file() and file != path.resolve()]
    if any(file in seen for file in usable[:1]):
        raise BadPlaybookFile(f"{where}: {name} extends this playbook in turn; one of the two must stop")
    if not usable:
        raise BadPlaybookFile(f"{where}: there is no {name}.yaml beside this file, nor among those that ship")
    return usable[0]


def _parse(raw: dict[str, Any]) -> Playbook:
    playbook = Playbook.parse(raw)
    if found := tuple(too_long_to_read(playbook)):
        raise BadPlaybook(found)
    return playbook


@dataclass(frozen=True, slots=True)
class Source:
    """Plain data of a YAML file (text, whole numbers, true, false, null, lists, groups), and its places."""

    raw: dict[str, Any]
    nodes: Mapping[Path_, yaml.Node]

    def place(self, path: Path_, inside: tuple[int, int] | None = None) -> str:
        """The "LINE:COLUMN" of what is at `path`, or around it; the line inside a text that follows `|`."""
        while path not in self.nodes:
            path = path[:-1]
        node = self.nodes[path]
        line, column = _start(node)
        if inside and isinstance(node, yaml.ScalarNode) and node.style == "|":
            line, column = line + inside[0], 1
        return f"{line}:{column}"


def read_yaml(path: Path) -> Source:
    """Read a YAML file that holds one group of names; PlaybookError names file, line and column."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise BadPlaybookFile(f"{path}: the file is larger than 1 MB, which no playbook needs.")
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise BadPlaybookFile(f"{path}: the file cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise BadPlaybookFile(f"{path}: the file is not UTF-8 text. Save it as UTF-8.") from None
    try:
        return _understand(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        at = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
        raise BadPlaybookFile(f"{path}:{at}: this is not YAML: {error.problem}") from None
    except _Unreadable as error:
        raise BadPlaybookFile(f"{path}:{error.line}:{error.column}: {error}") from None


class _Unreadable(Exception):
    """Why a file is not taken, and where."""

    def __init__(self, place: tuple[int, int], message: str) -> None:
        super().__init__(message)
        self.line, self.column = place


def _understand(text: str) -> Source:
    _refuse_what_yaml_refuses(text)
    _refuse_depth(text)
    node = yaml.compose(text, _Loader)
    if not isinstance(node, yaml.MappingNode):
        raise _Unreadable((1, 1), "a group of names is expected, such as `schema_version: 1`")
    nodes: dict[Path_, yaml.Node] = {(): node}
    return Source(_Builder(nodes).group(node, ()), nodes)


def _refuse_what_yaml_refuses(text: str) -> None:
    """The parser itself names no line for a character that YAML does not know."""
    if found := _NOT_YAML.search(text):
        at = found.start()
        place = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        raise _Unreadable(place, f"the character U+{ord(found.group()):04X} cannot be used in a file")


def _refuse_depth(text: str) -> None:
    """Look at the stream before anything is built from it: building needs stack for every level."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _Unreadable(_start(event), f"lists and groups are nested more than {MAX_DEPTH} deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _start(node: yaml.Node | yaml.Event) -> tuple[int, int]:
    assert node.start_mark is not None
    return node.start_mark.line + 1, node.start_mark.column + 1


class _Builder:
    """Plain data from YAML nodes, noting where each value stands."""

    def __init__(self, nodes: dict[Path_, yaml.Node]) -> None:
        self._nodes = nodes

    def group(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _Unreadable(_start(key), "a name was expected here")
            if key.value in built:
                raise _Unreadable(_start(key), f"{key.value} stands here twice; only one of them can count")
            built[key.value] = self._value(value, (*path, key.value))
        return built

    def _value(self, node: yaml.Node, path: Path_) -> Any:
        if len(self._nodes) >= MAX_VALUES or len(path) > MAX_DEPTH:
            message = "the file holds far more than a playbook needs; are aliases repeating it?"
            raise _Unreadable(_start(node), message)
        self._nodes[path] = node
        if isinstance(node, yaml.MappingNode):
            return self.group(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(value, (*path, n)) for n, value in enumerate(node.value)]
        return _scalar(node)


def _scalar(node: yaml.Node) -> str | int | bool | None:
    match node.tag.removeprefix("tag:yaml.org,2002:"):
        case "str":
            return str(node.value)
        case "int" if _INT.fullmatch(node.value):
            return int(node.value)
        case "bool" if node.value in {"true", "false"}:
            return bool(node.value == "true")
        case "null":
            return None
        case other:
            raise _Unreadable(
                _start(node), f"a value marked “{other}” cannot be used; write it as plain text"
            )
