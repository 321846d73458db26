"""`chat.*` and `pins.*`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ecomms_bot.practice.workspace import messages
from ecomms_bot.practice.workspace.refusals import CallRefused
from ecomms_bot.practice.workspace.scopes import POST_ANYWHERE
from ecomms_bot.practice.workspace.state import Conversation, Json, StoredMessage
from ecomms_bot.practice.workspace.web import Args, method
from ecomms_bot.practice.workspace.web_conversations import (
    direct_message,
    find,
    must_be_member,
    must_not_be_archived,
)

if TYPE_CHECKING:
    from ecomms_bot.practice.workspace.core import Workspace

PINS = 100


def content_of(args: Args) -> messages.Content:
    text = args.values.get("text")
    if "markdown_text" in args:
        if text or "blocks" in args:
            raise CallRefused("markdown_text_conflict")
        text = args.values["markdown_text"]
    blocks, metadata = (
        args.data("blocks", "invalid_blocks_format"),
        args.data("metadata", "invalid_metadata_format"),
    )
    return messages.check_content(text, blocks, metadata, args.data("attachments"))


def place(ws: Workspace, args: Args) -> Conversation:
    """Where to post: an id, or a person's id for their DM. Never a name."""
    channel = args.text("channel")
    conversation = with_person(ws, channel) if channel in ws.users else find(ws, args)
    must_have_tab(ws, conversation)
    must_not_be_archived(conversation)
    there = ws.bot.id in conversation.members
    if not there and (conversation.private or not args.permit.has(POST_ANYWHERE)):
        must_be_member(ws, conversation)
    return conversation


def with_person(ws: Workspace, user_id: str) -> Conversation:
    """Their direct messages. Where there are some already, Slack posts even to who was deactivated."""
    for one in ws.channels.values():
        if one.kind == "im" and {user_id, ws.bot.id} == set(one.members):
            return one
    return direct_message(ws, user_id)


def must_have_tab(ws: Workspace, conversation: Conversation) -> None:
    """Without its Messages tab an app has no direct messages."""
    if conversation.kind == "im" and not ws.messages_tab:
        raise CallRefused("messages_tab_disabled")


@method("chat.postMessage")
def post_message(ws: Workspace, args: Args) -> Json:
    conversation = place(ws, args)
    message = messages.add(
        ws,
        conversation,
        content_of(args),
        thread_ts=args.text("thread_ts", ""),
        broadcast=args.flag("reply_broadcast"),
    )
    shown = messages.as_slack(ws, message, metadata=True)
    return {"channel": conversation.id, "ts": message.ts, "message": shown}


@method("chat.postEphemeral")
def post_ephemeral(ws: Workspace, args: Args) -> Json:
    conversation = find(ws, args)
    must_not_be_archived(conversation)
    must_be_member(ws, conversation)
    user = args.text("user")
    if user not in conversation.members:
        raise CallRefused("user_not_in_channel")
    content = content_of(args)
    if len(content.text or "") > messages.TEXT_KEPT:
        raise CallRefused("msg_too_long")
    message = messages.add(ws, conversation, content, thread_ts=args.text("thread_ts", ""), ephemeral_to=user)
    return {"message_ts": message.ts}


@method("chat.update")
def update(ws: Workspace, args: Args) -> Json:
    conversation = find(ws, args)
    message = existing(conversation, args.text("ts"))
    must_not_be_archived(conversation)
    if not message.by_app or message.tombstone:
        raise CallRefused("cant_update_message")
    content = content_of(args)
    if len(content.text or "") > messages.TEXT_UPDATE:
        raise CallRefused("msg_too_long")
    messages.change(ws, message, content)
    shown = messages.as_slack(ws, message, metadata=True)
    return {"channel": conversation.id, "ts": message.ts, "text": message.text, "message": shown}


@method("chat.delete")
def delete(ws: Workspace, args: Args) -> Json:
    conversation = find(ws, args)
    message = existing(conversation, args.text("ts"))
    if not message.by_app or message.tombstone:
        raise CallRefused("cant_delete_message")
    messages.remove(ws, conversation, message)
    return {"channel": conversation.id, "ts": message.ts}


@method("chat.getPermalink")
def get_permalink(ws: Workspace, args: Args) -> Json:
    conversation = find(ws, args)
    message = existing(conversation, args.text("message_ts"))
    link = f"https://{ws.name}.slack.com/archives/{conversation.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts is not None:
        link += f"?thread_ts={message.thread_ts}&cid={conversation.id}"
    return {"channel": conversation.id, "permalink": link}


def existing(conversation: Conversation, ts: str) -> StoredMessage:
    """Ephemeral messages are not found: only their response URL can change them."""
    message = conversation.message(ts)
    if message is None:
        raise CallRefused("message_not_found")
    return message


@method("pins.add")
def pin(ws: Workspace, args: Args) -> Json:
    conversation = find(ws, args)
    if "timestamp" not in args:
        raise CallRefused("no_item_specified")
    if not re.fullmatch(r"\d+\.\d{6}", args.text("timestamp")):
        raise CallRefused("bad_timestamp")
    must_not_be_archived(conversation)
    must_be_member(ws, conversation)
    message = existing(conversation, args.text("timestamp"))
    if message.ts in conversation.pins:
        raise CallRefused("already_pinned")
    if message.tombstone:
        raise CallRefused("not_pinnable")
    if len(conversation.pins) >= PINS:
        raise CallRefused("too_many_pins")
    conversation.pins[message.ts] = int(ws.now())
    return {}


@method("pins.list")
def pins(ws: Workspace, args: Args) -> Json:
    conversation = find(ws, args)
    must_be_member(ws, conversation)
    items = []
    for ts, created in reversed(conversation.pins.items()):
        message = existing(conversation, ts)
        shown = messages.as_slack(ws, message, metadata=False)
        shown["pinned_to"] = [conversation.id]
        items.append(
            {
                "type": "message",
                "channel": conversation.id,
                "created": created,
                "created_by": ws.bot.id,
                "message": shown,
            }
        )
    return {"items": items}
