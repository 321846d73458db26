"""The bolt app: one transaction, then the answer; and one place that answers everything that went wrong."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident.wording import say
from ecomms_bot.service.handler import BUDGET_S
from ecomms_bot.slack import (
    actions,
    closing,
    deciding,
    drilling,
    duty,
    following,
    handing,
    home,
    listeners,
    noting,
    opening,
    overriding,
    partnering,
    slash,
    steps,
    submissions,
    threads,
)
from ecomms_bot.slack.connection import Repeats
from ecomms_bot.slack.desk import ARRIVED, DEADLINE, OLD_BUTTON, Desk, aside, user_id
from ecomms_bot.slack.limits import within_limits
from ecomms_bot.slack.text import mrkdwn
from ecomms_bot.store.deadline import Deadline

Body = dict[str, Any]
DONE, AGAIN = 200, 503
"""What we answer to an event: over Socket Mode the second is no answer at all."""
UNEXPECTED = (
    "Something went wrong on our side and nothing was changed. Please try again; "
    "if it happens twice, tell whoever runs the bot to look at its output."
)

CLICKS = (
    actions.CLICKS,
    deciding.CLICKS,
    drilling.CLICKS,
    duty.CLICKS,
    following.CLICKS,
    handing.CLICKS,
    noting.CLICKS,
    opening.CLICKS,
    overriding.CLICKS,
    partnering.CLICKS,
    slash.CLICKS,
    steps.CLICKS,
)
SUBMISSIONS = (
    closing.SUBMISSIONS,
    deciding.SUBMISSIONS,
    drilling.SUBMISSIONS,
    duty.SUBMISSIONS,
    following.SUBMISSIONS,
    noting.SUBMISSIONS,
    opening.SUBMISSIONS,
    overriding.SUBMISSIONS,
    partnering.SUBMISSIONS,
    slash.SUBMISSIONS,
    steps.SUBMISSIONS,
    submissions.SUBMISSIONS,
)
"""Which module answers what."""

logger = logging.getLogger(__name__)


class _Once(App):
    """Deals with each event once. Slack sends one again after 3 s without an answer.

    A repeat of one that is at work is left unanswered too: were it taken for done and the first then failed,
    the event would be lost. Slack comes once more, and by then it is known what became of it.
    """

    def __init__(self, repeats: Repeats, **settings: Any) -> None:
        super().__init__(**settings)
        self._repeats = repeats

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        """As bolt's."""
        if "event_id" not in req.body:
            return super().dispatch(req)
        event_id = req.body["event_id"]
        if not self._repeats.first(event_id):
            return BoltResponse(status=DONE if self._repeats.is_done(event_id) else AGAIN, body="")
        end = self._repeats.forget
        try:
            answer = super().dispatch(req)
            if answer.status == DONE:
                end = self._repeats.done
            return answer
        finally:
            end(event_id)


def build_app(
    desk: Desk, client: WebClient, identity: Callable[[], AuthorizeResult], repeats: Repeats
) -> App:
    """The app with all listeners. Nothing is called at Slack to build it, so that it starts without Slack."""

    def authorize() -> AuthorizeResult:  # bolt passes what the parameters ask for: nothing
        return identity()

    app = _Once(
        repeats,
        name="ecomms",  # else bolt reads the source of every module that is loaded, to find one
        client=client,
        token_verification_enabled=False,
        request_verification_enabled=False,
        authorize=authorize,
        ignoring_self_events_enabled=False,  # else a deleted message of the bot's own would be one of them
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        logger=logging.getLogger("ecomms_bot.slack.bolt"),
    )

    @app.use
    def measure(body: Body, next: Callable[[], Any]) -> None:  # noqa: A002 - bolt's name for it
        body[DEADLINE] = Deadline(body.pop(ARRIVED, time.monotonic()) + BUDGET_S)
        told = (body.get("event") or {}).get("type") == "message"  # they come by the hundred
        if not told and (user := user_id(body)):
            desk.meet(user)
        next()

    slash.register(app, desk)
    for clicks in CLICKS:
        listeners.clicks(app, desk, clicks)
    for submissions_of in SUBMISSIONS:
        listeners.submissions(app, desk, within_limits(submissions_of))
    noting.register(app, desk)
    home.register(app, desk.home)
    threads.register(app, desk)
    app.view("done")(lambda ack: ack())

    @app.error
    def answer(error: Exception, body: Body) -> BoltResponse:
        return _deliver_again(error) if "event_id" in body else _answer(desk, error, body)

    return app


def _deliver_again(error: Exception) -> BoltResponse:
    """Nobody waits for words about an event: Slack sends it again, unless it is one that we do not use."""
    if isinstance(error, BoltUnhandledRequestError):
        return BoltResponse(status=DONE, body="")
    logger.warning("An event was not dealt with; Slack sends it again: %s", _words(error))
    return BoltResponse(status=AGAIN, body="")


def _answer(desk: Desk, error: Exception, body: Body) -> BoltResponse:
    """Always status 200 with words for the person: over Socket Mode anything else is silence."""
    words = _words(error)
    sentence = say("{words}", words=words)
    if body.get("type") == "view_submission":
        kept = f"{words} What you typed is still here."
        return _json(listeners.refusal(body["view"], kept, mrkdwn(sentence)))
    exercise = desk.in_exercise(body)
    if "command" in body:
        said = desk.personal(aside(sentence, typed=slash.quoted(body)), exercise=exercise)
        return _json({"response_type": "ephemeral", "text": said.text, "blocks": list(said.blocks)})
    desk.answers.say(
        body.get("response_url", ""), desk.personal(sentence, exercise=exercise), exercise=exercise
    )
    return BoltResponse(status=200, body="")


def _words(error: Exception) -> str:
    if isinstance(error, BoltUnhandledRequestError):
        return OLD_BUTTON
    if isinstance(error, EcommsError):
        return str(error)
    logger.error("A listener failed", exc_info=error)
    return UNEXPECTED


def _json(content: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(content), headers={"content-type": "application/json"})
