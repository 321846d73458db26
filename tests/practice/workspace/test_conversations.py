"""Making, finding, joining and reading conversations, with Slack's own client."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from ecomms_bot.practice.workspace import (
    Conversation,
    NotOnScreen,
    NotSeen,
    Person,
    Workspace,
    WorkspaceError,
)


def refused(method: Any, **args: Any) -> str:
    with pytest.raises(SlackApiError) as error:
        method(**args)
    return str(error.value.response["error"])


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "invalid_name_required"),
        ("x" * 81, "invalid_name_maxlength"),
        ("Flood", "invalid_name_specials"),
        ("hwy 5", "invalid_name_specials"),
        ("hwy.5", "invalid_name_specials"),
        ("---", "invalid_name_punctuation"),
    ],
)
def test_names_that_slack_refuses(client: WebClient, name: str, error: str) -> None:
    assert refused(client.conversations_create, name=name) == error


@pytest.mark.parametrize("name", ["hwy-5_flood", "x" * 80, "inondation-québec", "5"])
def test_names_that_slack_takes(client: WebClient, workspace: Workspace, name: str) -> None:
    made = client.conversations_create(name=name)["channel"]

    assert (made["name"], made["is_member"], made["creator"]) == (name, True, workspace.bot.id)
    assert workspace.conversation(name).id == made["id"]


def test_a_name_stays_taken_when_its_conversation_is_archived(client: WebClient) -> None:
    made = client.conversations_create(name="flood")["channel"]["id"]
    client.conversations_archive(channel=made)

    assert refused(client.conversations_create, name="flood") == "name_taken"
    assert refused(client.conversations_archive, channel=made) == "already_archived"


def test_a_private_conversation_is_not_there_for_a_bot_that_is_no_member(
    client: WebClient, workspace: Workspace, mara: Person
) -> None:
    secret = workspace.add_conversation("secret", ["mara"], private=True)

    assert refused(client.conversations_info, channel=secret.id) == "channel_not_found"
    assert refused(client.chat_postMessage, channel=secret.id, text="x") == "channel_not_found"

    mara.invite_app(secret)
    assert client.conversations_info(channel=secret.id)["channel"]["is_private"] is True


def test_a_bot_posts_and_reads_only_where_it_is_a_member(client: WebClient, workspace: Workspace) -> None:
    place = workspace.add_conversation("other", ["mara"])

    assert refused(client.chat_postMessage, channel=place.id, text="x") == "not_in_channel"
    assert refused(client.conversations_history, channel=place.id) == "not_in_channel"

    client.conversations_join(channel=place.id)
    client.chat_postMessage(channel=place.id, text="x")
    assert client.conversations_join(channel=place.id)["warning"] == "already_in_channel"


def test_with_chat_write_public_a_bot_posts_without_joining(client: WebClient, workspace: Workspace) -> None:
    place = workspace.add_conversation("other", ["mara"])
    workspace.scopes = {"chat:write", "chat:write.public"}

    assert client.chat_postMessage(channel=place.id, text="x")["ok"]


def test_an_archived_conversation_takes_nothing_new(
    client: WebClient, ops: Conversation, workspace: Workspace
) -> None:
    ts = client.chat_postMessage(channel=ops.id, text="before")["ts"]
    client.conversations_archive(channel=ops.id)

    assert refused(client.chat_postMessage, channel=ops.id, text="x") == "is_archived"
    assert refused(client.chat_update, channel=ops.id, ts=ts, text="x") == "is_archived"
    assert refused(client.conversations_setTopic, channel=ops.id, topic="x") == "is_archived"
    assert refused(client.pins_add, channel=ops.id, timestamp=ts) == "is_archived"
    assert (
        refused(client.conversations_invite, channel=ops.id, users=workspace.user("lee").id) == "is_archived"
    )
    assert client.conversations_history(channel=ops.id)["messages"][0]["text"] == "before"


def test_invitations(client: WebClient, workspace: Workspace, mara: Person, lee: Person) -> None:
    place = client.conversations_create(name="flood")["channel"]["id"]

    client.conversations_invite(channel=place, users=[mara.id, lee.id])

    assert client.conversations_members(channel=place)["members"] == [workspace.bot.id, mara.id, lee.id]
    assert refused(client.conversations_invite, channel=place, users=mara.id) == "already_in_channel"
    assert refused(client.conversations_invite, channel=place, users=workspace.bot.id) == "cant_invite_self"
    assert refused(client.conversations_invite, channel=place, users="U404") == "user_not_found"
    assert refused(client.conversations_invite, channel=place, users="") == "no_user"


def test_one_bad_id_keeps_everybody_out_unless_forced(client: WebClient, mara: Person) -> None:
    place = client.conversations_create(name="flood")["channel"]["id"]

    assert refused(client.conversations_invite, channel=place, users=[mara.id, "U404"]) == "user_not_found"
    assert mara.id not in client.conversations_members(channel=place)["members"]

    client.conversations_invite(channel=place, users=[mara.id, "U404"], force=True)
    assert mara.id in client.conversations_members(channel=place)["members"]


def test_a_deactivated_person_is_neither_invited_nor_written_to(
    client: WebClient, workspace: Workspace
) -> None:
    place = client.conversations_create(name="flood")["channel"]["id"]
    gone = workspace.add_user("gone")
    gone.deleted = True

    assert refused(client.conversations_invite, channel=place, users=gone.id) == "cant_invite"
    assert refused(client.conversations_open, users=gone.id) == "user_disabled"
    assert client.users_info(user=gone.id)["user"]["deleted"] is True


def test_the_list_comes_in_pages(client: WebClient, workspace: Workspace) -> None:
    for number in range(5):
        workspace.add_conversation(f"place-{number}")

    first = client.conversations_list(limit=2)
    pages = [[one["name"] for one in page["channels"]] for page in first]

    assert pages == [["place-0", "place-1"], ["place-2", "place-3"], ["place-4"]]
    assert refused(client.conversations_list, cursor="nonsense") == "invalid_cursor"
    assert refused(client.conversations_list, limit=1001) == "invalid_limit"


def test_members_and_people_come_in_pages(client: WebClient, workspace: Workspace, ops: Conversation) -> None:
    everybody = list(workspace.users)
    members = [
        one for page in client.conversations_members(channel=ops.id, limit=1) for one in page["members"]
    ]
    people = [one["id"] for page in client.users_list(limit=2) for one in page["members"]]

    assert members == ops.members
    assert people == everybody


def test_a_page_is_cut_before_archived_ones_are_left_out(client: WebClient) -> None:
    made = [client.conversations_create(name=f"place-{number}")["channel"]["id"] for number in range(3)]
    client.conversations_archive(channel=made[0])
    client.conversations_archive(channel=made[1])

    first = client.conversations_list(limit=2, exclude_archived=True)

    assert first["channels"] == []  # but there is more
    assert first["response_metadata"]["next_cursor"]
    assert [one["name"] for page in first for one in page["channels"]] == ["place-2"]


def test_the_list_tells_kinds_apart_and_hides_what_is_private(
    client: WebClient, workspace: Workspace
) -> None:
    workspace.add_conversation("open")
    workspace.add_conversation("secret", ["mara"], private=True)
    client.conversations_create(name="ours", is_private=True)
    client.conversations_open(users=workspace.user("mara").id)

    def names(types: str) -> list[str]:
        return [one.get("name", one["id"][0]) for one in client.conversations_list(types=types)["channels"]]

    assert names("public_channel") == ["open"]
    assert names("private_channel") == ["ours"]
    assert names("im") == ["D"]
    assert refused(client.conversations_list, types="secret_channel") == "invalid_types"


def test_topics(client: WebClient, ops: Conversation) -> None:
    client.conversations_setTopic(channel=ops.id, topic="Highway 5 closed")

    assert client.conversations_info(channel=ops.id)["channel"]["topic"]["value"] == "Highway 5 closed"
    assert refused(client.conversations_setTopic, channel=ops.id, topic="x" * 251) == "too_long"


def test_a_direct_message_can_be_described_when_it_is_opened(client: WebClient, mara: Person) -> None:
    opened = client.conversations_open(users=mara.id, return_im=True)["channel"]
    again = client.conversations_open(channel=opened["id"])["channel"]

    assert (opened["is_im"], opened["user"], again["id"]) == (True, mara.id, opened["id"])
    assert refused(client.conversations_open, users="") == "users_list_not_supplied"
    assert refused(client.conversations_join, channel=opened["id"]) == "method_not_supported_for_channel_type"


def test_a_direct_message_is_one_conversation_however_it_is_opened(
    client: WebClient, mara: Person, lee: Person, workspace: Workspace
) -> None:
    opened = client.conversations_open(users=mara.id)["channel"]["id"]
    posted = client.chat_postMessage(channel=mara.id, text="Only you")["channel"]

    assert opened == posted
    assert opened.startswith("D")
    assert [message.text for message in mara.dms()] == ["Only you"]
    with pytest.raises(NotOnScreen):
        lee.messages(opened)
    assert refused(client.conversations_open, users="U404") == "user_not_found"
    assert refused(client.conversations_open, users=workspace.bot.id) == "cannot_dm_bot"


def test_history_is_newest_first_in_pages_and_without_replies(client: WebClient, ops: Conversation) -> None:
    sent = [client.chat_postMessage(channel=ops.id, text=str(number))["ts"] for number in range(5)]
    client.chat_postMessage(channel=ops.id, text="a reply", thread_ts=sent[0])

    first = client.conversations_history(channel=ops.id, limit=2)
    pages = [[one["text"] for one in page["messages"]] for page in first]

    assert pages == [["4", "3"], ["2", "1"], ["0"]]
    assert first["has_more"] is False  # the iterator has walked on to the last page
    root = client.conversations_history(channel=ops.id, latest=sent[0], inclusive=True)["messages"][0]
    assert (root["reply_count"], root["thread_ts"]) == (1, sent[0])


def test_history_between_two_moments_leaves_the_ends_out_unless_asked(
    client: WebClient, ops: Conversation
) -> None:
    sent = [client.chat_postMessage(channel=ops.id, text=str(number))["ts"] for number in range(4)]

    def between(**more: Any) -> list[str]:
        found = client.conversations_history(channel=ops.id, oldest=sent[0], latest=sent[2], **more)
        return [one["text"] for one in found["messages"]]

    assert between() == ["1"]
    assert between(inclusive=True) == ["2", "1", "0"]


def test_replies_are_oldest_first_and_every_page_begins_with_the_root(
    client: WebClient, ops: Conversation
) -> None:
    root = client.chat_postMessage(channel=ops.id, text="root")["ts"]
    for number in range(3):
        client.chat_postMessage(channel=ops.id, text=str(number), thread_ts=root)

    first = client.conversations_replies(channel=ops.id, ts=root, limit=2)
    pages = [[one["text"] for one in page["messages"]] for page in first]

    assert pages == [["root", "0", "1"], ["root", "2"]]
    assert refused(client.conversations_replies, channel=ops.id, ts="1.000001") == "thread_not_found"


def test_a_message_is_found_again_by_its_metadata(client: WebClient, ops: Conversation) -> None:
    key = {"event_type": "task", "event_payload": {"key": "card:7"}}
    root = client.chat_postMessage(channel=ops.id, text="card", metadata=key)["ts"]
    client.chat_postMessage(channel=ops.id, text="reply", thread_ts=root, metadata=key)

    plain = client.conversations_history(channel=ops.id)["messages"]
    full = client.conversations_history(channel=ops.id, include_all_metadata=True)["messages"]
    replies = client.conversations_replies(channel=ops.id, ts=root, include_all_metadata=True)["messages"]

    assert "metadata" not in plain[0]
    assert full[0]["metadata"] == key
    assert replies[1]["metadata"] == key


def test_people_and_groups(client: WebClient, workspace: Workspace, mara: Person, lee: Person) -> None:
    duty = workspace.add_group("duty", ["mara", "lee"])

    user = client.users_info(user=mara.id)["user"]
    assert (user["tz"], user["tz_offset"], user["real_name"]) == ("America/Vancouver", -8 * 3600, "Mara Lund")
    assert client.usergroups_users_list(usergroup=duty.id)["users"] == [mara.id, lee.id]
    assert client.usergroups_list(include_users=True)["usergroups"][0]["users"] == [mara.id, lee.id]
    assert [one["name"] for page in client.users_list(limit=2) for one in page["members"]] == [
        "ecomms",
        "mara",
        "lee",
    ]
    assert refused(client.users_info, user="U404") == "user_not_found"
    assert refused(client.usergroups_users_list, usergroup="S404") == "no_such_subteam"


def test_waiting_ends_when_it_happens_or_when_patience_ends(workspace: Workspace) -> None:
    threading.Timer(0.01, workspace.add_conversation, ("late",)).start()
    assert workspace.wait_for(lambda: [one.name for one in workspace.conversations]) == ["late"]

    with pytest.raises(NotSeen, match=r"Waited 0\.01 s for a second one; it did not happen"):
        workspace.wait_for(lambda: len(workspace.conversations) == 2, 0.01, "a second one")
    with pytest.raises(NotSeen, match="only late"):
        workspace.wait_for(lambda: False, 0, lambda: f"more, but only {workspace.conversations[0].name}")


def test_ids_of_people_stay_the_same_and_those_of_things_never_come_again() -> None:
    one, other = Workspace("agency"), Workspace("agency")

    assert one.add_user("mara").id == other.add_user("mara").id
    assert one.add_conversation("ops").id != other.add_conversation("ops").id


def test_ts_is_unique_and_increasing_even_if_the_clock_goes_back() -> None:
    times = iter([100.0, 100.0, 50.0, 200.0])
    workspace = Workspace(now=lambda: next(times))

    made = [workspace.new_ts() for _ in range(4)]

    assert made == ["100.000000", "100.000001", "100.000002", "200.000000"]


def test_pages_neither_repeat_nor_skip_when_something_is_posted_in_between(
    client: WebClient, ops: Conversation
) -> None:
    for number in range(4):
        client.chat_postMessage(channel=ops.id, text=str(number))
    first = client.conversations_history(channel=ops.id, limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    client.chat_postMessage(channel=ops.id, text="new")

    second = client.conversations_history(channel=ops.id, limit=2, cursor=cursor)

    assert [one["text"] for one in first["messages"]] == ["3", "2"]
    assert [one["text"] for one in second["messages"]] == ["1", "0"]


def test_a_person_joins_what_is_public_and_is_let_into_what_is_private(
    workspace: Workspace, mara: Person, lee: Person
) -> None:
    public, secret = (
        workspace.add_conversation("public"),
        workspace.add_conversation("secret", ["lee"], private=True),
    )

    mara.join(public)

    assert public.members == [mara.id]
    with pytest.raises(NotOnScreen, match="secret is private"):
        mara.join(secret)
    with pytest.raises(NotOnScreen, match="mara is no member of secret"):
        mara.messages(secret)
    with pytest.raises(NotOnScreen, match="no conversation called #nowhere"):
        mara.messages("#nowhere")
    assert workspace.conversations == [public, secret]


def test_a_handle_is_taken_once_and_people_are_found_by_name_too(workspace: Workspace, mara: Person) -> None:
    assert workspace.user("@mara").id == workspace.user("Mara Lund").id == mara.id
    with pytest.raises(WorkspaceError, match="already a user called mara"):
        workspace.add_user("mara")
