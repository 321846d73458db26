"""A person of the workspace, to type, click, fill and read as. Every action waits for the app's ack."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ecomms_bot.practice.workspace import forms, interactions, messages, payloads, views
from ecomms_bot.practice.workspace.answers import Answer
from ecomms_bot.practice.workspace.manifest import find_shortcut
from ecomms_bot.practice.workspace.refusals import NotOnScreen
from ecomms_bot.practice.workspace.render import Reader
from ecomms_bot.practice.workspace.scopes import COMMANDS
from ecomms_bot.practice.workspace.screen import Control, Home, Message, Modal, action, find_field, pick, see
from ecomms_bot.practice.workspace.state import Conversation, Json, StoredMessage, User, View
from ecomms_bot.practice.workspace.web import granted
from ecomms_bot.practice.workspace.wire import Envelope

if TYPE_CHECKING:
    from ecomms_bot.practice.workspace.core import Workspace

Place = str | Conversation


class Person:
    """Made by `Workspace.person`; any number of threads may act as the same person."""

    def __init__(self, workspace: Workspace, user: User) -> None:
        self.workspace = workspace
        self.user = user
        self.reader = Reader(
            user.tz,
            workspace.now,
            lambda one: workspace.users[one].name if one in workspace.users else one,
            lambda one: workspace.channels[one].name if one in workspace.channels else one,
            lambda one: workspace.groups[one].handle if one in workspace.groups else one,
        )

    @property
    def id(self) -> str:
        return self.user.id

    # --- typing ------------------------------------------------------------------------------------------

    def command(self, conversation: Place, command: str, text: str | None = None) -> Answer:
        """Type a slash command; `("#ops", "/ecomms start flood")` reads the same as with the text apart."""
        if text is None:
            command, _, text = command.partition(" ")
        with self.workspace.lock:
            place = self._open(conversation)
            self._may_write(place)
            self._app_has(command)
            if self.workspace.should_escape:
                text = payloads.escaped(self.workspace, text)
            payload = payloads.command(self.workspace, self.user, place, command, text)
            envelope = interactions.command(self.workspace, self.user, place, payload)
        return self.workspace.wire.deliver(envelope)

    def say(
        self,
        conversation: Place,
        text: str,
        thread: Message | str | None = None,
        *,
        broadcast: bool = False,
        files: Sequence[str] = (),
    ) -> Message:
        """Post a message of one's own; the app hears of it only if it subscribed to message events.

        `broadcast`: a reply is also sent to the conversation. `files`: names of files that come with it.
        """
        ws = self.workspace
        with ws.lock:
            place = self._open(conversation)
            self._may_write(place)
            written = StoredMessage(place.id, ws.new_ts(), self.id, text, ts_of(thread), broadcast=broadcast)
            return see(self, place, messages.said(ws, place, written, files))

    def edit(self, message: Message, text: str) -> Message:
        """Change a message of one's own."""
        ws = self.workspace
        with ws.lock:
            place = self._open(message.conversation)
            stored = place.message(message.ts)
            if stored is None or stored.tombstone or stored.user != self.id:
                raise NotOnScreen(
                    f"{self.user.handle} did not write this, or it is gone: it cannot be edited."
                )
            messages.edit(ws, place, stored, text)
            return see(self, place, stored)

    def delete(self, message: Message) -> None:
        """Delete a message of one's own; `Workspace.delete_message` deletes any, as an administrator."""
        with self.workspace.lock:
            if message.user != self.id:
                raise NotOnScreen(f"{self.user.handle} did not write this, so it is not theirs to delete.")
            self.workspace.delete_message(message.conversation, message.ts)

    def join(self, conversation: Place) -> None:
        with self.workspace.lock:
            place = self.workspace.conversation(conversation)
            if place.private:
                raise NotOnScreen(f"{place.name} is private: only its members can let others in.")
            if self.id not in place.members:
                place.members.append(self.id)
            self.workspace.changed()

    def invite_app(self, conversation: Place) -> None:
        """`/invite @app`: makes the bot a member."""
        with self.workspace.lock:
            place = self._open(conversation)
            if self.workspace.bot.id not in place.members:
                place.members.append(self.workspace.bot.id)
            self.workspace.changed()

    def remove_app(self, conversation: Place) -> None:
        """`/kick @app`: the bot is no member any more."""
        with self.workspace.lock:
            place = self._open(conversation)
            place.members = [one for one in place.members if one != self.workspace.bot.id]
            self.workspace.changed()

    # --- reading -----------------------------------------------------------------------------------------

    def messages(self, conversation: Place, thread: Message | str | None = None) -> list[Message]:
        """What this person sees there, in order: the main flow, or a thread from its root on."""
        with self.workspace.lock:
            place = self._open(conversation)
            root = ts_of(thread)
            return [see(self, place, one) for one in place.messages if self._sees(one, root)]

    def all_messages(
        self, conversation: Place, since: str = "", *, only: Callable[[StoredMessage], bool] = lambda _: True
    ) -> list[Message]:
        """The main flow and every thread; with `since` only what was posted after the message at this ts.

        `only`: of these. Who looks for a few saves the work of seeing them all.
        """
        with self.workspace.lock:
            place = self._open(conversation)
            return [
                see(self, place, one)
                for one in place.messages
                if one.ephemeral_to in (None, self.id) and one.ts > since and only(one)
            ]

    def message(self, conversation: Place, ts: str) -> Message:
        """The message at this ts as it is now."""
        for message in self.all_messages(conversation):
            if message.ts == ts:
                return message
        raise NotOnScreen("This message is no longer there.")

    def latest(self, message: Message) -> Message:
        """The same message as it is now."""
        return self.message(message.conversation, message.ts)

    def dms(self) -> list[Message]:
        """The direct messages with the app."""
        with self.workspace.lock:
            return self.messages(self.dm)

    @property
    def dm(self) -> Conversation:
        return self.workspace.direct_message(self.id)

    def _sees(self, message: StoredMessage, root: str | None) -> bool:
        if message.ephemeral_to not in (None, self.id):
            return False
        if root is None:
            return message.thread_ts is None or message.broadcast
        return root in (message.thread_ts, message.ts)

    def _open(self, conversation: Place) -> Conversation:
        self._must_be_active()
        place = self.workspace.conversation(conversation)
        if place.private and self.id not in place.members:
            raise NotOnScreen(f"{self.user.handle} is no member of {place.name or 'these direct messages'}.")
        return place

    def _must_be_active(self) -> None:
        if self.user.deleted:
            raise NotOnScreen(f"The account of {self.user.handle} is deactivated: they see nothing here.")

    def _app_has(self, command: str) -> None:
        """Slack answers what no app declared by itself."""
        ws = self.workspace
        if COMMANDS not in granted(ws) or (ws.commands is not None and command not in ws.commands):
            raise NotOnScreen(f"{command} is not a valid command in this workspace.")

    def _may_write(self, place: Conversation) -> None:
        if place.archived:
            raise NotOnScreen(f"{place.name} is archived: there is no field to type into.")
        direct = place.kind == "im" and self.workspace.bot.id in place.members
        if direct and not self.workspace.messages_tab:
            raise NotOnScreen("The app takes no direct messages: its Messages tab is switched off.")

    # --- clicking ----------------------------------------------------------------------------------------

    def click(
        self, message: Message, label: str | Control, value: str | None = None, *, choose: Any = None
    ) -> Answer:
        """Press a button or choose an option of this message, by visible text or action_id, or itself.

        A message taken earlier sends what it said then, as a stale screen does. A confirmation is accepted.
        `value` tells apart controls that look alike; `choose` is what to pick in a picker of people or dates.
        """
        with self.workspace.lock:
            place = self._open(message.conversation)
            control = pick(message.blocks, label, value)
            told = self._action(control, choose)
            payload = payloads.message_action(
                self.workspace, self.user, place, message.raw, told, ephemeral=message.ephemeral
            )
            envelope = interactions.click(self.user, payload)
        return self.workspace.wire.deliver(envelope)

    def shortcut(self, name: str | Message, message: Message | str | None = None) -> Answer:
        """A shortcut of the app by name or callback_id: a message's own, or without a message a global one.

        `shortcut(message, "Add to the log")` reads the same. It works on everybody's messages, in threads
        too, but not on what only this person sees.
        """
        ws = self.workspace
        if isinstance(name, Message):
            name, message = str(message), name
        with ws.lock:
            self._must_be_active()
            if COMMANDS not in granted(ws):
                raise NotOnScreen("The app has no shortcuts: it did not ask for the scope commands.")
            callback_id = find_shortcut(ws.shortcuts, name, "global" if message is None else "message")
            if isinstance(message, Message):
                place = self._open(message.conversation)
                stored = place.message(message.ts)
                if stored is None or stored.tombstone:
                    raise NotOnScreen("This message has no menu: it is gone, or only one person sees it.")
                payload = payloads.message_shortcut(ws, self.user, place, stored, callback_id)
            else:
                payload = payloads.shortcut(ws, self.user, callback_id)
            envelope = interactions.click(self.user, payload)
        return ws.wire.deliver(envelope)

    def _action(self, control: Control, choose: Any = None) -> Json:
        told = action(control, self.workspace.new_ts())
        kind = control.element["type"]
        if kind in forms.FIELDS and control.option is None:
            told[forms.FIELDS[kind][0]] = self._value(control.element, choose)
        return told

    def _value(self, element: Json, value: Any) -> Any:
        """People and conversations may be named as a person would."""
        kind = element["type"]
        if isinstance(value, list | tuple | set):
            return forms.from_person(element, [self._value_id(kind, one) for one in value])
        return forms.from_person(element, None if value is None else self._value_id(kind, value))

    def _value_id(self, kind: str, value: Any) -> Any:
        if "users_select" in kind:
            return value.id if isinstance(value, User | Person) else self.workspace.user(value).id
        if "conversations_select" in kind or "channels_select" in kind:
            return self.workspace.conversation(value).id
        return value

    # --- modals and home ---------------------------------------------------------------------------------

    @property
    def windows(self) -> list[list[Modal]]:
        """All stacks of modals, the newest last; there are several if several commands opened one each."""
        with self.workspace.lock:
            stacks = self.workspace.windows.get(self.id, [])
            return [[Modal(self, view) for view in stack] for stack in stacks]

    @property
    def modals(self) -> list[Modal]:
        """The newest stack, top last."""
        return self.windows[-1] if self.windows else []

    @property
    def modal(self) -> Modal | None:
        """The modal on top."""
        stack = self.modals
        return stack[-1] if stack else None

    def opened_by(self, answer: Answer) -> Modal | None:
        """The modal that was opened with this interaction's trigger, if it is still open."""
        for stack in self.windows:
            for modal in stack:
                if modal.view.trigger_id is not None and modal.view.trigger_id == answer.trigger_id:
                    return modal
        return None

    @property
    def home(self) -> Home | None:
        """The Home tab as last published for this person."""
        with self.workspace.lock:
            view = self.workspace.homes.get(self.id)
            return None if view is None else Home(self, view)

    def open_home(self, tab: str = "home") -> Home | None:
        """Look at the Home tab; the app hears of it (`app_home_opened`) and may publish anew.

        It hears of its `messages` tab in the same words.
        """
        ws = self.workspace
        with ws.lock:
            self._must_be_active()
            if not (ws.home_tab if tab == "home" else ws.messages_tab):
                raise NotOnScreen(f"The app has no {tab} tab: it is switched off.")
            event: Json = {"type": "app_home_opened", "user": self.id, "channel": self.dm.id, "tab": tab}
            if tab == "home" and self.home is not None:
                event["view"] = views.describe(ws, self.home.view)
            ws.events.send(event)
        return self.home

    def fill(self, values: dict[str, Any], modal: Modal | None = None) -> Answer:
        """Enter values by visible label, block_id or action_id, without submitting.

        Choices by visible text or value (a list for several), people by handle, `datetimepicker` by an aware
        datetime or seconds since 1970, `number_input` by number or text; None empties a field. Fields that
        tell the app at once (`dispatch_action`, or outside input blocks) do so; the answer is the last one's.
        """
        view = self._top(modal).view
        answer = Answer(ok=True, sent=False)
        for name, value in values.items():
            with self.workspace.lock:
                block, element = find_field(view.blocks, name)
                entered = forms.entry(element, self._value(element, value))
                view.entered[block["block_id"], element["action_id"]] = entered
                tells = block["type"] != "input" or block.get("dispatch_action")
                told = action(Control(block, element), self.workspace.new_ts()) | entered
            if tells:
                answer = self._tell(view, told)
        return answer

    def press(self, label: str | Control, modal: Modal | None = None, *, value: str | None = None) -> Answer:
        """Press a button inside the modal or Home tab (not Submit or Close)."""
        view = self._top(modal).view
        with self.workspace.lock:
            told = self._action(pick(view.blocks, label, value))
        return self._tell(view, told)

    def tell(self, control: Control, modal: Modal) -> Answer:
        """Tell the app what stands in this field now, as leaving a field does that tells at once."""
        view = modal.view
        with self.workspace.lock:
            place = control.block["block_id"], control.element["action_id"]
            told = action(control, self.workspace.new_ts()) | view.entered[place]
        return self._tell(view, told)

    def _tell(self, view: View, told: Json) -> Answer:
        with self.workspace.lock:
            payload = payloads.view_action(self.workspace, self.user, view, told)
            envelope = interactions.click(self.user, payload)
        return self.workspace.wire.deliver(envelope)

    def submit(self, modal: Modal | None = None, *, unchecked: bool = False) -> Answer:
        """Press the modal's submit button.

        What Slack's client would not send (a required field left empty, a text too long) comes back as
        errors, unless `unchecked`, as a forged submission would.
        """
        ws, view = self.workspace, self._top(modal).view
        with ws.lock:
            if not view.open:
                raise NotOnScreen("This modal is closed.")
            if view.content["submit"] is None:
                raise NotOnScreen("This modal has no submit button.")
            view.errors = {} if unchecked else forms.objections(view.blocks, view.entered)
            if view.errors:
                shown = Modal(self, view).errors
                return Answer(ok=False, sent=False, errors=shown, block_errors=dict(view.errors))
            envelope = interactions.submission(ws, self.user, view)
        return ws.wire.deliver(envelope)

    def close_modal(self, modal: Modal | None = None) -> Answer:
        """Close it; the app hears of it only if the view asked for that (`notify_on_close`)."""
        ws, view = self.workspace, self._top(modal).view
        with ws.lock:
            cleared = bool(view.content["clear_on_close"])
            closed = views.close(ws, view, whole_stack=cleared)
            tell = [one for one in closed if one.content["notify_on_close"]]
            made = [interactions.closing(ws, self.user, one, cleared=cleared) for one in tell]
        answers = [ws.wire.deliver(envelope) for envelope in made]
        return answers[-1] if answers else Answer(ok=True, sent=False, closed=True)

    def _top(self, modal: Modal | None) -> Modal:
        self._must_be_active()
        chosen = modal or self.modal
        if chosen is None:
            raise NotOnScreen(f"No modal is open in front of {self.user.handle}.")
        return chosen

    # --- as a test would ---------------------------------------------------------------------------------

    def send_raw(self, envelope: Envelope | Json) -> Answer:
        """An envelope sent before once more, or a payload made by hand (a forged or malformed one)."""
        if isinstance(envelope, Envelope):
            return self.workspace.wire.deliver(envelope)
        return self.workspace.wire.deliver(interactions.by_hand(self.workspace, self.user, envelope))

    def wait_for(self, predicate: Callable[[], Any], timeout: float = 10.0) -> Any:
        return self.workspace.wait_for(predicate, timeout, f"what {self.user.handle} expects to see")


def ts_of(thread: Message | str | None) -> str | None:
    """A thread is named by its root, or by any message in it."""
    return (thread.thread_ts or thread.ts) if isinstance(thread, Message) else thread
