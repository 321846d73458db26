"""How many of this process are busy with the same incident: they would only get into each other's way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Company:
    """Safe for threads."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()

    @contextmanager
    def joined(self, incident: str) -> Iterator[bool]:
        """Be one of them; gives whether there are others."""
        with self._lock:
            others = self._counts.get(incident, 0)
            self._counts[incident] = others + 1
        try:
            yield others > 0
        finally:
            with self._lock:
                self._counts[incident] -= 1
                if not self._counts[incident]:
                    del self._counts[incident]
