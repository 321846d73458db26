"""The one place that builds things: clocks, ids, connections, and the bot from all of them."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from slack_sdk import WebClient

from ecomms_bot.errors import ConfigurationError, EcommsError
from ecomms_bot.incident import office
from ecomms_bot.playbook.drill_files import load_drills
from ecomms_bot.playbook.drills import Drill
from ecomms_bot.playbook.library import Library, shipped_folder
from ecomms_bot.service import owners
from ecomms_bot.service.alarm import Alarm
from ecomms_bot.service.clocks import PracticeClock, SystemClock
from ecomms_bot.service.duty import Duty
from ecomms_bot.service.handler import Handler
from ecomms_bot.service.ports import Clock
from ecomms_bot.service.records import Records, States
from ecomms_bot.service.remembered import Remembered
from ecomms_bot.service.rest import Listening, Rest
from ecomms_bot.service.stopping import ended
from ecomms_bot.service.worker import Parts, Worker
from ecomms_bot.settings import Office, Settings
from ecomms_bot.slack.app import build_app
from ecomms_bot.slack.calls import TIMEOUT_S, is_loopback, slack_client
from ecomms_bot.slack.commands.table import TABLE
from ecomms_bot.slack.connection import Link, Repeats, SlackLine
from ecomms_bot.slack.desk import MEET_TIMEOUT_S, OPEN_VIEW_TIMEOUT_S, Desk
from ecomms_bot.slack.gateway import Gateway
from ecomms_bot.slack.home import HomeTab
from ecomms_bot.slack.manifest import manifest
from ecomms_bot.slack.names import COMMAND
from ecomms_bot.slack.pace import Pace
from ecomms_bot.slack.people import RoleDirectory
from ecomms_bot.slack.personal import PersonalAnswers
from ecomms_bot.slack.socket_link import SocketLink
from ecomms_bot.slack.web import Door, Listen, WebServer
from ecomms_bot.store import heartbeat, log, migrate, projections
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.engine import Database

ANSWERS_S = 3.0
"""Nobody waits longer for an answer: Slack gives up then."""
STOP_S = 4.0
"""A stop takes no longer, but for the last word to the database: who stops us may not wait much longer."""
DRILL_MANNERS_S = 120.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bot:
    """A whole bot in this process. Slack reaches it over `link` (Socket Mode) or `web` (HTTP mode)."""

    settings: Settings
    db: Database
    clock: Clock
    handler: Handler
    records: Records
    worker: Worker
    alarm: Alarm
    line: SlackLine
    link: Link | None
    web: WebServer | None
    answers: PersonalAnswers
    home: HomeTab
    idle: Rest
    pace: Pace

    def start(self) -> None:
        """Begin to work; returns before Slack is reached. Raises ConfigurationError and DatabaseError."""
        if self.web is not None:
            try:
                self.web.start()
            except ConfigurationError:
                self.db.dispose()
                raise
        self.alarm.start()
        self.worker.start()
        self.line.start(self.link)

    def stop(self) -> bool:
        """Answer who waits, take nothing new, finish what is being done, close the connections.

        All within `STOP_S`, whatever hangs: False if something still waits for Slack then. Nothing is lost by
        ending the process: who starts next goes on.
        """
        within, answers = Deadline.after(STOP_S), Deadline.after(ANSWERS_S)
        self.worker.rest()
        self.pace.close()
        if self.web is not None:
            self.web.stop(answers)
        self.line.hush(answers)
        self.idle.answered(answers.remaining())
        fine = [ended(within, self.line.stop), self.worker.stop(within)]
        self.alarm.stop()
        fine.append(self.put_away(within))
        return all(fine)

    def put_away(self, within: Deadline | None = None) -> bool:
        """Close what was opened while building. All there is to do for a bot that was never started."""
        within = within or Deadline.after(STOP_S)
        fine = [ended(within, each) for each in (self.answers.close, self.home.close)]
        self.db.dispose()
        return all(fine)


def nonce() -> str:
    """What keeps a blanked payload from being guessed: 128 random bits."""
    return secrets.token_hex(16)


def new_command_id(origin: str) -> str:
    """The id of a command that is made here, in a terminal."""
    return f"{origin}:{secrets.token_hex(16)}"


def machine_name() -> str:
    return socket.gethostname()


def app_manifest(*, discussion: bool = True) -> dict[str, Any]:
    """What the app asks of a workspace, as Slack takes it: practice installs it like Slack does."""
    return manifest(discussion=discussion)


def app_commands() -> dict[str, list[tuple[str, str]]]:
    """What can be typed after each command of the app, and what it does: practice completes it."""
    return {COMMAND: [(each.line, each.does) for each in TABLE]}


def clock_of(settings: Settings) -> Clock:
    """The system's clock, or the practice clock that the settings name."""
    return PracticeClock(settings.clock, time.time) if settings.clock else SystemClock(time.time)


