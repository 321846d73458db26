"""A workspace, a bot in it and a clock to push: what drills and scenario tests play on."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ecomms_bot import bootstrap
from ecomms_bot.errors import EcommsError
from ecomms_bot.practice.replicas import Replicas, replicas
from ecomms_bot.practice.script import Member
from ecomms_bot.practice.workspace import Person, Workspace, WorkspaceServer

SETTLE_S = 30.0
"""True time within which everything that is due must be done; far more than it takes."""
COMMAND = "/ecomms"
LEADERS = "leaders"
"""The name of the conversation in which leaders read what the bot posts to them."""


class NotSettled(EcommsError):
    """The bot did not come to rest; look at its output for what is being tried again and again."""


@dataclass
class Stage:
    """The bot at work in its workspace. Practice time stands still but for `until` and `push`.

    With `others`, bots in processes of their own do the work; `bot` was never started and only reads.
    """

    workspace: Workspace
    bot: bootstrap.Bot
    clock: Any
    people: Mapping[str, Person]
    others: Replicas | None = None

    @property
    def now(self) -> datetime:
        now: datetime = self.clock.now()
        return now

    def settle(self) -> None:
        """Wait until the bot has done all that is due now."""
        if self.others is not None:
            self.others.check()  # else we would wait for it in vain
            # Of what the others have in hand only the workspace knows.
            self.workspace.wait_for(lambda: not self.workspace.busy(), SETTLE_S, "the bots' answers")
        if not self.bot.idle.wait(SETTLE_S):
            raise NotSettled(f"The bot was still busy after {SETTLE_S:.0f} s. Look at its output.")

    def heard(self) -> None:
        """Wait until the bot has dealt with what the workspace told it of, and done what follows."""
        self.workspace.wait_for(lambda: not self.workspace.busy(), SETTLE_S, "the bot's answers to events")
        self.settle()

    def until(self, moment: datetime) -> Iterator[datetime]:
        """Go on to `moment`, stopping at every time at which something comes due; yields each stop."""
        while True:
            due = self.bot.idle.next_due()
            stop = moment if due is None or due >= moment else max(due, self.now)
            self.set(stop)
            yield stop
            if stop >= moment:
                return

    def push(self, **span: float) -> None:
        """Push the clock by a span (as of timedelta), doing what comes due on the way."""
        for _ in self.until(self.now + timedelta(**span)):
            pass

    def set(self, moment: datetime) -> None:
        """Step the clock there at once, then wait for rest."""
        self.clock.set(moment.astimezone(UTC), 0.0)
        self.bot.alarm.nudge()
        self.settle()


@contextmanager
def stage(
    folder: Path,
    people: Mapping[str, Member],
    *,
    starts: datetime,
    zone: str,
    database_url: str,
    office: Mapping[str, Any],
    roles: bool = True,
    deputies: Mapping[str, Sequence[str]] | None = None,
    leaders: Sequence[str] = (),
    http: bool = False,
    playbooks: Path | None = None,
    others: int = 0,
) -> Iterator[Stage]:
    """Build it, wait for the connection, and take it down again. `folder` keeps the clock's file.

    `http`: the workspace posts to the bot (HTTP mode), in place of sockets that the bot opens.
    `playbooks`: their folder; those that ship unless given. `deputies`: role → handles.
    `leaders`: handles of who reads what the bot posts to leaders; with none it posts them nothing.
    `others`: so many bots in processes of their own work, and the one of this process only reads.
    """
    clock = bootstrap.practice_clock(folder / "clock.json")
    clock.set(starts, 0.0)
    workspace = Workspace(f"practice-{folder.name}", now=lambda: clock.now().timestamp())
    workspace.install(bootstrap.app_manifest(discussion=office.get("discussion", True)))
    members = {handle: add(workspace, handle, member, zone) for handle, member in people.items()}
    file: dict[str, Any] = {"time_zone": zone, **office}
    if roles:
        file["roles"] = roles_of(people, members)
    if deputies:
        file["deputies"] = {role: [members[each].id for each in who] for role, who in deputies.items()}
    if leaders:
        readers = [members[each].id for each in leaders]
        file["leaders"] = workspace.make_conversation(LEADERS, "channel", [*readers, workspace.bot.id]).id
    with WorkspaceServer(workspace) as server:
        bot = bootstrap.practice_bot(
            api_url=server.url,
            tokens=(workspace.bot_token, workspace.app_token),
            database_url=database_url,
            clock=clock.path,
            office_file=file,
            playbooks=playbooks,
            signing_secret=workspace.signing_secret if http else None,
        )
        if others:
            with (
                _only_reading(bot),
                replicas(
                    others,
                    folder,
                    workspace,
                    api_url=server.url,
                    database_url=database_url,
                    clock=clock.path,
                    office_file=file,
                    playbooks=playbooks,
                ) as made,
            ):
                yield Stage(workspace, bot, clock, members, made)
            return
        bot.start()
        try:
            wait_until_connected(workspace, bot)
            yield Stage(workspace, bot, clock, members)
        finally:
            bot.stop()


@contextmanager
def _only_reading(bot: bootstrap.Bot) -> Iterator[None]:
    try:
        yield
    finally:
        bot.put_away()


def wait_until_connected(workspace: Workspace, bot: bootstrap.Bot) -> None:
    """Up means that Slack knows the bot, and that envelopes have somewhere to go."""
    until = time.monotonic() + SETTLE_S
    if not bot.line.wait_until_up(SETTLE_S):
        raise NotSettled("The bot did not connect to the built-in workspace. Look at its output.")
    if bot.web is not None:
        workspace.deliver_to(bot.web.url)
    else:
        workspace.wait_for(lambda: workspace.wire.links, timeout=max(0.1, until - time.monotonic()))


def add(workspace: Workspace, handle: str, member: Member, zone: str) -> Person:
    workspace.add_user(handle, name=member.name, tz=member.zone or zone)
    return workspace.person(handle)


def roles_of(people: Mapping[str, Member], members: Mapping[str, Person]) -> dict[str, list[str]]:
    """Role → user ids, as ecomms.yaml has it."""
    roles: dict[str, list[str]] = {}
    for handle, member in people.items():
        for role in member.roles:
            roles.setdefault(role, []).append(members[handle].id)
    return roles
