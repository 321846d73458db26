"""Reminders: what is due, for whom, what stands in the way. No "late" before five minutes have passed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from ecomms_bot.incident.keys import second_review_of
from ecomms_bot.incident.partners import held_back
from ecomms_bot.incident.progress import step_due
from ecomms_bot.incident.reminders import review_wanted, waits_for_public_receipt
from ecomms_bot.incident.rules.escalating import asked_to_decide
from ecomms_bot.incident.rules.overriding import lookers, needed, unseen
from ecomms_bot.incident.rules.releases import GRACE
from ecomms_bot.incident.state import Draft, Fired, Promise, Question
from ecomms_bot.incident.things import review_thing
from ecomms_bot.incident.wording import Sentence, When, say
from ecomms_bot.playbook.exercise import unmarked
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, buttons, paragraphs, quote, section
from ecomms_bot.slack.cards.asking import asked, off_duty
from ecomms_bot.slack.cards.fact_ends import fact_ends
from ecomms_bot.slack.cards.obligations import in_the_way, way_out
from ecomms_bot.slack.cards.override import override_button, second_look, second_look_buttons
from ecomms_bot.slack.cards.partners import reminded
from ecomms_bot.slack.cards.publishing import stale
from ecomms_bot.slack.cards.putting_right import of_expiry, of_put_right
from ecomms_bot.slack.cards.questions import answer_button, question_due
from ecomms_bot.slack.cards.view import (
    View,
    called,
    compose,
    due,
    gone,
    joined,
    lines,
    link,
    mark_button,
    message_link,
    out_word,
    renew_button,
    to_go,
    write_button,
)
from ecomms_bot.slack.message import Block, Message
from ecomms_bot.slack.text import duration, mrkdwn

SAY_LATE = timedelta(seconds=60)
"""A reminder that comes later than this says how late it is."""
QUOTED = ("x", "sms")
"""The short texts, of which one is shown again."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a reminder says, what it quotes (a line and the words below it), and its buttons."""

    said: Sequence[Sentence]
    quoted: tuple[Sentence, str] | None = None
    buttons: tuple[Block, ...] = ()


def reminder(view: View, key: str, *, dm: bool) -> Message:
    fired = view.state.fired.get(key)
    content = _content(view, fired) if fired else None
    if fired is None or content is None:
        return gone("What this reminder is about")
    first, *others = content.said
    if dm:
        first = joined(link(view), _lowered(first), ": ")
    elif _calls(fired):
        first = _to(called(fired.event.to), first)
    elif fired.event.to:
        others.append(_sent_to(view, fired))
    if dm or _calls(fired):
        others += _where(view, fired)
    said = [first, *others, *_asides(view, fired)]
    blocks = [*paragraphs(lines(said))]
    if content.quoted is not None:
        above, text = content.quoted
        blocks += [section(mrkdwn(above)), *quote(text)]
        said.append(joined(above, say("{text}", text=unmarked(text))))
    return compose(said, (*blocks, *(content.buttons if view.state.open else ())))


def _calls(fired: Fired) -> bool:
    """Whether it mentions people: not those who have it as a direct message as well."""
    alone = fired.event.key.startswith("unmarked/") or bool(fired.event.role)
    return alone and bool(fired.event.to)


def _sent_to(view: View, fired: Fired) -> Sentence:
    """In the thread, for those who read along."""
    if fired.event.key.startswith("question/"):
        return say("(sent to who owns the question)")
    if fired.event.key.startswith("review/"):
        return say("(sent to whose decision is missing)")
    if fired.event.key.startswith("partner/"):
        return say("(sent to its author)")
    if fired.event.key.startswith("fact/"):
        return say("(sent to who recorded it, and to the holder of the incident)")
    if set(fired.event.to) == {view.state.holder}:
        return say("(sent to the holder of the incident)")
    if len(set(fired.event.to)) == 1:
        return say("(sent to its author)")
    return say("(sent to the author and the holder of the incident)")


def _where(view: View, fired: Fired) -> Iterator[Sentence]:
    """For who does not read it below the review itself: where that is."""
    subject, draft_id, *rest = fired.event.key.split("/")
    draft = view.state.drafts.get(draft_id)
    if subject == "review" and draft is not None and _undecided(draft, rest[0]):
        there = message_link(view, review_thing(draft_id, draft.current.number), "Read and decide")
        yield there or say("It is in the thread of {step}.", step=view.title(draft.step, draft.kind))


def _to(who: Sentence, said: Sentence) -> Sentence:
    """As in "@Irene, the update …", or "@Irene: *Holding statement* …" before a title."""
    return joined(who, _lowered(said), ", " if said.template[0].isalpha() else ": ")


def _lowered(said: Sentence) -> Sentence:
    return Sentence(said.template[0].lower() + said.template[1:], said.values)


