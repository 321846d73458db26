"""One line on the page while the bot or Slack is away, and a while after it is back."""

from __future__ import annotations

import time

from markupsafe import Markup

from ecomms_bot.practice.luck import OUTAGE
from ecomms_bot.practice.page.pieces import piece
from ecomms_bot.practice.training import Training

BACK_S = 12.0
"""So long (true time) it says that the bot is back."""
GRACE_S = 3.0
"""A line that breaks for less time, with the bot still running, is no news: it connects again by itself."""


class Health:
    """Remembers that it was away, to say when it is back."""

    def __init__(self, made: Training) -> None:
        self._made = made
        self._missed = ""  # what was away
        self._back_until = 0.0
        self._back = ""
        self._starts = 1  # how often the bot had been started when it was last connected
        self._lost: float | None = None  # since when it runs without being connected

    def draw(self) -> Markup:
        kind, words = self._state()
        output = self._made.bot.last_words() if kind == "failing" else ""
        return piece("bot", kind=kind, words=words, output=output)

    def _state(self) -> tuple[str, str]:
        """What kind of trouble it is (a name for the page), and the words."""
        made = self._made
        if made.luck.on(OUTAGE.name):
            self._missed = "Slack"
            return "outage", away_words(made)
        if made.bot.state == "running" and made.connected:
            self._starts, self._lost = made.bot.starts, None
            if self._missed:
                self._back, self._back_until = f"{self._missed} is back.", time.monotonic() + BACK_S
                self._missed = ""
            return ("back", self._back) if time.monotonic() < self._back_until else ("", "")
        if not self._missed and self._line_only():
            return "", ""
        if made.bot.state != "running" or not self._missed:
            self._missed = "The bot"
        if made.bot.state == "stopped":
            return "stopped", "The bot was stopped. Nothing that you do is answered until it is started."
        if made.bot.failing:
            return "failing", "The bot ends each time it is started. Its last words:"
        if self._missed == "Slack":
            return "away", "Slack is back. The bot is connecting."
        if made.bot.state == "running" and made.bot.starts == self._starts:
            return "away", "The bot is connecting again."
        return "away", "The bot is away, starting it again."

    def _line_only(self) -> bool:
        """Whether the same bot has been without its line for a moment."""
        if self._made.bot.state != "running" or self._made.bot.starts != self._starts:
            return False
        self._lost = self._lost or time.monotonic()
        return time.monotonic() - self._lost < GRACE_S


def away_words(made: Training) -> str:
    """Why nobody reaches Slack, for who tries."""
    if (until := made.outages.until) is not None:
        minutes = max(1, round((until - made.mover.now).total_seconds() / 60))
        left = f"{minutes} minute{'s' if minutes > 1 else ''}"
        return (
            f"Slack is away for {left} of practice, as the drill says. Use the printed binder and the phone."
        )
    return "Slack is away: a trainer switched it off. Nothing that you do arrives."
