"""Correcting a receipt: where and when a text was really posted, or that it was not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecomms_bot.incident.commands import CorrectReceipt
from ecomms_bot.incident.events import Receipt
from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.rules.common import require_draft, require_open
from ecomms_bot.incident.state import Draft, Incident, Revision
from ecomms_bot.incident.wording import reject, say
from ecomms_bot.slack import forms, inputs, names
from ecomms_bot.slack.desk import Desk
from ecomms_bot.slack.limits import within_limits
from ecomms_bot.slack.listeners import Click, Submission, done, errors
from ecomms_bot.slack.step_forms import NOT_POSTED, correct_form

Body = dict[str, Any]


def correct(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    incident, draft_id, number = value
    state = desk.state(body, incident)
    require_open(state)
    require(desk.person(body), Act.MARK, state)
    desk.open_view(body, correct_form(state, *_marked(state, draft_id, int(number))))


def correct_receipt(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any] | None:
    """Records how it was. What is left empty stays as it is recorded."""
    held, entered = forms.metadata_of(view), inputs.raw_values(view)
    missing = {name: "Choose one." for name in ("channel", "what") if not entered.get(name)}
    if missing:
        return errors(**missing)
    state = desk.state(body, held["i"])
    draft = require_draft(state, held["d"])
    revision = draft.revision(held["n"])
    found = revision.receipts.get(entered["channel"]) if revision else None
    truth = None
    if found is not None and entered["what"] != NOT_POSTED:
        truth = _as_entered(found[0], entered)
    command = CorrectReceipt(draft.id, held["n"], entered["channel"], entered.get("reason") or "", truth)
    outcome = desk.do(body, held["i"], command, view["id"])
    if outcome.duplicate:
        return done("Done", say("The receipt was corrected already."), outcome.state)
    if not outcome.new:
        return errors(what="This is what is recorded already. Change the time or the proof, or close this.")
    return None


def _marked(state: Incident, draft_id: str, number: int) -> tuple[Draft, Revision]:
    draft = require_draft(state, draft_id)
    revision = draft.revision(number)
    if revision is None or not revision.receipts:
        raise reject("no-receipt", "No channel of this text is marked any more, so nothing is to correct.")
    return draft, revision


def _as_entered(known: Receipt, entered: Mapping[str, Any]) -> Receipt:
    """The receipt with what was given. A time is kept to the second if its minute was not changed."""
    at = entered.get("attested_at") or known.attested_at
    if at == known.attested_at.replace(second=0, microsecond=0):
        at = known.attested_at
    proof = (entered.get("proof") or "").strip() or known.proof
    return Receipt(channel=known.channel, attested_at=at, proof=proof)


CLICKS: Mapping[str, tuple[Click, int]] = {names.CORRECT: (correct, 3)}
SUBMISSIONS: Mapping[str, Submission] = within_limits({names.CORRECT_FORM: correct_receipt})
