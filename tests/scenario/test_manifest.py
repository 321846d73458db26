"""The manifest asks for what the bot uses, and for nothing else: every call that it can make is played.

All other scenarios run with these permissions too (`practice.stage` installs the manifest), so that one that
is missing shows there as `missing_scope`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecomms_bot import slack
from ecomms_bot.practice.stage import Stage
from ecomms_bot.practice.workspace import NEEDED, Call
from ecomms_bot.slack.manifest import SCOPES, SHORTCUT, manifest
from tests.scenario.acting import Actor, opens
from tests.scenario.site import site

NO_CALL = {"commands"}
"""It lets people call the bot, and the bot makes no call with it."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Call]]:
    """All calls of a bot that was made to do all it can do, with exactly the manifest's permissions."""
    with site(tmp_path_factory.mktemp("manifest")) as made:
        made.workspace.install(manifest())
        group = made.workspace.add_group("pios", ["pia"])
        made.roles["pio"] = [group.id]
        with made.at_work() as on:
            in_a_new_conversation(on)
            in_a_joined_one(on)
            in_a_private_one(on)
        yield [*made.workspace.calls]


def lost(on: Stage, method: str = "chat.postMessage") -> None:
    """The work of the next such call is done and its answer lost, so that the bot looks before it repeats."""
    on.workspace.faults.drop_after(method)


def in_a_new_conversation(on: Stage) -> None:
    lost(on, "conversations.create")
    lost(on)
    case = opens(on)
    # in a thread
    case.writes("mara")
    lost(on)
    case.submits("mara")
    on.settle()
    case.approves("pia")
    # to one person
    lost(on)
    case.types("mara", "handover @theo")
    on.settle()
    # a message for the log, whose form is drawn anew
    mara = Actor(on, "mara")
    mara.person.shortcut(SHORTCUT, mara.person.say(case.conversation, "3.1 m at the bridge"))
    mara.person.fill({"What it is": "A fact"})
    mara.leaves()
    # files, and the Home
    lost(on, "files.completeUploadExternal")
    case.types("mara", "report")
    on.settle()
    mara.person.open_home()
    on.settle()


def in_a_joined_one(on: Stage) -> None:
    place = on.workspace.add_conversation("hwy-7-room", ["mara", "otto"])
    lost(on)
    opens(on, here=True, place=place)


def in_a_private_one(on: Stage) -> None:
    place = on.workspace.add_conversation("war-room", ["mara"], private=True)
    Actor(on, "mara").person.invite_app(place)
    lost(on)
    opens(on, here=True, place=place)


def test_no_call_of_the_bot_lacked_a_permission(played: list[Call]) -> None:
    refused = [(call.method, call.result) for call in played if "missing_scope" in str(call.result)]
    assert refused == []


def test_every_permission_of_the_manifest_is_used_and_no_other(played: list[Call]) -> None:
    used = {scope for call in played for scope in call.scopes}
    assert used == {*SCOPES} - NO_CALL


def test_every_lost_answer_made_the_bot_look_in_that_kind_of_place(played: list[Call]) -> None:
    read = {scope for call in played if call.method == "conversations.history" for scope in call.scopes}
    assert read == {"channels:history", "groups:history", "im:history"}
    assert any(call.method == "conversations.replies" for call in played)


def test_nothing_that_the_bot_can_call_was_left_out(played: list[Call]) -> None:
    rooms = (Path(slack.__file__).parent).rglob("*.py")
    # what only the doctor asks, tests/cli/test_doctor.py plays; `pace` names methods and calls none
    calling = (each for each in rooms if not each.name.startswith(("inspection", "pace")))
    source = "".join(each.read_text() for each in calling)
    written = {
        method
        for method in NEEDED
        if re.search(rf"client\.{method.replace('.', '_')}\b", source) or f'"{method}"' in source
    }
    assert written - {call.method for call in played} == set()
    assert len(written) > 15
