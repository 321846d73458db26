"""The debrief of a drill as a page of its own, and as a file to keep."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from ecomms_bot.practice.page.pieces import piece
from ecomms_bot.practice.training import Training
from ecomms_bot.report.debrief import Debrief, InjectLine, NoDrill, debrief, minutes
from ecomms_bot.report.debrief_page import (
    debrief_markdown,
    file_name,
    noticed,
    outcome,
    promise_words,
    result,
)

NONE = "There is no drill of this name in this practice.\n"


class DebriefPages:
    def __init__(self, made: Training) -> None:
        self._made = made
        self.routes: list[BaseRoute] = [
            Route("/debrief/{incident}.md", self._file),
            Route("/debrief/{incident}", self._page),
        ]

    async def _page(self, request: Request) -> Response:
        found = await run_in_threadpool(self._read, request.path_params["incident"])
        if found is None:
            return PlainTextResponse(NONE, 404)
        return HTMLResponse(await run_in_threadpool(draw, found[0], self._names(), _back(request)))

    async def _file(self, request: Request) -> Response:
        found = await run_in_threadpool(self._read, request.path_params["incident"])
        if found is None:
            return PlainTextResponse(NONE, 404)
        written = debrief_markdown(found[0], self._names())
        headers = {"Content-Disposition": f'attachment; filename="{found[1]}"'}
        return PlainTextResponse(written, headers=headers, media_type="text/markdown")

    def _read(self, incident: str) -> tuple[Debrief, str] | None:
        """With the name of its file."""
        state, entries = self._made.reader.records.history(incident)
        try:
            return debrief(state, entries), file_name(state)
        except NoDrill:
            return None

    def _names(self) -> dict[str, str]:
        return {user.id: user.name for user in self._made.workspace.users.values()}


def _back(request: Request) -> str:
    """The screen from which somebody came, so that they are again who they were."""
    base = str(request.base_url)
    came = request.headers.get("referer", "")
    return came if came.startswith(f"{base}?") else base


def draw(found: Debrief, names: dict[str, str], back: str = "/") -> Markup:
    """The whole page. `back`: where the practice workspace is."""
    zone = ZoneInfo(found.zone)
    return piece(
        "debrief",
        found=found,
        back=back,
        began=_moment(found.began, zone),
        ended=_moment(found.ended, zone) if found.ended else "",
        injects=[_inject(line, names, explained=found.explains(line)) for line in found.injects],
        promises=[
            (_moment(each.due, zone), each.title, promise_words(each), each.status) for each in found.promises
        ],
        first=_span(found.first_message),
        approval=_span(found.approval),
        result=result(found),
        who=lambda person: names.get(person, person),
    )


def _inject(line: InjectLine, names: dict[str, str], *, explained: bool) -> dict[str, object]:
    return {
        "explained": explained,
        "number": line.number,
        "inject": line.inject,
        "asked": line.asked,
        "status": line.status,
        "outcome": outcome(line, names),
        "noticed": noticed(line, names),
    }


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    there = moment.astimezone(zone)
    return f"{there.day} {there:%B %Y, %H:%M %Z}"


def _span(span: timedelta | None) -> str:
    return "" if span is None else minutes(span)
