"""Drills as files: read like playbooks, with file, line and column of every mistake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ecomms_bot.errors import PlaybookError
from ecomms_bot.playbook.drills import RECORDED, Drill, mistakes_with
from ecomms_bot.playbook.library import LoadedPlaybook, files_in, shipped_folder
from ecomms_bot.playbook.mistakes import BadPlaybook, Finding, Mistake
from ecomms_bot.playbook.model import Playbook
from ecomms_bot.playbook.source import BadPlaybookFile, Source, finding, read_source

FOLDER = "drills"
"""Where the drills of a folder of playbooks are."""


@dataclass(frozen=True, slots=True)
class DrillReading:
    """What came of reading a file. `drill` is None if something is wrong with it."""

    path: Path
    findings: tuple[Finding, ...]
    drill: Drill | None = None
    source: Source | None = None

    @property
    def wrong(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.weight == "wrong")


@dataclass(frozen=True, slots=True)
class Drills:
    """The drills that people can take part in, by id, and what is wrong with files that cannot be used."""

    drills: Mapping[str, Drill]
    problems: tuple[PlaybookError, ...] = ()


def is_drill(path: Path) -> bool:
    """Whether a file is one of drills, not of playbooks: by its folder, else by what it says."""
    if path.resolve().parent.name == FOLDER:
        return True
    try:
        raw = read_source(path).raw
    except BadPlaybookFile:
        return False
    return "phases" not in raw and any(word in raw for word in ("take_part", *RECORDED))


def drill_files(folder: Path) -> list[Path]:
    """The files of drills that belong to a folder of playbooks, by name."""
    drills = folder / FOLDER
    return files_in(drills) if drills.is_dir() else []


def read_drill(path: Path, playbooks: Mapping[str, LoadedPlaybook]) -> DrillReading:
    """Read one drill and hold it against the playbook it names. Nothing is raised."""
    try:
        source = read_source(path)
    except BadPlaybookFile as bad:
        return DrillReading(path, bad.findings)
    told = [finding(path, source, each) for each in source.mistakes]
    drill: Drill | None = None
    try:
        drill = Drill.parse(source.raw)
        found = tuple(mistakes_with(drill, _book(drill, playbooks), tuple(playbooks)))
    except BadPlaybook as bad:
        found = tuple(each for each in bad.mistakes if not _told_before(source, each))
    findings = [*told, *(finding(path, source, each) for each in found)]
    ordered = tuple(sorted(dict.fromkeys(findings), key=lambda each: (each.line, each.column)))
    usable = not any(each.weight == "wrong" for each in ordered)
    return DrillReading(path, ordered, drill if usable else None, source)


def load_drill(path: Path, playbooks: Mapping[str, LoadedPlaybook]) -> Drill:
    """Read one drill. BadPlaybookFile names file, line and column of every mistake."""
    reading = read_drill(path, playbooks)
    if reading.drill is None:
        raise BadPlaybookFile(*reading.wrong)
    return reading.drill


def load_drills(folder: Path | None, playbooks: Mapping[str, LoadedPlaybook]) -> Drills:
    """The drills that belong to a folder of playbooks, and those that ship, by title.

    A drill of the folder comes before a shipped one of the same id. None: only those that ship. A shipped
    drill whose playbook the office does not have, or has otherwise, is left out without a word.
    """
    found: dict[str, Drill] = {}
    problems: list[PlaybookError] = []
    own = drill_files(folder) if folder is not None else []
    shipped = [path for path in drill_files(shipped_folder()) if path not in own]
    for path in (*own, *shipped):
        reading = read_drill(path, playbooks)
        if reading.drill is None:
            problems += [BadPlaybookFile(*reading.wrong)] if path in own else []
        elif (first := found.get(reading.drill.id)) is None:
            found[reading.drill.id] = reading.drill
        elif path in own:
            problems.append(BadPlaybookFile(_taken(reading, first)))
    offered = {name: drill for name, drill in found.items() if drill.take_part is not None}
    return Drills(dict(sorted(offered.items(), key=lambda each: each[1].title)), tuple(problems))


def _book(drill: Drill, playbooks: Mapping[str, LoadedPlaybook]) -> Playbook | None:
    loaded = playbooks.get(drill.take_part.playbook) if drill.take_part else None
    return loaded.playbook if loaded else None


def _taken(reading: DrillReading, first: Drill) -> Finding:
    assert reading.source is not None
    message = f"{first.title} has the id {first.id} already, so this file is not used"
    return finding(reading.path, reading.source, Mistake(("id",), message))


def _told_before(source: Source, mistake: Mistake) -> bool:
    """Whether what stands there could not be read, so that the rest follows from that."""
    return any(mistake.path[: len(path)] == path for path in source.unread)
