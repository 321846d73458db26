"""How long things take on this machine: printed to be read, never asserted. Run: make bench."""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import yaml

from ecomms_bot.incident.commands import AddNote
from ecomms_bot.incident.evolve import replay
from ecomms_bot.playbook.channels import count
from ecomms_bot.playbook.library import Library, files_in, shipped_folder
from ecomms_bot.playbook.longest import longest_counts
from ecomms_bot.store.engine import Database
from ecomms_bot.store.migrate import migrate
from ecomms_bot.workshop.checking import check
from tests.incident.stories import COMMUNICATOR, Story
from tests.interaction.meeting import Meeting, at_work, leave
from tests.scenario.acting import office, opens
from tests.store.samples import append, note

EVENTS = 1000
INCIDENT = "i7abcdefghij"


@dataclass(frozen=True)
class Timed:
    """One line of the report, in milliseconds."""

    what: str
    took: list[float]
    remark: str = ""

    def __str__(self) -> str:
        line = f"{self.what:<44}{median(self.took):>10.2f} ms  median of {len(self.took):<3}"
        return f"{line}  {self.remark}".rstrip()


def timed(what: str, times: int, work: Callable[[], object], remark: str = "") -> Timed:
    """Do it once to warm up, then so many times."""
    work()
    took = []
    for _ in range(times):
        before = time.perf_counter()
        work()
        took.append((time.perf_counter() - before) * 1000)
    return Timed(what, took, remark)


def playbooks() -> Iterator[Timed]:
    """Reading and checking all that ships, and how long YAML alone takes for the same files."""
    folder = shipped_folder()
    texts = [path.read_text() for path in files_in(folder)]
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    alone = timed(
        "YAML alone composes their files", 5, lambda: [yaml.compose(each, loader) for each in texts]
    )
    loaded = timed("Shipped playbooks loaded", 5, lambda: Library.from_folder(folder))
    checked = timed("… read and checked, as ecomms check does", 5, lambda: check([folder]))
    yield alone
    for each in (loaded, checked):
        yield Timed(each.what, each.took, f"{median(each.took) / median(alone.took):.1f} × YAML alone")


def counting() -> Timed:
    """The text of all that takes longest to count."""
    every = [
        (channel, text)
        for loaded in Library.from_folder(shipped_folder()).playbooks.values()
        for steps in loaded.playbook.phases.values()
        for step in steps
        for kind in step.texts
        for (channel, _), (_, text) in longest_counts(loaded.playbook, step, kind).items()
    ]
    channel, text = max(every, key=lambda each: median(timed("", 3, lambda: count(*each)).took))
    return timed("The slowest text counted", 50, lambda: count(channel, text), f"for {channel}")


def replaying() -> Timed:
    """An incident of 1,000 entries from its first to its last."""
    story = Story().open()
    while len(story.log) < EVENTS:
        story.do(AddNote(f"Note {len(story.log)}"), COMMUNICATOR)
    entries = story.log[:EVENTS]
    return timed(f"Replay of {EVENTS:,} events", 20, lambda: replay(INCIDENT, entries))


def appending(folder: Path) -> Timed:
    """One entry in a transaction of its own, as a command writes it, flushed to the disk."""
    db = Database(f"sqlite:///{folder / 'log.db'}")
    migrate(db)
    written = 0

    def write() -> None:
        nonlocal written
        with db.write() as conn:
            append(conn, INCIDENT, written, note(f"Note {written}"))
        written += 1

    try:
        return timed("One entry appended to the log on SQLite", 200, write)
    finally:
        db.dispose()


def acknowledging(folder: Path) -> Timed:
    """A command typed in the built-in workspace until its answer is there: Socket Mode, bolt, a commit."""
    with at_work(folder, http=False) as on:
        case = Meeting(on).case()
        person = case.actor("otto").person
        try:
            return timed(
                "A note typed, committed and acknowledged",
                50,
                lambda: person.command(case.conversation, "/ecomms", "note the bridge stands"),
                "over Socket Mode",
            )
        finally:
            leave(on)


def three_approvals(folder: Path) -> str:
    """From *Submit for approval* to the third approval of a closure (sme, pio, ic), in the workspace.

    Clicks are the envelopes of buttons and forms that arrived. Nobody thinks or reads in this time.
    """
    folder.mkdir()
    with office(folder) as on:
        case = opens(on)
        case.writes("mara", "D3")
        clicks, before = len(on.workspace.envelopes), time.perf_counter()
        case.submits("mara")
        for who in ("dale", "pia", "irene"):
            case.approves(who, "D3")
        took = time.perf_counter() - before
        status = case.draft("D3").status
        pressed = len(on.workspace.envelopes) - clicks
    ends = f"{pressed} clicks, then {status}"
    return f"{'From submission to three approvals':<44}{took * 1000:>10.2f} ms  {ends}"


def main() -> None:
    logging.disable(logging.WARNING)  # a workspace of exercises has fewer leads than tiers
    before = time.perf_counter()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for line in playbooks():
            say(str(line))
        say(str(counting()))
        say(str(replaying()))
        say(str(appending(folder)))
        say(str(acknowledging(folder)))
        say(three_approvals(folder / "three"))
    say(f"All of it took {time.perf_counter() - before:.0f} s.")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
