"""Slack in trouble: away at the start, gone in the middle, refusing; nothing is lost and nothing doubled."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ecomms_bot.incident.ids import make_id
from ecomms_bot.practice.stage import Stage
from ecomms_bot.store import tasks
from tests.scenario.acting import VANCOUVER, Actor, Case, filled, opens, starts_form
from tests.scenario.aftermath import key_of
from tests.scenario.site import site


def posted(on: Stage) -> Counter[str]:
    """How often each message stands in Slack, by its key."""
    keys: Counter[str] = Counter()
    with on.workspace.lock:
        for place in on.workspace.channels.values():
            keys.update(
                each.metadata["event_payload"]["key"] for each in place.messages if each.metadata is not None
            )
    return keys


def all_once(case: Case) -> None:
    """Everything that was to be shown is shown, once, and nothing is left undone."""
    assert {key: number for key, number in posted(case.on).items() if number > 1} == {}
    with case.on.bot.db.read() as conn:
        troubled = [each for each in tasks.troubled(conn) if each.incident == case.id]
    assert [(each.key, each.outcome) for each in troubled if each.state != "done"] == []


# --- the connection ---------------------------------------------------------------------------------------


def test_slack_gone_at_start_and_coming_later(tmp_path: Path) -> None:
    with site(tmp_path) as place:
        # given nobody listens at Slack's address when the bot starts
        place.server.stop()
        bot = place.build()
        bot.start()
        try:
            assert not bot.line.wait_until_up(0.05)
            assert not bot.line.known
            # when Slack comes
            place.server.start()
            place.workspace.wait_connected(timeout=30)
            assert bot.line.wait_until_up(30)
            assert opens(Stage(place.workspace, bot, place.clock, {})).messages("card")
        finally:
            bot.stop()


@pytest.mark.parametrize("abrupt", [False, True], ids=["closed by Slack", "broken without a word"])
def test_the_socket_dropped_in_the_middle_comes_back_and_work_goes_on(case: Case, *, abrupt: bool) -> None:
    case.sends("mara")
    before = {each.number for each in case.on.workspace.connections}
    case.on.workspace.drop_connections(abrupt=abrupt)
    case.on.workspace.wait_for(
        lambda: {each.number for each in case.on.workspace.connections} - before, timeout=30
    )
    assert case.approves("pia").ok
    assert case.draft().status == "approved"


def test_slack_asks_for_a_new_connection_and_gets_one(case: Case) -> None:
    before = {each.number for each in case.on.workspace.connections}
    case.on.workspace.refresh_connections()
    case.on.workspace.wait_for(
        lambda: {each.number for each in case.on.workspace.connections} - before, timeout=20
    )
    assert case.types("mara", "status").ok


# --- calls ------------------------------------------------------------------------------------------------

METHODS = (
    "views.open",
    "conversations.create",
    "conversations.invite",
    "conversations.members",
    "chat.postMessage",
    "chat.update",
    "pins.add",
    "response_url",
)


def met(on: Stage, fault: str) -> set[str]:
    """The methods on which this fault was played."""
    return {call.method for call in on.workspace.calls if call.fault == fault}


def whole_incident(on: Stage) -> Case:
    """A short incident, from the command to the closing message."""
    case = opens(on)
    case.publishes()
    case.clock("20:50")
    case.closes("pia", withdraw_reason="The road list takes over.")
    return case


@pytest.fixture
def patient(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """People here press a button again when they read that its form did not open."""
    types, clicks = Actor.types, Actor.clicks

    def again(reply: object) -> bool:
        return "Please try once more." in reply.words  # type: ignore[attr-defined]  # a Reply

    def typing(self: Actor, *args: object) -> object:
        reply = types(self, *args)  # type: ignore[arg-type]  # passed on as they are
        return types(self, *args) if again(reply) else reply  # type: ignore[arg-type]

    def clicking(self: Actor, *args: object) -> object:
        reply = clicks(self, *args)  # type: ignore[arg-type]
        return clicks(self, *args) if again(reply) else reply  # type: ignore[arg-type]

    monkeypatch.setattr(Actor, "types", typing)
    monkeypatch.setattr(Actor, "clicks", clicking)
    return stage


def test_429_on_every_method_used_during_a_whole_short_incident(patient: Stage) -> None:
    faults = patient.workspace.faults
    for method in METHODS:
        faults.rate_limited(method, retry_after=0, times=1 if method == "views.open" else 2)
    case = whole_incident(patient)
    all_once(case)
    assert case.messages("closing")
    assert met(patient, "rate_limited") == set(METHODS)


def test_500_on_every_method_used_during_a_whole_short_incident(patient: Stage) -> None:
    faults = patient.workspace.faults
    for method in METHODS:
        faults.server_error(method)
    case = whole_incident(patient)
    all_once(case)
    assert case.messages("closing")
    assert met(patient, "server_error") == set(METHODS)


def test_lost_answers_to_every_method_used_during_a_whole_short_incident(patient: Stage) -> None:
    # given the work is done each time, and the answer to it is lost
    for method in METHODS:
        patient.workspace.faults.drop_after(method)
    case = whole_incident(patient)
    all_once(case)
    assert case.messages("closing")
    assert met(patient, "drop_after") == set(METHODS)


def test_a_short_outage_delays_everything_and_loses_nothing(patient: Stage) -> None:
    case = opens(patient)
    review = case.sends("mara")
    outage = patient.workspace.faults.outage()
    # when Pia's click comes in while no call goes out
    assert case.actor("pia").person.click(review, "Approve").ok
    patient.workspace.wait_for(lambda: patient.workspace.calls[-1].fault is not None)
    patient.workspace.faults.clear(outage)
    patient.settle()
    assert len(case.messages("publish")) == 1
    all_once(case)


def test_a_form_that_slack_does_not_open_is_told_and_nothing_was_changed(case: Case) -> None:
    before = len(case.entries())
    for set_fault in ("drop_before", "server_error", "rate_limited"):
        getattr(case.on.workspace.faults, set_fault)("views.open")
        reply = case.clicks("mara", case.last("step"), "Write draft")
        assert "Slack did not open the form in time. Nothing was changed." in reply.words
    assert len(case.entries()) == before


def test_a_form_whose_opening_was_lost_on_the_way_back_is_on_the_screen_and_works(case: Case) -> None:
    case.on.workspace.faults.drop_after("views.open")
    case.clicks("mara", case.last("step"), "Write draft")
    mara = case.actor("mara")
    assert mara.person.modal is not None
    reply = mara.submits({"hazard_seen": "mudslides", "road": "Highway 7", "area_description": "near Hope"})
    assert reply.answer.pushed


# --- the conversation -------------------------------------------------------------------------------------


def test_the_answer_to_the_creation_was_lost_so_the_conversation_is_adopted(stage: Stage) -> None:
    stage.workspace.faults.drop_after("conversations.create")
    case = opens(stage)
    made = [each for each in stage.workspace.conversations if each.name.endswith(case.id[-4:])]
    assert [each.id for each in made] == [case.conversation.id]
    assert case.messages("card")
    all_once(case)


def test_a_name_that_is_taken_by_somebody_else_is_told_with_what_to_do(stage: Stage) -> None:
    # given somebody made a conversation of exactly this name in the moment before
    mara = starts_form(stage)
    modal = mara.person.modal
    assert modal is not None
    incident = make_id("i", modal.id)
    stage.workspace.add_conversation(f"exercise-highway-7-slides-{incident[-4:]}", ["theo"])
    mara.submits(filled())
    case = Case(stage, incident, stage.now.astimezone(VANCOUVER))
    # then the opener is told by direct message, the incident is there, and nothing was posted anywhere else
    (dm,) = case.dms("mara")
    assert "it is not the bot's" in dm.plain()
    assert "Open the incident once more" in dm.plain()
    assert case.state.open
    assert case.state.conversation is None
    (failure,) = case.entries("EffectFailed")
    assert failure.actor == "bot"


def test_something_that_cannot_be_done_is_said_in_the_conversation_with_what_to_do(stage: Stage) -> None:
    stage.workspace.faults.error("conversations.invite", "restricted_action")
    case = opens(stage)
    trouble = case.last("trouble").plain()
    assert "Not done:" in trouble
    assert "A rule of this workspace does not let the bot do this." in trouble
    assert "What to do: Ask a Slack administrator to allow it." in trouble
    assert "1 thing could not be done" in case.last("card").plain()
    with stage.bot.db.read() as conn:
        (failed,) = [each for each in tasks.troubled(conn) if each.incident == case.id]
    assert (failed.kind, failed.state) == ("invite", "failed")


def test_an_answer_that_may_stand_twice_says_so(stage: Stage) -> None:
    # given the answer to a post is lost, and the bot may not read the history to look for it
    stage.workspace.faults.drop_after("chat.postMessage")
    stage.workspace.faults.error("conversations.history", "missing_scope", times=None)
    case = opens(stage)
    keys = posted(stage)
    (twice,) = [key for key, number in keys.items() if number > 1]
    said = [each for each in case.messages() if twice in str(each.metadata)]
    assert "Sent again: the first attempt may have arrived." not in said[0].plain()
    assert "Sent again: the first attempt may have arrived." in said[1].plain()
    with stage.bot.db.read() as conn:
        unsure = [each.key for each in tasks.troubled(conn) if each.incident == case.id and each.unsure]
    assert unsure == [twice]
    # what is there twice is no problem that the look afterwards should report
    stage.workspace.calls[:] = [call for call in stage.workspace.calls if key_of(call) != twice]
