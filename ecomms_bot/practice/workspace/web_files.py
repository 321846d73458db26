"""`files.*`: an address to send bytes to, and sharing what arrived there as a message."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from ecomms_bot.practice.workspace import messages
from ecomms_bot.practice.workspace.directory import new_id
from ecomms_bot.practice.workspace.messages import describe_file
from ecomms_bot.practice.workspace.refusals import CallRefused
from ecomms_bot.practice.workspace.state import Conversation, File, Json
from ecomms_bot.practice.workspace.web import Args, method, record
from ecomms_bot.practice.workspace.web_conversations import (
    direct_message,
    find,
    must_be_member,
    must_not_be_archived,
)

if TYPE_CHECKING:
    from ecomms_bot.practice.workspace.core import Workspace

DESCRIPTION = 1000  # characters of alt_txt
UPLOAD = "upload_url"
"""What a recorded call is named that sent bytes to an address; faults may name it too."""


@method("files.getUploadURLExternal")
def upload_address(ws: Workspace, args: Args) -> Json:
    name = args.text("filename")
    length = args.text("length", "0")
    if not length.isdigit() or int(length) == 0:
        raise CallRefused("missing_argument", "[ERROR] missing required field: length")
    if len(args.text("alt_txt", "")) > DESCRIPTION:
        raise CallRefused("alt_txt_too_large")
    file = File(new_id("F"), name, int(length), int(ws.now()))
    token = secrets.token_hex(16)
    ws.files[file.id], ws.uploads[token] = file, file.id
    return {"upload_url": f"{ws.base_url}/upload/v1/{token}", "file_id": file.id}


def upload(ws: Workspace, token: str, data: bytes, fault: str | None = None) -> tuple[int, str]:
    """The bytes that were sent to such an address: HTTP status and answer. The address is good once."""
    with ws.lock:
        file = ws.files.get(ws.uploads.get(token, ""))
        status, told = (404, "not found")
        if file is not None:
            status, told = (400, f"{file.length} bytes were announced, {len(data)} came")
            if len(data) == file.length:
                file.data = data
                del ws.uploads[token]
                status, told = 200, f"OK - {len(data)}"
        values: Json = {"file": file.id if file else None, "length": len(data)}
        record(ws, UPLOAD, values, {"ok": status == 200, "told": told}, fault)
        ws.changed()
        return status, told


@method("files.completeUploadExternal")
def complete(ws: Workspace, args: Args) -> Json:
    """Each conversation gets one message with all the files; without one they stay the app's own."""
    wanted = args.data("files")
    if not isinstance(wanted, list) or not wanted or not all(isinstance(one, dict) for one in wanted):
        raise CallRefused("invalid_arguments", "[ERROR] files must be a list of objects with an id")
    files = [arrived(ws, one.get("id")) for one in wanted]
    places = targets(ws, args)
    thread_ts = args.text("thread_ts", "")
    for place in places:
        messages.check_thread(place, thread_ts)
    for file, one in zip(files, wanted, strict=True):
        file.title, file.done = str(one.get("title") or file.name), True
    comment = messages.Content(args.text("initial_comment", ""), None, None)
    for place in places:
        for file in files:
            file.shared.append(place.id)
        messages.add(ws, place, comment, thread_ts=thread_ts, files=files)
    return {"files": [describe_file(ws, file) for file in files]}


def arrived(ws: Workspace, file_id: Any) -> File:
    """A file whose bytes came and that was not completed before."""
    file = ws.files.get(str(file_id))
    if file is None or file.data is None or file.done:
        raise CallRefused("file_not_found")
    return file


def targets(ws: Workspace, args: Args) -> list[Conversation]:
    """`channel_id` is a conversation; in the list `channels` a person stands for their direct messages."""
    if "channel_id" in args:
        return [to_share_in(ws, args, args.text("channel_id"))]
    wanted = args.ids("channels")
    return [direct_message(ws, one) if one in ws.users else to_share_in(ws, args, one) for one in wanted]


def to_share_in(ws: Workspace, args: Args, channel: str) -> Conversation:
    place = find(ws, args, channel)
    must_not_be_archived(place)
    must_be_member(ws, place)
    return place
