"""Partners hear of a text before the public reads it: it is held back until they know, or pio or ic go on."""

from __future__ import annotations

from typing import Any

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.effects import wanted
from ecomms_bot.incident.events import PartnerAcknowledged, PartnerWaived
from ecomms_bot.incident.evolve import replay
from ecomms_bot.incident.faces import faces
from ecomms_bot.incident.partners import held_back, partner_words, partners_of, still_to_hear, unheard
from ecomms_bot.incident.policy import Roster
from ecomms_bot.incident.state import Draft
from ecomms_bot.incident.things import CARD, partners_thing, publish_thing, review_thing
from ecomms_bot.incident.timeline import line
from ecomms_bot.incident.wording import Rejected
from tests.incident.stories import (
    COLLEAGUE,
    COMMUNICATOR,
    IC,
    OBSERVER,
    PIO,
    SME,
    SME_AND_PIO,
    Story,
    at,
    flood_with,
)

CITY, NATION = "City of Hope", "Chawathil First Nation"


@pytest.fixture
def story() -> Story:
    """Two partners hear of every road closure (D3) first."""
    return Story().open(playbook=flood_with({}, {"partners": [CITY, NATION]}, {}))


def acknowledge(
    story: Story, draft: Draft, partner: str, *, revision: int = 0, by: str = COMMUNICATOR, **said: Any
) -> None:
    answer = {"by_whom": "the duty officer, by phone", "at": story.now, **said}
    number = revision or story.state.drafts[draft.id].current.number
    story.do(c.RecordAcknowledgement(draft.id, number, partner, **answer), by)


def waive(story: Story, draft: Draft, partner: str, *, by: str = PIO, reason: str = "It rises.") -> None:
    story.do(c.WaivePartner(draft.id, story.state.drafts[draft.id].current.number, partner, reason), by)


def approved(story: Story) -> Draft:
    return story.approve(story.submit("D3"), SME, SME_AND_PIO, IC)


def refused(story: Story, command: c.Command, by: str = COMMUNICATOR) -> Rejected:
    seq = story.state.seq
    with pytest.raises(Rejected) as no:
        story.do(command, by)
    assert story.state.seq == seq
    return no.value


def things(story: Story) -> set[str]:
    return {task.ids.get("thing", "") for task in wanted(story.state, story.now).values()}


# --- Who is asked


def test_the_partners_of_a_step_are_asked_about_each_of_its_public_texts(story: Story) -> None:
    draft = story.submit("D3")
    assert partners_of(story.state, draft, draft.current) == (CITY, NATION)
    assert still_to_hear(story.state, draft) == (CITY, NATION)
    other = story.submit("D1")
    assert partners_of(story.state, other, other.current) == ()


def test_nobody_is_asked_about_words_for_staff() -> None:
    # given a step with partners whose text is internal
    raw = flood_with({}, {}, {})
    (_, closure, _) = raw["phases"]["during"]
    text = {**closure["texts"]["statement"]}
    text["templates"] = {"internal": text["templates"]["internal"]}
    inside = {"partners": [CITY], "texts": {"internal": {**text, "title": "Inside"}}}
    story = Story().open(playbook=flood_with({}, inside, {}))
    # then it goes out without them
    draft = story.submit("D3", "internal")
    assert still_to_hear(story.state, draft) == ()


def test_a_partner_named_twice_is_asked_once() -> None:
    story = Story().open(playbook=flood_with({}, {"partners": [CITY, CITY]}, {}))
    assert still_to_hear(story.state, story.submit("D3")) == (CITY,)


# --- An approved text is held back


def test_an_approved_text_is_not_handed_out_before_every_partner_knows_it(story: Story) -> None:
    # when every approval is there and no partner has heard
    draft = approved(story)
    story.work()
    # then its author is told whom to call, and no text is handed out
    assert held_back(story.state, draft)
    assert partners_thing(draft.id, 1) in things(story)
    assert publish_thing(draft.id, 1) not in things(story)
    # when one has
    acknowledge(story, draft, CITY)
    assert publish_thing(draft.id, 1) not in things(story)
    # and the other
    acknowledge(story, draft, NATION)
    # then it is
    assert publish_thing(draft.id, 1) in things(story)
    assert not held_back(story.state, story.state.drafts[draft.id])
    assert story.mark(draft).status == "published"


