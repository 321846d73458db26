"""The rows of the two projections, computed from the state."""

from __future__ import annotations

from collections.abc import Mapping

from ecomms_bot.incident.entry import IncidentRow, ReleaseRow
from ecomms_bot.incident.state import Incident, Revision


def incident_row(state: Incident) -> IncidentRow:
    """The line of this incident in lists."""
    assert state.opened_at is not None
    promised = state.live_promises
    return IncidentRow(
        id=state.id,
        name=state.name,
        hazard=state.book.hazard,
        exercise=state.exercise,
        severity=state.severity,
        phase=state.phase,
        conversation=state.conversation or state.asked_conversation,
        opener=state.opener,
        holder=state.holder,
        opened_at=state.opened_at,
        closed_at=state.closing.at if state.closing else None,
        promised_at=promised[0].due.utc if promised else None,
        seq=state.changed_seq,
    )


def release_rows(state: Incident) -> tuple[ReleaseRow, ...]:
    """One row for each text that went out; its words are None once they were redacted from the log."""
    return tuple(
        ReleaseRow(
            incident=state.id,
            draft=draft.id,
            revision=revision.number,
            channel=channel,
            language=language,
            text=text,
            text_sha256=revision.text_sha256,
            attested_at=receipt.attested_at,
            attested_by=person,
            proof=receipt.proof,
            exercise=state.exercise,
        )
        for draft in state.drafts.values()
        for revision in draft.revisions
        for channel, (receipt, person) in revision.receipts.items()
        for language, text in _words(revision, channel).items()
    )


def _words(revision: Revision, channel: str) -> Mapping[str, str | None]:
    """Language → text as it went out. A redacted one leaves its place, without words."""
    return revision.texts.get(channel) or {"": None}
