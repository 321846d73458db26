"""The modals: what is asked, with what is known already filled in. Pure; a view is plain JSON for Slack."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ecomms_bot.incident.events import FieldValue, Kind
from ecomms_bot.incident.progress import waiting
from ecomms_bot.incident.state import Draft, Incident, Revision
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
from ecomms_bot.slack.message import Block
from ecomms_bot.slack.text import date, escape, mrkdwn

View = dict[str, Any]
TITLE_MAX = 24
INPUT_MAX = 3000
DESCRIPTION_MAX = 75
VALUE = "value"
"""The action id of the one input in a block; the block's id is the field's name."""
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
        "title": _plain(marked[:TITLE_MAX]),
        "close": _plain(close),
        "private_metadata": json.dumps(metadata, separators=(",", ":")),
        "blocks": list(blocks),
    }
    if submit is not None:
        view["submit"] = _plain(submit)
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
        _option(f"{level} {severity.title}", level, severity.meaning)
        for level, severity in sorted(chosen.severities.items())
    ]
    blocks = [
        _input(
            "playbook", "Playbook", _select([_option(book.title, book.id) for book in playbooks], chosen.id)
        ),
        _input(
            "name",
            "Name",
            _text(60),
            hint="What people call it, such as: Highway 5 flooding, Hope to Merritt",
        ),
        _input("severity", "Severity", _select(levels, "S2" if "S2" in chosen.severities else None)),
        _input("area", "Where", _text(150), optional=True),
        _input("phase", "Phase", _select([_option(phase, phase) for phase in phases], _usual(phases))),
        _input("zone", "Time zone", _text(60, zone), hint="Of the place, such as America/Vancouver"),
        _input(
            "mode",
            "Live or exercise",
            _radio(
                [
                    _option("Live", "live", "The public will read these texts"),
                    _option("Exercise", "exercise", "Every text and message is marked EXERCISE"),
                ]
            ),
        ),
        _input(
            "conversation",
            "Conversation",
            _radio([_option("A new conversation", "new"), _option("This conversation", "here")], "new"),
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
    state: Incident, writing: Writing, values: Mapping[str, FieldValue], last: Revision | None
) -> View:
    """The step's fields, filled in with what was kept, or with what was said last."""
    step = state.step(writing.step)
    blocks: list[Block] = [
        context("*Next* keeps what you typed and shows every text as it will read. Nothing is sent yet.")
    ]
    if step.verify:
        blocks.append(context("Check first: " + " · ".join(escape(each) for each in step.verify)))
    for name, field in fields_for(state.book, step, writing.kind):
        blocks.append(field_input(name, field, values.get(name), last.values.get(name) if last else None))
    return modal(
        names.DRAFT_FORM,
        "Write draft",
        blocks,
        submit="Next",
        metadata=writing.metadata(),
        exercise=state.exercise,
    )


