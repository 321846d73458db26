"""A bolt app with default settings that only acknowledges: what everything else is measured beside."""

from __future__ import annotations

import itertools
import os
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient


def main() -> None:
    client = WebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app, numbers = App(client=client), itertools.count()

    @app.command("/ecomms")
    def acknowledge(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        ack()
        if body["text"] == "open":
            made = client.conversations_create(name=f"noop-{next(numbers)}")
            place = made["channel"]["id"]
            client.conversations_invite(channel=place, users=body["user_id"])
            client.chat_postMessage(channel=place, text="It is open.")

    SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
