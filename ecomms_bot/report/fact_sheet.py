"""The fact sheet as a table of the report: what counted last, and what was left undecided. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ecomms_bot.incident.changes import label_of, sides_of, value_of
from ecomms_bot.incident.state import Fact, Incident
from ecomms_bot.incident.wording import When, Who, plain, say
from ecomms_bot.report.summary import cell, written

HEAD = ("Fact", "What counts", "Source", "As of", "Confirmed by", "Known until")
UNDECIDED = "in conflict"


def fact_sheet(state: Incident, names: Mapping[str, str]) -> Iterator[str]:
    """Lines of Markdown; none without facts. Of a conflict each source has a row. `names`: id → name."""
    rows = [_row(state, fact, names) for name in state.facts for fact in _counting(state, name)]
    if rows:
        yield from ("## Facts", "", _line(HEAD), _line(["---"] * len(HEAD)))
        yield from (_line(map(cell, row)) for row in rows)
        yield ""


def _counting(state: Incident, name: str) -> tuple[Fact, ...]:
    """What sources disagree about, else what counts."""
    now = state.fact(name)
    return sides_of(state, name) or ((now,) if now is not None else ())


def _row(state: Incident, fact: Fact, names: Mapping[str, str]) -> tuple[str, ...]:
    value = plain(value_of(state, fact.name, fact.value, fact.unit))
    if sides_of(state, fact.name):
        value = f"{value} ({UNDECIDED})"
    confirmed = tuple(Who(each.person) for each in fact.verified)
    return (
        label_of(state, fact.name),
        value,
        fact.source,
        plain(When(fact.as_of, state.zone)),
        written(say("{who}", who=confirmed), names),
        plain(When.of(fact.until)) if fact.until else "",
    )


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
