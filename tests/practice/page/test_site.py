"""The page over HTTP: who is answered, what may run in it, and the stream that keeps it up to date."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from ecomms_bot.practice.page import site as site_module
from ecomms_bot.practice.workspace import WorkspaceServer
from tests.practice.page.screens import Room

PAGE = Path(site_module.__file__).parent
Headers = dict[str, str]


@pytest.fixture(scope="module")
def room() -> Room:
    return Room()


@pytest.fixture(scope="module")
def server(room: Room) -> Iterator[WorkspaceServer]:
    with WorkspaceServer(room.ws, site=room.site.mounted()) as running:
        yield running


class Answer:
    def __init__(self, response: HTTPResponse) -> None:
        self.status, self.headers = response.status, response.headers
        self.text = response.read().decode()


def ask(server: WorkspaceServer, path: str, method: str = "GET", body: str = "", **headers: str) -> Answer:
    """`sec_fetch_site="none"` is the header Sec-Fetch-Site."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body or None, sent)
        return Answer(connection.getresponse())
    finally:
        connection.close()


def act(server: WorkspaceServer, name: str, said: Any, **headers: str) -> Answer:
    body = said if isinstance(said, str) else json.dumps(said)
    return ask(server, f"/act/{name}", "POST", body, **{"content_type": "application/json", **headers})


# --- who is answered --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/stream", "/words", "/static/page.js", "/api/auth.test"])
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1:1", "localhost.evil.example:{port}"]
)
def test_who_calls_this_machine_by_another_name_is_refused(
    server: WorkspaceServer, path: str, host: str
) -> None:
    answer = ask(server, path, host=host.format(port=server.port))
    assert answer.status == 421
    assert "Nothing was done" in answer.text


def test_both_names_of_this_machine_are_answered(server: WorkspaceServer) -> None:
    for name in ("127.0.0.1", "localhost", "LOCALHOST"):
        assert ask(server, "/?as=mara", host=f"{name}:{server.port}").status in (200, 303)


ELSEWHERE = [
    {"origin": "http://evil.example"},
    {"origin": "null"},
    {"origin": "https://127.0.0.1:{port}"},
    {"origin": "http://localhost:{port}"},  # the page was loaded as 127.0.0.1
    {"sec_fetch_site": "cross-site"},
    {"sec_fetch_site": "same-site"},
]


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_what_another_page_posts_is_refused(room: Room, server: WorkspaceServer, headers: Headers) -> None:
    sent = {name: value.format(port=server.port) for name, value in headers.items()}
    answer = act(server, "say", {"as": "mara", "in": room.ops.id, "text": "from elsewhere"}, **sent)
    assert answer.status == 403
    assert not any("from elsewhere" in message.text for message in room.ops.messages)


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_another_page_reads_no_stream(server: WorkspaceServer, headers: Headers) -> None:
    sent = {name: value.format(port=server.port) for name, value in headers.items()}
    assert ask(server, "/stream?as=mara", **sent).status == 403


def test_a_link_from_elsewhere_may_lead_here(server: WorkspaceServer) -> None:
    answer = ask(server, "/?as=mara", sec_fetch_site="cross-site", sec_fetch_mode="navigate")
    assert answer.status in (200, 303)


def test_the_page_itself_may_act(room: Room, server: WorkspaceServer) -> None:
    said = {"as": "mara", "in": room.ops.id, "text": "from here"}
    own = {"origin": f"http://127.0.0.1:{server.port}", "sec_fetch_site": "same-origin"}
    assert json.loads(act(server, "say", said, **own).text) == {"ok": True}
    assert room.ops.messages[-1].text == "from here"


def test_a_form_of_another_page_cannot_pretend_to_be_json(server: WorkspaceServer) -> None:
    assert act(server, "say", {"as": "mara"}, content_type="text/plain").status == 415


@pytest.mark.parametrize("body", ["", "{", "[]", "5", "null", "[" * 100_000], ids=range(6))
def test_what_is_no_object_is_refused(server: WorkspaceServer, body: str) -> None:
    assert act(server, "say", body).status == 400


def test_half_a_sign_takes_no_screen_down(room: Room, server: WorkspaceServer) -> None:
    said = {"as": "mara", "in": room.ops.id, "text": "half \ud83d, whole \ud83d\ude92"}
    assert json.loads(act(server, "say", said).text) == {"ok": True}
    screen = ask(server, f"/?as=mara&in={room.ops.id}")
    assert screen.status == 200
    assert "half \ufffd, whole \N{FIRE ENGINE}" in screen.text


def test_the_bot_is_served_beside_the_page(room: Room, server: WorkspaceServer) -> None:
    client = WebClient(token=room.ws.bot_token, base_url=server.url, retry_handlers=[])
    assert client.auth_test()["ok"]


# --- what may run in it -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/?as=mara", "/static/page.css", "/words", "/nowhere", "/act/say"])
def test_every_answer_forbids_what_is_not_its_own(server: WorkspaceServer, path: str) -> None:
    headers = ask(server, path).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"


