"""The pictures in the docs: what stands on the screen, and how it came there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.pictures.acting import HOLDING, Night


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture: its file's name, the address, and what must be there before it is taken (as CSS).

    `still`: what is scrolled into view, if it is not where the page begins. `guide`: the first steps are open
    on a small screen too.
    """

    name: str
    address: str
    shows: str
    still: str = ""
    guide: bool = False


def screen(handle: str, place: str = "", **more: str) -> str:
    return "/?" + urlencode({"as": handle} | ({"in": place} if place else {}) | more)


def scenes(night: Night) -> Iterator[Scene]:
    """One after the other: each is taken before the next begins."""
    desk = night.workspace.conversation("ops-desk").id
    yield Scene("first-view", screen("maya", desk), "#composer", guide=True)
    night.open_by("/ecomms start flood", {"Name": "Highway 7 mudslides", "Live or exercise": "Exercise"})
    night.press("maya", "Write draft")
    form = night.on_top("maya")
    form.fill({**HOLDING, "Place on road signs": "HIGHWAY 7 NEAR AGASSIZ"})
    form.submit()
    yield Scene("modal-errors", screen("maya", night.place.id), "#modal .bk-error", "#modal .bk-wrong")
    form.close()
    night.write_holding(promised=60)
    review = night.message("priya", "Approve")
    thread = str(review.thread_ts)
    approve = "#replies .bk-primary"
    yield Scene("draft-in-thread", screen("priya", night.place.id, thread=thread), approve, approve)
    night.who("priya").open_home()
    night.wait(lambda: "Decide on" in told(night, "priya"), "the Home tab")
    yield Scene("home", screen("priya", night.place.id, view="home"), "#home .bk")
    night.approve()
    night.mark()
    night.push(73)
    yield Scene("reminder", screen("tom", night.place.id), "#messages .bk-me", "#messages .bk-me")
    night.open_by("/ecomms drill river-night", {})
    night.push(3)
    night.write_holding(promised=30)
    night.push(2)
    night.approve()
    night.mark()
    night.note_fact("River level", "6.8", "Duty hydrologist, by phone")
    night.push(51)
    yield Scene("debrief", f"/debrief/{incident(night)}", "main")


def told(night: Night, handle: str) -> str:
    home = night.who(handle).home
    return home.plain() if home is not None else ""


def incident(night: Night) -> Any:
    row = night.made.reader.records.in_conversation(night.place.id)
    assert row is not None
    return row.id
