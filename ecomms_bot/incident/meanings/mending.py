"""Where an entry was lawfully redacted, a stand-in keeps what later entries speak of."""

from __future__ import annotations

from dataclasses import replace

from ecomms_bot.incident import events as e
from ecomms_bot.incident.meanings.base import with_
from ecomms_bot.incident.state import Draft, Incident, Promise, Recorded, Revision, StepRun
from ecomms_bot.playbook.instant import Instant

REDACTED_STEP = ""
"""The step of a draft of which nothing is left but that it was there."""

_ABOUT_A_REVISION = (
    e.ApprovalGiven,
    e.DraftApproved,
    e.ApprovalTakenBack,
    e.ApprovalOverridden,
    e.SecondReviewGiven,
    e.ChangesAsked,
    e.DraftDeclined,
    e.MarkedPublished,
    e.ReceiptCorrected,
    e.ReleaseEnded,
    e.PartnerAcknowledged,
    e.PartnerWaived,
    e.PromiseMade,
)


def mended(state: Incident, event: e.Event, recorded: Recorded) -> Incident:
    """Put an empty stand-in where an entry speaks of a text or a step whose own entry was redacted."""
    if isinstance(event, e.DraftSaved | e.RevisionSubmitted) and event.step not in state.steps:
        state = replace(state, steps=with_(state.steps, event.step, StepRun(event.step, recorded.at, None)))
    if (
        isinstance(event, e.PromiseAnswered | e.PromiseWithdrawn | e.PromiseReopened)
        and event.promise not in state.promises
    ):
        zero = Instant.of(recorded.at, state.zone)
        lost = Promise(event.promise, "", 0, REDACTED_STEP, "", zero, recorded.at, recorded.at)
        state = replace(state, promises=with_(state.promises, lost.id, lost))
    if not isinstance(event, _ABOUT_A_REVISION):
        return state
    draft = state.drafts.get(event.draft) or Draft(
        event.draft, REDACTED_STEP, "internal", "in review", (), recorded.at
    )
    if draft.revision(event.revision) is not None:
        return state
    lost_text = Revision(
        number=event.revision,
        author="",
        at=recorded.at,
        kind="internal",
        values={},
        texts={},
        text_sha256=getattr(event, "text_sha256", ""),
        tier="",
        roles=(),
        wanted_by=Instant.of(recorded.at, state.zone),
        next_update=None,
        no_promise_reason="",
        renews=False,
    )
    revisions = (*draft.revisions, lost_text)
    draft = replace(draft, status="in review", revisions=revisions, approvals=(), overrides=())
    return replace(state, drafts=with_(state.drafts, draft.id, draft))
