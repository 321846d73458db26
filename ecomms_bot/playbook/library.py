"""Playbooks as files: read safely, refused with file, line and column, all mistakes of a file at once.

With `source`, the only modules of this room that touch files.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ecomms_bot.errors import PlaybookError
from ecomms_bot.playbook import extension
from ecomms_bot.playbook.consistency import too_long_to_read
from ecomms_bot.playbook.mistakes import BadPlaybook, Finding, Mistake, place_in_words
from ecomms_bot.playbook.mistakes import Path as Path_
from ecomms_bot.playbook.model import Playbook
from ecomms_bot.playbook.nearest import did_you_mean
from ecomms_bot.playbook.source import BadPlaybookFile, Source, finding, read_source, read_yaml
from ecomms_bot.playbook.values import COMMON_FIELDS

__all__ = [
    "BadPlaybookFile",
    "Library",
    "LoadedPlaybook",
    "Reading",
    "Shelf",
    "Source",
    "Whole",
    "files_in",
    "load",
    "load_with_source",
    "read_yaml",
    "shipped_folder",
]

MAX_BASES = 5
"""How many playbooks one may extend, one over another. More, and nobody can tell what says what."""

_FILE = re.compile("[a-z][a-z0-9-]{0,39}")
_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class LoadedPlaybook:
    """A playbook, the plain data it was made of (ready for JSON) and the SHA-256 of its canonical JSON."""

    playbook: Playbook
    raw: dict[str, Any]
    sha256: str
    path: Path


@dataclass(frozen=True, slots=True)
class Library:
    """The playbooks that can be used, by id, and what is wrong with the files that cannot.

    `bases`: the ids of those that are there only for others to extend.
    """

    playbooks: Mapping[str, LoadedPlaybook]
    problems: tuple[PlaybookError, ...]
    bases: tuple[str, ...] = ()

    @classmethod
    def from_folder(cls, folder: Path) -> Library:
        """Read every *.yaml and *.yml in the folder. A bad file is a problem; the others can be used."""
        if not folder.is_dir():
            return cls(
                {}, (PlaybookError(f"There is no folder {folder}, so no playbooks were read from it."),)
            )
        playbooks: dict[str, LoadedPlaybook] = {}
        problems: list[PlaybookError] = []
        shelf, files = Shelf(), files_in(folder)
        told = {str(path) for path in files}
        for path in files:
            reading = shelf.read(path)
            if reading.loaded is None:
                told.discard(str(path))
                found = [each for each in reading.wrong if each.file not in told]
                told |= {str(path), *(each.file for each in found)}
                problems.append(BadPlaybookFile(*found))
                continue
            name = reading.loaded.playbook.id
            if (first := playbooks.get(name)) is not None:
                problems.append(BadPlaybookFile(reading.taken_by(first.path)))
                continue
            playbooks[name] = reading.loaded
        offered = {name: loaded for name, loaded in playbooks.items() if loaded.playbook.offered}
        return cls(offered, tuple(problems), tuple(name for name in playbooks if name not in offered))


def files_in(folder: Path) -> list[Path]:
    """The files of playbooks in a folder, not below it, by name."""
    return sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES and path.is_file())


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
    reading = Shelf().read(path)
    if reading.loaded is None:
        raise BadPlaybookFile(*reading.wrong)
    return reading.loaded


@dataclass(frozen=True, slots=True)
class Whole:
    """Plain data of a file and of what it extends."""

    raw: dict[str, Any]
    path: Path
    source: Source
    joined: extension.Joined | None = None
    base: Whole | None = None

    def says(self, path: Path_) -> bool:
        """Whether it is this file, not its base, that says what is at `path`."""
        return self.joined is None or path in self.joined.places

    def finding(self, mistake: Mistake) -> Finding:
        """A mistake of the whole, at the place in this file that brings it about."""
        source, file, there = self.origin(mistake.path)
        line, column = mistake.at or source.spot(there, mistake.inside)
        message = mistake.message
        if file != self.path:
            message += f" (this comes from {file.name}, line {line})"
            line, column = self.source.spot(self._around(mistake.path))
        place = place_in_words(mistake.path, self.raw)
        return Finding(mistake.weight, str(self.path), line, column, place, message)

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

    def _around(self, path: Path_) -> Path_:
        """What is this file's own and nearest around what the base says; if there is nothing, `extends`."""
        assert self.joined is not None
        while path not in self.joined.places:
            path = path[:-1]
        return self.joined.places[path] or (extension.EXTENDS,)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a file. `loaded` is None if something is wrong with it or with its base.

    `whole` is None if not even its plain data could be put together.
    """

    path: Path
    findings: tuple[Finding, ...]
    whole: Whole | None = None
    loaded: LoadedPlaybook | None = None

    @property
    def wrong(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.weight == "wrong")

    def taken_by(self, other: Path) -> Finding:
        """What to say of this file when another one has its id already."""
        assert self.whole is not None
        name = self.whole.raw.get("id")
        message = f"{other.name} has the id {name} already, so this file is not used"
        return self.whole.finding(Mistake(("id",), message))


@dataclass
class Shelf:
    """Reads files, each of them once, however many others extend it."""

    _sources: dict[Path, Source | BadPlaybookFile] = field(default_factory=dict)
    _readings: dict[Path, Reading] = field(default_factory=dict)

    def read(self, path: Path) -> Reading:
        """Read one playbook with what it extends. What is wrong is in the reading, nothing is raised."""
        key = path.resolve()
        if key not in self._readings:
            self._readings[key] = self._read(path)
        return self._readings[key]

    def _read(self, path: Path) -> Reading:
        source = self._source(path)
        if isinstance(source, BadPlaybookFile):
            return Reading(path, source.findings)
        told = [finding(path, source, each) for each in source.mistakes]
        whole = Whole(source.raw, path, source)
        if extension.EXTENDS in source.raw:
            base = self._base(path, source)
            if not isinstance(base, Whole):
                return Reading(path, _in_order(path, [*told, *base]))
            joined = extension.join(base.raw, source.raw)
            told += [finding(path, source, each) for each in joined.mistakes]
            whole = Whole(joined.raw, path, source, joined, base)
        return _understood(whole, told)

    def _source(self, path: Path) -> Source | BadPlaybookFile:
        key = path.resolve()
        if key not in self._sources:
            try:
                self._sources[key] = read_source(path)
            except BadPlaybookFile as bad:
                self._sources[key] = bad
        return self._sources[key]

    def _base(self, path: Path, source: Source) -> Whole | list[Finding]:
        """What the file extends, or why that cannot be used."""
        where: Path_ = (extension.EXTENDS,)
        name = source.raw[extension.EXTENDS]
        found = _base_file(path, name)
        message = found if isinstance(found, str) else self._too_many(path, found)
        if message or isinstance(found, str):
            return [finding(path, source, Mistake(where, message))]
        reading = self.read(found)
        if reading.whole is None or reading.wrong:
            message = f"{name} cannot be used, so neither can this file (see {found})"
            return [finding(path, source, Mistake(where, message)), *reading.wrong]
        if (inside := reading.whole.raw["id"]) != name:
            message = f"{found} has the id {inside}; the file and its id must have the same name"
            return [finding(path, source, Mistake(where, message))]
        return reading.whole

    def _too_many(self, path: Path, base: Path | None) -> str:
        """If the line of bases is too long or comes back to this file. A base tells its own troubles."""
        seen = [path.resolve()]
        while base is not None and base.resolve() not in seen:
            seen.append(base.resolve())
            if len(seen) > MAX_BASES + 1:
                return f"this is the end of a line of more than {MAX_BASES} playbooks that extend one another"
            source = self._source(base)
            name = source.raw.get(extension.EXTENDS) if isinstance(source, Source) else None
            following = _base_file(base, name)
            base = following if isinstance(following, Path) else None
        if base is not None and base.resolve() == seen[0]:
            return f"{seen[1].stem} extends this playbook in turn; one of them must stop"
        return ""


def _base_file(path: Path, name: object) -> Path | str:
    """The file beside this one, else the one that ships: a playbook may extend the shipped one of its id.

    If there is none, what to say about it.
    """
    if name is None:
        return "this is empty; name another playbook, such as closure, or take the line out"
    if not isinstance(name, str) or not _FILE.fullmatch(name):
        return "this must be the id of another playbook, such as closure"
    folders = (path.parent, shipped_folder())
    files = [folder / f"{name}{suffix}" for folder in folders for suffix in _SUFFIXES]
    others = [file for file in files if file.is_file() and file.resolve() != path.resolve()]
    if others:
        return others[0]
    if name == path.stem:
        return "a playbook cannot extend itself"
    known = [file.stem for folder in folders if folder.is_dir() for file in files_in(folder)]
    guess = did_you_mean(name, [each for each in known if each != path.stem])
    return f"there is no {name}.yaml beside this file, nor among those that ship{guess}"


def _understood(whole: Whole, told: list[Finding]) -> Reading:
    """Make a playbook of plain data. `told`: what was found before that."""
    playbook: Playbook | None = None
    try:
        playbook = Playbook.parse(whole.raw)
        found = tuple(too_long_to_read(playbook))
    except BadPlaybook as bad:
        found = tuple(each for each in bad.mistakes if not _told_before(whole, each))
    findings = _in_order(whole.path, [*told, *map(whole.finding, found)])
    if playbook is None or any(each.weight == "wrong" for each in findings):
        return Reading(whole.path, findings, whole)
    return Reading(whole.path, findings, whole, _loaded(whole, playbook))


def _told_before(whole: Whole, mistake: Mistake) -> bool:
    """Whether what stands there could not be read, so that the rest follows from that."""
    source, _, there = whole.origin(mistake.path)
    return any(there[: len(path)] == path for path in source.unread)


def _in_order(path: Path, findings: list[Finding]) -> tuple[Finding, ...]:
    """Those of the file itself first, then those of its base; by line, each once."""
    return tuple(
        sorted(dict.fromkeys(findings), key=lambda each: (each.file != str(path), each.line, each.column))
    )


def _loaded(whole: Whole, playbook: Playbook) -> LoadedPlaybook:
    kept = dict(_kept_fields(whole, playbook))
    raw = {**whole.raw, "fields": {name: whole.raw["fields"][name] for name in kept}}
    canonical = json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    return LoadedPlaybook(playbook.model_copy(update={"fields": kept}), raw, sha256, whole.path)


def _kept_fields(whole: Whole, playbook: Playbook) -> Iterator[tuple[str, Any]]:
    """A base may offer many fields; those that no step asks for would only fill the lists of choices."""
    asked = {name for steps in playbook.phases.values() for step in steps for name in step.fields}
    for name, each in playbook.fields.items():
        if name in asked or name in COMMON_FIELDS or whole.says(("fields", name)):
            yield name, each
