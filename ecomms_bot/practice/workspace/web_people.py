"""`auth.test`, `apps.connections.open`, `users.*`, `usergroups.*`."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ecomms_bot.practice.workspace.refusals import CallRefused
from ecomms_bot.practice.workspace.state import Json, User, UserGroup
from ecomms_bot.practice.workspace.web import Args, method, page

if TYPE_CHECKING:
    from ecomms_bot.practice.workspace.core import Workspace


@method("auth.test")
def auth_test(ws: Workspace, _args: Args) -> Json:
    return {
        "url": f"https://{ws.name}.slack.com/",
        "team": ws.name,
        "user": ws.bot.handle,
        "team_id": ws.team_id,
        "user_id": ws.bot.id,
        "bot_id": ws.bot_id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", for_app=True)
def open_connection(ws: Workspace, _args: Args) -> Json:
    ticket = secrets.token_hex(16)
    ws.wire.tickets.add(ticket)
    return {"url": f"{ws.base_url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={ws.app_id}"}


def describe(ws: Workspace, user: User) -> Json:
    """A user object."""
    zone = ZoneInfo(user.tz)
    offset = datetime.fromtimestamp(ws.now(), zone).utcoffset()
    return {
        "id": user.id,
        "team_id": ws.team_id,
        "name": user.handle,
        "deleted": user.deleted,
        "real_name": user.name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": int(offset.total_seconds()) if offset is not None else 0,
        "profile": {"real_name": user.name, "display_name": user.handle, "team": ws.team_id},
        "is_admin": False,
        "is_owner": False,
        "is_restricted": user.restricted,
        "is_ultra_restricted": False,
        "is_bot": user.bot,
        "is_app_user": False,
        "updated": 0,
    }


@method("users.info")
def user_info(ws: Workspace, args: Args) -> Json:
    user = ws.users.get(args.text("user"))
    if user is None:
        raise CallRefused("user_not_found")
    return {"user": describe(ws, user)}


@method("users.list")
def user_list(ws: Workspace, args: Args) -> Json:
    some, metadata = page(list(ws.users.values()), args, lambda user: user.id)
    return {
        "members": [describe(ws, user) for user in some],
        "cache_ts": int(ws.now()),
        "response_metadata": metadata,
    }


def must_be_paid(ws: Workspace) -> None:
    """Free workspaces have no user groups."""
    if not ws.paid:
        raise CallRefused("plan_upgrade_required")


@method("usergroups.list")
def group_list(ws: Workspace, args: Args) -> Json:
    must_be_paid(ws)
    return {"usergroups": [describe_group(ws, group, args) for group in ws.groups.values()]}


def describe_group(ws: Workspace, group: UserGroup, args: Args) -> Json:
    shown: Json = {
        "id": group.id,
        "team_id": ws.team_id,
        "is_usergroup": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": 0,
        "date_update": 0,
        "date_delete": 0,
        "user_count": len(group.members),
    }
    if args.flag("include_users"):
        shown["users"] = list(group.members)
    return shown


@method("usergroups.users.list")
def group_users(ws: Workspace, args: Args) -> Json:
    must_be_paid(ws)
    group = ws.groups.get(args.text("usergroup"))
    if group is None:
        raise CallRefused("no_such_subteam")
    return {"users": list(group.members)}
