"""How clicks and submissions are answered: decided first, then acked, refusals where they belong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Rejected, Sentence, Value, Who
from ecomms_bot.slack import forms, inputs, names
from ecomms_bot.slack.desk import OLD_BUTTON, Desk, pressed, user_id
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.text import mrkdwn, plain

Body = dict[str, Any]
Click = Callable[[Desk, Body, tuple[str, ...]], Message | Sentence | None]
"""Takes the body and the parts of the button's value; returns what the person alone is told, if anything."""
Submission = Callable[[Desk, Body, dict[str, Any]], dict[str, Any] | None]
"""Takes the body and its view; returns what Slack is to do with the modal, None to close it."""


class OtherVersion(EcommsError):
    """The value of a button is not what this version puts there: another version drew it."""

    def __init__(self) -> None:
        super().__init__(OLD_BUTTON)


def clicks(app: App, desk: Desk, listened: Mapping[str, tuple[Click, int]]) -> None:
    """Answer these buttons: action → what it does, and of how many parts its value is made."""
    for action, (click, parts) in listened.items():
        app.action(action)(_click(desk, click, parts))


def submissions(app: App, desk: Desk, listened: Mapping[str, Submission]) -> None:
    """Answer the submissions of these modals, by their callback."""
    for callback, submission in listened.items():
        app.view(callback)(_submission(desk, submission))


def _click(desk: Desk, click: Click, parts: int) -> Callable[..., None]:
    def listen(ack: Ack, body: Body) -> None:
        value = names.unpack(pressed(body))
        if len(value) != parts:
            raise OtherVersion
        exercise = desk.in_exercise(body)  # before the click: after a commit nothing may fail
        answer: Message | Sentence | None
        try:
            answer = click(desk, body, value)
        except Rejected as rejected:
            answer = rejected.sentence
        ack()
        if answer is not None:
            said = desk.personal(answer, exercise=exercise)
            desk.answers.say(body.get("response_url", ""), said, exercise=exercise)
        desk.home.acted(user_id(body))

    return listen


def _submission(desk: Desk, submission: Submission) -> Callable[..., None]:
    def listen(ack: Ack, body: Body) -> None:
        view = body["view"]
        try:
            answer = submission(desk, body, view)
        except Rejected as rejected:
            answer = _rejection(view, rejected)
        if answer is None:
            ack(response_action="clear")
        else:
            ack(**answer)
        desk.home.acted(user_id(body))

    return listen


def refusal(view: Mapping[str, Any], words: str, drawn: str, field: str | None = None) -> dict[str, Any]:
    """The error beside its field, or the first one; on top where there is none. What was typed stays."""
    blocks = inputs.input_blocks(view)
    if not blocks:
        return _on_top(view, drawn)
    return {"response_action": "errors", "errors": {field if field in blocks else blocks[0]: words}}


def _rejection(view: Mapping[str, Any], rejected: Rejected) -> dict[str, Any]:
    """Beside a field Slack draws no mentions: a refusal that names people stands above it, or on top."""
    sentence, field = rejected.sentence, rejected.field
    if any(map(_is_people, sentence.values.values())):
        return _on_top(view, mrkdwn(sentence), field)
    return refusal(view, plain(sentence), mrkdwn(sentence), field)


def _is_people(value: Value) -> bool:
    return isinstance(value, Who | tuple)


def _on_top(view: Mapping[str, Any], drawn: str, field: str | None = None) -> dict[str, Any]:
    return {"response_action": "update", "view": forms.with_problem(view, drawn, above=field)}


def done(title: str, words: Sentence, state: Incident) -> dict[str, Any]:
    """The modal says what is so, and can only be closed."""
    view = forms.done(title, mrkdwn(words), exercise=state.exercise)
    return {"response_action": "update", "view": view}


def errors(**errors: str) -> dict[str, Any]:
    """What is wrong, beside the fields; the modal stays with what was typed."""
    return {"response_action": "errors", "errors": errors}
