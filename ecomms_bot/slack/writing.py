"""The two forms in which a text is written: its fields, and the preview. Pure; a view is plain JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ecomms_bot.incident.events import About, FieldValue, Kind
from ecomms_bot.incident.progress import next_promise, step_due, step_status
from ecomms_bot.incident.state import Draft, Fact, Incident
from ecomms_bot.incident.wording import Sentence, When, say
from ecomms_bot.playbook.channels import in_reading_order
from ecomms_bot.playbook.checks import Finding
from ecomms_bot.playbook.drafting import Texts, fields_for, fingerprint
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import context, copyable, paragraphs, section
from ecomms_bot.slack.cards.asking import tier_roles
from ecomms_bot.slack.cards.checklists import in_a_form
from ecomms_bot.slack.cards.texts import heading
from ecomms_bot.slack.fields import field_input, on_the_sheet, recorded_facts
from ecomms_bot.slack.following_forms import in_draft_form, in_preview, title_for
from ecomms_bot.slack.forms import View, metadata_of, modal, title_of
from ecomms_bot.slack.message import Block
from ecomms_bot.slack.text import duration, escape, mrkdwn, shorten

ANSWER_MAX = 60_000
"""Bytes of a preview as sent: an answer over 65,535 never leaves Slack's Socket Mode client (measured)."""
SUBMIT, SHOW = "Submit for approval", "Show in the thread"
BLOCKS_MAX = 90
"""Of a preview; Slack takes 100 in a modal, and a problem may still come on top."""
BEGINNINGS = (600, 300, 120)
"""Characters shown of each text in a preview that cannot hold all of them: as many as fit."""
FINDINGS_MAX, FINDING_MAX = 12, 160
"""How many findings a preview shows, and how many characters of each: they leave the texts their room."""


@dataclass(frozen=True, slots=True)
class Writing:
    """Which text of which draft a form is about. `about`: the published text that it follows."""

    incident: str
    draft: str
    step: str
    kind: Kind
    about: About | None = None

    def metadata(self) -> dict[str, Any]:
        held: dict[str, Any] = {"i": self.incident, "d": self.draft, "s": self.step, "k": self.kind}
        if self.about is not None:
            held["a"] = [self.about.relation, self.about.draft, self.about.revision, *self.about.channels]
        return held

    @classmethod
    def of(cls, held: Mapping[str, Any]) -> Writing:
        about = None
        if "a" in held:
            relation, draft, revision, *channels = held["a"]
            about = About(relation=relation, draft=draft, revision=revision, channels=tuple(channels))
        return cls(held["i"], held["d"], held["s"], held["k"], about)

    @classmethod
    def going_on(cls, state: Incident, draft: Draft, kind: Kind | None = None) -> Writing:
        """With a draft that is there: what it follows stays."""
        return cls(state.id, draft.id, draft.step, kind or draft.kind, draft.about)


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a form of fields starts with. `said`: what the public was told last of each fact.

    `seen` is the mark of the copy that the values were taken from, `notes` say where they are from. `news`:
    facts recorded since, by field; `others`: facts under names of their own.
    """

    values: Mapping[str, FieldValue]
    said: Mapping[str, FieldValue]
    seen: str
    news: Mapping[str, Fact]
    others: tuple[Fact, ...]
    notes: tuple[Sentence, ...] = ()


def draft_form(state: Incident, writing: Writing, begins: Beginning) -> View:
    """The step's fields, filled in with what is known."""
    step = state.step(writing.step)
    channels = step.text(writing.kind).templates
    linked = in_draft_form(state, writing.kind, writing.about, channels)
    blocks: list[Block] = [section(mrkdwn(about(state, writing))), *linked]
    blocks += [section(mrkdwn(note)) for note in begins.notes]
    blocks.append(
        context("*Next* keeps what you typed and shows every text as it will read. Nothing is sent yet.")
    )
    blocks += in_a_form(step)
    if begins.others:
        blocks.append(recorded_facts(state, begins.others))
    for name, field in fields_for(state.book, step, writing.kind):
        value, said = begins.values.get(name), begins.said.get(name)
        blocks.append(field_input(name, field, value, said, recorded=on_the_sheet(state, name)))
    return modal(
        names.DRAFT_FORM,
        title_for(writing.about),
        blocks,
        submit="Next",
        metadata={**writing.metadata(), "w": begins.seen},
        exercise=state.exercise,
    )


def about(state: Incident, writing: Writing) -> Sentence:
    """Which text this is, for which incident, and when it is due or was promised for."""
    title = title_of(state, writing.step, writing.kind)
    wanted, promise = step_due(state, writing.step), next_promise(state)
    promised = promise is not None and wanted == promise.due
    if wanted is not None and not promised and step_status(state, writing.step) in {"to do", "drafting"}:
        words, due = "*{title}* for {name}. Due {when}.", wanted
    elif promise is not None and state.step(writing.step).text(writing.kind).promises:
        words, due = "*{title}* for {name}. The public was promised an update by {when}.", promise.due
    else:
        return say("*{title}* for {name}.", title=title, name=state.name)
    return say(words, title=title, name=state.name, when=When.of(due))


