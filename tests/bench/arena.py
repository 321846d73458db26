"""The built-in workspace in this process, and the bot, or the app that does nothing, in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from ecomms_bot.practice.stage import COMMAND, roles_of
from ecomms_bot.practice.workspace import Answer, Conversation, Person, Workspace, WorkspaceServer
from tests.books import FOLDER
from tests.scenario.acting import OFFICE, PEOPLE, ZONE, filled

ROOT = Path(__file__).parents[2]
UP_S = 60.0
PATIENCE_S = 30.0
"""How long a person of the bench waits for an answer: longer than Slack's 3 s, to see how late it comes."""
BOT = ("-m", "ecomms_bot", "run")
NOOP = ("-m", "tests.bench.noop")


CARD_AND_STEP = 2


@dataclass(frozen=True)
class Running:
    """A process that is connected. `up_s`: from its start to its first connection."""

    process: subprocess.Popen[bytes]
    up_s: float

    @property
    def cpu_s(self) -> float:
        """Work of the processor for it until now."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def rss_mb(self) -> float:
        """Memory it holds now."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) / 1024


@dataclass
class Arena:
    """A workspace with its people. `database_url` is the bots'."""

    folder: Path
    workspace: Workspace
    server: WorkspaceServer
    database_url: str

    def person(self, handle: str = "mara") -> Person:
        return self.workspace.person(handle)

    @contextmanager
    def running(self, arguments: Sequence[str]) -> Iterator[Running]:
        """Python with these arguments, until it is connected; stopped at the end."""
        before = {link.number for link in self.workspace.connections}

        def connected() -> bool:
            if process.poll() is not None:
                raise RuntimeError(f"{arguments} ended: {self.output.read_text()}")
            return bool({link.number for link in self.workspace.connections} - before)

        since = time.monotonic()
        with self.output.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                env=self._environment(),
                cwd=self.folder,
                stdout=output,
                stderr=output,
            )
        try:
            self.workspace.wait_for(connected, UP_S, lambda: f"{arguments}: {self.output.read_text()}")
            yield Running(process, time.monotonic() - since)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @property
    def output(self) -> Path:
        """What the processes wrote."""
        return self.folder / "output.log"

    def _environment(self) -> dict[str, str]:
        config = self.folder / "ecomms.yaml"
        people = {handle: self.workspace.person(handle) for handle in PEOPLE}
        config.write_text(yaml.safe_dump({"time_zone": ZONE, **OFFICE, "roles": roles_of(PEOPLE, people)}))
        return {
            **os.environ,
            "SLACK_BOT_TOKEN": self.workspace.bot_token,
            "SLACK_APP_TOKEN": self.workspace.app_token,
            "SLACK_API_URL": self.server.url,
            "ECOMMS_DATABASE_URL": self.database_url,
            "ECOMMS_CONFIG": str(config),
            "ECOMMS_PLAYBOOKS": str(FOLDER),
            "PYTHONPATH": str(ROOT),
        }

    # --- what people do -----------------------------------------------------------------------------------

    def types(self, place: Conversation | str, text: str, who: str = "mara") -> Answer:
        return self.person(who).command(place, COMMAND, text)

    def form(self, number: int, who: str = "mara", place: str = "ops-desk") -> Person:
        """Somebody with the form of an opening filled in before them."""
        person = self.person(who)
        answer = person.command(place, COMMAND, "start flood")
        if person.modal is None:  # there is one already, and this is another
            person.click(person.all_messages(place)[-1], "Open another")
        assert person.modal is not None, answer
        person.fill(filled(f"Slide {number}"))
        return person

    def submits(self, person: Person) -> Answer:
        """Press the form's button, twice if it asks whether another incident is meant."""
        answer = person.submit()
        if answer.updated:
            person.fill({"another": ["yes"]})
            answer = person.submit()
        assert answer.closed, answer
        return answer

    def opened(self, number: int) -> Conversation:
        """An exercise with its card and its first step; gives where it is at home."""
        known = set(self.workspace.channels)
        self.submits(self.form(number))
        self.workspace.wait_for(lambda: self._new_home(known), UP_S, "a card and a first step")
        home = self._new_home(known)
        assert home is not None
        return home

    def rest(self, quiet_s: float = 0.5) -> None:
        """Until no call came for a while."""
        calls = -1
        while calls != len(self.workspace.calls):
            calls = len(self.workspace.calls)
            time.sleep(quiet_s)

    def _new_home(self, known: set[str]) -> Conversation | None:
        with self.workspace.lock:
            found = [each for each in self.workspace.channels.values() if each.id not in known]
            return next((each for each in found if len(each.messages) >= CARD_AND_STEP), None)


def took_ms(answer: Answer) -> float:
    """From sending the envelope to its acknowledgement."""
    assert answer.ok, answer
    assert answer.envelope is not None
    assert answer.envelope.latency is not None
    return answer.envelope.latency * 1000


def at_once(work: Sequence[Callable[[], Answer]]) -> list[float]:
    """All of it in flight at the same moment; how long each took to be acknowledged, in ms."""
    gate, took, failed = threading.Barrier(len(work), timeout=60), list[float](), list[BaseException]()

    def one(each: Callable[[], Answer]) -> None:
        gate.wait()
        try:
            took.append(took_ms(each()))
        except BaseException as error:  # noqa: BLE001 - raised below, where it is seen
            failed.append(error)

    threads = [threading.Thread(target=one, args=(each,)) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return took


@contextmanager
def arena(folder: Path, *, database_url: str = "") -> Iterator[Arena]:
    """Everything but the bot. Its clock is the machine's."""
    folder.mkdir(parents=True, exist_ok=True)
    workspace = Workspace(f"bench-{folder.name}", now=time.time, ack_timeout=PATIENCE_S)
    for handle, member in PEOPLE.items():
        workspace.add_user(handle, name=member.name, tz=ZONE)
    workspace.add_conversation("ops-desk", list(PEOPLE))
    with WorkspaceServer(workspace) as server:
        yield Arena(folder, workspace, server, database_url or f"sqlite:///{folder / 'ecomms.db'}")