def _content(view: View, fired: Fired) -> Content | None:
    subject, subject_id, *rest = fired.event.key.split("/")
    state = view.state
    match subject:
        case "promise" if subject_id in state.promises:
            promise = state.promises[subject_id]
            if promise.status != "live":
                return Content(
                    [say("The update promised for {when} is settled by now.", when=due(promise.due))]
                )
            return _escalation(view, promise) if fired.event.role else _before(view, promise)
        case _ if (draft := state.drafts.get(subject_id)) is not None:
            return _of_draft(view, draft, fired)
        case "step" if subject_id in state.steps:
            return _step_due(view, subject_id, again=bool(rest))
        case "fact" if (ends := fact_ends(view, subject_id)) is not None:
            return Content(ends[0], buttons=ends[1])
        case "question" if subject_id in state.questions:
            return _question_due(view, state.questions[subject_id])
        case "personal" if subject_id in state.reminders:
            own = state.reminders[subject_id]
            return Content(
                [say("Your reminder for {when}.", when=due(own.due))], (say("You wrote:"), own.text)
            )
        case _:
            return None


def _of_draft(view: View, draft: Draft, fired: Fired) -> Content | None:
    subject, _, *rest = fired.event.key.split("/")
    match subject:
        case "review":
            return _review(view, draft, *rest[:2])
        case "partner":
            said, row = reminded(view, draft)
            return Content(said, buttons=row)
        case "put-right":
            return _told(*of_put_right(view, draft))
        case "expiry":
            return _told(*of_expiry(view, draft, rest[0]))
        case "second-review":
            return _second_look(view, draft, second_review_of(fired.event.key))
        case _:
            return _unmarked(view, draft, promised=subject == "unmarked-promise")


def _told(said: Sequence[Sentence], row: Sequence[Block | None]) -> Content:
    return Content(said, buttons=buttons(*row))


def _second_look(view: View, draft: Draft, let_out: int) -> Content | None:
    revision = next((each for each in draft.revisions if each.approved_seq == let_out), None)
    if revision is None:
        return Content([say("*{title}* does not wait for a second look any more.", title=view.of(draft))])
    title = say("*{title}*, revision {n}", title=view.of(draft, revision), n=revision.number)
    if revision not in unseen(view.state, draft):
        looked = list(second_look(view, draft, revision))
        none = joined(title, say("does not wait for a second look any more."))
        return Content([joined(title, looked[0], ": ") if looked else none])
    asks = joined(title, say("was let out, and nobody else has looked at it since. Please do."), ", ")
    there = message_link(view, review_thing(draft.id, revision.number), "Read it")
    said = [joined(asks, there) if there is not None else asks]
    if view.state.roles_configured and not lookers(draft, revision, view.roster)[1]:
        who = "Every lead who is on duty" if view.roster.off else "Every lead"
        said.append(say("{who} had a part in it. Please find somebody else who can be one.", who=who))
    return Content(said, buttons=second_look_buttons(view, draft, revision))


def _undecided(draft: Draft, number: str) -> bool:
    return draft.status == "in review" and str(draft.current.number) == number


def _review(view: View, draft: Draft, number: str, point: str) -> Content:
    """For whose decision is missing; at the target their deputies too, then who can find a way on."""
    title = say("*{title}*, revision {n}", title=view.of(draft, draft.revision(int(number))), n=number)
    if not _undecided(draft, number):
        return Content([joined(title, say("does not wait for approval any more."))])
    revision, whom = draft.current, asked(view, draft)
    since = view.when(revision.taken_back.at if revision.taken_back else revision.at)
    wanted = review_wanted(revision)
    words = "waits for approval by {roles} since {since}, wanted by {when}, {to_go}."
    when, span = view.when(wanted), to_go(wanted, view.now)
    said = [joined(title, say(words, roles=whom.needed, since=since, when=when, to_go=span)), *whom.notes]
    everybody = asked_to_decide(view.state, draft, view.roster, deputies=True)
    if point == "half":
        return Content(said)
    if point == "target":
        if deputies := [
            each for each in everybody if each not in asked_to_decide(view.state, draft, view.roster)
        ]:
            said.append(joined(say("Deputies are asked too:"), joined(called(deputies), say("."), "")))
        return Content(said)
    if everybody:
        said.append(joined(say("Asked:"), joined(called(everybody), say("."), "")))
    if not needed(view.state, revision):
        said.append(say("Please find who decides. It cannot go out without."))
        return Content(said)
    said.append(say("Please find who decides. If it cannot wait, pio or ic can override the approval."))
    return Content(said, buttons=buttons(override_button(view, draft)))


def _question_due(view: View, asked: Question) -> Content:
    answer = (answer_button(view, asked),) if asked.open else ()
    return Content([question_due(view, asked)], (say("The public asks:"), asked.text), buttons(*answer))


