"""What the doctor says of roles without anybody on duty, and of what is remembered of user groups."""

from __future__ import annotations

import itertools

import pytest

from ecomms_bot.incident.policy import Roster
from ecomms_bot.service.clocks import SystemClock
from ecomms_bot.service.duty import Duty, DutyChange
from ecomms_bot.settings import Office, Settings
from ecomms_bot.store import people
from ecomms_bot.store.engine import Database
from tests.service.test_doctor import MACHINE, ROLES, Ward

_numbers = itertools.count()


@pytest.fixture
def ward(sqlite_db: Database) -> Ward:
    return Ward(sqlite_db, Settings(office=Office(roles=ROLES)), Roster(dict(ROLES)))


def goes_off(ward: Ward, *users: str) -> None:
    roster = Roster(dict(ROLES))
    for user in users:
        duty = Duty(ward.db, SystemClock(lambda: MACHINE), lambda: "nonce")
        duty.change(DutyChange(user, on=False), roster.person(user), roster, f"c{next(_numbers)}")


def test_with_everybody_on_duty_it_says_so(ward: Ward) -> None:
    assert ward.said("duty") == [("ok", "Off duty: nobody. Every role has somebody on duty.")]


def test_a_role_in_which_everybody_is_off_duty_is_named_with_who_is_asked_instead(ward: Ward) -> None:
    goes_off(ward, "U0DALE")
    ((state, words),) = ward.said("duty")
    assert state == "look"
    assert words.startswith("Everybody who can act as subject expert (sme) is off duty. ")
    assert words.endswith("reminders for this role go to public information officer (pio).")
    goes_off(ward, "U0PIA")
    assert next(words for _, words in ward.said("duty")).endswith("go to incident commander (ic).")


def test_with_nobody_on_duty_at_all_they_are_asked_all_the_same(ward: Ward) -> None:
    goes_off(ward, "U0DALE", "U0PIA", "U0IRENE", "U0EVE")
    said = [words for _, words in ward.said("duty")]
    assert len(said) == 4
    assert all(words.endswith("they are asked all the same.") for words in said)


def test_who_is_off_duty_without_being_missed_is_counted(ward: Ward) -> None:
    goes_off(ward, "U0MARA")
    assert ward.said("duty") == [("ok", "Off duty: 1. Every role has somebody on duty.")]


def test_without_roles_or_with_tables_of_another_version_there_is_nothing_to_say(ward: Ward) -> None:
    ward.settings = Settings(office=Office())
    assert ward.said("duty") == []


@pytest.mark.parametrize(
    ("age", "state", "words"),
    [
        (60.0, "ok", "remembers 2 members, read 1 min ago."),
        (7200.0, "look", "read 120 min ago. While Slack does not say more, roles are as they were then."),
        (20 * 3600.0, "look", "read 20 h ago."),
        (9 * 86400.0, "look", "read 9 days ago."),
    ],
)
def test_how_old_the_knowledge_of_a_user_group_is(ward: Ward, age: float, state: str, words: str) -> None:
    ward.settings = Settings(office=Office(roles={**ROLES, "pio": ("S0PIOS",)}))
    with ward.db.write() as conn:
        people.keep(conn, {"S0PIOS": ["U1", "U2"]}, {}, MACHINE - age)
    ((found, said),) = ward.said("groups")
    assert found == state
    assert words in said


def test_a_user_group_that_was_never_read_is_worth_a_look(ward: Ward) -> None:
    ward.settings = Settings(office=Office(roles={**ROLES, "pio": ("S0PIOS",)}))
    ((state, words),) = ward.said("groups")
    assert state == "look"
    assert words.startswith("The bot has not read the members of the user group S0PIOS yet.")
