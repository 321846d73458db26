"""Figures and the table they stand in: each of ours beside the same work done barely, in the same run."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

RUNS = 3


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest of the values that so many percent of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


@dataclass
class Figure:
    """One line: what was measured, what it is measured beside, and the ratio that is to be reached."""

    what: str
    unit: str
    beside: str
    at_most: float | None = None
    at_least: float | None = None
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def add(self, ours: float, bare: float) -> None:
        """The figures of one run."""
        self.ours.append(ours)
        self.bare.append(bare)

    @property
    def ratios(self) -> list[float]:
        """Of the same run each: a noisy machine is noisy for both."""
        return [ours / bare if bare else math.inf for ours, bare in zip(self.ours, self.bare, strict=True)]

    @property
    def aim(self) -> str:
        if self.at_most is not None:
            return f"≤ {self.at_most:g}"
        return "" if self.at_least is None else f"≥ {self.at_least:g}"

    @property
    def reached(self) -> str:
        """Of the median of the ratios: it is said, never asserted."""
        if not self.aim or not self.ratios:
            return ""
        ratio = median(self.ratios)
        well = ratio <= self.at_most if self.at_most is not None else ratio >= (self.at_least or 0)
        return "yes" if well else "NO"


HEAD = ("What (min / median / max)", "Ours", "Barely", "Ratio", "To reach", "Reached", "Beside")


def table(figures: Sequence[Figure]) -> list[str]:
    """All of it as text, columns aligned."""
    rows = [HEAD, *(_row(each) for each in figures if each.ours)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    remarks = [f"{each.what}: {remark}" for each in figures for remark in dict.fromkeys(each.remarks)]
    return [line.rstrip() for line in [lines[0], "-" * len(lines[0]), *lines[1:], *remarks]]


def _row(figure: Figure) -> tuple[str, ...]:
    unit = f" {figure.unit}"
    ours, bare = three(figure.ours) + unit, three(figure.bare) + unit
    what = figure.what
    return (what, ours, bare, three(figure.ratios) + " ×", figure.aim, figure.reached, figure.beside)


def three(values: Sequence[float]) -> str:
    return " / ".join(short(each) for each in (min(values), median(values), max(values)))


def short(value: float) -> str:
    """Three digits that count."""
    if not math.isfinite(value):
        return "∞"
    whole = len(str(int(abs(value)))) if abs(value) >= 1 else 1
    return f"{value:,.{max(0, 3 - whole)}f}"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
