"""The root message of a step: what it is for, what to do and check, and the buttons to write its texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from ecomms_bot.incident.partners import still_to_hear
from ecomms_bot.incident.progress import StepStatus, step_due, step_status
from ecomms_bot.incident.state import Draft, Incident, StepRun, Word
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.playbook.model import Step, UnknownStep
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, buttons, paragraphs, section
from ecomms_bot.slack.cards.asking import tier_roles
from ecomms_bot.slack.cards.checklists import to_do_and_checks
from ecomms_bot.slack.cards.following import progress
from ecomms_bot.slack.cards.leaders import where_it_is
from ecomms_bot.slack.cards.view import (
    WRITE_LABELS,
    View,
    channel_names,
    compose,
    due,
    joined,
    lines,
    no_change_button,
    out_word,
    write_button,
)
from ecomms_bot.slack.message import Block, Message
from ecomms_bot.slack.text import VALUE_MAX, duration, every, listed, mrkdwn

STATUS: Mapping[StepStatus, str] = {
    "to do": "to do",
    "drafting": "a draft is being written",
    "in review": "waiting for approval, in this thread",
    "approved": "approved, to be {out} and marked",
    "published": "{out}",
}


def step_root(view: View, step_id: str) -> Message:
    try:
        step = view.state.step(step_id)
    except UnknownStep:
        gone = say("Step {id} is not in this incident's playbook.", id=step_id)
        return compose([gone], [section(mrkdwn(gone))])
    title, purpose = _title(view.state, step), say("{purpose}", purpose=step.purpose)
    status = _status(view, step)
    checks = list(to_do_and_checks(step))
    often = _how_often(view.state, step)
    blocks = [
        section(mrkdwn(title)),
        section(mrkdwn(purpose)),
        *paragraphs(lines([_audience(view.state, step), often], VALUE_MAX)),
        *paragraphs(lines(checks)),
        section(mrkdwn(status)),
        *(_buttons(view, step) if view.state.open else ()),
    ]
    return compose([joined(title, purpose, ". "), status, often, *checks], blocks)


def _title(state: Incident, step: Step) -> Sentence:
    wanted = step_due(state, step.id) if step.recurrence != "recurring" else None
    if wanted is None:
        return say("*{id} · {title}*", id=step.id, title=step.title)
    return say("*{id} · {title}* · due {when}", id=step.id, title=step.title, when=due(wanted))


def _audience(state: Incident, step: Step) -> Sentence:
    tier = state.book.tiers[step.tier]
    return say(
        "*For:* {audience} · *On:* {channels} · *Approval:* {roles}, within {target}",
        audience=step.audience,
        channels=channel_names(step.channels),
        roles=tier_roles(state, tier.roles),
        target=duration(timedelta(minutes=tier.target_minutes)),
    )


def _how_often(state: Incident, step: Step) -> Sentence:
    """The three kinds of steps in words. A promise is the clock of texts that make one."""
    if step.recurrence == "on-demand":
        return say("*How often:* on demand, whenever it is needed")
    if step.recurrence == "once":
        return say("*How often:* once")
    often = say("*How often:* {every}", every=every(state.book.cadence(step, state.severity)))
    if step.cadence == "severity":
        often = joined(often, say("as severity {severity} asks", severity=state.severity), ", ")
    following = step_due(state, step.id) if state.open else None
    return joined(often, say("next due {when}", when=due(following)), " · ") if following else often


def _status(view: View, step: Step) -> Sentence:
    status = step_status(view.state, step.id)
    draft = view.state.draft_of(step.id)
    run = view.state.steps.get(step.id)
    told = _put_right(view.state, run) if draft is None and view.state.open else None
    if told is not None:
        return joined(say("⚠️ *Status:*"), joined(told, say("."), ""))
    sent_back = None
    if not view.state.open:
        words = "{out}. The incident is closed" if status == "published" else "the incident is closed"
    elif run is not None and run.skipped is not None:
        return _skipped(view, run.skipped)
    elif (taken_back := _taken_back(view.state, run)) is not None:
        who, at = Who(taken_back.person), view.when(taken_back.at)
        return say("*Status:* to do. {who} withdrew the last draft at {when}.", who=who, when=at)
    elif draft is not None and draft.status == "returned":
        words, sent_back = "sent back by {who}, to be changed", Who(draft.returns[-1].person)
    elif status == "published" and (posted := _to_leaders(view, step, run)) is not None:
        return posted
    elif status == "published" and step.recurrence == "recurring":
        words = "the last one is {out}; the next one can be written"
    elif draft is not None and (left := still_to_hear(view.state, draft)) and status == "approved":
        return say("*Status:* approved; waits until {partners} know it.", partners=listed(left))
    else:
        words = STATUS[status]
    done = "✅ " if status == "published" else ""
    return say(f"{done}*Status:* {words}.", out=out_word(view), who=sent_back or "")


def _to_leaders(view: View, step: Step, run: StepRun | None) -> Sentence | None:
    """Where leaders read its text, if the bot posted the last one."""
    drafts = [view.state.drafts[each] for each in run.drafts] if run else []
    last = next((each for each in reversed(drafts) if each.status == "published"), None)
    posted = where_it_is(view, last) if last else None
    if posted is None:
        return None
    more = ". The next one can be written." if step.recurrence == "recurring" else "."
    return joined(say("✅ *Status:*"), joined(posted, say(more), ""))


def _put_right(state: Incident, run: StepRun | None) -> Sentence | None:
    """How far the step's last correction has come that is not everywhere yet."""
    drafts = [state.drafts[each] for each in run.drafts] if run else []
    return next((told for each in reversed(drafts) if (told := progress(state, each))), None)


