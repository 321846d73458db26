"""The page as routes beside those of Slack: the screen, its stream of changes, acts, and static files."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from ecomms_bot.practice.page import acts, viewer
from ecomms_bot.practice.page.attached import attached
from ecomms_bot.practice.page.controls import Controls, NoControls
from ecomms_bot.practice.page.door import Door
from ecomms_bot.practice.page.feed import Feed
from ecomms_bot.practice.page.kept import Kept
from ecomms_bot.practice.page.marks import Marks
from ecomms_bot.practice.page.security import Guard
from ecomms_bot.practice.page.where import SHOWN, Where
from ecomms_bot.practice.workspace import Person, Workspace
from ecomms_bot.practice.workspace.state import Conversation, Json

PACKAGE = "ecomms_bot.practice.page"
STATIC = "static"
IMPORT = re.compile(r"^import .* from \"\./([\w.]+)\";", re.MULTILINE)
Typed = Mapping[str, Sequence[tuple[str, str]]]
"""A slash command → what can be typed after it, each with what it does."""


class Site:
    """One page for one workspace."""

    def __init__(
        self, workspace: Workspace, controls: Controls, titles: Mapping[str, str], typed: Typed
    ) -> None:
        self.workspace, self.controls = workspace, controls
        self.titles, self.typed = titles, typed
        self.marks = Marks(workspace)
        self.kept = Kept()
        self.feed = Feed(self)
        self.version = version()
        self._modules = modules()
        self._templates = Environment(
            loader=PackageLoader(PACKAGE),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, template: str, **values: Any) -> str:
        return self._templates.get_template(template).render(values).strip()

    # --- words -------------------------------------------------------------------------------------------

    def people(self) -> list[str]:
        """Handles of everybody somebody can look as, in the order they came."""
        return [user.handle for user in self.workspace.users.values() if not user.bot and not user.deleted]

    def title(self, place: Conversation, me: str) -> str:
        """How a conversation is called; direct messages by who else takes part in them."""
        if place.kind not in ("im", "mpim"):
            return f"#{place.name}"
        others = [self.workspace.users[one].name for one in place.members if one != me]
        return ", ".join(others) or self.workspace.users[me].name

    def sidebar(self, person: Person, where: Where) -> str:
        """Under the workspace's lock."""
        ws, me = self.workspace, person.id
        mine = [one for one in ws.conversations if me in one.members and not one.archived]
        others = [one for one in ws.conversations if me not in one.members and not one.private]
        archived = [one for one in ws.conversations if me in one.members and one.archived]
        direct = [
            one
            for one in ws.channels.values()
            if one.kind in ("im", "mpim") and me in one.members and ws.bot.id not in one.members
        ]
        here = "" if where.home else where.place

        def link(place: Conversation) -> dict[str, Any]:
            return {
                "title": self.title(place, me),
                "private": place.kind == "private",
                "address": where.but(place=place.id, thread="", home=False, count=SHOWN),
                "here": place.id == here,
                "unread": self.marks.unread(me, place),
            }

        app = link(person.dm)
        return self.render(
            "sidebar.html",
            mine=[link(one) for one in mine],
            others=[link(one) for one in [*others, *archived]],
            direct=[link(one) for one in direct],
            app=app | {"title": ws.bot.name},
            home={"address": where.but(home=True, thread="", count=SHOWN), "here": where.home},
            tabs=(ws.home_tab, ws.messages_tab),
            people=[self._somebody(handle, where) for handle in self.people()],
        )

    def _somebody(self, handle: str, where: Where) -> dict[str, Any]:
        user = self.workspace.user(handle)
        places = [one for one in self.workspace.channels.values() if user.id in one.members]
        return {
            "name": user.name,
            "title": self.titles.get(handle, ""),
            "face": viewer.face(user.name),
            "colour": viewer.colour(self.workspace, user.id),
            "here": handle == where.handle,
            "address": where.but(handle=handle, thread="", count=SHOWN),
            "calls": sum(self.marks.unread(user.id, place).calls for place in places),
        }

    # --- routes ------------------------------------------------------------------------------------------

    def mounted(self) -> list[BaseRoute]:
        """All of it, behind the guard; what is not there too."""
        around = [
            Middleware(Guard),
            Middleware(Door, opening=lambda: self.controls.opening),
            Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5),
        ]
        return [Mount("/", Starlette(routes=self._routes(), middleware=around))]

    def _routes(self) -> list[BaseRoute]:
        return [
            Route("/", self._page),
            Route("/stream", self._stream),
            Route("/words", self._words),
            Route("/act/{name}", self._act, methods=["POST"]),
            attached(self.workspace),
            Mount("/static", StaticFiles(packages=[(PACKAGE, STATIC)]), name=STATIC),
            *self.controls.routes,
        ]

    async def _page(self, request: Request) -> Response:
        asked = Where.read(request.query_params)
        where = await run_in_threadpool(viewer.usable, self, asked)
        if where.address != asked.address:
            return RedirectResponse(where.address, 303)
        return HTMLResponse(await run_in_threadpool(self._draw, where))

    def _draw(self, where: Where) -> str:
        tab, pieces = self.feed.open(where)
        slots: dict[str, list[str]] = {}
        for piece in pieces:
            slots.setdefault(piece.within, []).append(piece.html)
        return self.render(
            "shell.html",
            slot=lambda name: Markup("\n").join(Markup(each) for each in slots.get(name, ())),  # noqa: S704
            tab=tab,
            where=where,
            version=self.version,
            modules=self._modules,
            team=self.workspace.name,
            shortcuts=[one for one in self.workspace.shortcuts or () if one.kind == "message"],
        )

    async def _stream(self, request: Request) -> Response:
        where = await run_in_threadpool(viewer.usable, self, Where.read(request.query_params))
        again = "last-event-id" in request.headers
        tab = "" if again else request.query_params.get("tab", "")
        return StreamingResponse(
            self.feed.stream(where, tab),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    async def _words(self, request: Request) -> Response:
        """What a composer completes: commands, people, conversations."""
        del request
        ws = self.workspace
        with ws.lock:
            return JSONResponse(
                {
                    "commands": {
                        name: [{"line": line, "does": does} for line, does in self.typed.get(name, ())]
                        for name in sorted(ws.commands or self.typed)
                    },
                    "people": [
                        {"handle": user.handle, "name": user.name}
                        for user in ws.users.values()
                        if not user.deleted
                    ],
                    "places": [one.name for one in ws.conversations if not one.archived],
                }
            )

    async def _act(self, request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return JSONResponse({"ok": False, "error": "Nothing was done: this was no JSON."}, 415)
        said = read(await request.body())
        if said is None:
            return JSONResponse({"ok": False, "error": "Nothing was done: this was no JSON."}, 400)
        return JSONResponse(await run_in_threadpool(acts.act, self, request.path_params["name"], said))


def site(
    workspace: Workspace,
    controls: Controls | None = None,
    *,
    titles: Mapping[str, str] | None = None,
    typed: Typed | None = None,
) -> list[BaseRoute]:
    """The routes that `WorkspaceServer(site=…)` takes.

    `titles`: handle → what they are, as the list of people says it. `typed`: what the composer completes.
    """
    return Site(workspace, controls or NoControls(), titles or {}, typed or {}).mounted()


def read(body: bytes) -> Json | None:
    """What a browser told; None if it is no object.

    A browser can send half of a pair of UTF-16 (half an emoji). Nothing can encode it, and each screen that
    was to show it would fail, so that a sign for what cannot be read stands for it.
    """
    try:
        said = json.loads(body)
        whole = json.dumps(said, ensure_ascii=False).encode("utf-16", "surrogatepass")
        said = json.loads(whole.decode("utf-16", "replace"))
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def version() -> str:
    """Of everything static: a tab that was drawn by another one is loaded anew."""
    digest = hashlib.sha256()
    for folder in (STATIC, "templates"):
        for file in sorted(resources.files(PACKAGE).joinpath(folder).iterdir(), key=lambda one: one.name):
            if file.is_file():
                digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def modules() -> list[str]:
    """The scripts that others import: announced in the page, they come with the first and not one by one."""
    scripts = [one for one in resources.files(PACKAGE).joinpath(STATIC).iterdir() if one.name.endswith(".js")]
    imported = IMPORT.findall("\n".join(script.read_text(encoding="utf-8") for script in scripts))
    return sorted(set(imported))
