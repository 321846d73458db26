"""Reviewing: a decision is about one revision and its exact texts, by people with roles and no word in it."""

from __future__ import annotations

from itertools import permutations

import pytest

from ecomms_bot.incident.commands import Approve, AskForChanges, Decline
from ecomms_bot.incident.events import ApprovalGiven, DraftApproved
from ecomms_bot.incident.policy import Roster, filled, missing, unfillable
from ecomms_bot.incident.progress import step_status, waiting
from ecomms_bot.incident.state import Approval, Draft
from ecomms_bot.incident.wording import Rejected
from tests.incident.stories import (
    COLLEAGUE,
    COMMUNICATOR,
    IC,
    NIGHT,
    NO_ROLES,
    OBSERVER,
    PIO,
    PIO_2,
    ROSTER,
    SME,
    SME_AND_PIO,
    STRANGER,
    Story,
    at,
)

A, B = {"road": "Highway 1"}, {"road": "Highway 7"}


@pytest.fixture
def story() -> Story:
    return Story().open()


def decide_on(draft: Draft, revision: int = 1) -> tuple[Approve, AskForChanges, Decline]:
    sha256 = draft.revisions[revision - 1].text_sha256
    reason = "Operations say both ways."
    return (
        Approve(draft.id, revision, sha256),
        AskForChanges(draft.id, revision, reason),
        Decline(draft.id, revision, reason),
    )


def refused(
    story: Story, draft: Draft, person: str, code: str, *, revision: int = 1, guest: bool = False
) -> str:
    """Every kind of decision is refused for the same reason; returns what the person reads."""
    said = set()
    for command in decide_on(draft, revision):
        with pytest.raises(Rejected) as no:
            story.do(command, person, guest=guest)
        assert no.value.code == code
        said.add(str(no.value))
    (words,) = said
    return words


# --- Who decides


def test_the_role_of_the_tier_approves_and_the_text_may_go_out(story: Story) -> None:
    draft = story.submit("D1")
    given, done = story.do(decide_on(draft)[0], PIO)
    sha256 = draft.current.text_sha256
    assert given == ApprovalGiven(draft=draft.id, revision=1, text_sha256=sha256, person=PIO, roles=("pio",))
    assert done == DraftApproved(draft=draft.id, revision=1, text_sha256=sha256)
    assert story.state.drafts[draft.id].current.approved_at == story.now
    assert step_status(story.state, "D1") == "approved"


def test_no_author_decides_not_even_one_of_an_earlier_revision_or_a_working_copy(story: Story) -> None:
    story.submit(by=PIO, facts=A)
    story.save(by=PIO_2, facts=B)
    draft = story.submit(by=COMMUNICATOR, facts=B)
    for author in (PIO, PIO_2, COMMUNICATOR):
        words = refused(story, draft, author, "author", revision=2)
        others = "You wrote on this draft, so someone else decides: U-both (pio). Your click was not counted."
        assert words == others.replace("U-both", SME_AND_PIO)


def test_an_author_is_told_who_can_fill_the_roles_that_are_still_open() -> None:
    # Given two of three roles open, one of them without members,
    roster = Roster({**ROSTER.members, "pio": (PIO, PIO_2), "ic": ()})
    story = Story(roster=roster).open()
    draft = story.submit("D3")
    story.approve(draft, SME)
    words = refused(story, draft, COMMUNICATOR, "author")
    assert f"someone else decides: {PIO}, {PIO_2} (pio) and ic." in words


def test_without_roles_everyone_who_did_not_write_decides() -> None:
    story = Story(roster=NO_ROLES).open()
    words = refused(story, story.submit("D1"), COMMUNICATOR, "author")
    assert "so someone else decides: anyone who did not write it." in words


@pytest.mark.parametrize("person", [COLLEAGUE, SME, IC, OBSERVER, STRANGER])
def test_who_does_not_hold_a_role_of_the_tier_is_told_who_does(story: Story, person: str) -> None:
    draft = story.submit("D1")
    words = refused(story, draft, person, "role")
    assert words == (
        f"Only pio can decide on this (on duty: {PIO}, {PIO_2}, {SME_AND_PIO}). Your click was not counted."
    )


def test_authors_are_not_named_as_people_who_can_decide(story: Story) -> None:
    draft = story.submit("D1", by=PIO)
    assert f"(on duty: {PIO_2}, {SME_AND_PIO})." in refused(story, draft, STRANGER, "role")


