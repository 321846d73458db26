"""The approved texts to post, the receipts of what was posted, and what came back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.events import Receipt
from ecomms_bot.incident.state import Draft
from ecomms_bot.playbook.drafting import fingerprint
from ecomms_bot.slack import names
from ecomms_bot.slack.cards import render
from ecomms_bot.slack.message import Message
from tests.slack.life import COMMUNICATOR, PIO, PIO_2, SME, Life, bent
from tests.slack.looks import buttons, copied, quoted, words


def publish(life: Life, draft: Draft, revision: int = 1) -> Message:
    return render(f"publish:{draft.id}:{revision}", life.view)


def approved(life: Life, *, next_update: float = 60) -> Draft:
    life.submit("D1", next_update=next_update)
    life.approve("D1", PIO)
    return life.draft("D1")


def test_the_approved_texts_can_be_copied_exactly_as_they_are() -> None:
    life = Life(name="A & B <closed>")
    draft = approved(life)

    message = publish(life, draft)

    assert copied(message) == [draft.current.texts[each]["en"] for each in ("x", "sms", "web", "internal")]
    assert words(message).startswith(
        f"<@{COMMUNICATOR}>, Holding statement, revision 1 is approved. "
        "Post these exact texts, then press Mark as published."
    )
    assert f"Text {fingerprint(draft.current.text_sha256)}" in words(message)


def test_a_text_too_long_for_one_block_is_divided_and_nothing_is_cut() -> None:
    def longer(raw: dict[str, Any]) -> None:
        raw["phases"]["during"][0]["texts"]["statement"]["templates"]["web"] += "\n\nMuch to say here." * 250

    life = Life(raw=bent(longer))
    draft = approved(life)

    message = publish(life, draft)

    assert not message.replies
    assert len(copied(message)) == 5
    assert "".join(copied(message)[2:4]) == draft.current.texts["web"]["en"]
    assert all(len(text) < 3000 for text in copied(message))
    assert copied(message)[2].endswith("Much to say here.\n\n")


def test_it_is_marked_by_a_button_bound_to_this_revision() -> None:
    life = Life()
    draft = approved(life)

    value = names.pack(life.state.id, draft.id, "1")

    assert buttons(publish(life, draft)) == {
        "Mark as published": (names.MARK, value),
        "Renew times": (names.RENEW, value),
    }


def test_when_its_promise_has_passed_and_nothing_is_out_renewing_comes_first() -> None:
    life = Life()
    draft = approved(life, next_update=20)
    life.minutes(20)

    message = publish(life, draft)

    assert list(buttons(message)) == ["Renew times", "Mark as published"]
    assert "promises an update by Sun 14 Nov, 20:20 PST, and that time has passed" in words(message)


def test_what_is_done_and_what_is_still_to_do_stands_there_channel_by_channel() -> None:
    life = Life()
    draft = approved(life)
    life.minutes(3)
    life.mark("D1", "x", ago=1)

    message = publish(life, draft)

    assert f"✅ X: published on Sun 14 Nov, 20:02 PST, marked by <@{COMMUNICATOR}>" in words(message)
    assert "Still to do: SMS, Web and Internal" in words(message)
    assert list(buttons(message)) == ["Mark as published"]


def test_channels_that_one_person_marked_at_once_stand_in_one_line() -> None:
    life = Life()
    life.submit("D1")
    life.approve_all("D1")
    life.mark("D1", "x", "web")
    life.minutes(3)
    life.mark("D1", "sms")
    said = words(render(f"publish:{life.draft('D1').id}:1", life.view))
    assert "✅ X and Web: published on Sun 14 Nov, 20:00 PST" in said
    assert "✅ SMS: published on Sun 14 Nov, 20:03 PST" in said


def test_when_every_channel_is_marked_there_is_nothing_left_to_press() -> None:
    life = Life()
    draft = life.published("D1")

    message = publish(life, draft)

    assert "✅ Holding statement, revision 1 is published on every channel." in words(message)
    assert not buttons(message)


def test_the_texts_of_a_replaced_revision_are_taken_away() -> None:
    life = Life()
    draft = approved(life, next_update=10)
    life.minutes(15)
    life.submit("D1", renews=True)

    message = publish(life, draft, 1)

    assert (
        words(message)
        == "Holding statement, revision 1 was replaced by revision 2. Do not post the old texts."
    )
    assert not copied(message)
    assert not buttons(message)


def test_after_closing_nothing_can_be_marked() -> None:
    life = Life()
    draft = approved(life)
    life.close()

    message = publish(life, draft)

    assert "was not marked on X, SMS, Web and Internal; the incident is closed." in words(message)
    assert not buttons(message)


# --- receipts ---


def test_a_receipt_says_where_it_is_out_what_is_left_and_what_is_promised_now() -> None:
    life = Life()
    approved(life, next_update=60)
    life.minutes(4)

    message = render(life.mark("D1", "x", "web", ago=1), life.view)

    assert message.text == (
        "Published on X and Web on Sun 14 Nov, 20:03 PST. SMS and Internal still to do. "
        "Next update promised for Sun 14 Nov, 21:00 PST."
    )
    assert f"Holding statement, revision 1, marked by <@{COMMUNICATOR}>" in words(message)


def test_a_later_receipt_of_the_same_text_does_not_repeat_the_promise() -> None:
    life = Life()
    approved(life)
    first = life.mark("D1", "x", "web")
    second = life.mark("D1", "sms", "internal")

    assert render(second, life.view).text == "Published on SMS and Internal on Sun 14 Nov, 20:00 PST."
    assert "still to do" not in render(first, life.view).text


def test_the_promise_stands_on_the_first_receipt_that_the_public_could_read() -> None:
    life = Life()
    approved(life)
    inside = life.mark("D1", "internal")
    outside = life.mark("D1", "x")

    assert "promised" not in render(inside, life.view).text
    assert "Next update promised for" in render(outside, life.view).text


def test_an_update_in_time_says_that_the_promise_is_kept() -> None:
    life = Life()
    life.published("D1", next_update=60)
    life.published("D4", "update")

    draft = life.draft("D4")
    message = render(f"receipt:{draft.id}:{draft.marks[0].seq}", life.view)

    assert "The update promised for Sun 14 Nov, 21:00 PST is out: kept." in message.text


def test_a_late_update_says_how_late_it_is() -> None:
    # Given an update promised for 21:00
    life = Life()
    life.published("D1", next_update=60)
    life.submit("D4", "update", next_update=180)
    life.approve("D4", SME, PIO)

    # When it goes out at 21:14
    life.minutes(69)
    message = render(life.mark("D4", "x"), life.view)

    assert "⚠️ Update out, 14 min late: it was promised for Sun 14 Nov, 21:00 PST." in words(message)


def test_a_receipt_whose_promise_has_passed_already_says_what_to_do() -> None:
    # Given a text that was posted in time, and marked only after the time that it prints
    life = Life()
    approved(life, next_update=20)
    life.minutes(30)

    message = render(life.mark("D1", "x", ago=15, late=True), life.view)

    passed = "⚠️ It promised the next update for Sun 14 Nov, 20:20 PST. That time has passed: write it now."
    assert passed in words(message)


def test_a_receipt_names_the_promises_that_it_answers_in_the_order_of_their_times() -> None:
    # Given two texts that went out in the same minute, of which the first promises the later time
    life = Life()
    life.do(COMMUNICATOR, c.StartStep("D3"))
    for step, minutes in (("D1", 60), ("D3", 30)):
        life.submit(step, next_update=minutes)
        life.approve_all(step)
    for step in ("D1", "D3"):
        life.mark(step, "x")

    life.published("D4", "update")

    draft = life.draft("D4")
    said = words(render(f"receipt:{draft.id}:{draft.marks[0].seq}", life.view))
    assert said.index("20:30 PST is out") < said.index("21:00 PST is out")


def test_a_final_text_says_that_nothing_more_is_promised() -> None:
    life = Life()
    life.published("D1")
    life.submit("D4", "final", next_update=None, no_promise_reason="the road is open")
    life.approve("D4", SME, PIO)

    assert "No next update is promised." in render(life.mark("D4", "x"), life.view).text


def test_a_text_marked_after_a_later_one_says_that_its_promise_is_answered() -> None:
    # Given a statement that was posted at once but is marked only after the update that followed it
    life = Life()
    statement = approved(life, next_update=60)
    life.do(COMMUNICATOR, c.StartStep("D4"))
    life.minutes(30)
    life.submit("D4", "update", next_update=60)
    life.approve("D4", SME, PIO)
    life.mark("D4", "x")

    message = render(life.mark("D1", "x", ago=20), life.view)

    assert life.state.promises[f"{statement.id}-1"].status == "kept"
    assert "It promised the next update for Sun 14 Nov, 21:00 PST: kept." in message.text


def test_the_proof_that_was_given_stands_on_the_receipt_as_mere_words() -> None:
    life = Life()
    draft = approved(life)
    proof = Receipt(channel="x", attested_at=life.now, proof="https://x.com/DriveBC/1 <!channel>")
    life.do(COMMUNICATOR, c.MarkPublished(draft.id, 1, (proof,)))

    message = render(f"receipt:{draft.id}:{life.draft('D1').marks[0].seq}", life.view)

    assert "X: https://x.com/DriveBC/1 <!channel>" in words(message)
    assert "<!channel>" not in str(message.blocks)


def test_a_replaced_text_that_had_been_posted_is_recorded_as_such() -> None:
    # Given a text whose times were renewed although it was out on X
    life = Life()
    draft = approved(life, next_update=30)
    life.minutes(5)
    life.submit("D1", renews=True)

    # When that is marked now
    posted = Receipt(channel="x", attested_at=life.now)
    life.do(COMMUNICATOR, c.MarkPublished(draft.id, 1, (posted,)))

    # Then receipt, review and notice of the old revision say so, and the new one is still to be decided
    mark = life.draft("D1").marks[0]
    receipt = render(f"receipt:{draft.id}:{mark.seq}", life.view)
    assert receipt.text == (
        "Published on X on Sun 14 Nov, 20:05 PST. Next update promised for Sun 14 Nov, 20:30 PST."
    )
    assert "Holding statement, revision 1, marked by" in words(receipt)
    assert "X: published on Sun 14 Nov, 20:05 PST" in words(publish(life, draft, 1))
    assert "Published on X." in words(render(f"review:{draft.id}:1", life.view))
    assert "Approve" in buttons(render(f"review:{draft.id}:2", life.view))
    assert "Promised Sun 14 Nov, 20:30 PST, in the text on X" in words(render("card", life.view))


def test_in_more_than_one_language_each_text_names_its_own() -> None:
    def bilingual(raw: dict[str, Any]) -> None:
        for text in raw["phases"]["during"][0]["texts"].values():
            for channel, template in text["templates"].items():
                text["templates"][channel] = {"en": template, "fr": template}

    life = Life(raw=bent(bilingual))
    draft = approved(life)

    said = words(publish(life, draft))

    assert "X (en) " in said
    assert "X (fr) " in said


# --- what came back ---


def test_changes_are_asked_of_the_author_in_the_leads_own_words() -> None:
    life = Life()
    draft = life.submit("D1")
    reason = "Which side?\n*Now* please, <!here>"
    life.ask_for_changes("D1", reason)

    message = render(f"returned:{draft.id}:1", life.view)

    first = f"<@{COMMUNICATOR}>, changes asked by <@{PIO}> to Holding statement, revision 1:"
    assert message.text == f"{first} Which side? *Now* please, &lt;!here&gt;."
    assert quoted(message) == [reason]
    assert buttons(message) == {"Write draft": (names.WRITE, names.pack(life.state.id, "D1", "statement"))}


def test_once_a_new_revision_is_there_the_old_answer_has_nothing_to_press() -> None:
    life = Life()
    draft = life.submit("D1")
    life.ask_for_changes("D1", "Which side?")
    life.submit("D1", area_description="just west of Hope")

    assert not buttons(render(f"returned:{draft.id}:1", life.view))


def test_a_declined_draft_says_that_its_step_has_to_be_written_again() -> None:
    life = Life()
    draft = life.submit("D1")
    life.decline("D1", "The police said it.", by=PIO_2)

    message = render(f"returned:{draft.id}:1", life.view)

    assert f"Holding statement, revision 1, declined by <@{PIO_2}>." in words(message)
    assert "the step has to be written again" in words(message)
    assert message.text.endswith("The reason: The police said it.")
    assert "Write draft" in buttons(message)


# --- receipts that were corrected ---------------------------------------------------------------------------


def marked_on(life: Life, *channels: str) -> str:
    """An approved text, marked at once; the receipt."""
    approved(life)
    life.minutes(10)
    return life.mark("D1", *channels)


def correct(
    life: Life, channel: str, receipt: Receipt | None, *, by: str = PIO, reason: str = "Wrong"
) -> None:
    draft = life.draft("D1")
    life.do(by, c.CorrectReceipt(draft.id, draft.current.number, channel, reason, receipt))


def test_a_receipt_can_be_corrected_by_a_button_bound_to_its_revision() -> None:
    life = Life()
    thing = marked_on(life, "x", "web")
    value = names.pack(life.state.id, life.draft("D1").id, "1")
    assert buttons(render(thing, life.view)) == {"Correct receipt…": (names.CORRECT, value)}
    life.close(withdraw="It is over.")
    assert buttons(render(thing, life.view)) == {}


def test_a_corrected_receipt_says_what_is_so_now_and_who_corrected_it_why() -> None:
    life = Life()
    thing = marked_on(life, "x", "web")
    life.minutes(2)
    earlier = Receipt(channel="x", attested_at=life.now - timedelta(minutes=7), proof="https://x.com/1?a|b")
    correct(life, "x", earlier, reason="It was out at 20:05 & not later")
    said = words(render(thing, life.view))
    assert "Published on X and Web on Sun 14 Nov, 20:05 PST." in said
    assert f"Corrected by <@{PIO}> on Sun 14 Nov, 20:12 PST, X: It was out at 20:05 & not" in said
    assert "X: https://x.com/1?a|b" in said


def test_a_channel_that_was_not_posted_is_still_to_do_on_the_receipt_and_below_the_texts() -> None:
    life = Life()
    thing = marked_on(life, "x", "sms", "web", "internal")
    correct(life, "sms", None, reason="The gateway was down")
    said = words(render(thing, life.view))
    assert "Published on X, Web and Internal" in said
    assert "not published on SMS: The gateway was down" in said
    assert "SMS still to do." in said
    below = render(f"publish:{life.draft('D1').id}:1", life.view)
    assert "Still to do: SMS" in words(below)
    assert "Mark as published" in buttons(below)


def test_when_nothing_of_it_was_posted_the_promise_goes_and_the_receipt_says_so() -> None:
    life = Life()
    thing = marked_on(life, "web")
    assert "Next update promised" in words(render(thing, life.view))
    correct(life, "web", None, reason="It was the wrong site")
    message = render(thing, life.view)
    assert words(message).startswith("⚠️ It is not published on Web, as it turned out.")
    assert "Next update promised" not in words(message)
    assert buttons(message) == {}
    assert life.draft("D1").status == "approved"


def test_a_channel_that_is_marked_anew_belongs_to_its_new_receipt() -> None:
    life = Life()
    first = marked_on(life, "x", "web")
    correct(life, "x", None, reason="Not yet")
    life.minutes(5)
    second = life.mark("D1", "x")
    correct(life, "x", Receipt(channel="x", attested_at=life.now, proof="https://x.com/2"), reason="The link")
    assert "Published on Web on Sun 14 Nov, 20:10 PST." in words(render(first, life.view))
    assert "not published on X: Not yet" in words(render(first, life.view))
    assert "The link" not in words(render(first, life.view))
    assert "Published on X on Sun 14 Nov, 20:15 PST." in words(render(second, life.view))
    assert "PST, X: The link" in words(render(second, life.view))


def test_a_promise_that_turns_out_to_be_late_says_so_on_the_receipt_that_answered_it() -> None:
    life = Life()
    life.published("D1", next_update=60)
    life.minutes(40)
    life.submit("D4", "update")
    life.approve_all("D4")
    thing = life.mark("D4", "x", "web", "sms", "internal")
    assert "is out: kept." in words(render(thing, life.view))
    # when it turns out that only staff could read it before 21:30
    life.minutes(45)
    draft = life.draft("D4")
    for channel in ("x", "web", "sms"):
        late = Receipt(channel=channel, attested_at=life.now)
        life.do(PIO, c.CorrectReceipt(draft.id, 1, channel, "It went out late", late))
    assert "⚠️ Update out, " in words(render(thing, life.view))


# --- withdrawn texts ----------------------------------------------------------------------------------------


def test_a_withdrawn_text_is_not_handed_out_any_more() -> None:
    life = Life()
    draft = approved(life)
    life.minutes(1)
    life.do(COMMUNICATOR, c.WithdrawDraft(draft.id, "The road is open"))
    message = publish(life, draft)
    assert words(message) == (
        f"Holding statement, revision 1 was withdrawn by <@{COMMUNICATOR}> on Sun 14 Nov, 20:01 PST. "
        "Do not post these texts."
    )
    assert copied(message) == []
    assert buttons(message) == {}


def test_a_text_for_staff_says_to_whom_it_is_sent_and_is_not_to_be_posted() -> None:
    def inside(raw: dict[str, Any]) -> None:
        step = raw["phases"]["during"][0]
        step["audience"] = "executives, operations"
        step["texts"] = {"internal": {"title": "Brief", "templates": {"internal": "Look at {{ road }}."}}}

    life = Life(raw=bent(inside))
    draft = life.submit("D1", "internal")
    assert "For staff only. It promises the public nothing." in words(
        render(f"review:{draft.id}:1", life.view)
    )
    life.approve_all("D1")
    said = words(render(f"publish:{draft.id}:1", life.view))
    assert "is approved, for staff only. Send these exact words to executives, operations, then press" in said
    assert "Post these" not in said
