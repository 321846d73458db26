"""Reminders: which are owed, when, and to whom. A promised update is never forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from ecomms_bot.incident.commands import AskForChanges, CorrectReceipt, FireReminder, StartStep
from ecomms_bot.incident.events import ReminderFired
from ecomms_bot.incident.policy import Roster
from ecomms_bot.incident.reminders import owed, said_overdue
from ecomms_bot.incident.state import Draft, Fired
from tests.incident.stories import (
    COLLEAGUE,
    COMMUNICATOR,
    IC,
    NO_ROLES,
    PIO,
    PIO_2,
    SME,
    SME_AND_PIO,
    Story,
    at,
    flood_with,
    instant,
)


@pytest.fixture
def story() -> Story:
    return Story().open()


def promised(story: Story, due: datetime) -> str:
    """A statement that went out now and prints an update by `due`; returns how its reminders' keys begin."""
    draft = story.publish("D1", next_update=due)
    return f"promise/{draft.id}-1/"


def points(story: Story, prefix: str) -> dict[str, datetime]:
    """When which reminder of a promise is planned."""
    return {key.removeprefix(prefix): due for key, due in story.reminder_times(prefix).items()}


def fired(story: Story, key: str) -> ReminderFired:
    return story.state.fired[key].event


def approved(story: Story, *, by: str = COMMUNICATOR, next_update: datetime | None = None) -> Draft:
    return story.approve(story.submit("D1", by=by, next_update=next_update), PIO)


# --- A promise


def test_of_two_promises_for_the_same_minute_the_newer_one_is_reminded_of(story: Story) -> None:
    # given: two texts that went out in one minute; neither came after the other, so both are owed
    promised(story, at(21, 0))
    closure = story.approve(story.submit("D3", next_update=at(21, 0)), SME, PIO, IC)
    story.mark(closure, "web")
    assert len(story.state.live_promises) == 2
    # then: people hear of it once each time, and both are known to be overdue
    assert {key.split("/")[1] for key in story.reminder_times("promise/")} == {f"{closure.id}-1"}
    story.until(at(21, 1))
    assert all(said_overdue(story.state, each.id) for each in story.state.live_promises)
    assert not said_overdue(story.state, "none-such")


def test_where_the_newer_one_turns_out_not_to_be_out_the_older_one_is_reminded_of_again(story: Story) -> None:
    promised(story, at(21, 0))
    (older,) = story.state.live_promises
    closure = story.approve(story.submit("D3", next_update=at(21, 0)), SME, PIO, IC)
    story.mark(closure, "web")
    # when its only receipt was a mistake, the promise that it made is none
    story.do(CorrectReceipt(closure.id, 1, "web", "It hung.", None), PIO)
    assert story.state.live_promises == (older,)
    assert points(story, f"promise/{older.id}/").keys() == {"T-15", "T-5", "T+0", "T+10"}


def test_a_promise_reminds_at_15_and_5_minutes_before_at_its_time_and_10_minutes_after(story: Story) -> None:
    prefix = promised(story, at(21, 0))
    assert points(story, prefix) == {
        "T-15": at(20, 45),
        "T-5": at(20, 55),
        "T+0": at(21, 0),
        "T+10": at(21, 10),
    }


def test_before_its_time_the_author_and_the_holder_are_reminded_each_once(story: Story) -> None:
    # Given an incident that the communicator runs, and an update that a colleague wrote and promised,
    draft = story.submit("D1", by=COLLEAGUE, next_update=at(21, 0))
    story.mark(story.approve(draft, PIO))
    story.until(at(20, 56))
    for point in ("T-15", "T-5"):
        assert fired(story, f"promise/{draft.id}-1/{point}") == ReminderFired(
            key=f"promise/{draft.id}-1/{point}", late_seconds=0, to=(COLLEAGUE, COMMUNICATOR)
        )


def test_an_author_who_runs_the_incident_gets_one_message(story: Story) -> None:
    prefix = promised(story, at(21, 0))
    story.until(at(20, 56))
    assert fired(story, prefix + "T-15").to == (COMMUNICATOR,)


