"""Commands that lead to a form: opening an incident, what is next, a step, the update."""

from __future__ import annotations

from difflib import get_close_matches

from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.progress import keeping_step, next_promise, update_step
from ecomms_bot.incident.rules.common import require_open
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Rejected, any_of, reject
from ecomms_bot.playbook.model import Step
from ecomms_bot.slack import opening, urgency
from ecomms_bot.slack.cards import answers
from ecomms_bot.slack.commands.asked import Answer, Asked, normal
from ecomms_bot.slack.desk import Desk
from ecomms_bot.slack.names import COMMAND


def start(desk: Desk, asked: Asked) -> Answer:
    """Opens the form, or asks about a young one; nothing is written until the form is sent.

    Without a name it is chosen in the form, and what is alike is asked about when that is sent.
    """
    require(desk.person(asked.body), Act.OPEN, Incident(""))
    books = [loaded.playbook for loaded in desk.library.playbooks.values()]
    wanted = normal(asked.rest)
    chosen = next((book for book in books if wanted in {book.id, normal(book.title)}), None)
    if chosen is None and (wanted or not books):
        raise _no_playbook(asked.rest, [book.id for book in books])
    if chosen is None and len(books) > 1:
        opening.start_any(desk, asked.body)
        return None
    return opening.start(desk, asked.body, chosen or books[0])


def _no_playbook(typed: str, known: list[str]) -> Rejected:
    if not known:
        return reject("no-playbook", "There is no playbook yet. Ask whoever runs the bot to add one.")
    wanted = normal(typed)
    near = get_close_matches(wanted, known, 1) or [each for each in known if each in wanted]
    instead = any_of([f"{COMMAND} start {each}" for each in near or known])
    words = "There is no playbook “{typed}”. Type {instead}."
    return reject("no-playbook", words, typed=typed[:50], instead=instead)


def next_(desk: Desk, asked: Asked) -> Answer:
    """Opens what is most urgent; says so if there is nothing, and what is promised next."""
    return urgency.open_most_urgent(desk, asked.body, asked.state(desk))


def step(desk: Desk, asked: Asked) -> Answer:
    """The steps of the phase; with an id or a title: starts that step and opens its form."""
    if not asked.rest:
        return answers.steps(asked.view(desk))
    state = asked.state(desk)
    require_open(state)
    return _open(desk, asked, _step(state, asked.rest))


def update(desk: Desk, asked: Asked) -> Answer:
    """The form of the update that is promised next, else of the scheduled updates."""
    state = asked.state(desk)
    require_open(state)
    promise = next_promise(state)
    found = (keeping_step(state, promise) if promise is not None else None) or update_step(state)
    if found is None:
        raise reject(
            "no-update",
            "The phase {phase} has no scheduled update. Type {steps} to see its steps.",
            phase=state.phase,
            steps=f"{COMMAND} step",
        )
    return _open(desk, asked, found)


def _open(desk: Desk, asked: Asked, found: Step) -> Answer:
    urgency.open_step(desk, asked.body, asked.incident, found.id, asked.command_id)
    return None


def _step(state: Incident, typed: str) -> Step:
    """The step of this id or title, or of one that is near; of this phase first."""
    steps = [*state.book.steps(state.phase)]
    steps += [each for every in state.book.phases.values() for each in every if each not in steps]
    wanted = normal(typed)
    called: dict[str, Step] = {}
    for each in reversed(steps):
        called |= {normal(each.title): each, normal(each.id): each}
    if wanted in called:
        return called[wanted]
    within = [each for each in steps if wanted in normal(each.title)]
    if len(within) == 1:
        return within[0]
    if near := get_close_matches(wanted, called, 1, 0.75):
        return called[near[0]]
    offered = within or state.book.steps(state.phase)
    if not offered:
        words = "There is no step “{typed}”, and the playbook has no steps for the phase {phase}."
        raise reject("no-step", words, typed=typed[:50], phase=state.phase)
    raise reject(
        "no-step",
        "There is no step “{typed}” in the playbook of {name}. Its steps now: {steps}. Type {how}.",
        typed=typed[:50],
        name=state.name,
        steps=", ".join(f"{each.id} ({each.title})" for each in offered[:12]),
        how=f"{COMMAND} step {offered[0].id}",
    )
