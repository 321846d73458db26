"""Steps that are skipped, and drafts that their authors take back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecomms_bot.incident.commands import Context, SkipStep, WithdrawDraft
from ecomms_bot.incident.decide import decide
from ecomms_bot.incident.rules.drafts import require_withdrawable
from ecomms_bot.incident.wording import say
from ecomms_bot.slack import correcting, forms, inputs, long_preview, names, overriding, step_forms
from ecomms_bot.slack.desk import Desk
from ecomms_bot.slack.listeners import Click, Submission, done

Body = dict[str, Any]
ANY_REASON = "-"
"""Stands for the words that the form asks for, when it is asked whether the form may open at all."""


def skip(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    incident, step = value
    state = desk.state(body, incident)
    # Refused before a form opens, if it would be refused after it was filled in.
    decide(state, SkipStep(step, ANY_REASON), _context(desk, body))
    desk.open_view(body, step_forms.skip_form(state, step))


def skip_step(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any] | None:
    held, reason = forms.metadata_of(view), inputs.raw_values(view).get("reason") or ""
    outcome = desk.do(body, held["i"], SkipStep(held["s"], reason), view["id"])
    if outcome.duplicate:
        title = outcome.state.step(held["s"]).title
        return done("Done", say("{step} was marked as skipped already.", step=title), outcome.state)
    return None


def withdraw(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    incident, draft_id = value
    state = desk.state(body, incident)
    draft = require_withdrawable(state, draft_id, _context(desk, body))
    desk.open_view(body, step_forms.withdraw_form(state, draft))


def review_more(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    """The menu of a review: what is not for everybody who reads it."""
    incident, what, draft, revision = value
    if what == "override":
        overriding.override(desk, body, (incident, draft, revision))
    else:
        withdraw(desk, body, (incident, draft))


def withdraw_draft(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any] | None:
    held, reason = forms.metadata_of(view), inputs.raw_values(view).get("reason") or ""
    outcome = desk.do(body, held["i"], WithdrawDraft(held["d"], reason), view["id"])
    if outcome.duplicate:
        return done("Done", say("The draft was taken back already."), outcome.state)
    return None


def _context(desk: Desk, body: Body) -> Context:
    return Context(desk.now(), desk.person(body), body["trigger_id"], desk.directory.roster())


CLICKS: Mapping[str, tuple[Click, int]] = {
    names.SKIP: (skip, 2),
    names.WITHDRAW: (withdraw, 2),
    names.REVIEW_MORE: (review_more, 4),
    **correcting.CLICKS,
    **long_preview.CLICKS,
}
SUBMISSIONS: Mapping[str, Submission] = {
    names.SKIP_FORM: skip_step,
    names.WITHDRAW_FORM: withdraw_draft,
    **correcting.SUBMISSIONS,
}
