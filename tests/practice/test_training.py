"""The practice workspace with the real bot in a process of its own, as somebody meets it who just came."""

from __future__ import annotations

import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest

from ecomms_bot.practice.page.panels import Panels, page
from ecomms_bot.practice.playing import thing_of
from ecomms_bot.practice.training import NotReady, Training, put_aside, training
from ecomms_bot.practice.workspace import Conversation, Message, Person, WorkspaceError
from tests.practice.page.test_panels import Seen

WAIT_S = 30.0
DESK = "ops-desk"
HOLDING = {
    "hazard_seen": "mudslides",
    "road": "Highway 7",
    "area_description": "between Agassiz and Hope",
    "not_known_yet": "trapped",
    "how_finding_out": "crews-now",
}


@dataclass
class Visit:
    """A practice that somebody opened, and what they find there."""

    made: Training
    panels: Panels
    port: int

    def person(self, handle: str) -> Person:
        return self.made.people[handle]

    def panel(self, name: str, handle: str = "maya") -> Seen:
        return Seen(str(self.panels.panels(self.person(handle))[name]))

    def seen(self, name: str, words: str, handle: str = "maya") -> None:
        """Wait until a panel says so."""
        self.made.workspace.wait_for(
            lambda: words in self.panel(name, handle).words,
            WAIT_S,
            lambda: f"“{words}” in {self.panel(name, handle).words}",
        )

    @property
    def home(self) -> Conversation:
        """The newest conversation that the bot made."""
        bot = self.made.workspace.bot.id
        places = [
            each
            for each in self.made.workspace.conversations
            if each.creator == bot and each.name != "leaders"
        ]
        return places[-1]

    def thing(self, kind: str, handle: str = "maya") -> Message:
        """The newest message that shows a thing of this kind, as soon as it is there."""

        found = self.made.workspace.wait_for(
            lambda: self.things(kind, handle), WAIT_S, f"a message of the kind {kind}"
        )
        return found[-1]

    def things(self, kind: str, handle: str = "maya") -> list[Message]:
        messages = self.person(handle).all_messages(self.home)
        return [each for each in messages if thing_of(each)[0] == kind]

    def pushes(self, minutes: int) -> None:
        """Push the clock, and wait until it is there."""
        self.made.mover.push(timedelta(minutes=minutes))
        self.made.workspace.wait_for(lambda: self.made.mover.target is None, 3 * WAIT_S)

    def read(self, path: str) -> str:
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=WAIT_S) as answer:
            told: bytes = answer.read()
        return told.decode()

    def opens(self, playbook: str = "flood") -> None:
        """Type `/ecomms start …`, and open an exercise."""
        person = self.person("maya")
        places = len(self.made.workspace.conversations)
        assert person.command(DESK, "/ecomms", f"start {playbook}").ok
        person.fill({"Name": "Slides at Agassiz", "area": "Agassiz to Hope", "mode": "exercise"})
        answer = person.submit()
        assert not answer.errors, answer.errors
        self.made.workspace.wait_for(lambda: len(self.made.workspace.conversations) > places, WAIT_S)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    folder = tmp_path_factory.mktemp("open") / "practice"
    with training(folder, port=0, speed=0.0, site=page) as (made, server):
        yield Visit(made, Panels(made), server.port)


@pytest.mark.long
def test_the_six_steps_tick_themselves_as_a_newcomer_takes_them(here: Visit) -> None:
    here.opens()
    here.seen("guide", "1 of 6 done")
    maya, priya = here.person("maya"), here.person("priya")

    # Maya writes the first text, and submits it
    root = here.thing("step")
    assert maya.click(root, next(each for each in root.buttons if each.startswith("Write"))).ok
    maya.fill(HOLDING)
    assert maya.submit().pushed
    here.seen("guide", "2 of 6 done")
    assert maya.submit().ok
    here.seen("guide", "3 of 6 done")

    # the guide leads Priya into the thread, where the text is
    (link,) = here.panel("guide").links
    assert link.startswith(f"/?as=priya&in={here.home.id}&thread={root.ts}")
    here.seen("guide", "4 of 6 done", "priya")
    assert priya.click(here.thing("review"), "Approve").ok
    here.seen("guide", "5 of 6 done")

    # nobody marks it as published, so the bot reminds Maya of it
    before = here.made.mover.now
    here.pushes(15)
    here.seen("guide", "6 of 6 done")
    assert (here.made.mover.now - before).total_seconds() == 900.0


