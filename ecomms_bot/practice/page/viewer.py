"""What one tab shows: the screen of one person at one place, in pieces that are drawn and sent apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from ecomms_bot.practice.page import draw
from ecomms_bot.practice.page.composer import as_typed
from ecomms_bot.practice.page.moments import Moments
from ecomms_bot.practice.page.where import SHOWN, Where
from ecomms_bot.practice.workspace import Message, NotOnScreen, Workspace
from ecomms_bot.practice.workspace.screen import see
from ecomms_bot.practice.workspace.state import Conversation, StoredMessage

if TYPE_CHECKING:
    from ecomms_bot.practice.page.site import Site

TOGETHER_S = 5 * 60
"""Messages that somebody sends within this time of each other stand under one name, as in Slack."""
MAIN, THREAD = "m", "t"


@dataclass(frozen=True, slots=True)
class Piece:
    """One element of the page: its id, the id of what it stands in, and itself. `say`: to be read aloud."""

    id: str
    within: str
    html: str
    say: str = ""


@dataclass(slots=True)
class Thread:
    """What a root says of its thread."""

    count: int = 0
    latest: str = ""
    users: tuple[str, ...] = ()
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A message as it stands in a list. Equal rows look alike while their blocks are the same object."""

    stored: StoredMessage
    text: str
    edited: str | None
    gone: bool
    together: bool
    thread: tuple[Any, ...]
    pinned: bool

    def same(self, other: Row) -> bool:
        return (self.text, self.edited, self.gone, self.together, self.thread, self.pinned) == (
            other.text,
            other.edited,
            other.gone,
            other.together,
            other.thread,
            other.pinned,
        )


@dataclass(slots=True)
class Drawn:
    row: Row
    blocks: object
    files: int
    stamp: object
    html: str
    say: str


