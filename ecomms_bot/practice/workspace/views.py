"""Modals and Home tabs: opening, pushing, updating, closing, and what an acked submission does."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

from ecomms_bot.practice.workspace import forms
from ecomms_bot.practice.workspace.answers import MODAL_TROUBLE, Answer
from ecomms_bot.practice.workspace.core import TRIGGER_SECONDS
from ecomms_bot.practice.workspace.directory import new_id
from ecomms_bot.practice.workspace.normal import complete_blocks, complete_texts
from ecomms_bot.practice.workspace.refusals import CallRefused
from ecomms_bot.practice.workspace.state import Json, Trigger, View
from ecomms_bot.practice.workspace.view_rules import check_view

if TYPE_CHECKING:
    from ecomms_bot.practice.workspace.core import Workspace
    from ecomms_bot.practice.workspace.wire import Envelope

STACK = 3
SIZE = 250 * 1024  # bytes of JSON
DEFAULTS: Json = {
    "private_metadata": "",
    "callback_id": "",
    "external_id": "",
    "submit": None,
    "close": None,
    "clear_on_close": False,
    "notify_on_close": False,
}


def exchange(ws: Workspace, trigger_id: str) -> Trigger:
    """Look a trigger up; it is used up only when the view has been accepted (`spend`)."""
    trigger = ws.triggers.get(trigger_id)
    if trigger is None:
        raise CallRefused("invalid_trigger_id")
    if trigger.used:
        raise CallRefused("exchanged_trigger_id")
    if ws.machine() - trigger.made_at > TRIGGER_SECONDS:
        raise CallRefused("expired_trigger_id")
    return trigger


def content(ws: Workspace, sent: Any, kinds: tuple[str, ...] = ("modal",), but: View | None = None) -> Json:
    """A view as the app sent it, checked and completed. `but` may keep its own external_id."""
    check_size(sent)
    checked = check_view(sent, kinds)
    external_id = checked.get("external_id")
    if external_id and any(
        view.open and view is not but and view.content["external_id"] == external_id
        for view in ws.views.values()
    ):
        raise CallRefused("duplicate_external_id")
    done = {**DEFAULTS, **checked, "blocks": complete_blocks(checked["blocks"])}
    complete_texts([done.get("title"), done["submit"], done["close"]])
    return done


def check_size(sent: Any) -> None:
    if isinstance(sent, dict) and len(json.dumps(sent, ensure_ascii=False).encode()) > SIZE:
        raise CallRefused("view_too_large")


def open_modal(ws: Workspace, trigger_id: str, sent: Any) -> View:
    trigger = exchange(ws, trigger_id)
    view = make(ws, trigger.user, content(ws, sent), trigger_id)
    trigger.used = True
    ws.windows.setdefault(trigger.user, []).append([view])
    ws.changed()
    return view


def push_modal(ws: Workspace, trigger_id: str, sent: Any) -> View:
    trigger = exchange(ws, trigger_id)
    below = ws.views.get(trigger.view_id or "")
    if below is None or not below.open:
        raise CallRefused("not_found")
    view = push_on(ws, below, sent, trigger_id)
    trigger.used = True
    return view


def push_on(ws: Workspace, below: View, sent: Any, trigger_id: str | None) -> View:
    stack = stack_of(ws, below)
    if not stack:
        raise CallRefused("not_found")  # closed meanwhile, or a Home tab
    if len(stack) >= STACK:
        raise CallRefused("push_limit_reached")
    view = make(ws, below.user, content(ws, sent), trigger_id)
    view.root_id, view.previous_id = stack[0].id, stack[-1].id
    stack.append(view)
    ws.changed()
    return view


def make(ws: Workspace, user: str, done: Json, trigger_id: str | None = None) -> View:
    view_id = new_id("V")
    view = View(view_id, user, done, new_hash(ws), view_id, trigger_id=trigger_id)
    view.entered = forms.initial(view.blocks)
    ws.views[view_id] = view
    return view


def new_hash(ws: Workspace) -> str:
    return f"{int(ws.now())}.{secrets.token_hex(4)}"


def stack_of(ws: Workspace, view: View) -> list[View]:
    return next((stack for stack in ws.windows.get(view.user, []) if view in stack), [])


def update(ws: Workspace, view: View, sent: Any) -> None:
    """In place: same id, a new hash; what was entered stays in fields with the same ids."""
    done = content(ws, sent, (view.content["type"],), but=view)
    view.content, view.hash, view.errors = done, new_hash(ws), {}
    view.entered = forms.kept(view.entered, view.blocks)
    ws.changed()


def find(ws: Workspace, view_id: str, external_id: str) -> View:
    """An open view by either id."""
    for view in ws.views.values():
        if view.open and (view.id == view_id or (external_id and view.content["external_id"] == external_id)):
            return view
    raise CallRefused("not_found")


def check_hash(view: View, wanted: str) -> None:
    if wanted and wanted != view.hash:
        raise CallRefused("hash_conflict")


def publish(ws: Workspace, user: str, sent: Any, wanted_hash: str) -> View:
    old = ws.homes.get(user)
    if old is not None:
        check_hash(old, wanted_hash)
        update(ws, old, sent)
        return old
    view = make(ws, user, content(ws, sent, ("home",)))
    ws.homes[user] = view
    ws.changed()
    return view


def close(ws: Workspace, view: View, *, whole_stack: bool = False) -> list[View]:
    """Take the view (and all above it) from the screen, or the whole stack; what was closed, top first."""
    stack = stack_of(ws, view)
    first = 0 if whole_stack or view not in stack else stack.index(view)
    closed = stack[first:][::-1]
    del stack[first:]
    for one in closed:
        one.open = False
    if not stack and view.user in ws.windows:
        ws.windows[view.user] = [other for other in ws.windows[view.user] if other]
    ws.changed()
    return closed


def describe(ws: Workspace, view: View) -> Json:
    """A view object as the API and payloads carry it."""
    return {
        "id": view.id,
        "team_id": ws.team_id,
        **view.content,
        "state": view.state(),
        "hash": view.hash,
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": ws.app_id,
        "app_installed_team_id": ws.team_id,
        "bot_id": ws.bot_id,
    }


# --- an acked submission --------------------------------------------------------------------------------


def settle(ws: Workspace, view: View, envelope: Envelope, payload: Any) -> Answer:
    """What the ack of a view_submission does: an empty one closes this view."""
    answer = Answer(ok=True, envelope=envelope)
    try:
        respond(ws, view, payload or {}, answer)
    except CallRefused as refusal:
        answer.ok, answer.error = False, MODAL_TROUBLE
        answer.refusal = refusal
    ws.changed()
    return answer


def respond(ws: Workspace, view: View, payload: Any, answer: Answer) -> None:
    action = payload.get("response_action") if isinstance(payload, dict) else None
    if not payload:
        close(ws, view)
        answer.closed = True
    elif action == "errors":
        show_errors(view, payload.get("errors"), answer)
    elif action == "clear":
        close(ws, view, whole_stack=True)
        answer.closed = answer.cleared = True
    elif action == "update":
        update(ws, view, payload.get("view"))
        answer.updated = True
    elif action == "push":
        push_on(ws, view, payload.get("view"), None)
        answer.pushed = True
    else:
        raise CallRefused("invalid_arguments", f"[ERROR] unknown response_action: {action}")


def show_errors(view: View, errors: Any, answer: Answer) -> None:
    """Slack shows each next to its input block, and gives up on the whole answer if one is unknown."""
    inputs = {block["block_id"]: block for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise CallRefused("invalid_arguments", "[ERROR] errors needs at least one block_id")
    for block_id, text in errors.items():
        if block_id not in inputs:
            raise CallRefused("invalid_arguments", f"[ERROR] no input block has the block_id {block_id}")
        if not isinstance(text, str) or not text:
            raise CallRefused("invalid_arguments", f"[ERROR] the error of {block_id} is no text")
    answer.ok = False
    view.errors = dict(errors)
    answer.block_errors = dict(errors)
    answer.errors = {inputs[block_id]["label"]["text"]: text for block_id, text in errors.items()}
