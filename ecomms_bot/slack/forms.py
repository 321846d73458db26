"""The modals: what is asked, with what is known already filled in. Pure; a view is plain JSON for Slack."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecomms_bot.incident.events import FieldValue, Kind
from ecomms_bot.incident.progress import waiting
from ecomms_bot.incident.state import Draft, Incident
from ecomms_bot.incident.wording import When
from ecomms_bot.playbook.channels import CHANNELS
from ecomms_bot.playbook.checks import Finding
from ecomms_bot.playbook.drafting import Texts, fields_for, fingerprint
from ecomms_bot.playbook.exercise import EXERCISE_BEFORE
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Field, Playbook
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import context, copyable, section
from ecomms_bot.slack.cards.texts import heading
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
from ecomms_bot.slack.text import date, escape, mrkdwn

View = dict[str, Any]
TITLE_MAX = 24
PREVIEW_MAX, BEGINNING = 8_000, 600
"""Characters. An answer over 65,535 bytes never leaves Slack's Socket Mode client (measured), so a longer
preview shows beginnings only."""
PHASES = ("before", "during", "after")


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
    playbooks: Sequence[Playbook], chosen: Playbook, *, zone: str, conversation: str, response_url: str
) -> View:
    """Asks for everything that is fixed at opening. Live or exercise has no default: it must be chosen."""
    phases = [phase for phase in PHASES if any(book.steps(phase) for book in playbooks)]
    levels = [
        option(f"{level} {severity.title}", level, severity.meaning)
        for level, severity in sorted(chosen.severities.items())
    ]
    blocks = [
        ask(
            "playbook",
            "Playbook",
            select_input([option(book.title, book.id) for book in playbooks], chosen.id),
        ),
        ask(
            "name",
            "Name",
            text_input(60),
            hint="What people call it, such as: Highway 5 flooding, Hope to Merritt",
        ),
        ask("severity", "Severity", select_input(levels, "S2" if "S2" in chosen.severities else None)),
        ask("area", "Where", text_input(150), optional=True),
        ask("phase", "Phase", select_input([option(phase, phase) for phase in phases], _usual(phases))),
        ask("zone", "Time zone", text_input(60, zone), hint="Of the place, such as America/Vancouver"),
        ask(
            "mode",
            "Live or exercise",
            radio_input(
                [
                    option("Live", "live", "The public will read these texts"),
                    option("Exercise", "exercise", "Every text and message is marked EXERCISE"),
                ]
            ),
        ),
        ask(
            "conversation",
            "Conversation",
            radio_input([option("A new conversation", "new"), option("This conversation", "here")], "new"),
        ),
    ]
    held = {"url": response_url, "conversation": conversation}
    return modal(names.OPEN_FORM, "Open an incident", blocks, submit="Open", metadata=held)


@dataclass(frozen=True, slots=True)
class Writing:
    """Which text of which draft a form is about."""

    incident: str
    draft: str
    step: str
    kind: Kind

    def metadata(self) -> dict[str, str]:
        return {"i": self.incident, "d": self.draft, "s": self.step, "k": self.kind}

    @classmethod
    def of(cls, held: Mapping[str, Any]) -> Writing:
        return cls(held["i"], held["d"], held["s"], held["k"])


def draft_form(
    state: Incident, writing: Writing, values: Mapping[str, FieldValue], said: Mapping[str, FieldValue]
) -> View:
    """The step's fields, filled in with `values`; `said`: what the public was told last of each."""
    step = state.step(writing.step)
    blocks: list[Block] = [
        context("*Next* keeps what you typed and shows every text as it will read. Nothing is sent yet.")
    ]
    if step.verify:
        blocks.append(context("Check first: " + " · ".join(escape(each) for each in step.verify)))
    for name, field in fields_for(state.book, step, writing.kind):
        blocks.append(field_input(name, field, values.get(name), said.get(name)))
    return modal(
        names.DRAFT_FORM,
        "Write draft",
        blocks,
        submit="Next",
        metadata=writing.metadata(),
        exercise=state.exercise,
    )


def field_input(name: str, field: Field, value: FieldValue, said: FieldValue) -> Block:
    """One fact, with its unit and what was said last, or an example where nothing was.

    Choices and times need no example: the form offers only what can be.
    """
    hints = [field.hint]
    if said not in (None, "") and field.type != "datetime":
        hints.append(f"Last said: {_shown(field, said)}")
    elif field.type not in {"choice", "datetime"}:
        hints.append(f"Such as: {field.example}")
    label = f"{field.label} ({field.unit})" if field.unit else field.label
    return ask(
        name,
        label,
        _element(field, value),
        hint=" ".join(hint if hint.endswith((".", "?")) else f"{hint}." for hint in hints if hint),
        optional=not field.required,
    )


def preview(
    state: Incident,
    writing: Writing,
    texts: Texts,
    sha256: str,
    findings: Sequence[Finding],
    *,
    tier: str,
    extra: Mapping[str, Any],
    problem: str = "",
) -> View:
    """Every text as it will read, its length, and what was found; what blocks takes Submit away."""
    blocked = any(finding.severity == "block" for finding in findings)
    level = state.book.tiers[tier]
    blocks: list[Block] = []
    if problem:
        blocks.append(section(f":warning: {problem}"))
    blocks += [_finding(finding) for finding in findings]
    long = sum(len(text) for languages in texts.values() for text in languages.values()) > PREVIEW_MAX
    for channel, languages in texts.items():
        for language, text in languages.items():
            title = heading(channel, language, text, only_language=len(languages) == 1)
            blocks += [section(mrkdwn(title)), *_as_shown(text, long=long)]
    asked = " and ".join(level.roles)
    blocks.append(
        context(f"Approval: {asked}, wanted within {level.target_minutes} min · text {fingerprint(sha256)}")
    )
    return modal(
        names.PREVIEW,
        "Preview",
        blocks,
        submit=None if blocked else "Submit for approval",
        metadata={**writing.metadata(), "h": sha256, **extra},
        exercise=state.exercise,
        close="Cancel" if extra else "Back",
    )


