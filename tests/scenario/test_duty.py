"""Going off duty and on again, by command, button and form; and what that changes while an incident runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ecomms_bot.incident.entry import OFFICE, Entry
from ecomms_bot.practice.stage import Stage
from ecomms_bot.store import log
from tests.scenario.acting import GUEST, Actor, Reply, office, person


@pytest.fixture
def on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Pia is the only pio, Theo her deputy, Irene the ic."""
    with office(tmp_path_factory.mktemp("duty"), deputies={"pio": ["theo"]}) as made:
        yield made


def types(on: Stage, who: str, text: str) -> Reply:
    return Actor(on, who).types(text)


def changes(on: Stage) -> list[Entry]:
    """What the office stream says of duty."""
    with on.bot.db.read() as conn:
        return [each for each in log.read(conn, OFFICE) if each.type == "DutyChanged"]


# --- the command ---


def test_it_shows_each_role_with_who_is_on_duty(on: Stage) -> None:
    shown = types(on, "otto", "duty").words
    assert "public information officer (pio): @Pia Sohal · deputies: @Theo Brandt" in shown
    assert "incident commander (ic): @Irene Wall" in shown
    assert "Off duty" not in shown


def test_off_until_a_time_and_on_again_by_itself(on: Stage) -> None:
    told = types(on, "pia", "duty off until 23:00, dentist").words
    assert "You are off duty until today at 23:00." in told
    assert "What you owe by name still reaches you." in told
    shown = types(on, "otto", "duty").words
    assert "(pio): no member, so the deputies are asked: @Theo Brandt" in shown
    assert "Off duty: @Pia Sohal until today at 23:00: “dentist”" in shown
    # when the time has come, nobody has to say anything
    on.push(hours=3)
    assert "(pio): @Pia Sohal · deputies: @Theo Brandt" in types(on, "otto", "duty").words
    (entry,) = changes(on)
    assert entry.payload is not None
    assert (entry.payload["person"], entry.payload["on"], entry.payload["note"]) == (
        on.people["pia"].id,
        False,
        "dentist",
    )


def test_until_further_notice_and_on_again(on: Stage) -> None:
    assert "You are off duty until further notice." in types(on, "pia", "duty off").words
    assert "already. Nothing was changed." in types(on, "pia", "duty off").words
    assert "You are on duty." in types(on, "pia", "duty on").words
    assert "You are on duty already. Nothing was changed." in types(on, "pia", "duty on").words
    assert len(changes(on)) == 2


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("off for 8 h on leave", "off duty until tomorrow at 04:00"),
        ("off till tomorrow 6am", "off duty until tomorrow at 06:00"),
        ("off 23:30", "off duty until today at 23:30"),
        ("off on leave", "off duty until further notice"),
        ("OFF, until 23:30", "off duty until today at 23:30"),
    ],
)
def test_times_as_people_type_them(on: Stage, typed: str, words: str) -> None:
    assert f"You are {words}." in types(on, "pia", f"duty {typed}").words


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (
            "off until 19:00",
            "19:00 today has passed. Nothing was done. Type this: /ecomms duty off until tomorrow 19:00",
        ),
        ("off @theo until 7", "/ecomms duty off @theo until tomorrow 07:00"),
        ("off until", "Begin with a time"),
        ("off tomorrow", "Say the hour too"),
        ("perhaps", "Say on or off, as in /ecomms duty off until 06:00"),
        ("on until 22:00", "On duty is from now on. Type /ecomms duty on"),
        ("off @nobody until 22:00", "I cannot tell who is meant."),
        ("off " + "x" * 300, "at most 200 are kept"),
    ],
)
def test_what_is_not_clear_is_asked_back_and_nothing_is_changed(on: Stage, typed: str, words: str) -> None:
    reply = types(on, "pia", f"duty {typed}")
    assert words in reply.words.replace("\n", " ")
    assert changes(on) == []


def test_pio_and_ic_say_it_for_others_who_are_told_in_a_direct_message(on: Stage) -> None:
    told = types(on, "pia", "duty off @dale until 22:00 his child is ill").words
    assert "@Dale Ito is off duty until today at 22:00.\nA direct message tells them." in told
    assert "Nobody is on duty as subject expert (sme) now, so @Pia Sohal is asked instead." in told
    on.settle()
    (message,) = person(on, "dale").dms()
    assert "@Pia Sohal put you off duty until today at 22:00: “his child is ill”." in message.plain()
    assert "says @Pia Sohal: “his child is ill”" in types(on, "otto", "duty").words
    # they may come back by themselves
    assert "You are on duty." in types(on, "dale", "duty on").words
    # and by another one, the name first
    assert "@Dale Ito is off duty until further notice." in types(on, "irene", "duty @dale off").words
    assert "put you on duty again" in (types(on, "irene", "duty on @dale") and _last_dm(on, "dale"))


def _last_dm(on: Stage, handle: str) -> str:
    on.settle()
    return person(on, handle).dms()[-1].plain()


def test_nobody_else_may(on: Stage) -> None:
    told = types(on, "mara", "duty off @pia").words
    assert "Only pio or ic may put somebody else on or off duty, and you are not one of them." in told
    assert changes(on) == []


def test_of_a_guest_and_of_who_has_no_role_nothing_is_asked(on: Stage) -> None:
    assert "Guests cannot" in types(on, GUEST, "duty off").words
    assert f"@{person(on, GUEST).user.name} has no role" in types(on, "pia", f"duty off @{GUEST}").words
    assert changes(on) == []


def test_the_same_command_twice_is_noted_once(on: Stage) -> None:
    on.workspace.faults.delivered_twice("slash_commands")
    assert types(on, "pia", "duty off").ok
    assert len(changes(on)) == 1


def test_without_roles_everybody_is_asked(tmp_path_factory: pytest.TempPathFactory) -> None:
    with office(tmp_path_factory.mktemp("free"), roles=False) as on:
        assert "No roles are set in ecomms.yaml, so everybody is asked" in types(on, "mara", "duty").words
        assert "nobody can be off duty. Nothing was changed." in types(on, "mara", "duty off").words
        assert changes(on) == []
