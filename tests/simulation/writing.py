"""What people type into forms: the facts of a text, and the text that the playbook makes of them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.events import About, FieldValue, Kind, Receipt, Texts
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.rules.following import about, channels_for, following_step
from ecomms_bot.incident.state import Draft, Incident
from ecomms_bot.playbook.drafting import Render, fields_for, render, text_sha256
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.values import AS_OF, NEXT_UPDATE, example_of
from tests.incident.any_leaders import with_leaders
from tests.incident.any_partners import with_gates
from tests.incident.put_right import correcting_book

ZONE = "America/Vancouver"
PUBLIC = ("web", "x", "sms")


@cache
def night_book() -> dict[str, Any]:
    """The flood playbook with corrections, a text that leaders read, and one that partners hear of first."""
    return with_leaders(with_gates(correcting_book()))


def values(
    state: Incident, step: str, kind: Kind, now: datetime, *, ahead: int = 60, road: str = ""
) -> dict[str, FieldValue]:
    """The playbook's examples, as of now, with the next update in so many minutes."""
    found: dict[str, FieldValue] = {}
    for name, field in fields_for(state.book, state.book.step(step), kind):
        if name == AS_OF:
            found[name] = Instant.of(now, ZONE)
        elif name == NEXT_UPDATE:
            found[name] = Instant.of(now + timedelta(minutes=ahead), ZONE)
        elif field.type == "datetime" or name == "no_promise_reason":
            found[name] = None
        else:
            found[name] = example_of(name, field)
    return {**found, "road": road} if road and "road" in found else found


def texts(
    state: Incident, step: str, kind: Kind, facts: dict[str, FieldValue], link: About | None = None
) -> Texts:
    only = channels_for(state.step(step).text(kind), link) if link else None
    how = Render(facts, state.name, state.exercise, state.zone, only=only)
    return render(state.book, state.step(step), kind, how)


def draft_id(state: Incident, step: str) -> str:
    """The draft of this step that is under way, or a new one's id."""
    draft = state.draft_of(step)
    return draft.id if draft else make_id("d", f"{state.id} {step} {len(state.drafts)}")


def saved(state: Incident, step: str, kind: Kind, now: datetime, **how: int | str) -> c.SaveDraft:
    return c.SaveDraft(draft_id(state, step), step, kind, values(state, step, kind, now, **how))  # type: ignore[arg-type]


def submitted(state: Incident, step: str, kind: Kind, now: datetime, **how: int | str) -> c.SubmitDraft:
    draft = state.draft_of(step)
    facts = values(state, step, kind, now, **how)  # type: ignore[arg-type]
    if draft is not None and draft.working is not None:
        facts = dict(draft.working.values)  # as it was previewed
    said = texts(state, step, kind, facts)
    return c.SubmitDraft(draft_id(state, step), step, kind, facts, said, text_sha256(said))


def corrected(state: Incident, followed: Draft, now: datetime, relation: str = "correction") -> c.SubmitDraft:
    """A text that puts a published one right."""
    link = about(state, followed.id, followed.current.number, relation)
    step, kind = following_step(state, followed.id, relation)
    facts = values(state, step.id, kind, now)
    said = texts(state, step.id, kind, facts, link)
    return c.SubmitDraft(draft_id(state, step.id), step.id, kind, facts, said, text_sha256(said), about=link)


def approval(draft: Draft) -> c.Approve:
    return c.Approve(draft.id, draft.current.number, draft.current.text_sha256)


def published(draft: Draft, now: datetime, *, late: bool = False) -> c.MarkPublished:
    """On all of its channels for the public."""
    receipts = tuple(
        Receipt(channel=each, attested_at=now, proof=f"https://example.org/{each}")
        for each in PUBLIC
        if each in draft.current.texts
    )
    return c.MarkPublished(draft.id, draft.current.number, receipts, posted_late=late)


def digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
