"""One of every kind of message, form and Home, live and as an exercise: Slack would take each of them.

Two opinions: the rules of the built-in workspace, and the models of Slack's own library.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from slack_sdk.models.blocks import Block as SdkBlock
from slack_sdk.models.views import View as SdkView

from ecomms_bot.incident.progress import StepStatus
from ecomms_bot.incident.reminders import POINTS, Subject
from ecomms_bot.incident.reminders.of_drills import SUBJECTS as DRILL_SUBJECTS
from ecomms_bot.incident.telling.plumbing import THINGS
from ecomms_bot.playbook.exercise import EXERCISE_BEFORE
from ecomms_bot.practice.workspace.blocks import characters, check_message_blocks
from ecomms_bot.practice.workspace.view_rules import check_view
from ecomms_bot.practice.workspace.views import check_size
from ecomms_bot.slack import app, names
from ecomms_bot.slack.cards import _DRAWN, _TO_ONE_OR_ALL
from ecomms_bot.slack.inspection_messages import together
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.samples import Sample, for_a_look, samples
from tests.slack.life import COMMUNICATOR

LIVE, EXERCISE = (samples(exercise=each) for each in (False, True))
EVERY = [*LIVE, *EXERCISE]
MESSAGES = [(sample, message) for sample in EVERY for message in sample.messages]
VIEWS = [(sample, sample.view) for sample in EVERY if sample.view is not None]
CALLS_A_MINUTE = 50
"""Of a method of tier 3; which tier blocks.validate is of is not documented."""


def called(pair: object) -> str:
    return pair.name if isinstance(pair, Sample) else ""


# --- nothing is left out ---


def test_every_kind_of_thing_is_among_them() -> None:
    assert {*_DRAWN, *_TO_ONE_OR_ALL} <= {sample.kind for sample in LIVE}


def test_every_kind_of_thing_has_a_name_in_the_log() -> None:
    assert {*_DRAWN, *_TO_ONE_OR_ALL} <= set(THINGS)


def test_every_form_that_the_bot_listens_to_is_among_them_and_no_other() -> None:
    listened = {name for submissions in app.SUBMISSIONS for name in submissions}
    drawn = {view["callback_id"] for _, view in VIEWS if view["type"] == "modal"}
    assert drawn == {*listened, "done"}


def test_every_name_of_a_form_is_one_that_the_bot_listens_to() -> None:
    named = {value for name, value in vars(names).items() if name.endswith("_FORM") or name == "PREVIEW"}
    assert named == {name for submissions in app.SUBMISSIONS for name in submissions}


def test_a_step_is_among_them_in_each_of_its_states() -> None:
    shown = {sample.name for sample in LIVE}
    assert {f"step, {status}" for status in get_args(StepStatus)} <= shown


def test_a_reminder_is_among_them_for_each_subject_and_each_point_of_a_promise() -> None:
    said = {sample.name for sample in LIVE if sample.kind == "reminder"}
    assert {f"reminder, promise {point}" for point in POINTS} <= said
    others = {
        "step": "step",
        "question": "question",
        "personal": "one's own",
        "fact": "a fact",
        "review": "approval, to the next role up",
        "unmarked": "not marked",
        "second-review": "a second look",
        "partner": "partners to tell",
        "put-right": "a correction not everywhere",
        "expiry": "a text that holds no more",
        "unmarked-promise": "the promised time of a text that is not marked",
    }
    assert set(others) == {*get_args(Subject)} - {"promise"} - DRILL_SUBJECTS
    assert {f"reminder, {name}" for name in others.values()} <= said


def test_a_change_of_course_is_among_them_in_each_of_its_kinds() -> None:
    assert {each.name for each in LIVE if each.kind == "turn"} == {
        f"turn, {kind}" for kind in ("phase", "severity", "handover", "rest")
    }


def test_an_exercise_shows_the_same_as_a_real_incident() -> None:
    assert [each.name for each in EXERCISE] == [each.name for each in LIVE]
    assert len({each.name for each in LIVE}) == len(LIVE)


def test_no_sample_says_that_what_it_is_about_was_redacted() -> None:
    assert not [sample.name for sample, message in MESSAGES if "redacted" in message.text]


# --- the first opinion: the built-in workspace ---


@pytest.mark.parametrize(("sample", "message"), MESSAGES, ids=called)
def test_the_workspace_takes_every_message(sample: Sample, message: Message) -> None:
    check_message_blocks([*message.blocks])
    assert 0 < len(message.text) < 4_000, sample.name  # chat.update
    assert 0 < len(message.blocks) <= 50
    assert characters([*message.blocks]) <= 13_000  # msg_blocks_too_long comes somewhere above


@pytest.mark.parametrize(("sample", "view"), VIEWS, ids=called)
def test_the_workspace_takes_every_form_and_home(sample: Sample, view: dict[str, Any]) -> None:
    check_view(view, ("modal", "home"))
    check_size(view)
    assert len(view["blocks"]) <= 100, sample.name
    assert len(json.dumps(view).encode()) < 250_000
    assert len(view.get("private_metadata", "")) <= 3_000


# --- the second opinion: the models of Slack's library ---


@pytest.mark.parametrize(("sample", "message"), MESSAGES, ids=called)
def test_slacks_models_take_every_message(sample: Sample, message: Message) -> None:
    for block in message.blocks:
        parsed = SdkBlock.parse(block)
        assert parsed is not None, sample.name
        parsed.validate_json()
        assert unknown_to(parsed.to_dict(), block) == []


@pytest.mark.parametrize(("sample", "view"), VIEWS, ids=called)
def test_slacks_models_take_every_form_and_home(sample: Sample, view: dict[str, Any]) -> None:
    parsed = SdkView(**view)
    parsed.validate_json()
    for block in view["blocks"]:
        each = SdkBlock.parse(block)
        assert each is not None, sample.name
        each.validate_json()


def unknown_to(parsed: dict[str, Any], sent: dict[str, Any]) -> list[str]:
    """Attributes that were sent and that the model did not keep."""
    return [name for name in sent if name not in parsed]


def test_the_opinions_are_opinions() -> None:
    bad = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}
    with pytest.raises(Exception, match="invalid_blocks"):
        check_message_blocks([bad])
    parsed = SdkBlock.parse(bad)
    assert parsed is not None
    with pytest.raises(Exception, match="3000"):
        parsed.validate_json()


# --- what the doctor sends ---


def test_the_doctor_asks_about_each_kind_once_with_few_enough_calls_for_one_minute() -> None:
    calls = together(for_a_look(COMMUNICATOR), COMMUNICATOR)
    assert sorted(each.kind for call in calls for each in call) == sorted({each.kind for each in EVERY})
    assert len(calls) <= CALLS_A_MINUTE


def test_what_the_doctor_asks_about_with_one_call_is_no_more_than_one_message_holds() -> None:
    shared = [call for call in together(for_a_look(COMMUNICATOR), COMMUNICATOR) if len(call) > 1]
    assert shared
    for call in shared:
        blocks = [block for each in call for block in each.messages[-1].blocks]
        check_message_blocks(blocks)
        assert len(blocks) <= 50


def test_the_doctor_sends_the_longest_of_each_kind() -> None:
    sent = {each.kind: len(each.as_json(COMMUNICATOR)) for each in for_a_look(COMMUNICATOR)}
    assert all(len(each.as_json(COMMUNICATOR)) <= sent[each.kind] for each in EVERY)


def test_forms_propose_nobody_whom_slack_does_not_know() -> None:
    sent = {each.kind: json.loads(each.as_json("U0REAL")) for each in for_a_look("U0REAL")}
    longest = sent[names.LOG_FORM]
    people = {sample.name: json.loads(sample.as_json("U0REAL")) for sample in LIVE}
    asked = [*proposed(people["log-form, a question of the public"]), *proposed(longest)]
    assert asked == ["U0REAL"]


def proposed(node: Any) -> Iterator[str]:
    """The people that selects begin with."""
    if isinstance(node, dict):
        if "initial_user" in node:
            yield node["initial_user"]
        node = [*node.values()]
    if isinstance(node, list):
        for each in node:
            yield from proposed(each)


def test_in_an_exercise_every_form_says_so_in_its_title() -> None:
    titles = {
        sample.name: view["title"]["text"]
        for sample, view in VIEWS
        if sample in EXERCISE and view["type"] == "modal"
    }
    not_yet = {"open-incident", "open-incident, one is there already", "log-form, no incident yet"}
    of_none = {"duty-form", "duty-form, for others"}
    unmarked = {name for name, title in titles.items() if not title.startswith(EXERCISE_BEFORE)}
    assert unmarked == not_yet | of_none


def test_every_button_is_among_them_but_those_of_the_questions_at_opening() -> None:
    drawn = {name for name in names.ACTIONS if any(f'"{name}"' in each.as_json("") for each in LIVE)}
    # Those two need a desk: tests/scenario/test_opening_twice.py and test_opening_here.py play them.
    assert set(names.ACTIONS) - drawn == {names.OPEN_ANOTHER, names.OPEN_AGAIN}
