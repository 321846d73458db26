"""A file of a message is given to who sees the message, to keep and not to look at in the page."""

from __future__ import annotations

from contextlib import closing
from email.message import Message
from http.client import HTTPConnection

from ecomms_bot.practice.page import draw
from ecomms_bot.practice.page.site import site
from ecomms_bot.practice.workspace import Workspace, WorkspaceServer
from tests.practice.page.reading import parsed


def asked(server: WorkspaceServer, path: str) -> tuple[int, bytes, Message]:
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers


def test_a_file_is_there_for_its_readers_and_for_nobody_else() -> None:
    workspace = Workspace()
    for handle in ("mara", "noor"):
        workspace.add_user(handle)
    place = workspace.add_conversation("ops", ["mara"], private=True)
    mara = workspace.person("mara")
    message = mara.say("ops", "The log", files=["log of «Hope».html"])
    place.messages[0].files[0].data = b"<script>"
    (link,) = parsed(draw.message(message, person=mara)).all("a")
    address = link.attributes["href"]
    with WorkspaceServer(workspace, site=site(workspace)) as server:
        _, data, headers = asked(server, address)
        assert data == b"<script>"
        assert headers["Content-Type"] == "application/octet-stream"
        name = "log%20of%20%C2%ABHope%C2%BB.html"
        assert headers["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"
        for other in ("as=noor", "as=nobody", "as="):
            assert asked(server, address.replace("as=mara", other))[0] == 404
        for missing in ("n=1", "n=x", ""):
            assert asked(server, address.replace("n=0", missing))[0] == 404
