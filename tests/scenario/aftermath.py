"""What must be so after every scenario, whatever happened in it, so that no test has to repeat it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import update

from ecomms_bot.playbook.exercise import EXERCISE_AFTER, EXERCISE_BEFORE
from ecomms_bot.practice.stage import Stage
from ecomms_bot.practice.workspace import Call, Conversation, Message
from ecomms_bot.practice.workspace.state import StoredMessage
from ecomms_bot.store.codec import to_text
from ecomms_bot.store.tables import incidents, tasks
from ecomms_bot.store.verify import verify
from tests.scenario.acting import person

CALLS_EVERYBODY = re.compile(r"<!(?:channel|here|everyone|subteam)")
SENDS = ("chat.postMessage", "chat.update", "chat.postEphemeral", "response_url")


def leave(on: Stage, since: datetime) -> None:
    """Put away what is still open, look at everything that was sent, and forget it for the next test."""
    on.workspace.faults.clear()
    on.workspace.wait_connected()
    for user in list(on.workspace.users.values()):
        while (someone := on.workspace.person(user.id)).modal is not None:
            someone.close_modal()
    on.settle()
    for row in on.bot.records.open_incidents():
        put_away(on, row.id)
    try:
        look_through(on, since)
    finally:
        forget(on)


def forget(on: Stage) -> None:
    """Empty the workspace but for its people and their one conversation, as the first test found it."""
    with on.workspace.lock:
        on.workspace.calls.clear()
        on.workspace.wire.envelopes.clear()
        lobby = on.workspace.conversation("ops-desk")
        lobby.messages.clear()
        on.workspace.channels.clear()
        on.workspace.channels[lobby.id] = lobby


def put_away(on: Stage, incident: str) -> None:
    """Nothing of it comes due any more, and no list shows it. Closing it would post and edit for a while."""
    with on.bot.db.write() as conn:
        waiting = (tasks.c.incident == incident, tasks.c.state == "pending")
        conn.execute(update(tasks).where(*waiting).values(state="cancelled"))
        conn.execute(update(incidents).where(incidents.c.id == incident).values(closed_at=to_text(on.now)))


def look_through(on: Stage, since: datetime) -> None:
    """Every message that was sent: it says something, calls nobody by accident, is there once, is marked."""
    problems = [*_problems_of_calls(on), *_problems_of_acks(on), *_problems_of_screens(on, since)]
    assert not problems, "\n".join(problems)


def log_is_whole(on: Stage) -> None:
    """The chain of every incident, and of the office."""
    with on.bot.db.read() as conn:
        assert verify(conn).problems == ()


def _problems_of_calls(on: Stage) -> Iterator[str]:
    posted: Counter[tuple[str, str]] = Counter()
    for call in on.workspace.calls:
        if call.method not in SENDS:
            continue
        text = str(call.args.get("text") or "")
        if not text.strip():
            yield f"{call.method} sent no text: {call.args}"
        if "<!date" in text:
            yield f"a date is not written out in the text: {text}"
        if any(CALLS_EVERYBODY.search(each) for each in parsed(call.args)):
            yield f"{call.method} calls everybody: {call.args}"
        if call.method == "chat.postMessage" and call.result is not None and call.ok:
            posted[call.result["channel"], key_of(call)] += 1
    yield from (f"posted {number} times: {key}" for key, number in posted.items() if number > 1)


def _problems_of_acks(on: Stage) -> Iterator[str]:
    """What travels with an acknowledgement: answers to commands, and modals."""
    for envelope in on.workspace.envelopes:
        for ack in envelope.acks:
            if any(CALLS_EVERYBODY.search(each) for each in parsed(ack.payload or {})):
                yield f"an answer calls everybody: {ack.payload}"


def parsed(sent: Any) -> Iterator[str]:
    """The strings in which Slack looks for mentions: a message's text and mrkdwn, not plain or rich text."""
    if isinstance(sent, list):
        for each in sent:
            yield from parsed(each)
        return
    if not isinstance(sent, dict):
        return
    for name, value in sent.items():
        if name == "text" and isinstance(value, str) and sent.get("type") in {None, "mrkdwn"}:
            yield value
        elif name in {"blocks", "view"} and isinstance(value, str):
            yield from parsed(json.loads(value))
        else:
            yield from parsed(value)


def key_of(call: Call) -> str:
    """The task that a post carries out, from its metadata."""
    metadata = call.args.get("metadata") or "{}"
    read = json.loads(metadata) if isinstance(metadata, str) else metadata
    return str(read.get("event_payload", {}).get("key", ""))


def _problems_of_screens(on: Stage, since: datetime) -> Iterator[str]:
    """In the conversation of an exercise everything that the bot says is marked, in a real one nothing."""
    for place in on.workspace.conversations:
        row = on.bot.records.in_conversation(place.id)
        if row is None or place.creator != on.workspace.bot.id:
            continue
        for message in _said_by_the_bot(on, place):
            if float(message.ts) >= since.timestamp() and row.exercise != is_marked(message):
                yield f"{'not ' if row.exercise else ''}marked as an exercise: {message.text}"


def _said_by_the_bot(on: Stage, place: Conversation) -> Iterator[Message]:
    def said(one: StoredMessage) -> bool:
        return one.by_app and not one.tombstone

    def to_one_person(one: StoredMessage) -> bool:
        return said(one) and one.ephemeral_to is not None

    for user in on.workspace.users.values():
        only = said if user.handle == "otto" else to_one_person
        yield from person(on, user.id).all_messages(place, only=only)


def is_marked(message: Message) -> bool:
    """As people see it: the first and the last thing on the screen, and what is read aloud."""
    text = message.text.startswith(EXERCISE_BEFORE) and message.text.endswith(EXERCISE_AFTER)
    if not message.blocks:
        return text
    ends = [json.dumps(message.blocks[index]) for index in (0, -1)]
    return text and all("EXERCISE" in each for each in ends)
