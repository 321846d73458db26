"""Who holds which role: read from ecomms.yaml and Slack's user groups, remembered when Slack is away."""

from __future__ import annotations

import pytest

from ecomms_bot.errors import ConfigurationError
from ecomms_bot.incident.policy import Person
from ecomms_bot.playbook.library import Library
from ecomms_bot.playbook.model import Playbook
from ecomms_bot.practice.workspace import UserGroup
from ecomms_bot.service.ports import Directory
from ecomms_bot.service.remembered import Remembered
from ecomms_bot.slack import people as people_module
from ecomms_bot.slack.people import RoleDirectory
from ecomms_bot.store.engine import Database
from tests.books import FOLDER
from tests.slack.gateway_world import World


@pytest.fixture
def on_call(world: World) -> UserGroup:
    return world.workspace.add_group("on-call", ["pia", "ike"])


@pytest.fixture(scope="module")
def flood() -> Playbook:
    return Library.from_folder(FOLDER).playbooks["flood"].playbook


# --- without user groups ------------------------------------------------------------------------------------


def test_people_hold_the_roles_that_name_them() -> None:
    directory: Directory = RoleDirectory({"pio": ["U1", "U2"], "ic": ["U2"], "records": []})
    assert directory.person("U2") == Person("U2", frozenset({"pio", "ic"}))
    assert directory.person("U9") == Person("U9")
    assert directory.roster().of("pio") == ("U1", "U2")
    assert directory.roster().configured


@pytest.mark.parametrize("nothing", [None, {}])
def test_without_roles_nobody_is_held_back_but_guests(nothing: dict[str, list[str]] | None) -> None:
    directory = RoleDirectory(nothing)
    assert not directory.roster().configured
    assert "pio" in directory.person("U1").roles
    assert directory.person("U1", guest=True) == Person("U1", guest=True)


@pytest.mark.parametrize("wrong", ["@anna", "anna@example.org", "C012345", "", "u123", "U123 "])
def test_what_is_no_id_of_slack_is_refused_at_start(wrong: str) -> None:
    with pytest.raises(ConfigurationError, match="Copy member ID"):
        RoleDirectory({"pio": [wrong]})


def test_a_role_that_does_not_exist_is_refused_at_start() -> None:
    with pytest.raises(ConfigurationError, match=r"no role boss .* communicator, exec"):
        RoleDirectory({"boss": ["U1"]})


# --- with user groups ---------------------------------------------------------------------------------------


def test_the_members_of_a_group_hold_its_role_after_the_first_reading(
    world: World, on_call: UserGroup
) -> None:
    directory = RoleDirectory({"pio": [world.mara.id, on_call.id], "ic": [on_call.id]})
    assert directory.roster().of("pio") == (world.mara.id,)

    directory.refresh(world.client)

    assert directory.roster().of("pio") == (world.mara.id, world.pia.id, world.ike.id)
    assert directory.roster().of("ic") == (world.pia.id, world.ike.id)
    assert len(world.calls("usergroups.users.list")) == 1


def test_who_is_named_twice_is_a_member_once(world: World, on_call: UserGroup) -> None:
    directory = RoleDirectory({"pio": [world.pia.id, on_call.id]})
    directory.refresh(world.client)
    assert directory.roster().of("pio") == (world.pia.id, world.ike.id)


def test_a_change_of_the_group_shows_at_the_next_reading(world: World, on_call: UserGroup) -> None:
    directory = RoleDirectory({"pio": [on_call.id]})
    directory.refresh(world.client)
    on_call.members = [world.mara.id]
    directory.refresh(world.client)
    assert directory.roster().of("pio") == (world.mara.id,)


