"""Bad input: it comes back beside its field with the words still there, and never becomes markup."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest

from ecomms_bot.practice.stage import Stage
from ecomms_bot.practice.workspace import Modal
from tests.scenario.acting import GUEST, Actor, Case, Reply, filled, opens, starts_form
from tests.scenario.aftermath import SENDS, parsed


def modal_of(case: Case, who: str = "mara") -> Modal:
    modal = case.actor(who).person.modal
    assert modal is not None
    return modal


# --- fields -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ({"gauge_level_m": "three"}, "River level (m)"),
        ({"gauge_level_m": "3.1 m"}, "River level (m)"),
        ({"gauge_level_m": "1000"}, "River level (m)"),
        ({"news": "   "}, "What is new"),
        ({"news": "Two\nlines"}, "What is new"),
    ],
)
def test_a_field_of_the_wrong_type_is_told_beside_it_and_the_words_are_still_there(
    case: Case, typed: dict[str, str], label: str
) -> None:
    reply = case.writes("mara", "D4", **typed)
    assert list(reply.answer.errors) == [label]
    assert all(words.endswith(".") for words in reply.answer.errors.values())
    modal = modal_of(case)
    assert modal.field(label) == next(iter(typed.values()))
    assert modal.field("Road") == "Highway 7"
    assert case.entries("DraftSaved") == []
    # when it is put right, it goes on
    assert case.submits("mara", gauge_level_m="3.1", news="Rescue teams are here.").answer.pushed


@pytest.mark.parametrize("minutes", [0, -1, -60])
def test_a_past_time_is_told_beside_it_and_the_words_are_still_there(case: Case, minutes: int) -> None:
    past = case.evening + timedelta(minutes=minutes)
    reply = case.writes("mara", next_update_at=past)
    assert list(reply.answer.errors) == ["Next update by"]
    assert modal_of(case).field("Next update by") == past.timestamp()
    assert modal_of(case).field("Road") == "Highway 7"


def test_a_fact_from_the_future_is_told_beside_it(case: Case) -> None:
    reply = case.writes("mara", as_of="20:30")
    assert list(reply.answer.errors) == ["Facts as of"]


def test_a_time_that_passes_between_the_preview_and_the_click_takes_submit_away(case: Case) -> None:
    case.writes("mara", next_update_at="20:05")
    case.clock("20:06")
    case.submits("mara")
    modal = modal_of(case)
    assert "The next update is promised for a time that has already passed." in modal.plain()
    assert "Press Back and choose a later time; your words are kept." in modal.plain()
    assert modal.submit_text is None
    assert case.entries("RevisionSubmitted") == []
    # going back, the words are there, and a new time mends it
    case.actor("mara").person.close_modal()
    assert case.submits("mara", next_update_at=case.at("21:00")).answer.pushed
    assert case.submits("mara").answer.closed


def test_a_draft_that_somebody_changed_since_the_preview_is_not_sent(case: Case) -> None:
    case.writes("mara")
    case.writes("theo", area_description="near Hope")
    case.submits("mara")
    assert "@Theo Brandt changed this draft today at 20:00, after you opened it." in modal_of(case).plain()
    assert case.entries("RevisionSubmitted") == []


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ({"name": "   "}, "Name"),
        ({"zone": "Vancouver"}, "Time zone"),
        ({"zone": "../etc/passwd"}, "Time zone"),
    ],
)
def test_an_opening_form_that_cannot_be_is_told_beside_the_field(
    stage: Stage, typed: dict[str, Any], label: str
) -> None:
    mara = starts_form(stage)
    reply = mara.submits(filled(**typed))
    assert list(reply.answer.errors) == [label]
    assert stage.bot.records.open_incidents() == []


def test_a_forged_submission_without_its_fields_is_answered_in_words(case: Case) -> None:
    # given Slack's client would not send this: nothing chosen, nothing filled in
    case.clicks("mara", case.last("step", "D1"), "Write draft")
    mara = case.actor("mara").person
    answer = mara.submit(unchecked=True)
    assert not answer.ok
    assert set(answer.errors) >= {"What happened", "Road", "Where"}
    assert answer.error is None


# --- words that could be markup ---------------------------------------------------------------------------

NASTY = "<!channel> <@U0NOBODY> & | *b*"
SHORT = "<@U0NOBODY>&|<!here>"  # fits where the playbook allows 21 characters


def everything_sent(on: Stage) -> list[str]:
    """Every string that Slack would have looked through for mentions and links."""
    sent = [call.args for call in on.workspace.calls if call.method in SENDS or "views" in call.method]
    acks = [ack.payload or {} for envelope in on.workspace.envelopes for ack in envelope.acks]
    return [text for each in [*sent, *acks] for text in parsed(each)]


def test_text_from_people_is_escaped_everywhere(stage: Stage) -> None:
    case = opens(stage, name=NASTY, area=NASTY, live=True)
    case.types("mara", f"remind in 5 min {NASTY}")
    case.types("mara", NASTY)
    case.types("mara", f"start {NASTY}")
    case.sends("mara", road=SHORT, area_description=SHORT, issuing_source=NASTY)
    case.sends_back("pia", f"{NASTY} {NASTY}")
    case.sends("mara", label="Write new revision", area_description="near Hope")
    assert "was not counted" in case.clicks("irene", case.last("review"), "Approve").words
    case.approves("pia")
    case.opens_mark("mara")
    case.submits("mara", **{"channels": ["X"], "proof-x": NASTY})
    case.writes("mara", "D4", news=NASTY, details=f"{NASTY}\n{NASTY}", empathy_line=NASTY)
    case.submits("mara")
    case.sends_back("pia", NASTY, "D4", label="Decline")
    case.clock("20:05")
    case.clock("20:50")
    case.types("mara", "status")
    case.types("mara", "log")
    case.actor("mara").types("status")
    case.types("pia", "close")
    case.submits("pia", note=NASTY, withdraw_reason=NASTY)
    # then nothing of it was a mention, a link or a special call
    for text in everything_sent(stage):
        assert "<!channel>" not in text
        assert "<!here>" not in text
        assert "<@U0NOBODY>" not in text
    # and people read what was typed
    assert NASTY in case.last("card").plain()
    assert SHORT in case.messages("review")[0].plain()
    assert NASTY in case.last("closing").plain()
    assert any(NASTY in dm.plain() for dm in case.dms("mara"))


# --- buttons and forms of another version -----------------------------------------------------------------


def forged(reply: Reply, change: Any) -> dict[str, Any]:
    """What this envelope would have held if another version of the bot had drawn the button."""
    assert reply.answer.envelope is not None
    payload = copy.deepcopy(reply.answer.envelope.payload)
    change(payload)
    return payload


@pytest.mark.parametrize(
    "change",
    [
        lambda payload: payload["actions"][0].update(action_id="approve-v0"),
        lambda payload: payload["actions"][0].update(value="only-one-part"),
    ],
    ids=["unknown action", "unknown value"],
)
def test_a_button_from_an_older_version_says_so(case: Case, change: Any) -> None:
    case.sends("mara")
    reply = case.clicks("otto", case.last("review"), "Approve")
    payload = forged(reply, change)
    otto = case.actor("otto")
    seen = otto.personal()
    told = otto.reply(otto.person.send_raw(payload), seen)
    assert told.ok
    assert "This button is from another version of the bot, so nothing was changed." in told.words
    assert "/ecomms status" in told.words
    assert case.entries("ApprovalGiven") == []


def test_a_form_from_an_older_version_says_so_and_keeps_the_words(case: Case) -> None:
    case.clicks("mara", case.last("step", "D1"), "Write draft")
    mara = case.actor("mara")
    mara.person.fill({"road": "Highway 7"})
    modal = modal_of(case)
    modal.view.content["callback_id"] = "draft-form-v0"
    answer = mara.person.submit(unchecked=True)
    assert any("another version of the bot" in words for words in answer.errors.values())
    assert modal_of(case).field("Road") == "Highway 7"


def test_a_click_on_something_that_is_not_in_the_log_is_answered(case: Case) -> None:
    case.sends("mara")
    reply = case.clicks("otto", case.last("review"), "Approve")
    sha = case.draft().current.text_sha256

    otto = case.actor("otto")  # whose screen the answers go to: the address in the payload is his

    def told(value: str, who: str = "otto") -> str:
        payload = forged(reply, lambda one: one["actions"][0].update(value=value))
        payload["user"]["id"] = case.actor(who).id
        seen = otto.personal()
        return otto.reply(otto.person.send_raw(payload), seen).words

    assert "There is no such incident." in told(f"i0000000000|{case.draft().id}|1|{sha}")
    assert "is not part of Highway 7 slides" in told(f"{case.id}|d0000000000|1|{sha}")
    # nor does a digest count that is not that of the text
    assert "The text changed after this card." in told(f"{case.id}|{case.draft().id}|1|{'0' * 64}", "pia")
    assert case.entries("ApprovalGiven") == []


# --- guests -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["start flood", "status", "log", "remind in 5 min x", "snooze", "close"])
def test_a_guest_is_told_that_this_is_for_members(case: Case, typed: str) -> None:
    case.on.workspace.person(GUEST).join(case.conversation)
    reply = case.types(GUEST, typed)
    assert "Guests cannot" in reply.words
    assert case.actor(GUEST).person.modal is None


@pytest.mark.parametrize("label", ["Approve", "Ask for changes", "Decline"])
def test_a_guest_cannot_decide(case: Case, label: str) -> None:
    case.sends("mara")
    case.on.workspace.person(GUEST).join(case.conversation)
    reply = case.clicks(GUEST, case.last("review"), label)
    assert "Guests cannot" in reply.words
    assert case.draft().status == "in review"


def test_a_guest_reads_help_and_cannot_write(case: Case) -> None:
    case.on.workspace.person(GUEST).join(case.conversation)
    assert "/ecomms status" in Actor(case.on, GUEST).types("help").words
    assert "Guests cannot write a draft" in case.clicks(GUEST, case.last("step"), "Write draft").words
