"""Response URLs: the address that every command and click brings along, good for 5 uses in 30 minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecomms_bot.practice.workspace import messages
from ecomms_bot.practice.workspace.core import RESPONSE_URL_SECONDS, RESPONSE_URL_USES
from ecomms_bot.practice.workspace.refusals import CallRefused
from ecomms_bot.practice.workspace.state import Conversation, Json, ResponseUrl, StoredMessage
from ecomms_bot.practice.workspace.web import record

if TYPE_CHECKING:
    from ecomms_bot.practice.workspace.core import Workspace

FORMAT_TROUBLE = 500  # Slack answers a payload that it cannot use with 500 or 400 and plain text
GONE = 404


def respond(ws: Workspace, token: str, body: Any, fault: str | None = None) -> tuple[int, Json]:
    """One post to a response URL: HTTP status and answer."""
    with ws.lock:
        status, result = 200, {"ok": True}
        try:
            use(ws, find(ws, token), body)
        except CallRefused as refusal:
            result = refusal.body()
            status = GONE if refusal.code in ("used_url", "expired_url") else FORMAT_TROUBLE
        record(
            ws,
            "response_url",
            {**body, "url": token} if isinstance(body, dict) else {"url": token},
            result,
            fault,
        )
        return status, result


def find(ws: Workspace, token: str) -> ResponseUrl:
    url = ws.response_urls.get(token)
    if url is None or ws.machine() - url.made_at > RESPONSE_URL_SECONDS:
        raise CallRefused("expired_url")
    if url.uses >= RESPONSE_URL_USES:
        raise CallRefused("used_url")
    return url


def use(ws: Workspace, url: ResponseUrl, body: Any) -> None:
    if not isinstance(body, dict):
        raise CallRefused("invalid_payload")
    conversation = ws.channels[url.conversation]
    original = find_original(conversation, url)
    if as_flag(body.get("delete_original")):
        if original is not None:
            messages.remove(ws, conversation, original)
        url.uses += 1
        return
    content = messages.check_content(
        body.get("text"), body.get("blocks"), body.get("metadata"), body.get("attachments")
    )
    if as_flag(body.get("replace_original")) and original is not None:
        messages.change(ws, original, content)
    else:
        post(ws, conversation, content, url.user, body)
    url.uses += 1


def post(ws: Workspace, conversation: Conversation, content: messages.Content, user: str, body: Json) -> None:
    """A new message, for one person unless the app asks for `in_channel`; also where the bot is no member."""
    messages.add(
        ws,
        conversation,
        content,
        thread_ts=body.get("thread_ts"),
        ephemeral_to=None if body.get("response_type") == "in_channel" else user,
    )


def find_original(conversation: Conversation, url: ResponseUrl) -> StoredMessage | None:
    """The app's message that was clicked; it may be an ephemeral one, which only this address can change."""
    for message in conversation.messages:
        mine = message.by_app and message.ephemeral_to in (None, url.user)
        if mine and message.ts == url.original_ts:
            return message
    return None


def as_flag(value: Any) -> bool:
    return str(value).lower() == "true"
