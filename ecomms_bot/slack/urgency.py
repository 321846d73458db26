"""What is most urgent, opened: for `/ecomms next` and the card's *Next step*."""

from __future__ import annotations

from typing import Any

from ecomms_bot.incident.commands import StartStep
from ecomms_bot.incident.events import Kind
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.partners import held_back
from ecomms_bot.incident.policy import Act, Person, may, require
from ecomms_bot.incident.progress import Urgent, final_reason, next_promise, urgent, waiting
from ecomms_bot.incident.rules.common import require_open
from ecomms_bot.incident.rules.partnering import require_heard
from ecomms_bot.incident.rules.releases import require_approved
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Sentence, When, Who, reject, say
from ecomms_bot.playbook.model import Step
from ecomms_bot.slack import forms
from ecomms_bot.slack.cards.facts import facts
from ecomms_bot.slack.cards.publishing import stale, two_ways
from ecomms_bot.slack.cards.putting_right import put_right
from ecomms_bot.slack.cards.view import View, joined
from ecomms_bot.slack.composing import begin
from ecomms_bot.slack.desk import Desk, user_id
from ecomms_bot.slack.following import taken_up
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.names import COMMAND
from ecomms_bot.slack.partnering import open_heard_form
from ecomms_bot.slack.text import listed
from ecomms_bot.slack.writing import Writing, draft_form

Body = dict[str, Any]


def open_most_urgent(desk: Desk, body: Body, state: Incident) -> Message | Sentence | None:
    """Opens the form of the first thing that a form can help with; else says what waits for whom."""
    require_open(state)
    require(desk.person(body), Act.DRAFT, state)
    person = desk.person(body)
    to_do = (each for each in urgent(state, desk.now()) if not _decided_by_others(state, each, person))
    first = next(to_do, None)
    if first is None:
        return _nothing(state)
    draft = state.drafts.get(first.draft)
    view = View(state, desk.directory.roster(), desk.now())
    if first.kind == "conflict":
        return facts(view, person)
    if draft is not None and first.kind in {"put-right", "expired"}:
        return put_right(view, draft, first.revision)
    if draft is not None and held_back(state, draft):
        open_heard_form(desk, body, state, draft.id, draft.current.number)
        return None
    if draft is not None and stale(view, draft):
        return two_ways(view, draft)
    if draft is not None and draft.status == "approved":
        open_mark_form(desk, body, state, draft.id, draft.current.number)
    else:
        step = state.step(first.step)
        open_draft_form(desk, body, state, step.id, draft.kind if draft else kind_of(state, step))
    return None


def _decided_by_others(state: Incident, what: Urgent, person: Person) -> bool:
    if what.kind == "conflict":
        return not may(person, Act.DECIDE_FACT, state)
    draft = state.drafts.get(what.draft)
    return draft is not None and draft.status == "in review"


def _nothing(state: Incident) -> Sentence:
    """What there is to wait for, and what is promised next."""
    said = say("Nothing of *{name}* waits to be written or published.", name=state.name)
    for each in waiting(state):
        if each.roles:
            words = "*{title}*, revision {number}, waits for approval by {roles}."
            roles = listed(each.roles)
            said = joined(
                said, say(words, title=each.step.title, number=each.draft.current.number, roles=roles)
            )
    promise = next_promise(state)
    if promise is None and final_reason(state):
        close = say("No more updates were promised. When all is done, type {how}.", how=f"{COMMAND} close")
        return joined(said, close)
    if promise is not None:
        return joined(said, say("The next update is promised for {when}.", when=When.of(promise.due)))
    return joined(said, say("No update is promised. Type {steps} to see all steps.", steps=f"{COMMAND} step"))


def kind_of(state: Incident, step: Step) -> Kind:
    """The text that is under way, or the one that the step is there for."""
    draft = state.draft_of(step.id)
    return draft.kind if draft is not None else step.main.kind


def open_draft_form(desk: Desk, body: Body, state: Incident, step: str, kind: Kind) -> None:
    """Opens the form of a step's text, with what was kept last."""
    require_open(state)
    require(desk.person(body), Act.DRAFT, state)
    desk.open_view(
        body, draft_view(desk, state, step, kind, person=user_id(body), made_with=body["trigger_id"])
    )


def draft_view(
    desk: Desk, state: Incident, step: str, kind: Kind, *, person: str, made_with: str
) -> dict[str, Any]:
    """The form itself, for this person; a draft that begins with it is named after `made_with`."""
    draft = state.draft_of(step)
    if draft is not None:
        writing = Writing.going_on(state, draft, kind)
    else:
        writing = taken_up(state, Writing(state.id, make_id("d", made_with), step, kind))
    begins = begin(state, writing, person, desk.now(), desk.office_values())
    return draft_form(state, writing, begins)


def open_step(desk: Desk, body: Body, incident: str, step: str, command_id: str) -> None:
    """The form first: what lets it open lives 3 s. Then the step is under way, with a thread of its own."""
    state = desk.state(body, incident)
    require_open(state)
    open_draft_form(desk, body, state, step, kind_of(state, state.step(step)))
    if step not in state.steps:
        desk.do(body, incident, StartStep(step), command_id)


def open_mark_form(desk: Desk, body: Body, state: Incident, draft_id: str, revision: int) -> None:
    """The form in which somebody attests where the approved text was posted."""
    require(desk.person(body), Act.MARK, state)
    draft = require_approved(state, draft_id, revision)
    require_heard(state, draft, draft.current)
    text = draft.revision(revision) or draft.current
    if set(text.texts) <= set(text.receipts):
        who = tuple(Who(person) for person in dict.fromkeys(mark.person for mark in draft.marks))
        raise reject("marked", "Every channel is marked already, by {who}. Nothing was changed.", who=who)
    desk.open_view(body, forms.mark_form(state, draft, text, desk.now()))