def test_who_waits_for_approvals_can_call_the_partners_meanwhile(story: Story) -> None:
    draft = story.submit("D3")
    story.work()
    acknowledge(story, draft, CITY)
    acknowledge(story, draft, NATION)
    # when it is approved, then nothing is left to wait for
    story.approve(draft, SME, SME_AND_PIO, IC)
    assert publish_thing(draft.id, 1) in things(story)
    assert partners_thing(draft.id, 1) not in things(story)


def test_a_text_without_partners_is_handed_out_as_ever(story: Story) -> None:
    draft = story.approve(story.submit("D1"), PIO)
    assert not held_back(story.state, draft)
    assert publish_thing(draft.id, 1) in things(story)


def test_what_is_held_back_cannot_be_marked_and_both_ways_on_are_named(story: Story) -> None:
    draft = approved(story)
    acknowledge(story, draft, CITY)
    with pytest.raises(Rejected) as no:
        story.mark(draft)
    assert no.value.code == "partners"
    assert str(no.value) == (
        f"This text waits for {NATION}. Record that they know it, or let pio or ic go on without them. "
        "Nothing was recorded."
    )


def test_overriding_the_approvals_does_not_go_past_the_partners(story: Story) -> None:
    draft = story.submit("D3")
    story.do(c.Override(draft.id, 1, draft.current.text_sha256, "The river rises."), IC)
    assert held_back(story.state, story.state.drafts[draft.id])


def test_pio_or_ic_can_go_on_without_a_partner(story: Story) -> None:
    draft = approved(story)
    waive(story, draft, CITY, by=PIO, reason=" No line to the city. ")
    waive(story, draft, NATION, by=IC)
    (word, _) = story.state.drafts[draft.id].partner_words
    assert (word.partner, word.person, word.reason, word.by_whom) == (CITY, PIO, "No line to the city.", "")
    assert story.mark(draft).status == "published"


def test_a_step_that_left_the_log_asks_nobody(story: Story) -> None:
    draft = approved(story)
    gone = replay(story.state.id, [story.log[0], story.log[1]])
    assert partners_of(gone, Draft(**{**_fields(draft), "step": ""}), draft.current) == ()


def _fields(draft: Draft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in Draft.__dataclass_fields__}


# --- For which revision a word holds


def test_new_times_alone_leave_the_word_of_a_partner_as_it_is(story: Story) -> None:
    draft = approved(story)
    acknowledge(story, draft, CITY)
    waive(story, draft, NATION)
    story.now = at(20, 30)
    draft = story.submit("D3", renews=True, next_update=at(21, 50))
    assert draft.current.renews
    assert set(partner_words(draft, draft.current)) == {CITY, NATION}
    assert unheard(story.state, draft, draft.current) == ()


def test_other_words_are_new_to_a_partner_also_when_they_are_sent_as_new_times(story: Story) -> None:
    """As by somebody who renews a revision while another one takes its place."""
    draft = approved(story)
    acknowledge(story, draft, CITY)
    draft = story.submit("D3", renews=True, next_update=at(21, 50), facts={"detour": "Highway 1"})
    assert draft.current.renews
    assert still_to_hear(story.state, draft) == (CITY, NATION)


def test_other_words_are_new_to_a_partner(story: Story) -> None:
    draft = story.submit("D3")
    acknowledge(story, draft, CITY)
    story.do(c.AskForChanges(draft.id, 1, "Name the detour."), SME)
    draft = story.submit("D3", facts={"detour": "Highway 1"})
    assert still_to_hear(story.state, draft) == (CITY, NATION)
    # and what they said of the old ones is still known of those
    assert unheard(story.state, draft, draft.revisions[0]) == (NATION,)


def test_what_was_replaced_is_recorded_as_it_was_posted(story: Story) -> None:
    """Nobody asks a partner about old words any more, but the log has to tell what was posted."""
    draft = approved(story)
    story.now = at(20, 30)
    draft = story.submit("D3", renews=True, next_update=at(21, 50))
    story.mark(draft, revision=1, posted=at(20, 10))
    assert story.state.drafts[draft.id].revisions[0].receipts


# --- What is refused


