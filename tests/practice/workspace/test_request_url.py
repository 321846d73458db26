"""HTTP mode: what the workspace posts to the app's request URL, and what it makes of the answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from ecomms_bot.practice.workspace import Conversation, Message, Person, Workspace, WorkspaceError
from tests.practice.workspace.harness import actions, button, modal, text_field

Json = dict[str, Any]


@dataclass
class Reply:
    body: bytes = b""
    kind: str = "application/json"
    status: int = 200
    headers: Json = field(default_factory=dict)
    hold: bool = False  # until the test ends


@dataclass
class Heard:
    headers: Json
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        fields = parse_qs(self.body.decode(), keep_blank_values=True, strict_parsing=True)
        return {name: value for name, (value,) in fields.items()}

    @property
    def payload(self) -> Json:
        loaded: Json = json.loads(self.form["payload"])
        return loaded


class AppOnTheWeb:
    """An app that keeps what it hears; `replies` are given one after the other, the last one for ever."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.replies = [Reply()]
        self.ended = threading.Event()
        app = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                asked = json.loads(body) if body.startswith(b'{"token": "practice", "challenge"') else {}
                if asked:
                    self._answer(Reply(json.dumps({"challenge": asked["challenge"]}).encode()))
                    return
                app.heard.append(Heard(dict(self.headers), body))
                reply = app.replies.pop(0) if len(app.replies) > 1 else app.replies[0]
                if reply.hold:
                    app.ended.wait(10)
                    return
                self._answer(reply)

            def _answer(self, reply: Reply) -> None:
                self.send_response(reply.status)
                for name, value in {"Content-Type": reply.kind, **reply.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the original
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/slack/events"


@pytest.fixture
def web(workspace: Workspace) -> Iterator[AppOnTheWeb]:
    app = AppOnTheWeb()
    serving = threading.Thread(target=app.server.serve_forever, args=(0.01,))
    serving.start()
    workspace.deliver_to(app.url)
    yield app
    app.ended.set()
    app.server.shutdown()
    app.server.server_close()
    serving.join()


def posted(client: WebClient, ops: Conversation, mara: Person) -> Message:
    """A message of the app with one button."""
    client.chat_postMessage(channel=ops.id, text="x", blocks=[actions(button("Approve", "approve"))])
    return mara.messages(ops)[-1]


def form_open(client: WebClient, web: AppOnTheWeb, mara: Person, ops: Conversation) -> None:
    trigger = mara.command(ops, "/open").trigger_id
    assert trigger is not None
    client.views_open(trigger_id=trigger, view=modal(text_field("Name", "name")))
    web.heard.clear()


# --- what is sent ---


def test_a_command_is_a_form(web: AppOnTheWeb, mara: Person, ops: Conversation) -> None:
    answer = mara.command(ops, "/hello", "crue à l’est & 100% +")
    (heard,) = web.heard
    assert heard.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert (heard.form["command"], heard.form["text"]) == ("/hello", "crue à l’est & 100% +")
    assert answer.envelope is not None
    assert heard.form == answer.envelope.payload


def test_a_click_and_a_submission_are_forms_with_a_payload(
    client: WebClient, web: AppOnTheWeb, mara: Person, ops: Conversation
) -> None:
    assert mara.click(posted(client, ops, mara), "Approve").ok
    assert web.heard[-1].payload["type"] == "block_actions"
    form_open(client, web, mara, ops)
    mara.fill({"Name": "Flut 🌊"})
    assert mara.submit().closed
    (heard,) = web.heard
    assert list(heard.form) == ["payload"]
    assert heard.payload["view"]["state"]["values"]["name"]["typed"]["value"] == "Flut 🌊"


def test_an_event_is_json(web: AppOnTheWeb, workspace: Workspace, mara: Person) -> None:
    mara.open_home()
    workspace.wait_for(lambda: workspace.envelopes[0].acked)
    (heard,) = web.heard
    assert heard.headers["Content-Type"] == "application/json"
    assert json.loads(heard.body)["event"]["type"] == "app_home_opened"
    assert not {"X-Slack-Retry-Num", "X-Slack-Retry-Reason"} & set(heard.headers)


def test_slacks_own_library_accepts_the_signature(
    web: AppOnTheWeb, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    mara.command(ops, "/hello", "é")
    (heard,) = web.heard
    assert SignatureVerifier(workspace.signing_secret).is_valid_request(heard.body, heard.headers)
    assert not SignatureVerifier("another").is_valid_request(heard.body, heard.headers)


# --- what comes back ---


def test_an_answer_in_json_or_in_plain_text_is_shown(
    web: AppOnTheWeb, mara: Person, ops: Conversation
) -> None:
    web.replies = [Reply(b'{"text": "Hello"}'), Reply(b"Hello", "text/plain"), Reply()]
    assert [mara.command(ops, "/hello").text for _ in range(3)] == ["Hello", "Hello", None]


def test_errors_for_a_modal(client: WebClient, web: AppOnTheWeb, mara: Person, ops: Conversation) -> None:
    form_open(client, web, mara, ops)
    web.replies = [Reply(b'{"response_action": "errors", "errors": {"name": "Too short."}}')]
    mara.fill({"Name": "x"})
    assert mara.submit().errors == {"Name": "Too short."}
    assert mara.modal is not None


@pytest.mark.parametrize("status", [302, 401, 404, 500, 503])
def test_whatever_is_not_2xx_is_a_failure(
    web: AppOnTheWeb, mara: Person, ops: Conversation, status: int
) -> None:
    web.replies = [Reply(b'{"text": "not shown"}', status=status)]
    answer = mara.command(ops, "/hello")
    assert (answer.ok, answer.error) == (False, '/hello failed with the error "dispatch_failed"')
    assert len(web.heard) == 1  # a command is never sent again


def test_an_app_that_answers_too_late(
    web: AppOnTheWeb, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    workspace.wire.ack_timeout = 0.05
    web.replies = [Reply(hold=True)]
    assert mara.command(ops, "/hello").error == '/hello failed with the error "operation_timeout"'


def test_broken_json_keeps_the_modal_open(
    client: WebClient, web: AppOnTheWeb, mara: Person, ops: Conversation
) -> None:
    form_open(client, web, mara, ops)
    web.replies = [Reply(b"{")]
    mara.fill({"Name": "x"})
    assert not mara.submit().ok
    assert mara.modal is not None


def test_an_app_that_is_not_there(
    web: AppOnTheWeb, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    web.server.shutdown()
    web.server.server_close()
    assert mara.command(ops, "/hello").error == '/hello failed with the error "dispatch_failed"'


# --- events again ---


def test_an_event_comes_again_three_times_and_says_why(
    web: AppOnTheWeb, workspace: Workspace, mara: Person
) -> None:
    workspace.events.retry_after = (0.0, 0.0, 0.0)
    web.replies = [Reply(status=500)]
    mara.open_home()
    workspace.wait_for(lambda: len(web.heard) == 4 and not workspace.busy())
    numbers = [
        (one.headers.get("X-Slack-Retry-Num"), one.headers.get("X-Slack-Retry-Reason")) for one in web.heard
    ]
    assert numbers == [(None, None), *((str(number), "http_error") for number in (1, 2, 3))]
    assert len({one.body for one in web.heard}) == 1
    # each try is signed anew
    verifier = SignatureVerifier(workspace.signing_secret)
    assert all(verifier.is_valid_request(one.body, one.headers) for one in web.heard)


def test_a_late_answer_to_an_event_is_called_a_timeout(
    web: AppOnTheWeb, workspace: Workspace, mara: Person
) -> None:
    workspace.wire.ack_timeout, workspace.events.retry_after = 0.05, (0.0,)
    web.replies = [Reply(hold=True), Reply()]
    mara.open_home()
    workspace.wait_for(lambda: workspace.envelopes[0].acked)
    # of the two posts, the app may take up the later one first
    (again,) = [one.headers for one in list(web.heard) if "X-Slack-Retry-Num" in one.headers]
    assert (again["X-Slack-Retry-Num"], again["X-Slack-Retry-Reason"]) == ("1", "http_timeout")


def test_an_app_can_ask_not_to_be_asked_again(web: AppOnTheWeb, workspace: Workspace, mara: Person) -> None:
    workspace.events.retry_after = (0.0, 0.0, 0.0)
    web.replies = [Reply(status=500, headers={"X-Slack-No-Retry": "1"})]
    mara.open_home()
    envelope = workspace.envelopes[0]
    workspace.wait_for(lambda: envelope.no_retry and envelope.outcome)
    assert (envelope.attempt, len(web.heard)) == (0, 1)


def test_a_fault_can_lose_an_answer_or_send_twice(
    web: AppOnTheWeb, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    workspace.wire.ack_timeout = 0.05
    workspace.faults.ack_dropped("slash_commands")
    assert "operation_timeout" in (mara.command(ops, "/hello").error or "")
    workspace.wait_for(lambda: workspace.envelopes[0].acked)  # it came, though its answer was lost
    web.heard.clear()
    workspace.wire.ack_timeout = 3.0
    workspace.faults.delivered_twice("slash_commands")
    assert mara.command(ops, "/hello").ok
    workspace.wait_for(lambda: len(workspace.envelopes[-1].acks) == 2)
    assert web.heard[0].body == web.heard[1].body


# --- the address ---


@pytest.mark.parametrize(
    "url", ["http://192.0.2.1/slack/events", "https://127.0.0.1/slack/events", "http://slack.example:80/"]
)
def test_nothing_is_ever_sent_to_another_machine(workspace: Workspace, url: str) -> None:
    with pytest.raises(WorkspaceError, match="this machine only"):
        workspace.deliver_to(url)


def test_an_address_that_gives_no_challenge_back_is_not_taken(
    workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    class Deaf(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the original
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Deaf) as server:
        answering = threading.Thread(target=server.handle_request)
        answering.start()
        with pytest.raises(WorkspaceError, match="did not give the challenge back"):
            workspace.deliver_to(f"http://127.0.0.1:{server.server_port}/")
        answering.join()
    assert mara.command(ops, "/hello").error == '/hello failed with the error "dispatch_failed"'