def practice_clock(path: Path) -> PracticeClock:
    return PracticeClock(path, time.time)


def database_of(settings: Settings) -> Database:
    owner = settings.migrate_url.get_secret_value() if settings.migrate_url else None
    return Database(settings.database_url.get_secret_value(), migrate_url=owner)


def library_of(settings: Settings) -> Library:
    """The playbooks that can be used. Raises ConfigurationError when there is none."""
    library = Library.from_folder(settings.playbooks or shipped_folder())
    for problem in library.problems:
        logger.warning("%s", problem)
    if not library.playbooks:
        reasons = "\n".join(str(problem) for problem in library.problems)
        raise ConfigurationError(
            f"There is no playbook that can be used. Nothing was started.\n{reasons}".strip()
        )
    return library


def drills_of(settings: Settings, library: Library) -> Mapping[str, Drill]:
    """The drills that people can take part in, by id, with the playbooks that there are."""
    found = load_drills(settings.playbooks, library.playbooks)
    for problem in found.problems:
        logger.warning("%s", problem)
    return found.drills


def prepared_database(settings: Settings) -> Database:
    """The database, its tables made if it is empty. Raises DatabaseError when it is not of this version."""
    db = database_of(settings)
    try:
        if migrate.status(db) == "empty":
            migrate.migrate(db)
        migrate.require_current(db)
    except EcommsError:
        db.dispose()
        raise
    return db


def build(settings: Settings, http: Listen | None = None) -> Bot:
    """Everything put together, nothing started: for Socket Mode, unless `http` says where to listen.

    Raises ConfigurationError and DatabaseError.
    """
    bot_token, secret = settings.tokens() if http is None else settings.signed()
    clock, library = clock_of(settings), library_of(settings)
    db = prepared_database(settings)
    wake, listening = threading.Event(), Listening()
    duty = Duty(db, clock, nonce)
    duty.refresh()
    memory = Remembered(db, clock.machine)
    directory = RoleDirectory(settings.office.roles, settings.office.deputies, memory=memory, off=duty.off)
    states = States()
    handler = Handler(db, clock, directory, nonce, wake.set, leaders=settings.office.leaders, states=states)
    records, alarm = Records(db, states), Alarm(clock, wake)
    client = slack_client(bot_token, settings.api_url)
    views = slack_client(bot_token, settings.api_url, timeout_s=OPEN_VIEW_TIMEOUT_S)

    drills = cache(partial(drills_of, settings, library))

    def connected() -> None:
        warn_of_tiers(library, directory)  # only now are the members of user groups known
        wake.set()
        drills()  # nobody waits for them: not a bot that starts, nor who asks for them later

    def refresh(client: WebClient) -> None:
        duty.refresh()  # another replica may have been told
        directory.refresh(client)

    # The built-in workspace plays a night in a minute; where it has Slack's limits on, its 429 is honoured.
    pace = Pace(time.monotonic, limited=not is_loopback(settings.api_url))
    line = SlackLine(client, refresh=refresh, connected=connected)
    gateway = Gateway(
        client,
        state=records.state,
        checked=records.checked,
        names=directory.names,
        roster=directory.roster,
        now=clock.now,
        bot_user=line.bot_user,
        workspace=line.workspace,
        discussion=settings.office.discussion,
        pace=pace,
    )
    answers = PersonalAnswers(listening.one)
    name = owners.own_name(machine_name(), os.getpid())
    own = (wake, name, name, owners.is_gone, duty.refresh)
    parts = Parts(db, handler, records, gateway, clock, alarm, *own)
    worker = Worker(parts, connected=lambda: line.known)
    brief = WebClient(token=bot_token, base_url=settings.api_url, timeout=MEET_TIMEOUT_S, retry_handlers=[])
    meet = partial(directory.meet, brief)
    drawing = slack_client(bot_token, settings.api_url)
    home = HomeTab(
        drawing,
        records,
        directory,
        clock,
        zone=settings.office.time_zone,
        workspace=line.workspace,
        meet=partial(directory.meet, drawing),
        listening=listening.one,
        off=duty.off,
    )

    def bot_name() -> str:
        return line.identity().user or "" if line.known else ""

    tools = (library, clock, settings.office, answers, views, meet, home, bot_name, duty, drills)
    desk = Desk(handler, records, directory, *tools)
    # Bolt is given the token with each request, by `identity`.
    bare = WebClient(base_url=settings.api_url, timeout=TIMEOUT_S, retry_handlers=[])
    app = build_app(desk, bare, line.identity, Repeats())
    link = SocketLink(app, secret, settings.api_url, listening.one) if http is None else None
    web = None if http is None else WebServer(Door(app, secret, listening.one), http)
    note_versions(db, clock, settings, library)
    idle = Rest(db, clock, worker, listening)
    return Bot(
        settings, db, clock, handler, records, worker, alarm, line, link, web, answers, home, idle, pace
    )


