"""The review: who may decide, what each click does, and what is left on the screen afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread

import pytest

from ecomms_bot.practice.stage import Stage
from ecomms_bot.practice.workspace import Answer
from tests.scenario.acting import Actor, Case, office, opens
from tests.scenario.aftermath import leave

END_S = 60
"""More than anything takes; what has not ended by then does not end."""


def test_the_one_approval_that_is_needed_hands_the_texts_out(case: Case) -> None:
    case.sends("mara")
    reply = case.approves("pia")
    assert reply.ok
    assert reply.words == ""  # the thread says it all
    review = case.last("review")
    assert "Approved by @Pia Sohal" in review.plain()
    assert review.buttons == ["Take back my approval"]
    assert "Holding statement, revision 1 is approved." in case.last("publish").plain()
    assert "play Holding statement, then mark it → @Mara Lund" in case.last("card").plain()


def test_with_several_roles_each_approval_is_counted_and_the_rest_named(case: Case) -> None:
    case.sends("theo", "D3")
    assert "Your approval is counted. Still needed: sme, pio." in case.approves("irene", "D3").words
    assert "Still needed: sme and pio" in case.last("review", "D3").plain()
    assert "Your approval is counted. Still needed: pio." in case.approves("dale", "D3").words
    assert case.messages("publish", "D3") == []
    assert case.approves("pia", "D3").words == ""
    assert case.draft("D3").status == "approved"


def test_a_draft_approved_by_its_author_is_refused(case: Case) -> None:
    # given Pia, who could approve, wrote the draft herself
    case.sends("pia")
    reply = case.approves("pia")
    assert "You wrote on this draft, so someone else decides: pio. Your click" in reply.words
    assert case.entries("ApprovalGiven") == []


def test_a_draft_approved_by_someone_who_wrote_an_earlier_revision_is_refused(case: Case) -> None:
    case.sends("pia")
    # when Mara takes Pia's draft over and sends a revision of her own
    case.sends("mara", label="Write new revision", road="Highway 7 at Hope")
    reply = case.approves("pia")
    assert "You wrote on this draft" in reply.words
    assert case.draft().status == "in review"


def test_a_draft_approved_by_someone_without_the_role_is_refused(case: Case) -> None:
    case.sends("mara")
    reply = case.approves("otto")
    assert "Only pio can decide on this (on duty: @Pia Sohal). Your click was not counted." in reply.words
    # neither can they ask for changes or decline
    for label in ("Ask for changes", "Decline"):
        reply = case.clicks("otto", case.last("review"), label)
        assert "Only pio can decide on this" in reply.words
        assert case.actor("otto").person.modal is None
    assert case.draft().status == "in review"


def test_a_click_on_an_old_revision_is_refused_and_names_the_new_one(case: Case) -> None:
    old = case.sends("mara")
    case.later(minutes=2)
    case.sends("mara", label="Write new revision", road="Highway 7 at Hope")
    # when Pia clicks on the card that she still has on her screen
    reply = case.clicks("pia", old, "Approve")
    assert "This is revision 1; revision 2 replaced it today at 20:02." in reply.words
    assert "your click was not counted" in reply.words
    assert case.entries("ApprovalGiven") == []
    # and the old card has no buttons any more
    first, second = case.messages("review")
    assert (first.buttons, second.buttons) == ([], ["Approve", "Ask for changes", "Decline"])
    assert "Replaced by revision 2" in first.plain()


def test_asking_for_changes_brings_the_draft_back_to_its_author(case: Case) -> None:
    case.sends("mara")
    reply = case.sends_back("pia", "Say which side of the river.")
    assert reply.answer.closed
    returned = case.last("returned")
    assert "@Mara Lund, changes asked by @Pia Sohal to Holding statement, revision 1:" in returned.plain()
    assert "Say which side of the river." in returned.plain()
    assert returned.buttons == ["Write draft"]
    assert case.last("review").buttons == []
    # when Mara presses Write draft there, her words are in the form
    case.clicks("mara", returned, "Write draft")
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert modal.field("Road") == "Highway 7"
    case.submits("mara", area_description="north of the river")
    case.submits("mara")
    # then revision 2 shows first what changed and why
    review = case.last("review").plain()
    assert "Revision 1 came back from @Pia Sohal: Say which side of the river." in review
    assert "Changed since revision 1" in review


def test_the_same_words_cannot_be_sent_again_after_changes_were_asked(case: Case) -> None:
    case.sends("mara")
    case.sends_back("pia", "Say which side of the river.")
    case.clicks("mara", case.last("returned"), "Write draft")
    case.submits("mara")
    reply = case.submits("mara")
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert "These are the words of revision 1, which @Pia Sohal sent back" in modal.plain()
    assert not reply.answer.closed
    assert len(case.messages("review")) == 1


def test_asking_for_changes_needs_a_reason(case: Case) -> None:
    case.sends("mara")
    reply = case.sends_back("pia", "   ")
    assert reply.answer.errors == {"What to change": "Please say why, in a sentence the author can act on."}


def test_declining_ends_the_draft_and_the_step_is_to_do_again(case: Case) -> None:
    case.sends("mara")
    reply = case.sends_back("pia", "We say nothing on this.", label="Decline")
    assert reply.answer.closed
    assert "declined by @Pia Sohal" in case.last("returned").plain()
    assert "Status: to do." in case.last("step", "D1").plain()
    # and a new draft begins a thread of revisions of its own
    review = case.sends("theo")
    assert "revision 1 by @Theo Brandt" in review.plain()


@pytest.mark.parametrize("label", ["Ask for changes", "Decline"])
def test_who_wants_to_stop_an_approved_text_is_told_whom_to_tell(case: Case, label: str) -> None:
    review = case.sends("mara")
    case.approves("pia")
    reply = case.clicks("pia", review, label)
    assert "approved already and may be out. To stop it, tell @Mara Lund now" in reply.words


def test_who_approves_again_is_told_when_they_did(case: Case) -> None:
    review = case.sends("mara")
    case.approves("pia")
    case.later(minutes=3)
    reply = case.clicks("pia", review, "Approve")
    assert "You approved this today at 20:00." in reply.words


def test_a_decision_that_came_while_the_form_was_open_is_said_in_the_form(case: Case) -> None:
    # given Dale writes a reason while Irene declines
    case.sends("theo", "D3")
    case.clicks("dale", case.last("review", "D3"), "Ask for changes")
    case.actor("dale").person.fill({"reason": "The detour is flooded."})
    case.sends_back("irene", "Wrong road.", "D3", label="Decline")
    case.submits("dale")
    # then he reads by whose name, and his words are still there to be copied
    modal = case.actor("dale").person.modal
    assert modal is not None
    assert "Declined by @Irene Wall today at 20:00 (“Wrong road.”)" in modal.plain()
    assert modal.field("What to change") == "The detour is flooded."


def at_once(*clicks: tuple[Actor, str], case: Case) -> list[Answer]:
    """The same review, clicked by several people at the same moment, from threads of their own."""
    review, answers = case.last("review"), []
    together = Barrier(len(clicks), timeout=60)

    def click(actor: Actor, label: str) -> None:
        together.wait()
        answers.append(actor.person.click(review, label))

    threads = [Thread(target=click, args=each) for each in clicks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(END_S)
        assert not thread.is_alive()
    case.on.settle()
    return answers


@pytest.fixture(scope="module")
def _two_pios(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with office(tmp_path_factory.mktemp("pios"), roles_of={"theo": ("pio",), "irene": ("ic", "pio")}) as made:
        yield made


@pytest.fixture
def two_pios(_two_pios: Stage) -> Iterator[Case]:
    """An exercise in an office where Pia, Theo and Irene are pio, and Irene is ic as well."""
    since = _two_pios.now
    yield opens(_two_pios)
    leave(_two_pios, since)


@pytest.mark.parametrize("attempt", [1, 2, 3])
def test_a_draft_approved_twice_at_once_by_two_people_is_one_decision(two_pios: Case, attempt: int) -> None:
    case = two_pios
    case.sends("mara")
    pia, theo = case.actor("pia"), case.actor("theo")
    seen = len(pia.personal()) + len(theo.personal())
    answers = at_once((pia, "Approve"), (theo, "Approve"), case=case)
    # then both were answered, and one of them decided
    assert [answer.ok for answer in answers] == [True, True]
    (approval,) = case.draft().approvals
    assert len(case.entries("DraftApproved")) == len(case.messages("publish")) == 1
    # and the other one, alone, was told who was first
    first, second = (pia, theo) if approval.person == pia.id else (theo, pia)
    assert f"Already approved by @{first.person.user.name} today at" in second.personal()[-1].plain()
    assert len(pia.personal()) + len(theo.personal()) == seen + 1


@pytest.mark.parametrize("order", [("irene", "pia"), ("pia", "irene")])
def test_two_approvers_of_whom_one_has_two_roles_fill_both_in_either_order(
    two_pios: Case, order: tuple[str, str]
) -> None:
    # given a text that asks for sme, pio and ic; Irene is pio and ic, Pia is pio
    case = two_pios
    case.sends("mara", "D3")
    case.approves("dale", "D3")
    first, second = order
    assert "Your approval is counted. Still needed" in case.approves(first, "D3").words
    assert case.approves(second, "D3").words == ""
    assert case.draft("D3").status == "approved"


def test_without_roles_one_person_who_is_no_author_approves_and_the_card_says_so(tmp_path: Path) -> None:
    with office(tmp_path, roles=False) as on:
        case = opens(on)
        case.sends("mara")
        assert "You wrote on this draft" in case.approves("mara").words
        case.approves("theo")
        assert case.draft().status == "approved"
        assert "without roles configured" in case.last("card").plain()
        assert "without roles configured" in case.last("review").plain()
