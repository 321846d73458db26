"""`ecomms doctor` on a terminal: what it asks of Slack, what it prints, how it ends."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import cast
from urllib.error import URLError

import pytest

from ecomms_bot.practice.workspace import Workspace, WorkspaceServer
from ecomms_bot.practice.workspace.web import METHODS
from ecomms_bot.slack.cards import _DRAWN
from ecomms_bot.slack.inspection import away, clock, permissions
from ecomms_bot.slack.manifest import OPTIONAL, SCOPES, manifest
from ecomms_bot.slack.message import Message
from tests.books import FOLDER
from tests.cli.conftest import TOKENS, Terminal

NOWHERE = "http://127.0.0.1:1/api/"


@pytest.fixture
def slack() -> Iterator[WorkspaceServer]:
    workspace = Workspace("ministry")
    workspace.install(manifest())
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
    assert found["Slack"][1:] == ["ok It accepts SLACK_APP_TOKEN; no connection was opened for that."]
    assert found["permissions"] == ["ok The app has all that it needs."]
    assert found["clock"] == ["ok The system's clock.", "ok This machine's clock agrees with Slack's."]
    assert found["people"] == ["ok Everybody who holds a role can act."]
    (said,) = found["messages"]
    assert said.startswith("ok Slack takes all ")
    assert said.endswith(" kinds of message and form; nothing was posted.")
    assert found["roles"] == ["ok Every tier of every playbook can be approved."]
    assert result.stdout.endswith("Nothing is wrong.\n")
    assert result.exit_code == 0
    for token in (slack.workspace.bot_token, slack.workspace.app_token):
        assert token not in result.output
    # and Slack was asked only what changes nothing
    reads = {"auth.test", "apps.connections.open", "usergroups.users.list", "users.info", "blocks.validate"}
    assert {call.method for call in slack.workspace.calls} == reads
    assert slack.workspace.connections == []


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
    assert found["roles"][-1].startswith("look Who belongs to pio only Slack knows")
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
    assert away(error, "https://slack.example/api/", 5) == (
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
    result = terminal.run("doctor", ECOMMS_DATABASE_URL=address, ECOMMS_PLAYBOOKS=str(FOLDER))
    assert result.exit_code == 1
    found = lines(result.stdout)
    assert found["playbooks"] == ["ok 1 can be used: Flood."]
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


# --- what Slack says ---


def staffed(office: Terminal, slack: WorkspaceServer, **changed: str) -> None:
    """One person for each role, as `ecomms.yaml` names them."""
    reach(office, slack)
    people = {"communicator": "mara", "sme": "dale", "pio": "pia", "ic": "irene", "exec": "eve"}
    ids = {role: slack.workspace.user(handle).id for role, handle in people.items()} | changed
    text = "".join(f"  {role}: [{member}]\n" for role, member in ids.items())
    (office.folder / "ecomms.yaml").write_text(f"roles:\n{text}")


def test_an_app_level_token_that_slack_does_not_accept(
    sqlite_office: Terminal, slack: WorkspaceServer
) -> None:
    staffed(sqlite_office, slack)
    sqlite_office.env["SLACK_APP_TOKEN"] = "xapp-1-other"
    said = lines(sqlite_office.run("doctor", "--quick").stdout)["Slack"]
    assert said[1].startswith("wrong It does not accept SLACK_APP_TOKEN (invalid_auth). Copy it again from ")


def test_in_http_mode_the_app_level_token_is_not_missed(
    sqlite_office: Terminal, slack: WorkspaceServer
) -> None:
    staffed(sqlite_office, slack)
    sqlite_office.env["SLACK_APP_TOKEN"] = ""
    secret = slack.workspace.signing_secret
    found = lines(sqlite_office.run("doctor", "--quick", SLACK_SIGNING_SECRET=secret).stdout)
    assert found["tokens"] == ["ok SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET are set, for HTTP mode."]
    assert len(found["Slack"]) == 1


def test_a_missing_permission_is_named_with_what_will_not_work(
    sqlite_office: Terminal, slack: WorkspaceServer
) -> None:
    staffed(sqlite_office, slack)
    slack.workspace.scopes = {*SCOPES, "channels:manage", "reactions:read"} - {"pins:write"}
    result = sqlite_office.run("doctor", "--quick")
    assert result.exit_code == 1
    missing, more = lines(result.stdout)["permissions"]
    assert missing == (
        "wrong pins:write is missing: it is there to pin the card."
        " On the app's page under OAuth & Permissions add it, then install the app again."
    )
    assert more == (
        "look The app may do more than it needs: reactions:read."
        " On the app's page under OAuth & Permissions remove what no other use needs,"
        " then install the app again."
    )


def test_a_wider_permission_counts_for_a_narrow_one() -> None:
    granted = {*SCOPES, "groups:write"} - {"groups:write.invites"}
    (said,) = permissions(",".join(granted), groups=True)
    assert said.state == "ok"


def test_user_groups_need_a_permission_only_where_roles_name_some() -> None:
    granted = ",".join({*SCOPES} - {"usergroups:read"})
    assert [each.state for each in permissions(granted, groups=False)] == ["look"]
    assert [each.state for each in permissions(granted, groups=True)] == ["wrong"]


@pytest.mark.parametrize("scope", sorted(OPTIONAL))
def test_a_permission_that_may_be_left_out_is_worth_a_look(scope: str) -> None:
    (said,) = permissions(",".join({*SCOPES} - {scope}), groups=False)
    assert said.state == "look"
    assert OPTIONAL[scope] in said.words


def test_permissions_that_slack_does_not_tell_are_worth_a_look() -> None:
    assert [each.state for each in permissions(None, groups=True)] == ["look"]


DATE = "Mon, 15 Nov 2021 04:00:00 GMT"
THEN = 1_636_948_800.0


@pytest.mark.parametrize(
    ("off", "http", "state", "words"),
    [
        (0, True, "ok", "agrees with Slack's"),
        (-59, True, "ok", "agrees with Slack's"),
        (61, True, "look", "is 61 s ahead of Slack's"),
        (-240, False, "look", "is 240 s behind Slack's"),
        (301, True, "wrong", "is 5 min ahead of Slack's. Slack's signatures count as too old"),
        (-3600, False, "wrong", "is 60 min behind Slack's: reminders come at the wrong time"),
    ],
)
def test_the_clock_is_compared_with_slacks(off: float, http: bool, state: str, words: str) -> None:  # noqa: FBT001
    (said,) = clock(DATE, THEN + off, http=http)
    assert (said.state, words in said.words) == (state, True), said.words


@pytest.mark.parametrize("date", [None, "", "yesterday"])
def test_a_time_that_slack_does_not_tell_is_worth_a_look(date: str | None) -> None:
    assert [each.state for each in clock(date, THEN, http=True)] == ["look"]


# --- who holds a role ---


def test_somebody_whose_account_is_switched_off_is_named(
    sqlite_office: Terminal, slack: WorkspaceServer
) -> None:
    # given the one incident commander has left
    staffed(sqlite_office, slack)
    irene = slack.workspace.user("irene")
    slack.workspace.deactivate("irene")
    # then it is said who, and that nobody is left; and who is asked in their place
    result = sqlite_office.run("doctor", "--quick")
    found = lines(result.stdout)
    (said,) = found["people"]
    assert said == (
        f"wrong Irene ({irene.id}), named for ic, has a Slack account that is switched off."
        " Nobody else is ic. Correct roles in ecomms.yaml."
    )
    assert any("Nobody can act as incident commander (ic)." in each for each in found["roles"])
    assert result.exit_code == 1


def test_a_guest_and_an_app_and_nobody_are_worth_a_look_where_others_hold_the_role(
    sqlite_office: Terminal, slack: WorkspaceServer
) -> None:
    gina = slack.workspace.add_user("gina", name="Gina", restricted=True)
    pia, bot = slack.workspace.user("pia"), slack.workspace.bot
    staffed(sqlite_office, slack, pio=f"{pia.id}, {gina.id}, {bot.id}, U0NOBODY")
    said = lines(sqlite_office.run("doctor", "--quick").stdout)["people"]
    assert [each.split(".")[0] for each in said] == [
        f"look Gina ({gina.id}), named for pio, is a guest in Slack, and guests may do nothing here",
        f"look ecomms ({bot.id}), named for pio, is an app, and apps may do nothing here",
        "look U0NOBODY, named for pio, is nobody that Slack knows",
    ]


def test_a_user_group_that_cannot_be_read_is_named_with_why(
    sqlite_office: Terminal, slack: WorkspaceServer
) -> None:
    staffed(sqlite_office, slack, pio="S0GONE")
    found = lines(sqlite_office.run("doctor", "--quick").stdout)
    (said,) = [each for each in found["people"] if each.startswith("wrong")]
    assert said == (
        "wrong The user group S0GONE, named for pio, cannot be read. Slack knows no such user group."
        " Check the ids under roles in ecomms.yaml."
    )
    # and a role that nobody could look at is not called empty
    assert not any("Nobody can act as public" in each for each in found["roles"])


def test_at_most_fifty_people_are_looked_up(sqlite_office: Terminal, slack: WorkspaceServer) -> None:
    crowd = [slack.workspace.add_user(f"u{number}", name=f"U {number}").id for number in range(60)]
    staffed(sqlite_office, slack, observer=", ".join(crowd))
    found = lines(sqlite_office.run("doctor", "--quick").stdout)
    assert sum(call.method == "users.info" for call in slack.workspace.calls) == 50
    assert found["people"] == [
        "look Of 15 people in roles Slack was not asked, or did not say, whether they can act."
    ]


# --- messages ---


def test_a_workspace_that_does_not_check_messages_is_worth_one_quiet_look(
    sqlite_office: Terminal, slack: WorkspaceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    staffed(sqlite_office, slack)
    monkeypatch.delitem(METHODS, "blocks.validate")
    result = sqlite_office.run("doctor")
    assert lines(result.stdout)["messages"] == [
        "look This workspace does not check them for apps, so they were not checked. Nothing is to be done."
    ]
    assert result.exit_code == 0
    assert sum(call.method == "blocks.validate" for call in slack.workspace.calls) == 1


def test_a_message_that_slack_would_not_take_is_named_with_the_place_of_the_mistake(
    sqlite_office: Terminal, slack: WorkspaceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given the closing is drawn longer than Slack takes
    def too_long(_view: object) -> Message:
        return Message("x", ({"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}},))

    monkeypatch.setitem(cast("dict[str, object]", _DRAWN), "closing", too_long)
    staffed(sqlite_office, slack)
    # then that one is named, with Slack's words and the place
    result = sqlite_office.run("doctor")
    (said,) = lines(result.stdout)["messages"]
    assert said.startswith("wrong Slack would not take this one (closing): /blocks/")
    assert "must be less than 3001 characters" in said
    assert result.exit_code == 1


def test_limits_of_slack_are_no_mistake_of_a_message(sqlite_office: Terminal, slack: WorkspaceServer) -> None:
    staffed(sqlite_office, slack)
    slack.workspace.faults.rate_limited("blocks.validate", retry_after=30)
    (said,) = lines(sqlite_office.run("doctor").stdout)["messages"]
    assert said.startswith("look Of 1 of ")
    assert "Look again in a minute." in said


def test_quick_leaves_the_messages_out(sqlite_office: Terminal, slack: WorkspaceServer) -> None:
    staffed(sqlite_office, slack)
    assert "messages" not in lines(sqlite_office.run("doctor", "--quick").stdout)
