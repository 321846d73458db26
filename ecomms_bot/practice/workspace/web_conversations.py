"""`conversations.*`: making, finding, joining, reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomms_bot.practice.workspace.directory import DIRECT
from ecomms_bot.practice.workspace.messages import as_slack, mark_thread
from ecomms_bot.practice.workspace.refusals import CallRefused
from ecomms_bot.practice.workspace.state import Conversation, Json, StoredMessage, User
from ecomms_bot.practice.workspace.web import Args, method, page

if TYPE_CHECKING:
    from ecomms_bot.practice.workspace.core import Workspace

NAME_LENGTH = 80
TOPIC_LENGTH = 250
INVITES = 100
GROUP = 8  # people in a group's direct messages, besides the bot
LISTED = 999  # "an integer under 1000"
KINDS = {"public_channel": "channel", "private_channel": "private", "im": "im", "mpim": "mpim"}


def find(ws: Workspace, args: Args, channel: str | None = None) -> Conversation:
    """By id only, as in Slack; a private one is not there for a bot that is no member.

    Of the method's scopes the one for this kind of conversation must be there.
    """
    found = ws.channels.get(channel or args.text("channel"))
    if found is None or (found.private and ws.bot.id not in found.members):
        raise CallRefused("channel_not_found")
    args.permit.use(found.kind)
    return found


def must_be_member(ws: Workspace, conversation: Conversation) -> None:
    if ws.bot.id not in conversation.members:
        raise CallRefused("not_in_channel")


def must_not_be_direct(conversation: Conversation) -> None:
    if conversation.kind in DIRECT:
        raise CallRefused("method_not_supported_for_channel_type")


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
    private, group = conversation.private, conversation.kind == "mpim"
    return {
        "id": conversation.id,
        "name": conversation.name,
        "name_normalized": conversation.name,
        "is_channel": not private,
        "is_group": private and not group,
        "is_im": False,
        "is_mpim": group,
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


@method("conversations.create")
def create(ws: Workspace, args: Args) -> Json:
    kind = "private" if args.flag("is_private") else "channel"
    args.permit.use(kind)
    name = check_name(args.text("name", ""))
    if any(one.name == name for one in ws.conversations):
        raise CallRefused("name_taken")
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


@method("conversations.list")
def list_(ws: Workspace, args: Args) -> Json:
    types = args.ids("types") or ["public_channel"]
    if unknown := set(types) - set(KINDS):
        raise CallRefused("invalid_types", f"[ERROR] unknown type: {min(unknown)}")
    kinds = {KINDS[one] for one in types}
    for kind in sorted(kinds):
        args.permit.use(kind)
    visible = [
        one
        for one in ws.channels.values()
        if one.kind in kinds and (one.kind == "channel" or ws.bot.id in one.members)
    ]
    some, metadata = page(visible, args, lambda one: one.id, most=LISTED)
    if args.flag("exclude_archived"):  # after the page is cut: Slack's pages can come back short, even empty
        some = [one for one in some if not one.archived]
    return {"channels": [describe(ws, one) for one in some], "response_metadata": metadata}


@method("conversations.info")
def info(ws: Workspace, args: Args) -> Json:
    return {"channel": describe(ws, find(ws, args))}


@method("conversations.join")
def join(ws: Workspace, args: Args) -> Json:
    conversation = find(ws, args)
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


@method("conversations.invite")
def invite(ws: Workspace, args: Args) -> Json:
    conversation = find(ws, args)
    must_not_be_direct(conversation)
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


@method("conversations.open")
def open_(ws: Workspace, args: Args) -> Json:
    """The direct messages of the bot with one person, or with several."""
    if "channel" in args:
        conversation = find(ws, args)
        if conversation.kind not in DIRECT:
            raise CallRefused("method_not_supported_for_channel_type")
    else:
        conversation = open_with(ws, args, args.ids("users"))
    return {"channel": describe(ws, conversation) if args.flag("return_im") else {"id": conversation.id}}


def open_with(ws: Workspace, args: Args, wanted: list[str]) -> Conversation:
    if not wanted:
        raise CallRefused("users_list_not_supplied")
    if len(wanted) > GROUP:
        raise CallRefused("too_many_users")
    args.permit.use("im" if len(wanted) == 1 else "mpim")
    if len(wanted) == 1:
        return direct_message(ws, wanted[0])
    return ws.direct_messages([ws.bot.id, *(reachable(ws, one).id for one in wanted)])


def direct_message(ws: Workspace, user_id: str) -> Conversation:
    return ws.direct_message(reachable(ws, user_id).id)


def reachable(ws: Workspace, user_id: str) -> User:
    """Somebody to write to."""
    user = ws.users.get(user_id)
    if user is None:
        raise CallRefused("user_not_found")
    if user.deleted:
        raise CallRefused("user_disabled")
    if user.bot:
        raise CallRefused("cannot_dm_bot")
    return user


@method("conversations.members")
def members(ws: Workspace, args: Args) -> Json:
    some, metadata = page(find(ws, args).members, args, str)
    return {"members": some, "response_metadata": metadata}


@method("conversations.setTopic")
def set_topic(ws: Workspace, args: Args) -> Json:
    conversation = find(ws, args)
    must_not_be_archived(conversation)
    must_be_member(ws, conversation)
    topic = args.text("topic", "")
    if len(topic) > TOPIC_LENGTH:
        raise CallRefused("too_long")
    conversation.topic = topic
    return {"channel": describe(ws, conversation)}


@method("conversations.archive")
def archive(ws: Workspace, args: Args) -> Json:
    conversation = find(ws, args)
    must_not_be_direct(conversation)
    if conversation.archived:
        raise CallRefused("already_archived")
    must_be_member(ws, conversation)
    conversation.archived = True
    return {}


@method("conversations.history")
def history(ws: Workspace, args: Args) -> Json:
    """Newest first; roots and broadcast replies only; metadata only if asked for."""
    conversation = find(ws, args)
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


@method("conversations.replies")
def replies(ws: Workspace, args: Args) -> Json:
    """Oldest first; the root comes first on every page."""
    conversation = find(ws, args)
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