class Viewer:
    """Draws for one tab; not for two threads at once. What did not change is not drawn again, by no tab."""

    def __init__(self, site: Site, where: Where) -> None:
        self.site, self.ws = site, site.workspace
        self.person = site.workspace.person(where.handle)
        self.where = where
        self.me = self.person.id
        self._zone = ZoneInfo(self.person.user.tz)
        self._moments = Moments(self.ws.now(), self._zone)
        place = self.ws.channels.get(where.place)
        self._read_before = site.marks.read_to(self.me, where.place) if place else ""
        self._opened = self.ws.new_ts()
        self._drawn = site.kept.at(where)
        self._kept: dict[str, tuple[object, Markup]] = {}

    def pieces(self) -> list[Piece]:
        """The whole screen, in order."""
        self._moments = Moments(self.ws.now(), self._zone)
        drawn = list(self._beside())
        if self.where.home:
            drawn += self._home()
        else:
            drawn += self._conversation()
        drawn += self._modal()
        return drawn

    # --- conversations -----------------------------------------------------------------------------------

    def _conversation(self) -> Iterator[Piece]:
        ws, where = self.ws, self.where
        with ws.lock:
            place = ws.channels[where.place]
            threads = self._threads(place)
            flow = [one for one in place.messages if self._sees(one, None)]
            shown = flow[-where.count :]
            rows = self._rows(place, shown, threads)
            root = place.message(where.thread) if where.thread else None
            replies = [one for one in place.messages if self._sees(one, where.thread)] if root else []
            told = replies[:1] + replies[1:][-where.count :]
            thread_rows = self._rows(place, told, {})
            stamp = self._stamp()
            seen = self._see(place, rows, MAIN, stamp) | self._see(place, thread_rows, THREAD, stamp)
            head = self._head(place)
        yield Piece("head", "at-head", head)
        if len(flow) > len(shown):
            yield self._earlier(len(flow) - len(shown))
        else:
            yield Piece("beginning", "messages", self._beginning(place))
        yield from self._list(rows, MAIN, "messages", stamp, seen)
        yield Piece("composer", "at-composer", self._composer(place, ""))
        if root is not None:
            yield Piece("thread-head", "at-thread-head", self._thread_head(place, len(replies) - 1))
            yield from self._list(thread_rows, THREAD, "replies", stamp, seen)
            yield Piece("reply", "at-reply", self._composer(place, where.thread))

    def _sees(self, message: StoredMessage, root: str | None) -> bool:
        theirs = message.ephemeral_to not in (None, self.me)
        if theirs or (message.ephemeral_to and self.site.marks.is_put_away(self.me, message)):
            return False
        if root is None:
            return message.thread_ts is None or message.broadcast
        return root in (message.thread_ts, message.ts)

    def _threads(self, place: Conversation) -> Mapping[str, Thread]:
        threads: dict[str, Thread] = {}
        marks = self.site.marks
        for message in place.messages:
            if message.thread_ts is None or message.ephemeral_to is not None:
                continue
            thread = threads.setdefault(message.thread_ts, Thread())
            thread.count += 1
            thread.latest = message.ts
            if message.user not in thread.users:
                thread.users = (*thread.users, message.user)
            if self.me in message.notified:
                thread.calls += message.ts > marks.read_to(self.me, place.id, message.thread_ts)
        return threads

    def _rows(
        self, place: Conversation, shown: list[StoredMessage], threads: Mapping[str, Thread]
    ) -> list[Row]:
        rows: list[Row] = []
        before: StoredMessage | None = None
        for one in shown:
            thread = threads.get(one.ts)
            told = (thread.count, thread.latest, thread.users, thread.calls) if thread else ()
            together = before is not None and self._together(before, one)
            rows.append(
                Row(one, one.text, one.edited_ts, one.tombstone, together, told, one.ts in place.pins)
            )
            before = one
        return rows

    def _together(self, one: StoredMessage, other: StoredMessage) -> bool:
        return (
            one.user == other.user
            and not (one.blocks or other.blocks or one.tombstone)
            and float(other.ts) - float(one.ts) < TOGETHER_S
            and (one.ephemeral_to, one.broadcast) == (other.ephemeral_to, other.broadcast)
            and self._moments.day(one.ts) == self._moments.day(other.ts)
        )

    def _stamp(self) -> object:
        """What the look of all messages depends on: the day, how all are called, where this person may go."""
        places = tuple((one.id, one.name, self.me in one.members) for one in self.ws.conversations)
        people = tuple(one.name for one in self.ws.users.values())
        groups = tuple(one.handle for one in self.ws.groups.values())
        return self._moments.today(), places, people, groups

    def _see(
        self, place: Conversation, rows: list[Row], kind: str, stamp: object
    ) -> dict[str, tuple[Message, str]]:
        """Those that have to be drawn anew, copied while nobody changes them."""
        found = {}
        for row in rows:
            known, one = self._drawn.get(kind + row.stored.ts), row.stored
            if (
                known is None
                or not known.row.same(row)
                or known.blocks is not one.blocks
                or known.files != len(one.files)
                or known.stamp != stamp
            ):
                source = as_typed(self.ws, one.text) if one.user == self.me else ""
                found[kind + one.ts] = see(self.person, place, one), source
        return found

    def _list(
        self, rows: list[Row], kind: str, within: str, stamp: object, seen: Mapping[str, tuple[Message, str]]
    ) -> Iterator[Piece]:
        day, told_new = "", False
        for row in rows:
            one = row.stored
            if kind == MAIN and (today := self._moments.day(one.ts)) != day:
                day = today
                html = self.site.render("day.html", id=f"day-{day}", label=self._moments.label(one.ts))
                yield Piece(f"day-{day}", within, html)
            if kind == MAIN and not told_new and self._is_new(one):
                told_new = True
                yield Piece("new", within, self.site.render("new.html"))
            if (fresh := seen.get(kind + one.ts)) is not None:
                message, source = fresh
                html = self._message(kind, row, message, source)
                say = f"{self._name(one.user)}: {message.notification()}"[:300]
                self._drawn[kind + one.ts] = Drawn(row, one.blocks, len(one.files), stamp, html, say)
            drawn = self._drawn[kind + one.ts]
            yield Piece(f"{kind}-{one.ts}", within, drawn.html, drawn.say)

    def _is_new(self, one: StoredMessage) -> bool:
        return self._read_before < one.ts <= self._opened and one.user != self.me and not one.ephemeral_to

    def _message(self, kind: str, row: Row, message: Message, source: str) -> str:
        one, thread = row.stored, None
        if row.thread:
            count, latest, users, calls = row.thread
            thread = {
                "count": count,
                "latest": self._moments.told(latest),
                "names": ", ".join(self._name(user) for user in users),
                "calls": calls,
                "address": self.where.but(thread=one.ts),
            }
        return self.site.render(
            "message.html",
            id=f"{kind}-{one.ts}",
            kind=kind,
            ts=one.ts,
            root=one.thread_ts or one.ts,
            row=row,
            message=message,
            author=self._author(one.user),
            when=self._moments.told(one.ts),
            body=Markup("") if row.gone else draw.message(message, person=self.person, base=f"k{kind}"),
            mine=one.user == self.me,
            source=source,
            thread=thread,
            reply=self.where.but(thread=one.thread_ts or one.ts),
        )

    def _earlier(self, more: int) -> Piece:
        address = self.where.but(count=self.where.count + 4 * SHOWN)
        return Piece("earlier", "messages", self.site.render("earlier.html", address=address, more=more))

    def _beginning(self, place: Conversation) -> str:
        direct = place.kind in ("im", "mpim")
        return self.site.render("beginning.html", title=self.site.title(place, self.me), direct=direct)

    def _head(self, place: Conversation) -> str:
        if place is self.ws.channels.get(self.person.dm.id):
            return self._app_head("messages")
        return self.site.render(
            "head.html", place=place, title=self.site.title(place, self.me), people=len(place.members)
        )

    def _app_head(self, here: str) -> str:
        where = self.where
        tabs = [
            ("home", "Home", self.ws.home_tab, where.but(home=True)),
            ("messages", "Messages", self.ws.messages_tab, where.but(home=False, place=self.person.dm.id)),
        ]
        told = [
            {"opens": name, "title": title, "address": address, "here": name == here}
            for name, title, there, address in tabs
            if there
        ]
        return self.site.render("app_head.html", name=self.ws.bot.name, tabs=told)

    def _thread_head(self, place: Conversation, count: int) -> str:
        title = self.site.title(place, self.me)
        return self.site.render("thread_head.html", title=title, count=count, back=self.where.but(thread=""))

    def _composer(self, place: Conversation, thread: str) -> str:
        return self.site.render(
            "composer.html",
            place=place,
            title=self.site.title(place, self.me),
            thread=thread,
            member=self.me in place.members,
            closed=self._closed(place),
            draft=f"{self.me}|{place.id}|{thread}",
        )

    def _closed(self, place: Conversation) -> str:
        """Why nothing can be written here, if so."""
        if place.archived:
            return "This conversation is archived. Nothing can be written here any more."
        if place.kind == "im" and self.ws.bot.id in place.members and not self.ws.messages_tab:
            return "This app takes no direct messages."
        return ""

    # --- home and modals ---------------------------------------------------------------------------------

    def _home(self) -> Iterator[Piece]:
        home = self.person.home
        yield Piece("head", "at-head", self._app_head("home"))
        if home is None:
            yield Piece("home", "at-home", self.site.render("no_home.html", name=self.ws.bot.name))
            return
        stamp = (self._moments.today(), home.view.content, home.view.id)
        body = self._keep("home", stamp, lambda: draw.home(home, person=self.person))
        yield Piece("home", "at-home", self.site.render("home.html", view=home.view.id, body=body))

    def _modal(self) -> Iterator[Piece]:
        with self.ws.lock:
            modal = self.person.modal
            if modal is None:
                return
            view = modal.view
            stamp = (self._moments.today(), view.id, view.content, dict(view.errors), dict(view.entered))
            body = self._keep("modal", stamp, lambda: draw.modal(modal, person=self.person))
        yield Piece(f"v-{view.id}", "at-modal", self.site.render("modal.html", id=view.id, body=body))

    def _keep(self, name: str, stamp: object, make: Callable[[], Markup]) -> Markup:
        known = self._kept.get(name)
        if known is None or known[0] != stamp:
            known = self._kept[name] = stamp, make()
        return known[1]

    # --- beside ------------------------------------------------------------------------------------------

    def _beside(self) -> Iterator[Piece]:
        for name, panel in self.site.controls.panels(self.person).items():
            html = self.site.render("panel.html", id=name, body=panel)
            yield Piece(name, f"at-{name}", html)
        with self.ws.lock:
            yield Piece("sidebar", "at-sidebar", self.site.sidebar(self.person, self.where))

    # --- words -------------------------------------------------------------------------------------------

    def _author(self, user: str) -> dict[str, Any]:
        known = self.ws.users.get(user)
        name = self._name(user)
        return {
            "name": name,
            "app": known is not None and known.bot,
            "face": face(name),
            "colour": colour(self.ws, user),
        }

    def _name(self, user: str) -> str:
        return self.ws.users[user].name if user in self.ws.users else user


def face(name: str) -> str:
    """Two letters in place of a picture."""
    words = [word for word in name.split() if word[0].isalnum()] or ["?"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def colour(ws: Workspace, user: str) -> int:
    """One of eight, by the order in which people came."""
    return next((number for number, one in enumerate(ws.users) if one == user), 0) % 8


def usable(site: Site, where: Where) -> Where:
    """The nearest place that this person can look at: what is asked for, or the first that there is."""
    ws = site.workspace
    with ws.lock:
        handles = {user.handle for user in ws.users.values() if not user.bot and not user.deleted}
        handle = where.handle if where.handle in handles else next(iter(site.people()), "")
        if not handle:
            raise NotOnScreen("There is nobody in this workspace to look as.")
        person = ws.person(handle)
        place = ws.channels.get(where.place)
        if place is None or (place.private and person.id not in place.members):
            mine = [one for one in ws.conversations if person.id in one.members and not one.archived]
            place = mine[0] if mine else person.dm
        kept = where.thread if place.id == where.place and place.message(where.thread) else ""
        return Where(handle, place.id, kept, where.home and ws.home_tab, where.count)
