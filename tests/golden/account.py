"""What an incident comes to, in words that keep their meaning: for an old log none of it may ever change.

A new line is fine for new logs; none that a kept log has may be taken away or mean something else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ecomms_bot.incident.state import Draft, Incident, Revision
from ecomms_bot.playbook.instant import Instant


def account(state: Incident) -> dict[str, Any]:
    """JSON-ready: only texts, numbers, truths, lists and objects."""
    return {
        "name": state.name,
        "area": state.area,
        "zone": state.zone,
        "exercise": state.exercise,
        "phase": state.phase,
        "severity": state.severity,
        "opener": state.opener,
        "holder": state.holder,
        "conversation": state.conversation,
        "opened": _time(state.opened_at),
        "closed": state.closing is not None,
        "head": f"{state.seq}:{state.hash}",
        "playbook": state.playbook_sha256,
        "steps": {
            name: {
                "started": _time(run.started_at),
                "due": _time(run.due),
                "drafts": list(run.drafts),
                "skipped": run.skipped is not None,
            }
            for name, run in state.steps.items()
        },
        "drafts": {name: _draft(draft) for name, draft in state.drafts.items()},
        "promises": {
            name: {
                "draft": each.draft,
                "revision": each.revision,
                "due": _time(each.due),
                "made": _time(each.made_at),
                "status": each.status,
                "late_seconds": each.late_seconds,
            }
            for name, each in state.promises.items()
        },
        "facts": {
            name: [
                [_said(each.value), each.source, each.person, _time(each.as_of), len(each.verified)]
                for each in facts
            ]
            for name, facts in state.facts.items()
        },
        "counts": {name: _said(fact.value) for name in state.facts if (fact := state.fact(name)) is not None},
        "questions": {name: [each.text, each.open] for name, each in state.questions.items()},
        "reminders": sorted(f"{key} {_time(each.at)}" for key, each in state.fired.items()),
        "handovers": [bool(each.accepted_at) for each in state.handovers.values()],
        "drill": state.drill.id if state.drill else None,
        "injects": {
            name: [_time(each.at), each.answered.how if each.answered else None]
            for name, each in state.injects.items()
        },
        "drill_ended": _time(state.drill_ended.at) if state.drill_ended else None,
        "posted": len(state.posted),
        "failures": len(state.failures),
    }


def _draft(draft: Draft) -> dict[str, Any]:
    return {
        "step": draft.step,
        "kind": draft.kind,
        "status": draft.status,
        "authors": list(draft.authors),
        "approvals": [[each.person, sorted(each.roles)] for each in draft.approvals],
        "overrides": [[each.person, each.reason] for each in draft.overrides],
        "returns": [[each.revision, each.person, each.reason, each.declined] for each in draft.returns],
        "withdrawn": draft.withdrawal is not None,
        "revisions": [_revision(each) for each in draft.revisions],
    }


def _revision(revision: Revision) -> dict[str, Any]:
    return {
        "number": revision.number,
        "author": revision.author,
        "kind": revision.kind,
        "tier": revision.tier,
        "texts": {channel: dict(texts) for channel, texts in revision.texts.items()},
        "sha256": revision.text_sha256,
        "next_update": _time(revision.next_update),
        "expires": _time(revision.expires),
        "approved": _time(revision.approved_at),
        "receipts": {
            channel: [_time(receipt.attested_at), person]
            for channel, (receipt, person) in revision.receipts.items()
        },
        "ended": {channel: word.reason for channel, word in revision.ended.items()},
    }


def _time(moment: datetime | Instant | None) -> str | None:
    if isinstance(moment, Instant):
        return f"{moment.utc.isoformat()} {moment.zone}"
    return None if moment is None else moment.isoformat()


def _said(value: str | Instant) -> str:
    return value if isinstance(value, str) else str(_time(value))
