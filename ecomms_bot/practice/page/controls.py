"""What stands beside the chat on the page: the clock, the guide, the bot's state, drills and bad luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from markupsafe import Markup
from starlette.routing import BaseRoute

from ecomms_bot.practice.workspace import Person


class Controls(Protocol):
    """Panels to draw on every screen and routes that serve what they ask for.

    `clock`: a bar with the practice time, to push. `guide`: the first steps (empty when done or dismissed).
    `bot`: a line while the bot or Slack is away (else empty). `drills`, `faults`: what trainers use.
    The panels post plain forms to the routes; `static/controls.js` sends them without leaving the page.
    """

    routes: Sequence[BaseRoute]

    def panels(self, person: Person) -> Mapping[str, Markup]:
        """The content of each panel by its id, as this person reads it now. Quick: no lock is held long."""

    @property
    def away(self) -> str:
        """Why nobody reaches Slack now (an outage is played), as people read it; empty while it is there.

        While it is away the page does nothing that people would do in Slack.
        """

    @property
    def opening(self) -> bool:
        """Whether there is nothing to show yet: a window of an earlier practice knocks as soon as it can."""


PANELS = ("bot", "clock", "guide", "drills", "faults")


class NoControls:
    """A page without anything beside the chat, as tests of the chat alone use it."""

    routes: Sequence[BaseRoute] = ()
    away = ""
    opening = False

    def panels(self, person: Person) -> Mapping[str, Markup]:
        del person
        return dict.fromkeys(PANELS, Markup())