def test_a_missed_promise_goes_to_the_pio_and_then_to_the_ic(story: Story) -> None:
    prefix = promised(story, at(21, 0))
    story.until(at(21, 10))
    assert (fired(story, prefix + "T+0").role, fired(story, prefix + "T+0").to) == (
        "pio",
        (PIO, PIO_2, SME_AND_PIO),
    )
    assert (fired(story, prefix + "T+10").role, fired(story, prefix + "T+10").to) == ("ic", (IC,))
    assert not fired(story, prefix + "T+10").stand_in
    # and after that there is nothing more to say.
    assert story.reminder_times(prefix) == {}


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (at(20, 20), ["T-15", "T-5", "T+0", "T+10"]),
        (at(20, 19), ["T-5", "T+0", "T+10"]),  # fewer than 20 minutes: T-15 would follow on publishing
        (at(20, 6), ["T-5", "T+0", "T+10"]),
        (at(20, 5), ["T+0", "T+10"]),  # T-5 is now: it has passed
        (at(20, 3), ["T+0", "T+10"]),
    ],
)
def test_what_has_passed_when_a_promise_starts_is_not_said(
    story: Story, due: datetime, expected: list[str]
) -> None:
    assert list(points(story, promised(story, due))) == expected


def test_a_promise_that_starts_overdue_escalates_at_once(story: Story) -> None:
    # Posted in time, but only marked at 21:03: the pio hears it at once, the ic at 21:10.
    draft = approved(story, next_update=at(21, 0))
    story.now = at(21, 3)
    story.mark(draft, posted=at(20, 5))
    assert points(story, f"promise/{draft.id}-1/") == {"T+0": at(21, 3), "T+10": at(21, 10)}


@pytest.mark.parametrize("marked", [at(21, 10), at(21, 30)])
def test_one_that_starts_ten_minutes_overdue_goes_to_the_ic_at_once(story: Story, marked: datetime) -> None:
    draft = approved(story, next_update=at(21, 0))
    story.now = marked
    story.mark(draft, late=True)
    prefix = f"promise/{draft.id}-1/"
    assert points(story, prefix) == {"T+10": marked}
    assert story.until(marked) == [prefix + "T+10"]
    assert fired(story, prefix + "T+10").to == (IC,)


def test_an_answer_takes_the_reminders_of_its_promise_away(story: Story) -> None:
    prefix = promised(story, at(21, 0))
    story.until(at(20, 46))
    draft = story.approve(story.submit("D4", "update", next_update=at(22, 0)), SME, PIO)
    story.mark(draft)
    assert story.reminder_times(prefix) == {}
    assert {key for key in story.cancelled if prefix in key} == {
        f"{story.state.id}/reminder/{prefix}{point}" for point in ("T-5", "T+0", "T+10")
    }
    # and one that was on its way is moot.
    assert story.do(FireReminder(prefix + "T-5"), "bot") == ()


def test_severity_and_phase_never_move_a_printed_promise(story: Story) -> None:
    promised(story, at(21, 0))
    for severity in ("S1", "S4"):
        assert owed(replace(story.state, severity=severity, phase="after")) == owed(story.state)


# --- After the bot was away


def test_after_downtime_what_is_late_says_so_and_what_was_overtaken_is_not_said(story: Story) -> None:
    # Given a promise for 21:00, when the bot was away from 20:40 to 21:12,
    prefix = promised(story, at(21, 0))
    said = story.wake_at(at(21, 12))
    # then T-15 and T-5 are moot by now, but both escalations come, each with how late it is.
    assert said == [prefix + "T+0", prefix + "T+10"]
    assert fired(story, prefix + "T+0").late_seconds == 12 * 60
    assert fired(story, prefix + "T+10").late_seconds == 2 * 60


def test_a_reminder_that_is_late_but_not_overtaken_is_said(story: Story) -> None:
    prefix = promised(story, at(21, 0))
    assert story.wake_at(at(20, 54)) == [prefix + "T-15"]
    assert fired(story, prefix + "T-15").late_seconds == 9 * 60
    assert story.wake_at(at(20, 59)) == [prefix + "T-5"]


