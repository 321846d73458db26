"""The only way past an approval: in the open, with a reason, by pio or ic, and looked at afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ecomms_bot.incident import things
from ecomms_bot.incident.commands import AskForChanges, GiveSecondReview, Override, TakeBackApproval
from ecomms_bot.incident.effects import wanted
from ecomms_bot.incident.events import ApprovalOverridden, DraftApproved, ReminderFired, SecondReviewGiven
from ecomms_bot.incident.evolve import replay
from ecomms_bot.incident.policy import Roster
from ecomms_bot.incident.reminders import owed
from ecomms_bot.incident.rules.overriding import needed, wants_second_review
from ecomms_bot.incident.state import Draft
from ecomms_bot.incident.wording import Rejected
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
)

WHY = "The river rises and the subject expert cannot be reached."


def with_tier(name: str, **changes: Any) -> Story:
    """A story whose playbook has this tier changed."""
    story = Story()
    book: dict[str, Any] = {**flood().raw}
    tiers: Mapping[str, Any] = book["tiers"]
    book["tiers"] = {**tiers, name: {**tiers[name], **changes}}
    return story.open(playbook=book)


@pytest.fixture
def story() -> Story:
    return Story().open()


def override(story: Story, draft: Draft, by: str, reason: str = WHY) -> Draft:
    story.do(Override(draft.id, draft.current.number, draft.current.text_sha256, reason), by)
    return story.state.drafts[draft.id]


def refused(story: Story, draft: Draft, by: str, reason: str = WHY) -> str:
    with pytest.raises(Rejected) as no:
        override(story, draft, by, reason)
    return str(no.value)


def look(story: Story, draft: Draft, by: str, note: str = "", *, agrees: bool = True) -> Draft:
    story.do(GiveSecondReview(draft.id, draft.current.number, agrees, note), by)
    return story.state.drafts[draft.id]


# --- Letting it out


def test_one_lead_lets_a_text_out_with_a_reason_and_the_log_says_so(story: Story) -> None:
    draft = override(story, story.submit("D4", "update"), PIO)
    given, done = (each.event for each in story.log[-2:])
    assert given == ApprovalOverridden(
        draft=draft.id,
        revision=1,
        text_sha256=draft.current.text_sha256,
        person=PIO,
        roles=("pio",),
        reason=WHY,
        lacking=("sme", "pio"),
        told=(PIO_2, SME_AND_PIO, IC, SME),
    )
    assert isinstance(done, DraftApproved)
    assert done.overridden
    assert (draft.status, draft.current.overridden, draft.current.approved) == ("approved", True, True)


def test_everybody_who_leads_hears_of_it_in_the_conversation(story: Story) -> None:
    draft = override(story, story.submit("D4", "update"), PIO)
    told = things.override_thing(draft.id, draft.overrides[0].seq)
    assert [task.ids.get("thing") for task in wanted(story.state, story.now).values()].count(told) == 1


def test_a_protective_action_takes_two_people() -> None:
    story = with_tier("T2", override="two")
    draft = override(story, story.submit("D3"), PIO)
    assert draft.status == "in review"
    assert refused(story, draft, PIO).startswith("You overrode this at")
    assert override(story, draft, IC).status == "approved"


def test_a_tier_can_forbid_it() -> None:
    story = with_tier("T1", override="never")
    draft = story.approve(story.submit("D4", "update"), SME)
    assert refused(story, draft, PIO) == (
        "A text of the tier T1 never goes out without all its approvals. Still needed: pio."
    )
    assert needed(story.state, draft.current) == 0


def test_who_wrote_it_may_override_when_nobody_else_is_there(story: Story) -> None:
    draft = story.submit("D4", "update", by=PIO)
    assert override(story, draft, PIO).status == "approved"


@pytest.mark.parametrize("person", [COMMUNICATOR, SME, EXEC])
def test_only_pio_or_ic_override(story: Story, person: str) -> None:
    assert "Only pio or ic may override an approval" in refused(story, story.submit("D1"), person)


def test_without_a_roles_file_one_person_answers_for_it_by_name() -> None:
    story = Story(roster=NO_ROLES).open()
    assert override(story, story.submit("D1"), COMMUNICATOR).status == "approved"


def test_a_reason_is_needed(story: Story) -> None:
    assert refused(story, story.submit("D1"), PIO, "  ").startswith("Please say why it cannot wait.")


def test_it_is_bound_to_the_words_on_the_card(story: Story) -> None:
    draft = story.submit("D1")
    with pytest.raises(Rejected, match="The text changed after this card"):
        story.do(Override(draft.id, 1, "0" * 64, WHY), PIO)
    newer = story.submit("D1", facts={"road": "Highway 9"})
    with pytest.raises(Rejected, match="Another revision replaced this text"):
        story.do(Override(draft.id, 1, draft.current.text_sha256, WHY), PIO)
    # What one of two said of older words does not count for new ones.
    assert newer.overrides == ()


def test_when_the_approval_arrives_first_there_is_nothing_to_override(story: Story) -> None:
    draft = story.approve(story.submit("D1"), PIO)
    assert refused(story, draft, IC).startswith("This text is approved already")


def test_when_the_override_comes_first_the_approval_is_told_so(story: Story) -> None:
    draft = story.submit("D1")
    override(story, draft, IC)
    with pytest.raises(Rejected, match="Already approved"):
        story.approve(draft, PIO)


def test_a_text_sent_back_is_not_let_out(story: Story) -> None:
    draft = story.submit("D3")
    story.do(AskForChanges(draft.id, 1, "Wrong road."), PIO)
    assert refused(story, draft, IC).startswith("Sent back by")


def test_who_overrode_can_take_it_back_like_an_approval() -> None:
    story = with_tier("T2", override="two")
    draft = override(story, override(story, story.submit("D3"), PIO), IC)
    story.do(TakeBackApproval(draft.id, 1), IC)
    draft = story.state.drafts[draft.id]
    assert (draft.status, [each.person for each in draft.overrides]) == ("in review", [PIO])
    assert not draft.current.approved


def test_two_people_are_two_people_even_if_one_wrote_it_or_approved_it() -> None:
    story = with_tier("T2", override="two")
    draft = override(story, story.approve(story.submit("D3", by=PIO), SME), PIO)
    assert draft.status == "in review"
    assert refused(story, draft, PIO).startswith("You overrode this at")
    assert override(story, draft, IC).current.let_out_by == (SME, PIO, IC)


def test_an_override_that_was_not_needed_after_all_counts_for_nothing() -> None:
    story = with_tier("T2", override="two")
    draft = story.approve(override(story, story.submit("D3"), PIO), SME, PIO_2, IC)
    assert (draft.status, draft.current.overridden, draft.overrides) == ("approved", False, ())
    assert not wants_second_review(story.state, draft, draft.current)


def test_who_overrode_what_was_lacking_decides_anew_when_an_approval_goes(story: Story) -> None:
    draft = override(story, story.approve(story.submit("D4", "update"), SME), PIO)
    story.do(TakeBackApproval(draft.id, 1), SME)
    draft = story.state.drafts[draft.id]
    assert (draft.status, draft.overrides, draft.overridden_by[0].lacking) == ("in review", (), ("pio",))
    again = override(story, draft, PIO)
    assert (again.status, again.overrides[0].lacking) == ("approved", ("sme", "pio"))


def test_new_times_do_not_clear_words_that_went_past_their_approvals(story: Story) -> None:
    override(story, story.submit("D4", "update"), PIO)
    story.until(at(20, 30))
    renewed = story.submit("D4", "update", renews=True)
    assert (renewed.current.tier, renewed.current.roles) == ("T1", ("sme", "pio"))


def test_without_a_roles_file_who_opened_the_incident_is_told() -> None:
    story = Story(roster=NO_ROLES).open()
    assert override(story, story.submit("D1"), PIO).overrides[0].told == (COMMUNICATOR,)


def test_words_that_were_redacted_are_let_out_by_nobody(story: Story) -> None:
    draft = story.approve(story.submit("D4", "update"), SME)
    log = [replace(each, event=None) if each.type == "RevisionSubmitted" else each for each in story.log]
    story.state = replay(story.state.id, log)
    with pytest.raises(Rejected, match="The words of this text were redacted"):
        story.do(Override(draft.id, 1, draft.current.text_sha256, WHY), PIO)
    assert needed(story.state, story.state.drafts[draft.id].current) == 0


def test_an_override_of_older_words_does_not_count_for_a_revision_that_was_redacted() -> None:
    story = with_tier("T2", override="two")
    override(story, story.submit("D3"), PIO)
    draft = story.approve(story.submit("D3", facts={"road": "Highway 9"}), SME)
    second = [each.seq for each in story.log if each.type == "RevisionSubmitted"][1]
    log = [replace(each, event=None) if each.seq == second else each for each in story.log]
    assert replay(story.state.id, log).drafts[draft.id].overrides == ()


# --- The second look


def test_an_overridden_text_is_looked_at_by_somebody_who_had_no_part_in_it(story: Story) -> None:
    draft = override(story, story.approve(story.submit("D4", "update"), SME), PIO)
    for person in (SME, PIO):
        with pytest.raises(Rejected, match="so somebody else reviews it"):
            look(story, draft, person)
    with pytest.raises(Rejected, match="Only leads may give a second review"):
        look(story, draft, COLLEAGUE)
    draft = look(story, draft, IC)
    event = SecondReviewGiven(draft=draft.id, revision=1, person=IC, agrees=True)
    assert story.log[-1].event == event
    with pytest.raises(Rejected, match=f"{IC} reviewed it at"):
        look(story, draft, EXEC)


def test_who_finds_it_wrong_says_what(story: Story) -> None:
    draft = override(story, story.submit("D4", "update"), PIO)
    with pytest.raises(Rejected, match="Please say what is wrong"):
        look(story, draft, IC, agrees=False)
    draft = look(story, draft, IC, "It is Highway 7.", agrees=False)
    assert draft.current.second_review is not None
    assert draft.current.second_review.note == "It is Highway 7."


def test_until_then_the_pio_is_asked_again_and_again(story: Story) -> None:
    draft = override(story, story.submit("D4", "update", next_update=at(23, 0)), IC)
    story.mark(draft, "internal")
    start = story.now
    keys = [f"second-review/{draft.id}/{draft.current.approved_seq}/{said}" for said in range(3)]
    assert owed(story.state)[keys[0]].due == start + timedelta(minutes=15)
    story.until(start + timedelta(minutes=16))
    assert owed(story.state)[keys[1]].due == start + timedelta(minutes=45)
    story.until(start + timedelta(minutes=46))
    assert story.state.fired[keys[1]].event.role == "pio"
    assert keys[2] in owed(story.state)
    look(story, draft, PIO)
    assert not any(key.startswith("second-review") for key in owed(story.state))


def test_a_tier_can_ask_for_a_second_look_after_every_approval() -> None:
    story = with_tier("T0", second_review_minutes=10)
    draft = story.approve(story.submit("D1"), PIO)
    assert wants_second_review(story.state, draft, draft.current)
    (due,) = [each.due for key, each in owed(story.state).items() if key.startswith("second-review")]
    assert due == story.now + timedelta(minutes=10)
    assert look(story, draft, PIO_2).current.second_review is not None


def test_nothing_asks_for_it_where_no_tier_and_no_override_does(story: Story) -> None:
    draft = story.approve(story.submit("D1"), PIO)
    with pytest.raises(Rejected, match="does not wait for a second review"):
        look(story, draft, IC)


def test_what_was_replaced_and_turns_out_to_be_posted_is_looked_at_by_somebody_else(story: Story) -> None:
    draft = override(story, story.submit("D4", "update", next_update=at(23, 0)), PIO)
    posted = story.now
    story.until(at(20, 5))
    story.submit("D4", "update", next_update=at(23, 30))
    with pytest.raises(Rejected, match="does not wait for a second review"):
        story.do(GiveSecondReview(draft.id, 1, agrees=True), IC)
    story.mark(draft, "x", posted=posted, revision=1)
    (due,) = story.reminder_times("second-review").values()
    assert due == posted + timedelta(minutes=15)
    with pytest.raises(Rejected, match="so somebody else reviews it"):
        story.do(GiveSecondReview(draft.id, 1, agrees=True), PIO)
    story.do(GiveSecondReview(draft.id, 1, agrees=True), IC)
    assert not story.reminder_times("second-review")


def test_what_was_taken_back_and_turns_out_to_be_posted_is_looked_at_too(story: Story) -> None:
    draft = override(story, story.submit("D4", "update", next_update=at(23, 0)), PIO)
    posted = story.now
    story.until(at(20, 5))
    story.do(TakeBackApproval(draft.id, 1), PIO)
    assert not story.reminder_times("second-review")
    story.mark(draft, "x", posted=posted)
    assert story.reminder_times("second-review")


def asked_to_look(story: Story) -> ReminderFired:
    story.until(story.now + timedelta(minutes=16))
    (fired,) = (each.event for key, each in story.state.fired.items() if key.startswith("second-review"))
    return fired


def test_who_is_asked_for_it_are_those_who_can_give_it(story: Story) -> None:
    override(story, story.submit("D4", "update", next_update=at(23, 0)), PIO)
    assert asked_to_look(story).to == (PIO_2, SME_AND_PIO)


def test_when_every_pio_had_a_part_in_it_the_ic_is_asked() -> None:
    story = Story(roster=Roster({**ROSTER.members, "pio": (PIO,)})).open()
    override(story, story.submit("D4", "update", next_update=at(23, 0)), PIO)
    fired = asked_to_look(story)
    assert (fired.role, fired.to, fired.stand_in) == ("ic", (IC,), False)


def test_when_every_lead_had_a_part_in_it_the_pio_has_to_find_somebody() -> None:
    story = Story(roster=Roster({"communicator": (COMMUNICATOR,), "pio": (PIO,)})).open()
    override(story, story.submit("D4", "update", next_update=at(23, 0)), PIO)
    fired = asked_to_look(story)
    assert (fired.role, fired.to) == ("pio", (PIO,))


# --- One after the other


def test_roles_in_sequence_decide_one_after_the_other() -> None:
    story = with_tier("T2", order="sequence")
    draft = story.submit("D3")
    with pytest.raises(Rejected, match="It is not your turn yet: sme decides first"):
        story.approve(draft, PIO)
    story.approve(draft, SME, PIO)
    assert story.approve(draft, IC).status == "approved"


def test_in_sequence_who_has_two_roles_takes_the_one_whose_turn_it_is() -> None:
    story = with_tier("T2", order="sequence")
    draft = story.approve(story.submit("D3"), SME_AND_PIO)
    assert draft.status == "in review"
    assert story.approve(draft, PIO, IC).status == "approved"
    assert ROSTER.person(SME_AND_PIO).roles >= {"sme", "pio"}


def test_in_sequence_who_took_the_first_turn_can_leave_it_to_another() -> None:
    """sme and pio are wanted, and one person holds both: nobody is locked out by who came first."""
    story = with_tier("T1", order="sequence")
    story.roster = Roster({**ROSTER.members, "pio": (SME_AND_PIO,)})
    draft = story.approve(story.submit("D4", "update"), SME_AND_PIO)
    assert story.approve(draft, SME).status == "approved"


def test_in_sequence_each_is_asked_when_it_is_their_turn() -> None:
    story = with_tier("T2", order="sequence")
    draft = story.submit("D3")
    story.work()
    draft = story.approve(draft, SME)
    turns = [things.your_turn_thing(draft.id, seq) for seq in draft.current.passed_on]
    assert [task.ids["thing"] for task in story.pending.values() if task.kind == "post"] == turns
    story.work()
    story.do(TakeBackApproval(draft.id, 1), SME)
    draft = story.state.drafts[draft.id]
    # Who is first again is asked again, and the message to the second is edited.
    assert len(draft.current.passed_on) == 2
    assert turns[0] in {task.ids.get("thing") for task in story.pending.values() if task.kind == "edit"}
    draft = story.approve(draft, SME, PIO, IC)
    assert (draft.status, len(draft.current.passed_on)) == ("approved", 4)
