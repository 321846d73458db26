"""Modals and Home tabs as Slack takes them: titles, submit buttons, metadata, blocks."""

from __future__ import annotations

from typing import Any

from ecomms_bot.practice.workspace.blocks import check_blocks, inputs
from ecomms_bot.practice.workspace.refusals import CallRefused
from ecomms_bot.practice.workspace.shapes import Check, Findings, boolean, plain, shape, string
from ecomms_bot.practice.workspace.state import Json

TITLE = 24  # also of submit and close


def submit_with_inputs(view: Json, at: str, found: Findings) -> None:
    if "submit" not in view and any(True for _ in inputs(view["blocks"])):
        found.add("missing required field: submit (there are input blocks)", at)


COMMON: dict[str, Check] = {
    "private_metadata": string(3000, least=0),
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
}
VIEWS: dict[str, Check] = {
    "modal": shape(
        {"title": plain(TITLE), "blocks": check_blocks},
        COMMON
        | {
            "submit": plain(TITLE),
            "close": plain(TITLE),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
        submit_with_inputs,
    ),
    "home": shape({"blocks": check_blocks}, COMMON),
}


def check_view(view: Any, kinds: tuple[str, ...]) -> Json:
    """The view, or `invalid_arguments` with every place that is wrong."""
    if not isinstance(view, dict):
        raise CallRefused("invalid_arguments", "[ERROR] missing required field: view")
    kind = view.get("type")
    if kind not in kinds:
        raise CallRefused("invalid_arguments", f"[ERROR] unsupported type: {kind} [json-pointer:/view/type]")
    given = {key: value for key, value in view.items() if value is not None}
    found = Findings(str(kind))
    VIEWS[str(kind)](given, "/view", found)
    if found.problems:
        raise CallRefused("invalid_arguments", *found.problems)
    return given