def note_versions(db: Database, clock: Clock, settings: Settings, library: Library) -> None:
    """The office stream notes which configuration and playbooks a start found."""
    entries = [office.configuration_loaded(settings.office.sha256)]
    entries += [office.playbook_loaded(name, loaded.sha256) for name, loaded in library.playbooks.items()]
    with db.write() as conn:
        log.append_office(
            conn, entries, at=clock.now(), actor="bot", command_id=new_command_id("start"), nonce=nonce
        )


def warn_of_tiers(library: Library, directory: RoleDirectory) -> None:
    """Say which texts nobody could approve."""
    for loaded in library.playbooks.values():
        for warning in directory.warnings(loaded.playbook):
            logger.warning("%s", warning)


def practice_bot(
    *,
    api_url: str,
    tokens: tuple[str, str],
    database_url: str,
    clock: Path,
    office_file: Mapping[str, Any],
    signing_secret: str | None = None,
    playbooks: Path | None = None,
) -> Bot:
    """A bot for the built-in workspace at `api_url`, on the practice clock, with the people of a drill.

    With a signing secret it takes requests over HTTP, on a free port of this machine.
    """
    settings = Settings(
        bot_token=SecretStr(tokens[0]),
        app_token=SecretStr(tokens[1]),
        signing_secret=SecretStr(signing_secret) if signing_secret else None,
        api_url=api_url,
        database_url=SecretStr(database_url),
        clock=clock,
        playbooks=playbooks,
        office=Office.model_validate(office_file),
    )
    refuse_a_working_database(settings)
    return build(settings, Listen("127.0.0.1", 0) if signing_secret else None)


def refuse_a_working_database(settings: Settings) -> None:
    """A drill must never be played where a bot works: that bot would take its messages to the real Slack."""
    db = database_of(settings)
    try:
        if migrate.status(db) != "current":
            return
        with db.read() as conn:
            age = heartbeat.age(conn, None, time.time())
            live = any(not row.exercise for row in projections.open_incidents(conn))
    finally:
        db.dispose()
    if live or (age is not None and age < DRILL_MANNERS_S):
        raise ConfigurationError(
            "A bot works with this database, or a live incident is open in it. A drill needs its own: unset "
            "ECOMMS_DATABASE_URL, or name another. Nothing was started."
        )
