"""The two forms in which a text is written: its fields, and the preview. Pure; a view is plain JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecomms_bot.incident.events import FieldValue, Kind
from ecomms_bot.incident.progress import next_promise, step_status
from ecomms_bot.incident.state import Fact, Incident
from ecomms_bot.incident.wording import Sentence, When, say
from ecomms_bot.playbook.checks import Finding
from ecomms_bot.playbook.drafting import Texts, fields_for, fingerprint
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import context, copyable, section
from ecomms_bot.slack.cards.texts import heading
from ecomms_bot.slack.fields import field_input, last_known, recorded_facts
from ecomms_bot.slack.forms import View, modal, title_of
from ecomms_bot.slack.message import Block
from ecomms_bot.slack.text import escape, mrkdwn

PREVIEW_MAX, BEGINNING = 8_000, 600
"""Characters. An answer over 65,535 bytes never leaves Slack's Socket Mode client (measured), so a longer
preview shows beginnings only."""


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
    blocks: list[Block] = [section(mrkdwn(about(state, writing)))]
    blocks += [section(mrkdwn(note)) for note in begins.notes]
    blocks.append(
        context("*Next* keeps what you typed and shows every text as it will read. Nothing is sent yet.")
    )
    if step.verify:
        blocks.append(context("Check first: " + " · ".join(escape(each) for each in step.verify)))
    if begins.others:
        blocks.append(recorded_facts(state, begins.others))
    for name, field in fields_for(state.book, step, writing.kind):
        value, said, fact = begins.values.get(name), begins.said.get(name), begins.news.get(name)
        recorded = last_known(state, fact) if fact is not None else ""
        blocks.append(field_input(name, field, value, said, recorded=recorded))
    return modal(
        names.DRAFT_FORM,
        "Write draft",
        blocks,
        submit="Next",
        metadata={**writing.metadata(), "w": begins.seen},
        exercise=state.exercise,
    )


def about(state: Incident, writing: Writing) -> Sentence:
    """Which text this is, for which incident, and when it is due or was promised for."""
    title = title_of(state, writing.step, writing.kind)
    run, promise = state.steps.get(writing.step), next_promise(state)
    if run is not None and run.due is not None and step_status(state, writing.step) in {"to do", "drafting"}:
        words, due = "*{title}* for {name}. Due {when}.", run.due
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

    `seen`: the mark of the working copy that it shows, None for texts that need none.
    """
    blocked = any(finding.severity == "block" for finding in findings)
    level = state.book.tiers[tier]
    blocks: list[Block] = [section(mrkdwn(_which_revision(state, writing, sha256)))]
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
        metadata={**writing.metadata(), "h": sha256, "w": seen, **extra},
        exercise=state.exercise,
        close="Cancel" if extra else "Back",
    )


def _which_revision(state: Incident, writing: Writing, sha256: str) -> Sentence:
    """The number that it gets when submitted; that of the last revision where the words are the same."""
    draft = state.drafts.get(writing.draft)
    last = draft.last if draft is not None else None
    number = 1 if last is None else last.number + (last.text_sha256 != sha256)
    title = title_of(state, writing.step, writing.kind)
    return say("*{title}*, revision {number}, for {name}.", title=title, number=number, name=state.name)


def _as_shown(text: str, *, long: bool) -> tuple[Block, ...]:
    """The text; of a long one in a long preview its beginning, and where the rest is read."""
    if not long or len(text) <= BEGINNING:
        return copyable(text)
    more = len(text) - BEGINNING
    note = context(f"{more:,} more characters. The review in the thread shows every one of them.")
    return *copyable(text[:BEGINNING]), note


def _finding(finding: Finding) -> Block:
    mark = {"block": ":no_entry: *Must be changed*", "warn": ":warning: *Look again*"}.get(
        finding.severity, "*Hint*"
    )
    instead = f"\n{escape(finding.instead)}" if finding.instead else ""
    return section(f"{mark} {escape(finding.message)}{instead}")
