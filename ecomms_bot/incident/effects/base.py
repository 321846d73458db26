"""The kinds of task, their lanes, and how each is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from ecomms_bot.incident import faces, things
from ecomms_bot.incident.entry import Task
from ecomms_bot.incident.returning import name_of_post
from ecomms_bot.incident.state import Incident

POST, DM, REMINDER = "post", "dm", "reminder"
EDIT, REPORT = faces.EDIT, faces.REPORT
OPEN_CONVERSATION, ANSWER, INVITE, PIN = "open-conversation", "answer", "invite", "pin"


def ahead(task: Task) -> Task:
    return replace(task, due_at=task.due_at - timedelta(microseconds=1))


def arrival_lane(state: Incident) -> str:
    return f"{state.id}/{things.CONVERSATION}"


def lane_of_retry(key: str, kind: str, lane: str) -> str:
    """Where what Slack did not take now waits for its next try.

    At the opening one comes after the other, but nobody waits for an invitation or a pin that Slack puts
    off: it leaves the line. Only the conversation is needed by all.
    """
    return key if lane.endswith(f"/{things.CONVERSATION}") and kind != OPEN_CONVERSATION else lane


def to_people(state: Incident, thing: str, people: Iterable[str]) -> Iterator[Task]:
    for person in dict.fromkeys(people):
        yield task(state, DM, f"{state.id}/dm/{person}", f"{thing}/{person}", thing=thing, user=person)


def thread_lane(state: Incident, step: str) -> str:
    return f"{state.id}/step/{step}"


def post(state: Incident, thing: str, lane: str, step: str = "") -> Task:
    return task(state, POST, lane, thing, thing=thing, step=step)


def again(state: Incident, post: Task) -> Task | None:
    """The task that posts a thing once more, if somebody deleted it; None where nothing is to be posted."""
    thing = post.ids["thing"]
    name = name_of_post(state, thing)
    return replace(post, key=post.key.removesuffix(thing) + name) if name else None


def task(state: Incident, kind: str, lane: str, suffix: str, **ids: str) -> Task:
    key = f"{state.id}/{kind}/{suffix}" if suffix else f"{state.id}/{kind}"
    assert state.opened_at is not None
    return Task(
        key, state.id, kind, lane, state.opened_at, {name: value for name, value in ids.items() if value}
    )