def _skipped(view: View, word: Word) -> Sentence:
    return say(
        "*Status:* skipped by {who} at {when}; writing its text takes it up again. The reason: {reason}",
        who=Who(word.person),
        when=view.when(word.at),
        reason=word.reason,
    )


def _taken_back(state: Incident, run: StepRun | None) -> Word | None:
    """Who withdrew the step's last draft, if that is why it is to do."""
    if run is None or not run.drafts or step_status(state, run.id) != "to do":
        return None
    return state.drafts[run.drafts[-1]].withdrawal


def _buttons(view: View, step: Step) -> Iterator[Block]:
    """The first text and *No change* in one row, others in rows of their own: a row takes each action once.

    While a draft is under way its kind comes first; *No change*, which would begin another, is not offered.
    While others decide on it or it is to be posted, a new revision is possible but not what is asked for.
    """
    status = step_status(view.state, step.id)
    if status == "published" and step.recurrence == "once":
        return
    draft = view.state.draft_of(step.id)
    kind = draft.kind if draft else step.main.kind
    label = "Write new revision" if draft and draft.revisions else WRITE_LABELS[kind]
    others = [text.kind for text in step.texts.values() if text.kind != kind]
    no_change = no_change_button(view, step.id) if "no-change" in others and draft is None else None
    primary = status not in {"in review", "approved"}
    skip = _skip_button(view, step) if _may_be_skipped(view.state, step) else None
    yield from buttons(write_button(view, step.id, kind, label, primary=primary), no_change, skip)
    for other in others:
        if other != "no-change":
            yield from buttons(write_button(view, step.id, other))
    if draft is not None and not any(each.receipts for each in draft.revisions):
        yield from buttons(withdraw_button(view, draft))


def _may_be_skipped(state: Incident, step: Step) -> bool:
    """Begun and to do, with no text on its way. A working copy alone is kept and waits."""
    return step.id in state.steps and step_status(state, step.id) in {"to do", "drafting"}


def _skip_button(view: View, step: Step) -> Block:
    return button("Skip…", names.SKIP, names.pack(view.state.id, step.id))


def withdraw_button(view: View, draft: Draft) -> Block:
    """For its authors, on the message that they write from, away from where leads decide."""
    return button("Withdraw draft…", names.WITHDRAW, names.pack(view.state.id, draft.id))