def test_a_word_needs_who_gave_it_and_a_time_that_is_not_to_come(story: Story) -> None:
    draft = story.submit("D3")
    missing = c.RecordAcknowledgement(draft.id, 1, CITY, " ", story.now)
    no = refused(story, missing)
    assert (no.code, no.field) == ("no-name", "by_whom")
    assert str(no) == f"Please say who answered for {CITY}, and how."
    no = refused(story, c.RecordAcknowledgement(draft.id, 1, CITY, "Ana", at(20, 1)))
    assert (no.code, no.field) == ("future", "at")
    no = refused(story, c.RecordAcknowledgement(draft.id, 1, CITY, "A" * 151, story.now))
    assert (no.code, no.field) == ("too-long", "by_whom")


def test_going_on_without_a_partner_needs_a_reason_and_a_lead_in_command(story: Story) -> None:
    draft = story.submit("D3")
    no = refused(story, c.WaivePartner(draft.id, 1, CITY, " "), PIO)
    assert (no.code, no.field) == ("no-reason", "reason")
    assert refused(story, c.WaivePartner(draft.id, 1, CITY, "Why not"), SME).code == "not-allowed"
    assert refused(story, c.WaivePartner(draft.id, 1, CITY, "Why not"), COLLEAGUE).code == "not-allowed"
    no = refused(story, c.RecordAcknowledgement(draft.id, 1, CITY, "Ana", story.now), OBSERVER)
    assert no.code == "not-allowed"


def test_a_word_that_is_there_already_is_not_recorded_twice(story: Story) -> None:
    draft = story.submit("D3")
    acknowledge(story, draft, CITY, by=COLLEAGUE)
    waive(story, draft, NATION)
    no = refused(story, c.RecordAcknowledgement(draft.id, 1, CITY, "Ana", story.now))
    assert str(no).startswith(f"{COLLEAGUE} recorded the word of {CITY} at ")
    no = refused(story, c.RecordAcknowledgement(draft.id, 1, NATION, "Ana", story.now))
    assert str(no).startswith(f"{PIO} decided at ")


def test_the_word_must_be_about_the_newest_text_and_of_its_partner(story: Story) -> None:
    draft = story.submit("D3")
    assert refused(story, c.RecordAcknowledgement(draft.id, 2, CITY, "Ana", story.now)).code == "stale"
    assert refused(story, c.RecordAcknowledgement(draft.id, 1, "Hope", "Ana", story.now)).code == "no-partner"
    other = story.submit("D1")
    assert refused(story, c.RecordAcknowledgement(other.id, 1, CITY, "Ana", story.now)).code == "no-partner"
    assert refused(story, c.RecordAcknowledgement(other.id, 1, "", "Ana", story.now)).code == "none-left"
    saved = story.save("D4", "update")
    assert refused(story, c.WaivePartner(saved.id, 1, CITY, "Why not"), PIO).code == "stale"


def test_nobody_is_asked_about_a_text_that_will_not_go_out(story: Story) -> None:
    draft = story.submit("D3")
    story.do(c.WithdrawDraft(draft.id, "It is open."), COMMUNICATOR)
    no = refused(story, c.RecordAcknowledgement(draft.id, 1, CITY, "Ana", story.now))
    assert no.code == "settled"
    assert str(no) == "This text is withdrawn, so no partner is asked any more. Nothing was recorded."


# --- Reminders


def test_who_wrote_it_is_reminded_five_minutes_after_the_approval_and_then_pio(story: Story) -> None:
    draft = approved(story)
    story.work()
    key = f"partner/{draft.id}/{draft.current.approved_seq}"
    # then nobody is asked to mark what nobody may post
    assert not story.reminder_times("unmarked/")
    assert story.reminder_times("partner/") == {f"{key}/0": at(20, 5)}
    # when the time comes
    assert f"{key}/0" in story.until(at(20, 5))
    fired = story.state.fired[f"{key}/0"].event
    assert (fired.role, fired.to) == ("", (COMMUNICATOR,))
    # then pio is asked a quarter of an hour later, and again
    assert f"{key}/1" in story.until(at(20, 20))
    fired = story.state.fired[f"{key}/1"].event
    assert (fired.role, fired.to) == ("pio", ("U-pio", "U-pio2", "U-both"))
    assert story.reminder_times("partner/") == {f"{key}/2": at(20, 35)}


def test_once_every_partner_knows_the_text_waits_to_be_marked(story: Story) -> None:
    draft = approved(story)
    story.until(at(20, 12))
    acknowledge(story, draft, CITY)
    assert story.reminder_times("partner/")
    acknowledge(story, draft, NATION)
    assert not story.reminder_times("partner/")
    assert story.reminder_times("unmarked/") == {f"unmarked/{draft.id}/1/0": at(20, 17)}


