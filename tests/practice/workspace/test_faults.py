"""Bad luck on demand, as slack_sdk's client and a bolt app meet it."""

from __future__ import annotations

import http.client
import threading
from typing import Any
from urllib.error import URLError

import pytest
from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from ecomms_bot.practice.workspace import Conversation, Fault, NotSeen, Person, Workspace, WorkspaceServer
from tests.practice.workspace.harness import Bots, modal, opens, text_field

LOST = (http.client.RemoteDisconnected, ConnectionResetError, URLError)


def post(client: WebClient, ops: Conversation, text: str = "x") -> Any:
    return client.chat_postMessage(channel=ops.id, text=text)


def test_a_rate_limit_says_how_long_to_wait_and_nothing_is_done(
    client: WebClient, workspace: Workspace, ops: Conversation
) -> None:
    workspace.faults.rate_limited("chat.postMessage", retry_after=30)

    with pytest.raises(SlackApiError) as refused:
        post(client, ops)

    answer = refused.value.response
    assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "30")
    assert ops.messages == []
    assert workspace.calls[0].fault == "rate_limited"
    post(client, ops)  # the next one goes through


def test_a_server_error(client: WebClient, workspace: Workspace, ops: Conversation) -> None:
    workspace.faults.server_error("chat.postMessage", status=503, times=2)

    for _ in range(2):
        with pytest.raises(SlackApiError) as refused:
            post(client, ops)
        assert refused.value.response.status_code == 503
    assert post(client, ops)["ok"]


def test_a_refusal_of_ones_choice(client: WebClient, workspace: Workspace) -> None:
    workspace.faults.error("usergroups.list", "plan_upgrade_required", times=None)

    for _ in range(3):
        with pytest.raises(SlackApiError, match="plan_upgrade_required"):
            client.usergroups_list()


def test_a_connection_lost_before_the_work(
    client: WebClient, workspace: Workspace, ops: Conversation
) -> None:
    workspace.faults.drop_before("chat.postMessage")

    with pytest.raises(LOST):
        post(client, ops)

    assert ops.messages == []
    assert (workspace.calls[0].result, workspace.calls[0].fault) == (None, "drop_before")


def test_a_connection_lost_after_the_work_hides_that_it_was_done(
    client: WebClient, workspace: Workspace, ops: Conversation
) -> None:
    workspace.faults.drop_after("chat.postMessage")

    with pytest.raises(LOST):
        post(client, ops, "posted")

    assert [message.text for message in ops.messages] == ["posted"]
    assert workspace.calls[0].ok
    assert workspace.calls[0].fault == "drop_after"


def test_slack_sdks_own_retry_would_then_post_twice(
    server: WorkspaceServer, workspace: Workspace, ops: Conversation
) -> None:
    hasty = WebClient(token=workspace.bot_token, base_url=server.url)  # retries connection errors by default
    workspace.faults.drop_after("chat.postMessage")

    post(hasty, ops, "posted")

    assert [message.text for message in ops.messages] == ["posted", "posted"]


def test_a_slow_answer_outlasts_the_clients_patience_but_is_done(
    server: WorkspaceServer, workspace: Workspace, ops: Conversation
) -> None:
    held = workspace.faults.hold("chat.postMessage")
    patient = WebClient(token=workspace.bot_token, base_url=server.url, retry_handlers=[])
    patient.timeout = 0.01  # type: ignore[assignment]

    with pytest.raises((TimeoutError, URLError)):
        post(patient, ops)

    assert ops.messages == []
    held.release()
    workspace.wait_for(lambda: ops.messages)
    assert workspace.calls[0].fault == "delay"


def test_a_delay_is_waited_for_before_the_work(
    client: WebClient, workspace: Workspace, ops: Conversation
) -> None:
    workspace.faults.delay("chat.postMessage", 0.01)
    workspace.faults.error("chat.postMessage", "fatal_error")  # a delay goes together with another fault

    with pytest.raises(SlackApiError, match="fatal_error"):
        post(client, ops)
    assert post(client, ops)["ok"]


