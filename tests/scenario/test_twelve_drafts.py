"""Twelve drafts open at once, of a playbook that ships: Slack takes all of it, and nothing is mixed up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ecomms_bot.incident.events import ApprovalGiven
from ecomms_bot.incident.state import Draft
from ecomms_bot.playbook.model import Step
from ecomms_bot.practice.stage import Stage, stage
from tests.scenario.acting import FIRST_EVENING, OFFICE, ZONE, Case
from tests.scenario.aftermath import leave, log_is_whole
from tests.scenario.test_home import opens_home
from tests.scenario.test_shipped import EVERYBODY, MEMBERS, begin, opened, write

MANY = 12


@pytest.fixture
def on(tmp_path: Path) -> Iterator[Stage]:
    database = f"sqlite:///{tmp_path / 'ecomms.db'}"
    with stage(
        tmp_path, EVERYBODY, starts=FIRST_EVENING, zone=ZONE, database_url=database, office=OFFICE
    ) as made:
        made.workspace.add_conversation("ops-desk", [*EVERYBODY])
        yield made
        leave(made, FIRST_EVENING)
        log_is_whole(made)


def twelve(case: Case) -> list[Step]:
    """All of the phase before, then steps of the phase during, each with its text under review."""
    steps: list[Step] = []
    for phase in ("before", "during"):
        if phase != "before":
            case.types("pia", f"phase {phase}")
        for step in case.state.book.steps(phase)[: MANY - len(steps)]:
            begin(case, step)
            write(case, step, step.main.kind)
            steps.append(step)
    return steps


def drafts(case: Case, status: str) -> list[Draft]:
    return [each for each in case.state.drafts.values() if each.status == status]


def test_twelve_drafts_are_listed_decided_and_kept_apart(on: Stage) -> None:
    case = opened(on, "flood", phase="before")
    steps = twelve(case)
    assert len(drafts(case, "in review")) == len(steps) == MANY
    # then card, status, Home and handover take them all, and Slack takes those
    waiting = case.types("otto", "status").words
    card = case.last("card").plain()
    for shown in (card, waiting):
        assert all(step.title in shown or "more" in shown for step in steps)
    opens_home(case, "pia", "Decide on ")
    case.types("mara", "handover")
    case.actor("mara").leaves()
    assert case.entries("EffectFailed") == []
    # when each is decided by its own roles, the last one first
    for step in reversed(steps):
        draft = case.draft(step.id)
        for role in draft.current.roles:
            assert case.approves(MEMBERS[role], step.id).ok, step.id
        # then this one is approved, its own words are handed out in its own thread, and no other's
        assert case.draft(step.id).status == "approved"
        if step.partners:  # they have to know first
            assert case.messages("partners", step.id)
            continue
        (publish,) = case.messages("publish", step.id)
        own = {text for languages in draft.current.texts.values() for text in languages.values()}
        assert all(text.strip() in publish.plain() for text in own)
    assert len(drafts(case, "approved")) == MANY
    for approval in (each.event for each in case.entries("ApprovalGiven")):
        assert isinstance(approval, ApprovalGiven)
        assert approval.text_sha256 == case.state.drafts[approval.draft].current.text_sha256
    assert case.entries("EffectFailed") == []
