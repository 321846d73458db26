"""The log in words: one sentence for each entry, as people read it in Slack, in a terminal and in reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import singledispatch

from ecomms_bot.incident import events as e
from ecomms_bot.incident import things
from ecomms_bot.incident.rules.releases import lateness_words
from ecomms_bot.incident.state import Incident, Recorded, Revision
from ecomms_bot.incident.wording import Sentence, When, Who, say
from ecomms_bot.playbook.channels import CHANNELS, in_reading_order
from ecomms_bot.playbook.drafting import fingerprint
from ecomms_bot.playbook.model import UnknownStep, UnknownText

REDACTED = say("redacted")
REDACTED_TEXT = "a redacted text"
LATE = timedelta(minutes=1)
"""A reminder said later than this tells how late it came."""

THINGS = {
    things.CONVERSATION: "conversation",
    things.CARD: "card",
    "step": "step",
    "review": "review",
    "publish": "texts to publish",
    "returned": "decision",
    "receipt": "receipt",
    "reminder": "reminder",
    "trouble": "trouble",
    things.CLOSING: "closing message",
}
"""What each kind of thing is called."""


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One line of the log. `at` is UTC; `actor` is a person, the bot, or who sat at the terminal."""

    seq: int
    at: datetime
    actor: str
    sentence: Sentence


def lines(
    state: Incident,
    entries: Iterable[Recorded],
    *,
    all: bool = False,  # noqa: A002 - named as the option `--all`
) -> tuple[TimelineLine, ...]:
    """The lines of entries of this incident, in their order.

    Without `all` plumbing is left out, and of equal lines about a saved draft, one after the other, the last
    one stands for all.
    """
    told: list[TimelineLine] = []
    saved: Sentence | None = None
    for each in entries:
        if not all and e.EVENTS[each.type].plumbing:
            continue
        now = TimelineLine(each.seq, each.at, each.actor, line(each, state))
        if not all and saved == now.sentence:
            told.pop()
        saved = now.sentence if isinstance(each.event, e.DraftSaved) else None
        told.append(now)
    return tuple(told)


def line(recorded: Recorded, state: Incident) -> Sentence:
    """What one entry says. `state` is the one after the whole log: it knows the names of steps and texts."""
    return REDACTED if recorded.event is None else _said(recorded.event, recorded, state)


@singledispatch
def _said(event: e.Event, _recorded: Recorded, _state: Incident) -> Sentence:
    msg = f"no words are written down for {type(event).__name__}"
    raise LookupError(msg)


@_said.register
def _(event: e.IncidentOpened, _recorded: Recorded, state: Incident) -> Sentence:
    level = next(each for name, each in state.book.severities.items() if name == event.severity)
    said = say(
        "{name} opened by {who}: {mode}, {hazard}, {severity}, phase {phase}",
        name=event.name,
        who=Who(event.opener),
        mode="exercise" if event.exercise else "live",
        hazard=state.book.hazard,
        severity=f"{event.severity} {level.title}",
        phase=event.phase,
    )
    if event.area:
        said = _with(said, ", ", say("{area}", area=event.area))
    return said if event.roles_configured else _with(said, ", ", say("approvals without roles configured"))


@_said.register
def _(event: e.StepStarted, _recorded: Recorded, state: Incident) -> Sentence:
    title = _step(state, event.step)
    if event.due is None:
        return say("Step {title} started", title=title)
    return say("Step {title} started, due {due}", title=title, due=When.of(event.due))


@_said.register
def _(event: e.DraftSaved, _recorded: Recorded, state: Incident) -> Sentence:
    return say(
        "Draft of {title} saved by {who}", title=_title(state, event.step, event.kind), who=Who(event.author)
    )


@_said.register
def _(event: e.RevisionSubmitted, _recorded: Recorded, state: Incident) -> Sentence:
    template = "Revision {number} of {title} submitted by {who}, wanted by {wanted}, text {mark}"
    if event.renews:
        template = template.replace(" submitted", ", new times only, submitted")
    return say(
        template,
        number=event.revision,
        title=_title(state, event.step, event.kind),
        who=Who(event.author),
        wanted=When.of(event.wanted_by),
        mark=fingerprint(event.text_sha256),
    )


