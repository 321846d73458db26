"""Publishing: the exact texts to post, marking them, renewing times, approved texts that nobody marked."""

from __future__ import annotations

from typing import Any

from ecomms_bot.incident.events import ApprovalGiven, MarkedPublished, RevisionSubmitted
from ecomms_bot.playbook.drafting import text_sha256
from ecomms_bot.practice.workspace import Message
from tests.scenario.acting import Case


def to_copy(message: Message) -> list[str]:
    """The blocks that a person copies, character by character."""
    return [
        "".join(part["text"] for part in element["elements"])
        for block in message.blocks
        if block["type"] == "rich_text"
        for element in block["elements"]
        if element["type"] == "rich_text_preformatted"
    ]


def of_log(case: Case, kind: type[Any], name: str) -> Any:
    """The one event of this type in the log."""
    (entry,) = case.entries(name)
    assert isinstance(entry.event, kind)
    return entry.event


def test_what_is_handed_out_is_what_was_approved_character_by_character(live: Case) -> None:
    case = live
    # given words with everything that markup could spoil
    case.sends("mara", road="A&B <1> *7*", area_description="“Ätna” | _x_ ~ `y` &amp;")
    review = case.last("review")
    case.approves("pia")
    submitted = of_log(case, RevisionSubmitted, "RevisionSubmitted")
    approved = of_log(case, ApprovalGiven, "ApprovalGiven")
    texts = [text for languages in submitted.texts.values() for text in languages.values()]
    # then the reviewer saw these bytes, the log has them, the hash is theirs, and they are handed out
    assert any("A&B <1> *7*, “Ätna” | _x_ ~ `y` &amp;" in text for text in texts)
    assert sorted(to_copy(review)) == sorted(texts)
    assert sorted(to_copy(case.last("publish"))) == sorted(texts)
    assert text_sha256(submitted.texts) == approved.text_sha256


def test_in_a_real_incident_each_channel_is_marked_with_a_link_and_the_time(live: Case) -> None:
    live.sends("mara")
    live.approves("pia")
    live.clock("20:04")
    live.opens_mark("mara")
    modal = live.actor("mara").person.modal
    assert modal is not None
    assert modal.title == "Mark published"
    assert "Holding statement, revision 1, for Highway 7 slides." in modal.plain()
    assert "Link or other proof, X" in modal.labels
    link = "https://x.com/example/status/1?a=1&b=2"
    reply = live.submits(
        "mara", **{"channels": ["X", "Web"], "proof-x": link, "attested_at": live.at("20:02")}
    )
    assert reply.answer.closed
    # then the log has who attests what, and the thread what is still to do
    marked = of_log(live, MarkedPublished, "MarkedPublished")
    assert {(each.channel, each.proof) for each in marked.receipts} == {("x", link), ("web", "")}
    assert {each.attested_at for each in marked.receipts} == {live.at("20:02")}
    receipt = live.last("receipt").plain()
    assert "Published on X and Web today at 20:02." in receipt
    assert "SMS" in receipt.split("still to do")[0]
    assert link in receipt
    assert "Next update promised for today at 21:05." in receipt
    assert "Still to do: SMS and Internal" in live.last("publish").plain()
    assert "21:05" in live.last("card").plain().split("Promised")[1]


def test_the_other_channels_are_marked_later_and_promise_nothing_anew(live: Case) -> None:
    live.sends("mara")
    live.approves("pia")
    live.marks("mara", channels=["X"])
    live.clock("20:10")
    live.opens_mark("mara")
    modal = live.actor("mara").person.modal
    assert modal is not None
    assert "X" not in modal.options("channels")
    live.submits("mara", channels=live.unmarked("mara"))
    # then the text is out everywhere, and its one promise stays as it was
    assert live.draft().status == "published"
    assert len(live.entries("PromiseMade")) == 1
    assert "is published on every channel" in live.last("publish").plain()
    assert live.last("publish").buttons == []


def test_in_an_exercise_it_is_played_and_there_are_no_links(case: Case) -> None:
    case.sends("mara")
    case.approves("pia")
    published = case.last("publish")
    assert "This is an exercise" in published.plain()
    assert published.buttons == ["Mark as played", "Renew times"]
    case.opens_mark("mara")
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert modal.title == "EXERCISE - Played"
    assert modal.labels == ["Tick only where it was played", "Played at"]
    case.submits("mara", channels=case.unmarked("mara"))
    assert "Played on" in case.last("receipt").plain()


def test_nothing_is_marked_without_a_channel_or_with_a_time_that_cannot_be(live: Case) -> None:
    live.clock("20:05")
    live.sends("mara")
    live.approves("pia")
    live.clock("20:10")
    live.opens_mark("mara")
    # nothing is ticked beforehand: Slack itself asks for a channel
    assert list(live.submits("mara").answer.errors) == ["Tick only where it is out"]
    # a time to come, and one before the approval
    assert live.submits("mara", channels=["X"], attested_at=live.at("20:11")).answer.errors == {
        "Posted at": "This time is still to come. Give the time at which it was posted."
    }
    errors = live.submits("mara", attested_at=live.at("20:01")).answer.errors
    assert "it cannot have been posted before" in errors["Posted at"]
    assert live.entries("MarkedPublished") == []


