"""What people do on the page, done as the workspace's own people do it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ecomms_bot.practice.page import draw
from ecomms_bot.practice.page.composer import as_sent
from ecomms_bot.practice.page.where import Where
from ecomms_bot.practice.workspace import Answer, Message, Modal, NotOnScreen, Person, WorkspaceError
from ecomms_bot.practice.workspace.screen import Control, control_at, see
from ecomms_bot.practice.workspace.state import Conversation, Json

if TYPE_CHECKING:
    from ecomms_bot.practice.page.site import Site

SAID = 12_000
"""Characters; Slack's own field takes about as many."""
NO_ADDRESS = "Nothing was done: this page is out of date. Load it again."
WAS_AWAY = "Slack was away, so nothing was done. Try again when it is back."
"""It stays on the screen, also when Slack is back; the line above everything says how it is now, and why."""


class Doing:
    """One person's act, with what the browser said of it."""

    def __init__(self, site: Site, said: Json) -> None:
        self.site, self.ws, self.said = site, site.workspace, said
        self.person: Person = self.ws.person(self.text("as"))

    def text(self, name: str) -> str:
        value = self.said.get(name)
        return value if isinstance(value, str) else ""

    @property
    def form(self) -> Mapping[str, list[str]]:
        state = self.said.get("state")
        if not isinstance(state, dict):
            return {}
        return {
            str(name): [str(one) for one in values]
            for name, values in state.items()
            if isinstance(values, list)
        }

    @property
    def place(self) -> Conversation:
        place = self.ws.conversation(self.text("in"))
        if place.private and self.person.id not in place.members:
            raise NotOnScreen(f"{self.person.user.name} is no member of this conversation.")
        return place

    @property
    def message(self) -> Message:
        """The message as it is now, be it everybody's or only this person's."""
        with self.ws.lock:
            place, ts = self.place, self.text("ts")
            for one in reversed(place.messages):
                if one.ts == ts and one.ephemeral_to in (None, self.person.id) and not one.tombstone:
                    return see(self.person, place, one)
        raise NotOnScreen("This message is no longer there.")

    def control(self, blocks: list[Json], option: str | None = None) -> Control:
        return control_at(blocks, self.text("block_id"), self.text("action_id"), option)

    @property
    def view(self) -> Modal | None:
        """The modal or Home tab that was acted in; None for a message."""
        wanted = self.text("view")
        if not wanted:
            return None
        home = self.person.home
        for modal in [*(one for stack in self.person.windows for one in stack), *([home] if home else [])]:
            if modal.id == wanted:
                return modal
        raise NotOnScreen("This was closed meanwhile. Nothing was done.")


Act = Callable[[Doing], Json]


def act(site: Site, name: str, said: Json) -> Json:
    """Do it, and say how it ended: `ok`, else `error` as the person reads it. The stream shows the rest."""
    found = OWN.get(name) or IN_SLACK.get(name)
    if found is None:
        return {"ok": False, "error": NO_ADDRESS}
    if name in IN_SLACK and site.controls.away:
        return {"ok": False, "error": WAS_AWAY}
    try:
        return found(Doing(site, said))
    except WorkspaceError as refusal:
        return {"ok": False, "error": str(refusal)}
    finally:
        site.workspace.changed()


def told(answer: Answer) -> Json:
    return {
        "ok": answer.ok,
        "error": answer.error or "",
        "errors": answer.block_errors,
        "closed": answer.closed,
    }


# --- writing --------------------------------------------------------------------------------------------


def say(do: Doing) -> Json:
    """A message, or a slash command."""
    text, thread = do.text("text").strip(), do.text("thread")
    if not text:
        return {"ok": False, "error": ""}
    if len(text) > SAID:
        return {"ok": False, "error": f"This is longer than {SAID:,} characters. It was not sent."}
    if text.startswith("/"):
        return command(do, text, thread)
    do.person.say(do.place, as_sent(do.ws, text), thread or None, broadcast=do.said.get("broadcast") is True)
    return {"ok": True}


def command(do: Doing, text: str, thread: str) -> Json:
    word, _, rest = text.partition(" ")
    if thread:
        return {"ok": False, "error": f"{word} does not work in threads. Type it in the conversation."}
    if word == "/invite" and rest.strip().removeprefix("@") == do.ws.bot.handle:
        do.person.invite_app(do.place)
        return {"ok": True}
    return told(do.person.command(do.place, word, rest.strip()))


def edit(do: Doing) -> Json:
    text = do.text("text").strip()
    if not text:
        return {"ok": False, "error": "A message cannot be empty. Delete it instead."}
    do.person.edit(do.message, as_sent(do.ws, text))
    return {"ok": True}


def delete(do: Doing) -> Json:
    do.person.delete(do.message)
    return {"ok": True}


# --- clicking -------------------------------------------------------------------------------------------


def press(do: Doing) -> Json:
    """A button of a message, a modal or the Home tab."""
    view = do.view
    if view is not None:
        draw.enter(view, do.form)
        return told(do.person.press(do.control(view.blocks), view))
    message = do.message
    return told(do.person.click(message, do.control(message.blocks)))


def choose(do: Doing) -> Json:
    """An option of a menu (`value`), or what stands in a field that tells the app at once."""
    view, option = do.view, do.text("value") or None
    if view is not None:
        draw.enter(view, do.form)
        control = do.control(view.blocks, option)
        return told(do.person.press(control, view) if option else do.person.tell(control, view))
    message = do.message
    block, action = do.text("block_id"), do.text("action_id")
    chosen = None if option else draw.chosen(message.blocks, block, action, do.form, person=do.person)
    if isinstance(chosen, dict):  # one of a menu's options
        option, chosen = str(chosen["value"]), None
    return told(do.person.click(message, do.control(message.blocks, option), choose=chosen))


def shortcut(do: Doing) -> Json:
    return told(do.person.shortcut(do.text("name"), do.message if do.text("ts") else None))


def submit(do: Doing) -> Json:
    view = do.view
    if view is None:
        raise NotOnScreen(NO_ADDRESS)
    draw.enter(view, do.form)
    return told(do.person.submit(view))


def close(do: Doing) -> Json:
    return told(do.person.close_modal(do.view))


def open_home(do: Doing) -> Json:
    do.person.open_home(do.text("tab") or "home")
    return {"ok": True}


def join(do: Doing) -> Json:
    do.person.join(do.place)
    return {"ok": True}


# --- what only this page remembers ----------------------------------------------------------------------


def seen(do: Doing) -> Json:
    """Everything up to the message at `ts` was on the screen."""
    do.site.marks.read(do.person.id, do.place.id, do.text("thread"), do.text("ts"))
    return {"ok": True}


def dismiss(do: Doing) -> Json:
    do.site.marks.put_away(do.person.id, do.place.id, do.text("ts"))
    return {"ok": True}


def direct(do: Doing) -> Json:
    """Direct messages with somebody: where they are."""
    other = do.ws.user(do.text("with"))
    place = do.ws.direct_messages([do.person.id, other.id])
    return {"ok": True, "go": Where(do.person.user.handle, place.id).address}


IN_SLACK: Mapping[str, Act] = {
    "say": say,
    "edit": edit,
    "delete": delete,
    "press": press,
    "choose": choose,
    "shortcut": shortcut,
    "submit": submit,
    "close": close,
    "open-home": open_home,
    "join": join,
}
OWN: Mapping[str, Act] = {"seen": seen, "dismiss": dismiss, "direct": direct}
