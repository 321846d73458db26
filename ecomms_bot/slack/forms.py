"""The modals: what is asked, with what is known already filled in. Pure; a view is plain JSON for Slack."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from ecomms_bot.incident.leaders import left_to_people
from ecomms_bot.incident.rules.course import PHASES
from ecomms_bot.incident.rules.putting_right import unfinished
from ecomms_bot.incident.rules.releases import GRACE, TICK_OR_RENEW
from ecomms_bot.incident.standing import puts_right
from ecomms_bot.incident.state import Draft, Incident, Promise, Revision
from ecomms_bot.incident.wording import Sentence, When, Who, say
from ecomms_bot.playbook.channels import CHANNELS, in_reading_order
from ecomms_bot.playbook.exercise import EXERCISE_BEFORE, SIGN
from ecomms_bot.playbook.model import Playbook, UnknownStep, UnknownText
from ecomms_bot.playbook.values import INCIDENT_NAME_MAX
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import paragraphs, section
from ecomms_bot.slack.cards.following import how_far
from ecomms_bot.slack.cards.putting_right import progress_of
from ecomms_bot.slack.cards.view import REDACTED_TITLE, joined
from ecomms_bot.slack.gate_forms import left_fields
from ecomms_bot.slack.inputs import (
    INPUT_MAX,
    ask,
    filled_in,
    moment_input,
    option,
    plain_text,
    radio_input,
    select_input,
    text_input,
)
from ecomms_bot.slack.message import Block
from ecomms_bot.slack.text import duration, escape, every, mrkdwn

View = dict[str, Any]
TITLE_MAX = 24


def modal(
    callback: str,
    title: str,
    blocks: Iterable[Block],
    *,
    submit: str | None,
    metadata: Mapping[str, Any],
    exercise: bool = False,
    close: str = "Cancel",
) -> View:
    """A view. The mark of an exercise stands in the title, the one place that is always seen.

    Slack takes 24 characters of title, and the mark needs 11 of them.
    """
    marked = f"{EXERCISE_BEFORE}{title}" if exercise else title
    view: View = {
        "type": "modal",
        "callback_id": callback,
        "title": plain_text(marked[:TITLE_MAX]),
        "close": plain_text(close),
        "private_metadata": json.dumps(metadata, separators=(",", ":")),
        "blocks": list(blocks),
    }
    if submit is not None:
        view["submit"] = plain_text(submit)
    return view


def metadata_of(view: Mapping[str, Any]) -> dict[str, Any]:
    """What a modal was opened with."""
    held: dict[str, Any] = json.loads(view.get("private_metadata") or "{}")
    return held


def open_incident(
    playbooks: Sequence[Playbook],
    chosen: Playbook,
    *,
    zone: str,
    held: Mapping[str, Any],
    named: bool = True,
    typed: Mapping[str, Any] | None = None,
    similar: Sentence | None = None,
) -> View:
    """Asks for everything that is fixed at opening. Live or exercise has no default: it must be chosen.

    So must the playbook, unless it was `named` or is the only one. `held`: what the form carries along.
    `typed`: what was filled in before. `similar`: that there is one already, which somebody has to have seen
    before another one is opened.
    """
    given = typed or {}
    phases = [phase for phase in PHASES if any(book.steps(phase) for book in playbooks)]
    levels = [
        option(
            f"{level} {severity.title}, {every(timedelta(minutes=severity.cadence_minutes))}",
            level,
            severity.meaning,
        )
        for level, severity in sorted(chosen.severities.items())
    ]
    usual_book = chosen.id if named or len(playbooks) == 1 else None
    usual_level = "S2" if "S2" in chosen.severities else None
    modes = [
        option("Live", "live", "The public will read these texts"),
        option("Exercise", "exercise", "Every text and message is marked EXERCISE"),
    ]
    places = [option("A new conversation", "new"), option("This conversation", "here")]
    blocks = [
        *(asked_about(similar) if similar is not None else []),
        ask(
            "playbook",
            "Playbook",
            select_input(
                [option(book.title, book.id) for book in playbooks], given.get("playbook", usual_book)
            ),
        ),
        ask(
            "name",
            "Name",
            text_input(INCIDENT_NAME_MAX, given.get("name")),
            hint="What people call it, such as: Highway 5 flooding, Hope to Merritt",
        ),
        ask("severity", "Severity", select_input(levels, given.get("severity", usual_level))),
        ask("area", "Where", text_input(150, given.get("area")), optional=True),
        ask(
            "phase",
            "Phase",
            select_input([option(phase, phase) for phase in phases], given.get("phase", _usual(phases))),
        ),
        ask(
            "zone",
            "Time zone",
            text_input(60, given.get("zone", zone)),
            hint="Of the place, such as America/Vancouver",
        ),
        ask("mode", "Live or exercise", radio_input(modes, given.get("mode"))),
        ask("conversation", "Conversation", radio_input(places, given.get("conversation", "new"))),
    ]
    return modal(names.OPEN_FORM, "Open an incident", blocks, submit="Open", metadata=held)


def asked_about(similar: Sentence) -> list[Block]:
    """That there is one already, and a box for who means another."""
    box: Block = {"type": "checkboxes", "options": [option("Open another one all the same", "yes")]}
    return [
        section(mrkdwn(similar)) | {"block_id": "similar"},
        ask("another", "There is one already", box, optional=True),
    ]


def title_of(state: Incident, step_id: str, kind: str) -> str:
    """Which text of which step, as in "Scheduled update · Final update"."""
    try:
        step = state.step(step_id)
        text = step.text(kind)
    except (UnknownStep, UnknownText):  # as after a redaction
        return REDACTED_TITLE
    return step.title if step.main.kind == kind else f"{step.title} · {text.title}"


def reason_form(state: Incident, callback: str, draft: Draft, revision: int) -> View:
    """Asks a lead why, for a draft that goes back or ends."""
    declining = callback == names.DECLINE_FORM
    what = say(
        "*Decline* ends revision {number} of *{title}*; the step has to be written again."
        if declining
        else "Revision {number} of *{title}* goes back to its author with your words.",
        number=revision,
        title=title_of(state, draft.step, draft.current.kind),
    )
    blocks = [
        section(mrkdwn(what)),
        ask("reason", "Why" if declining else "What to change", text_input(INPUT_MAX, multiline=True)),
    ]
    return modal(
        callback,
        "Decline" if declining else "Changes",
        blocks,
        submit="Decline" if declining else "Send back",
        metadata={"i": state.id, "d": draft.id, "n": revision},
        exercise=state.exercise,
    )


def mark_form(
    state: Incident, draft: Draft, revision: Revision, now: datetime, *, interrupted: bool = False
) -> View:
    """Asks where and when this revision was posted. In an exercise it is played, and there are no links.

    `interrupted`: the promised time passed while the form was open, so it is drawn anew.
    """
    unmarked = [each for each in revision.texts if each not in revision.receipts]
    left = in_reading_order(left_to_people(state, draft, revision) or unmarked)
    title = title_of(state, draft.step, revision.kind)
    what = say(
        "*{title}*, revision {number}, for {name}.", title=title, number=revision.number, name=state.name
    )
    options = [option(CHANNELS[channel].title, channel) for channel in left]
    label = "Tick only where it was played" if state.exercise else "Tick only where it is out"
    blocks: list[Block] = [section(mrkdwn(what))]
    if draft.about is not None:
        blocks += paragraphs(map(mrkdwn, how_far(state, draft, revision)))
    due = revision.next_update
    if due is not None and due.utc <= now and not revision.receipts:
        blocks += _posted_late(When.of(due), interrupted=interrupted)
    blocks.append(ask("channels", label, {"type": "checkboxes", "options": options}))
    needed = draft.about is not None and puts_right(draft.about)
    if needed or not state.exercise:
        blocks += [_proof(channel, needed=needed) for channel in left]
    blocks.append(ask("attested_at", "Played at" if state.exercise else "Posted at", moment_input(now)))
    return modal(
        names.MARK_FORM,
        "Played" if state.exercise else "Mark published",
        blocks,
        submit="Save",
        metadata={"i": state.id, "d": draft.id, "n": revision.number},
        exercise=state.exercise,
    )


def _proof(channel: str, *, needed: bool) -> Block:
    """`needed`: where people are told that something was wrong, a tick alone proves nothing."""
    label, hint = f"Link or other proof, {CHANNELS[channel].title}", ""
    if channel == SIGN:
        label, hint = "Number or place of each road sign", "Such as: sign 12, Highway 1 at Hope, eastbound."
    elif needed and CHANNELS[channel].public:
        hint = "Needed where you tick it: a link, or who saw the new words there."
    return ask(f"proof-{channel}", label, text_input(500), hint=hint, optional=True)


def _posted_late(due: When, *, interrupted: bool) -> list[Block]:
    """The box for a text that stands there although its promised time passed, and why it is asked."""
    words = "⚠️ This text promises an update by {when}, and that time has passed."
    if interrupted:
        words += " Nothing was recorded yet."
    words += " " + TICK_OR_RENEW
    late = option("It was posted like this, after that time", "yes")
    box: Block = {"type": "checkboxes", "options": [late]}
    return [
        section(mrkdwn(say(words, when=due))),
        ask("posted_late", "The promised time had passed", box, optional=True),
    ]


def close_form(state: Incident, now: datetime) -> View:
    """Lists what is open and asks for a last word; with a live promise, why it is taken back."""
    still = [f"• {mrkdwn(each)}" for each in _still_open(state, now)]
    blocks: list[Block] = [section(f"Close *{escape(state.name)}*?")]
    if still:
        blocks += paragraphs(["*Still open:*", *still])
    ended = "How it ended"
    if not any(revision.receipts for draft in state.drafts.values() for revision in draft.revisions):
        blocks.append(_in_error())
        ended = "How it ended, or why it was opened by mistake"
    blocks += left_fields(state, all_optional=any(each.get("block_id") == "in_error" for each in blocks))
    blocks.append(ask("note", ended, text_input(500, multiline=True), optional=True))
    if state.live_promises:
        blocks.append(
            ask(
                "withdraw_reason",
                "Why the promised update will not come (pio or ic only)",
                text_input(500, multiline=True),
                hint="Better: close this, and publish a final text first.",
                optional=True,
            )
        )
    if unfinished(state):
        blocks.append(
            ask(
                "left_reason",
                "Why a correction is left unfinished (pio or ic only)",
                text_input(500, multiline=True),
                hint="Better: close this, and tell the people who read the old words.",
                optional=True,
            )
        )
    return modal(
        names.CLOSE_FORM,
        "Close",
        blocks,
        submit="Close incident",
        metadata={"i": state.id},
        exercise=state.exercise,
    )


def _in_error() -> Block:
    """Only offered while nothing went out: what was said to the public stays said."""
    mistaken = option("Opened in error", "yes", "Say below why. The log keeps it all the same.")
    box: Block = {"type": "checkboxes", "options": [mistaken]}
    return ask("in_error", "Was it opened by mistake?", box, optional=True)


def _still_open(state: Incident, now: datetime) -> Iterator[Sentence]:
    """What nobody will do any more once it is closed."""
    shown = {preview.draft for preview in state.previews.values()}
    for draft in state.drafts.values():
        if draft.open and draft.status not in {"in review", "approved"}:  # those have a field each
            yield _open_draft(state, draft, shown=draft.id in shown)
    for draft in unfinished(state):
        if (told := progress_of(state, draft)) is not None:
            yield joined(say("⚠️"), told)
    for promise in state.live_promises:
        yield _promised(promise, now)
    if state.handover is not None:
        yield say("{who} was asked to run the incident and has not accepted", who=Who(state.handover.to))


def _promised(promise: Promise, now: datetime) -> Sentence:
    when, late = When.of(promise.due), now - promise.due.utc
    if late < timedelta(0):
        return say("An update is promised for {when}", when=when)
    if late < GRACE:
        return say("⚠️ An update was promised for {when} and is not out", when=when)
    words = "⚠️ An update was promised for {when} and is not out, {late} late"
    return say(words, when=when, late=duration(late))


def _open_draft(state: Incident, draft: Draft, *, shown: bool) -> Sentence:
    title = title_of(state, draft.step, draft.kind)
    if draft.last is None or draft.status == "drafting":
        more = ", shown in its thread and not submitted" if shown else ", not submitted"
        return say("{title}: a draft of {who}" + more, title=title, who=Who(draft.authors[-1]))
    return say("{title}, revision {n}: {status}", title=title, n=draft.current.number, status=draft.status)


def done(title: str, words: str, *, exercise: bool = False) -> View:
    """A last view that says what is so, with nothing left to do but close it."""
    return modal("done", title, [section(words)], submit=None, metadata={}, exercise=exercise, close="Close")


def with_problem(view: Mapping[str, Any], problem: str, *, above: str | None = None) -> View:
    """The same modal with an error above a field, or on top, and what was entered in it still there."""
    kept = {
        key: view[key]
        for key in ("type", "callback_id", "title", "close", "private_metadata", "submit")
        if view.get(key)
    }
    blocks = [block for block in view["blocks"] if block.get("block_id") != "problem"]
    at = next((n for n, block in enumerate(blocks) if above and block.get("block_id") == above), 0)
    said = section(f":warning: {problem}") | {"block_id": "problem"}
    filled = filled_in(view, blocks)
    return {**kept, "blocks": [*filled[:at], said, *filled[at:]]}


def _usual(phases: Sequence[str]) -> str | None:
    return "during" if "during" in phases else next(iter(phases), None)