def test_where_nobody_holds_the_role_nobody_is_named() -> None:
    story = Story(roster=Roster({"communicator": (COMMUNICATOR,)})).open()
    draft = story.submit("D1")
    assert (
        refused(story, draft, STRANGER, "role") == "Only pio can decide on this. Your click was not counted."
    )


def test_while_slack_has_not_told_who_holds_the_role_the_click_is_asked_for_again() -> None:
    story = Story(roster=Roster({"communicator": (COMMUNICATOR,)}, unread=frozenset({"pio"}))).open()
    words = refused(story, story.submit("D1"), STRANGER, "unread")
    assert words.startswith("Slack has not told yet who is pio")


def test_a_guest_decides_nothing_even_without_a_roles_file() -> None:
    story = Story(roster=NO_ROLES).open()
    draft = story.submit("D1")
    assert "Guests cannot approve" in refused(story, draft, STRANGER, "guest", guest=True)


# --- What is decided on


def test_a_click_on_an_old_revision_is_not_counted_and_the_person_is_sent_to_the_new_one(
    story: Story,
) -> None:
    story.submit(facts=A)
    story.now = at(20, 4)
    draft = story.submit(facts=B)
    words = refused(story, draft, PIO, "stale", revision=1)
    assert words.startswith("This is revision 1; revision 2 replaced it at 14 Nov 2021 20:04 PST.")


def test_a_click_on_other_texts_of_the_same_revision_is_not_counted(story: Story) -> None:
    draft = story.submit()
    with pytest.raises(Rejected, match="The text changed after this card") as no:
        story.do(Approve(draft.id, 1, "0" * 64), PIO)
    assert no.value.code == "stale"


def test_what_was_not_submitted_cannot_be_decided_on(story: Story) -> None:
    draft = story.save()
    with pytest.raises(Rejected, match="was not submitted yet"):
        story.do(Approve(draft.id, 1, ""), PIO)
    draft = story.submit()
    with pytest.raises(Rejected, match="was not submitted yet"):
        story.do(Approve(draft.id, 2, draft.current.text_sha256), PIO)
    with pytest.raises(Rejected, match="is not part of Highway 7 mudslides"):
        story.do(Approve("d-unknown", 1, ""), PIO)


# --- Two people at once


def test_of_two_simultaneous_decisions_one_counts_and_the_second_is_told_who_was_first(story: Story) -> None:
    # Given a text that needs the pio, when two of them press at the same moment,
    draft = story.submit("D1")
    story.now = at(20, 4)
    story.do(decide_on(draft)[0], PIO)
    # then the second one reads who was first.
    assert approving_again(story, draft, PIO_2, "decided") == (
        f"Already approved by {PIO} at 14 Nov 2021 20:04 PST. Nothing was changed."
    )
    assert story.types().count("ApprovalGiven") == story.types().count("DraftApproved") == 1


def approving_again(story: Story, draft: Draft, person: str, code: str) -> str:
    """What somebody reads who approves what is approved."""
    with pytest.raises(Rejected) as no:
        story.do(decide_on(draft)[0], person)
    assert no.value.code == code
    return str(no.value)


def too_late(story: Story, draft: Draft, person: str) -> str:
    """What somebody reads who wants to stop what is approved, by either button."""
    said = set()
    for command in decide_on(draft)[1:]:
        with pytest.raises(Rejected) as no:
            story.do(command, person)
        assert no.value.code == "decided"
        said.add(str(no.value))
    (words,) = said
    return words


def test_everyone_who_approved_is_named_also_after_it_went_out(story: Story) -> None:
    draft = story.submit("D4", "update")
    story.approve(draft, SME, PIO)
    story.mark(draft)
    assert f"Already approved by {SME}, {PIO} at" in approving_again(story, draft, PIO_2, "decided")


def test_who_approves_once_more_is_told_when_they_did(story: Story) -> None:
    draft = story.approve(story.submit("D1"), PIO)
    story.now = at(20, 4)
    words = approving_again(story, draft, PIO, "yours")
    assert words == "You approved this at 14 Nov 2021 20:00 PST. Nothing was changed."


