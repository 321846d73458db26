"""Commands, acks and connections, with a real slack_bolt app on the other side."""

from __future__ import annotations

import json
import threading
import urllib.error
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from slack_bolt import Ack, App, BoltRequest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from ecomms_bot.practice.workspace import (
    Answer,
    Conversation,
    NotOnScreen,
    Person,
    Workspace,
    WorkspaceError,
    WorkspaceServer,
)
from ecomms_bot.practice.workspace.events import RETRY_AFTER
from tests.practice.workspace.harness import Bots, actions, button, modal, opens, section, text_field

Json = dict[str, Any]

PATIENCE_S = 20.0


@contextmanager
def link(client: WebClient, workspace: Workspace) -> Iterator[ClientConnection]:
    """A bare Socket Mode connection, past its greeting."""
    with connect(client.apps_connections_open(app_token=workspace.app_token)["url"]) as opened:
        assert json.loads(opened.recv(timeout=5))["type"] == "hello"
        yield opened


def in_background(action: Callable[..., Answer], *args: Any) -> Future[Answer]:
    """Run a person's action while the test plays the app."""
    answer: Future[Answer] = Future()
    threading.Thread(target=lambda: answer.set_result(action(*args))).start()
    return answer


def test_a_command_reaches_the_app_and_its_answer_only_the_person_who_typed_it(
    app: App, bots: Bots, mara: Person, lee: Person, ops: Conversation
) -> None:
    app.command("/hello")(lambda ack, body: ack(f"Hello {body['text']} from {body['user_id']}"))
    bots.connect(app)

    answer = mara.command(ops, "/hello world & all")

    assert (answer.ok, answer.error, answer.text) == (True, None, f"Hello world & all from {mara.id}")
    assert [message.ephemeral for message in mara.messages(ops)] == [True]
    assert lee.messages(ops) == []


def test_an_answer_in_channel_is_seen_by_everybody(
    app: App, bots: Bots, mara: Person, lee: Person, ops: Conversation
) -> None:
    app.command("/hello")(lambda ack: ack(text="Hello all", response_type="in_channel"))
    bots.connect(app)

    assert mara.command(ops, "/hello").in_channel
    assert [message.plain() for message in lee.messages(ops)] == ["Hello all"]


