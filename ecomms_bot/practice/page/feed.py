"""What changed on a screen, told to its tab as server-sent events."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool

from ecomms_bot.practice.page.viewer import Piece, Viewer
from ecomms_bot.practice.page.where import Where
from ecomms_bot.practice.workspace.bell import Bell

if TYPE_CHECKING:
    from ecomms_bot.practice.page.site import Site

TICK_S = 1.0
"""True time after which a screen is drawn again although nothing rang: clocks go on by themselves."""
PAUSE_S = 0.02
"""Between two drawings; what happens meanwhile comes together."""
TABS = 32
RETRY_MS = 500

Change = dict[str, Any]


def changes(before: Sequence[Piece] | None, now: Sequence[Piece]) -> Change | None:
    """From one screen to the next: what to put, each after which other, then what to drop. None: nothing.

    With no screen before it is the whole, and whatever else stands in the page has to go.
    """
    old = {piece.id: piece for piece in before or ()}
    kept = {piece.id for piece in now}
    put: list[Change] = []
    last: dict[str, str] = {}
    order = {name: iter(ids) for name, ids in _in_order(before or (), kept).items()}
    due = {name: next(ids, "") for name, ids in order.items()}
    for piece in now:
        known = old.get(piece.id)
        stays = known is not None and known.within == piece.within and due.get(piece.within) == piece.id
        if stays:
            due[piece.within] = next(order[piece.within], "")
        if not stays or known is None or known.html != piece.html:
            told: Change = {"id": piece.id, "in": piece.within, "html": piece.html}
            if not stays:
                told["after"] = last.get(piece.within, "")
            if known is None and before is not None and piece.say:
                told["say"] = piece.say
            put.append(told)
        last[piece.within] = piece.id
    if before is None:
        return {"whole": True, "put": put, "drop": []}
    drop = [piece.id for piece in before if piece.id not in kept]
    return {"put": put, "drop": drop} if put or drop else None


def _in_order(before: Sequence[Piece], kept: set[str]) -> dict[str, list[str]]:
    order: dict[str, list[str]] = {}
    for piece in before:
        if piece.id in kept:
            order.setdefault(piece.within, []).append(piece.id)
    return order


class Tab:
    """A viewer with what its browser has."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.sent: list[Piece] | None = None

    def draw(self) -> Change | None:
        now = self.viewer.pieces()
        change = changes(self.sent, now)
        self.sent = now
        return change


class Feed:
    """All tabs of a page."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._ears = Ears(site.workspace.lock)
        self._waiting: OrderedDict[str, Tab] = OrderedDict()  # drawn, and their streams not yet asked for
        self._lock = threading.Lock()

    def open(self, where: Where) -> tuple[str, list[Piece]]:
        """A new tab's name and first screen."""
        tab = Tab(Viewer(self._site, where))
        tab.draw()
        assert tab.sent is not None
        name = secrets.token_urlsafe(9)
        with self._lock:
            self._waiting[name] = tab
            while len(self._waiting) > TABS:
                self._waiting.popitem(last=False)
        return name, tab.sent

    def _take(self, where: Where, name: str) -> Tab:
        with self._lock:
            tab = self._waiting.pop(name, None)
        if tab is None or tab.viewer.where != where:
            tab = Tab(Viewer(self._site, where))
        return tab

    async def stream(self, where: Where, name: str) -> AsyncIterator[str]:
        """Everything that changes from now on; of a tab that is not known, first the whole."""
        tab = await run_in_threadpool(self._take, where, name)
        hello = {"version": self._site.version, "address": where.address}
        yield f"retry: {RETRY_MS}\n" + event("hello", hello)
        with self._ears.listening() as rung:
            while not self._site.workspace.closing:
                rung.clear()
                if (change := await run_in_threadpool(tab.draw)) is not None:
                    yield event("change", change)
                await asyncio.sleep(PAUSE_S)
                with suppress(TimeoutError):
                    await asyncio.wait_for(rung.wait(), 10 * TICK_S)
                    continue
                yield ": still here\n\n"


def event(kind: str, data: Any) -> str:
    """The id makes the browser say that it had some before, when it connects again."""
    return f"id: 1\nevent: {kind}\ndata: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n"


class Ears:
    """One thread that hears the bell for all streams, as long as there are any."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._lock = threading.Lock()
        self._listening: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        self._thread: threading.Thread | None = None

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """Set at every ring, and after a second without one."""
        ear = asyncio.get_running_loop(), asyncio.Event()
        with self._lock:
            self._listening.append(ear)
            if self._thread is None:
                self._thread = threading.Thread(target=self._hear, name="bell", daemon=True)
                self._thread.start()
        try:
            yield ear[1]
        finally:
            with self._lock:
                self._listening.remove(ear)

    def _hear(self) -> None:
        while True:
            seen = self._bell.rings
            with self._lock:
                if not self._listening:
                    self._thread = None
                    return
                ears = list(self._listening)
            for loop, event_ in ears:
                with suppress(RuntimeError):  # the loop has ended, and nobody reads there
                    loop.call_soon_threadsafe(event_.set)
            self._bell.wait_for_ring(seen, TICK_S)
