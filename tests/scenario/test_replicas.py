"""Several bots on one database, each a process of its own that is handed some of the envelopes."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from ecomms_bot.practice.drill import run_drill
from ecomms_bot.practice.replicas import NotStarted
from ecomms_bot.practice.stage import stage
from ecomms_bot.store import log, projections
from ecomms_bot.store.engine import Database
from ecomms_bot.store.verify import verify
from tests.books import FOLDER
from tests.scenario.acting import FIRST_EVENING, OFFICE, PEOPLE, ZONE

NIGHT = Path(__file__).parents[2] / "playbooks" / "drills" / "bc-highways-2021.yaml"
NUMBER = re.compile(r"^\| \d+ \|")
WAIT_S = 30.0
NAMES_OF_ONE_RUN = re.compile(r"\d+:[0-9a-f]{64}|\bi[a-z2-7]{10}\b")


def evening(folder: Path) -> Path:
    """The shipped drill until the night's rest."""
    script = folder / "evening.yaml"
    script.write_text(NIGHT.read_text().split('  - at: "2021-11-15 02:00"')[0])
    return script


def plays(script: Path, folder: Path, url: str | None, replicas: int) -> str:
    lines: list[str] = []
    code = run_drill(script, folder, url, lines.append, replicas=replicas)
    assert code == 0, "\n".join(lines[-40:])
    return "\n".join(lines)


def account(folder: Path) -> Counter[str]:
    """The summary line by line: which of two messages arrived first makes no difference."""
    text = NAMES_OF_ONE_RUN.sub("…", (folder / "summary.md").read_text())
    return Counter(NUMBER.sub("|", line) for line in text.splitlines())


@pytest.mark.long
def test_two_bots_on_one_postgresql_play_a_drill_as_one_bot_does(
    postgres_database_url: str, tmp_path: Path
) -> None:
    script = evening(tmp_path)
    # given the evening as one bot plays it
    plays(script, tmp_path / "one", None, 0)
    # when two share the work
    said = plays(script, tmp_path / "two", postgres_database_url, 2)
    # then both were handed their part, and the account of the evening is the same
    shares = re.search(r"Bots, each a process of its own: 2\. They were handed (\d+) and (\d+) of", said)
    assert shares is not None
    assert min(int(each) for each in shares.groups()) >= 10
    assert account(tmp_path / "two") == account(tmp_path / "one")
    # and the log is whole, and says of no failure
    database = Database(postgres_database_url)
    with database.read() as conn:
        (row,) = projections.all_incidents(conn)
        assert verify(conn, {row.id: log.head(conn, row.id)}).problems == ()
        assert not [each for each in log.read(conn, row.id) if each.type == "EffectFailed"]
    database.dispose()


def test_a_bot_that_ends_is_named_with_its_last_words(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ecomms.db'}"
    with stage(
        tmp_path,
        PEOPLE,
        starts=FIRST_EVENING,
        zone=ZONE,
        database_url=url,
        office=OFFICE,
        playbooks=FOLDER,
        others=1,
    ) as on:
        assert on.others is not None
        on.settle()
        (process,) = on.others.running
        process.terminate()
        process.wait(WAIT_S)
        with pytest.raises(NotStarted, match=r"(?s)Bot 1 ended\..*replica-1\.txt.*Stopped"):
            on.settle()
