"""What each failure of a call means: tried again, or given up with words that a person can act on."""

from __future__ import annotations

import logging
import re
import socket
import traceback

import pytest

from ecomms_bot.errors import ConfigurationError
from ecomms_bot.service.ports import CannotShow, TryLater
from ecomms_bot.slack.calls import Refused, slack_client
from ecomms_bot.slack.refusals import LIMITED, LOCKED_OUT, PASSING, REFUSALS
from tests.slack.gateway_world import World, answering

# The codes that Slack documents for what the bot calls, with a word that a person must find in the sentence.
TOLD = {
    "channel_not_found": "cannot see this conversation",
    "not_in_channel": "/invite",
    "is_archived": "archived",
    "is_inactive": "archived",
    "invalid_channel": "cannot see this conversation",
    "channel_is_limited_access": "private",
    "method_not_supported_for_channel_type": "kind",
    "too_many_members": "full",
    "restricted_action": "administrator",
    "restricted_action_read_only_channel": "Nobody may write",
    "restricted_action_thread_only_channel": "only replies",
    "restricted_action_non_threadable_channel": "replies are not allowed",
    "restricted_action_thread_locked": "locked",
    "posting_to_channel_denied": "may not write",
    "app_access_restricted": "administrator",
    "ekm_access_denied": "switched",
    "no_permission": "administrator",
    "cannot_create_channel": "make conversations",
    "name_taken": "name already",
    "invalid_name": "another name",
    "invalid_name_maxlength": "another name",
    "invalid_name_punctuation": "another name",
    "invalid_name_required": "another name",
    "invalid_name_specials": "another name",
    "no_channel": "another name",
    "invalid_blocks": "did not take this message",
    "invalid_blocks_format": "did not take this message",
    "invalid_arguments": "did not take this message",
    "invalid_metadata_format": "did not take this message",
    "invalid_metadata_schema": "did not take this message",
    "metadata_too_large": "did not take this message",
    "metadata_must_be_sent_from_app": "did not take this message",
    "no_text": "did not take this message",
    "msg_too_long": "longer than Slack takes",
    "msg_blocks_too_long": "longer than Slack takes",
    "message_not_found": "not there any more",
    "cant_update_message": "older state",
    "edit_window_closed": "older state",
    "block_mismatch": "older state",
    "bad_timestamp": "not there any more",
    "thread_not_found": "began this thread",
    "cannot_reply_to_message": "no replies",
    "too_many_pins": "100 pinned",
    "not_pinnable": "pinned",
    "user_not_found": "ecomms.yaml",
    "user_not_visible": "ecomms.yaml",
    "org_user_not_in_team": "not in this workspace",
    "user_disabled": "switched off",
    "cant_invite": "switched off",
    "cannot_dm_bot": "a bot",
    "user_is_restricted": "guest",
    "ura_max_channels": "guest",
    "invitee_cant_see_channel": "may not see",
    "no_external_invite_permission": "outside",
    "messages_tab_disabled": "Messages tab",
    "not_enabled": "switched off",
    "file_not_found": "once more",
    "no_such_subteam": "user group",
    "plan_upgrade_required": "no user groups",
}


@pytest.mark.parametrize("code", sorted(TOLD))
def test_a_refusal_for_good_is_told_in_plain_words_with_what_to_do(world: World, code: str) -> None:
    world.workspace.faults.error("chat.postMessage", code)

    with pytest.raises(CannotShow) as refused:
        world.show()

    assert TOLD[code].lower() in str(refused.value).lower()
    for sentence in (refused.value.problem, refused.value.advice):
        assert re.fullmatch(r"[A-Z/][^!]+\.", sentence)
        assert "_" not in sentence
    assert len(world.calls("chat.postMessage")) == 1


def test_every_row_of_the_table_is_tested() -> None:
    assert set(REFUSALS) == set(TOLD)


def test_no_code_stands_in_two_tables() -> None:
    tables: tuple[frozenset[str], ...] = (LIMITED, PASSING, LOCKED_OUT, frozenset(REFUSALS))
    assert sum(map(len, tables)) == len(frozenset().union(*tables))


def test_a_word_that_slack_made_up_since_is_told_as_it_is(world: World) -> None:
    world.workspace.faults.error("chat.postMessage", "moon_in_wrong_phase")
    with pytest.raises(Refused, match="moon_in_wrong_phase") as refused:
        world.show()
    assert refused.value.code == "moon_in_wrong_phase"


def test_a_missing_permission_is_named(world: World) -> None:
    world.workspace.scopes = {"commands"}
    with pytest.raises(CannotShow, match="permission chat:write in Slack") as refused:
        world.show()
    assert "administrator" in refused.value.advice


def test_a_missing_permission_that_slack_does_not_name_is_told_too(world: World) -> None:
    world.workspace.faults.error("chat.postMessage", "missing_scope")
    with pytest.raises(CannotShow, match="permission that this needs"):
        world.show()


# --- what passes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(PASSING))
def test_slacks_own_trouble_is_tried_again_and_may_have_been_done(world: World, code: str) -> None:
    """Of internal_error and fatal_error Slack says: some aspect of the operation may have succeeded."""
    world.workspace.faults.error("chat.postMessage", code)
    with pytest.raises(TryLater) as later:
        world.show()
    assert later.value.maybe_done


@pytest.mark.parametrize("code", sorted(LOCKED_OUT))
def test_a_token_that_is_not_accepted_loses_nothing(world: World, code: str) -> None:
    world.workspace.faults.error("chat.postMessage", code)
    with pytest.raises(TryLater, match="administrator can check its token") as later:
        world.show()
    assert not later.value.maybe_done