def field_input(name: str, field: Field, value: FieldValue, said: FieldValue) -> Block:
    """One fact, with its unit, an example and what was said last."""
    hints = [field.hint, f"Such as: {field.example}" if field.example else ""]
    if said not in (None, "") and field.type != "datetime":
        hints.append(f"Last said: {_shown(field, said)}")
    label = f"{field.label} ({field.unit})" if field.unit else field.label
    return _input(
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
    for channel, languages in texts.items():
        for language, text in languages.items():
            title = heading(channel, language, text, only_language=len(languages) == 1)
            blocks += [section(mrkdwn(title)), *copyable(text)]
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
        _input("reason", "Why" if declining else "What to change", _text(INPUT_MAX, multiline=True)),
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
    options = [_option(CHANNELS[channel].title, channel) for channel in left]
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
        _input(
            "channels", f"{verb} on", {"type": "checkboxes", "options": options, "initial_options": options}
        )
    )
    if not state.exercise:
        blocks += [
            _input(
                f"proof-{channel}",
                f"Link or other proof, {CHANNELS[channel].title}",
                _text(500),
                optional=True,
            )
            for channel in left
        ]
    blocks.append(_input("attested_at", f"{verb} at", _moment(now)))
    if passed:
        late = _option("It was posted like this, after that time", "yes")
        blocks.append(
            _input(
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
        _input("note", "How it ended", _text(500, multiline=True), optional=True),
    ]
    if live:
        blocks.append(
            _input(
                "withdraw_reason",
                "Why the promised update will not come (pio or ic only)",
                _text(500, multiline=True),
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


def with_problem(view: Mapping[str, Any], problem: str) -> View:
    """The same modal with an error on top, for one that has no field to put it beside."""
    kept = {
        key: view[key]
        for key in ("type", "callback_id", "title", "close", "private_metadata", "submit")
        if view.get(key)
    }
    blocks = [block for block in view["blocks"] if block.get("block_id") != "problem"]
    return {**kept, "blocks": [section(f":warning: {problem}") | {"block_id": "problem"}, *blocks]}


def raw_values(view: Mapping[str, Any]) -> dict[str, Any]:
    """What was entered, by block id: text, a chosen value, a list of values, or an aware moment (UTC)."""
    entered: dict[str, Any] = {}
    for block_id, actions in view["state"]["values"].items():
        for element in actions.values():
            entered[block_id] = _entered(element)
    return entered


def input_blocks(view: Mapping[str, Any]) -> list[str]:
    """The ids of the blocks that can carry an error."""
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


def _entered(element: Mapping[str, Any]) -> Any:
    match element["type"]:
        case "static_select" | "radio_buttons":
            option = element.get("selected_option")
            return option["value"] if option else None
        case "checkboxes":
            return [option["value"] for option in element.get("selected_options") or ()]
        case "datetimepicker":
            seconds = element.get("selected_date_time")
            return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
        case _:
            return element.get("value")


def _element(field: Field, value: FieldValue) -> Block:
    match field.type:
        case "choice":
            return _select([_option(choice.label, choice.value) for choice in field.choices], value)
        case "datetime":
            return _moment(value.utc if isinstance(value, Instant) else None)
        case "url":
            return {**_text(field.max_length, value), "type": "url_text_input"} | {"max_length": None}
        case _:
            return _text(field.max_length, value, multiline=field.type == "long_text")


def _text(most: int, initial: FieldValue = None, *, multiline: bool = False) -> Block:
    element: Block = {"type": "plain_text_input", "max_length": min(most, INPUT_MAX)}
    if multiline:
        element["multiline"] = True
    if isinstance(initial, str) and initial:
        element["initial_value"] = initial
    return element


def _moment(initial: datetime | None) -> Block:
    element: Block = {"type": "datetimepicker"}
    if initial is not None:
        element["initial_date_time"] = int(initial.timestamp())
    return element


def _select(options: list[Block], initial: FieldValue = None) -> Block:
    return _with_initial({"type": "static_select", "options": options}, options, initial)


def _radio(options: list[Block], initial: str | None = None) -> Block:
    return _with_initial({"type": "radio_buttons", "options": options}, options, initial)


def _with_initial(element: Block, options: list[Block], initial: FieldValue) -> Block:
    found = next((option for option in options if option["value"] == initial), None)
    return {**element, "initial_option": found} if found else element


def _option(text: str, value: str, description: str = "") -> Block:
    option: Block = {"text": _plain(text[:DESCRIPTION_MAX]), "value": value}
    if description:
        option["description"] = _plain(_short(description))
    return option


def _short(text: str) -> str:
    return text if len(text) <= DESCRIPTION_MAX else text[: DESCRIPTION_MAX - 1].rstrip() + "…"


def _input(block_id: str, label: str, element: Block, *, hint: str = "", optional: bool = False) -> Block:
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": _plain(label),
        "element": {
            key: value for key, value in {**element, "action_id": VALUE}.items() if value is not None
        },
    }
    if hint:
        block["hint"] = _plain(hint)
    if optional:
        block["optional"] = True
    return block


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


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}