def test_renewing_the_times_is_one_click_and_one_approval(live: Case) -> None:
    # given a closure that three people approved, and that waited past its printed time
    live.publishes()
    live.sends("theo", "D3", next_update_at="20:30")
    for who in ("dale", "irene", "pia"):
        live.approves(who, "D3")
    live.clock("20:36")
    assert "Renew its times" in live.last("reminder", "D3").plain()
    reply = live.clicks("theo", live.last("publish", "D3"), "Renew times")
    preview = live.actor("theo").person.modal
    assert preview is not None, reply.words
    assert "Approval: public information officer (pio), within 5 min" in preview.plain()
    live.submits("theo")
    # then revision 2 has the same words but for the times, and the pio alone approves it
    first, second = live.draft("D3").revisions
    assert second.renews
    assert (second.roles, second.tier) == (("pio",), "T0")
    assert first.values.keys() == second.values.keys()
    changed = {name for name in first.values if first.values[name] != second.values[name]}
    assert changed == {"as_of", "next_update_at"}
    assert (
        "was replaced by revision 2. Do not post the old texts." in live.messages("publish", "D3")[0].plain()
    )
    live.approves("pia", "D3")
    assert live.marks("theo", "D3").answer.closed


def test_next_and_the_card_offer_new_times_for_a_text_that_became_too_late(live: Case) -> None:
    # given an approved text that nobody posted until its printed time
    live.sends("mara", next_update_at="20:30")
    live.approves("pia")
    assert live.last("card").buttons == ["Mark as published"]
    live.clock("20:30")
    # then card and thread say so as soon as that time has come
    card, texts = live.last("card"), live.last("publish")
    assert "⚠️ Holding statement: its promised time has passed. Renew its times, or mark it if" in card.plain()
    assert card.buttons == texts.buttons == ["Renew times", "Mark as published"]
    assert "If it is not out yet, renew its times first." in texts.plain()
    # and next does not choose for anybody
    (both,) = live.types("theo", "next").messages
    assert both.buttons == ["Renew times", "Mark as published"]
    assert "The text promises an update by today at 20:30, and that time has passed." in both.plain()
    live.clicks("theo", both, "Renew times")
    preview = live.actor("theo").person.modal
    assert preview is not None
    assert "revision 2" in preview.plain()
    live.actor("theo").leaves()
    # and who marks it reads first what that says
    live.clicks("theo", both, "Mark as published")
    form = live.actor("theo").person.modal
    assert form is not None
    assert form.labels[0] == "The promised time had passed"
    assert "If not, close this and press Renew times." in form.plain()
    live.actor("theo").leaves()


def test_a_text_that_is_out_keeps_its_times(case: Case) -> None:
    case.sends("mara")
    case.approves("pia")
    old = case.last("publish")
    case.marks("mara")
    reply = case.clicks("mara", old, "Renew times")
    assert "This text is out, so its times stay as they are." in reply.words


def test_a_public_text_posted_but_never_marked_reminds_until_it_is_marked(case: Case) -> None:
    # given an approved text that promises 21:05, and nobody marks it
    case.sends("mara")
    case.approves("pia")
    case.clock("20:04")
    assert case.messages("reminder") == []
    # then its author is reminded in the thread after 5 minutes, and every 10
    for clock, number in (("20:05", 1), ("20:15", 2), ("20:25", 3)):
        case.clock(clock)
        assert len(case.messages("reminder", "D1")) == number
    last = case.last("reminder", "D1")
    assert "@Mara Lund: Holding statement, revision 1 was approved today at 20:00" in last.plain()
    assert "Played? Mark it. Not played? Play the texts above, then mark it." in last.plain()
    # at the printed T-5 it is treated as if it were published: the author by direct message
    case.clock("21:00")
    assert any(
        "promises the next update for today at 21:05, in 5 min" in dm.plain() for dm in case.dms("mara")
    )
    # and at T+0 the pio in the conversation
    case.clock("21:05")
    assert any("@Pia Sohal" in each.plain() and each.thread_ts is None for each in case.messages("reminder"))
    # when it is marked at last, there are no more of these
    case.marks("mara", attested_at="20:03", posted_late=["yes"])
    said = len(case.messages("reminder", "D1"))
    case.later(minutes=9)
    assert len(case.messages("reminder", "D1")) == said


def test_a_text_posted_before_and_marked_after_its_promised_time_starts_overdue(live: Case) -> None:
    live.sends("mara", next_update_at="20:30")
    live.approves("pia")
    live.clock("20:40")
    # when Mara says at 20:40 that she posted it at 20:02
    reply = live.marks("mara", attested_at="20:02")
    # then it is recorded as it is: the promise of 20:30 is overdue and goes to the pio and the ic at once
    assert reply.answer.closed
    (promise,) = live.state.live_promises
    assert promise.due.utc == live.at("20:30")
    called = [message.plain() for message in live.messages("reminder") if message.thread_ts is None]
    assert any("@Irene Wall" in each and "10 min late" in each for each in called)


