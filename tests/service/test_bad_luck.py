"""Two decisions about one text at once, on SQLite and on PostgreSQL: one counts, the other is told."""

from __future__ import annotations

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.wording import Rejected
from ecomms_bot.playbook.drafting import text_sha256
from ecomms_bot.service.handler import Outcome, Request
from ecomms_bot.store.engine import Database
from tests.cli.night import COMMUNICATOR, IC, PIO, ROSTER, Night
from tests.service.test_handler import entries, storm, whole

WHY = "The river rises, and nobody answers."
TRIES = range(4)
"""Which of two threads comes first is chance."""


@pytest.fixture
def night(db: Database) -> Night:
    return Night(db)


def waiting(night: Night) -> str:
    """An incident with a holding statement that the pio has not approved yet."""
    incident = night.open()
    night.submit(incident)
    return incident


def approval(night: Night, incident: str) -> Request:
    revision = night.state(incident).drafts["d1"].current
    command = c.Approve("d1", revision.number, revision.text_sha256)
    return Request(incident, command, "approve", ROSTER.person(PIO))


def override(night: Night, incident: str) -> Request:
    revision = night.state(incident).drafts["d1"].current
    command = c.Override("d1", revision.number, revision.text_sha256, WHY)
    return Request(incident, command, "override", ROSTER.person(IC))


def edit(night: Night, incident: str) -> Request:
    values, texts = night.texts(incident, road="Highway 1")
    command = c.SubmitDraft("d1", "D1", "statement", values, texts, text_sha256(texts))
    return Request(incident, command, "edit", ROSTER.person(COMMUNICATOR))


@pytest.mark.parametrize("attempt", TRIES)
def test_an_override_while_the_approval_arrives_is_one_decision(night: Night, attempt: int) -> None:
    incident = waiting(night)
    requests = [approval(night, incident), override(night, incident)]
    ended = storm(night, requests[:: 1 if attempt % 2 else -1])
    # then one of them let it out,
    assert sum(isinstance(each, Outcome) for each in ended) == 1
    log = entries(night, incident)
    assert log.count("DraftApproved") == 1
    assert log.count("ApprovalGiven") + log.count("ApprovalOverridden") == 1
    # the other is told that it is decided, and by whom where there is an approval,
    (refused,) = (each for each in ended if isinstance(each, Rejected))
    assert refused.code == "decided"
    assert "pproved" in str(refused)
    # and the text is marked as overridden only if it was.
    draft = night.state(incident).drafts["d1"]
    assert draft.status == "approved"
    assert draft.current.overridden == ("ApprovalOverridden" in log)
    whole(night.db)


@pytest.mark.parametrize("first", ["approval", "override"])
def test_in_either_order_the_second_changes_nothing(night: Night, first: str) -> None:
    incident = waiting(night)
    requests = [approval(night, incident), override(night, incident)]
    one, two = requests if first == "approval" else reversed(requests)
    night.handler.handle(one)
    before = night.state(incident)
    with pytest.raises(Rejected) as refused:
        night.handler.handle(two)
    assert refused.value.code == "decided"
    assert night.state(incident) == before
    assert before.drafts["d1"].current.overridden == (first == "override")


@pytest.mark.parametrize("attempt", TRIES)
def test_an_approval_at_the_moment_of_an_edit_never_counts_for_the_new_words(
    night: Night, attempt: int
) -> None:
    incident = waiting(night)
    old = night.state(incident).drafts["d1"].current
    requests = [approval(night, incident), edit(night, incident)]
    clicked, edited = storm(night, requests) if attempt % 2 else storm(night, requests[::-1])[::-1]
    # then the edit is there in any case, and waits for a decision of its own
    assert isinstance(edited, Outcome)
    draft = night.state(incident).drafts["d1"]
    assert (draft.current.number, draft.status, draft.approvals) == (2, "in review", ())
    log = entries(night, incident)
    if isinstance(clicked, Outcome):
        # the approval came first: it stands for the old words alone
        assert log.index("DraftApproved") < len(log) - 1 - log[::-1].index("RevisionSubmitted")
        assert draft.revisions[0].approved_at is not None
    else:
        # or it came second, and is told that another revision is there
        assert isinstance(clicked, Rejected)
        assert (clicked.code, "DraftApproved" in log) == ("stale", False)
    assert draft.revisions[0].text_sha256 == old.text_sha256 != draft.current.text_sha256
    whole(night.db)
