"""The review of a revision: all that is needed to decide, and then the decision."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.policy import Roster
from ecomms_bot.incident.state import Draft
from ecomms_bot.playbook.channels import count
from ecomms_bot.playbook.drafting import fingerprint
from ecomms_bot.slack import names
from ecomms_bot.slack.cards import render
from ecomms_bot.slack.message import Message
from tests.slack.life import COLLEAGUE, COMMUNICATOR, IC, NO_ROLES, PIO, PIO_2, ROSTER, SME, Life, bent
from tests.slack.looks import buttons, choices, copied, drawn, words


def review(life: Life, draft: Draft, revision: int = 1) -> Message:
    return render(f"review:{draft.id}:{revision}", life.view)


def in_update_review(life: Life) -> Draft:
    """A scheduled update that needs sme and pio."""
    life.published("D1")
    return life.submit("D4", "update")


def top(message: Message) -> str:
    """The first line."""
    return words(message).splitlines()[0]


def test_a_review_asks_by_name_says_what_whose_and_until_when() -> None:
    life = Life()
    life.minutes(4)

    message = review(life, life.submit("D1"))

    asked = f"<@{PIO}>, <@{PIO_2}>, please review Holding statement, revision 1 by <@{COMMUNICATOR}>."
    assert top(message) == f"{asked} Wanted by Sun 14 Nov, 20:09 PST."
    assert message.text.startswith(f"{asked} Wanted by Sun 14 Nov, 20:09 PST.")


def test_read_aloud_a_review_has_a_short_public_text_and_its_promise() -> None:
    life = Life()
    draft = life.submit("D1", next_update=60)

    aloud = review(life, draft).text

    assert f"On X it says: {draft.current.texts['x']['en']} Says:" in aloud
    assert aloud.endswith("Says: next update by Sun., Nov. 14, 9 p.m. PST.")


def test_every_text_stands_there_whole_with_its_count() -> None:
    life = Life()
    draft = life.submit("D1")

    message = review(life, draft)

    texts = draft.current.texts
    assert copied(message) == [texts[channel]["en"] for channel in ("x", "sms", "web", "internal")]
    assert count("x", texts["x"]["en"]).text in words(message)
    assert "SMS 2 / 4 messages (225 characters, GSM-7)" in words(message)
    assert f"Web {len(texts['web']['en'])} characters" in words(message)


def test_a_review_names_the_promise_the_tier_and_the_fingerprint() -> None:
    life = Life()
    draft = life.submit("D1", next_update=60)

    said = words(review(life, draft))

    assert "Says: next update by Sun., Nov. 14, 9 p.m. PST." in said
    assert "Approval: T0 Cleared wording, by public information officer (pio)" in said
    assert f"Text {fingerprint(draft.current.text_sha256)}" in said


def test_a_final_text_says_why_it_promises_nothing() -> None:
    life = Life()
    life.published("D1")

    draft = life.submit("D4", "final", next_update=None, no_promise_reason="the road is open")

    assert "Says: no more updates, because: the road is open" in words(review(life, draft))


def test_the_buttons_are_bound_to_this_revision_and_these_words() -> None:
    life = Life()
    draft = life.submit("D1")

    value = names.pack(life.state.id, draft.id, "1", draft.current.text_sha256)

    assert buttons(review(life, draft)) == {
        "Approve": (names.APPROVE, value),
        "Ask for changes": (names.CHANGES, value),
        "Decline": (names.DECLINE, value),
    }


# --- who is asked ---


def test_only_those_are_asked_whose_approval_is_still_missing() -> None:
    life = Life()
    draft = in_update_review(life)
    assert top(review(life, draft)).startswith(f"<@{SME}>, <@{PIO}>, <@{PIO_2}>, please review")

    life.approve("D4", PIO)

    said = words(review(life, draft))
    assert said.startswith(f"<@{SME}>, please review")
    assert f"✅ Approved by <@{PIO}> (pio)" in said
    assert "Still needed: sme." in said


def test_no_author_is_asked_to_approve() -> None:
    life = Life()

    draft = life.submit("D1", by=PIO)

    assert top(review(life, draft)).startswith(f"<@{PIO_2}>, please review")


def test_when_one_person_could_fill_either_of_two_roles_both_ways_are_offered() -> None:
    # Given PIO has both roles of the tier, and approved first
    roster = Roster({**ROSTER.members, "sme": (SME, PIO)})
    life = Life(roster=roster)
    draft = in_update_review(life)
    life.do(PIO, c.Approve(draft.id, 1, draft.current.text_sha256))

    said = words(review(life, life.draft("D4")))

    # Then an sme helps as much as a pio does
    assert said.startswith(f"<@{SME}>, <@{PIO_2}>, please review")
    assert "Still needed: sme or pio." in said


def test_a_role_without_members_says_who_is_told_instead() -> None:
    life = Life(roster=Roster({**ROSTER.members, "sme": ()}))

    draft = in_update_review_without_sme(life)

    said = words(review(life, draft))
    told = f"Nobody has the role subject expert (sme), so this goes to <@{PIO}>, <@{PIO_2}>"
    assert f"{told}: please find someone." in said


def in_update_review_without_sme(life: Life) -> Draft:
    life.do(COMMUNICATOR, c.StartStep("D4"))
    return life.submit("D4", "update")


def test_a_role_whose_members_all_wrote_on_the_draft_says_so() -> None:
    life = Life(roster=Roster({**ROSTER.members, "pio": (PIO,)}))

    draft = life.submit("D1", by=PIO)

    said = words(review(life, draft))
    nobody = "Nobody is left who can approve as public information officer (pio)"
    assert f"{nobody}: they wrote or approved it already." in said


def test_of_a_crowd_only_ten_are_called_and_the_others_counted() -> None:
    crowd = tuple(f"U0PIO{n}" for n in range(13))
    life = Life(roster=Roster({**ROSTER.members, "pio": crowd}))

    said = top(review(life, life.submit("D1")))

    assert said.count("<@U0PIO") == 10
    assert "and 3 more, please review" in said


def test_without_roles_anyone_but_the_authors_is_asked_and_the_approval_says_so() -> None:
    life = Life(roster=NO_ROLES)
    draft = life.submit("D1", by=COLLEAGUE)
    assert top(review(life, draft)).startswith(f"<@{COMMUNICATOR}>, please review")
    assert "No roles are configured, so anyone who did not write it can approve." in words(
        review(life, draft)
    )

    life.approve("D1", COMMUNICATOR)

    assert f"Approved by <@{COMMUNICATOR}>, without roles configured, on" in words(review(life, draft))
    assert "approved without roles configured" in words(review(life, draft))


# --- what changed ---


def test_a_second_revision_says_first_why_the_first_came_back_and_what_changed() -> None:
    life = Life()
    life.submit("D1")
    life.ask_for_changes("D1", "Which side of Hope?")
    life.minutes(3)

    draft = life.submit("D1", area_description="just west of Hope")

    said = words(review(life, draft, 2)).splitlines()
    assert said[1:3] == ["", f"Revision 1 came back from <@{PIO}>: Which side of Hope?"]
    assert said[3] == (
        "Changed since revision 1: Where, Facts as of and Next update by. "
        "In the texts on X, SMS, Web and Internal."
    )


def test_a_first_revision_has_nothing_to_compare_with() -> None:
    life = Life()

    assert "Changed" not in words(review(life, life.submit("D1")))


def test_renewed_times_say_that_nothing_else_changed() -> None:
    life = Life()
    life.submit("D1", next_update=10)
    life.approve("D1", PIO)
    life.minutes(15)

    draft = life.submit("D1", renews=True)

    assert "Changed since revision 1: only the times." in words(review(life, draft, 2))


# --- the outcome ---


def test_an_approved_review_says_by_whom_and_when_and_leaves_only_the_way_back() -> None:
    life = Life()
    draft = in_update_review(life)
    life.approve("D4", PIO)
    life.minutes(3)
    life.approve("D4", SME)

    message = review(life, draft)

    mark = fingerprint(draft.current.text_sha256)
    assert top(message) == (
        f"✅ Scheduled update, revision 1. Approved by <@{PIO}> (pio) and <@{SME}> (sme) "
        f"on Sun 14 Nov, 20:08 PST · text {mark}"
    )
    assert draft.current.texts["web"]["en"] in copied(message)
    assert list(buttons(message)) == ["Take back my approval"]
    life.mark("D4", "x")
    assert not buttons(review(life, draft))


def test_an_approved_review_carries_the_full_head_of_the_log_as_a_witness() -> None:
    life = Life()
    draft = life.submit("D1")
    assert life.state.hash not in words(review(life, draft))

    life.approve("D1", PIO)

    head = f"Log at approval {life.state.seq}:{life.state.hash}"
    assert head in copied(review(life, draft))

    # And it stays the one of the approval, whatever is written later
    life.mark("D1", "x")
    assert head in copied(review(life, draft))


def test_a_published_text_says_where_on_its_review() -> None:
    life = Life()
    draft = life.submit("D1")
    life.approve("D1", PIO)
    life.mark("D1", "x", "web")

    assert "Published on X and Web." in words(review(life, draft))


def test_a_replaced_revision_points_to_the_one_to_decide_on() -> None:
    life = Life()
    draft = life.submit("D1")
    life.minutes(3)
    life.submit("D1", area_description="just west of Hope")

    message = review(life, draft, 1)

    replaced = (
        "Holding statement, revision 1. Replaced by revision 2 on Sun 14 Nov, 20:03 PST: look at that one."
    )
    assert top(message) == replaced
    assert not buttons(message)


def test_a_review_that_came_back_says_why() -> None:
    life = Life()
    draft = life.submit("D1")
    life.ask_for_changes("D1", "Which side of Hope?")

    message = review(life, draft)

    assert f"changes asked by <@{PIO}> on Sun 14 Nov, 20:00 PST: Which side of Hope?" in top(message)
    assert not buttons(message)


def test_a_declined_review_says_why() -> None:
    life = Life()
    draft = life.submit("D1")
    life.decline("D1", "The police said it.")

    assert f"declined by <@{PIO}> on Sun 14 Nov, 20:00 PST: The police said it." in top(review(life, draft))


def test_a_review_that_nobody_decided_before_the_end_says_so() -> None:
    life = Life()
    draft = life.submit("D1")
    life.close()

    assert "was not decided: the incident is closed." in words(review(life, draft))
    assert not buttons(review(life, draft))


# --- nothing that is approved is ever shortened ---


def long_web(raw: dict[str, Any]) -> None:
    """A web text of some 10,000 characters in many paragraphs."""
    templates = raw["phases"]["during"][0]["texts"]["statement"]["templates"]
    templates["web"] += "".join(f"\n\nParagraph {n}. " + "Many words. " * 40 for n in range(18))


def test_texts_too_long_for_one_message_come_before_it_whole_and_numbered() -> None:
    life = Life(raw=bent(long_web))
    draft = life.submit("D1")

    message = review(life, draft)

    # Then the message with the buttons comes last, and points to the texts
    assert not copied(message)
    assert "Approve" in buttons(message)
    assert "The full texts are in the 2 messages just before this one." in words(message)
    # And no character of any text is missing
    assert [words(each).splitlines()[0] for each in message.replies] == [
        "Holding statement, revision 1: texts, 1 of 2.",
        "Holding statement, revision 1: texts, 2 of 2.",
    ]
    everything = "".join(text for reply in message.replies for text in copied(reply))
    assert everything == "".join(draft.current.texts[each]["en"] for each in ("x", "sms", "web", "internal"))


def test_whether_texts_come_before_the_message_does_not_change_when_it_is_edited() -> None:
    # Given texts that just fit, and then as much around them as there can be
    def nearly_too_long(raw: dict[str, Any]) -> None:
        raw["phases"]["during"][0]["texts"]["statement"]["templates"]["web"] += "\n\nMuch to say." * 530

    life = Life(raw=bent(nearly_too_long))
    draft = life.submit("D1")
    assert len("".join(copied(review(life, draft)))) > 8000
    assert not review(life, draft).replies

    life.ask_for_changes("D1", "&" * 3000)

    assert not review(life, draft).replies
    assert draft.current.texts["x"]["en"] in copied(review(life, draft))


def test_a_review_says_that_the_log_keeps_what_people_write_below_it_where_it_does() -> None:
    life = Life()
    draft = life.submit("D1")
    kept = "Replies in this thread are kept in the log while its text is under review"

    told = render(f"review:{draft.id}:1", replace(life.view, discussion=True))
    assert words(told).count(kept) == 1
    assert kept not in words(review(life, draft))

    life.do(PIO, c.CloseIncident("It is over."))
    assert kept not in words(render(f"review:{draft.id}:1", replace(life.view, discussion=True)))


def test_a_divided_text_says_that_it_goes_on() -> None:
    life = Life(raw=bent(long_web))
    draft = life.submit("D1")

    said = "\n".join(words(reply) for reply in review(life, draft).replies)

    assert "Web, continued (2 of 4)" in said


def test_three_roles_are_three_people() -> None:
    life = Life()
    life.do(COMMUNICATOR, c.StartStep("D3"))

    draft = life.submit("D3")

    assert f"<@{IC}>" in top(review(life, draft))
    assert (
        "Approval: T2 Action, by subject expert (sme), public information officer (pio) and incident"
        in words(review(life, draft))
    )


# --- withdrawn drafts ---------------------------------------------------------------------------------------


def test_what_few_may_do_is_in_a_menu_where_no_lead_presses_it_by_mistake() -> None:
    life = Life()
    draft = life.submit("D1")
    assert choices(review(life, draft)) == {
        "Override, as pio or ic…": names.pack(life.state.id, "override", draft.id, "1"),
        "Withdraw, if you wrote it…": names.pack(life.state.id, "withdraw", draft.id, "1"),
    }
    assert list(buttons(review(life, draft))) == ["Approve", "Ask for changes", "Decline"]


@pytest.mark.parametrize("approved", [False, True])
def test_a_withdrawn_draft_says_by_whom_and_why_and_asks_nobody_any_more(*, approved: bool) -> None:
    life = Life()
    draft = life.submit("D1")
    if approved:
        life.approve("D1", PIO)
    life.minutes(4)
    life.do(COMMUNICATOR, c.WithdrawDraft(draft.id, "Wrong <!here> road"))

    message = review(life, draft)

    assert words(message).startswith(
        f"↩️ Holding statement, revision 1. Withdrawn by <@{COMMUNICATOR}> on Sun 14 Nov, 20:04 PST.\n"
        "The reason: Wrong <!here> road"
    )
    assert "<!here>" not in drawn(message)
    assert "please review" not in words(message)
    assert (buttons(message), choices(message)) == ({}, {})


def test_an_older_revision_of_a_withdrawn_draft_only_says_what_replaced_it() -> None:
    life = Life()
    draft = life.submit("D1")
    life.minutes(1)
    life.submit("D1", area_description="near Hope")
    life.do(COMMUNICATOR, c.WithdrawDraft(draft.id))
    assert "Replaced by revision 2" in words(review(life, draft))
    assert "Withdrawn" not in words(review(life, draft))
