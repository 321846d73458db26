"""Going off duty and on again, by command, button and form; and what that changes while an incident runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ecomms_bot.incident.entry import OFFICE, Entry
from ecomms_bot.practice.stage import Stage
from ecomms_bot.store import log
from tests.scenario.acting import GUEST, Actor, Case, Reply, office, opens, person
from tests.scenario.site import Site, site
from tests.scenario.test_home import opens_home, sees
from tests.scenario.test_home import words as words_at_home


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
    assert "Nobody is on duty as subject expert (sme) now, asked instead: @Pia Sohal." in told
    on.settle()
    (message,) = person(on, "dale").dms()
    assert "@Pia Sohal put you off duty until today at 22:00: “his child is ill”." in message.plain()
    assert "says @Pia Sohal: “his child is ill”" in types(on, "otto", "duty").words
    # they may come back by themselves
    assert "You are on duty." in types(on, "dale", "duty on").words
    # and by another one, the name first
    assert "@Dale Ito is off duty until further notice." in types(on, "irene", "duty @dale off").words
    types(on, "irene", "duty on @dale")
    assert "@Irene Wall put you on duty again." in last_dm(on, "dale")


def last_dm(on: Stage, handle: str) -> str:
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


# --- buttons and the form ---


def test_the_buttons_do_the_same(on: Stage) -> None:
    pia = Actor(on, "pia")
    shown = pia.types("duty").messages[-1]
    assert shown.buttons == ["Go off duty…", "Somebody else…"]
    # when she presses the first, the form asks until when
    pia.clicks(shown, "Go off duty…")
    reply = pia.submits({"until": on.now + timedelta(hours=3), "note": "dentist"})
    assert reply.answer.updated
    assert "You are off duty until today at 23:00." in screen(pia)
    pia.leaves()
    # then she can come back at once
    pia.clicks(pia.types("duty").messages[-1], "I am on duty")
    assert [entry.payload and entry.payload["on"] for entry in changes(on)] == [False, True]


def test_a_time_that_has_passed_comes_back_beside_its_field(on: Stage) -> None:
    pia = Actor(on, "pia")
    pia.clicks(pia.types("duty").messages[-1], "Go off duty…")
    reply = pia.submits({"until": on.now - timedelta(minutes=1)})
    assert "That time has passed." in reply.answer.errors["Off duty until"]
    assert changes(on) == []


def test_the_form_for_others_asks_who(on: Stage) -> None:
    irene = Actor(on, "irene")
    irene.clicks(irene.types("duty").messages[-1], "Somebody else…")
    assert irene.submits({"person": person(on, "dale").id}).answer.updated
    assert "@Dale Ito is off duty until further notice." in screen(irene)
    irene.leaves()
    irene.clicks(irene.types("duty").messages[-1], "Somebody else…")
    irene.submits({"person": person(on, "dale").id, "duty": "on"})
    assert "@Dale Ito is on duty." in screen(irene)
    assert len(changes(on)) == 2


def test_who_may_not_for_others_has_no_button_for_it(on: Stage) -> None:
    assert types(on, "mara", "duty").messages[-1].buttons == ["Go off duty…"]


def test_home_says_who_is_on_duty_and_follows(on: Stage) -> None:
    case = opens(on)
    opens_home(case, "pia", "On duty", "(pio): @Pia Sohal · deputies: @Theo Brandt")
    types(on, "pia", "duty off")
    sees(case, "pia", "Off duty: @Pia Sohal until further notice")
    home = person(on, "pia").home
    assert home is not None
    assert home.press("I am on duty").ok
    sees(case, "pia", "(pio): @Pia Sohal")
    assert "Off duty:" not in words_at_home(case, "pia")


def screen(actor: Actor) -> str:
    modal = actor.person.modal
    assert modal is not None
    return modal.plain()


# --- while an incident runs ---


def asked(case: Case, handle: str) -> list[str]:
    """What this person was sent directly about an approval."""
    return [each.plain() for each in case.dms(handle) if "waits for approval" in each.plain()]


def test_who_is_off_duty_is_left_alone_and_their_click_counts(on: Stage) -> None:
    case = opens(on)
    types(on, "pia", "duty off until 23:00")
    # when a statement is submitted, the deputy is asked in her place
    review = case.sends("mara")
    assert "@Theo Brandt, please review" in review.plain()
    assert person(on, "pia").id not in review.mentions
    # and so it is at the target
    case.clock("20:06")
    assert (len(asked(case, "pia")), len(asked(case, "theo"))) == (0, 1)
    # who may not decide is told who is there
    assert "Only pio can decide on this (on duty: @Theo Brandt)." in case.approves("dale").words
    # her word counts all the same
    assert case.approves("pia").ok
    assert case.draft().status == "approved"


def test_where_nobody_of_a_role_is_on_duty_the_next_is_asked_to_find_somebody(on: Stage) -> None:
    case = opens(on)
    for who in ("pia", "theo"):
        types(on, who, "duty off")
    review = case.sends("mara").plain()
    assert (
        "Nobody with the role public information officer (pio) is on duty, so this goes to @Irene Wall"
        in review
    )
    assert "please find someone." in review


def test_with_nobody_on_duty_somebody_still_hears_it_and_reads_why(on: Stage) -> None:
    case = opens(on)
    for who in ("pia", "theo", "irene"):
        types(on, who, "duty off")
    review = case.sends("mara").plain()
    assert "so this goes to @Pia Sohal. Everybody who could take this is off duty" in review
    case.clock("20:06")
    (told,) = asked(case, "pia")
    assert "Everybody who could take this is off duty, so it goes to you all the same." in told


def test_who_runs_an_incident_is_told_so_and_a_pio_hears_its_reminders_too(on: Stage) -> None:
    case = opens(on)
    told = types(on, "mara", "duty off until 23:00").words
    assert "You run EXERCISE - Highway 7 slides - EXERCISE." in told
    assert "type /ecomms handover @name in its conversation" in told
    # when the holding statement is due, she hears it, and Pia with her
    case.clock("20:16")
    for who in ("mara", "pia"):
        (due,) = [each.plain() for each in case.dms(who) if "is not submitted" in each.plain()]
        assert "@Mara Lund is off duty, so others hear it too." in due


def test_of_somebody_who_is_put_off_duty_both_are_told_what_they_run(on: Stage) -> None:
    opens(on)
    assert "They run EXERCISE - Highway 7 slides - EXERCISE." in types(on, "pia", "duty off @mara").words
    assert "You run EXERCISE - Highway 7 slides" in last_dm(on, "mara")


# --- bad luck ---


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Site]:
    """Pia alone is in the user group of the pios."""
    with site(tmp_path) as made:
        made.roles["pio"] = [made.workspace.add_group("pios", ["pia"]).id]
        yield made


def reads_again(on: Stage) -> None:
    """The next reading of user groups, which comes every minute."""
    line = on.bot.line
    vars(line)["_refresh"](vars(line)["_client"])


def test_after_a_start_while_slack_does_not_tell_roles_are_as_they_were_last(place: Site) -> None:
    with place.at_work() as on:
        case = opens(on)
        case.sends("mara")
        types(on, "irene", "duty off until 23:00")
    # when the bot starts again, and Slack does not say who is in the group
    place.workspace.faults.error("usergroups.users.list", "internal_error", times=None)
    with place.at_work() as on:
        again = Case(on, case.id, case.evening)
        # then Pia approves, nobody else does, and Irene is still off duty
        assert "Only pio can decide on this (on duty: @Pia Sohal)" in again.approves("dale").words
        assert again.approves("pia").ok
        assert again.draft().status == "approved"
        assert "Off duty: @Irene Wall until today at 23:00" in types(on, "otto", "duty").words


def test_a_first_start_while_slack_does_not_tell_denies_nobody_what_they_may_be(place: Site) -> None:
    place.workspace.faults.error("usergroups.users.list", "internal_error", times=None)
    with place.at_work() as on:
        assert "(pio): Slack has not told yet who that is" in types(on, "otto", "duty").words
        case = opens(on)
        case.sends("mara")
        assert "Slack has not told yet who is pio" in case.approves("pia").words
        assert case.entries("ApprovalGiven") == []


def test_an_approval_stays_when_its_giver_leaves_the_group_and_says_so(place: Site) -> None:
    with place.at_work() as on:
        case = opens(on)
        case.publishes("mara")
        case.sends("mara", "D4")
        case.approves("pia", "D4")
        # when Pia leaves the group
        place.workspace.groups[place.roles["pio"][0]].members = [place.workspace.user("theo").id]
        reads_again(on)
        # then it needs the sme alone, and the review says what she was
        case.approves("dale", "D4")
        assert case.draft("D4").status == "approved"
        assert "@Pia Sohal (pio then, no longer)" in case.last("review", "D4").plain()


def test_who_left_the_group_before_cannot_approve_and_the_next_reminder_asks_who_can(place: Site) -> None:
    with place.at_work() as on:
        case = opens(on)
        assert "@Pia Sohal, please review" in case.sends("mara").plain()
        place.workspace.groups[place.roles["pio"][0]].members = [place.workspace.user("theo").id]
        reads_again(on)
        assert "Only pio can decide on this (on duty: @Theo Brandt)" in case.approves("pia").words
        assert case.entries("ApprovalGiven") == []
        case.clock("20:06")
        assert (len(asked(case, "pia")), len(asked(case, "theo"))) == (0, 1)
        assert case.approves("theo").ok


def test_of_an_empty_group_nobody_is_asked_and_the_next_finds_somebody(place: Site) -> None:
    place.workspace.groups[place.roles["pio"][0]].members = []
    with place.at_work() as on:
        case = opens(on)
        review = case.sends("mara").plain()
        assert "Nobody has the role public information officer (pio), so this goes to @Irene Wall" in review
        assert "Only pio can decide on this. Your click was not counted." in case.approves("pia").words
