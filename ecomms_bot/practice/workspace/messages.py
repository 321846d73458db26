"""Posting, changing and removing messages: the rules that the Web API and response URLs share."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecomms_bot.practice.workspace import mentions
from ecomms_bot.practice.workspace.blocks import check_message_blocks
from ecomms_bot.practice.workspace.directory import new_id
from ecomms_bot.practice.workspace.normal import complete_blocks
from ecomms_bot.practice.workspace.refusals import CallRefused
from ecomms_bot.practice.workspace.state import Conversation, File, Json, StoredMessage

if TYPE_CHECKING:
    from ecomms_bot.practice.workspace.core import Workspace

TEXT_KEPT = 40_000  # longer texts are cut, not refused
TEXT_UPDATE = 4_000  # chat.update refuses longer ones
ATTACHMENTS = 100
METADATA = 8_000  # not documented; ids fit, texts do not


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says, checked. None means that it was not given, which an update takes for "keep"."""

    text: str | None
    blocks: list[Json] | None
    metadata: Json | None


def check_content(text: Any, blocks: Any, metadata: Any = None, attachments: Any = None) -> Content:
    if isinstance(attachments, list) and len(attachments) > ATTACHMENTS:
        raise CallRefused("too_many_attachments")
    if blocks is not None:
        blocks = complete_blocks(check_message_blocks(blocks))
    if not text and not blocks and not attachments:
        raise CallRefused("no_text")
    return Content(None if text is None else str(text), blocks, check_metadata(metadata))


def check_metadata(metadata: Any) -> Json | None:
    """`event_type` and a flat-ish `event_payload`; ids only, as every app of the workspace can read it."""
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or set(metadata) - {"event_type", "event_payload", "entities"}:
        raise CallRefused("invalid_metadata_format")
    if not metadata:
        return {}
    event_type, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(event_type, str) or not event_type or not isinstance(payload, dict):
        raise CallRefused("invalid_metadata_schema")
    if len(str(payload)) > METADATA:
        raise CallRefused("metadata_too_large")
    return metadata


def add(
    ws: Workspace,
    conversation: Conversation,
    content: Content,
    *,
    thread_ts: str | None = None,
    broadcast: bool = False,
    ephemeral_to: str | None = None,
    files: list[File] | None = None,
) -> StoredMessage:
    """A message of the app."""
    check_thread(conversation, thread_ts)
    text, blocks = (content.text or "")[:TEXT_KEPT], content.blocks or []
    called = mentions.mentioned(ws, conversation, text, blocks)
    message = StoredMessage(
        conversation=conversation.id,
        ts=ws.new_ts(),
        user=ws.bot.id,
        text=text,
        blocks=blocks,
        thread_ts=thread_ts or None,
        metadata=content.metadata,
        by_app=True,
        ephemeral_to=ephemeral_to,
        broadcast=broadcast,
        files=files or [],
        notified=frozenset() if ephemeral_to else mentions.notified(conversation, ws.bot.id, called),
    )
    ws.store(conversation, message)
    if ephemeral_to is None:
        ws.events.message(conversation, message)
    return message


def said(
    ws: Workspace, conversation: Conversation, message: StoredMessage, files: Sequence[str] = ()
) -> StoredMessage:
    """A message of a person, with files of these names."""
    for name in files:
        shared = File(new_id("F"), name, 0, int(ws.now()), title=name, data=b"", done=True)
        shared.shared.append(conversation.id)
        ws.files[shared.id] = shared
        message.files.append(shared)
    called = mentions.mentioned(ws, conversation, message.text, [])
    message.notified = mentions.notified(conversation, message.user, called)
    ws.store(conversation, message)
    ws.events.message(conversation, message)
    return message


def edit(ws: Workspace, conversation: Conversation, message: StoredMessage, text: str) -> None:
    """A person says something else now."""
    before = as_slack(ws, message, metadata=False)
    message.text, message.edited_ts = text, ws.new_ts()
    ws.events.changed(conversation, before, message)
    ws.changed()


