"""What an author is told of a drill: what is wrong with its file, and what to look at before it is played."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ecomms_bot.playbook.drill_files import FOLDER, DrillReading, is_drill, read_drill
from ecomms_bot.playbook.drills import Inject, TakePart
from ecomms_bot.playbook.library import Library, LoadedPlaybook, files_in, shipped_folder
from ecomms_bot.playbook.mistakes import Finding, Mistake
from ecomms_bot.playbook.mistakes import Path as Path_
from ecomms_bot.playbook.source import Source, finding

Scripted = Callable[[Source], Iterable[Mistake]]
"""What is wrong with the part of a drill that plays by itself: `practice.script` knows it."""
_INJECTS: Path_ = ("take_part", "injects")


@dataclass
class DrillDesk:
    """Looks at drills. `playbooks`: says the folder for drills beside which no playbook stands."""

    playbooks: Callable[[], Path] = shipped_folder
    scripted: Scripted = lambda _: ()
    _libraries: dict[Path, Mapping[str, LoadedPlaybook]] = field(default_factory=dict)

    def check(self, path: Path) -> tuple[str | None, tuple[Finding, ...]]:
        """The drill's id, if it says one, and all that is to be said of it, by line."""
        reading = self._read(path)
        found = list(reading.findings)
        if (source := reading.source) is not None:
            told = [*self.scripted(source), *_looks(reading)]
            found += [finding(path, source, each) for each in told]
            found += self._twin(reading, source)
        order = sorted(dict.fromkeys(found), key=lambda each: (each.line, each.column, each.weight == "look"))
        return _id(reading), tuple(order)

    def _read(self, path: Path) -> DrillReading:
        return read_drill(path, self._beside(path))

    def _beside(self, path: Path) -> Mapping[str, LoadedPlaybook]:
        """The playbooks that the bot has where it finds this drill."""
        here = path.resolve().parent
        own = self._library(here.parent if here.name == FOLDER else here)
        return own or self._library(self.playbooks().resolve())

    def _library(self, folder: Path) -> Mapping[str, LoadedPlaybook]:
        if folder not in self._libraries:
            self._libraries[folder] = Library.from_folder(folder).playbooks
        return self._libraries[folder]

    def _twin(self, reading: DrillReading, source: Source) -> Iterator[Finding]:
        """Another drill of the folder with the same id: the bot uses the first."""
        name = _id(reading)
        for path in files_in(reading.path.parent) if name is not None else ():
            if path.resolve() == reading.path.resolve():
                return
            if is_drill(path) and (other := self._read(path)).drill and _id(other) == name:
                message = f"{path.name} has the id {name} already, so this file is not used"
                yield finding(reading.path, source, Mistake(("id",), message))
                return


def _id(reading: DrillReading) -> str | None:
    name = reading.source.raw.get("id") if reading.source else None
    return name if isinstance(name, str) else None


def _looks(reading: DrillReading) -> Iterator[Mistake]:
    """What works as it is written and may surprise those who take part."""
    if reading.drill is None or (part := reading.drill.take_part) is None:
        return
    for number, inject in enumerate(part.injects):
        for name, message in _of_inject(inject, part):
            yield Mistake((*_INJECTS, number, name), message, weight="look")


def _of_inject(inject: Inject, part: TakePart) -> Iterator[tuple[str, str]]:
    if (late := inject.minute + inject.within - part.minutes) > 0:
        least = part.minutes - inject.minute
        yield "within", f"the drill ends {late} min before this time is up; {least} is the most that fits"
    for away in part.injects:
        ends = away.minute + (away.minutes or 0)
        if away is not inject and away.kind == "outage" and away.minute <= inject.minute < ends:
            yield (
                "minute",
                f"people are without Slack from minute {away.minute} to {ends}, so they read it later",
            )
    if inject.answer == "correction" and inject.minute < part.targets.first_message:
        message = f"the first text has until minute {part.targets.first_message}, so nothing may be out yet"
        yield "minute", f"{message} that could be corrected"
