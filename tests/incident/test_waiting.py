"""A text that waits for approval never stalls silently: half its target, its target, the next role up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import effects as fx
from ecomms_bot.incident.evolve import replay
from ecomms_bot.incident.policy import HOLDER, Roster
from ecomms_bot.incident.reminders import owed, review_wanted, said_stalled
from ecomms_bot.incident.state import Draft
from ecomms_bot.incident.timeline import lines
from tests.incident.stories import (
    COLLEAGUE,
    COMMUNICATOR,
    EXEC,
    IC,
    NO_ROLES,
    PIO,
    PIO_2,
    ROSTER,
    SME,
    SME_AND_PIO,
    Story,
    at,
    flood,
    instant,
)
from tests.incident.test_timeline import said as told_of

DEPUTY = "U-deputy"


def with_tier(roster: Roster = ROSTER, **changes: Any) -> Story:
    """An incident whose holding statement needs approval of a tier changed like this."""
    raw = flood().raw
    tiers = {**raw["tiers"], "T0": {**raw["tiers"]["T0"], **changes}}
    return Story(roster=roster).open(playbook={**raw, "tiers": tiers})


def without(*roles: str, **others: tuple[str, ...]) -> Roster:
    """The usual roster, but nobody has these roles."""
    members = {role: people for role, people in ROSTER.members.items() if role not in roles}
    return Roster({**members, **others})


def planned(story: Story, draft: Draft, revision: int = 1) -> dict[str, datetime]:
    """When which reminder of its approval is planned."""
    base = f"review/{draft.id}/{revision}/"
    return {key.removeprefix(base): due for key, due in story.reminder_times(base).items()}


def said(story: Story, draft: Draft, point: str) -> tuple[str, tuple[str, ...], bool]:
    event = story.state.fired[f"review/{draft.id}/1/{point}"].event
    return event.role, event.to, event.stand_in


# --- When


@pytest.mark.parametrize(
    ("target", "half", "up"),
    [
        (2, None, 7),  # the next role up is asked five minutes later at the earliest
        (5, None, 10),  # half of it would leave two and a half minutes: that is nagging
        (6, 3, 11),
        (15, 7.5, 22.5),
        (20, 10, 30),
        (60, 30, 90),
    ],
)
def test_at_half_the_target_at_the_target_and_half_of_it_later(
    target: int, half: float | None, up: float
) -> None:
    story = with_tier(target_minutes=target)
    draft = story.submit("D1")
    begins = {} if half is None else {"half": at(20, 0) + timedelta(minutes=half)}
    assert planned(story, draft) == {
        **begins,
        "target": at(20, 0) + timedelta(minutes=target),
        "up": at(20, 0) + timedelta(minutes=up),
    }


def test_the_next_role_up_is_asked_every_half_hour_until_it_is_decided() -> None:
    story = with_tier()
    draft = story.submit("D1")
    keys = [f"review/{draft.id}/1/{point}" for point in ("target", "up", "up/0/1", "up/0/2")]
    assert [key for key in story.until(at(21, 10)) if key.startswith("review")] == keys
    assert planned(story, draft) == {"up/0/3": at(21, 40)}
    story.approve(draft, PIO)
    assert planned(story, draft) == {}


def test_after_the_bot_was_away_only_the_most_telling_one_is_said() -> None:
    story = with_tier(target_minutes=20)
    draft = story.submit("D1")
    assert [key for key in story.wake_at(at(21, 0)) if key.startswith("review")] == [
        f"review/{draft.id}/1/up"
    ]
    # what it replaced is not owed any more either.
    assert [key for key in owed(story.state) if key.startswith("review")] == [f"review/{draft.id}/1/up/0/1"]


def test_at_the_target_it_is_too_late_for_the_one_at_half_of_it() -> None:
    story = with_tier(target_minutes=20)
    draft = story.submit("D1")
    assert f"review/{draft.id}/1/target" in story.wake_at(at(20, 22))
    assert planned(story, draft) == {"up": at(20, 30)}
    assert not [key for key in owed(story.state) if key.endswith("half")]


@pytest.mark.parametrize(
    "decision",
    [
        lambda draft: (c.Approve(draft.id, 1, draft.current.text_sha256), PIO),
        lambda draft: (c.Override(draft.id, 1, draft.current.text_sha256, "It cannot wait."), IC),
        lambda draft: (c.AskForChanges(draft.id, 1, "Which lanes?"), PIO),
        lambda draft: (c.Decline(draft.id, 1, "Not now."), PIO),
        lambda draft: (c.WithdrawDraft(draft.id), COMMUNICATOR),
        lambda _: (c.CloseIncident("It was nothing.", in_error=True), PIO),
    ],
)
def test_whatever_decides_it_ends_the_reminders(decision: Any) -> None:
    story = with_tier()
    draft = story.submit("D1")
    story.until(at(20, 6))
    command, by = decision(draft)
    story.do(command, by)
    assert planned(story, draft) == {}
    assert [key for key in story.until(at(23, 0)) if key.startswith("review")] == []


def test_a_new_revision_starts_from_its_own_time() -> None:
    story = with_tier()
    draft = story.submit("D1")
    story.now = at(20, 4)
    story.submit("D1", facts={"road": "Highway 1"})
    assert planned(story, draft) == {}
    assert planned(story, draft, revision=2) == {"target": at(20, 9), "up": at(20, 14)}


def test_an_approval_that_is_taken_back_is_waited_for_anew() -> None:
    story = with_tier(target_minutes=20)
    draft = story.submit("D1")
    story.until(at(20, 25))
    assert said_stalled(story.state, draft)
    story.approve(draft, PIO)
    story.now = at(20, 30)
    story.do(c.TakeBackApproval(draft.id, 1), PIO)
    draft = story.state.drafts[draft.id]
    assert not said_stalled(story.state, draft)
    assert review_wanted(draft.current) == at(20, 50)
    assert planned(story, draft) == {"half/1/0": at(20, 40), "target/1/0": at(20, 50), "up/1/0": at(21, 0)}


def test_a_rest_does_not_hold_it_back() -> None:
    # Given a team that rests until the morning, and somebody who writes all the same,
    story = with_tier()
    story.publish("D1", next_update=at(6, 0))
    story.do(c.StandDown(instant(at(6, 0))), PIO)
    draft = story.submit("D4", "final", next_update=at(6, 0))
    assert story.state.resting(story.now)
    assert planned(story, draft) == {"half": at(20, 7, 30), "target": at(20, 15), "up": at(20, 22, 30)}


# --- To whom


def test_those_whose_approval_is_missing_are_asked_then_their_deputies_then_the_next_role_up() -> None:
    # Given a statement that the pios approve, one of whom wrote on it, and a deputy,
    story = with_tier(replace(ROSTER, deputies={"pio": (DEPUTY,)}), target_minutes=20)
    draft = story.submit("D1", by=PIO_2)
    story.until(at(20, 30))
    assert said(story, draft, "half") == ("", (PIO, SME_AND_PIO), False)
    assert said(story, draft, "target") == ("", (PIO, SME_AND_PIO, DEPUTY), False)
    assert said(story, draft, "up") == ("ic", (IC,), False)
    # and the deputy can approve.
    assert story.approve(draft, DEPUTY).status == "approved"


def test_who_approved_already_is_left_alone() -> None:
    story = with_tier(roles=["sme", "pio"], target_minutes=20)
    draft = story.submit("D1")
    story.approve(draft, SME)
    story.until(at(20, 20))
    assert said(story, draft, "half")[1] == (PIO, PIO_2, SME_AND_PIO)


def test_in_sequence_only_the_role_is_asked_whose_turn_it_is() -> None:
    story = with_tier(roles=["sme", "ic"], order="sequence", target_minutes=20)
    draft = story.submit("D1")
    story.until(at(20, 10))
    assert said(story, draft, "half")[1] == (SME, SME_AND_PIO)
    story.approve(draft, SME)
    story.until(at(20, 30))
    assert said(story, draft, "target")[1] == (IC,)
    assert said(story, draft, "up") == ("exec", (EXEC,), False)


@pytest.mark.parametrize(
    ("roles", "roster", "expected"),
    [
        (["sme"], ROSTER, ("pio", (PIO, PIO_2), False)),  # but for who was asked as sme
        (["pio"], ROSTER, ("ic", (IC,), False)),
        (["sme", "pio"], ROSTER, ("ic", (IC,), False)),
        (["pio", "ic"], ROSTER, ("exec", (EXEC,), False)),
        (["pio", "ic", "exec"], ROSTER, (HOLDER, (COMMUNICATOR,), False)),
        (["pio"], without("ic"), ("ic", (EXEC,), True)),
        (["pio"], without("ic", "exec"), ("ic", (COMMUNICATOR,), True)),
        (["pio"], without(ic=(PIO,)), ("exec", (EXEC,), False)),  # asked already, as pio
        (["pio"], without("exec", ic=(PIO,)), ("exec", (COMMUNICATOR,), True)),
    ],
)
def test_the_next_role_up_is_the_first_with_somebody_who_was_not_asked(
    roles: list[str], roster: Roster, expected: tuple[str, tuple[str, ...], bool]
) -> None:
    story = with_tier(roster, roles=roles)
    draft = story.submit("D1")
    story.until(at(20, 10))
    assert said(story, draft, "up") == expected


@pytest.mark.parametrize(
    ("author", "roster", "expected"),
    [
        (COMMUNICATOR, without("pio"), (IC,)),  # nobody has the role
        (PIO, without(pio=(PIO,)), (IC,)),  # the only one wrote it
        (PIO, without("ic", pio=(PIO,)), (PIO,)),  # and opened the incident
    ],
)
def test_where_nobody_can_decide_the_next_is_asked_to_find_somebody(
    author: str, roster: Roster, expected: tuple[str, ...]
) -> None:
    story = Story(roster=roster).open(by=author)
    draft = story.submit("D1", by=author)
    story.until(at(20, 5))
    assert said(story, draft, "target")[1] == expected


def test_a_deputy_decides_from_the_start_where_no_member_can() -> None:
    story = with_tier(replace(without(pio=(PIO,)), deputies={"pio": (DEPUTY,)}), target_minutes=20)
    draft = story.submit("D1", by=PIO)
    story.until(at(20, 10))
    assert said(story, draft, "half")[1] == (DEPUTY,)


@pytest.mark.parametrize(("author", "asked"), [(COLLEAGUE, (COMMUNICATOR,)), (COMMUNICATOR, ())])
def test_without_roles_the_opener_is_asked_unless_it_is_their_text(
    author: str, asked: tuple[str, ...]
) -> None:
    story = Story(roster=NO_ROLES).open()
    draft = story.submit("D1", by=author)
    story.until(at(20, 10))
    assert said(story, draft, "target") == ("", asked, False)
    assert said(story, draft, "up") == ("ic", (COMMUNICATOR,), True)


# --- Where, and in which words


def test_people_are_asked_in_the_thread_and_directly_and_the_next_role_up_in_the_conversation() -> None:
    story = with_tier(target_minutes=20)
    draft = story.submit("D1")
    story.work()
    story.until(at(20, 10))
    half = f"reminder:review/{draft.id}/1/half"
    tasks = [each for each in story.pending.values() if each.ids.get("thing") == half]
    assert {(each.kind, each.ids.get("step", ""), each.ids.get("user", "")) for each in tasks} == {
        (fx.POST, "D1", ""),
        *((fx.DM, "", person) for person in (PIO, PIO_2, SME_AND_PIO)),
    }
    story.until(at(20, 30))
    up = f"reminder:review/{draft.id}/1/up"
    assert [
        (each.kind, each.ids.get("step", ""))
        for each in story.pending.values()
        if each.ids.get("thing") == up
    ] == [(fx.POST, "")]


def test_the_card_is_edited_when_it_waits_past_its_time() -> None:
    story = with_tier(target_minutes=20)
    draft = story.submit("D1")
    story.work()
    edit_of_card = [key for key in story.keys if "/edit/card/" in key]
    story.until(at(20, 10))
    assert [key for key in story.keys if "/edit/card/" in key] == edit_of_card
    assert not said_stalled(story.state, story.state.drafts[draft.id])
    story.until(at(20, 20))
    assert said_stalled(story.state, story.state.drafts[draft.id])
    assert len([key for key in story.keys if "/edit/card/" in key]) == len(edit_of_card) + 1


def test_nothing_stalls_that_was_never_submitted() -> None:
    story = with_tier()
    assert not said_stalled(story.state, story.save("D1"))


def test_the_log_says_who_was_asked_and_by_when_it_was_wanted() -> None:
    story = with_tier(target_minutes=20)
    story.submit("D1")
    story.until(at(20, 30))
    told = [line for line in told_of(story, last=9) if line.startswith("Reminder") and "step" not in line]
    asked = "U-pio and U-pio2 and U-both"
    waits = "revision 1 of Holding statement waits for approval"
    assert told == [
        f"Reminder to {asked}: {waits}, wanted by 20:20",
        f"Reminder to {asked}: {waits}, which was wanted by 20:20",
        f"Reminder to ic (U-ic): {waits}, which was wanted by 20:20",
    ]


def test_the_log_still_says_it_when_the_text_was_redacted() -> None:
    story = with_tier()
    story.submit("D1")
    story.until(at(20, 5))
    told = [replace(each, event=None) if each.type == "RevisionSubmitted" else each for each in story.log]
    words = [line.sentence.template for line in lines(replay(story.state.id, told), told)]
    assert any(each.endswith("waits for approval") for each in words)