def test_a_real_wrong_token_is_one_of_them(world: World) -> None:
    world.client = slack_client("xoxb-not-the-one", world.server.url)
    world.gateway = world.make_gateway()
    with pytest.raises(TryLater, match="does not let the bot in"):
        world.show()


@pytest.mark.parametrize("code", sorted(LIMITED))
def test_being_asked_to_slow_down_without_a_time(world: World, code: str) -> None:
    world.workspace.faults.error("chat.postMessage", code)
    with pytest.raises(TryLater, match="slow down") as later:
        world.show()
    assert (later.value.retry_after, later.value.maybe_done) == (None, False)


def test_being_asked_to_slow_down_says_for_how_long(world: World) -> None:
    world.workspace.faults.rate_limited("chat.postMessage", retry_after=30)
    with pytest.raises(TryLater) as later:
        world.show()
    assert (later.value.retry_after, later.value.maybe_done) == (30.0, False)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("", None), ("soon", None), ("nan", None), ("-5", 0.0), ("inf", 3600.0), ("9e9", 3600.0)],
)
def test_a_senseless_waiting_time_is_kept_within_reason(
    world: World, header: str, seconds: float | None
) -> None:
    with answering(429, '{"ok": false, "error": "ratelimited"}', {"Retry-After": header}) as url:
        later = failure_at(world, url)
    assert later.retry_after == seconds


def test_a_server_error_may_have_been_done(world: World) -> None:
    world.workspace.faults.server_error("chat.postMessage", 503)
    with pytest.raises(TryLater) as later:
        world.show()
    assert later.value.maybe_done


@pytest.mark.parametrize("status", [200, 403, 502])
def test_a_page_of_a_proxy_is_no_refusal_of_slack(world: World, status: int) -> None:
    with answering(status, "<html>Blocked by policy</html>") as url:
        later = failure_at(world, url)
    assert later.maybe_done


def test_an_error_word_that_no_table_knows_is_tried_again_when_the_server_failed(world: World) -> None:
    with answering(500, '{"ok": false, "error": "out_of_cheese"}') as url:
        assert failure_at(world, url).maybe_done


def test_an_answer_that_is_not_text_may_have_been_done(world: World) -> None:
    with answering(200, b"\xff\xfe\xfa") as url:
        assert failure_at(world, url).maybe_done


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_a_broken_connection_may_have_been_done(world: World, fault: str) -> None:
    getattr(world.workspace.faults, fault)("chat.postMessage")
    with pytest.raises(TryLater, match="cannot be reached") as later:
        world.show()
    assert later.value.maybe_done


def test_no_answer_in_time_may_have_been_done(world: World) -> None:
    world.client.timeout = 0.02  # type: ignore[assignment]  # whole seconds only by its hint
    held = world.workspace.faults.hold("chat.postMessage")
    with pytest.raises(TryLater) as later:
        world.show()
    assert later.value.maybe_done
    held.release()
    world.workspace.wait_for(lambda: world.calls("chat.postMessage"))


def test_a_refused_connection_was_certainly_not_done(world: World) -> None:
    """So that a long outage does not leave everything in doubt."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert not failure_at(world, f"http://127.0.0.1:{port}/api/").maybe_done


def test_reading_never_counts_as_perhaps_done(world: World) -> None:
    """Inviting, joining, pinning and editing twice does no harm."""
    world.workspace.faults.drop_after("conversations.invite")
    with pytest.raises(TryLater) as later:
        world.show("invite")
    assert not later.value.maybe_done


def test_the_client_repeats_nothing_by_itself(world: World) -> None:
    world.workspace.faults.drop_before("chat.postMessage")
    with pytest.raises(TryLater):
        world.show()
    assert len(world.calls("chat.postMessage")) == 1
    assert (world.client.retry_handlers, world.client.timeout) == ([], 10)


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
    assert slack_client("xoxb-1", "http://127.0.0.1:1/api/").proxy is None
    assert slack_client("xoxb-1").proxy == "http://proxy.invalid:3128"


# --- no token in any text -----------------------------------------------------------------------------------

SECRET = "xoxb-1234-very-secret"


@pytest.mark.parametrize("trouble", ["invalid_auth", "moon_in_wrong_phase", "drop", "page"])
def test_no_error_and_no_log_line_holds_the_token(
    world: World, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    world.workspace.bot_token = SECRET
    if trouble == "drop":
        world.workspace.faults.drop_before("chat.postMessage")
    elif trouble != "page":
        world.workspace.faults.error("chat.postMessage", trouble)
    with answering(200, "<html>no secret in here</html>") as proxy:
        world.client = slack_client(SECRET, proxy if trouble == "page" else world.server.url)
        world.gateway = world.make_gateway()
        with pytest.raises((TryLater, CannotShow)) as failed:
            world.show()

    assert SECRET not in "".join(traceback.format_exception(failed.value))
    assert caplog.records
    assert SECRET not in caplog.text


@pytest.mark.parametrize("middle", ["\n", " ", "\x00", "é"])
def test_a_token_that_cannot_be_sent_is_refused_without_being_quoted(middle: str) -> None:
    with pytest.raises(ConfigurationError, match="Set it again") as refused:
        slack_client(f"{SECRET}{middle}1")
    assert SECRET not in str(refused.value)


def test_a_line_break_at_the_end_of_a_token_does_no_harm(world: World) -> None:
    """As a secret that is read from a file has it."""
    world.client = slack_client(f"{world.workspace.bot_token}\n", world.server.url)
    world.gateway = world.make_gateway()
    assert world.show().ts


# --- helpers ------------------------------------------------------------------------------------------------


def failure_at(world: World, url: str) -> TryLater:
    world.client = slack_client("xoxb-1", url)
    world.gateway = world.make_gateway()
    with pytest.raises(TryLater) as later:
        world.show()
    return later.value