def test_a_text_whose_promised_time_passed_is_renewed_unless_it_was_posted_like_this(live: Case) -> None:
    live.sends("mara", next_update_at="20:30")
    live.approves("pia")
    live.clock("20:40")
    live.opens_mark("mara")
    modal = live.actor("mara").person.modal
    assert modal is not None
    assert "that time has passed" in modal.plain()
    # without a word on it the form comes back with the question
    reply = live.submits("mara", channels=["X"])
    assert reply.answer.errors == {
        "The promised time had passed": "If it was posted like this, tick this box. "
        "If not, close this and press Renew times."
    }
    assert live.entries("MarkedPublished") == []
    # when she says that it stands there like this
    reply = live.submits("mara", posted_late=["It was posted like this, after that time"])
    assert reply.answer.closed
    assert live.state.live_promises[0].due.utc == live.at("20:30")


def test_a_promised_time_that_passes_while_the_form_is_open_brings_the_question_and_loses_no_link(
    live: Case,
) -> None:
    live.sends("mara", next_update_at="20:30")
    live.approves("pia")
    live.clock("20:29")
    live.opens_mark("mara")
    link = "https://x.com/example/status/2"
    live.actor("mara").person.fill({"proof-x": link, "channels": ["X"]})
    live.clock("20:31")
    reply = live.submits("mara", attested_at=live.at("20:31"))
    modal = live.actor("mara").person.modal
    assert reply.answer.updated
    assert modal is not None
    assert "that time has passed" in modal.plain()
    assert modal.field("Link or other proof, X") == link
    assert modal.field("Tick only where it is out") == ["X"]
    assert modal.plain().count("tick this box") == 1
    assert modal.field("Posted at") == live.at("20:31").timestamp()
    assert live.submits("mara", posted_late=["It was posted like this, after that time"]).answer.closed


def test_two_people_who_mark_the_same_channel_make_one_receipt(case: Case) -> None:
    case.sends("mara")
    case.approves("pia")
    case.opens_mark("mara")
    case.opens_mark("theo")
    assert case.submits("mara", channels=["X"]).answer.closed
    case.submits("theo", channels=["X"])
    modal = case.actor("theo").person.modal
    assert modal is not None
    assert "Already marked by @Mara Lund" in modal.plain()
    assert "Nothing was changed. Close this window." in modal.plain()
    assert len(case.entries("MarkedPublished")) == 1


def test_who_wants_to_mark_what_is_marked_everywhere_is_told_by_whom(case: Case) -> None:
    case.sends("mara")
    case.approves("pia")
    handed_out = case.last("publish")
    case.marks("mara", channels=["X", "Web"])
    case.marks("theo")
    reply = case.clicks("mara", handed_out, "Mark as played")
    told = "Every channel is marked already, by @Mara Lund, @Theo Brandt. Nothing was changed."
    assert told in reply.words


def test_a_click_on_the_texts_of_an_old_revision_records_nothing(case: Case) -> None:
    case.sends("mara")
    case.approves("pia")
    old = case.last("publish")
    case.sends("mara", label="Write new revision", road="Highway 7 at Hope")
    reply = case.clicks("mara", old, "Mark as played")
    assert "Another revision replaced this text." in reply.words
    assert case.actor("mara").person.modal is None


def test_somebody_who_only_observes_cannot_mark(case: Case) -> None:
    case.sends("mara")
    case.approves("pia")
    assert "Only communicators and leads may mark a text as published" in case.opens_mark("otto").words


def test_a_receipt_is_for_the_revision_that_was_posted_also_when_another_replaced_it_meanwhile(
    live: Case,
) -> None:
    # given Mara's form for revision 1, open past the promised time; meanwhile Theo renews and Pia approves
    live.sends("mara", next_update_at="20:30")
    live.approves("pia")
    live.opens_mark("mara")
    live.clock("20:36")
    live.clicks("theo", live.last("publish"), "Renew times")
    live.submits("theo")
    live.approves("pia")
    # when Mara saves that she posted it, and confirms it in the form that asks about the time
    live.submits("mara", channels=["X"], attested_at=live.at("20:35"))
    form = live.actor("mara").person.modal
    assert form is not None
    assert "revision 1" in form.plain()
    reply = live.submits("mara", channels=["X"], attested_at=live.at("20:35"), posted_late=["yes"])
    # then the receipt stands at revision 1, and revision 2 is still to be posted
    assert reply.answer.closed, reply.words
    assert of_log(live, MarkedPublished, "MarkedPublished").revision == 1
    first, second = live.draft().revisions
    assert list(first.receipts) == ["x"]
    assert not second.receipts
