"""What was drawn, while it may be looked at again: who comes back, or opens another window, waits less."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

from ecomms_bot.practice.page.where import SHOWN, Where

if TYPE_CHECKING:
    from ecomms_bot.practice.page.viewer import Drawn

PLACES = 64
"""Each is one conversation before one person; the one that was looked at longest ago goes first."""


class Kept:
    """Messages as they were drawn, by where. Safe from any thread.

    Several tabs may use the same at once: each looks whether a drawing is still right before it takes it.
    """

    def __init__(self) -> None:
        self._places: OrderedDict[Where, dict[str, Drawn]] = OrderedDict()
        self._lock = threading.Lock()

    def at(self, where: Where) -> dict[str, Drawn]:
        """Of long lists nothing is kept."""
        if where.count != SHOWN:
            return {}
        place = replace(where, thread="")  # messages look alike whatever thread stands beside them
        with self._lock:
            found = self._places.setdefault(place, {})
            self._places.move_to_end(place)
            while len(self._places) > PLACES:
                self._places.popitem(last=False)
        return found