def test_nobody_waits_for_ever_for_a_call_to_be_held(workspace: Workspace) -> None:
    with pytest.raises(NotSeen, match=r"a call of auth\.test; none came"):
        workspace.faults.hold("auth.test").wait_reached(0.01)


def test_a_fault_can_wait_for_a_certain_call(
    client: WebClient, workspace: Workspace, ops: Conversation
) -> None:
    fault = Fault("chat.postMessage", "error", code="fatal_error")
    fault.matching = lambda args: args.get("text") == "second"
    workspace.faults.add(fault)

    post(client, ops, "first")
    with pytest.raises(SlackApiError, match="fatal_error"):
        post(client, ops, "second")
    post(client, ops, "second")


def test_an_outage_lasts_until_it_is_cleared(
    client: WebClient, workspace: Workspace, ops: Conversation
) -> None:
    outage = workspace.faults.outage()

    for call in (client.auth_test, lambda: post(client, ops)):
        with pytest.raises(LOST):
            call()
    workspace.faults.clear(outage)

    assert post(client, ops)["ok"]


def test_faults_can_all_be_taken_back(client: WebClient, workspace: Workspace, ops: Conversation) -> None:
    workspace.faults.outage()
    workspace.faults.rate_limited("*", times=None)

    workspace.faults.clear()

    assert post(client, ops)["ok"]


def test_other_calls_go_on_while_one_is_slow(
    client: WebClient, workspace: Workspace, ops: Conversation
) -> None:
    held = workspace.faults.hold("auth.test")
    slow = threading.Thread(target=client.auth_test)
    slow.start()
    held.wait_reached()

    post(client, ops)

    assert [call.method for call in workspace.calls] == ["chat.postMessage"]
    assert workspace.busy()
    held.release()
    slow.join()
    assert [call.method for call in workspace.calls] == ["chat.postMessage", "auth.test"]


def test_a_modal_submitted_again_after_its_ack_was_lost_comes_with_the_same_view(
    app: App, bots: Bots, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    seen: list[tuple[str, str]] = []

    def submitted(ack: Ack, body: dict[str, Any]) -> None:
        view = body["view"]
        seen.append((view["id"], view["state"]["values"]["name"]["typed"]["value"]))
        ack()

    opens(app, modal(text_field("Name", "name")))
    app.view("form")(submitted)
    bots.connect(app)
    mara.command(ops, "/open")
    workspace.faults.ack_dropped("view_submission")
    workspace.wire.ack_timeout = 0.05

    mara.fill({"Name": "Highway 5"})
    assert mara.submit().error is not None
    mara.wait_for(lambda: workspace.envelopes[-1].acked)
    workspace.wire.ack_timeout = 3
    mara.fill({"Name": "Highway 5 and 7"})
    assert mara.submit().closed

    assert [name for _, name in seen] == ["Highway 5", "Highway 5 and 7"]
    assert seen[0][0] == seen[1][0]


def test_a_response_url_can_fail_like_any_call(
    app: App, bots: Bots, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    statuses: list[int] = []

    def later(ack: Ack, respond: Respond) -> None:
        ack()
        statuses.append(respond("lost").status_code)
        statuses.append(respond("Done").status_code)

    app.command("/hello")(later)
    bots.connect(app)
    workspace.faults.server_error("response_url")

    mara.command(ops, "/hello")

    mara.wait_for(lambda: [message.text for message in mara.messages(ops)] == ["Done"])
    assert statuses[0] == 500
    # and the record tells whose answer it was, of the one that failed too
    lost, arrived = workspace.calls_of("response_url")
    assert (lost.fault, arrived.fault) == ("server_error", None)
    assert lost.args["url"] == arrived.args["url"] != ""
