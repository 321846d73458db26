"""What the tests of the room share: the built-in workspace on a port, and a gateway that talks to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ecomms_bot.practice.workspace import Workspace, WorkspaceServer
from tests.slack.gateway_world import World


@pytest.fixture(scope="session")
def workspace_server() -> Iterator[WorkspaceServer]:
    with WorkspaceServer(Workspace()) as running:
        yield running


@pytest.fixture
def world(workspace_server: WorkspaceServer) -> World:
    """A workspace of its own for each test."""
    return World(workspace_server)
