"""The web server is stopped by the thread that serves, which may be awake already."""

from __future__ import annotations

import os
import time

import pytest
from waitress.trigger import trigger

from tests.slack.test_web import Slow, serving


def test_a_stop_that_meets_the_thread_awake_closes_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a server whose thread somebody else wakes just before it is told to close
    pull = trigger._physical_pull  # noqa: SLF001

    def late(self: trigger) -> None:
        os.write(self.trigger, b"x")
        time.sleep(0.1)  # it looks for what there is to do
        pull(self)

    monkeypatch.setattr(trigger, "_physical_pull", late)
    slow = Slow()
    # when it is stopped, then it ends: what is pulled is not closed before the pull
    with serving(slow.app, slow.listening.one) as server:
        assert server.url.startswith("http://")
