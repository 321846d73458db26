"""One run: people, bots and misfortunes for a while, then calm until rest; what is left is the evidence."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from ecomms_bot import bootstrap
from ecomms_bot.practice.stage import roles_of
from ecomms_bot.practice.workspace import Workspace, WorkspaceServer
from ecomms_bot.service.clocks import PracticeClock
from tests.books import FOLDER
from tests.chaos import evidence
from tests.chaos.bots import Bots
from tests.chaos.databases import Shared, shared
from tests.chaos.ledger import Ledger
from tests.chaos.luck import KINDS, OF_MUTANTS, Luck, schedule
from tests.chaos.people import LOBBY, Human, Town
from tests.scenario.acting import FIRST_EVENING, OFFICE, PEOPLE, ZONE

REPLICAS = 3
UP_S = 300.0
REST_S = 120.0
"""True time within which everything that is due is done, once nothing goes wrong any more."""
AFTER_MIN = 80
"""So far the clock goes on at the end: whatever was promised is due then, and late."""
STEP = timedelta(minutes=8)
BUSY = """
    SELECT key FROM tasks
    WHERE state = 'leased' OR (state = 'pending' AND (due_at <= '{now}' OR due_at <= created_at))
"""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What a run is like."""

    database: str = "sqlite"
    seed: int = 1
    seconds: float = 90.0
    mutant: str = ""
    kinds: tuple[str, ...] = KINDS
    every_s: float = 4.0
    incidents: int = 3
    pace_s: float = 0.7
    after_min: int = AFTER_MIN
    speed: float = 20.0
    """Incident time goes so much faster: in a run of 90 s half an hour passes, and promises come due."""


def of_mutant(name: str, database: str = "sqlite", seed: int = 1) -> Plan:
    """A short run with what brings out that this safeguard is missing."""
    return Plan(database, seed, 18.0, name, OF_MUTANTS[name], every_s=1.6, pace_s=0.5, after_min=0)


@dataclass(frozen=True)
class Scene:
    """Everything that is there while a run goes on."""

    plan: Plan
    folder: Path
    workspace: Workspace
    bots: Bots
    database: Shared
    clock: PracticeClock
    ledger: Ledger
    luck: Luck
    over: threading.Event
    say: Say


def run(plan: Plan, folder: Path, say: Say) -> Path:
    """Play it; what was received and done is in the folder then, for the checker."""
    clock = bootstrap.practice_clock(folder / "clock.json")
    clock.set(FIRST_EVENING, plan.speed)
    workspace = _workspace(plan)
    with shared(plan.database, folder) as database, WorkspaceServer(workspace) as server:
        bots = Bots(folder, _environment(folder, workspace, server.url, database.url), _command(plan))
        over = threading.Event()
        luck = Luck(workspace, bots, database, clock, over)
        scene = Scene(plan, folder, workspace, bots, database, clock, Ledger(), luck, over, say)
        try:
            _start(scene)
            stumbles = _play(scene)
            unrest = _calm(scene)
            ended = bots.end()
            return evidence.write(scene, stumbles, unrest, ended)
        finally:
            bots.end()


def _workspace(plan: Plan) -> Workspace:
    began = time.monotonic()

    def slack_time() -> float:
        """Slack has a clock of its own, which nobody steps."""
        return FIRST_EVENING.timestamp() + (time.monotonic() - began) * plan.speed

    workspace = Workspace(f"chaos-{plan.seed}", now=slack_time)
    for handle, member in PEOPLE.items():
        workspace.add_user(handle, name=member.name, tz=ZONE)
    workspace.install(bootstrap.app_manifest())
    workspace.add_conversation(LOBBY, list(PEOPLE))
    return workspace


def _start(scene: Scene) -> None:
    scene.bots.add(1)  # the first one makes the tables
    scene.workspace.wait_connected(1, UP_S)
    for number in range(2, REPLICAS + 1):
        scene.bots.add(number)
    scene.workspace.wait_connected(REPLICAS, UP_S)
    scene.say(f"{REPLICAS} bots are connected")


def _play(scene: Scene) -> list[str]:
    """People and misfortunes, side by side; gives what nobody foresaw in them."""
    plan, over = scene.plan, scene.over
    town = Town(scene.workspace, scene.clock, scene.ledger, over, plan.seed, plan.pace_s, plan.incidents)
    people = [Human(town, handle) for handle, each in PEOPLE.items() if each.roles != ("observer",)]
    for human in people:
        human.start()
    ends = threading.Timer(plan.seconds, over.set)
    ends.daemon = True
    ends.start()
    scene.luck.play(schedule(plan.seed, plan.seconds, plan.kinds, plan.every_s))
    over.wait()
    for human in people:
        human.join(30)
    scene.say(f"{len(scene.ledger.acts)} acts of people, {sum(scene.luck.told.values())} misfortunes")
    return [*(each for human in people for each in human.stumbles), *scene.luck.stumbles]


def _calm(scene: Scene) -> list[str]:
    """Nothing goes wrong any more: all bots run, and whatever comes due is done. Gives what was not done."""
    scene.workspace.faults.clear()
    scene.bots.restore()
    scene.workspace.wait_connected(REPLICAS, UP_S)
    clock = scene.clock
    clock.set(clock.now(), 0.0)
    unrest = rest(scene, REST_S)
    end = clock.now() + timedelta(minutes=scene.plan.after_min)
    while clock.now() < end:
        clock.set(clock.now() + STEP, 0.0)
        unrest = rest(scene, REST_S if not unrest else 5.0)
    scene.say("everything is at rest" if not unrest else "this does not come to rest: " + ", ".join(unrest))
    return unrest


def rest(scene: Scene, at_most_s: float) -> list[str]:
    """Until nothing is due, leased or unanswered; gives what still is."""
    until, quiet = time.monotonic() + at_most_s, 0
    while True:
        now = scene.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        left = [str(row[0]) for row in scene.database.rows(BUSY.format(now=now))]
        left += ["an envelope or a call"] if scene.workspace.busy() else []
        quiet = 0 if left else quiet + 1
        if quiet >= 3 or time.monotonic() > until:
            return left
        time.sleep(0.1)


def _environment(folder: Path, workspace: Workspace, url: str, database_url: str) -> dict[str, str]:
    config = folder / "ecomms.json"  # JSON is YAML too
    people = {handle: workspace.person(handle) for handle in PEOPLE}
    roles = roles_of(PEOPLE, people)
    config.write_text(json.dumps({"time_zone": ZONE, **OFFICE, "roles": roles}))
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("COV", "ECOMMS_"))},
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_API_URL": url,
        "ECOMMS_DATABASE_URL": database_url,
        "ECOMMS_CONFIG": str(config),
        "ECOMMS_CLOCK": str(folder / "clock.json"),
        "ECOMMS_PLAYBOOKS": str(FOLDER),
    }


def _command(plan: Plan) -> list[str]:
    return ["tests.chaos.replica", "--mutant", plan.mutant] if plan.mutant else ["ecomms_bot", "run"]