def test_a_command_says_where_and_by_whom_as_slack_does(
    app: App, bots: Bots, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    bodies: list[Json] = []

    def keep(ack: Ack, body: Json) -> None:
        bodies.append(body)
        ack()

    app.command("/hello")(keep)
    bots.connect(app)
    secret = workspace.add_conversation("secret", ["mara"], private=True)

    for place in (ops, secret, mara.dm):
        mara.command(place, "/hello")

    assert [body["channel_name"] for body in bodies] == ["ops", "privategroup", "directmessage"]
    assert bodies[0]["channel_id"] == ops.id
    assert bodies[0]["user_id"] == mara.id
    assert "thread_ts" not in bodies[0]  # Slack's commands know no threads
    assert len({body["trigger_id"] for body in bodies}) == 3


def test_every_envelope_is_recorded_with_its_ack_and_how_long_it_took(
    app: App, bots: Bots, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    app.command("/hello")(lambda ack: ack("Hello"))
    bots.connect(app)

    answer = mara.command(ops, "/hello")

    [envelope] = workspace.envelopes
    assert envelope is answer.envelope
    assert (envelope.type, envelope.kind, envelope.ack) == (
        "slash_commands",
        "slash_commands",
        {"text": "Hello"},
    )
    assert envelope.latency is not None
    assert envelope.latency >= 0


def test_without_a_connection_the_person_is_told_at_once(
    workspace: Workspace, server: WorkspaceServer, mara: Person, ops: Conversation
) -> None:
    answer = mara.command(ops, "/hello")

    assert (answer.ok, answer.error) == (False, '/hello failed with the error "dispatch_failed"')
    assert workspace.envelopes[0].sent == []


def test_an_app_that_does_not_ack_in_time_leaves_an_error_and_is_not_asked_again(
    client: WebClient, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    workspace.wire.ack_timeout = 0.03
    with link(client, workspace) as socket:
        answer = mara.command(ops, "/hello")

        assert (answer.ok, answer.error) == (False, '/hello failed with the error "operation_timeout"')
        assert len(workspace.envelopes[0].sent) == 1
        # A late ack is kept on record and changes nothing on the screen.
        late = {"envelope_id": workspace.envelopes[0].id, "payload": {"text": "too late"}}
        socket.send(json.dumps(late))
        workspace.wait_for(lambda: workspace.envelopes[0].acked)
        assert mara.messages(ops) == []


def test_a_listener_that_fails_is_silence(app: App, bots: Bots, workspace: Workspace, mara: Person) -> None:
    def broken() -> None:
        raise ValueError("a mistake in the app")

    workspace.wire.ack_timeout = 0.05
    app.command("/hello")(broken)
    bots.connect(app)

    assert not mara.command(mara.dm, "/hello").ok


def test_a_click_that_is_not_acked_leaves_an_error(
    client: WebClient, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    workspace.wire.ack_timeout = 0.03
    client.chat_postMessage(channel=ops.id, text="?", blocks=[actions(button("Yes", "yes"))])
    with link(client, workspace):
        assert mara.click(mara.messages(ops)[0], "Yes").error == "Something went wrong. Try again."


def test_a_submission_that_is_not_acked_keeps_the_modal_and_what_was_typed(
    app: App, bots: Bots, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    opens(app, modal(text_field("Name", "name")))
    submitted: list[str] = []
    heard = threading.Event()

    def slow(body: Json) -> None:
        submitted.append(body["view"]["state"]["values"]["name"]["typed"]["value"])
        heard.set()

    app.view("form")(slow)
    bots.connect(app)
    mara.command(ops, "/open")
    workspace.wire.ack_timeout = 0.05

    mara.fill({"Name": "Highway 5"})
    answer = mara.submit()

    assert answer.error == "We had some trouble connecting. Try again?"
    assert heard.wait(PATIENCE_S)  # the app may come to it later than the person is told
    assert submitted == ["Highway 5"]
    assert mara.modal is not None
    assert mara.modal.field("Name") == "Highway 5"


def test_an_ack_that_is_lost_looks_like_a_timeout_though_the_app_did_its_work(
    app: App, bots: Bots, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    done: list[str] = []

    def work(ack: Ack, body: Json) -> None:
        done.append(body["text"])
        ack("done")

    app.command("/hello")(work)
    bots.connect(app)
    workspace.faults.ack_dropped("slash_commands")

    workspace.wire.ack_timeout = 0.05
    assert not mara.command(ops, "/hello once").ok
    workspace.wait_for(lambda: workspace.envelopes[0].acked, PATIENCE_S)  # the app was done with it
    workspace.wire.ack_timeout = PATIENCE_S
    assert mara.command(ops, "/hello twice").ok
    assert done == ["once", "twice"]


def test_an_envelope_can_arrive_twice_and_the_first_ack_counts(
    app: App, bots: Bots, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    triggers: list[str] = []

    def count(ack: Ack, body: Json) -> None:
        triggers.append(body["trigger_id"])
        ack(f"answer {len(triggers)}")

    app.command("/hello")(count)
    bots.connect(app)
    workspace.faults.delivered_twice("slash_commands")

    mara.command(ops, "/hello")

    workspace.wait_for(lambda: len(workspace.envelopes[0].acks) == 2)
    assert triggers[0] == triggers[1]
    assert len(mara.messages(ops)) == 1


def test_the_same_envelope_can_be_sent_again_later(
    app: App, bots: Bots, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    seen: list[str] = []

    def remember(ack: Ack, body: Json) -> None:
        ack("already done" if body["trigger_id"] in seen else "done")
        seen.append(body["trigger_id"])

    app.command("/hello")(remember)
    bots.connect(app)

    first = mara.command(ops, "/hello")
    assert first.envelope is not None
    again = workspace.resend(first.envelope.id)

    assert (first.text, again.text) == ("done", "already done")
    assert mara.send_raw(first.envelope).text == "already done"


def test_two_connections_share_the_envelopes_and_each_goes_to_exactly_one(
    bots: Bots, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    got: list[tuple[str, str]] = []

    def replica(name: str) -> App:
        def take(ack: Ack, body: Json) -> None:
            got.append((name, body["text"]))
            ack()

        app = bots.app()
        app.command("/hello")(take)
        return app

    for name in ("a", "b"):
        bots.connect(replica(name))

    for number in range(6):
        mara.command(ops, f"/hello {number}")

    assert sorted(text for _, text in got) == ["0", "1", "2", "3", "4", "5"]
    assert {name for name, _ in got} == {"a", "b"}


def test_the_app_connects_anew_after_its_socket_was_closed(
    app: App, bots: Bots, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    app.command("/hello")(lambda ack: ack("Hello"))
    bots.connect(app)
    old = workspace.connections[0].number

    workspace.drop_connections()

    workspace.wait_for(lambda: [one for one in workspace.connections if one.number != old])
    assert mara.command(ops, "/hello").text == "Hello"


def test_the_app_connects_anew_when_slack_asks_it_to(
    app: App, bots: Bots, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    app.command("/hello")(lambda ack: ack("Hello"))
    bots.connect(app)
    old = workspace.connections[0].number

    workspace.refresh_connections("refresh_requested")

    workspace.wait_for(lambda: [one.number for one in workspace.connections] not in ([], [old]))
    assert mara.command(ops, "/hello").text == "Hello"


def test_a_socket_can_break_without_a_goodbye(client: WebClient, workspace: Workspace) -> None:
    with link(client, workspace) as socket:
        workspace.drop_connections(abrupt=True)

        with pytest.raises(ConnectionClosed) as lost:
            socket.recv(timeout=5)
    assert lost.value.rcvd is None  # no closing frame came
    assert workspace.connections == []


def test_an_address_opens_one_connection_and_needs_the_app_token(
    client: WebClient, workspace: Workspace
) -> None:
    url = client.apps_connections_open(app_token=workspace.app_token)["url"]
    with connect(url) as first:
        first.recv(timeout=5)
        with pytest.raises(InvalidStatus, match="403"), connect(url):
            pass
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        client.apps_connections_open(app_token=workspace.bot_token)


def test_the_greeting_counts_connections(client: WebClient, workspace: Workspace) -> None:
    urls = [client.apps_connections_open(app_token=workspace.app_token)["url"] for _ in range(2)]
    with connect(urls[0]) as first, connect(urls[1]) as second:
        greetings = [json.loads(one.recv(timeout=5)) for one in (first, second)]

    assert [greeting["num_connections"] for greeting in greetings] == [1, 2]
    assert greetings[0]["connection_info"]["app_id"] == workspace.app_id
    assert greetings[0]["debug_info"]["approximate_connection_time"] == 3600


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_a_disconnect_says_why_and_leaves_time_to_connect_anew(
    client: WebClient, workspace: Workspace, mara: Person, ops: Conversation, reason: str
) -> None:
    with link(client, workspace) as old:
        workspace.refresh_connections(reason)
        told = json.loads(old.recv(timeout=5))
        assert (told["type"], told["reason"]) == ("disconnect", reason)
        # until the app has another connection, this one carries what comes
        waiting = in_background(mara.command, ops, "/hello 1")
        over_old = json.loads(old.recv(timeout=5))
        with link(client, workspace) as new:
            # then everything goes over the new one, and what came over the old one can still be acked
            others = [in_background(mara.command, ops, f"/hello {number}") for number in (2, 3)]
            for _ in others:
                got = json.loads(new.recv(timeout=5))
                new.send(json.dumps({"envelope_id": got["envelope_id"]}))
            old.send(json.dumps({"envelope_id": over_old["envelope_id"]}))
            assert all(answer.result(5).ok for answer in (waiting, *others))
            with pytest.raises(TimeoutError):
                old.recv(timeout=0)


def test_socket_mode_can_be_switched_off(client: WebClient, workspace: Workspace) -> None:
    with link(client, workspace) as socket:
        workspace.refresh_connections("link_disabled")
        assert json.loads(socket.recv(timeout=5))["reason"] == "link_disabled"
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=5)
    assert workspace.connections == []


def test_an_app_that_was_cut_off_comes_back_when_it_can(
    app: App, bots: Bots, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    app.command("/hello")(lambda ack: ack("Hello"))
    bots.connect(app)

    cut = workspace.cut_sockets()
    assert mara.command(ops, "/hello").error == '/hello failed with the error "dispatch_failed"'
    workspace.wait_for(lambda: workspace.calls_of("apps.connections.open")[1:], what="a try to come back")
    assert workspace.connections == []
    workspace.faults.clear(cut)

    workspace.wait_connected()
    assert mara.command(ops, "/hello").text == "Hello"


def test_commands_in_flight_at_once_all_get_their_own_answer(
    app: App, bots: Bots, mara: Person, ops: Conversation
) -> None:
    app.command("/hello")(lambda ack, body: ack(body["text"]))
    bots.connect(app)

    waiting = [in_background(mara.command, ops, f"/hello {number}") for number in range(20)]

    assert [answers.result(5).text for answers in waiting] == [str(number) for number in range(20)]


def test_an_event_that_is_not_acked_comes_again_and_says_so(
    client: WebClient, workspace: Workspace, mara: Person
) -> None:
    workspace.wire.ack_timeout = 0.02
    workspace.events.retry_after = (0.0, 0.0, 0.0)
    with link(client, workspace) as socket:
        mara.open_home()
        first, second = json.loads(socket.recv(timeout=2)), json.loads(socket.recv(timeout=2))
        socket.send(json.dumps({"envelope_id": second["envelope_id"]}))
        workspace.wait_for(lambda: workspace.envelopes[0].acked)

    assert first["payload"]["event"]["type"] == "app_home_opened"
    assert first["payload"]["event_id"] == second["payload"]["event_id"]
    assert (first["retry_attempt"], second["retry_attempt"]) == (0, 1)
    assert second["retry_reason"] == "timeout"


def test_bolt_hears_of_events_and_of_retries(
    app: App, bots: Bots, workspace: Workspace, mara: Person
) -> None:
    heard: list[tuple[str, Sequence[str]]] = []

    def home_opened(event: Json, request: BoltRequest) -> None:
        heard.append((event["user"], request.headers.get("x-slack-retry-num", [])))

    app.event("app_home_opened")(home_opened)
    bots.connect(app)
    workspace.events.retry_after = (0.0,)
    workspace.faults.ack_dropped("events_api")

    workspace.wire.ack_timeout = 0.2
    mara.open_home()

    # Both, in whichever order the threads of bolt come to them
    workspace.wait_for(lambda: len(heard) == 2, PATIENCE_S)
    assert sorted(heard) == [(mara.id, ["0"]), (mara.id, ["1"])]


def test_an_event_that_nobody_acks_is_given_up_after_the_third_try_more(
    client: WebClient, workspace: Workspace, mara: Person
) -> None:
    workspace.wire.ack_timeout = 0.02
    workspace.events.retry_after = tuple(seconds / 60_000 for seconds in RETRY_AFTER)
    with link(client, workspace) as socket:
        mara.open_home()
        tries = [json.loads(socket.recv(timeout=2)) for _ in range(4)]
        with pytest.raises(TimeoutError):
            socket.recv(timeout=0.05)

    assert [one["retry_attempt"] for one in tries] == [0, 1, 2, 3]
    assert len({one["envelope_id"] for one in tries}) == 1
    assert RETRY_AFTER == (0, 60, 300)  # Slack: at once, after a minute, after five


def test_only_what_the_app_subscribed_to_is_sent(
    app: App, bots: Bots, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    heard: list[str] = []
    app.event("message")(lambda event: heard.append(event["text"]))
    bots.connect(app)

    mara.say(ops, "nobody listens")
    workspace.events.subscribed.add("message.channels")
    mara.say(ops, "now they do")

    workspace.wait_for(lambda: heard)
    assert heard == ["now they do"]


def test_an_ack_may_carry_a_payload_only_where_slack_takes_one(
    client: WebClient, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    client.chat_postMessage(channel=ops.id, text="?", blocks=[section("?"), actions(button("Yes", "yes"))])
    with link(client, workspace) as socket:
        click = in_background(mara.click, mara.messages(ops)[0], "Yes")
        envelope = json.loads(socket.recv(timeout=5))
        socket.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": {"text": "ignored"}}))

        assert click.result(5).ok
    assert envelope["accepts_response_payload"] is False
    assert len(mara.messages(ops)) == 1


def test_a_command_answered_with_blocks_that_slack_refuses_is_an_error(
    app: App, bots: Bots, mara: Person, ops: Conversation
) -> None:
    app.command("/hello")(lambda ack: ack(text="x", blocks=[section("x" * 3001)]))
    bots.connect(app)

    assert mara.command(ops, "/hello").error == '/hello failed with the error "invalid_blocks"'


def test_the_workspace_knows_when_the_app_is_busy(
    client: WebClient, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    with link(client, workspace) as socket:
        assert not workspace.busy()
        waiting = in_background(mara.command, ops, "/hello")
        envelope = json.loads(socket.recv(timeout=5))
        assert workspace.busy()
        socket.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
        waiting.result(5)
    assert not workspace.busy()


def test_a_taken_port_is_said_plainly(server: WorkspaceServer) -> None:
    with pytest.raises(WorkspaceError, match=f"Port {server.port} on this machine is taken"):
        WorkspaceServer(Workspace(), port=server.port).start()


def test_a_stopped_workspace_answers_no_more(workspace: Workspace) -> None:
    server = WorkspaceServer(workspace).start()
    client = WebClient(token=workspace.bot_token, base_url=server.url, retry_handlers=[])
    client.auth_test()

    server.stop()

    with pytest.raises(urllib.error.URLError):
        client.auth_test()


def test_an_eleventh_connection_is_sent_away(client: WebClient, workspace: Workspace) -> None:
    with ExitStack() as open_ones:
        for _ in range(10):
            open_ones.enter_context(link(client, workspace))
        with connect(client.apps_connections_open(app_token=workspace.app_token)["url"]) as eleventh:
            told = json.loads(eleventh.recv(timeout=5))
            with pytest.raises(ConnectionClosed):
                eleventh.recv(timeout=5)

        assert (told["type"], told["reason"]) == ("disconnect", "too_many_websockets")
        assert len(workspace.connections) == 10


def test_an_ack_of_more_than_64_kilobytes_never_leaves_slack_sdks_own_client(
    app: App, bots: Bots, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    # Its frames know only 16 bits of length. Large views must go through views.update or views.push instead.
    large = modal(*(section("x" * 3000) for _ in range(25)))
    opens(app, modal(section("small")))
    app.view("form")(lambda ack: ack(response_action="update", view=large))
    bots.connect(app)
    mara.command(ops, "/open")
    workspace.wire.ack_timeout = 0.1

    answer = mara.submit()

    assert answer.error == "We had some trouble connecting. Try again?"
    assert not workspace.envelopes[-1].acked


def test_mentions_in_a_command_are_ids_where_the_manifest_asks_for_it(
    app: App, bots: Bots, workspace: Workspace, mara: Person, *, lee: Person, ops: Conversation
) -> None:
    app.command("/hello")(lambda ack, body: ack(body["text"]))
    bots.connect(app)
    typed = "/hello @lee. in #ops <b> & @nobody me@lee"

    assert mara.command(ops, typed).text == "@lee. in #ops <b> & @nobody me@lee"
    workspace.should_escape = True
    escaped = f"<@{lee.id}|lee>. in <#{ops.id}|ops> &lt;b&gt; &amp; @nobody me@lee"
    assert mara.command(ops, typed).text == escaped


def test_nobody_types_into_an_archived_conversation(
    client: WebClient, mara: Person, ops: Conversation
) -> None:
    client.conversations_archive(channel=ops.id)

    with pytest.raises(NotOnScreen, match="ops is archived"):
        mara.command(ops, "/hello")
    with pytest.raises(NotOnScreen, match="ops is archived"):
        mara.say(ops, "hello")
