"""Playbooks that ship, in the built-in workspace: opened before the event, closed after it.

On the way the first step of each phase, and a text of each kind that the playbook has: written with the
examples of its fields, approved by the roles of its tier, marked. (`tests/slack/test_shipped_walk.py` goes
through every text, without a workspace.)
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from ecomms_bot.incident.events import Kind
from ecomms_bot.incident.gates import open_ends
from ecomms_bot.playbook.model import MAIN_FIRST, Field, Step
from ecomms_bot.playbook.values import AS_OF, NEXT_UPDATE
from ecomms_bot.practice.script import Member
from ecomms_bot.practice.stage import Stage, stage
from ecomms_bot.practice.workspace import Modal
from ecomms_bot.slack import names
from tests.scenario.acting import FIRST_EVENING, GUEST, OFFICE, PEOPLE, ZONE, Case, filled, next_evening
from tests.scenario.aftermath import leave, log_is_whole

TOURS = {"flood": False, "school-closure": True}
"""The longest one, and one that extends another; whether the incident is live."""
EVERYBODY = {**PEOPLE, "eve": Member(name="Eve Oram", roles=("exec",))}
MEMBERS = {"sme": "dale", "pio": "pia", "ic": "irene", "exec": "eve"}
THERE = frozenset({AS_OF, NEXT_UPDATE})
"""Times that a form begins with."""
PHASES = ("before", "during", "after")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("shipped")
    database = f"sqlite:///{folder / 'ecomms.db'}"
    with stage(
        folder, EVERYBODY, starts=FIRST_EVENING, zone=ZONE, database_url=database, office=OFFICE
    ) as made:
        made.workspace.add_user(GUEST, name="Gina Guest", tz=ZONE, restricted=True)
        made.workspace.add_conversation("ops-desk", [*EVERYBODY, GUEST])
        yield made
        log_is_whole(made)


@pytest.fixture
def on(whole: Stage) -> Iterator[Stage]:
    next_evening(whole)
    since = whole.now
    yield whole
    leave(whole, since)


def opened(on: Stage, book: str, *, phase: str) -> Case:
    """An incident of this playbook, in this phase."""
    mara = Case(on, "", on.now).actor("mara")
    mara.types(f"start {book}")
    form = filled(f"The walk through {book}", live=TOURS[book], phase=phase)
    sent = mara.submits(form)
    assert sent.answer.closed, sent.words
    (row,) = on.bot.records.open_incidents()
    return Case(on, row.id, on.now)


def test_without_its_name_the_playbook_has_to_be_chosen(on: Stage) -> None:
    mara = Case(on, "", on.now).actor("mara")
    mara.types("start")
    modal = mara.person.modal
    assert modal is not None
    assert len(modal.options("playbook")) >= len(TOURS) + 1
    assert mara.submits(filled("A fire", phase="before")).answer.errors["Playbook"]
    assert mara.submits({"playbook": "wildfire"}).answer.closed
    (row,) = on.bot.records.open_incidents()
    assert row.hazard == "wildfire"


def kinds(step: Step) -> list[Kind]:
    """The texts of a step as they come: what it is there for first, the last word last."""
    return sorted(step.texts, key=lambda kind: (kind == "final", MAIN_FIRST.index(kind)))


def example(field: Field, now: datetime) -> Any:
    """What somebody enters: the example of the field; a time on the side of now that it allows."""
    if field.type == "datetime":
        return now + timedelta(hours=30) if field.future_allowed else now - timedelta(minutes=10)
    return field.example


def fill_in(case: Case, modal: Modal) -> None:
    """Every field that the form asks for; the times of facts and next update are there already."""
    book = case.state.book
    asked = [block["block_id"] for block in modal.blocks if block["type"] == "input"]
    entered = {name: example(book.field(name), case.on.now) for name in asked if name not in THERE}
    case.actor("mara").person.fill(entered)


def write(case: Case, step: Step, kind: Kind) -> None:
    """From the button in the step's thread to the review, with nothing in the preview that blocks."""
    mara = case.actor("mara")
    root = case.last("step", step.id)
    action, value = names.WRITE, names.pack(case.id, step.id, kind)
    if kind == "no-change":
        action, value = names.NO_CHANGE, names.pack(case.id, step.id)
    mara.person.click(root, action, value)
    modal = mara.person.modal
    assert modal is not None, f"{step.id} {kind}: no form opened"
    if modal.view.content["callback_id"] == names.DRAFT_FORM:
        fill_in(case, modal)
        answer = mara.person.submit()
        assert answer.pushed, f"{step.id} {kind}: {answer.errors or answer.error}"
        modal = mara.person.modal
        assert modal is not None
    assert modal.view.content["submit"] is not None, f"{step.id} {kind}: {modal.plain()}"
    assert "Must be changed" not in modal.plain()
    sent = mara.submits()
    assert sent.answer.closed, f"{step.id} {kind}: {sent.words}"


def publish(case: Case, step: Step, kind: Kind) -> None:
    """Written, approved by one person for each role of its tier, and marked everywhere."""
    write(case, step, kind)
    draft = case.draft(step.id)
    assert (draft.kind, draft.status) == (kind, "in review")
    for role in draft.current.roles:
        decided = case.approves(MEMBERS[role], step.id)
        assert decided.ok, decided.words
    assert case.draft(step.id).status == "approved"
    for _ in step.partners if case.draft(step.id).current.for_public else ():
        case.clicks("mara", case.last("partners", step.id), "Acknowledged…")
        told = case.submits("mara", by_whom="Ana Roy, by phone")
        assert told.answer.closed, told.words
    case.later(minutes=2)
    marked = case.marks("mara", step.id)
    assert marked.answer.closed, f"{step.id} {kind}: {marked.words}"
    assert case.draft(step.id).status == "published"


def begin(case: Case, step: Step) -> None:
    """Unless it began by itself, it is asked for by its id; its form is put away."""
    if step.id not in case.state.steps:
        opened = case.types("mara", f"step {step.id}")
        assert opened.ok, opened.words
        case.actor("mara").leaves()
    assert step.id in case.state.steps


def tour(case: Case, phase: str, seen: set[Kind]) -> Iterator[tuple[Step, Kind]]:
    """The first step of the phase, then the first step that has a text of a kind not seen before."""
    steps = case.state.book.steps(phase)
    for step in steps:
        for kind in kinds(step):
            if kind not in seen or (step == steps[0] and kind == step.main.kind):
                seen.add(kind)
                yield step, kind


def ending(case: Case) -> dict[str, str]:
    """What the closing form asks for: why, where an update is still owed."""
    reason = {"withdraw_reason": "The walk is over."} if case.state.live_promises else {}
    left = {f"left/{each.thing}": "Left for the next one." for each in open_ends(case.state)}
    return {"note": "The road is open.", **reason, **left}


@pytest.mark.parametrize("book", TOURS)
def test_a_playbook_leads_from_before_the_event_to_after_it(on: Stage, book: str) -> None:
    case, seen = opened(on, book, phase="before"), set[Kind]()
    for phase in PHASES:
        if phase != "before":
            case.types("pia", f"phase {phase}")
        for step, kind in tour(case, phase, seen):
            begin(case, step)
            publish(case, step, kind)
            case.later(minutes=1)
        listed = case.types("mara", "step").words
        assert all(step.title in listed for step in case.state.book.steps(phase))
    assert seen == {kind for phase in PHASES for step in case.state.book.steps(phase) for kind in step.texts}
    closed = case.closes("pia", **ending(case))
    assert closed.answer.closed, closed.words
