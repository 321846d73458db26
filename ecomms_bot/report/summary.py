"""The short account of one incident: when the public first heard, which promises were kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from ecomms_bot.incident.rules.overriding import wants_second_review
from ecomms_bot.incident.state import Incident, Promise, Recorded
from ecomms_bot.incident.timeline import lines
from ecomms_bot.incident.wording import Sentence, Value, When, Who, plain
from ecomms_bot.playbook.channels import CHANNELS

_MARKUP = re.compile(r"[\\|`*_\[\]]")


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures of one incident. Durations are None where nothing of the kind happened."""

    incident: str
    name: str
    exercise: bool
    opened_at: datetime
    closed_at: datetime | None
    first_public: timedelta | None
    releases: int
    promises: int
    kept: int
    late: tuple[timedelta, ...]
    withdrawn: int
    returned: int
    approval: timedelta | None
    overridden: int
    looked: int
    to_look: int
    entries: int
    head: str


def summarise(state: Incident) -> Summary:
    """Count what the state holds. The first text is timed from opening, as attested.

    `approval` is a median; what was overridden waited for none.
    """
    assert state.opened_at is not None
    promises = list(state.promises.values())
    out = [
        receipt.attested_at
        for draft in state.drafts.values()
        for channel, (receipt, _) in draft.receipts.items()
        if CHANNELS[channel].public
    ]
    waits = [
        (revision.approved_at - revision.at).total_seconds()
        for draft in state.drafts.values()
        for revision in draft.revisions
        if revision.approved_at is not None and not revision.overridden
    ]
    looks = [
        revision.second_review is not None
        for draft in state.drafts.values()
        for revision in draft.revisions
        if wants_second_review(state, draft, revision)
    ]
    closing = state.closing
    return Summary(
        incident=state.id,
        name=state.name,
        exercise=state.exercise,
        opened_at=state.opened_at,
        closed_at=closing.at if closing else None,
        first_public=min(out) - state.opened_at if out else None,
        releases=sum(bool(draft.receipts) for draft in state.drafts.values()),
        promises=len(promises),
        kept=_count(promises, "kept"),
        late=tuple(timedelta(seconds=each.late_seconds) for each in promises if each.status == "late"),
        withdrawn=_count(promises, "withdrawn"),
        returned=sum(len(draft.returns) for draft in state.drafts.values()),
        approval=timedelta(seconds=median(waits)) if waits else None,
        overridden=sum(each.overridden for draft in state.drafts.values() for each in draft.revisions),
        looked=sum(looks),
        to_look=len(looks),
        entries=closing.seq if closing else state.seq,
        head=f"{closing.seq}:{closing.hash}" if closing else f"{state.seq}:{state.hash}",
    )


def markdown(state: Incident, entries: Sequence[Recorded], names: Mapping[str, str] | None = None) -> str:
    """The account as a page: figures, then the timeline in the incident's zone.

    `names`: people's ids → what they are called; who is not there goes by the id.
    """
    known = names or {}
    summary = summarise(state)
    mark = "EXERCISE - " if summary.exercise else ""
    title = f"# {mark}{cell(summary.name)}"
    counted = [f"| {name} | {cell(value)} |" for name, value in figures(summary, state.zone)]
    timeline = [
        f"| {line.seq} | {plain(When(line.at, state.zone))} | {cell(written(line.sentence, known))} |"
        for line in lines(state, entries)
    ]
    parts = [
        title,
        "",
        "| What | |",
        "| --- | --- |",
        *counted,
        "",
        "## Timeline",
        "",
        "| Entry | When | What |",
        "| --- | --- | --- |",
        *timeline,
        "",
    ]
    return "\n".join(parts)


def figures(summary: Summary, zone: str) -> list[tuple[str, str]]:
    """What | its figure, times in this zone."""
    closed = plain(When(summary.closed_at, zone)) if summary.closed_at else "open"
    late = ", ".join(f"{_minutes(each)} late" for each in summary.late)
    return [
        ("Incident", summary.incident),
        ("Opened", plain(When(summary.opened_at, zone))),
        ("Closed", closed),
        (
            "First public text",
            "none" if summary.first_public is None else f"{_minutes(summary.first_public)} after opening",
        ),
        ("Texts played" if summary.exercise else "Texts published", str(summary.releases)),
        ("Promises kept", f"{summary.kept} of {summary.promises}" + (f" ({late})" if late else "")),
        ("Promises withdrawn", str(summary.withdrawn)),
        ("Drafts sent back or declined", str(summary.returned)),
        ("Median time to approval", _minutes(summary.approval) if summary.approval is not None else "none"),
        ("Approvals overridden", str(summary.overridden)),
        (
            "Second looks given",
            f"{summary.looked} of {summary.to_look}" if summary.to_look else "none needed",
        ),
        ("Entries in the log", str(summary.entries)),
        ("Head of the log", summary.head),
    ]


def _count(promises: Sequence[Promise], status: str) -> int:
    return sum(promise.status == status for promise in promises)


def written(sentence: Sentence, names: Mapping[str, str]) -> str:
    """A sentence for a file: people by name where it is known, times with date and zone."""

    def draw(value: Value) -> str:
        if isinstance(value, Who):
            return names.get(value.id, value.id)
        if isinstance(value, tuple):
            return ", ".join(draw(each) for each in value)
        return plain(value)

    return sentence.write(draw)


def _minutes(span: timedelta) -> str:
    return f"{round(span.total_seconds() / 60)} min"


def cell(text: str) -> str:
    """Words as words in one cell of a table: no markup of theirs counts, and they stay on their line."""
    escaped = _MARKUP.sub(r"\\\g<0>", text).replace("&", "&amp;").replace("<", "&lt;")
    return " ".join(escaped.splitlines())