def test_what_the_text_promises_is_said_though_it_is_held_back(story: Story) -> None:
    draft = approved(story)
    printed = story.reminder_times("unmarked-promise/")
    assert printed == {
        f"unmarked-promise/{draft.id}/1/T-5": at(20, 55),
        f"unmarked-promise/{draft.id}/1/T+0": at(21, 0),
    }


def test_a_text_that_is_approved_anew_is_reminded_of_anew(story: Story) -> None:
    draft = approved(story)
    story.until(at(20, 6))
    story.do(c.TakeBackApproval(draft.id, 1), IC)
    assert not story.reminder_times("partner/")
    draft = story.approve(draft, IC)
    assert story.reminder_times("partner/") == {
        f"partner/{draft.id}/{draft.current.approved_seq}/0": at(20, 11)
    }


def test_where_nobody_is_pio_the_next_one_is_asked() -> None:
    roster = Roster({"communicator": (COMMUNICATOR,), "sme": (SME,), "ic": (IC,)})
    book = flood_with({}, {"partners": [CITY]}, {})
    tiers = {**book["tiers"], "T2": {**book["tiers"]["T2"], "roles": ["sme", "ic"]}}
    story = Story(roster=roster).open(playbook={**book, "tiers": tiers})
    story.approve(story.submit("D3"), SME, IC)
    (key,) = [each for each in story.until(at(20, 20)) if each.endswith("/1") and "partner/" in each]
    fired = story.state.fired[key].event
    assert (fired.role, fired.to, fired.stand_in) == ("pio", (IC,), True)


# --- What is shown


def test_the_message_that_says_whom_to_tell_comes_back_when_it_is_deleted(story: Story) -> None:
    draft = approved(story)
    story.work()
    thing = partners_thing(draft.id, 1)
    story.do(c.RecordGone(thing, story.state.posted[thing].ts), "bot")
    assert thing not in story.state.posted
    story.work()
    assert thing in story.state.posted
    # and not once every partner knows
    acknowledge(story, draft, CITY)
    waive(story, draft, NATION)
    story.do(c.RecordGone(thing, story.state.posted[thing].ts), "bot")
    story.work()
    assert thing not in story.state.posted


def test_what_a_partner_said_changes_what_is_shown_of_the_text_and_of_the_incident(story: Story) -> None:
    draft = approved(story)
    before = faces(story.state)
    acknowledge(story, draft, CITY)
    after = faces(story.state)
    for thing in (review_thing(draft.id, 1), partners_thing(draft.id, 1), CARD):
        assert before[thing] != after[thing], thing


def test_the_timeline_says_who_answered_and_who_did_not_wait(story: Story) -> None:
    draft = approved(story)
    acknowledge(story, draft, CITY)
    assert str(line(story.log[-1], story.state)) == (
        "Revision 1 of Road closure or change: City of Hope acknowledged at 14 Nov 2021 20:00 PST "
        f"(the duty officer, by phone), recorded by {COMMUNICATOR}"
    )
    waive(story, draft, NATION)
    assert str(line(story.log[-1], story.state)) == (
        f"Revision 1 of Road closure or change: {PIO} goes on without the word of {NATION}: It rises."
    )


def test_the_timeline_says_of_the_reminder_whom_the_text_waits_for(story: Story) -> None:
    draft = approved(story)
    acknowledge(story, draft, CITY)
    story.until(at(20, 5))
    (said,) = [str(line(each, story.state)) for each in story.log[-4:] if each.type == "ReminderFired"]
    assert said == (
        f"Reminder to {COMMUNICATOR}: revision 1 of Road closure or change is approved and waits until its "
        "partners know it"
    )


def test_the_events_hold_all_that_was_said(story: Story) -> None:
    draft = approved(story)
    acknowledge(story, draft, CITY)
    waive(story, draft, NATION)
    assert [story.log[-2].event, story.log[-1].event] == [
        PartnerAcknowledged(
            draft=draft.id,
            revision=1,
            partner=CITY,
            person=COMMUNICATOR,
            by_whom="the duty officer, by phone",
            at=at(20, 0),
        ),
        PartnerWaived(draft=draft.id, revision=1, partner=NATION, person=PIO, reason="It rises."),
    ]
