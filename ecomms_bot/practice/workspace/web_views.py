"""`views.*` and `blocks.validate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    view = views.publish(ws, user, args.data("view"), args.text("hash", ""))
    return {"view": views.describe(ws, view)}


@method("blocks.validate")
def validate(_ws: Workspace, args: Args) -> Json:
    """The same checks as when posting or opening; the errors with their pointers."""
    given = [name for name in ("blocks", "message", "view") if name in args]
    if len(given) != 1:
        raise CallRefused("invalid_arguments", "[ERROR] give exactly one of blocks, message, view")
    name, value = given[0], args.data(given[0])
    try:
        if name == "view":
            check_view(value, ("modal", "home"))
        elif name == "message":
            check_message_blocks(value.get("blocks") if isinstance(value, dict) else None)
        else:
            check_message_blocks(value)
    except CallRefused as refusal:
        raise CallRefused(f"invalid_{name}", *refusal.messages, errors=pointed(refusal.messages)) from None
    return {}


def pointed(messages: tuple[str, ...]) -> list[Json]:
    """`[ERROR] what [json-pointer:where]` taken apart."""
    errors = []
    for message in messages:
        what, _, where = message.removeprefix("[ERROR] ").partition(" [json-pointer:")
        errors.append({"pointer": where.removesuffix("]"), "code": "failed_constraint", "message": what})
    return errors
