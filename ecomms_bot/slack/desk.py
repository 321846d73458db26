"""What a listener works with, and what it may say to one person."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident.commands import Command
from ecomms_bot.incident.entry import IncidentRow
from ecomms_bot.incident.policy import Person
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Sentence, say
from ecomms_bot.playbook.drills import Drill
from ecomms_bot.playbook.library import Library
from ecomms_bot.service.duty import Duty
from ecomms_bot.service.handler import Handler, Outcome, Request, Within
from ecomms_bot.service.ports import Clock, Directory
from ecomms_bot.service.records import Records
from ecomms_bot.settings import Office
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import copyable, pieces, section
from ecomms_bot.slack.blocks import exercise as marked
from ecomms_bot.slack.cards import View, render
from ecomms_bot.slack.home import HomeTab
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.personal import PersonalAnswers
from ecomms_bot.slack.refusals import LIMITED, PASSING
from ecomms_bot.slack.text import escape, mrkdwn, shorten, spoken
from ecomms_bot.store.deadline import Deadline

OPEN_VIEW_TIMEOUT_S = 2
ANSWER_ROOM_S = 0.5
"""What is left of Slack's 3 s after a command's own budget: a form may still open in it, and be answered."""
MEET_TIMEOUT_S = 1
"""How long somebody's first word may wait for Slack to say whether they are a guest."""
TYPED_ALOUD = 300
DIRECT = "D"
"""How the ids of direct messages begin."""
OLD_BUTTON = (
    "This button is from another version of the bot, so nothing was changed. "
    "Type /ecomms status for the current state."
)


NOT_NOW = {"expired_trigger_id", "exchanged_trigger_id", *LIMITED, *PASSING}
SERVER_ERROR = 500


class ViewNotOpened(EcommsError):
    """Slack did not open the form in time. Nothing was changed; press the button again."""

    def __init__(self) -> None:
        super().__init__("Slack did not open the form in time. Nothing was changed. Please try once more.")


@dataclass(frozen=True)
class Desk:
    """The listeners' tools. `views`: a client with a timeout of 2 s and no retries, for forms only."""

    handler: Handler
    records: Records
    directory: Directory
    library: Library
    clock: Clock
    office: Office
    answers: PersonalAnswers
    views: WebClient
    meet: Callable[[str], None]
    """Finds out once whether somebody is a guest; never raises. Called before anything else."""
    home: HomeTab
    bot_name: Callable[[], str]
    """What people type after `/invite @`; "" while Slack has not said it."""
    duty: Duty
    drills: Callable[[], Mapping[str, Drill]] = dict
    """Those that people can take part in, by id."""
    exercises: dict[str, bool] = field(default_factory=dict)
    """Incident or conversation → whether it is an exercise, as seen before."""

    def person(self, body: Mapping[str, Any]) -> Person:
        return self.directory.person(user_id(body))

    def now(self) -> datetime:
        return self.clock.now()

    def do(
        self,
        body: Mapping[str, Any],
        incident: str,
        command: Command,
        command_id: str,
        *,
        attach: Mapping[str, Mapping[str, str]] | None = None,
        within: Within | None = None,
    ) -> Outcome:
        """Carry a command out in the name of whoever sent `body`, within what is left of its time."""
        person = self.person(body)
        request = Request(incident, command, command_id, person, within=within, attach=attach or {})
        return self.handler.handle(request, deadline_of(body))

    def state(self, body: Mapping[str, Any], incident: str) -> Incident:
        return self.records.state(incident, deadline_of(body))

    def open_view(self, body: Mapping[str, Any], view: dict[str, Any]) -> None:
        """Open a form; it must come before any write, since its trigger lives 3 s."""
        client = copy.copy(self.views)
        if (deadline := deadline_of(body)) is not None:
            left = deadline.remaining() + ANSWER_ROOM_S
            client.timeout = min(OPEN_VIEW_TIMEOUT_S, left)  # type: ignore[assignment] # any number of seconds
        try:
            client.views_open(trigger_id=body["trigger_id"], view=view)
        except SlackApiError as error:
            if error.response.get("error") in NOT_NOW or error.response.status_code >= SERVER_ERROR:
                raise ViewNotOpened from error
            raise
        except (OSError, HTTPException) as error:
            raise ViewNotOpened from error

    def in_exercise(self, body: Mapping[str, Any]) -> bool:
        """Whether what is said to whoever sent `body` needs the mark. Never raises, as it follows errors.

        What it is about counts before where it was sent. What was seen once is remembered, since it never
        changes: then no database is needed to say it.
        """
        incident, conversation = _incident_of(body), _conversation_of(body)
        try:
            found = self._exercise(incident, lambda: self.records.row(incident, deadline_of(body)))
            if found is None:
                found = self._exercise(
                    conversation, lambda: self.records.in_conversation(conversation, deadline_of(body))
                )
        except Exception:  # noqa: BLE001 - the words must reach the person, marked or not
            found = self.exercises.get(conversation)
        return bool(found)

    def _exercise(self, place: str, read: Callable[[], IncidentRow | None]) -> bool | None:
        """Whether this incident, or that of this conversation, is an exercise; None if there is none."""
        if place and place not in self.exercises and (row := read()) is not None:
            known = (row.id, *((row.conversation,) if row.conversation else ()))
            self.exercises.update(dict.fromkeys(known, row.exercise))
        return self.exercises.get(place)

    def personal(self, answer: Message | Sentence, *, exercise: bool) -> Message:
        """What one person alone is told, as a message, marked if it is about an exercise."""
        message = aside(answer) if isinstance(answer, Sentence) else answer
        return marked(message) if exercise else message

    def instead(self, response_url: str, thing: str, state: Incident) -> None:
        """Show a thing as it is now in the place of the message that was clicked."""
        view = View(state, self.directory.roster(), self.now(), discussion=self.office.discussion)
        shown = render(thing, view)
        self.answers.say(response_url, shown, replace=True, exercise=state.exercise)

    def office_values(self) -> dict[str, str]:
        """What the office always says, as field values."""
        values = {"issuing_source": self.office.organisation, "info_url": self.office.info_url}
        return {name: value for name, value in values.items() if value}


