"""`ecomms check`: what is wrong with files of playbooks and drills, and what their authors should look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ecomms_bot.errors import PlaybookError
from ecomms_bot.playbook.advice import advice
from ecomms_bot.playbook.drill_files import drill_files, is_drill
from ecomms_bot.playbook.library import Reading, Shelf, files_in
from ecomms_bot.playbook.mistakes import Finding
from ecomms_bot.workshop.drills import DrillDesk


class NothingToCheck(PlaybookError):
    """There is no file of a playbook or a drill where one was looked for."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in one file, by line. `id`: the playbook's or the drill's, if it says one."""

    path: str
    id: str | None
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        return not self.findings

    def as_json(self) -> dict[str, Any]:
        """The documented shape of `ecomms check --json`: words may be added to it, none taken away."""
        findings = [
            {
                "weight": each.weight,
                "line": each.line,
                "column": each.column,
                "place": each.place,
                "message": each.message,
            }
            for each in self.findings
        ]
        return {"path": self.path, "id": self.id, "ok": self.ok, "findings": findings}


def check(paths: Iterable[Path], drills: DrillDesk | None = None) -> tuple[Checked, ...]:
    """Check files; of folders every *.yaml and *.yml, and those in their folder of drills.

    A base with mistakes is told too, though only a file that extends it was named. Raises NothingToCheck.
    """
    wanted = list(paths)
    files = {path.resolve(): path for path in _files(wanted)}
    if not files:
        where = ", ".join(map(str, wanted))
        raise NothingToCheck(f"There is no file that ends in .yaml in {where}, so nothing was checked.")
    for_drills = drills or DrillDesk()
    played = {real: path for real, path in files.items() if is_drill(path)}
    desk = _Desk()
    found = [
        Checked(str(path), *for_drills.check(path)) if real in played else desk.check(path)
        for real, path in files.items()
    ]
    told = {checked.path for checked in found}
    bases: dict[str, dict[Finding, None]] = {}
    for path in (path for real, path in files.items() if real not in played):
        for finding in desk.shelf.read(path).wrong:
            if finding.file not in told and Path(finding.file).resolve() not in files:
                bases.setdefault(finding.file, {})[finding] = None
    return (*found, *(Checked(file, None, tuple(findings)) for file, findings in bases.items()))


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from (*files_in(path), *drill_files(path)) if path.is_dir() else (path,)


Looks = Mapping[str, Finding]
"""What is worth a look in a playbook, by what is said of it."""


@dataclass
class _Desk:
    """What was read and looked at so far: many files may extend one."""

    shelf: Shelf = field(default_factory=Shelf)
    _looks: dict[Path, Looks] = field(default_factory=dict)

    def check(self, path: Path) -> Checked:
        reading = self.shelf.read(path)
        own = [each for each in reading.findings if each.file == str(path)]
        found = [*own, *self._twin(reading), *self._own_looks(reading)]
        order = sorted(dict.fromkeys(found), key=lambda each: (each.line, each.column, each.weight == "look"))
        return Checked(str(path), _id(reading), tuple(order))

    def _own_looks(self, reading: Reading) -> Iterator[Finding]:
        """What its base has just so is the base's to tell."""
        base = reading.whole.base if reading.whole else None
        told = self._all_looks(self.shelf.read(base.path)) if base else {}
        for what, finding in self._all_looks(reading).items():
            if what not in told:
                yield finding

    def _all_looks(self, reading: Reading) -> Looks:
        whole, loaded = reading.whole, reading.loaded
        if whole is None or loaded is None:
            return {}
        if reading.path not in self._looks:
            found = advice(loaded.playbook, whole.says)
            self._looks[reading.path] = {each.words(whole.raw): whole.finding(each) for each in found}
        return self._looks[reading.path]

    def _twin(self, reading: Reading) -> Iterator[Finding]:
        """Another file of the folder with the same id: the bot uses one of the two."""
        name = _id(reading)
        if reading.whole is None or name is None:
            return
        readings = [self.shelf.read(file) for file in files_in(reading.path.parent)]
        same = [each for each in readings if _id(each) == name]
        first = next((each for each in same if each.loaded), None)
        if first is not None and first.path.resolve() != reading.path.resolve():
            yield reading.taken_by(first.path)


def _id(reading: Reading) -> str | None:
    name = reading.whole.raw.get("id") if reading.whole else None
    return name if isinstance(name, str) else None


def summary(checked: Iterable[Checked]) -> str:
    """The last line, such as "Checked 5 files: 1 wrong, 2 to look at."."""
    every = list(checked)
    weights = [finding.weight for each in every for finding in each.findings]
    wrong, look = weights.count("wrong"), weights.count("look")
    counts = [f"{wrong} wrong"] if wrong else []
    counts += [f"{look} to look at"] if look else []
    files = "1 file" if len(every) == 1 else f"{len(every)} files"
    return f"Checked {files}: {', '.join(counts) or 'nothing to mend'}."
