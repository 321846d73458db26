"""`chat.*` and `pins.*`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomms_bot.practice.workspace import messages
from ecomms_bot.practice.workspace.refusals import CallRefused
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


def place(ws: Workspace, channel: str) -> Conversation:
    """Where to post: an id, or a person's id for their DM. Never a name."""
    if channel in ws.users:
        return direct_message(ws, channel)
    conversation = find(ws, channel)
    must_not_be_archived(conversation)
    if ws.scopes is None or "chat:write.public" not in ws.scopes or conversation.private:
        must_be_member(ws, conversation)
    return conversation


@method("chat.postMessage", "chat:write")
def post_message(ws: Workspace, args: Args) -> Json:
    conversation = place(ws, args.text("channel"))
    message = messages.add(
        ws,
        conversation,
        content_of(args),
        thread_ts=args.text("thread_ts", ""),
        broadcast=args.flag("reply_broadcast"),
    )
    shown = messages.as_slack(ws, message, metadata=True)
    return {"channel": conversation.id, "ts": message.ts, "message": shown}


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(ws: Workspace, args: Args) -> Json:
    conversation = find(ws, args.text("channel"))
    must_not_be_archived(conversation)
    must_be_member(ws, conversation)
    user = args.text("user")
    if user not in conversation.members:
        raise CallRefused("user_not_in_channel")
    message = messages.add(
        ws, conversation, content_of(args), thread_ts=args.text("thread_ts", ""), ephemeral_to=user
    )
    return {"message_ts": message.ts}


@method("chat.update", "chat:write")
def update(ws: Workspace, args: Args) -> Json:
    conversation = find(ws, args.text("channel"))
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


@method("chat.delete", "chat:write")
def delete(ws: Workspace, args: Args) -> Json:
    conversation = find(ws, args.text("channel"))
    message = existing(conversation, args.text("ts"))
    if not message.by_app or message.tombstone:
        raise CallRefused("cant_delete_message")
    messages.remove(ws, conversation, message)
    return {"channel": conversation.id, "ts": message.ts}


@method("chat.getPermalink")
def get_permalink(ws: Workspace, args: Args) -> Json:
    conversation = find(ws, args.text("channel"))
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


@method("pins.add", "pins:write")
def pin(ws: Workspace, args: Args) -> Json:
    conversation = find(ws, args.text("channel"))
    if "timestamp" not in args:
        raise CallRefused("no_item_specified")
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


@method("pins.list", "pins:read")
def pins(ws: Workspace, args: Args) -> Json:
    conversation = find(ws, args.text("channel"))
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
