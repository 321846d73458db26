"""`views.*` and `blocks.validate`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecomms_bot.practice.workspace import views
from ecomms_bot.practice.workspace.blocks import check_message_blocks
from ecomms_bot.practice.workspace.refusals import CallRefused
from ecomms_bot.practice.workspace.state import Json
from ecomms_bot.practice.workspace.view_rules import check_view
from ecomms_bot.practice.workspace.web import Args, method

if TYPE_CHECKING:
    from ecomms_bot.practice.workspace.core import Workspace


@method("views.open")
def open_(ws: Workspace, args: Args) -> Json:
    view = views.open_modal(ws, args.text("trigger_id"), args.data("view"))
    return {"view": views.describe(ws, view)}


@method("views.push")
def push(ws: Workspace, args: Args) -> Json:
    view = views.push_modal(ws, args.text("trigger_id"), args.data("view"))
    return {"view": views.describe(ws, view)}


@method("views.update")
def update(ws: Workspace, args: Args) -> Json:
    if "view_id" not in args and "external_id" not in args:
        raise CallRefused("invalid_arguments", "[ERROR] missing required field: view_id")
    view = views.find(ws, args.text("view_id", ""), args.text("external_id", ""))
    views.check_hash(view, args.text("hash", ""))
    views.update(ws, view, args.data("view"))
    return {"view": views.describe(ws, view)}


@method("views.publish")
def publish(ws: Workspace, args: Args) -> Json:
    user = args.text("user_id")
    if user not in ws.users:
        raise CallRefused("invalid_arguments", "[ERROR] user_id is no user of this workspace")
    if not ws.home_tab:
        raise CallRefused("not_enabled")
    view = views.publish(ws, user, args.data("view"), args.text("hash", ""))
    return {"view": views.describe(ws, view)}


@method("blocks.validate")
def validate(_ws: Workspace, args: Args) -> Json:
    """The checks of posting and opening, without doing either. An answer with errors is no `ok`.

    Each error has pointer, code and message as Slack's have; the `constraint` that Slack adds is left out.
    Pointers begin at what was given: `/0/text` of blocks, `/blocks/0/text` of a message or view. Of what is
    too long or too large in all, the code says so (`msg_blocks_too_long`, `view_too_large`) and the pointer
    is empty; how Slack says it is not documented.
    """
    given = [name for name in ("blocks", "message", "view") if name in args]
    if len(given) != 1:
        raise CallRefused("invalid_arguments", "must provide exactly one of `blocks`, `view`, or `message`")
    name, value = given[0], args.data(given[0])
    try:
        if name == "view":
            views.check_size(value)
            check_view(value, ("modal", "home"))
        elif name == "message":
            check_message(value)
        else:
            check_message_blocks(value)
    except CallRefused as refusal:
        root = {"view": "/view", "message": "", "blocks": "/blocks"}[name]
        raise CallRefused(f"invalid_{name}", errors=errors_of(refusal, root)) from None
    return {}


def check_message(message: Any) -> None:
    if not isinstance(message, dict):
        raise CallRefused("invalid_blocks_format")
    if message.get("blocks") is not None or not message.get("text"):
        check_message_blocks(message.get("blocks"))


def errors_of(refusal: CallRefused, root: str) -> list[Json]:
    """`[ERROR] what [json-pointer:where]` taken apart; a refusal without a place is about all of it."""
    errors: list[Json] = []
    for message in refusal.messages:
        what, _, where = message.removeprefix("[ERROR] ").partition(" [json-pointer:")
        pointer = where.removesuffix("]").removeprefix(root)
        errors.append({"pointer": pointer, "code": "failed_constraint", "message": what})
    return errors or [{"pointer": "", "code": refusal.code, "message": refusal.code.replace("_", " ")}]
