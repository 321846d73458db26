"""Correcting a receipt: where and when a text was really posted, or that it was not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecomms_bot.incident.commands import Context, CorrectReceipt
from ecomms_bot.incident.events import Receipt
from ecomms_bot.incident.rules.common import require_draft
from ecomms_bot.incident.rules.receipts import require_receipts
from ecomms_bot.incident.wording import say
from ecomms_bot.slack import forms, inputs, names
from ecomms_bot.slack.desk import Desk
from ecomms_bot.slack.listeners import Click, Submission, done, errors
from ecomms_bot.slack.step_forms import NOT_POSTED, correct_form

Body = dict[str, Any]


def correct(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    incident, draft_id, number = value
    state = desk.state(body, incident)
    ctx = Context(desk.now(), desk.person(body), body["trigger_id"], desk.directory.roster())
    draft, revision = require_receipts(state, draft_id, int(number), ctx)
    desk.open_view(body, correct_form(state, draft, revision))


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


def _as_entered(known: Receipt, entered: Mapping[str, Any]) -> Receipt:
    """The receipt with what was given; what was left empty stays."""
    return Receipt(
        channel=known.channel,
        attested_at=entered.get("attested_at") or known.attested_at,
        proof=(entered.get("proof") or "").strip() or known.proof,
    )


CLICKS: Mapping[str, tuple[Click, int]] = {names.CORRECT: (correct, 3)}
SUBMISSIONS: Mapping[str, Submission] = {names.CORRECT_FORM: correct_receipt}
