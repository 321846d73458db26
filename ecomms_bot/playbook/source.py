"""YAML files as plain data: text, whole numbers, true, false, null, lists and groups, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import yaml

from ecomms_bot.errors import PlaybookError
from ecomms_bot.playbook.mistakes import Finding, Mistake, place_in_words
from ecomms_bot.playbook.mistakes import Path as Path_
from ecomms_bot.playbook.plain_yaml import IN_QUOTES, Complaint, explain

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_VALUES = 20_000
"""Values in one file; those that an alias repeats count each time, so that a small file cannot grow huge."""

_INT = re.compile("-?(?:0|[1-9][0-9]{0,14})")
_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CUT_OFF = re.compile(r"[ \t]+(#\S)")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # the C one is faster
    """YAML without its surprises: `no`, `on`, `1:30`, `0777`, `2021-11-15` and `0.5` are text."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile("^-?(?:0|[1-9][0-9]{0,14})$"), list("-0123456789")
)


class BadPlaybookFile(PlaybookError):
    """One file cannot be used; the text says where in it and what was expected."""

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings
        super().__init__("\n".join(map(str, findings)))


@dataclass(frozen=True, slots=True)
class Source:
    """Plain data of a YAML file, and the places of all that is in it.

    `names`: where the names of groups and lists are that stand in lines below them. `mistakes`: names that
    stand twice, texts that YAML takes for something else; each knows its place. `unread`: such texts.
    """

    raw: dict[str, Any]
    nodes: Mapping[Path_, yaml.Node]
    names: Mapping[Path_, tuple[int, int]] = field(default_factory=dict)
    text: str = ""
    mistakes: tuple[Mistake, ...] = ()
    unread: frozenset[Path_] = frozenset()

    def place(self, path: Path_, inside: tuple[int, int] | None = None) -> str:
        """The "LINE:COLUMN" of what is at `path`, or around it; `inside` a text, of that place in it."""
        return "{}:{}".format(*self.spot(path, inside))

    def spot(self, path: Path_, inside: tuple[int, int] | None = None) -> tuple[int, int]:
        """The same as numbers."""
        while path not in self.nodes:
            path = path[:-1]
        if path in self.names:
            return self.names[path]
        node = self.nodes[path]
        return (inside and self._inside(node, *inside)) or _start(node)

    def _inside(self, node: yaml.Node, line: int, column: int) -> tuple[int, int] | None:
        """Lines of a text are folded and indented in its file: what stays is how many letters come before."""
        assert node.start_mark is not None
        assert node.end_mark is not None
        start, end = node.start_mark.index, node.end_mark.index
        written = self.text[start:end]
        if not isinstance(node, yaml.ScalarNode) or (
            node.style in {'"', "'"} and re.search(r"\\|''", written)
        ):
            return None
        lines = node.value.split("\n")
        before = "\n".join([*lines[: line - 1], lines[line - 1][: column - 1]])
        skip = written.index("\n") if node.style in {"|", ">"} else _before_text(written)
        letters = [found.start() for found in re.finditer(r"\S", written[skip:])]
        at = start + skip + letters[len(re.sub(r"\s", "", before))]
        return self.text.count("\n", 0, at) + 1, at - self.text.rfind("\n", 0, at)


def _before_text(written: str) -> int:
    """An anchor and a quote stand before a text that is not below a | or >."""
    found = re.match(r"(?:[&!]\S*\s+)*[\"']?", written)
    return found.end() if found else 0


def read_yaml(path: Path) -> Source:
    """Read a YAML file that holds one group of names; BadPlaybookFile names file, line and column."""
    source = read_source(path)
    if wrong := [each for each in source.mistakes if each.weight == "wrong"]:
        raise BadPlaybookFile(*(finding(path, source, each) for each in wrong))
    return source


def finding(path: Path, source: Source, mistake: Mistake, raw: object = None) -> Finding:
    """A mistake of one file with its place. `raw`: the data that the path leads through."""
    line, column = mistake.at or source.spot(mistake.path, mistake.inside)
    place = place_in_words(mistake.path, source.raw if raw is None else raw)
    return Finding(mistake.weight, str(path), line, column, place, mistake.message)


def read_source(path: Path) -> Source:
    """As `read_yaml`, but what can be read in spite of mistakes is read, and they are told in the source."""
    text = _text(path)
    try:
        return _understand(text)
    except yaml.MarkedYAMLError as error:
        plain = explain(text, _complaint(text, error))
        line, column, words = plain.line, plain.column, plain.words
    except _Unreadable as error:
        line, column, words = error.line, error.column, str(error)
    raise BadPlaybookFile(Finding("wrong", str(path), line, column, "", words)) from None


def _text(path: Path) -> str:
    line, column = 1, 1
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) <= MAX_BYTES:
            return data.decode("utf-8-sig")
        words = "the file is larger than 1 MB, which no playbook needs"
    except OSError as error:
        words = f"the file cannot be read ({error.strerror})"
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        words = "the file is not UTF-8 text; save it as UTF-8"
    raise BadPlaybookFile(Finding("wrong", str(path), line, column, "", words))


