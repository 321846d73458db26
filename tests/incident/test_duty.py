"""Who is off duty is left in peace, as long as somebody else is there; and their word still counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.events import ApprovalOverridden, ReminderFired
from ecomms_bot.incident.office import duty_changed
from ecomms_bot.incident.policy import Roster, can_decide, unfillable
from ecomms_bot.incident.rules.escalating import asked_to_decide
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Rejected
from ecomms_bot.playbook.instant import Instant
from tests.incident.stories import (
    COMMUNICATOR,
    EXEC,
    IC,
    PIO,
    PIO_2,
    ROSTER,
    SME,
    SME_AND_PIO,
    STRANGER,
    Story,
    at,
    instant,
)
from tests.incident.test_timeline import said as told_of

DEPUTY = "U-deputy"
ALL_PIOS = (PIO, PIO_2, SME_AND_PIO)
EVERYBODY = frozenset({PIO, PIO_2, SME_AND_PIO, SME, IC, EXEC})


def off(*people: str, roster: Roster = ROSTER, **deputies: tuple[str, ...]) -> Roster:
    """The usual roster, with these people off duty."""
    return replace(roster, off=frozenset(people), deputies=deputies)


def roster_of(members: dict[str, tuple[str, ...]], *away: str, **deputies: tuple[str, ...]) -> Roster:
    return Roster(members, deputies=deputies, off=frozenset(away))


# --- the entry of the office stream


def test_the_entry_says_who_until_when_and_on_whose_word() -> None:
    until = instant(at(6, 0))
    entry = duty_changed(PIO, IC, on=False, until=until, note="on leave")
    assert entry.type == "DutyChanged"
    assert {**entry.payload, "until": Instant.model_validate(entry.payload["until"])} == {
        "person": PIO,
        "by": IC,
        "on": False,
        "until": until,
        "note": "on leave",
    }
    assert duty_changed(PIO, PIO, on=True, until=None, note="").payload["until"] is None


# --- whom a role is asked of


def test_who_is_off_duty_holds_the_role_and_is_not_whom_it_is_asked_of() -> None:
    roster = off(PIO)
    assert roster.of("pio") == (PIO_2, SME_AND_PIO)
    assert roster.all_of("pio") == ALL_PIOS
    assert roster.person(PIO).roles == {"pio"}
    assert unfillable(("pio", "pio", "pio"), roster) == ()


def test_where_all_members_are_off_duty_deputies_on_duty_are_asked() -> None:
    roster = off(*ALL_PIOS, "U-asleep", pio=("U-asleep", DEPUTY))
    assert roster.of("pio") == (DEPUTY,)
    assert roster.on_duty("pio") == (DEPUTY,)


@pytest.mark.parametrize(
    ("members", "away", "reached"),
    [
        ({"exec": ("E",), "pio": ("P",), "ic": ("I",)}, ("E",), ("P",)),
        ({"exec": ("E",), "pio": ("P",), "ic": ("I",)}, ("E", "P"), ("I",)),
        # nobody of these is on duty: the role itself is asked all the same, or who would stand in for it
        ({"exec": ("E",), "pio": ("P",), "ic": ("I",)}, ("E", "P", "I"), ("E",)),
        ({"pio": ("P",), "ic": ("I",)}, ("P", "I"), ("P",)),
        ({}, (), (COMMUNICATOR,)),
    ],
)
def test_a_notice_goes_to_the_next_who_is_there(
    members: dict[str, tuple[str, ...]], away: tuple[str, ...], reached: tuple[str, ...]
) -> None:
    assert roster_of(members, *away).reach("exec", Story().open().state) == reached


def test_with_nobody_on_duty_the_members_are_asked_before_their_deputies() -> None:
    assert roster_of({"pio": ("P",)}, "P", "D", pio=("D",)).reach("pio", Incident("i1")) == ("P",)
    assert roster_of({}, "D", pio=("D",)).reach("pio", Incident("i1")) == ("D",)


# --- approvals


def test_a_text_asks_who_is_on_duty_and_their_click_counts_who_are_not() -> None:
    story = Story(roster=off(PIO, PIO_2)).open()
    draft = story.submit("D1")
    assert asked_to_decide(story.state, draft, story.roster) == (SME_AND_PIO,)
    assert story.approve(draft, PIO).status == "approved"


def test_the_deputies_of_who_is_off_duty_are_asked_at_once() -> None:
    roster = off(*ALL_PIOS, pio=(DEPUTY,))
    draft = Story(roster=roster).open().submit("D1")
    assert can_decide(draft, roster, "pio") == (DEPUTY,)


def test_where_nobody_of_the_role_is_on_duty_pio_or_ic_finds_somebody() -> None:
    story = Story(roster=off(*ALL_PIOS)).open()
    assert asked_to_decide(story.state, story.submit("D1"), story.roster) == (IC,)


def test_with_nobody_on_duty_at_all_each_role_that_is_missing_is_asked_all_the_same() -> None:
    # given a text that sme, pio and ic decide on, of which the sme is through
    story = Story(roster=replace(ROSTER, off=EVERYBODY)).open()
    draft = story.approve(story.submit("D3"), SME)
    # then everybody hears it who can still decide
    assert asked_to_decide(story.state, draft, story.roster) == (*ALL_PIOS, IC)


def test_where_nobody_is_left_who_can_decide_the_pio_finds_somebody_though_off_duty() -> None:
    # given a text by the only pio, who went off duty, as did the ic
    roster = roster_of({"pio": (PIO,), "ic": (IC,), "communicator": (COMMUNICATOR,)}, PIO, IC)
    story = Story(roster=roster).open()
    draft = story.submit("D1", by=PIO)
    assert asked_to_decide(story.state, draft, roster) == (IC,)
    # and without an ic it is whoever opened the incident.
    alone = roster_of({"pio": (PIO,), "communicator": (COMMUNICATOR,)}, PIO)
    assert asked_to_decide(story.state, draft, alone) == (COMMUNICATOR,)


def test_the_next_role_up_is_the_next_with_somebody_on_duty() -> None:
    story = Story(roster=off(IC)).open()
    draft = story.submit("D1")
    story.until(at(20, 20))
    event = story.state.fired[f"review/{draft.id}/1/up"].event
    assert (event.role, event.to, event.stand_in, event.off_duty) == ("ic", (EXEC,), True, ())
    assert told_of(story)[-1].startswith("Reminder to U-exec, as nobody of ic is on duty")


def test_a_refusal_names_who_is_on_duty_or_says_that_nobody_is() -> None:
    for away, words in (
        ((PIO,), f"can decide on this (on duty: {PIO_2}, {SME_AND_PIO}). Your click was not counted."),
        (ALL_PIOS, f"and none of them is on duty now: {', '.join(ALL_PIOS)}. Your click was not counted."),
    ):
        story = Story(roster=off(*away)).open()
        draft = story.submit("D1")
        with pytest.raises(Rejected) as no:
            story.approve(draft, STRANGER)
        assert str(no.value).startswith("Only pio can decide on this")
        assert str(no.value).endswith(words)


def test_an_author_is_told_who_could_decide_although_they_are_off_duty() -> None:
    story = Story(roster=off(*ALL_PIOS)).open()
    with pytest.raises(Rejected, match=f"someone else decides: {', '.join(ALL_PIOS)} \\(pio\\)"):
        story.approve(story.submit("D1"), COMMUNICATOR)


def test_who_may_take_a_promise_back_is_named_although_off_duty() -> None:
    story = Story(roster=off(*ALL_PIOS, IC)).open()
    story.publish("D1")
    with pytest.raises(Rejected, match=f"Ask {', '.join(ALL_PIOS)}"):
        story.do(c.CloseIncident("Over.", withdraw_reason="The road is open."), COMMUNICATOR)


# --- overrides


def test_an_override_is_told_to_leads_who_are_on_duty() -> None:
    story = Story(roster=off(PIO_2, IC)).open()
    draft = story.submit("D1")
    made, *_ = story.do(c.Override(draft.id, 1, draft.current.text_sha256, "Nobody answers."), PIO)
    assert isinstance(made, ApprovalOverridden)
    assert (made.told, made.off_duty) == ((SME_AND_PIO,), ())


def test_with_no_lead_on_duty_those_who_are_off_hear_of_an_override_and_why() -> None:
    story = Story(roster=replace(ROSTER, off=EVERYBODY)).open()
    draft = story.submit("D1")
    made, *_ = story.do(c.Override(draft.id, 1, draft.current.text_sha256, "Nobody answers."), IC)
    assert isinstance(made, ApprovalOverridden)
    assert made.told == made.off_duty == ALL_PIOS
    assert story.state.drafts[draft.id].overridden_by[0].off_duty == ALL_PIOS


def test_a_second_look_is_asked_of_leads_on_duty_and_of_others_if_no_lead_is() -> None:
    def asked(*away: str) -> ReminderFired:
        story = Story(roster=off(*away)).open()
        draft = story.submit("D1")
        story.do(c.Override(draft.id, 1, draft.current.text_sha256, "Nobody answers."), PIO)
        story.until(at(20, 16))
        return next(fired.event for key, fired in story.state.fired.items() if key.startswith("second"))

    assert (asked(PIO_2).role, asked(PIO_2).to) == ("pio", (SME_AND_PIO,))
    assert (asked(*ALL_PIOS).role, asked(*ALL_PIOS).to) == ("ic", (IC,))
    # no lead is on duty: those who could look hear it all the same
    nobody = asked(*EVERYBODY)
    assert (nobody.to, nobody.off_duty) == ((PIO_2, SME_AND_PIO), (PIO_2, SME_AND_PIO))
    # whoever did it is on duty alone: they find somebody, and nobody is woken
    alone = asked(*(EVERYBODY - {PIO}))
    assert (alone.to, alone.off_duty) == ((PIO,), ())


# --- what people owe by name


def fired(story: Story, prefix: str) -> ReminderFired:
    return next(each.event for key, each in story.state.fired.items() if key.startswith(prefix))


def test_the_holder_hears_of_the_promise_although_off_duty_and_a_pio_with_them() -> None:
    story = Story().open()
    story.publish("D1")
    story.roster = off(COMMUNICATOR, PIO)
    story.until(at(20, 46))
    event = fired(story, "promise/")
    assert event.to == (COMMUNICATOR, PIO_2, SME_AND_PIO)
    assert event.off_duty == (COMMUNICATOR,)
    assert told_of(story)[-1].startswith(
        f"Reminder to {COMMUNICATOR} and {PIO_2} and {SME_AND_PIO} (off duty: {COMMUNICATOR}): update"
    )


def test_of_a_step_of_a_holder_off_duty_the_ic_hears_where_no_pio_is_there() -> None:
    story = Story(roster=off(COMMUNICATOR, *ALL_PIOS)).open()
    story.until(at(20, 16))
    assert fired(story, "step/").to == (COMMUNICATOR, IC)


def test_with_nobody_to_stand_in_the_holder_alone_hears_it() -> None:
    story = Story(roster=off(COMMUNICATOR, *ALL_PIOS, IC)).open()
    story.until(at(20, 16))
    assert (fired(story, "step/").to, fired(story, "step/").off_duty) == ((COMMUNICATOR,), (COMMUNICATOR,))


def test_ones_own_reminder_and_ones_own_question_come_as_always() -> None:
    story = Story(roster=off(COMMUNICATOR)).open()
    story.do(c.SetReminder(instant(at(20, 30)), "Call the mayor."), COMMUNICATOR)
    story.do(c.AskQuestion("Is the bridge open?", COMMUNICATOR, instant(at(20, 40))), PIO)
    story.until(at(20, 41))
    for prefix in ("personal/", "question/"):
        assert (fired(story, prefix).to, fired(story, prefix).off_duty) == ((COMMUNICATOR,), ())


def test_an_escalation_with_nobody_on_duty_says_so_in_the_log() -> None:
    story = Story().open()
    story.publish("D1")
    story.roster = replace(ROSTER, off=EVERYBODY)
    story.until(at(21, 1))
    event = next(each.event for key, each in story.state.fired.items() if key.endswith("T+0"))
    assert (event.to, event.stand_in, event.off_duty) == (ALL_PIOS, False, ALL_PIOS)
    pios = " and ".join(ALL_PIOS)
    assert any(line.startswith(f"Reminder to pio ({pios}) (off duty: {pios}):") for line in told_of(story))
