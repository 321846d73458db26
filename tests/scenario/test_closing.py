"""Closing: what is still open is said, and the last message is a witness of the log."""

from __future__ import annotations

import re
from datetime import timedelta

from ecomms_bot.incident.commands import AskQuestion, OfferHandover
from ecomms_bot.incident.policy import Person
from ecomms_bot.practice.stage import Stage
from ecomms_bot.service.handler import Request
from ecomms_bot.store import tasks
from ecomms_bot.store.verify import verify
from tests.scenario.acting import Case, opens


def test_the_closing_message_has_the_full_head_which_the_log_agrees_with(case: Case) -> None:
    case.publishes()
    case.clock("20:30")
    case.publishes(
        "mara", "D4", label="Write final text", no_promise_reason="the road is open", next_update_at=None
    )
    reply = case.closes("mara", note="Highway 7 is open again.")
    assert reply.answer.closed
    closing = case.last("closing")
    assert "was closed by @Mara Lund today at 20:30." in closing.plain()
    assert "Highway 7 is open again." in closing.plain()
    assert "Promised updates kept: 1 of 1." in closing.plain()
    found = re.search(r"(\d+):([0-9a-f]{64})", closing.plain())
    assert found is not None
    with case.on.bot.db.read() as conn:
        assert verify(conn, {case.id: found.group()}).problems == ()
        # and a head that is not the log's is found out
        wrong = found.group()[:-1] + ("0" if found.group()[-1] != "0" else "1")
        assert verify(conn, {case.id: wrong}).problems
    # it is the last entry but for plumbing, and later plumbing does not contradict it
    state = case.state
    assert state.closing is not None
    assert found.group() == f"{state.closing.seq}:{state.closing.hash}"


def test_closing_with_a_live_promise_is_refused_until_it_is_kept_or_withdrawn(case: Case) -> None:
    case.publishes()
    case.types("mara", "close")
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert "An update is promised for today at 21:05" in modal.plain()
    reply = case.submits("mara", note="We are done.")
    (words,) = reply.answer.errors.values()
    assert "so the incident stays open. Publish a final text" in words
    assert case.state.open
    assert modal.field("How it ended") == "We are done."
    # Mara may close, but only pio or ic may take a promise back
    reply = case.submits("mara", withdraw_reason="Nobody asks any more.")
    assert reply.answer.updated
    modal = case.actor("mara").person.modal
    assert modal is not None
    told = "Only pio or ic may take a promise back. Ask @Pia Sohal. The incident stays open."
    ids = [block["block_id"] for block in modal.blocks if block.get("block_id")]
    assert told in modal.plain()
    # and it stands right above that field, where nothing that was typed is lost
    assert ids[ids.index("problem") + 1] == "withdraw_reason"
    assert modal.field("How it ended") == "We are done."
    assert case.state.open
    # when Pia gives a reason
    reply = case.closes("pia", withdraw_reason="The road list takes over.")
    assert reply.answer.closed
    assert [each.status for each in case.state.promises.values()] == ["withdrawn"]
    assert "Promised updates withdrawn: 1." in case.last("closing").plain()


def test_the_form_lists_what_is_still_open(case: Case) -> None:
    case.sends("mara")
    case.types("pia", "close")
    modal = case.actor("pia").person.modal
    assert modal is not None
    assert "Holding statement, revision 1, waits for approval" in modal.labels
    # and since nothing went out, that it was opened in error is offered
    assert "Was it opened by mistake?" in modal.labels


def test_the_form_names_everything_that_nobody_will_do_any_more(case: Case) -> None:
    case.publishes()
    case.writes("theo", "D3")  # a draft that was never submitted
    handler = case.on.bot.handler
    question = AskQuestion("When does the road open?", case.actor("dale").id)
    handler.handle(Request(case.id, question, "q-1", Person(case.actor("pia").id, frozenset({"pio"}))))
    offer = OfferHandover(case.actor("theo").id)
    handler.handle(Request(case.id, offer, "h-1", Person(case.actor("pia").id, frozenset({"pio"}))))
    case.on.settle()
    case.types("pia", "close")
    modal = case.actor("pia").person.modal
    assert modal is not None
    for line in (
        "Road closure or change: a draft of @Theo Brandt, not submitted",
        "The public asks: “When does the road open?”",
        "An update is promised for today at 21:05",
        "@Theo Brandt was asked to run the incident and has not accepted",
    ):
        assert line in modal.plain()
    # what went out stays said, so this was no mistake
    assert "Was it opened by mistake?" not in modal.labels


def test_an_open_question_is_left_only_with_a_word_and_the_closing_says_which(case: Case) -> None:
    case.publishes()
    ask(case, "q-2", "When does the road open?")
    case.types("pia", "close")
    modal = case.actor("pia").person.modal
    assert modal is not None
    (field,) = [name for name in modal.labels if name.startswith("The public asks")]
    # when it is left empty, Slack itself asks for it
    reply = case.submits("pia", note="Over.", withdraw_reason="The city goes on.")
    assert list(reply.answer.errors) == [field]
    assert case.state.open
    # when it is said, the closing tells everybody
    assert case.actor("pia").submits({field: "Dale calls them back."}).answer.closed
    words = case.last("closing").plain()
    assert "Left open: The public asks: “When does the road open?”: Dale calls them back." in words


