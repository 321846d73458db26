"""Partners in words: who knows of a text, and whose word was given up."""

from __future__ import annotations

from ecomms_bot.incident import events as e
from ecomms_bot.incident.state import Incident, Recorded
from ecomms_bot.incident.telling.base import revision_of, tell, with_, with_reason
from ecomms_bot.incident.wording import Sentence, When, Who, say


@tell.register
def _(event: e.PartnerAcknowledged, _recorded: Recorded, state: Incident) -> Sentence:
    told = say(
        "{partner} acknowledged at {at} ({by_whom}), recorded by {who}",
        partner=event.partner,
        at=When(event.at, state.zone),
        by_whom=event.by_whom,
        who=Who(event.person),
    )
    return with_(revision_of(state, event.draft, event.revision), ": ", told)


@tell.register
def _(event: e.PartnerWaived, _recorded: Recorded, state: Incident) -> Sentence:
    told = say("{who} goes on without the word of {partner}", who=Who(event.person), partner=event.partner)
    return with_reason(with_(revision_of(state, event.draft, event.revision), ": ", told), event.reason)