def test_who_wants_to_stop_an_approved_text_is_told_what_still_helps(story: Story) -> None:
    draft = story.approve(story.submit("D1"), PIO)
    assert f"may be out. To stop it, tell {COMMUNICATOR} now: a new revision" in too_late(story, draft, PIO)
    # its author can stop it alone,
    assert "To stop it, write a new revision now" in too_late(story, draft, COMMUNICATOR)
    # and what is out cannot be stopped.
    story.mark(draft)
    assert "This text is out already." in too_late(story, draft, PIO)


def test_who_comes_second_to_a_role_of_several_is_told_what_is_still_needed(story: Story) -> None:
    draft = story.submit("D3")
    story.approve(draft, PIO)
    with pytest.raises(Rejected) as no:
        story.do(decide_on(draft)[0], PIO_2)
    assert no.value.code == "filled"
    assert str(no.value) == f"Already approved by {PIO} at 14 Nov 2021 20:00 PST. Still needed: sme or ic."


@pytest.mark.parametrize(("end", "words"), [("changes", "Sent back"), ("decline", "Declined")])
def test_after_a_refusal_the_others_are_told_by_whom_and_why(story: Story, end: str, words: str) -> None:
    draft = story.submit("D1")
    _, changes, decline = decide_on(draft)
    story.do(changes if end == "changes" else decline, PIO)
    assert refused(story, draft, PIO_2, "decided") == (
        f"{words} by {PIO} at 14 Nov 2021 20:00 PST (“Operations say both ways.”). "
        "Your click was not counted."
    )


# --- Several roles, different people


@pytest.mark.parametrize("order", list(permutations((SME, PIO, IC))))
def test_the_roles_of_a_tier_approve_in_any_order_and_only_all_of_them_are_enough(
    story: Story, order: tuple[str, ...]
) -> None:
    draft = story.submit("D3")
    for number, person in enumerate(order, start=1):
        draft = story.approve(draft, person)
        assert (draft.status == "approved") == (number == 3)
        assert len(missing(draft.current, draft.approvals)) == 3 - number


@pytest.mark.parametrize(
    "order", [(SME_AND_PIO, SME), (SME, SME_AND_PIO), (SME_AND_PIO, PIO), (PIO, SME_AND_PIO)]
)
def test_who_holds_two_roles_never_takes_the_only_one_of_the_other(
    story: Story, order: tuple[str, str]
) -> None:
    # Given an update that needs sme and pio, and A who holds both: whoever comes first, B's one role counts.
    draft = story.submit("D4", "update")
    draft = story.approve(draft, order[0])
    assert draft.status == "in review"
    assert story.approve(draft, order[1]).status == "approved"


def test_one_person_with_two_roles_is_one_person(story: Story) -> None:
    draft = story.submit("D4", "update")
    story.approve(draft, SME_AND_PIO)
    with pytest.raises(Rejected, match=r"You approved this at .* Still needed: pio") as no:
        story.approve(draft, SME_AND_PIO)
    assert no.value.code == "yours"


def test_an_approval_keeps_the_roles_that_were_held_then(story: Story) -> None:
    draft = story.submit("D3")
    story.approve(draft, SME_AND_PIO)
    # Who later leaves a role has still approved with it; who gains one later does not approve twice.
    story.roster = Roster({"ic": (IC, SME_AND_PIO), "pio": (PIO,), "communicator": (COMMUNICATOR,)})
    draft = story.approve(draft, IC, PIO)
    assert draft.status == "approved"
    assert draft.approvals[0] == Approval(SME_AND_PIO, frozenset({"sme", "pio"}), NIGHT)


def test_the_matching_finds_a_way_through_chains_of_people_with_several_roles() -> None:
    def approval(person: str, *roles: str) -> Approval:
        return Approval(person, frozenset(roles), NIGHT)

    # A could be sme, pio or ic; B pio or ic; C ic only: all three roles are filled, whoever came first.
    three = (approval("A", "sme", "pio", "ic"), approval("B", "pio", "ic"), approval("C", "ic"))
    for order in permutations(three):
        assert dict(filled(("sme", "pio", "ic"), order)) == {"sme": "A", "pio": "B", "ic": "C"}
    # Roles that the tier does not ask for fill nothing.
    assert dict(filled(("pio",), (approval("D", "exec"),))) == {}


def test_waiting_names_the_roles_that_are_missing(story: Story) -> None:
    story.save("D4", "update")
    draft = story.submit("D3")
    story.approve(draft, PIO)
    (one,) = waiting(story.state)
    assert (one.draft.id, one.step.id, one.roles) == (draft.id, "D3", ("sme", "ic"))