def in_own_messages(body: Mapping[str, Any]) -> bool:
    """Whether it was clicked in the person's own messages with the bot: nobody else reads that one."""
    return _conversation_of(body).startswith(DIRECT)


def aside(sentence: Sentence, *, typed: str = "") -> Message:
    """A sentence to one person; `typed`: the words they sent, which they can copy and send again."""
    blocks = [section(piece) for piece in pieces(mrkdwn(sentence))]
    if not typed:
        return Message(spoken(sentence), tuple(blocks))
    blocks += [section(mrkdwn(say("You typed:"))), *copyable(typed)]
    # Once whole, once to be read aloud: an answer over 65,535 bytes never leaves Slack's socket client.
    return Message(f"{spoken(sentence)} You typed: {escape(shorten(typed, TYPED_ALOUD))}", tuple(blocks))


def pressed(body: Mapping[str, Any]) -> str:
    """The value of the button or option that was clicked."""
    action = body["actions"][0]
    value: str = action["selected_option"]["value"] if "selected_option" in action else action["value"]
    return value


def _incident_of(body: Mapping[str, Any]) -> str:
    """What the value of the button begins with; "" for what has no value, as things of another version."""
    try:
        return names.unpack(pressed(body))[0] if body.get("actions") else ""
    except (KeyError, TypeError, AttributeError):
        return ""


def _conversation_of(body: Mapping[str, Any]) -> str:
    return str(body.get("channel_id") or (body.get("channel") or {}).get("id", ""))


def user_id(body: Mapping[str, Any]) -> str:
    """Who sent it; "" for what nobody sent."""
    event = body.get("event") or {}
    return str(body.get("user_id") or (body.get("user") or {}).get("id") or event.get("user") or "")


ARRIVED = "ecomms_arrived"
"""When the envelope came in, on the monotonic clock of this machine."""
DEADLINE = "ecomms_deadline"


def deadline_of(body: Mapping[str, Any]) -> Deadline | None:
    """The one budget of this request, set when it came in."""
    found = body.get(DEADLINE)
    return found if isinstance(found, Deadline) else None
