"""Facts that somebody confirms or decides, and what texts say of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecomms_bot.incident.commands import Context, DecideFact, VerifyFact
from ecomms_bot.incident.policy import Act, may, require
from ecomms_bot.incident.rules.facts import require_decidable
from ecomms_bot.incident.state import Fact, Incident
from ecomms_bot.incident.timeline import line
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.slack import forms, inputs, names
from ecomms_bot.slack.cards.changed_fact import saying
from ecomms_bot.slack.cards.fact_words import fact_line, said_by
from ecomms_bot.slack.cards.facts import follows
from ecomms_bot.slack.cards.flags import outdated, step_of_update
from ecomms_bot.slack.cards.view import View, joined, with_more
from ecomms_bot.slack.desk import Desk, aside, user_id
from ecomms_bot.slack.fact_forms import decide_form
from ecomms_bot.slack.listeners import Click, Submission, done
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.noting import require_fact
from ecomms_bot.slack.urgency import draft_view, kind_of

Body = dict[str, Any]


def use(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    """Opens the form in which somebody says that this counts, unless it would be refused afterwards."""
    incident, fact_id = value
    state = desk.state(body, incident)
    ctx = Context(desk.now(), desk.person(body), body["trigger_id"], desk.directory.roster())
    fact = require_fact(state, fact_id)
    require_decidable(state, fact.name, fact.id, ctx)
    view = _view(desk, state)
    writes = may(ctx.person, Act.DRAFT, state) and _update_step(state, fact) != ""
    desk.open_view(body, decide_form(view, fact, body.get("response_url", ""), writes=writes))


def decided(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any] | None:
    """Records which one counts, and goes on with the update if that was asked for."""
    held, entered = forms.metadata_of(view), inputs.raw_values(view)
    state = desk.state(body, held["i"])
    fact = require_fact(state, entered.get("fact") or held["f"])
    command = DecideFact(fact.name, fact.id, entered.get("reason") or "")
    outcome = desk.do(body, held["i"], command, view["id"])
    state = outcome.state
    if outcome.duplicate or not outcome.new:
        return done("Done", _counts_already(desk, state, fact), state)
    told = joined(say("Entry {entry}:", entry=outcome.new[0].seq), line(outcome.new[0], state))
    if entered.get("then") and (step := _update_step(state, fact)):
        form = draft_view(
            desk, state, step, kind_of(state, state.step(step)), person=user_id(body), made_with=view["id"]
        )
        return {"response_action": "update", "view": form}
    if not held["u"]:
        return done("Done", told, state)
    message = with_more(aside(told), *follows(_view(desk, state), fact.name, desk.person(body)))
    desk.answers.say(held["u"], desk.personal(message, exercise=state.exercise), exercise=state.exercise)
    return None


def _counts_already(desk: Desk, state: Incident, fact: Fact) -> Sentence:
    decision = state.decided.get(fact.name)
    view = _view(desk, state)
    told = joined(said_by(view, fact), say("counts already. Nothing was decided twice."))
    if decision is None:
        return told
    return joined(
        told, say("{who} decided it at {when}.", who=Who(decision.person), when=view.when(decision.at))
    )


def _update_step(state: Incident, fact: Fact) -> str:
    """The step of the text that puts right what published texts say; "" if none says anything else."""
    flagged = [flag for each in outdated(state, fact.name) for flag in each.out]
    step = step_of_update(state, flagged) if flagged else None
    return step.id if step is not None else ""


def confirm(desk: Desk, body: Body, value: tuple[str, ...]) -> Sentence:
    """A lead says that it is so, as it is shown."""
    incident, fact_id = value
    fact = require_fact(desk.state(body, incident), fact_id)
    outcome = desk.do(body, incident, VerifyFact(fact.name, fact.id), body["trigger_id"])
    known = require_fact(outcome.state, fact_id)
    first = say("You confirmed it already." if not outcome.new else "Confirmed.")
    return joined(first, fact_line(_view(desk, outcome.state), known))


def show(desk: Desk, body: Body, value: tuple[str, ...]) -> Message:
    """The texts that say what counts no more."""
    incident, fact_id = value
    state = desk.state(body, incident)
    require(desk.person(body), Act.STATUS, Incident(""))
    return saying(_view(desk, state), require_fact(state, fact_id).name)


def _view(desk: Desk, state: Incident) -> View:
    return View(state, desk.directory.roster(), desk.now())


CLICKS: Mapping[str, tuple[Click, int]] = {
    names.USE_FACT: (use, 2),
    names.CONFIRM_FACT: (confirm, 2),
    names.SHOW_SAYING: (show, 2),
}
SUBMISSIONS: Mapping[str, Submission] = {names.DECIDE_FACT_FORM: decided}
