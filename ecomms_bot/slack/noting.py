"""Entries by hand: the shortcut "Add to the log", facts, questions of the public and their answers."""

from __future__ import annotations

from collections.abc import Mapping

from slack_bolt import App

from ecomms_bot.slack.desk import Desk
from ecomms_bot.slack.listeners import Click, Submission


def register(app: App, desk: Desk) -> None:
    """Answer the shortcut."""
    del app, desk


CLICKS: Mapping[str, tuple[Click, int]] = {}
SUBMISSIONS: Mapping[str, Submission] = {}