def _asides(view: View, fired: Fired) -> Iterator[Sentence]:
    if fired.event.stand_in:
        told = "so this goes to you" if fired.event.to else "and nobody stands in"
        if view.state.roles_configured:
            words = "Nobody has the role {role}, {told}."
            if view.roster.all_of(fired.event.role):
                words = "Nobody with the role {role} is on duty, {told}."
            yield say(words, role=fired.event.role, told=told)
        else:
            yield say("No roles are configured, {told}.", told=told)
    if fired.event.off_duty:
        yield off_duty(fired.event.off_duty, fired.event.to)
    late = timedelta(seconds=fired.event.late_seconds)
    waited = view.now - fired.at
    if late + waited >= SAY_LATE:
        cause = _why_late(view, fired, late)
        words = "(said {span} late: {cause})" if cause else "(said {span} late)"
        yield say(words, span=duration(late + waited), cause=cause)


def _why_late(view: View, fired: Fired, late: timedelta) -> str:
    """What held it up, as far as that is known: a database or a machine may have been slow as well."""
    if late < SAY_LATE:
        return "Slack could not be reached"
    was_due = fired.at - late
    gone_by = any(each.event.since <= was_due <= each.event.until for each in view.state.away)
    return "the bot was away" if gone_by else ""


def _before(view: View, promise: Promise) -> Content:
    """Before the promised time: what is left to do, or what was said last."""
    said = [
        say(
            "Update promised for {when}, {to_go}.",
            when=due(promise.due),
            to_go=to_go(promise.due.utc, view.now),
        )
    ]
    obstacle = in_the_way(view)
    if obstacle is not None:
        said.append(obstacle.sentence)
    snooze = () if promise.id in view.state.snoozes or view.now >= promise.due.utc else _snooze(view, promise)
    return Content(
        said,
        None if obstacle else _last_said(view, promise),
        buttons(*way_out(view, promise, obstacle), *snooze),
    )


def _last_said(view: View, promise: Promise) -> tuple[Sentence, str] | None:
    draft = view.state.drafts.get(promise.draft)
    if draft is None or draft.last is None:
        return None
    for channel in QUOTED:
        for text in draft.current.texts.get(channel, {}).values():
            return say("Last said, at {when}:", when=view.when(promise.made_at)), text
    return None


def _snooze(view: View, promise: Promise) -> tuple[Block, ...]:
    value = names.pack(view.state.id, promise.id)
    return button("Snooze 5 min", names.SNOOZE_5, value), button("Snooze 10 min", names.SNOOZE_10, value)


def _escalation(view: View, promise: Promise) -> Content:
    late = view.now - promise.due.utc
    if late < GRACE:
        first = say("The update promised for {when} is not out.", when=due(promise.due))
    else:
        first = say(
            "The update promised for {when} is {late} late.", when=due(promise.due), late=duration(late)
        )
    obstacle = in_the_way(view)
    nothing = say("Nobody has begun to write it.")
    return Content(
        [first, obstacle.sentence if obstacle else nothing], None, buttons(*way_out(view, promise, obstacle))
    )


def _unmarked(view: View, draft: Draft, *, promised: bool) -> Content | None:
    if draft.last is None:
        return None
    title = say("*{title}*, revision {n}", title=view.of(draft, draft.current), n=draft.current.number)
    if not waits_for_public_receipt(draft):
        return Content([joined(title, say("is settled by now."))])
    out = out_word(view)
    approved = draft.current.approved_at or draft.current.at
    first = joined(
        title, say("was approved at {when} and is not marked as {out}.", when=view.when(approved), out=out)
    )
    said = [first]
    if promised and draft.current.next_update is not None:
        at = draft.current.next_update
        said.append(
            say(
                "It promises the next update for {when}, {to_go}.",
                when=due(at),
                to_go=to_go(at.utc, view.now),
            )
        )
    if held_back(view.state, draft):
        (held, ask), row = reminded(view, draft)
        return Content([held, *said[1:], ask], buttons=row)
    outdated = stale(view, draft)
    said.append(_what_to_do(view, "renew" if outdated else "thread" if promised else "above"))
    if outdated:
        return Content(
            said, None, buttons(renew_button(view, draft), mark_button(view, draft, primary=False))
        )
    return Content(said, None, buttons(mark_button(view, draft)))


def _what_to_do(view: View, where: Literal["renew", "thread", "above"]) -> Sentence:
    did, do = ("Played", "Play") if view.state.exercise else ("Posted", "Post")
    if where == "renew":
        return say("Not {did_}? Renew its times first. {did}? Mark it.", did=did, did_=did.lower())
    return say(
        "{did}? Mark it. Not {did_}? {do} the texts {where}, then mark it.",
        did=did,
        did_=did.lower(),
        do=do,
        where="above" if where == "above" else "in its thread",
    )


def _step_due(view: View, step_id: str, *, again: bool) -> Content:
    """`again`: a recurring step whose last text is out is due once more."""
    run = view.state.steps[step_id]
    step = view.state.step(step_id)
    time = step_due(view.state, step_id) if again else run.due
    wanted = When.of(time) if time else view.when(run.started_at)
    words = "*{title}* was due again at {when}" if again else "*{title}* was due at {when}"
    said = say(words + " and is not submitted.", title=step.title, when=wanted)
    return Content([said], None, buttons(write_button(view, step_id, step.main.kind, primary=True)))
