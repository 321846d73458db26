"""How late one reminder reaches Slack, beside a bare APScheduler job that posts at the same moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler
from pydantic import SecretStr
from slack_sdk import WebClient

from ecomms_bot import bootstrap
from ecomms_bot.incident.commands import SetReminder
from ecomms_bot.incident.events import ReminderFired
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.practice.stage import roles_of
from ecomms_bot.service.handler import Request
from ecomms_bot.settings import Office, Settings
from tests.bench.arena import Arena, arena
from tests.bench.measure import Figure, percentile
from tests.books import FOLDER
from tests.scenario.acting import OFFICE, PEOPLE, ZONE

TIMES = 9
AHEAD = timedelta(seconds=0.4)
QUIET_S = 0.15


def figures() -> dict[str, Figure]:
    beside = "bare APScheduler date job"
    return {
        "fires": Figure("How late one reminder fires, p50", "ms", f"{beside} begins", at_most=2),
        "slack": Figure("… is at Slack, after two commits, p50", "ms", f"{beside} posts"),
    }


def measure(folder: Path, into: dict[str, Figure]) -> None:
    """One run, bot and bare job in turns in the same process."""
    with arena(folder) as on, _bot(on) as bot:
        home = on.opened(0)
        incident = next(iter(bot.records.open_incidents())).id
        person = on.person("mara")
        on.workspace.wait_for(lambda: bot.idle.wait(5))
        bare = BackgroundScheduler(timezone=UTC)
        bare.start()
        client = WebClient(token=on.workspace.bot_token, base_url=on.server.url)
        ours, theirs, begun = [], [], []

        def job(due: datetime, text: str) -> None:
            begun.append((datetime.now(UTC) - due).total_seconds() * 1000)
            client.chat_postMessage(channel=home.id, text=text)

        for number in range(TIMES):
            due, text = datetime.now(UTC) + AHEAD, f"reminder-{number}-of-ours"
            command = SetReminder(Instant.of(due, ZONE), text)
            who = bot.handler._directory.person(person.id)  # noqa: SLF001  (as a listener does it)
            bot.handler.handle(Request(incident, command, f"bench-{number}", who))
            ours.append(_late(on, due, text))
            due, text = datetime.now(UTC) + AHEAD, f"job-{number}-of-theirs"
            bare.add_job(job, "date", run_date=due, args=(due, text))
            theirs.append(_late(on, due, text))
        bare.shutdown()
        fired = _fired(bot, incident)
    into["fires"].add(percentile(fired, 50), percentile(begun, 50))
    into["slack"].add(percentile(ours, 50), percentile(theirs, 50))


def _fired(bot: bootstrap.Bot, incident: str) -> list[float]:
    """Milliseconds from when each was due to the time of its entry."""
    state, entries = bot.records.history(incident)
    due = {f"personal/{each.id}": each.due.utc for each in state.reminders.values()}
    return [
        (entry.at - due[entry.event.key]).total_seconds() * 1000
        for entry in entries
        if isinstance(entry.event, ReminderFired) and entry.event.key in due
    ]


def _late(on: Arena, due: datetime, text: str) -> float:
    """Milliseconds from `due` until a message with this text is posted."""

    def posted() -> float | None:
        for call in reversed(list(on.workspace.calls)):
            if call.method == "chat.postMessage" and text in str(call.args):
                return call.at
        return None

    on.workspace.wait_for(lambda: posted() is not None, what=text)
    at = posted()
    assert at is not None
    time.sleep(QUIET_S)
    return (at - due.timestamp()) * 1000


@contextmanager
def _bot(on: Arena) -> Iterator[bootstrap.Bot]:
    people = {handle: on.workspace.person(handle) for handle in PEOPLE}
    office = {"time_zone": ZONE, **OFFICE, "roles": roles_of(PEOPLE, people)}
    settings = Settings(
        bot_token=SecretStr(on.workspace.bot_token),
        app_token=SecretStr(on.workspace.app_token),
        api_url=on.server.url,
        database_url=SecretStr(on.database_url),
        playbooks=FOLDER,
        office=Office.model_validate(office),
    )
    bot = bootstrap.build(settings)
    bot.start()
    try:
        on.workspace.wait_for(lambda: on.workspace.wire.links)
        yield bot
    finally:
        bot.stop()
