"""What an app's manifest says, as far as it changes what the workspace lets the app do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ecomms_bot.practice.workspace.refusals import NotOnScreen


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One that the manifest declares; `kind` is `message` (in a message's menu) or `global`."""

    name: str
    callback_id: str
    kind: str = "message"


@dataclass(slots=True)
class Manifest:
    """The parts of a manifest that matter here. None: it was not said, and everything goes."""

    scopes: set[str] | None = None
    commands: set[str] | None = None
    shortcuts: tuple[Shortcut, ...] | None = None
    events: set[str] | None = None
    should_escape: bool = False
    home_tab: bool = True
    messages_tab: bool = True

    @classmethod
    def read(cls, manifest: Mapping[str, Any]) -> Manifest:
        """From a manifest as Slack takes it. What it leaves out is not there."""
        features = manifest.get("features") or {}
        commands = features.get("slash_commands") or ()
        tabs = features.get("app_home") or {}
        settings = (manifest.get("settings") or {}).get("event_subscriptions") or {}
        return cls(
            scopes=set(((manifest.get("oauth_config") or {}).get("scopes") or {}).get("bot") or ()),
            commands={each["command"] for each in commands},
            shortcuts=tuple(
                Shortcut(each["name"], each["callback_id"], each["type"])
                for each in features.get("shortcuts") or ()
            ),
            events=set(settings.get("bot_events") or ()),
            should_escape=any(each.get("should_escape") for each in commands),
            home_tab=bool(tabs.get("home_tab_enabled", False)),
            messages_tab=bool(tabs.get("messages_tab_enabled", True)),
        )


def find_shortcut(declared: tuple[Shortcut, ...] | None, wanted: str, kind: str) -> str:
    """The callback_id of the shortcut with this name or callback_id; if none are declared, any goes."""
    if declared is None:
        return wanted
    offered = [each for each in declared if each.kind == kind]
    for each in offered:
        if wanted in (each.name, each.callback_id):
            return each.callback_id
    names = ", ".join(each.name for each in offered) or "none"
    raise NotOnScreen(f"There is no {kind} shortcut {wanted!r} of the app. Offered: {names}.")