def check_thread(conversation: Conversation, thread_ts: str | None) -> None:
    """A thread is answered at its root, which must still be there: no reply and no tombstone will do."""
    if not thread_ts:
        return
    root = conversation.message(thread_ts)
    if root is None or root.tombstone:
        raise CallRefused("thread_not_found")
    if root.thread_ts is not None:
        raise CallRefused("cannot_reply_to_message")


def change(ws: Workspace, message: StoredMessage, content: Content) -> None:
    """Slack: text without blocks removes the blocks; blocks or metadata that are not given stay."""
    before = as_slack(ws, message, metadata=False)
    if content.text is not None:
        message.text = content.text[:TEXT_KEPT]
        message.blocks = content.blocks or []
    elif content.blocks is not None:
        message.blocks = content.blocks
    if content.metadata is not None:
        message.metadata = content.metadata or None
    if not content.blocks:  # with blocks Slack shows no "(edited)"
        message.edited_ts = ws.new_ts()
    if message.ephemeral_to is None:
        ws.events.changed(ws.channels[message.conversation], before, message)
    ws.changed()


def remove(ws: Workspace, conversation: Conversation, message: StoredMessage) -> None:
    """A root with replies leaves a tombstone, as in Slack."""
    conversation.pins.pop(message.ts, None)
    before = as_slack(ws, message, metadata=False)
    if message.ephemeral_to is None and conversation.replies(message.ts):
        message.tombstone, message.text, message.metadata = True, "This message was deleted.", None
        message.blocks, message.files = [], []
    else:
        conversation.messages.remove(message)
    if message.ephemeral_to is None:
        ws.events.deleted(conversation, before, message)
    ws.changed()


def as_slack(ws: Workspace, message: StoredMessage, *, metadata: bool) -> Json:
    """A message object as the API returns it."""
    shown: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
    if message.tombstone:
        return shown | {"subtype": "tombstone", "user": "USLACKBOT", "hidden": True}
    shown["team"] = ws.team_id
    if message.by_app:
        shown |= {"bot_id": ws.bot_id, "app_id": ws.app_id, "bot_profile": bot_profile(ws)}
    if message.blocks:
        shown["blocks"] = message.blocks
    if message.files:
        shown["files"] = [describe_file(ws, file, message.user) for file in message.files]
    if message.thread_ts is not None:
        shown["thread_ts"] = message.thread_ts
        if message.broadcast:
            shown["subtype"] = "thread_broadcast"
    if message.edited_ts is not None:
        shown["edited"] = {"user": message.user, "ts": message.edited_ts}
    if metadata and message.metadata is not None:
        shown["metadata"] = message.metadata
    return shown


def describe_file(ws: Workspace, file: File, user: str = "") -> Json:
    """A file object; the app's own unless it is said whose."""
    user = user or ws.bot.id
    ending = file.name.rpartition(".")[2].lower() if "." in file.name else ""
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": mimetypes.guess_type(file.name)[0] or "application/octet-stream",
        "filetype": ending or "binary",
        "user": user,
        "mode": "hosted",
        "is_external": False,
        "size": len(file.data or b""),
        "channels": list(file.shared),
        "permalink": f"https://{ws.name}.slack.com/files/{user}/{file.id}/{file.name}",
    }


def mark_thread(conversation: Conversation, message: StoredMessage, shown: Json) -> Json:
    """What a root says of its thread."""
    replies = conversation.replies(message.ts) if message.thread_ts is None else []
    if replies:
        people = list(dict.fromkeys(reply.user for reply in replies))
        shown |= {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users": people,
            "reply_users_count": len(people),
            "latest_reply": replies[-1].ts,
        }
    return shown


def bot_profile(ws: Workspace) -> Json:
    return {
        "id": ws.bot_id,
        "deleted": False,
        "name": ws.bot.name,
        "updated": 0,
        "app_id": ws.app_id,
        "team_id": ws.team_id,
    }
