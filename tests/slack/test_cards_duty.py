"""What is said about duty: the overview, what a change brings, and why somebody hears it all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.policy import Roster
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.service.duty import OffDuty
from ecomms_bot.slack.cards import render
from ecomms_bot.slack.cards.duty import OFF_MAX, changed, duty_part, on_duty, people_off, put
from ecomms_bot.slack.cards.view import lines
from tests.slack.life import COLLEAGUE, COMMUNICATOR, IC, NIGHT, NO_ROLES, PIO, PIO_2, ROSTER, SME, ZONE, Life
from tests.slack.looks import buttons, words


def off(*people: str, hours: float | None = None, by: str = "") -> dict[str, OffDuty]:
    until = None if hours is None else Instant.of(NIGHT + timedelta(hours=hours), ZONE)
    return {each: OffDuty(each, until, by or each, NIGHT) for each in people}


def roster(*people: str, **deputies: tuple[str, ...]) -> Roster:
    return replace(ROSTER, off=frozenset(people), deputies=deputies)


def shown(of: Roster, *people: str) -> str:
    return words(on_duty(ROSTER.person(COMMUNICATOR), of, off(*people)))


# --- the overview ---


def test_each_role_says_who_is_there_or_who_is_asked_instead() -> None:
    said = shown(roster(PIO, SME, pio=(COLLEAGUE,)), PIO, SME)
    assert f"• public information officer (pio): <@{PIO_2}> · deputies: <@{COLLEAGUE}>" in said
    assert f"• subject expert (sme): ⚠️ nobody · asked instead: <@{PIO_2}>" in said
    assert f"• incident commander (ic): <@{IC}>" in said
    # a role that nobody is named for at all is left out
    assert "executive" not in said


def test_with_nobody_on_duty_the_same_people_are_asked_all_the_same() -> None:
    said = shown(roster(PIO, PIO_2, IC), PIO, PIO_2, IC)
    assert f"(pio): ⚠️ nobody · asked all the same: <@{PIO}>, <@{PIO_2}>" in said
    assert f"(ic): ⚠️ nobody · asked all the same: <@{IC}>" in said


def test_where_nobody_holds_any_of_these_roles_the_opener_is_asked() -> None:
    alone = Roster({"communicator": (COMMUNICATOR,), "sme": ()}, off=frozenset({COMMUNICATOR}))
    said = shown(alone, COMMUNICATOR)
    assert "• communicator: nobody" in said
    assert "(sme): ⚠️ nobody · asked instead: whoever opened the incident" in said


def test_a_group_that_slack_has_not_told_of_is_not_called_empty() -> None:
    said = shown(Roster({"pio": ()}, unread=frozenset({"pio"})))
    assert "(pio): Slack has not told yet who that is" in said


def test_who_is_back_first_stands_first_and_many_are_counted() -> None:
    away = (
        off(*(f"U0{number}" for number in range(OFF_MAX)), hours=9) | off("U0LAST") | off("U0FIRST", hours=1)
    )
    said = [str(each) for each in people_off(away)]
    assert len(said) == OFF_MAX + 1
    assert "U0FIRST" in said[0]
    assert said[-1] == "and 2 more"


@pytest.mark.parametrize(
    ("person", "labels"),
    [
        (PIO, ["Go off duty…", "Somebody else…"]),
        (COMMUNICATOR, ["Go off duty…"]),
        (SME, ["I am on duty"]),
        ("U0NOBODY", []),
    ],
)
def test_everybody_has_the_buttons_that_they_may_press(person: str, labels: list[str]) -> None:
    message = on_duty(ROSTER.person(person), roster(SME), off(SME))
    assert list(buttons(message)) == labels


def test_home_says_nothing_of_duty_without_roles() -> None:
    assert duty_part(NO_ROLES.person(PIO), NO_ROLES, {}) == ()


# --- a change ---


def told(person: str, of: Roster, *, me: str = PIO, new: bool = True) -> str:
    now = off(person)[person] if person in of.off else None
    return " ".join(lines(changed(me, person, now, of, [], new=new)))


def test_who_leaves_a_role_alone_is_told_who_is_asked_now() -> None:
    assert "Nobody is on duty as incident commander (ic) now" in told(IC, roster(IC))
    assert "Nobody is on duty" not in told(PIO, roster(PIO))
    assert "Nobody is on duty as communicator" not in told(COMMUNICATOR, roster(COMMUNICATOR, COLLEAGUE))


@pytest.mark.parametrize(
    ("person", "new", "words_"),
    [
        (PIO, True, "You are on duty."),
        (PIO, False, "You are on duty already. Nothing was changed."),
        (IC, True, f"<@{IC}> is on duty."),
    ],
)
def test_on_duty_again(person: str, new: bool, words_: str) -> None:  # noqa: FBT001
    assert told(person, ROSTER, new=new) == words_


def test_who_is_put_on_duty_by_another_is_told_by_whom() -> None:
    assert words(put(SME, None, PIO, [])) == f"<@{PIO}> put you on duty again."
    said = words(put(SME, off(SME, hours=2)[SME], PIO, []))
    assert said.startswith(f"<@{PIO}> put you off duty until Sun 14 Nov, 22:")
    assert "If that is wrong, type /ecomms duty on" in said


# --- what somebody hears although they are off duty ---


def reminder(life: Life, prefix: str) -> str:
    """The next reminder of this kind, as it stands in the conversation or the thread."""
    while not (thing := life.fire_next()).startswith(f"reminder:{prefix}"):
        pass
    return words(render(thing, life.view))


def called_at_the_promised_time(of: Roster) -> str:
    life = Life()
    life.published("D1", next_update=60)
    life.roster = of
    while "T+0" not in (thing := life.fire_next()):
        pass
    return words(render(thing, life.view))


def test_a_reminder_to_a_role_says_that_nobody_of_it_is_on_duty() -> None:
    said = called_at_the_promised_time(roster(PIO, PIO_2))
    assert f"<@{IC}>" in said
    assert "Nobody with the role pio is on duty, so this goes to you." in said


def test_a_reminder_to_who_is_off_duty_says_why() -> None:
    said = called_at_the_promised_time(roster(PIO, PIO_2, IC))
    assert f"<@{PIO}>, <@{PIO_2}>" in said
    assert "Everybody who could take this is off duty, so it goes to you all the same." in said


def test_whose_reminder_others_hear_too_is_named() -> None:
    life = Life(roster=roster(COMMUNICATOR))
    assert f"<@{COMMUNICATOR}> is off duty, so others hear it too." in reminder(life, "step/")


def test_an_override_that_only_leads_off_duty_can_hear_of_says_so() -> None:
    life = Life(roster=roster(PIO, PIO_2, IC, SME))
    draft = life.submit("D4", "update", next_update=60)
    life.do(PIO, c.Override(draft.id, 1, draft.current.text_sha256, "The river rises."))
    seq = life.state.drafts[draft.id].overridden_by[0].seq
    said = words(render(things.override_thing(draft.id, seq), life.view))
    assert "Everybody who could take this is off duty" in said


def test_a_review_says_that_an_approval_was_given_in_a_role_that_its_giver_has_left() -> None:
    life = Life()
    draft = life.submit("D4", "update", next_update=60)
    life.approve("D4", SME)
    life.roster = replace(life.roster, members={**life.roster.members, "sme": ("U0NEW",)})
    said = words(render(things.review_thing(draft.id, 1), life.view))
    assert f"Approved by <@{SME}> (sme then, no longer)" in said
    # but not while it is not known who holds the role
    life.roster = replace(life.roster, unread=frozenset({"sme"}))
    assert "no longer" not in words(render(things.review_thing(draft.id, 1), life.view))


def test_lines_fit_a_message() -> None:
    many = {f"U{number:010}": each for number in range(200) for each in off(f"U{number:010}").values()}
    crowd = Roster({"communicator": tuple(many), "pio": tuple(many)})
    assert len(on_duty(crowd.person("U0000000001"), crowd, many).blocks) < 50