def test_a_question_that_comes_while_the_form_is_open_gets_a_line_and_nothing_is_lost(case: Case) -> None:
    case.publishes()
    case.types("pia", "close")
    ask(case, "q-3", "Is the bridge safe?")
    reply = case.submits("pia", note="Over.", withdraw_reason="The city goes on.")
    assert reply.answer.updated
    modal = case.actor("pia").person.modal
    assert modal is not None
    assert "Say of this: done, handed to whom, or why not." in modal.plain()
    assert modal.field("How it ended") == "Over."
    (field,) = [name for name in modal.labels if name.startswith("The public asks")]
    assert case.actor("pia").submits({field: "Yes, it is checked."}).answer.closed


def ask(case: Case, command: str, text: str) -> None:
    asked = AskQuestion(text, case.actor("dale").id)
    pia = Person(case.actor("pia").id, frozenset({"pio"}))
    case.on.bot.handler.handle(Request(case.id, asked, command, pia))
    case.on.settle()


def test_opened_in_error_needs_a_reason_and_is_said_to_everybody(case: Case) -> None:
    case.types("mara", "close")
    reply = case.submits("mara", in_error=["yes"])
    asked = "How it ended, or why it was opened by mistake"
    assert reply.answer.errors == {asked: "Please say why it was opened by mistake."}
    assert case.state.open
    assert case.submits("mara", note="The sensor was broken.").answer.closed
    closing = case.last("closing").plain()
    assert "was closed by @Mara Lund today at 20:00: it was opened in error." in closing
    assert "The sensor was broken." in closing


def test_a_text_that_goes_out_while_the_form_is_open_makes_it_no_mistake_any_more(case: Case) -> None:
    case.types("mara", "close")
    case.publishes("theo")
    reply = case.submits("mara", in_error=["yes"], note="A mistake.")
    assert "A text of this incident was played, so it was not opened in error alone." in reply.words
    assert case.state.open


def test_an_incident_whose_conversation_cannot_be_made_is_closed_from_the_message_that_says_so(
    stage: Stage,
) -> None:
    # given a workspace that lets no bot make conversations
    stage.workspace.faults.error("conversations.create", "restricted_action", times=None)
    case = opens(stage)
    (told,) = case.dms("mara")
    assert "Not done: A rule of this workspace does not let the bot do this." in told.plain()
    assert "What to do: Ask a Slack administrator to allow it." in told.plain()
    assert "If it is not needed, press Close… and tick Opened in error." in told.plain()
    # when Mara does that
    case.clicks("mara", told, "Close…")
    reply = case.submits("mara", in_error=["yes"], note="It is in another one.")
    # then it is closed, the window says so, since no conversation can
    assert reply.answer.updated
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert "Highway 7 slides is closed: opened in error. The log keeps it." in modal.plain()
    assert not case.state.open
    # and no conversation is made any more, though an administrator allows it later
    stage.workspace.faults.clear()
    with stage.bot.db.read() as conn:
        task = tasks.get(conn, f"{case.id}/open-conversation")
    assert task is not None
    assert task.state == "cancelled"
    assert "was closed by @Mara Lund today at 20:00, so nothing" in case.clicks("mara", told, "Close…").words


def test_a_closed_incident_has_no_buttons_and_takes_no_clicks(case: Case) -> None:
    card = case.last("card")
    review, step = case.sends("mara"), case.last("step")
    case.closes("pia")
    for message in case.messages():
        assert message.buttons == [], message.plain()
    assert "Closed by @Pia Sohal" in case.last("card").plain()
    # and a screen that was not looked at since gets an answer
    for message, label in ((review, "Approve"), (card, "Next step"), (step, "Write new revision")):
        reply = case.clicks("pia", message, label)
        assert "was closed by @Pia Sohal today at 20:00, so nothing was changed" in reply.words


def test_a_closed_incident_is_not_asked_about_again(case: Case) -> None:
    case.closes("pia")
    reply = case.types("pia", "close")
    assert "Highway 7 slides was closed by @Pia Sohal today at 20:00, so nothing was changed." in reply.words
    assert case.actor("pia").person.modal is None


def test_only_pio_ic_or_the_holder_close(case: Case) -> None:
    reply = case.types("theo", "close")
    assert "Only pio, ic or the holder of the incident may close the incident" in reply.words
    assert case.actor("theo").person.modal is None


def test_the_card_closes_too(case: Case) -> None:
    case.clicks("irene", case.last("card"), "Close…")
    assert case.submits("irene").answer.closed
    assert not case.state.open
    assert case.state.closing is not None
    assert case.state.closing.at - case.evening < timedelta(minutes=1)


def test_after_the_final_text_one_press_on_the_card_opens_the_form(case: Case) -> None:
    case.publishes("mara", next_update_at="20:30")
    case.clock("20:10")
    case.publishes(
        "mara", "D4", label="Write final text", no_promise_reason="the road is open", next_update_at=None
    )
    assert "no more updates: the road is open" in case.last("card").plain()
    case.clicks("mara", case.last("card"), "Close the incident…")
    assert case.submits("mara").answer.closed
    assert not case.state.open


def test_a_promise_that_begins_while_the_form_is_open_still_refuses(case: Case) -> None:
    case.types("mara", "close")
    case.publishes("theo")
    reply = case.submits("mara", note="Done.")
    assert "An update is promised for" in reply.words
    assert case.state.open