def test_nothing_in_the_page_runs_or_styles_by_itself(room: Room, server: WorkspaceServer) -> None:
    html = ask(server, f"/?as=mara&in={room.ops.id}").text
    assert re.findall(r"<script(?![^>]* src=\"/static/)[^>]*>", html) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", html) == []
    assert re.findall(r"(?:src|href)=\"(?!/|#)[^\"]*", html) == []


def test_pages_are_not_kept_by_the_browser_and_scripts_are_looked_at_anew(server: WorkspaceServer) -> None:
    assert ask(server, "/?as=mara").headers["cache-control"] == "no-store"
    assert ask(server, "/static/page.js").headers["etag"]


def test_every_address_in_the_page_is_there(room: Room, server: WorkspaceServer) -> None:
    html = ask(server, f"/?as=mara&in={room.ops.id}").text
    own = set(re.findall(r"(?:src|href)=\"(/static/[^\"]*)", html))
    assert len(own) >= 5
    for address in own:
        assert ask(server, address.replace("&amp;", "&")).status == 200
    scripts = "\n".join(path.read_text() for path in (PAGE / "static").glob("*.js"))
    for name in re.findall(r"from \"\./([\w.]+)\"", scripts):
        assert ask(server, f"/static/{name}").status == 200


def test_scripts_come_together_and_not_one_after_the_other(room: Room, server: WorkspaceServer) -> None:
    html = ask(server, f"/?as=mara&in={room.ops.id}").text
    announced = set(re.findall(r"(?:modulepreload\" href|module\" src)=\"/static/([\w.]+)", html))
    assert announced == {path.name for path in (PAGE / "static").glob("*.js")}


def test_an_address_without_a_person_leads_to_one(room: Room, server: WorkspaceServer) -> None:
    answer = ask(server, "/")
    assert (answer.status, answer.headers["location"]) == (303, f"/?as=mara&in={room.ops.id}")


def test_the_composer_is_told_what_can_be_typed(server: WorkspaceServer) -> None:
    words = json.loads(ask(server, "/words").text)
    assert words["commands"]["/ecomms"][0] == {"line": "start [playbook]", "does": "open an incident"}
    assert {"handle": "lee", "name": "Lee Ortiz"} in words["people"]
    assert "ops" in words["places"]


# --- the stream -------------------------------------------------------------------------------------------


class Stream:
    def __init__(self, response: HTTPResponse) -> None:
        self._response = response

    def next(self) -> tuple[str, Any]:
        """The next event, with what it says."""
        kind, data = "", ""
        while line := self._response.readline().decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            kind, data = (value if name == "event" else kind), (value if name == "data" else data)
        return (kind, json.loads(data)) if kind else self.next()


@contextmanager
def stream(server: WorkspaceServer, query: str, **headers: str) -> Iterator[Stream]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request("GET", f"/stream?{query}", headers=headers)
        response = connection.getresponse()
        assert response.headers["content-type"].startswith("text/event-stream")
        opened = Stream(response)
        assert opened.next()[0] == "hello"
        yield opened
    finally:
        connection.close()


def tab_of(server: WorkspaceServer, query: str) -> str:
    found = re.search(r'data-tab="([^"]+)"', ask(server, f"/?{query}").text)
    assert found is not None
    return found.group(1)


def test_a_tab_is_told_what_changes_after_its_page_was_drawn(room: Room, server: WorkspaceServer) -> None:
    query = f"as=lee&in={room.ops.id}"
    tab = tab_of(server, query)
    ts = room.says("mara", "News.")
    with stream(server, f"{query}&tab={tab}") as opened:
        kind, change = opened.next()
        assert (kind, [one["id"] for one in change["put"] if one["in"] == "messages"]) == (
            "change",
            [f"m-{ts}"],
        )
        other = room.says("mara", "More news.")
        _, change = opened.next()
        assert [one["id"] for one in change["put"] if one["in"] == "messages"] == [f"m-{other}"]


def test_a_tab_that_comes_back_is_told_the_whole(room: Room, server: WorkspaceServer) -> None:
    query = f"as=lee&in={room.ops.id}"
    tab = tab_of(server, query)
    with stream(server, f"{query}&tab={tab}", **{"Last-Event-ID": "1"}) as opened:
        _, change = opened.next()
    assert change["whole"]
    assert {"sidebar", "head", "composer"} <= {one["id"] for one in change["put"]}


def test_a_tab_that_looks_elsewhere_now_is_told_the_whole_of_that(
    room: Room, server: WorkspaceServer
) -> None:
    tab = tab_of(server, f"as=lee&in={room.ops.id}")
    with stream(server, f"as=mara&in={room.ops.id}&tab={tab}") as opened:
        assert opened.next()[1]["whole"]


def test_the_newest_words_of_the_page_load_a_tab_anew(room: Room, server: WorkspaceServer) -> None:
    html = ask(server, f"/?as=mara&in={room.ops.id}").text
    assert f'data-version="{room.site.version}"' in html
    assert re.fullmatch(r"[0-9a-f]{12}", room.site.version)


def test_a_server_that_stops_ends_its_streams(room: Room) -> None:
    with WorkspaceServer(room.ws, site=room.site.mounted()) as running, stream(running, "as=mara") as opened:
        opened.next()
        running.stop()
