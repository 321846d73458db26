"""Partners: who knows of a text, and whose word was given up."""

from __future__ import annotations

from ecomms_bot.incident import events as e
from ecomms_bot.incident.meanings.base import apply, change
from ecomms_bot.incident.state import Incident, PartnerWord, Recorded


@apply.register
def _(event: e.PartnerAcknowledged, state: Incident, recorded: Recorded) -> Incident:
    word = PartnerWord(
        event.partner,
        event.revision,
        event.person,
        recorded.at,
        recorded.seq,
        by_whom=event.by_whom,
        said_at=event.at,
    )
    return _said(state, event.draft, word)


@apply.register
def _(event: e.PartnerWaived, state: Incident, recorded: Recorded) -> Incident:
    word = PartnerWord(
        event.partner, event.revision, event.person, recorded.at, recorded.seq, reason=event.reason
    )
    return _said(state, event.draft, word)


def _said(state: Incident, draft_id: str, word: PartnerWord) -> Incident:
    draft = state.drafts[draft_id]
    return change(state, draft, partner_words=(*draft.partner_words, word))
