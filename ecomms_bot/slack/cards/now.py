"""What somebody has to do now, and the one button that does it: the heart of the card."""

from __future__ import annotations

from collections.abc import Iterator

from ecomms_bot.incident.progress import (
    final_reason,
    keeping_step,
    next_steps,
    owed_by,
    step_due,
    step_status,
)
from ecomms_bot.incident.reminders import said_overdue
from ecomms_bot.incident.rules.overriding import unseen
from ecomms_bot.incident.state import Draft
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Step
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button
from ecomms_bot.slack.cards.asking import asked, with_wanted
from ecomms_bot.slack.cards.partners import onward_button, to_tell
from ecomms_bot.slack.cards.publishing import stale
from ecomms_bot.slack.cards.putting_right import begun, go_on_button, to_put_right
from ecomms_bot.slack.cards.view import View, called, due, joined, renew_button
from ecomms_bot.slack.message import Block


def now_and_waiting(view: View, *, read_now: bool = False) -> tuple[list[Sentence], list[Sentence]]:
    """What is to be posted or written; else what is to be decided; else to close. And what waits."""
    to_do = [*to_put_right(view, read_now=read_now), *to_post_or_write(view)]
    reviews = [draft for draft in _drafts(view) if draft.status == "in review"]
    looks = list(second_looks(view))
    if to_do:
        return to_do, [*(_waits(view, draft, read_now=read_now) for draft in reviews), *looks]
    if reviews:
        return [_decides(view, draft, read_now=read_now) for draft in reviews], looks
    if final_reason(view.state):
        return [say("close the incident → {who}", who=Who(view.state.holder))], looks
    return [], looks


def to_post_or_write(view: View) -> list[Sentence]:
    return [*_to_post(view), *_to_write(view)]


def second_looks(view: View) -> Iterator[Sentence]:
    """What was let out and waits for a look from outside."""
    for draft in view.state.drafts.values():
        for revision in unseen(view.state, draft):
            why = (
                "⚠️ {title}, revision {n}, approval overridden"
                if revision.overridden
                else "{title}, revision {n}"
            )
            words = f"{why}: a second look by a lead who had no part in it"
            yield say(words, title=view.of(draft, revision), n=revision.number)


def now_buttons(view: View) -> Iterator[Block]:
    """The first is primary. While others decide there is nothing to press: a lead sees the words first."""
    state = view.state
    approved = next((draft for draft in _drafts(view) if draft.status == "approved"), None)
    wrong = next(iter(begun(state)), None)
    if wrong is not None and (go_on := go_on_button(view, wrong)) is not None:
        yield go_on
    elif approved is not None and stale(view, approved):
        yield renew_button(view, approved)
        yield onward_button(view, approved, primary=False)
    elif approved is not None:
        yield onward_button(view, approved)
    if to_write(view):
        yield button("Next step", names.NEXT_STEP, state.id, None if approved or wrong else "primary")
    elif not any(_drafts(view)) and final_reason(state):
        yield button("Close the incident…", names.CLOSE, state.id, "primary")


def to_write(view: View) -> tuple[Step, ...]:
    """The steps to write on; while an update is owed, its step is one of them until a text is in review."""
    state = view.state
    steps = next_steps(state)
    keeping = [keeping_step(state, promise) for promise in state.live_promises]
    owed = {step.id: step for step in keeping if step is not None and step not in steps}
    return (
        *steps,
        *(each for each in owed.values() if step_status(state, each.id) in {"to do", "published"}),
    )


def _drafts(view: View) -> Iterator[Draft]:
    """Submitted, and neither out nor declined, oldest first."""
    return (draft for draft in view.state.drafts.values() if draft.revisions and draft.open and draft.step)


def _to_post(view: View) -> Iterator[Sentence]:
    do, did = ("play", "played") if view.state.exercise else ("post", "posted")
    for draft in _drafts(view):
        if draft.status != "approved":
            continue
        if (first := to_tell(view, draft)) is not None:
            yield joined(first, say("{who}", who=Who(draft.current.author)), " → ")
            continue
        words = "{do} *{title}*, then mark it → {who}"
        if stale(view, draft):
            words = "⚠️ *{title}*: its promised time has passed. Renew its times, or mark it if {did} → {who}"
        title, who = view.of(draft, draft.current), Who(draft.current.author)
        yield say(words, do=do, did=did, title=title, who=who)


def _to_write(view: View) -> Iterator[Sentence]:
    for step in to_write(view):
        draft = view.state.draft_of(step.id)
        what, who = say("{title}", title=step.title), view.state.holder
        if draft is not None and draft.status == "returned":
            what = joined(what, say("sent back by {lead}", lead=Who(draft.returns[-1].person)), ", ")
            who = draft.current.author
        wanted = _wanted(view, step)
        if wanted is not None and _said_late(view, step):
            what = joined(say("⚠️"), joined(what, say("was due {when}", when=due(wanted)), ", "))
        elif wanted is not None:
            what = joined(what, say("due {when}", when=due(wanted)), ", ")
        yield joined(what, say("{who}", who=Who(who)), " → ")


def _said_late(view: View, step: Step) -> bool:
    """Whether this is the update that people were told is not out."""
    promise = owed_by(view.state, step)
    return promise is not None and said_overdue(view.state, promise.id)


def _wanted(view: View, step: Step) -> Instant | None:
    promise = owed_by(view.state, step)
    return promise.due if promise is not None else step_due(view.state, step.id)


def _decides(view: View, draft: Draft, *, read_now: bool) -> Sentence:
    """As in "@Pia decides on Holding statement"; with the roles where several people are asked."""
    whom = asked(view, draft)
    what = say("on *{title}*", title=view.of(draft, draft.current))
    if not view.state.roles_configured or not whom.users:
        first = joined(say("{roles} decides", roles=whom.needed), what)
    elif len(whom.users) == 1:
        first = joined(joined(called(whom.users), say("decides")), what)
    else:
        first = joined(joined(called(whom.users), say("decide")), what)
        first = joined(first, say("({roles})", roles=whom.needed))
    return with_wanted(view, draft, first, read_now=read_now)


def _waits(view: View, draft: Draft, *, read_now: bool) -> Sentence:
    revision = draft.current
    first = say(
        "{title}, revision {n}: approval by {roles}",
        title=view.of(draft, revision),
        n=revision.number,
        roles=asked(view, draft).needed,
    )
    return with_wanted(view, draft, first, read_now=read_now)
