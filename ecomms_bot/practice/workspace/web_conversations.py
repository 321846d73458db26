"""`conversations.*`: making, finding, joining, reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomms_bot.practice.workspace.messages import as_slack, mark_thread
from ecomms_bot.practice.workspace.refusals import CallRefused
from ecomms_bot.practice.workspace.state import Conversation, Json, StoredMessage
from ecomms_bot.practice.workspace.web import Args, method, page

if TYPE_CHECKING:
    from ecomms_bot.practice.workspace.core import Workspace

NAME_LENGTH = 80
TOPIC_LENGTH = 250
INVITES = 100
KINDS = {"public_channel": "channel", "private_channel": "private", "im": "im", "mpim": "mpim"}


def find(ws: Workspace, channel: str) -> Conversation:
    """By id only, as in Slack; a private one is not there for a bot that is no member."""
    found = ws.channels.get(channel)
    if found is None or (found.private and ws.bot.id not in found.members):
        raise CallRefused("channel_not_found")
    return found


def must_be_member(ws: Workspace, conversation: Conversation) -> None:
    if ws.bot.id not in conversation.members:
        raise CallRefused("not_in_channel")


def must_not_be_archived(conversation: Conversation) -> None:
    if conversation.archived:
        raise CallRefused("is_archived")


def describe(ws: Workspace, conversation: Conversation) -> Json:
    """A conversation object."""
    if conversation.kind == "im":
        other = next(member for member in conversation.members if member != ws.bot.id)
        return {
            "id": conversation.id,
            "created": conversation.created,
            "is_archived": False,
            "is_im": True,
            "is_org_shared": False,
            "user": other,
            "is_user_deleted": ws.users[other].deleted,
        }
    private = conversation.kind == "private"
    return {
        "id": conversation.id,
        "name": conversation.name,
        "name_normalized": conversation.name,
        "is_channel": not private,
        "is_group": private,
        "is_im": False,
        "is_mpim": False,
        "is_private": private,
        "created": conversation.created,
        "creator": conversation.creator,
        "is_archived": conversation.archived,
        "is_general": False,
        "is_member": ws.bot.id in conversation.members,
        "is_shared": False,
        "is_org_shared": False,
        "context_team_id": ws.team_id,
        "topic": {"value": conversation.topic, "creator": "", "last_set": 0},
        "purpose": {"value": conversation.purpose, "creator": "", "last_set": 0},
        "num_members": len(conversation.members),
    }


@method("conversations.create", "channels:manage", "groups:write")
def create(ws: Workspace, args: Args) -> Json:
    name = check_name(args.text("name", ""))
    if any(one.name == name for one in ws.channels.values() if one.kind != "im"):
        raise CallRefused("name_taken")
    kind = "private" if args.flag("is_private") else "channel"
    return {"channel": describe(ws, ws.make_conversation(name, kind, [ws.bot.id]))}


def check_name(name: str) -> str:
    """Slack: lower-case letters, digits, hyphens, underscores; 80 characters."""
    if not name.strip():
        raise CallRefused("invalid_name_required")
    if len(name) > NAME_LENGTH:
        raise CallRefused("invalid_name_maxlength")
    if any(not (char.isalnum() or char in "-_") or char != char.lower() for char in name):
        raise CallRefused("invalid_name_specials")
    if not any(char.isalnum() for char in name):
        raise CallRefused("invalid_name_punctuation")
    return name


@method("conversations.list", "channels:read", "groups:read", "im:read")
def list_(ws: Workspace, args: Args) -> Json:
    types = args.ids("types") or ["public_channel"]
    if unknown := set(types) - set(KINDS):
        raise CallRefused("invalid_types", f"[ERROR] unknown type: {min(unknown)}")
    kinds = {KINDS[one] for one in types}
    visible = [
        one
        for one in ws.channels.values()
        if one.kind in kinds and (one.kind == "channel" or ws.bot.id in one.members)
    ]
    some, metadata = page(visible, args, lambda one: one.id)
    if args.flag("exclude_archived"):  # after the page is cut: Slack's pages can come back short, even empty
        some = [one for one in some if not one.archived]
    return {"channels": [describe(ws, one) for one in some], "response_metadata": metadata}


@method("conversations.info", "channels:read", "groups:read", "im:read")
def info(ws: Workspace, args: Args) -> Json:
    return {"channel": describe(ws, find(ws, args.text("channel")))}


@method("conversations.join", "channels:join")
def join(ws: Workspace, args: Args) -> Json:
    conversation = find(ws, args.text("channel"))
    if conversation.private:
        raise CallRefused("method_not_supported_for_channel_type")
    must_not_be_archived(conversation)
    if ws.bot.id in conversation.members:
        return {
            "channel": describe(ws, conversation),
            "warning": "already_in_channel",
            "response_metadata": {"warnings": ["already_in_channel"]},
        }
    conversation.members.append(ws.bot.id)
    return {"channel": describe(ws, conversation)}


@method("conversations.invite", "channels:manage", "channels:write.invites", "groups:write")
def invite(ws: Workspace, args: Args) -> Json:
    conversation = find(ws, args.text("channel"))
    wanted = args.ids("users")
    if not wanted:
        raise CallRefused("no_user")
    if len(wanted) > INVITES:
        raise CallRefused("invalid_arguments", f"[ERROR] no more than {INVITES} users")
    must_not_be_archived(conversation)
    must_be_member(ws, conversation)
    wrong = [(user, code) for user in wanted if (code := why_not_invited(ws, conversation, user))]
    good = [user for user in wanted if user not in dict(wrong)]
    if wrong and not (args.flag("force") and good):
        errors = [{"user": user, "ok": False, "error": code} for user, code in wrong]
        raise CallRefused(wrong[0][1], errors=errors)
    conversation.members.extend(dict.fromkeys(good))
    return {"channel": describe(ws, conversation)}


def why_not_invited(ws: Workspace, conversation: Conversation, user_id: str) -> str | None:
    user = ws.users.get(user_id)
    if user is None:
        return "user_not_found"
    if user.id == ws.bot.id:
        return "cant_invite_self"
    if user.deleted:
        return "cant_invite"
    return "already_in_channel" if user.id in conversation.members else None


@method("conversations.open", "im:write")
def open_(ws: Workspace, args: Args) -> Json:
    if "channel" in args:
        conversation = find(ws, args.text("channel"))
    else:
        wanted = args.ids("users")
        if not wanted:
            raise CallRefused("users_list_not_supplied")
        if len(wanted) > 1:
            raise CallRefused("method_not_supported_for_channel_type")  # group DMs are not played here
        conversation = direct_message(ws, wanted[0])
    return {"channel": describe(ws, conversation) if args.flag("return_im") else {"id": conversation.id}}


def direct_message(ws: Workspace, user_id: str) -> Conversation:
    user = ws.users.get(user_id)
    if user is None:
        raise CallRefused("user_not_found")
    if user.deleted:
        raise CallRefused("user_disabled")
    if user.bot:
        raise CallRefused("cannot_dm_bot")
    return ws.direct_message(user.id)


@method("conversations.members", "channels:read", "groups:read", "im:read")
def members(ws: Workspace, args: Args) -> Json:
    some, metadata = page(find(ws, args.text("channel")).members, args, str)
    return {"members": some, "response_metadata": metadata}


@method("conversations.setTopic", "channels:manage", "channels:write.topic", "groups:write")
def set_topic(ws: Workspace, args: Args) -> Json:
    conversation = find(ws, args.text("channel"))
    must_not_be_archived(conversation)
    must_be_member(ws, conversation)
    topic = args.text("topic", "")
    if len(topic) > TOPIC_LENGTH:
        raise CallRefused("too_long")
    conversation.topic = topic
    return {"channel": describe(ws, conversation)}


@method("conversations.archive", "channels:manage", "groups:write")
def archive(ws: Workspace, args: Args) -> Json:
    conversation = find(ws, args.text("channel"))
    if conversation.archived:
        raise CallRefused("already_archived")
    must_be_member(ws, conversation)
    conversation.archived = True
    return {}


@method("conversations.history", "channels:history", "groups:history", "im:history")
def history(ws: Workspace, args: Args) -> Json:
    """Newest first; roots and broadcast replies only; metadata only if asked for."""
    conversation = find(ws, args.text("channel"))
    must_be_member(ws, conversation)
    main = [
        m for m in conversation.messages if m.ephemeral_to is None and (m.thread_ts is None or m.broadcast)
    ]
    some, metadata = page(list(reversed(within(main, args))), args, lambda one: one.ts, most=999)
    return {
        "messages": [seen_by_app(ws, conversation, message, args) for message in some],
        "has_more": bool(metadata["next_cursor"]),
        "pin_count": len(conversation.pins),
        "response_metadata": metadata,
    }


@method("conversations.replies", "channels:history", "groups:history", "im:history")
def replies(ws: Workspace, args: Args) -> Json:
    """Oldest first; the root comes first on every page."""
    conversation = find(ws, args.text("channel"))
    must_be_member(ws, conversation)
    root = conversation.message(args.text("ts"))
    if root is None:
        raise CallRefused("thread_not_found")
    rest = within(conversation.replies(root.ts), args)
    some, metadata = page(rest, args, lambda one: one.ts, default=1000)
    return {
        "messages": [seen_by_app(ws, conversation, message, args) for message in [root, *some]],
        "has_more": bool(metadata["next_cursor"]),
        "response_metadata": metadata,
    }


def within(found: list[StoredMessage], args: Args) -> list[StoredMessage]:
    """Between `oldest` and `latest`, both exclusive unless `inclusive`."""
    oldest, latest = as_micros(args.text("oldest", "0")), as_micros(args.text("latest", "9" * 12))
    if args.flag("inclusive"):
        return [m for m in found if oldest <= as_micros(m.ts) <= latest]
    return [m for m in found if oldest < as_micros(m.ts) < latest]


def as_micros(ts: str) -> int:
    """Exact: a float has too few digits for a ts."""
    whole, _, rest = ts.partition(".")
    try:
        return int(whole) * 1_000_000 + int(rest[:6].ljust(6, "0"))
    except ValueError:
        raise CallRefused("invalid_ts_oldest") from None


def seen_by_app(ws: Workspace, conversation: Conversation, message: StoredMessage, args: Args) -> Json:
    shown = as_slack(ws, message, metadata=args.flag("include_all_metadata"))
    return mark_thread(conversation, message, shown)