@pytest.mark.long
def test_a_bot_that_is_ended_in_the_middle_is_back_by_itself_and_goes_on(here: Visit) -> None:
    first = here.made.bot.pid
    here.made.bot.kill()
    here.seen("bot", "starting it again")
    here.seen("bot", "The bot is back")
    assert here.made.bot.pid != first
    here.opens("closure")
    here.thing("card")


@pytest.mark.long
def test_after_an_outage_the_bot_is_reached_again(here: Visit) -> None:
    here.made.luck.switch("outage", on=True)
    here.made.workspace.wait_for(lambda: not here.made.connected, WAIT_S)
    answer = here.person("maya").command(DESK, "/ecomms", "help")
    assert "dispatch_failed" in str(answer.error)
    here.made.luck.all_off()
    here.made.workspace.wait_for(lambda: here.made.connected, WAIT_S)
    assert here.person("maya").command(DESK, "/ecomms", "help").ok


@pytest.mark.long
def test_a_drill_takes_slack_away_for_as_long_as_it_says_and_ends_with_a_page_and_a_file(here: Visit) -> None:
    # Maya starts it, in which Slack is away from minute 24 to minute 30
    maya = here.person("maya")
    places = len(here.made.workspace.conversations)
    assert maya.command(DESK, "/ecomms", "drill lead-asleep").ok
    assert maya.submit().ok
    here.made.workspace.wait_for(lambda: len(here.made.workspace.conversations) > places, WAIT_S)
    here.thing("briefing")

    # the message comes, then Slack goes
    here.pushes(25)
    here.seen("bot", "Slack is away for 5 minutes of practice")
    assert "no-slack" in [thing_of(each)[1][0] for each in here.things("inject")]
    assert "as the drill says" in here.panels.away
    assert not here.made.connected

    # at its minute it is back, and the drill goes on to its end
    here.pushes(60)
    assert here.panels.away == ""
    here.seen("drills", "It is over. 7 of 7 injects came, 0 answered.")
    (link,) = [each for each in here.panel("drills").links if each.startswith("/debrief/")]
    assert "Left without an answer" in here.read(link)
    assert here.read(f"{link}.md").startswith("# EXERCISE")

    # and one that is begun later stands above it, also in a conversation that is older
    assert maya.command(DESK, "/ecomms", "drill river-night").ok
    form = maya.modal
    assert form is not None
    form.fill({"Conversation": "This conversation"})
    assert form.submit().ok
    here.seen("drills", "Minute 0 of 55.")
    begun = [each for each in here.panel("drills").links if each.startswith("/debrief/")]
    assert len(begun) == 2
    assert begun[1] == link


def test_an_earlier_log_is_kept_under_its_date_or_thrown_away_if_so_asked(tmp_path: Path) -> None:
    assert put_aside(tmp_path, fresh=False) is None
    (tmp_path / "practice.db").write_text("first")
    (tmp_path / "practice.db-wal").write_text("and more")
    kept = put_aside(tmp_path, fresh=False)
    assert kept is not None
    assert kept.read_text() == "first"
    assert kept.with_name(kept.name + "-wal").read_text() == "and more"
    assert not (tmp_path / "practice.db").exists()

    (tmp_path / "practice.db").write_text("second")
    assert put_aside(tmp_path, fresh=True) is None
    assert list(tmp_path.iterdir()) == []


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """As while a practice is open there."""
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_two_practices_do_not_share_a_folder(tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(NotReady, match="is open in"), training(tmp_path, port=0):
        pass


def test_a_port_that_is_taken_is_told_before_anything_is_touched(tmp_path: Path) -> None:
    (tmp_path / "practice.db").write_text("the last one")
    with (
        taken_port() as port,
        pytest.raises(WorkspaceError, match=f"Port {port}"),
        training(tmp_path, port=port),
    ):
        pass
    assert (tmp_path / "practice.db").read_text() == "the last one"
