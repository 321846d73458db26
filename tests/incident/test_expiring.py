"""Texts that hold until a time: their authors are asked in time, and until nobody reads them any more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.faces import faces
from ecomms_bot.incident.reminders import owed, said_expired
from ecomms_bot.incident.state import Draft
from ecomms_bot.incident.things import CARD, publish_thing
from ecomms_bot.incident.timeline import lines
from tests.incident.put_right import correct, correcting_book, follow, without
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, IC, PIO, SME, Story, at, instant

NOON = at(12, 0)


@pytest.fixture
def story() -> Story:
    return Story().open(playbook=correcting_book())


def closure(story: Story, until: datetime | None, *channels: str, by: str = COMMUNICATOR) -> Draft:
    """A closure that says until when it holds, approved and marked."""
    facts = {"expires_at": instant(until) if until else None}
    draft = story.submit("D3", by=by, facts=facts, next_update=at(15, 0))
    return story.mark(story.approve(draft, SME, PIO, IC), *channels or ("x",))


def said(story: Story, moment: datetime) -> list[tuple[str, datetime]]:
    """What was said of expiry until then, and when."""
    keys = [key for key in story.until(moment) if key.startswith("expiry/")]
    return [(key.rpartition("/")[2], story.state.fired[key].at) for key in keys]


def asked(story: Story) -> list[datetime]:
    return sorted(each.due for each in owed(story.state).values() if each.subject == "expiry")


def test_what_the_text_says_of_its_end_is_kept_with_it(story: Story) -> None:
    assert closure(story, NOON).current.expires == instant(NOON)
    assert story.submit("D1").current.expires is None


def test_it_is_asked_for_before_its_end_then_and_every_half_hour(story: Story) -> None:
    closure(story, NOON)
    assert said(story, at(13, 10)) == [
        ("before", at(11, 45)),
        ("0", at(12, 0)),
        ("1", at(12, 30)),
        ("2", at(13, 0)),
    ]


def test_its_author_and_who_runs_the_incident_are_asked(story: Story) -> None:
    draft = closure(story, at(20, 40), by=COLLEAGUE)
    story.until(at(20, 41))
    assert story.state.fired[f"expiry/{draft.id}/1/0"].event.to == (COLLEAGUE, COMMUNICATOR)


def test_one_that_holds_for_half_an_hour_only_asks_at_its_end(story: Story) -> None:
    closure(story, at(20, 30))
    assert asked(story) == [at(20, 30)]


def test_what_was_missed_before_the_end_is_not_said_after_it(story: Story) -> None:
    draft = closure(story, at(21, 0))
    assert [key for key in story.wake_at(at(21, 5)) if "expiry" in key] == [f"expiry/{draft.id}/1/0"]


def test_one_that_came_out_too_late_asks_at_once(story: Story) -> None:
    facts = {"expires_at": instant(at(20, 20))}
    draft = story.approve(story.submit("D3", facts=facts, next_update=at(23, 0)), SME, PIO, IC)
    story.now = at(20, 45)
    story.mark(draft, "x")
    assert asked(story) == [at(20, 45)]


def test_nobody_asks_of_what_is_not_out_or_says_no_end(story: Story) -> None:
    closure(story, None)
    story.approve(story.submit("D3", facts={"expires_at": instant(NOON)}), SME, PIO, IC)
    assert asked(story) == []


def test_it_is_renewed_by_an_update_that_follows_it(story: Story) -> None:
    old = closure(story, at(21, 0))
    story.now = at(20, 50)
    new = follow(
        story, old, "update", facts={"expires_at": instant(at(22, 0)), "next_update_at": instant(at(23, 0))}
    )
    assert asked(story) == [at(20, 45), at(21, 0)]
    story.mark(story.approve(new, SME, PIO, IC), "x")
    assert asked(story) == [at(21, 45), at(22, 0)]


def test_also_by_one_in_which_only_the_times_are_new(story: Story) -> None:
    old = closure(story, at(21, 0))
    story.now = at(20, 50)
    same = {**old.current.values, "expires_at": instant(at(22, 0)), "as_of": instant(story.now)}
    new = follow(story, old, "update", facts=same)
    story.mark(story.approve(new, SME, PIO, IC), "x")
    assert asked(story) == [at(21, 45), at(22, 0)]


def test_on_a_channel_that_the_update_did_not_reach_it_still_stands(story: Story) -> None:
    old = closure(story, at(21, 0), "x", "web")
    story.now = at(20, 50)
    new = follow(story, old, "update", facts={"expires_at": None})
    story.mark(story.approve(new, SME, PIO, IC), "x")
    assert asked(story)
    story.do(c.EndRelease(old.id, 1, ("web",), "Gone."), COMMUNICATOR)
    assert asked(story) == []


def test_a_correction_takes_its_place_too(story: Story) -> None:
    old = closure(story, at(21, 0))
    correct(story, old, "x")
    assert asked(story) == []


def test_it_is_asked_for_again_if_its_renewal_was_not_posted(story: Story) -> None:
    old = closure(story, at(21, 0))
    new = follow(story, old, "update", facts={"next_update_at": instant(at(23, 0))})
    story.mark(story.approve(new, SME, PIO, IC), "x")
    assert not story.reminder_times("expiry")
    story.now = at(20, 55)
    story.do(c.CorrectReceipt(new.id, 1, "x", "It hung.", None), PIO)
    assert story.reminder_times("expiry") == {
        f"expiry/{old.id}/1/before": at(20, 45),
        f"expiry/{old.id}/1/0": at(21, 0),
    }


def test_that_it_holds_no_more_is_seen_on_card_and_message(story: Story) -> None:
    draft = closure(story, at(20, 40))
    story.until(at(20, 39))
    before = faces(story.state)
    story.until(at(20, 41))
    after = faces(story.state)
    assert said_expired(story.state, draft, draft.current)
    for thing in (CARD, publish_thing(draft.id, 1)):
        assert before[thing] != after[thing], thing


def test_the_log_says_that_it_holds_until_then_and_no_more_since(story: Story) -> None:
    closure(story, at(21, 0))
    story.until(at(21, 1))
    expiry = [each for each in story.log if getattr(each.event, "key", "").startswith("expiry/")]
    before, after = (str(each.sentence) for each in lines(story.state, expiry))
    subject = "Reminder to U-comm: revision 1 of Road closure or change"
    assert before == f"{subject} holds until 14 Nov 2021 21:00 PST"
    assert after == f"{subject} holds no more since 14 Nov 2021 21:00 PST and is out"
    (line,) = lines(without(story, "RevisionSubmitted"), expiry[:1])
    assert str(line.sentence).endswith("revision 1 of a redacted text holds no more and is out")


def test_a_closed_incident_asks_nobody(story: Story) -> None:
    closure(story, NOON)
    story.now += timedelta(minutes=1)
    story.do(c.CloseIncident("Over.", withdraw_reason="Over."), PIO)
    assert asked(story) == []