@_said.register
def _(event: e.ApprovalGiven, _recorded: Recorded, state: Incident) -> Sentence:
    roles = "without roles configured" if event.without_roles else "as " + _and(event.roles)
    return _with(
        _revision(state, event.draft, event.revision),
        " ",
        say(
            "approved by {who} {roles}, text {mark}",
            who=Who(event.person),
            roles=roles,
            mark=fingerprint(event.text_sha256),
        ),
    )


@_said.register
def _(event: e.DraftApproved, _recorded: Recorded, state: Incident) -> Sentence:
    may = "played" if state.exercise else "published"
    return _with(
        _revision(state, event.draft, event.revision),
        " ",
        say("has every approval it needs and may be {may}", may=may),
    )


@_said.register
def _(event: e.ChangesAsked, _recorded: Recorded, state: Incident) -> Sentence:
    return _with(
        _revision(state, event.draft, event.revision),
        " ",
        _with_text(say("sent back by {who}", who=Who(event.person)), state, event.draft, event.revision),
        ": ",
        say("{reason}", reason=event.reason),
    )


@_said.register
def _(event: e.DraftDeclined, _recorded: Recorded, state: Incident) -> Sentence:
    return _with(
        _revision(state, event.draft, event.revision),
        " ",
        _with_text(say("declined by {who}", who=Who(event.person)), state, event.draft, event.revision),
        ": ",
        say("{reason}", reason=event.reason),
    )


@_said.register
def _(event: e.MarkedPublished, _recorded: Recorded, state: Incident) -> Sentence:
    times = sorted(receipt.attested_at for receipt in event.receipts)
    channels = in_reading_order(receipt.channel for receipt in event.receipts)
    span = "{first}" if times[0] == times[-1] else "{first} to {last}"
    said = say(
        f"played on {{channels}} ({span})"
        if state.exercise
        else f"published on {{channels}} (posted {span})",
        channels=", ".join(CHANNELS[channel].title for channel in channels),
        first=When(times[0], state.zone),
        last=When(times[-1], state.zone),
    )
    told = _with_text(said, state, event.draft, event.revision)
    return _with(_revision(state, event.draft, event.revision), " ", told)


@_said.register
def _(event: e.PromiseMade, _recorded: Recorded, _state: Incident) -> Sentence:
    return say("Next update promised for {promised}", promised=When.of(event.due))


@_said.register
def _(event: e.PromiseAnswered, _recorded: Recorded, state: Incident) -> Sentence:
    words = lateness_words(event.late_seconds, kept=event.kept)
    return _with(_promise(state, event.promise), " ", say("{words}", words=words))


@_said.register
def _(event: e.PromiseWithdrawn, _recorded: Recorded, state: Incident) -> Sentence:
    said = say("withdrawn by {who}: {reason}", who=Who(event.person), reason=event.reason)
    return _with(_promise(state, event.promise), " ", said)


@_said.register
def _(event: e.ReminderSet, _recorded: Recorded, _state: Incident) -> Sentence:
    return say(
        "{who} wants to be reminded at {due}: {text}",
        who=Who(event.person),
        due=When.of(event.due),
        text=event.text,
    )


