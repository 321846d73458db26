"""The controls of a practice for the page: what they show to whom, and the routes behind their buttons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from ecomms_bot import bootstrap
from ecomms_bot.errors import EcommsError
from ecomms_bot.practice.cast import CAST
from ecomms_bot.practice.luck import OUTAGE
from ecomms_bot.practice.page import clock, faults
from ecomms_bot.practice.page.debrief import DebriefPages
from ecomms_bot.practice.page.drills import DrillList
from ecomms_bot.practice.page.guide import Guide
from ecomms_bot.practice.page.health import Health, away_words
from ecomms_bot.practice.page.incidents import Incidents
from ecomms_bot.practice.page.pieces import Refused
from ecomms_bot.practice.page.site import site
from ecomms_bot.practice.training import Training
from ecomms_bot.practice.workspace import Person

Form = Mapping[str, str]


class Panels:
    """The `Controls` of a training."""

    def __init__(self, made: Training) -> None:
        self._made = made
        self._incidents = Incidents(made)
        self._guide = Guide(made, self._incidents)
        self._drills = DrillList(made, self._incidents)
        self._health = Health(made)
        self.routes: Sequence[BaseRoute] = [
            self._button("clock", lambda form: clock.act(made, form)),
            self._button("faults", lambda form: faults.act(made, form)),
            self._button("bot", lambda form: faults.act_on_bot(made, form)),
            self._button("guide", self._dismiss),
            Route("/practice/drill", self._drill, methods=["POST"]),
            *DebriefPages(made).routes,
        ]

    def panels(self, person: Person) -> Mapping[str, Markup]:
        return {
            "bot": self._health.draw(),
            "clock": clock.draw(self._made, person),
            "guide": self._guide.draw(person),
            "drills": self._drills.draw(dismissed=self._guide.dismissed),
            "faults": faults.draw(self._made),
        }

    @property
    def away(self) -> str:
        if not self._made.luck.on(OUTAGE.name):
            return ""
        return away_words(self._made)

    @property
    def opening(self) -> bool:
        return not self._made.begun

    def _button(self, name: str, act: Callable[[Form], None]) -> Route:
        """A route that does something in a thread and says whether it was done."""

        async def endpoint(request: Request) -> Response:
            form = await _form(request)
            return await _answer(lambda: act(form))

        return Route(f"/practice/{name}", endpoint, methods=["POST"])

    async def _drill(self, request: Request) -> Response:
        form = await _form(request)
        seat = request.query_params

        def act() -> None:
            person = self._made.people.get(seat.get("as", ""))
            if person is None:
                raise Refused("Choose who you are first.")
            self._drills.act(person, seat.get("in", ""), form)

        return await _answer(act)

    def _dismiss(self, form: Form) -> None:
        self._guide.dismissed = form.get("show") != "yes"
        self._made.workspace.changed()


def page(made: Training) -> list[BaseRoute]:
    """The whole page of a training, as `training(site=…)` takes it."""
    titles = {each.handle: each.title for each in CAST}
    return site(made.workspace, Panels(made), titles=titles, typed=bootstrap.app_commands())


async def _form(request: Request) -> Form:
    async with request.form() as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


async def _answer(act: Callable[[], None]) -> Response:
    try:
        await run_in_threadpool(act)
    except EcommsError as error:
        return JSONResponse({"ok": False, "error": str(error)})
    return JSONResponse({"ok": True})
