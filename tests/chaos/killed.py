"""`python -m tests.chaos.killed`: a bot killed in the middle of an opening, as people see it; Markdown."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from ecomms_bot.practice.stage import COMMAND
from ecomms_bot.practice.workspace import Conversation, Person
from tests.scenario.acting import VANCOUVER, filled
from tests.scenario.site import Site, kill, site

AWAY = timedelta(minutes=22)
DONE_S = 40.0


def tell(words: str) -> None:
    sys.stdout.write(f"{words}\n")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, site(Path(folder)) as place:
        mara = place.workspace.person("mara")
        with place.process() as running:
            tell(f"{_clock(place)} Mara types `{COMMAND} start flood`, fills in the form, presses *Open*.\n")
            mara.command("ops-desk", COMMAND, "start flood")
            mara.fill(filled(live=True))
            held = place.workspace.faults.hold("chat.postMessage")
            answer = mara.submit()
            held.wait_reached()
            kept = "closes: what she typed is kept" if answer.closed else "stays"
            tell(f"{_clock(place)} The form {kept}. The conversation stands, and the card is on its way.\n")
            kill(running)
            held.release()
            place.workspace.wait_for(lambda: _shown(place), DONE_S, "the card, which Slack had taken")
        tell(f"{_clock(place)} SIGKILL. Slack has the card; the bot never hears of it.\n")
        tell("What everybody can read now:\n")
        _show(place, mara)
        _pass(place, AWAY)
        with place.process():
            tell(f"{_clock(place)} The bot is started again. What everybody can read now:\n")
            place.workspace.wait_for(lambda: _at_rest(place), DONE_S, "the rest of the opening")
            _show(place, mara)


def _clock(place: Site) -> str:
    return f"{place.clock.now().astimezone(VANCOUVER):%H:%M}"


def _pass(place: Site, span: timedelta) -> None:
    """Nobody is there for so long, by all clocks."""
    place.clock.push(span)
    with closing(sqlite3.connect(place.database)) as database, database:
        database.execute("UPDATE heartbeats SET at = at - ? WHERE replica NOT LIKE '%time)'", (span.seconds,))
        database.execute(
            "UPDATE tasks SET lease_until = lease_until - ? WHERE state = 'leased'", (span.seconds,)
        )


def _shown(place: Site) -> bool:
    return any(
        each.by_app for conversation in place.workspace.conversations for each in conversation.messages
    )


def _at_rest(place: Site) -> bool:
    with closing(sqlite3.connect(place.database)) as database:
        query = (
            "SELECT count(*) FROM tasks WHERE state = 'leased' OR (state = 'pending' AND kind != 'reminder')"
        )
        posts = database.execute("SELECT count(*) FROM tasks WHERE key LIKE '%/answer' AND state = 'done'")
        return bool(posts.fetchone()[0]) and database.execute(query).fetchone()[0] == 0


def _show(place: Site, reader: Person) -> None:
    for conversation in place.workspace.conversations:
        _show_one(conversation, reader)


def _show_one(conversation: Conversation, reader: Person) -> None:
    seen = reader.all_messages(conversation)
    pinned = set(conversation.pins)
    lines = [f"#{conversation.name}, {len(conversation.members)} members"]
    for message in seen:
        alone = " (only Mara sees this)" if message.ephemeral else ""
        pin = " (pinned)" if message.ts in pinned else ""
        lines += ["", f"{message.plain()}{alone}{pin}"]
    tell("```text\n" + "\n".join(lines if seen else [*lines, "", "(nothing yet)"]) + "\n```\n")


if __name__ == "__main__":
    main()
