"""An app that begins to answer and does not go on is late."""

from __future__ import annotations

import socket
import threading

import pytest

from ecomms_bot.practice.workspace.request_url import RequestUrl, Undelivered, signed

BEGUN = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nonly the beginning"


def test_an_answer_that_stops_in_the_middle_is_a_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = threading.Event()

        def begin() -> None:
            line, _ = server.accept()
            with line:
                line.recv(65_536)
                line.sendall(BEGUN)
                done.wait(5)

        thread = threading.Thread(target=begin)
        thread.start()
        there = RequestUrl(f"http://127.0.0.1:{server.getsockname()[1]}/slack/events", "secret", 0.05)
        try:
            with pytest.raises(Undelivered, match="timeout"):
                there.send(signed("secret", "application/json", b"{}"))
        finally:
            done.set()
            thread.join()