class _Unreadable(Exception):
    """Why a file is not taken, and where."""

    def __init__(self, place: tuple[int, int], message: str) -> None:
        super().__init__(message)
        self.line, self.column = place


def _complaint(text: str, error: yaml.MarkedYAMLError) -> Complaint:
    mark = error.problem_mark or error.context_mark
    context = error.context_mark
    spot = (mark.line, mark.column) if mark else (0, 0)
    return Complaint(
        error.problem or "", spot, (context.line, context.column) if context else None, _quoted(text, spot)
    )


def _quoted(text: str, before: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Where the last text in quotes before a place begins and ends."""
    found = None
    try:
        for token in yaml.scan(text, _Loader):
            start, end = token.start_mark, token.end_mark
            if (end.line, end.column) > before:
                break
            if isinstance(token, yaml.ScalarToken) and token.style in {'"', "'"}:
                found = (start.line, start.column), (end.line, end.column)
    except yaml.MarkedYAMLError:
        pass
    return found


def _understand(text: str) -> Source:
    _refuse_what_yaml_refuses(text)
    _refuse_depth(text)
    node = yaml.compose(text, _Loader)
    if not isinstance(node, yaml.MappingNode):
        raise _Unreadable((1, 1), "a group of names is expected, such as `schema_version: 1`")
    builder = _Builder(text, {(): node})
    raw = builder.group(node, ())
    places = builder.nodes, builder.names
    return Source(raw, *places, text, tuple(builder.mistakes), frozenset(builder.unread))


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


@dataclass
class _Builder:
    """Plain data from YAML nodes, noting where each value stands and what is wrong with it."""

    text: str
    nodes: dict[Path_, yaml.Node]
    names: dict[Path_, tuple[int, int]] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    unread: set[Path_] = field(default_factory=set)

    def group(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        built: dict[str, Any] = {}
        first: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._wrong(key, path, "a name was expected here")
            elif key.value in built:
                message = (
                    f"{key.value} stands here twice (first in line {first[key.value]}); only one can count"
                )
                self._wrong(key, path, message)
            else:
                first[key.value] = _start(key)[0]
                if isinstance(value, yaml.CollectionNode) and _start(value)[0] > _start(key)[0]:
                    self.names[*path, key.value] = _start(key)
                built[key.value] = self._value(value, (*path, key.value))
        return built

    def _value(self, node: yaml.Node, path: Path_) -> Any:
        if len(self.nodes) >= MAX_VALUES or len(path) > MAX_DEPTH:
            message = "the file holds far more than a playbook needs; are aliases repeating it?"
            raise _Unreadable(_start(node), message)
        self.nodes[path] = node
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        assert node.start_mark is not None
        at = node.start_mark.index
        start = self.text[at : at + 2]
        if start in {"{{", "[["}:
            return self._unread(node, path, f"a text that begins with {start} {IN_QUOTES}")
        if isinstance(node, yaml.MappingNode):
            return self.group(node, path)
        return [self._value(value, (*path, n)) for n, value in enumerate(node.value)]

    def _scalar(self, node: yaml.ScalarNode, path: Path_) -> str | int | bool | None:
        match node.tag.removeprefix("tag:yaml.org,2002:"):
            case "str":
                self.mistakes += self._cut_off(node, path)
                return str(node.value)
            case "int" if _INT.fullmatch(node.value):
                return int(node.value)
            case "bool" if node.value in {"true", "false"}:
                return bool(node.value == "true")
            case "null":
                return None
            case other if other.startswith("!"):
                return self._unread(node, path, f"a text that begins with ! {IN_QUOTES}")
            case other:
                message = f"a value marked “{other}” cannot be used; write it as plain text"
                return self._unread(node, path, message)

    def _cut_off(self, node: yaml.ScalarNode, path: Path_) -> Iterator[Mistake]:
        """A # after a space ends a text without quotes: all from there is lost without a word."""
        if not node.style and node.end_mark is not None:
            end = node.end_mark
            if found := _CUT_OFF.match(self.text, end.index):
                at = end.line + 1, end.column + 1 + found.start(1) - end.index
                message = (
                    "from # on this is a remark and not used; if it belongs to the text, put it in quotes"
                )
                yield Mistake(path, message, weight="look", at=at)

    def _unread(self, node: yaml.Node, path: Path_, message: str) -> str:
        self.unread.add(path)
        self._wrong(node, path, message)
        return ""

    def _wrong(self, node: yaml.Node, path: Path_, message: str) -> None:
        """Once, though an alias may repeat it."""
        told = {(each.at, each.message) for each in self.mistakes}
        if (_start(node), message) not in told:
            self.mistakes.append(Mistake(path, message, at=_start(node)))