@pytest.mark.parametrize("code", ["missing_scope", "plan_upgrade_required", "internal_error", "invalid_auth"])
def test_when_slack_does_not_answer_the_last_known_members_stay(
    world: World, on_call: UserGroup, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    directory = RoleDirectory({"pio": [on_call.id]})
    directory.refresh(world.client)
    world.workspace.faults.error("usergroups.users.list", code)

    directory.refresh(world.client)

    assert directory.roster().of("pio") == (world.pia.id, world.ike.id)
    assert f"the members of the user group {on_call.id}" in caplog.text


def test_a_role_whose_group_was_never_read_is_not_denied_to_anybody_as_if_it_were_known(
    world: World, on_call: UserGroup
) -> None:
    # given a bot that starts while Slack does not tell who is in the group
    directory = RoleDirectory({"pio": [on_call.id], "ic": ["U9"]})
    assert directory.roster().unread == {"pio"}
    assert directory.person("U9").unread == {"pio"}
    # when Slack tells
    directory.refresh(world.client)
    # then it is known who holds it and who does not
    assert directory.roster().unread == frozenset()
    assert directory.person("U9").unread == frozenset()


def test_one_group_that_fails_does_not_keep_the_others_back(world: World, on_call: UserGroup) -> None:
    directory = RoleDirectory({"pio": ["S0GONE"], "ic": [on_call.id]})
    directory.refresh(world.client)
    assert directory.roster().of("ic") == (world.pia.id, world.ike.id)
    assert directory.roster().of("pio") == ()


def test_reading_roles_never_calls_slack(world: World, on_call: UserGroup) -> None:
    """A listener has 3 s, and Slack may be away."""
    directory = RoleDirectory({"pio": [on_call.id]})
    directory.person(world.pia.id)
    directory.roster()
    assert world.workspace.calls == []


def test_an_answer_that_makes_no_sense_changes_nothing_and_raises_nothing(world: World) -> None:
    directory = RoleDirectory({"pio": ["U1"]})
    directory.refresh(None)  # type: ignore[arg-type]  # stands for whatever nobody thought of
    directory.learn(None, "U1")  # type: ignore[arg-type]
    assert directory.roster().of("pio") == ("U1",)


# --- guests -------------------------------------------------------------------------------------------------


def test_a_guest_is_known_once_slack_was_asked(world: World) -> None:
    guest = world.workspace.add_user("visitor", restricted=True)
    directory = RoleDirectory(None)
    assert not directory.is_guest(guest.id)
    assert not directory.person(guest.id).guest

    directory.learn(world.client, guest.id)

    assert directory.is_guest(guest.id)
    assert directory.person(guest.id) == Person(guest.id, guest=True)


@pytest.mark.parametrize("sign", ["is_restricted", "is_ultra_restricted", "is_stranger", "is_bot"])
def test_every_kind_of_outsider_counts_as_a_guest(
    world: World, sign: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = RoleDirectory(None)
    monkeypatch.setattr(
        "ecomms_bot.practice.workspace.web_people.describe", lambda _ws, user: {"id": user.id, sign: True}
    )
    directory.learn(world.client, world.pia.id)
    assert directory.is_guest(world.pia.id)


def test_a_full_member_is_no_guest_and_is_asked_for_once(world: World) -> None:
    directory = RoleDirectory(None)
    directory.person(world.mara.id)
    directory.refresh(world.client)
    directory.person(world.mara.id)
    directory.refresh(world.client)
    assert not directory.is_guest(world.mara.id)
    assert len(world.calls("users.info")) == 1


def test_who_was_met_is_looked_at_with_the_next_reading(world: World) -> None:
    guest = world.workspace.add_user("visitor", restricted=True)
    directory = RoleDirectory({"pio": [world.pia.id]})
    directory.person(guest.id)
    directory.refresh(world.client)
    assert directory.is_guest(guest.id)


def test_a_guest_that_slack_would_not_speak_of_is_asked_for_again(world: World) -> None:
    guest = world.workspace.add_user("visitor", restricted=True)
    directory = RoleDirectory(None)
    directory.person(guest.id)
    world.workspace.faults.drop_before("users.info")
    directory.refresh(world.client)
    assert not directory.is_guest(guest.id)
    directory.refresh(world.client)
    assert directory.is_guest(guest.id)


# --- deputies -----------------------------------------------------------------------------------------------


def test_deputies_hold_the_role_but_are_not_whom_it_is_asked_of(world: World, on_call: UserGroup) -> None:
    directory = RoleDirectory({"pio": [world.mara.id]}, {"pio": [on_call.id, world.mara.id]})
    # Before Slack told who is in their group, nobody is told that they hold no role.
    assert directory.roster().unread == {"pio"}
    directory.refresh(world.client)
    roster = directory.roster()
    assert roster.of("pio") == (world.mara.id,)
    assert roster.all_of("pio") == (world.mara.id, world.pia.id, world.ike.id)
    assert directory.person(world.ike.id).roles == {"pio"}


def test_where_a_role_has_no_members_its_deputies_are_asked() -> None:
    roster = RoleDirectory({"pio": []}, {"pio": ["U1"], "ic": ["U2"]}).roster()
    assert (roster.of("pio"), roster.of("ic"), roster.of("sme")) == (("U1",), ("U2",), ())


def test_a_tier_that_only_deputies_can_fill_can_be_filled(flood: Playbook) -> None:
    roles = {"pio": ["U1"], "sme": ["U1"], "ic": ["U2"], "exec": ["U3"]}
    assert RoleDirectory(roles, {"sme": ["U4"]}).warnings(flood) == ()


@pytest.mark.parametrize("wrong", [{"boss": ["U1"]}, {"pio": ["@anna"]}])
def test_deputies_are_checked_like_members(wrong: dict[str, list[str]]) -> None:
    with pytest.raises(ConfigurationError):
        RoleDirectory({"pio": ["U1"]}, wrong)


# --- duty ---------------------------------------------------------------------------------------------------


def test_the_roster_is_of_the_moment_at_which_it_is_asked_for() -> None:
    off = ["U1"]
    directory = RoleDirectory({"pio": ["U1", "U2"]}, off=lambda: off)
    assert directory.roster().of("pio") == ("U2",)
    assert directory.person("U1").roles == {"pio"}
    off.clear()
    assert directory.roster().of("pio") == ("U1", "U2")


def test_without_roles_nobody_is_off_duty() -> None:
    assert RoleDirectory(None, off=lambda: ["U1"]).roster().off == frozenset()


# --- what is remembered over a start ------------------------------------------------------------------------


@pytest.fixture
def memory(sqlite_db: Database) -> Remembered:
    return Remembered(sqlite_db, lambda: 100.0)


def test_after_a_start_while_slack_is_away_the_groups_are_as_they_were_last(
    world: World, on_call: UserGroup, memory: Remembered
) -> None:
    # given a bot that read the group once
    roles = {"pio": [on_call.id], "ic": [world.mara.id]}
    RoleDirectory(roles, memory=memory).refresh(world.client)
    # when it starts again, and Slack does not tell
    world.workspace.faults.error("usergroups.users.list", "internal_error", times=None)
    directory = RoleDirectory(roles, memory=memory)
    directory.refresh(world.client)
    # then the roles are held as before, and nothing is unknown
    assert directory.roster().of("pio") == (world.pia.id, world.ike.id)
    assert directory.roster().unread == frozenset()
    # and once Slack tells, that counts, and is what the next start knows
    world.workspace.faults.clear()
    on_call.members = [world.mara.id]
    directory.refresh(world.client)
    assert directory.roster().of("pio") == (world.mara.id,)
    assert RoleDirectory(roles, memory=memory).roster().of("pio") == (world.mara.id,)


def test_a_start_without_slack_and_without_anything_remembered_knows_that_it_does_not_know(
    world: World, on_call: UserGroup, memory: Remembered
) -> None:
    world.workspace.faults.error("usergroups.users.list", "internal_error", times=None)
    directory = RoleDirectory({"pio": [on_call.id]}, memory=memory)
    directory.refresh(world.client)
    assert directory.roster().unread == {"pio"}


def test_an_empty_group_is_known_to_be_empty(world: World, on_call: UserGroup, memory: Remembered) -> None:
    on_call.members = []
    RoleDirectory({"pio": [on_call.id]}, memory=memory).refresh(world.client)
    roster = RoleDirectory({"pio": [on_call.id]}, memory=memory).roster()
    assert roster.of("pio") == ()
    assert roster.unread == frozenset()


def test_a_guest_is_remembered_and_asked_for_again(world: World, memory: Remembered) -> None:
    guest = world.workspace.add_user("visitor", restricted=True)
    RoleDirectory(None, memory=memory).meet(world.client, guest.id)
    first = RoleDirectory(None, memory=memory)
    first.meet(world.client, guest.id)
    first.refresh(world.client)
    # when the bot starts again, it needs no call to know
    again = RoleDirectory(None, memory=memory)
    asked = len(world.calls("users.info"))
    again.meet(world.client, guest.id)
    assert again.person(guest.id).guest
    assert len(world.calls("users.info")) == asked
    # and who became a full member is known as one after the next reading
    world.workspace.users[guest.id].restricted = False
    again.refresh(world.client)
    assert not again.person(guest.id).guest


def test_a_memory_that_cannot_be_reached_keeps_nobody_from_work(
    world: World, on_call: UserGroup, sqlite_db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with sqlite_db.write() as conn:
        conn.exec_driver_sql("DROP TABLE user_groups")
    directory = RoleDirectory({"pio": [on_call.id]}, memory=Remembered(sqlite_db, lambda: 100.0))
    directory.refresh(world.client)
    assert directory.roster().of("pio") == (world.pia.id, world.ike.id)
    assert "could not be read" in caplog.text
    assert "could not be kept" in caplog.text


# --- tiers that nobody can fill -----------------------------------------------------------------------------


def test_a_tier_that_the_members_cannot_fill_is_told(flood: Playbook) -> None:
    directory = RoleDirectory({"pio": ["U1"], "sme": ["U1"], "ic": ["U2"], "exec": ["U3"]})
    told = directory.warnings(flood)
    assert len(told) == 2  # Facts and Action ask for sme and pio, and both are U1
    assert "Flood: nobody can give the approval T1 (Facts)" in told[0]
    assert told[0].endswith("Name more people under roles in ecomms.yaml.")


def test_with_enough_people_or_without_roles_nothing_is_told(flood: Playbook) -> None:
    assert RoleDirectory({"pio": ["U1"], "sme": ["U4"], "ic": ["U2"], "exec": ["U3"]}).warnings(flood) == ()
    assert RoleDirectory(None).warnings(flood) == ()


# --- names ---


def test_people_are_asked_for_by_name_once(world: World) -> None:
    directory = RoleDirectory(None)
    people = [world.mara.id, world.pia.id, world.mara.id]
    assert directory.names(world.client, people) == {world.mara.id: "mara", world.pia.id: "pia"}
    assert directory.names(world.client, people) == {world.mara.id: "mara", world.pia.id: "pia"}
    assert len(world.calls("users.info")) == 2


def test_who_cannot_be_found_has_no_name_and_is_asked_for_again_later(world: World) -> None:
    directory = RoleDirectory(None)
    assert directory.names(world.client, ["UGONE"]) == {}
    world.workspace.faults.drop_before("users.info")
    assert directory.names(world.client, [world.mara.id]) == {}
    assert directory.names(world.client, [world.mara.id]) == {world.mara.id: "mara"}


def test_no_more_people_are_asked_for_than_slack_allows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_module, "NAMES_AT_ONCE", 1)
    found = RoleDirectory(None).names(world.client, [world.mara.id, world.pia.id])
    assert found == {world.mara.id: "mara"}