def preview(
    state: Incident,
    writing: Writing,
    texts: Texts,
    sha256: str,
    findings: Sequence[Finding],
    *,
    tier: str,
    seen: str | None,
    extra: Mapping[str, Any],
    problem: str = "",
) -> View:
    """Every text as it will read, its length, and what was found; what blocks takes Submit away.

    Texts that are too long for one answer are shown by their beginnings (see `is_long`).
    `seen`: the mark of the working copy that it shows, None for texts that need none.
    """
    blocked = blocks_submit(findings)
    level = state.book.tiers[tier]
    top: list[Block] = [
        section(mrkdwn(_which_revision(state, writing, sha256))),
        *in_preview(state, writing.about, texts),
    ]
    if problem:
        top.append(section(f":warning: {problem}"))
    found = list(_findings(findings))
    target = duration(timedelta(minutes=level.target_minutes))
    asked = tier_roles(state, level.roles)
    small = context(f"Approval: {asked}, within {target} · Text {fingerprint(sha256)}")

    def drawn(body: Sequence[Block], submit: str | None, *, long: bool = False) -> View:
        held = {**writing.metadata(), "h": sha256, "w": seen, **({"l": 1} if long else {}), **extra}
        close = "Cancel" if extra else "Back"
        return modal(
            names.PREVIEW, "Preview", body, submit=submit, metadata=held, exercise=state.exercise, close=close
        )

    whole = drawn([*top, *found, *_in_full(texts), small], None if blocked else SUBMIT)
    if fits(whole):
        return whole
    words, submit = _too_long_to_show(blocked=blocked, one_click=bool(extra), renews=bool(extra.get("r")))
    top.append(section(words))
    shorter = (
        drawn([*top, *found, *_beginnings(texts, most), small], submit, long=submit != SUBMIT)
        for most in BEGINNINGS
    )
    lengths = drawn([*top, *found, *_lengths(texts), small], submit, long=submit != SUBMIT)
    return next((view for view in shorter if fits(view)), lengths)


def fits(view: View) -> bool:
    """Whether Slack's client can send it as an answer, and Slack take it as a modal."""
    return len(json.dumps(view)) <= ANSWER_MAX and len(view["blocks"]) <= BLOCKS_MAX


def is_long(view: Mapping[str, Any]) -> bool:
    """Whether a preview holds beginnings only, so that its texts are submitted from the step's thread."""
    return "l" in metadata_of(view)


def blocks_submit(findings: Sequence[Finding]) -> bool:
    return any(finding.severity == "block" for finding in findings)


def _too_long_to_show(*, blocked: bool, one_click: bool, renews: bool) -> tuple[str, str | None]:
    """What stands above beginnings, and the button below them."""
    start = "These texts are too long for this window, so it shows their lengths and beginnings."
    if blocked:
        return f"{start} Change first what is marked below.", None
    if renews:
        return f"{start} Only the times are new; every other word is that of the approved revision.", SUBMIT
    if one_click:
        return f"{start} *{SHOW}* posts every word in the step's thread; *{SUBMIT}* is there.", SHOW
    return f"{start} Every word is being posted in the step's thread; *{SUBMIT}* is there.", None


def _which_revision(state: Incident, writing: Writing, sha256: str) -> Sentence:
    """The number that it gets when submitted; that of the last revision where the words are the same."""
    draft = state.drafts.get(writing.draft)
    last = draft.last if draft is not None else None
    number = 1 if last is None else last.number + (last.text_sha256 != sha256)
    title = title_of(state, writing.step, writing.kind)
    return say("*{title}*, revision {number}, for {name}.", title=title, number=number, name=state.name)


def _in_full(texts: Texts) -> Iterator[Block]:
    for title, text in _headed(texts):
        yield section(title)
        yield from copyable(text)


def _beginnings(texts: Texts, most: int) -> Iterator[Block]:
    for title, text in _headed(texts):
        yield section(title)
        yield from copyable(text[:most])
        if len(text) > most:
            yield context(f"… and {len(text) - most:,} more characters")


def _lengths(texts: Texts) -> tuple[Block, ...]:
    return paragraphs(title for title, _ in _headed(texts))


def _headed(texts: Texts) -> Iterator[tuple[str, str]]:
    for channel in in_reading_order(texts):
        languages = texts[channel]
        for language, text in languages.items():
            title = heading(channel, language, text, only_language=len(languages) == 1)
            yield mrkdwn(title), text


def _findings(findings: Sequence[Finding]) -> Iterator[Block]:
    """Each once, what blocks first; of very many the first ones."""
    drawn = list(dict.fromkeys(map(_finding, findings)))
    yield from map(section, drawn[:FINDINGS_MAX])
    if len(drawn) > FINDINGS_MAX:
        yield context(f"… and {len(drawn) - FINDINGS_MAX} more things to look at")


def _finding(finding: Finding) -> str:
    mark = {"block": ":no_entry: *Must be changed*", "warn": ":warning: *Look again*"}.get(
        finding.severity, "*Hint*"
    )
    instead = f"\n{escape(shorten(finding.instead, FINDING_MAX))}" if finding.instead else ""
    return f"{mark} {escape(shorten(finding.message, FINDING_MAX))}{instead}"