def test_at_the_very_moment_of_the_next_one_the_earlier_is_overtaken(story: Story) -> None:
    prefix = promised(story, at(21, 0))
    assert story.wake_at(at(20, 55)) == [prefix + "T-5"]


def test_each_reminder_is_said_once_whoever_asks_again(story: Story) -> None:
    prefix = promised(story, at(21, 0))
    story.until(at(20, 45))
    before = story.state.fired[prefix + "T-15"]
    assert isinstance(before, Fired)
    assert story.do(FireReminder(prefix + "T-15"), "bot") == ()
    assert story.do(FireReminder("promise/unknown/T-15"), "bot") == ()


# --- Nobody there


@pytest.mark.parametrize(
    ("members", "first", "second"),
    [
        ({"ic": (IC,)}, (IC,), (IC,)),
        ({"pio": (PIO,)}, (PIO,), (PIO,)),
        ({}, (COMMUNICATOR,), (COMMUNICATOR,)),
    ],
)
def test_a_notice_to_an_empty_role_goes_to_the_next_and_says_so(
    story: Story, members: dict[str, tuple[str, ...]], first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    prefix = promised(story, at(21, 0))
    story.roster = Roster(members)
    story.until(at(21, 10))
    for point, role, people in (("T+0", "pio", first), ("T+10", "ic", second)):
        event = fired(story, prefix + point)
        assert (event.role, event.to, event.stand_in) == (role, people, role not in members)


def test_without_a_roles_file_the_opener_hears_it() -> None:
    story = Story(roster=NO_ROLES).open()
    draft = story.submit("D1", next_update=at(21, 0))
    story.mark(story.approve(draft, PIO))
    story.until(at(21, 0))
    event = fired(story, f"promise/{draft.id}-1/T+0")
    assert (event.to, event.stand_in) == ((COMMUNICATOR,), True)


# --- Approved, not marked


def test_an_approved_text_that_nobody_marks_reminds_its_author_after_5_minutes_and_every_10(
    story: Story,
) -> None:
    draft = approved(story, by=COLLEAGUE, next_update=at(23, 0))
    story.until(at(20, 40))
    chain = [key for key in story.state.fired if key.startswith("unmarked/")]
    assert [(key.split("/")[-1], story.state.fired[key].at) for key in chain] == [
        ("0", at(20, 5)),
        ("1", at(20, 15)),
        ("2", at(20, 25)),
        ("3", at(20, 35)),
    ]
    assert {fired(story, key).to for key in chain} == {(COLLEAGUE,)}
    # Marking it ends the chain.
    story.mark(draft)
    assert story.reminder_times("unmarked") == {}


def test_after_downtime_the_chain_goes_on_from_where_it_was_taken_up(story: Story) -> None:
    draft = approved(story, next_update=at(23, 0))
    assert story.wake_at(at(21, 0)) == [f"unmarked/{draft.id}/1/0"]
    assert fired(story, f"unmarked/{draft.id}/1/0").late_seconds == 55 * 60
    assert story.reminder_times("unmarked/") == {f"unmarked/{draft.id}/1/1": at(21, 10)}


def test_said_inside_only_it_still_waits_for_the_public(story: Story) -> None:
    draft = approved(story, next_update=at(21, 0))
    story.mark(draft, "internal")
    assert f"unmarked/{draft.id}/1/0" in story.reminder_times()
    story.mark(draft, "sms")
    assert story.reminder_times("unmarked") == {}


def test_its_printed_promise_is_watched_as_if_it_were_out(story: Story) -> None:
    # Given an approved text that prints an update by 21:00, pasted and forgotten,
    draft = approved(story, by=COLLEAGUE, next_update=at(21, 0))
    base = f"unmarked-promise/{draft.id}/1/"
    assert points(story, base) == {"T-5": at(20, 55), "T+0": at(21, 0)}
    story.until(at(21, 0))
    # then author and holder hear of it 5 minutes before, and the pio at the printed time.
    assert fired(story, base + "T-5").to == (COLLEAGUE, COMMUNICATOR)
    assert (fired(story, base + "T+0").role, fired(story, base + "T+0").to) == (
        "pio",
        (PIO, PIO_2, SME_AND_PIO),
    )


@pytest.mark.parametrize(
    ("due", "times"),
    [
        (at(20, 30), [at(20, 5), at(20, 15), at(20, 35), at(20, 45)]),  # 20:25 is T-5
        (at(20, 23), [at(20, 5), at(20, 28), at(20, 38)]),  # 20:15 lies 3 minutes before T-5
        (at(20, 40), [at(20, 5), at(20, 15), at(20, 25), at(20, 45)]),  # 20:35 is T-5
        (at(20, 4), [at(20, 9), at(20, 19)]),  # 20:05 lies a minute after T+0
        (at(20, 10), [at(20, 15), at(20, 25)]),
    ],
)
def test_the_chain_keeps_quiet_around_the_reminders_of_the_printed_time(
    story: Story, due: datetime, times: list[datetime]
) -> None:
    approved(story, next_update=due)
    story.until(times[-1])
    said = [each.at for key, each in story.state.fired.items() if key.startswith("unmarked/")]
    assert said == times


def test_what_had_passed_when_it_was_approved_is_not_said(story: Story) -> None:
    draft = story.submit("D1", next_update=at(20, 30))
    story.now = at(20, 25)
    story.approve(draft, PIO)
    assert list(story.reminder_times("unmarked-promise/")) == [f"unmarked-promise/{draft.id}/1/T+0"]


def test_after_downtime_its_t_minus_5_is_overtaken_too(story: Story) -> None:
    draft = approved(story, next_update=at(21, 0))
    said = story.wake_at(at(21, 3))
    assert said == [f"unmarked/{draft.id}/1/0", f"unmarked-promise/{draft.id}/1/T+0"]


def test_a_final_text_without_promise_has_no_printed_time_to_watch(story: Story) -> None:
    facts = {"next_update_at": None, "no_promise_reason": "the road is open to everyone"}
    story.approve(story.submit("D4", "final", facts=facts), SME, PIO)
    assert story.reminder_times("unmarked-promise/") == {}
    assert len(story.reminder_times("unmarked/")) == 1


def test_a_text_for_inside_only_is_no_obligation_to_the_public() -> None:
    text = {"title": "For the switchboard", "templates": {"internal": "Crews look at {{ road }}."}}
    story = Story().open(playbook=flood_with({"texts": {"internal": text}}, {}, {}))
    story.approve(story.submit("D1", "internal"), PIO)
    assert story.reminder_times() == {}


def test_a_text_that_is_not_approved_any_more_does_not_nag(story: Story) -> None:
    approved(story, next_update=at(22, 0))
    story.submit("D1", renews=True, next_update=at(22, 30))
    assert story.reminder_times("unmarked") == {}


# --- Steps


def test_a_started_step_reminds_the_holder_when_it_is_due_once(story: Story) -> None:
    assert story.reminder_times() == {"step/D1": at(20, 15)}
    story.until(at(20, 30))
    assert fired(story, "step/D1").to == (COMMUNICATOR,)
    assert story.reminder_times() == {}


def test_a_step_whose_text_is_submitted_needs_no_reminder(story: Story) -> None:
    story.save("D1")
    assert story.reminder_times() == {"step/D1": at(20, 15)}
    draft = story.submit("D1")
    assert story.reminder_times("step") == {}
    story.do(AskForChanges(draft.id, 1, "Say which lanes."), PIO)
    assert story.reminder_times() == {}


def test_a_step_without_a_due_time_does_not_remind(story: Story) -> None:
    story.do(StartStep("D3"), COMMUNICATOR)
    assert "step/D3" not in story.reminder_times()


def test_every_reminder_is_due_at_the_moment_that_was_said(story: Story) -> None:
    draft = approved(story, next_update=at(21, 0))
    story.mark(draft)
    for reminder in owed(story.state).values():
        assert reminder.due == story.reminder_times()[reminder.key]
    assert story.promise().due == instant(at(21, 0))
    assert story.promise().due.utc - timedelta(minutes=15) in story.reminder_times().values()
