"""Answers that one person sees: sent aside, at most once, and never in the way of anything."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, nullcontext

from slack_sdk import WebClient

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident.things import Place
from ecomms_bot.slack import gateway
from ecomms_bot.slack.blocks import exercise as marked
from ecomms_bot.slack.blocks import pieces, section
from ecomms_bot.slack.calls import Calls
from ecomms_bot.slack.message import Message

THREADS = 2
POST_S = 5.0

logger = logging.getLogger(__name__)


class PersonalAnswers:
    """Says things to one person over the `response_url` of their command or click.

    `listening` is held from the word until it is sent or lost, so that a drill waits for it.
    """

    def __init__(self, listening: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="answer")
        self._listening = listening

    def say(
        self, response_url: str, message: Message | str, *, replace: bool = False, exercise: bool = False
    ) -> None:
        """Send it soon, waiting at most 2 s for Slack; never raises. A string is mrkdwn, sent as it is.

        `replace`: in place of the message that was clicked. `exercise`: a string gets the mark, a message
        must have it.
        """
        held = ExitStack()
        try:
            held.enter_context(self._listening())
            said = _message(message, exercise=exercise)
            sent = self._pool.submit(_send, response_url, said, replace=replace, exercise=exercise)
        except Exception:
            held.close()
            logger.exception("A personal answer was not sent")
        else:
            sent.add_done_callback(lambda _: held.close())

    def tell(self, client: WebClient, user: str, message: Message, key: str) -> None:
        """A direct message, soon, at most once; never raises. Not for what belongs to an incident."""
        held = ExitStack()
        try:
            held.enter_context(self._listening())
            sent = self._pool.submit(_post, client, user, message, key)
        except Exception:
            held.close()
            logger.exception("A direct message was not sent")
        else:
            sent.add_done_callback(lambda _: held.close())

    def close(self) -> None:
        """Finish what is being sent; what still waits for its turn is dropped."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _send(url: str, message: Message, *, replace: bool, exercise: bool) -> None:
    try:
        gateway.answer(url, message, exercise=exercise, replace_original=replace)
    except EcommsError as error:
        logger.warning("A personal answer did not arrive: %s", error)
    except Exception:
        logger.exception("A personal answer was not sent")


def _post(client: WebClient, user: str, message: Message, key: str) -> None:
    try:
        gateway.post(Calls(client, POST_S), message, exercise=False, place=Place(user=user), key=key)
    except EcommsError as error:
        logger.warning("A direct message did not arrive: %s", error)
    except Exception:
        logger.exception("A direct message was not sent")


def _message(said: Message | str, *, exercise: bool) -> Message:
    if isinstance(said, Message):
        return said
    if not exercise:
        return Message(said, ())
    return marked(Message(said, tuple(section(piece) for piece in pieces(said))))
