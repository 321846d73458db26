"""Files: an address, the bytes, and a message that has them."""

from __future__ import annotations

import logging
from typing import Any
from urllib.error import HTTPError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web.file_upload_v2_result import FileUploadV2Result

from ecomms_bot.practice.workspace import Conversation, Person, Workspace

LOG = b"15:10 statement published\n"


def refused(method: Any, **args: Any) -> str:
    with pytest.raises(SlackApiError) as error:
        method(**args)
    return str(error.value.response["error"])


def send_bytes(client: WebClient, url: str, data: bytes) -> FileUploadV2Result:
    """As files_upload_v2 does it."""
    logger = logging.getLogger(__name__)
    return client._upload_file(url=url, data=data, logger=logger, timeout=5, proxy=None, ssl=None)  # noqa: SLF001


def uploaded(client: WebClient, data: bytes = LOG, name: str = "log.md") -> str:
    """A file whose bytes have arrived, not shared yet; its id."""
    ticket = client.files_getUploadURLExternal(filename=name, length=len(data))
    sent = send_bytes(client, ticket["upload_url"], data)
    assert (sent.status, sent.body) == (200, f"OK - {len(data)}")
    return str(ticket["file_id"])


def test_slacks_own_three_calls_end_in_a_message_with_the_file(
    client: WebClient, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    done = client.files_upload_v2(
        content=LOG, filename="log.md", title="Log of Highway 5", channel=ops.id, initial_comment="The log."
    )

    [message] = mara.messages(ops)
    [file] = message.files
    assert (message.text, file.name, file.title, file.data) == ("The log.", "log.md", "Log of Highway 5", LOG)
    assert done["file"]["id"] == message.raw["files"][0]["id"]
    assert [call.method for call in workspace.calls][:3] == [
        "files.getUploadURLExternal",
        "upload_url",
        "files.completeUploadExternal",
    ]
    assert client.conversations_history(channel=ops.id)["messages"][0]["files"][0]["name"] == "log.md"


def test_several_files_come_in_one_message_in_direct_messages_or_in_a_thread(
    client: WebClient, mara: Person, ops: Conversation
) -> None:
    two = [{"filename": "log.md", "content": LOG}, {"filename": "log.csv", "content": b"at,what\n"}]
    root = client.chat_postMessage(channel=ops.id, text="root")["ts"]
    dm = client.conversations_open(users=mara.id)["channel"]["id"]

    client.files_upload_v2(file_uploads=two, channel=dm)
    client.files_upload_v2(file_uploads=two, channel=ops.id, thread_ts=root)

    assert [[file.name for file in message.files] for message in mara.dms()] == [["log.md", "log.csv"]]
    assert [len(message.files) for message in mara.messages(ops, thread=root)] == [0, 2]
    assert [len(message.files) for message in mara.messages(ops)] == [0]


def test_a_file_goes_only_where_the_bot_may_post(
    client: WebClient, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    other = workspace.add_conversation("other", ["mara"])
    secret = workspace.add_conversation("secret", ["mara"], private=True)
    gone = workspace.add_conversation("gone", ["mara", workspace.bot.id])
    workspace.archive(gone)

    def share(**where: Any) -> str:
        files = [{"id": uploaded(client), "title": "Log"}]
        return refused(client.files_completeUploadExternal, files=files, **where)

    assert share(channel_id=other.id) == "not_in_channel"
    assert share(channel_id=secret.id) == "channel_not_found"
    assert share(channel_id=gone.id) == "is_archived"
    assert share(channel_id=mara.id) == "channel_not_found"  # a conversation's id, not a person's
    assert share(channel_id=ops.id, thread_ts="1.000001") == "thread_not_found"
    assert mara.messages(ops) == []


def test_a_list_of_places_may_name_people_too(client: WebClient, mara: Person, ops: Conversation) -> None:
    files: list[dict[str, str | None]] = [{"id": uploaded(client), "title": "Log"}]

    client.files_completeUploadExternal(files=files, channels=[ops.id, mara.id])

    assert mara.messages(ops)[0].files == mara.dms()[0].files


def test_without_a_place_a_file_stays_the_apps_own(
    client: WebClient, mara: Person, ops: Conversation
) -> None:
    done = client.files_completeUploadExternal(files=[{"id": uploaded(client), "title": "Log"}])

    assert done["files"][0]["channels"] == []
    assert mara.messages(ops) == []


def test_a_file_is_completed_once_and_only_when_its_bytes_are_there(
    client: WebClient, ops: Conversation
) -> None:
    ready = uploaded(client)
    empty = client.files_getUploadURLExternal(filename="log.md", length=3)["file_id"]

    def complete(file: str) -> str:
        return refused(client.files_completeUploadExternal, files=[{"id": file}], channel_id=ops.id)

    assert complete(empty) == "file_not_found"
    assert complete("F404") == "file_not_found"
    client.files_completeUploadExternal(files=[{"id": ready, "title": None}], channel_id=ops.id)
    assert complete(ready) == "file_not_found"
    assert refused(client.files_completeUploadExternal, files=[]) == "invalid_arguments"


def test_an_address_takes_the_announced_bytes_once(client: WebClient, workspace: Workspace) -> None:
    ticket = client.files_getUploadURLExternal(filename="log.md", length=3)

    def send(data: bytes) -> int:
        try:
            return send_bytes(client, ticket["upload_url"], data).status
        except HTTPError as error:
            with error:
                return error.code

    assert [send(b"four"), send(b"abc"), send(b"abc")] == [400, 200, 404]
    assert [call.ok for call in workspace.calls_of("upload_url")] == [False, True, False]


def test_what_an_announcement_needs(client: WebClient) -> None:
    assert refused(client.files_getUploadURLExternal, filename="log.md", length=0) == "missing_argument"
    assert refused(client.files_getUploadURLExternal, filename="", length=3) == "invalid_arguments"
    long = "x" * 1001
    assert (
        refused(client.files_getUploadURLExternal, filename="map.png", length=3, alt_txt=long)
        == "alt_txt_too_large"
    )


def test_sending_the_bytes_can_fail_like_any_call(
    client: WebClient, workspace: Workspace, ops: Conversation
) -> None:
    workspace.faults.server_error("upload_url", 503)
    with pytest.raises(HTTPError) as trouble:
        client.files_upload_v2(content=LOG, filename="log.md", channel=ops.id)
    with trouble.value:
        assert trouble.value.code == 503

    workspace.faults.drop_after("upload_url")
    with pytest.raises(ConnectionError):
        client.files_upload_v2(content=LOG, filename="log.md", channel=ops.id)

    assert ops.messages == []
    assert [file.data for file in workspace.files.values()] == [None, LOG]