def _as_shown(text: str, *, long: bool) -> tuple[Block, ...]:
    """The text; of a long one in a long preview its beginning, and where the rest is read."""
    if not long or len(text) <= BEGINNING:
        return copyable(text)
    more = len(text) - BEGINNING
    note = context(f"{more:,} more characters. The review in the thread shows every one of them.")
    return *copyable(text[:BEGINNING]), note


def reason_form(state: Incident, callback: str, draft: Draft, revision: int) -> View:
    """Asks a lead why, for a draft that goes back or ends."""
    step = state.step(draft.step)
    declining = callback == names.DECLINE_FORM
    intro = (
        f"*Decline* ends revision {revision} of {escape(step.title)}; the step is to do again."
        if declining
        else f"Revision {revision} of {escape(step.title)} goes back to its author with your words."
    )
    blocks = [
        section(intro),
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


def mark_form(state: Incident, draft: Draft, now: datetime) -> View:
    """Asks where and when it was posted. In an exercise it is played, and there are no links."""
    revision = draft.current
    left = [channel for channel in revision.texts if channel not in draft.receipts]
    options = [option(CHANNELS[channel].title, channel) for channel in left]
    blocks: list[Block] = []
    passed = revision.next_update is not None and revision.next_update.utc <= now and not draft.receipts
    if passed and revision.next_update is not None:
        due = date(When.of(revision.next_update))
        blocks.append(
            section(
                f":warning: This text promises an update by {due}, and that time has passed. "
                "If it is not out yet, close this and press *Renew times*."
            )
        )
    verb = "Played" if state.exercise else "Posted"
    blocks.append(
        ask("channels", f"{verb} on", {"type": "checkboxes", "options": options, "initial_options": options})
    )
    if not state.exercise:
        blocks += [
            ask(
                f"proof-{channel}",
                f"Link or other proof, {CHANNELS[channel].title}",
                text_input(500),
                optional=True,
            )
            for channel in left
        ]
    blocks.append(ask("attested_at", f"{verb} at", moment_input(now)))
    if passed:
        late = option("It was posted like this, after that time", "yes")
        blocks.append(
            ask(
                "posted_late",
                "The promised time had passed",
                {"type": "checkboxes", "options": [late]},
                optional=True,
            )
        )
    return modal(
        names.MARK_FORM,
        "Played" if state.exercise else "Published",
        blocks,
        submit="Save",
        metadata={"i": state.id, "d": draft.id, "n": revision.number},
        exercise=state.exercise,
    )


def close_form(state: Incident) -> View:
    """Lists what is open and asks for a last word; with a live promise, why it is taken back."""
    open_things = [
        f"• {escape(item.step.title)}, revision {item.draft.current.number}: {item.draft.status}"
        for item in waiting(state)
    ]
    live = state.live_promises
    open_things += [f"• An update is promised for {date(When.of(promise.due))}" for promise in live]
    blocks: list[Block] = [
        section(
            f"Close *{escape(state.name)}*?"
            + ("\nStill open:\n" + "\n".join(open_things) if open_things else "")
        ),
        ask("note", "How it ended", text_input(500, multiline=True), optional=True),
    ]
    if live:
        blocks.append(
            ask(
                "withdraw_reason",
                "Why the promised update will not come (pio or ic only)",
                text_input(500, multiline=True),
                hint="Better: close this, and publish a final text first.",
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


def done(title: str, words: str, *, exercise: bool = False) -> View:
    """A last view that says what is so, with nothing left to do but close it."""
    return modal("done", title, [section(words)], submit=None, metadata={}, exercise=exercise, close="Close")


def with_problem(view: Mapping[str, Any], problem: str, *, entered: Mapping[str, Any] | None = None) -> View:
    """The same modal with an error on top, and what was entered in it (or in `entered`) still there."""
    kept = {
        key: view[key]
        for key in ("type", "callback_id", "title", "close", "private_metadata", "submit")
        if view.get(key)
    }
    blocks = [block for block in view["blocks"] if block.get("block_id") != "problem"]
    said = section(f":warning: {problem}") | {"block_id": "problem"}
    return {**kept, "blocks": [said, *filled_in(entered or view, blocks)]}


def _element(field: Field, value: FieldValue) -> Block:
    match field.type:
        case "choice":
            return select_input([option(choice.label, choice.value) for choice in field.choices], value)
        case "datetime":
            return moment_input(value.utc if isinstance(value, Instant) else None)
        case "url":
            return {**text_input(field.max_length, value), "type": "url_text_input"} | {"max_length": None}
        case _:
            return text_input(field.max_length, value, multiline=field.type == "long_text")


def _finding(finding: Finding) -> Block:
    mark = {"block": ":no_entry: *Must be changed*", "warn": ":warning: *Look again*"}.get(
        finding.severity, "*Hint*"
    )
    instead = f"\n{escape(finding.instead)}" if finding.instead else ""
    return section(f"{mark} {escape(finding.message)}{instead}")


def _shown(field: Field, value: FieldValue) -> str:
    return field.label_of(str(value)) if field.type == "choice" else str(value)


def _usual(phases: Sequence[str]) -> str | None:
    return "during" if "during" in phases else next(iter(phases), None)
