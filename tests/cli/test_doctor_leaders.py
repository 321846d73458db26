"""`ecomms doctor` says whether leaders will read what is written for them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ecomms_bot.practice.workspace import Conversation, Workspace, WorkspaceServer
from tests.cli.conftest import Terminal
from tests.cli.test_doctor import lines, reach, slack

__all__ = ["slack"]


def told(office: Terminal, slack: WorkspaceServer, leaders: str) -> list[str]:
    reach(office, slack)
    (office.folder / "ecomms.yaml").write_text(f"leaders: {leaders}\n")
    return lines(office.run("doctor", "--quick").stdout).get("leaders", [])


def invited(workspace: Workspace, made: Conversation) -> None:
    made.members.append(workspace.bot.id)


def archived(workspace: Workspace, made: Conversation) -> None:
    invited(workspace, made)
    made.archived = True


def stranger(_workspace: Workspace, _made: Conversation) -> None:
    """Nobody invited the bot."""


@pytest.mark.parametrize(
    ("private", "prepare", "line"),
    [
        (True, invited, "ok The bot is in #leaders and posts there what is approved for leaders."),
        (False, invited, "ok The bot is in #leaders and posts there what is approved for leaders."),
        (
            False,
            stranger,
            (
                "wrong The bot is not in #leaders, so leaders read nothing. "
                "Type /invite and the bot's name in it."
            ),
        ),
        (
            False,
            archived,
            "wrong #leaders is archived, so leaders read nothing. Unarchive it, or name another.",
        ),
    ],
    ids=["invited, private", "invited", "not invited", "archived"],
)
def test_it_says_whether_the_bot_can_post_there(
    sqlite_office: Terminal,
    slack: WorkspaceServer,
    *,
    private: bool,
    prepare: Callable[[Workspace, Conversation], None],
    line: str,
) -> None:
    made = slack.workspace.add_conversation("leaders", ["eve"], private=private)
    prepare(slack.workspace, made)
    assert told(sqlite_office, slack, made.id) == [line]


def test_a_conversation_that_the_bot_cannot_see_is_wrong(
    sqlite_office: Terminal, slack: WorkspaceServer
) -> None:
    (line,) = told(sqlite_office, slack, "C0NOWHERE")
    assert line.startswith("wrong C0NOWHERE: The bot cannot see this conversation")


def test_without_leaders_there_is_no_line(sqlite_office: Terminal, slack: WorkspaceServer) -> None:
    assert told(sqlite_office, slack, '""') == []


def test_an_id_that_is_none_is_refused_with_where_to_find_it(sqlite_office: Terminal) -> None:
    (sqlite_office.folder / "ecomms.yaml").write_text('leaders: "#leaders"\n')
    said = sqlite_office.run("doctor", "--quick").stdout
    assert "“#leaders” is not the id of a Slack conversation; it begins with C" in said