# --- Without a roles file


def test_without_a_roles_file_one_person_who_is_no_author_stands_for_all_roles() -> None:
    story = Story(roster=NO_ROLES).open()
    draft = story.submit("D3", by=COMMUNICATOR)
    assert "You wrote on this draft" in refused(story, draft, COMMUNICATOR, "author")
    given, done = story.do(decide_on(draft)[0], STRANGER)
    assert isinstance(given, ApprovalGiven)
    assert given.without_roles
    assert given.roles == ("ic", "pio", "sme")
    assert isinstance(done, DraftApproved)
    assert dict(filled(("sme", "pio", "ic"), story.state.drafts[draft.id].approvals)) == {
        "sme": STRANGER,
        "pio": STRANGER,
        "ic": STRANGER,
    }


# --- Sending back and ending


def test_asking_for_changes_voids_the_approvals_and_returns_the_draft(story: Story) -> None:
    draft = story.submit("D3")
    story.approve(draft, SME, PIO)
    story.do(decide_on(draft)[1], IC)
    draft = story.state.drafts[draft.id]
    assert (draft.status, draft.approvals) == ("returned", ())
    (back,) = draft.returns
    assert (back.revision, back.person, back.reason, back.declined) == (
        1,
        IC,
        "Operations say both ways.",
        False,
    )


def test_declining_ends_the_draft_and_the_step_is_to_do_again(story: Story) -> None:
    draft = story.submit("D1")
    story.do(decide_on(draft)[2], PIO)
    assert story.state.drafts[draft.id].status == "declined"
    assert not story.state.drafts[draft.id].open
    assert step_status(story.state, "D1") == "to do"
    assert story.state.draft_of("D1") is None


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_both_need_a_reason_that_helps_the_author(story: Story, reason: str) -> None:
    draft = story.submit("D1")
    for command in (AskForChanges(draft.id, 1, reason), Decline(draft.id, 1, reason)):
        with pytest.raises(Rejected, match="Please say why") as no:
            story.do(command, PIO)
        assert no.value.field == "reason"


def test_an_approval_after_changes_counts_from_zero(story: Story) -> None:
    # Given two of three approvals for revision 1, which is then sent back and mended,
    draft = story.submit("D3", facts=A)
    story.approve(draft, SME, PIO)
    story.do(decide_on(draft)[1], IC)
    draft = story.submit("D3", facts=B)
    # then the third approval alone does not release revision 2.
    assert story.approve(draft, IC).status == "in review"
    assert story.approve(draft, SME, PIO).status == "approved"


# --- Tiers that the members cannot fill


@pytest.mark.parametrize(
    ("members", "lacking"),
    [
        ({"sme": (SME,), "pio": (PIO,)}, ()),
        ({"sme": (SME,), "pio": ()}, ("pio",)),
        ({"sme": (SME_AND_PIO,), "pio": (SME_AND_PIO,)}, ("pio",)),
        ({"sme": (SME_AND_PIO,), "pio": (SME_AND_PIO, PIO)}, ()),
        ({}, ("sme", "pio")),
    ],
)
def test_a_tier_whose_roles_cannot_be_filled_by_different_people_is_known(
    members: dict[str, tuple[str, ...]], lacking: tuple[str, ...]
) -> None:
    assert unfillable(("sme", "pio"), Roster(members)) == lacking


def test_without_a_roles_file_every_tier_can_be_filled() -> None:
    assert unfillable(("sme", "pio"), NO_ROLES) == ()
    assert unfillable(("sme", "pio", "ic", "exec"), ROSTER) == ()


# --- A tier that asks for two of one role


def test_a_role_that_a_tier_names_twice_takes_two_people() -> None:
    def approval(person: str, *roles: str) -> Approval:
        return Approval(person, frozenset(roles), at(20, 0))

    tier = ("sme", "pio", "pio")
    one = (approval("A", "pio"),)
    assert filled(tier, one) == (("pio", "A"),)
    # Who is sme and pio leaves the second pio's place to whom it takes.
    three = (*one, approval("B", "sme", "pio"), approval("C", "pio"))
    assert sorted(filled(tier, three)) == [("pio", "A"), ("pio", "C"), ("sme", "B")]
    assert unfillable(("pio", "pio"), Roster({"pio": ("A",)})) == ("pio",)
    assert unfillable(("pio", "pio"), Roster({"pio": ("A", "B")})) == ()
