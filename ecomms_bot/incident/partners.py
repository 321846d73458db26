"""Partners of a step: who has to know of a text before it is handed out, and who does not know yet.

A partner acknowledges what they were told. New times alone change nothing of that, so their word holds for
such a revision; any other change of words is new to them, and they are asked again.
"""

from __future__ import annotations

from collections.abc import Mapping

from ecomms_bot.incident.events import FieldValue
from ecomms_bot.incident.state import Draft, Incident, PartnerWord, Revision
from ecomms_bot.playbook.model import UnknownStep
from ecomms_bot.playbook.values import AS_OF, NEXT_UPDATE

UNDECIDED_OR_APPROVED = frozenset({"in review", "approved"})
"""A draft of this status may still go out, so partners are asked."""


def partners_of(state: Incident, draft: Draft, revision: Revision) -> tuple[str, ...]:
    """Whose word this text needs: the partners of its step if the public will read it."""
    if not revision.for_public:
        return ()
    try:
        return tuple(dict.fromkeys(state.step(draft.step).partners))
    except UnknownStep:  # as after a redaction
        return ()


def partner_words(draft: Draft, revision: Revision) -> Mapping[str, PartnerWord]:
    """Partner → the word that counts for this revision: its own, or one before it that only times changed."""
    since = revision.number
    by_number = {each.number: each for each in draft.revisions}
    while (earlier := by_number.get(since - 1)) and _only_renewed(earlier, by_number[since]):
        since -= 1
    counting = (each for each in draft.partner_words if since <= each.revision <= revision.number)
    return {each.partner: each for each in counting}


def _only_renewed(earlier: Revision, later: Revision) -> bool:
    """Whether new times are all that is new: that it was sent as a renewal does not say so by itself."""
    return later.renews and _said(earlier) == _said(later)


def _said(revision: Revision) -> Mapping[str, FieldValue]:
    """What a text is made of, but for the times that a renewal changes."""
    times = (AS_OF, NEXT_UPDATE)
    return {name: value for name, value in revision.values.items() if name not in times and value}


def unheard(state: Incident, draft: Draft, revision: Revision) -> tuple[str, ...]:
    """The partners that have not acknowledged this text, and that nobody goes on without."""
    heard = partner_words(draft, revision)
    return tuple(each for each in partners_of(state, draft, revision) if each not in heard)


def still_to_hear(state: Incident, draft: Draft) -> tuple[str, ...]:
    """The partners that a draft waits for: in review or approved, and not out."""
    if draft.last is None or draft.status not in UNDECIDED_OR_APPROVED:
        return ()
    return unheard(state, draft, draft.last)


def called_after_approval(state: Incident, draft: Draft, revision: Revision) -> bool:
    """Whether a partner still had to hear of this text when it was approved."""
    if revision.approved_at is None:
        return False
    heard, since = partner_words(draft, revision), revision.approved_seq
    return any(each not in heard or heard[each].seq > since for each in partners_of(state, draft, revision))


def held_back(state: Incident, draft: Draft) -> bool:
    """Approved, and not handed out yet: a partner has to know first."""
    return draft.status == "approved" and bool(still_to_hear(state, draft))