@_said.register
def _(event: e.ReminderFired, recorded: Recorded, state: Incident) -> Sentence:
    said = _with(_told(event), ": ", _about(event.key, recorded, state))
    if event.late_seconds < LATE.total_seconds():
        return said
    return _with(said, " ", say("(said {late} min late)", late=event.late_seconds // 60))


@_said.register
def _(event: e.ReminderSnoozed, _recorded: Recorded, state: Incident) -> Sentence:
    said = say(
        "reminder put off by {who}, to {until}", who=Who(event.person), until=When(event.until, state.zone)
    )
    return _with(_promise(state, event.promise), ": ", said)


@_said.register
def _(event: e.IncidentClosed, _recorded: Recorded, state: Incident) -> Sentence:
    said = say("{name} closed by {who}", name=state.name, who=Who(event.person))
    return _with(said, ": ", say("{note}", note=event.note)) if event.note else said


@_said.register
def _(event: e.Posted, _recorded: Recorded, _state: Incident) -> Sentence:
    kind, _ = things.split(event.thing)
    return say("Shown in Slack: {thing}, as of entry {seen}", thing=THINGS[kind], seen=event.seen)


@_said.register
def _(event: e.EffectFailed, _recorded: Recorded, _state: Incident) -> Sentence:
    return say("Not done in Slack: {problem} {advice}", problem=event.problem, advice=event.advice)


def _told(event: e.ReminderFired) -> Sentence:
    """Whom a reminder went to: people, the members of a role, or who stands in for a role without members."""
    who = tuple(Who(person) for person in event.to)
    if not event.role:
        return say("Reminder to {who}", who=who)
    if not event.stand_in:
        return say("Reminder to {role} ({who})", role=event.role, who=who)
    if who:
        return say("Reminder to {who}, as {role} has no members", role=event.role, who=who)
    return say("Reminder to the conversation, as {role} has no members", role=event.role)


def _about(key: str, recorded: Recorded, state: Incident) -> Sentence:
    subject, subject_id, *rest = key.split("/")
    match subject:
        case "promise":
            return _due(state, subject_id, recorded.at)
        case "unmarked":
            return _not_marked(state, subject_id, int(rest[0]))
        case "unmarked-promise":
            return _not_marked(state, subject_id, int(rest[0]), promising=True)
        case "step":
            return say("step {title} is due", title=_step(state, subject_id))
        case _:
            reminder = state.reminders.get(subject_id)
            return say("{text}", text=reminder.text) if reminder else REDACTED


def _not_marked(state: Incident, draft_id: str, number: int, *, promising: bool = False) -> Sentence:
    out = "played" if state.exercise else "published"
    revision = _find(state, draft_id, number)
    said = say("is approved and not marked as {out}", out=out)
    if promising and revision and revision.next_update:
        said = say(
            "promises an update by {promised} and is not marked as {out}",
            promised=When.of(revision.next_update),
            out=out,
        )
    return _with(_revision(state, draft_id, number, "revision"), " ", said)


def _due(state: Incident, promise_id: str, at: datetime) -> Sentence:
    promise = state.promises.get(promise_id)
    if promise is None or not promise.draft:
        return say("an update is promised")
    promised = When.of(promise.due)
    late = int((at - promise.due.utc).total_seconds()) // 60
    if late < 0:
        return say("update promised for {promised}", promised=promised)
    if late == 0:
        return say("the update promised for {promised} is not out", promised=promised)
    return say(
        "the update promised for {promised} is not out, {late_by} min late", promised=promised, late_by=late
    )


def _promise(state: Incident, promise_id: str) -> Sentence:
    promise = state.promises.get(promise_id)
    if promise is None or not promise.draft:
        return say("A promise")
    return say("Promise of {promised}", promised=When.of(promise.due))


def _revision(state: Incident, draft_id: str, number: int, noun: str = "Revision") -> Sentence:
    revision = _find(state, draft_id, number)
    title = _title(state, state.drafts[draft_id].step, revision.kind) if revision else REDACTED_TEXT
    return say(noun + " {number} of {title}", number=number, title=title)


def _with_text(said: Sentence, state: Incident, draft_id: str, number: int) -> Sentence:
    """With the fingerprint of the text that it was about, unless that was redacted."""
    revision = _find(state, draft_id, number)
    if revision is None or not revision.text_sha256:
        return said
    return _with(said, ", ", say("text {mark}", mark=fingerprint(revision.text_sha256)))


def _find(state: Incident, draft_id: str, number: int) -> Revision | None:
    draft = state.drafts.get(draft_id)
    return draft.revision(number) if draft else None


def _title(state: Incident, step_id: str, kind: e.Kind) -> str:
    """How people call a text: its step's title, or its own where the step has others."""
    try:
        step = state.step(step_id)
        return step.title if step.main.kind == kind else step.text(kind).title
    except (UnknownStep, UnknownText):
        return REDACTED_TEXT


def _step(state: Incident, step_id: str) -> str:
    return state.step(step_id).title


def _and(words: Iterable[str]) -> str:
    return " and ".join(words)


def _with(first: Sentence, *rest: str | Sentence) -> Sentence:
    """Parts as one sentence, with what stands between them; no two parts use the same name for a value."""
    template, values = first.template, dict(first.values)
    for each in rest:
        template += each if isinstance(each, str) else each.template
        values |= {} if isinstance(each, str) else each.values
    return Sentence(template, values)
