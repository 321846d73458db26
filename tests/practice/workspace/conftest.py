from __future__ import annotations

from collections.abc import Iterator

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from ecomms_bot.practice.workspace import Conversation, Person, Workspace, WorkspaceServer
from tests.practice.workspace.harness import Bots


class MachineClock:
    """Machine time that a test can push, so that nothing has to sleep until a trigger expires."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def machine() -> MachineClock:
    return MachineClock()


@pytest.fixture
def workspace(machine: MachineClock) -> Workspace:
    made = Workspace(machine=machine, now=lambda: 1_636_940_000.0)  # 14 November 2021, 17:33 in Vancouver
    made.add_user("mara", name="Mara Lund", tz="America/Vancouver")
    made.add_user("lee", name="Lee Ortiz", tz="Europe/Berlin")
    return made


@pytest.fixture(scope="session")
def _any_server() -> Iterator[WorkspaceServer]:
    with WorkspaceServer(Workspace()) as running:
        yield running


@pytest.fixture
def server(workspace: Workspace, _any_server: WorkspaceServer) -> WorkspaceServer:
    """One server for all tests, with a workspace of its own for each: starting and ending one takes time."""
    _any_server.carry(workspace)
    return _any_server


@pytest.fixture
def client(workspace: Workspace, server: WorkspaceServer) -> WebClient:
    """Slack's own client, without retries of its own."""
    return WebClient(token=workspace.bot_token, base_url=server.url, retry_handlers=[])


@pytest.fixture
def bots(workspace: Workspace, client: WebClient) -> Iterator[Bots]:
    running = Bots(workspace, client)
    yield running
    running.close()


@pytest.fixture
def app(bots: Bots) -> App:
    return bots.app()


@pytest.fixture
def ops(workspace: Workspace) -> Conversation:
    """A public conversation with both people and the bot."""
    made = workspace.add_conversation("ops", ["mara", "lee"])
    workspace.person("mara").invite_app(made)
    return made


@pytest.fixture
def mara(workspace: Workspace) -> Person:
    return workspace.person("mara")


@pytest.fixture
def lee(workspace: Workspace) -> Person:
    return workspace.person("lee")
