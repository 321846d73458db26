"""Steps that are skipped, and drafts that their authors take back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecomms_bot.incident.commands import Command, Context, SkipStep, WithdrawDraft
from ecomms_bot.incident.decide import decide
from ecomms_bot.incident.rules.common import require_draft
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import say
from ecomms_bot.slack import correcting, forms, inputs, long_preview, names, step_forms
from ecomms_bot.slack.desk import Desk
from ecomms_bot.slack.limits import within_limits
from ecomms_bot.slack.listeners import Click, Submission, done

Body = dict[str, Any]
ANY_REASON = "-"
"""Stands for the words that the form asks for, when it is asked whether the form may open at all."""


def skip(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    incident, step = value
    state = desk.state(body, incident)
    require_possible(desk, body, state, SkipStep(step, ANY_REASON))
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
    require_possible(desk, body, state, WithdrawDraft(draft_id))
    desk.open_view(body, step_forms.withdraw_form(state, require_draft(state, draft_id)))


def withdraw_draft(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any] | None:
    held, reason = forms.metadata_of(view), inputs.raw_values(view).get("reason") or ""
    outcome = desk.do(body, held["i"], WithdrawDraft(held["d"], reason), view["id"])
    if outcome.duplicate:
        return done("Done", say("The draft was taken back already."), outcome.state)
    return None


def require_possible(desk: Desk, body: Body, state: Incident, command: Command) -> None:
    """Refuse before a form opens what would be refused after it was filled in."""
    person, roster = desk.person(body), desk.directory.roster()
    decide(state, command, Context(desk.now(), person, body["trigger_id"], roster))


CLICKS: Mapping[str, tuple[Click, int]] = {
    names.SKIP: (skip, 2),
    names.WITHDRAW: (withdraw, 2),
    **correcting.CLICKS,
    **long_preview.CLICKS,
}
SUBMISSIONS: Mapping[str, Submission] = {
    **within_limits({names.SKIP_FORM: skip_step, names.WITHDRAW_FORM: withdraw_draft}),
    **correcting.SUBMISSIONS,
}
