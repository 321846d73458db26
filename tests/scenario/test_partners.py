"""Partners in the thread: told before the public, recorded by who called them, given up only by pio or ic."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ecomms_bot.practice.stage import Stage
from tests.scenario.acting import Case, next_evening, opens, person
from tests.scenario.aftermath import leave
from tests.scenario.gated import CITY, NATION, gated_office


@pytest.fixture(scope="module")
def _gated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with gated_office(tmp_path_factory.mktemp("partners")) as made:
        yield made


@pytest.fixture
def case(_gated: Stage) -> Iterator[Case]:
    next_evening(_gated)
    since = _gated.now
    yield opens(_gated, live=True)
    leave(_gated, since)


def approved(case: Case) -> None:
    case.sends("mara", "D3", next_update_at="22:00")
    for who in ("dale", "pia", "irene"):
        case.approves(who, "D3")


def acknowledges(case: Case, partner: str = CITY, who: str = "mara", kind: str = "partners") -> None:
    case.clicks(who, case.last(kind, "D3"), "Acknowledged…")
    assert case.submits(who, partner=partner, by_whom="Ana Roy, by phone").answer.closed


def test_an_approved_text_is_handed_out_once_every_partner_knows_it(case: Case) -> None:
    approved(case)
    held = case.last("partners", "D3")
    assert "@Mara Lund, Road closure or change, revision 1 is approved and held back" in held.plain()
    assert f"Still to tell: {CITY} and {NATION}." in held.plain()
    assert case.messages("publish", "D3") == []
    # and the card, the step and Home say so
    assert (
        f"tell {CITY} and {NATION} of Road closure or change first → @Mara Lund" in case.last("card").plain()
    )
    assert f"approved; waits until {CITY} and {NATION} know it" in case.last("step", "D3").plain()
    # when the city answered
    acknowledges(case)
    assert f"✅ {CITY} knows it: Ana Roy, by phone, today at 20:00" in case.last("partners").plain()
    assert case.messages("publish", "D3") == []
    # and pia goes on without the other
    case.clicks("pia", case.last("partners", "D3"), "Go on without…")
    assert case.submits("pia", reason="No line to them.").answer.closed
    # then the texts are there to be posted
    assert "is approved. Post these exact texts" in case.last("publish", "D3").plain()
    assert case.last("partners", "D3").buttons == []
    assert f"@Pia Sohal goes on without {NATION}: No line to them." in case.last("partners", "D3").plain()
    assert case.marks("mara", "D3").answer.closed


def test_who_waits_for_approvals_calls_the_partners_meanwhile(case: Case) -> None:
    case.sends("mara", "D3", next_update_at="22:00")
    review = case.last("review", "D3")
    assert f"Partners to tell before it goes out: {CITY} and {NATION}" in review.plain()
    acknowledges(case, CITY, kind="review")
    acknowledges(case, NATION, kind="review")
    assert f"Partners who know it: {CITY} and {NATION}" in case.last("review", "D3").plain()
    for who in ("dale", "pia", "irene"):
        case.approves(who, "D3")
    assert case.messages("partners", "D3") == []
    assert case.messages("publish", "D3")


def test_next_step_opens_the_form_of_what_a_partner_said(case: Case) -> None:
    approved(case)
    case.types("mara", "next")
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert modal.title == "Acknowledged"
    assert modal.options("partner") == [CITY, NATION]
    case.actor("mara").leaves()


def test_the_form_asks_who_answered_and_keeps_what_was_typed(case: Case) -> None:
    approved(case)
    case.clicks("mara", case.last("partners"), "Acknowledged…")
    reply = case.submits("mara", by_whom="   ")
    assert list(reply.answer.errors.values()) == [f"Please say who answered for {CITY}, and how."]
    reply = case.submits("mara", by_whom="Ana Roy", at=case.at("20:30"))
    assert "This time is still to come." in reply.words
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert modal.field("Who answered, and how") == "Ana Roy"
    case.actor("mara").leaves()


def test_only_pio_or_ic_go_on_without_a_partner(case: Case) -> None:
    approved(case)
    held = case.last("partners")
    assert (
        "Only pio or ic may go on without the word of a partner"
        in case.clicks("mara", held, "Go on without…").words
    )
    assert "Only communicators and leads" in case.clicks("otto", held, "Acknowledged…").words


def test_the_second_to_record_a_word_is_told_who_was_first(case: Case) -> None:
    approved(case)
    case.clicks("theo", case.last("partners"), "Acknowledged…")
    acknowledges(case)
    reply = case.submits("theo", partner=CITY, by_whom="Ana Roy")
    modal = case.actor("theo").person.modal
    assert modal is not None
    assert f"@Mara Lund recorded the word of {CITY} today at 20:00 already." in modal.plain(), reply.words
    case.actor("theo").leaves()


def test_the_author_is_reminded_and_then_pio(case: Case) -> None:
    approved(case)
    case.clock("20:06")
    told = case.last("reminder", "D3").plain()
    assert f"is approved since today at 20:00 and waits for {CITY} and {NATION}." in told
    assert "(sent to its author)" in told
    case.clock("20:21")
    told = case.last("reminder").plain()
    assert "@Pia Sohal" in told
    # and once they know, nobody is
    acknowledges(case)
    acknowledges(case, NATION)
    said = len(case.entries("ReminderFired"))
    case.clock("20:25")
    assert len(case.entries("ReminderFired")) == said


def test_home_says_whom_to_tell(case: Case) -> None:
    approved(case)
    told = f"Tell {CITY} and {NATION} of Road closure or change first"
    # it is drawn aside, after the event was answered
    person(case.on, "mara").open_home()
    case.on.workspace.wait_for(lambda: told in home_of(case), what=lambda: home_of(case))
    assert "[Acknowledged…]" in home_of(case)


def home_of(case: Case) -> str:
    home = person(case.on, "mara").home
    return home.plain() if home is not None else ""
