"""`ecomms doctor` on a terminal: what it asks of Slack, what it prints, how it ends."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.error import URLError

import pytest

from ecomms_bot.cli.checkup import _away
from ecomms_bot.practice.workspace import Workspace, WorkspaceServer
from tests.cli.conftest import TOKENS, Terminal

NOWHERE = "http://127.0.0.1:1/api/"


@pytest.fixture
def slack() -> Iterator[WorkspaceServer]:
    workspace = Workspace("ministry")
    for handle in ("mara", "dale", "pia", "irene", "eve"):
        workspace.add_user(handle, name=handle.title(), tz="America/Vancouver")
    with WorkspaceServer(workspace) as server:
        yield server


def reach(office: Terminal, slack: WorkspaceServer) -> None:
    """Give the terminal the workspace's address and tokens."""
    office.env |= {
        "SLACK_API_URL": slack.url,
        "SLACK_BOT_TOKEN": slack.workspace.bot_token,
        "SLACK_APP_TOKEN": slack.workspace.app_token,
    }


def lines(said: str) -> dict[str, list[str]]:
    """Subject → its lines, each as `state words`."""
    found: dict[str, list[str]] = {}
    for line in said.splitlines()[:-1]:
        found.setdefault(line[6:18].strip(), []).append(f"{line[:6].strip()} {line[18:]}")
    return found


def test_a_healthy_bot(office: Terminal, slack: WorkspaceServer) -> None:
    # Given roles of people and of a user group that only Slack knows
    reach(office, slack)
    user = {handle: slack.workspace.user(handle).id for handle in ("mara", "dale", "irene", "eve")}
    group = slack.workspace.add_group("pios", ["pia"])
    roles = {"communicator": user["mara"], "sme": user["dale"], "ic": user["irene"], "exec": user["eve"]}
    text = "".join(f"  {role}: [{member}]\n" for role, member in {**roles, "pio": group.id}.items())
    (office.folder / "ecomms.yaml").write_text(f"roles:\n{text}")
    # When the doctor looks
    result = office.run("doctor")
    # Then every line is there, and nothing is wrong
    found = lines(result.stdout)
    assert found["settings"] == ["ok They can be read."]
    assert found["Slack"][0].startswith("ok The bot is ")
    assert found["roles"] == ["ok Every tier of every playbook can be approved."]
    assert result.stdout.endswith("Nothing is wrong.\n")
    assert result.exit_code == 0
    for token in (slack.workspace.bot_token, slack.workspace.app_token):
        assert token not in result.output


def test_tokens_that_slack_does_not_accept(sqlite_office: Terminal, slack: WorkspaceServer) -> None:
    reach(sqlite_office, slack)
    result = sqlite_office.run("doctor", **TOKENS)
    assert result.exit_code == 1
    (said,) = lines(result.stdout)["Slack"]
    assert said.startswith("wrong It does not accept the bot's token (invalid_auth). Check SLACK_BOT_TOKEN")
    assert result.stdout.endswith("Wrong: 1.\n")


def test_all_other_lines_come_even_if_slack_is_gone(sqlite_office: Terminal) -> None:
    (sqlite_office.folder / "ecomms.yaml").write_text("roles: {pio: [S0PIOS], ic: [U0IRENE]}\n")
    result = sqlite_office.run("doctor", SLACK_API_URL=NOWHERE, **TOKENS)
    assert result.stderr == ""
    found = lines(result.stdout)
    assert found["Slack"][0].startswith("wrong Nothing answers at http://127.0.0.1:1/api/. Check ")
    assert found["roles"][0].startswith("look Who belongs to pio only Slack knows")
    assert found["database"][0].startswith("ok ")
    assert found["effects"][0].startswith("ok ")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (URLError(TimeoutError()), "There was no answer from https://slack.example/api/ within 5 s."),
        (TimeoutError(), "There was no answer from https://slack.example/api/ within 5 s."),
        (URLError(socket.gaierror()), "The name in https://slack.example/api/ is not known on this network."),
        (OSError(), "https://slack.example/api/ cannot be reached (OSError)."),
    ],
)
def test_why_slack_is_away(error: Exception, said: str) -> None:
    assert _away(error, "https://me:hunter2@slack.example/api/") == (
        f"{said} Check the network, the proxy and SLACK_API_URL."
    )


def test_slack_is_not_asked_without_tokens(sqlite_office: Terminal) -> None:
    found = lines(sqlite_office.run("doctor").stdout)
    assert found["tokens"][0].startswith("wrong SLACK_BOT_TOKEN is not set.")
    assert found["Slack"] == ["look Not asked: for that both tokens are needed."]


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://ecomms:hunter2@127.0.0.1:1/ecomms",
        "mysql://ecomms:hunter2@db/ecomms",
        "sqlite:///no/folder/none.db",
    ],
)
def test_all_other_lines_come_even_if_the_database_is_gone(terminal: Terminal, address: str) -> None:
    result = terminal.run("doctor", ECOMMS_DATABASE_URL=address)
    assert result.exit_code == 1
    found = lines(result.stdout)
    assert found["playbooks"] == ["ok Can be used: Flood."]
    assert found["database"][0].startswith("wrong ")
    assert list(terminal.folder.iterdir()) == []


def test_before_the_first_start_nothing_is_wrong_with_the_database(
    terminal: Terminal, slack: WorkspaceServer
) -> None:
    reach(terminal, slack)
    result = terminal.run("doctor")
    assert result.exit_code == 0, result.stdout
    (said,) = lines(result.stdout)["database"]
    assert said.startswith("look There is no file ecomms.db yet; the first start makes it.")
    assert list(terminal.folder.iterdir()) == []


def test_settings_that_cannot_be_read(terminal: Terminal) -> None:
    result = terminal.run("doctor", ECOMMS_CONFIG="office.yaml")
    assert result.exit_code == 1
    assert result.stdout == (
        "wrong settings    ECOMMS_CONFIG names office.yaml, and there is no such file.\n"
    )
