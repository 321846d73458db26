"""App Home: what waits for me, what is promised, my drafts, the open incidents."""

from __future__ import annotations

from slack_bolt import App

from ecomms_bot.slack.desk import Desk


def register(app: App, desk: Desk) -> None:
    """Draw it when somebody opens it."""
    del app, desk
