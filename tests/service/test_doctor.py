"""What the doctor says of a healthy bot, and of each thing that can be missing or wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import make_url

from ecomms_bot.errors import DatabaseError
from ecomms_bot.incident import effects as kinds
from ecomms_bot.incident.policy import Roster
from ecomms_bot.service import doctor_effects
from ecomms_bot.service.clocks import PracticeClock, SystemClock
from ecomms_bot.service.doctor import Finding, Patient, SlackLook, examine
from ecomms_bot.service.doctor_effects import TROUBLES_SHOWN
from ecomms_bot.service.ports import Clock
from ecomms_bot.settings import Office, Settings
from ecomms_bot.store import heartbeat, tasks
from ecomms_bot.store.engine import Database
from ecomms_bot.store.migrate import migrate
from tests.cli.night import Night
from tests.store.samples import tamper

HOST = "ministry-1"
MACHINE = 1_700_000_000.0
ROLES: Mapping[str, tuple[str, ...]] = {
    "communicator": ("U0MARA",),
    "sme": ("U0DALE",),
    "pio": ("U0PIA",),
    "ic": ("U0IRENE",),
    "exec": ("U0EVE",),
}
ANSWERED = Finding("ok", "Slack", "The bot is ecomms in Ministry.")


@dataclass
class Ward:
    """A bot's surroundings; a test spoils one thing and asks."""

    db: Database
    settings: Settings
    roster: Roster
    clock: Callable[[], Clock] = lambda: SystemClock(lambda: MACHINE)
    unknown: tuple[str, ...] = ()

    def findings(self) -> list[Finding]:
        patient = Patient(
            settings=self.settings,
            host=HOST,
            clock=self.clock,
            database=lambda: self.db,
            slack=lambda: SlackLook((ANSWERED,), self.roster, self.unknown),
        )
        return list(examine(patient))

    def said(self, subject: str) -> list[tuple[str, str]]:
        """State and words of all lines about a subject."""
        return [(each.state, each.words) for each in self.findings() if each.subject == subject]


@pytest.fixture
def ward(db: Database) -> Ward:
    settings = Settings(
        bot_token=SecretStr("xoxb-1-secret"), app_token=SecretStr("xapp-1-secret"), office=Office(roles=ROLES)
    )
    with db.write() as conn:
        heartbeat.beat(conn, HOST, MACHINE - 7)
    return Ward(db, settings, Roster(dict(ROLES)))


@pytest.fixture
def sqlite_ward(sqlite_db: Database) -> Ward:
    return Ward(sqlite_db, Settings(office=Office(roles=ROLES)), Roster(dict(ROLES)))


def test_a_healthy_bot_has_nothing_wrong(ward: Ward) -> None:
    findings = ward.findings()
    assert {finding.subject for finding in findings if finding.state == "ok"} >= {
        *("tokens", "clock", "Slack", "playbooks", "roles", "database", "log", "bot", "effects")
    }
    # With one address for all on PostgreSQL the triggers alone protect the log, and that is said.
    others = [(finding.state, finding.subject) for finding in findings if finding.state != "ok"]
    assert others == ([("look", "log")] if ward.db.dialect == "postgresql" else [])


# --- settings ---


def test_a_missing_token_is_named_and_no_token_is_shown(sqlite_ward: Ward) -> None:
    sqlite_ward.settings = Settings(bot_token=SecretStr("xoxb-1-secret"))
    ((state, words),) = sqlite_ward.said("tokens")
    assert state == "wrong"
    assert words.startswith("SLACK_APP_TOKEN is not set.")
    assert "secret" not in words


def test_a_practice_clock_is_worth_a_look(sqlite_ward: Ward, tmp_path: Path) -> None:
    practice = PracticeClock(tmp_path / "clock.json", lambda: MACHINE)
    practice.set(datetime(2021, 11, 15, 4, 0, tzinfo=UTC), 0)
    sqlite_ward.settings = Settings(clock=practice.path)
    sqlite_ward.clock = lambda: practice
    ((state, words),) = sqlite_ward.said("clock")
    assert state == "look"
    assert "2021-11-15 04:00 UTC" in words


def test_a_practice_clock_that_is_gone_is_wrong(sqlite_ward: Ward, tmp_path: Path) -> None:
    gone = PracticeClock(tmp_path / "clock.json", lambda: MACHINE)
    sqlite_ward.settings = Settings(clock=gone.path)
    sqlite_ward.clock = lambda: gone
    assert [state for state, _ in sqlite_ward.said("clock")] == ["wrong"]


# --- playbooks and roles ---


def test_a_playbook_with_mistakes_is_named_with_its_place(sqlite_ward: Ward, tmp_path: Path) -> None:
    (tmp_path / "slides.yaml").write_text("schema_version: 1\nid: [oops\n")
    sqlite_ward.settings = Settings(playbooks=tmp_path)
    ((state, words),) = sqlite_ward.said("playbooks")
    assert state == "wrong"
    assert "slides.yaml:" in words


def test_a_folder_without_playbooks_is_wrong(sqlite_ward: Ward, tmp_path: Path) -> None:
    for folder, said in ((tmp_path / "nowhere", "Correct ECOMMS_PLAYBOOKS"), (tmp_path, "no playbook in")):
        sqlite_ward.settings = Settings(playbooks=folder, office=Office(roles=ROLES))
        ((state, words),) = sqlite_ward.said("playbooks")
        assert (state, said in words) == ("wrong", True)
        # and no tier is called fine that nobody could look at
        assert [state for state, _ in sqlite_ward.said("roles")] == ["look"]


def test_playbooks_are_counted_but_for_those_that_others_only_extend(
    sqlite_ward: Ward, tmp_path: Path
) -> None:
    # Given a base, and two playbooks that extend it, one of them badly
    base = "extends: basics\nhazard: any\noffered: false\nid: office\ntitle: Office\n"
    (tmp_path / "office.yaml").write_text(base)
    sqlite_ward.settings = Settings(playbooks=tmp_path, office=Office(roles=ROLES))
    assert sqlite_ward.said("playbooks") == [
        ("wrong", "There is no playbook offered (all say offered: false), so no incident can be opened.")
    ]
    (tmp_path / "fair.yaml").write_text("extends: office\nhazard: any\nid: fair\ntitle: Fair\n")
    (tmp_path / "gale.yaml").write_text("extends: ofice\nhazard: any\nid: gale\ntitle: Gale\n")
    (bad, good) = sqlite_ward.said("playbooks")
    assert bad[0] == "wrong"
    assert "gale.yaml:1:10: extends: there is no ofice.yaml" in bad[1]
    assert good == ("ok", "1 can be used: Fair.")


def test_a_drill_with_mistakes_is_to_look_at(sqlite_ward: Ward, tmp_path: Path) -> None:
    (tmp_path / "fair.yaml").write_text("extends: basics\nhazard: any\nid: fair\ntitle: Fair\n")
    sqlite_ward.settings = Settings(playbooks=tmp_path, office=Office(roles=ROLES))
    assert sqlite_ward.said("drills") == []
    (tmp_path / "drills").mkdir()
    (tmp_path / "drills" / "rain.yaml").write_text("schema_version: 1\nid: rain\n")
    ((state, words),) = sqlite_ward.said("drills")
    assert state == "look"
    assert "rain.yaml:1:1: title: this is missing" in words
    assert words.endswith("Nobody can take part in it.")


def test_a_tier_that_nobody_can_fill_is_named(sqlite_ward: Ward) -> None:
    # Given one person who holds both roles of a tier
    sqlite_ward.roster = Roster({**ROLES, "sme": ("U0PIA",)})
    # Then two different people cannot be found for it, though no role is without anybody
    found = sqlite_ward.said("roles")
    assert {state for state, _ in found} == {"wrong"}
    assert any(words.startswith("Flood: nobody is left to approve tier T1 as ") for _, words in found)


def test_roles_that_are_not_set_are_worth_a_look(sqlite_ward: Ward) -> None:
    sqlite_ward.settings = Settings()
    ((state, words),) = sqlite_ward.said("roles")
    assert (state, "None are set" in words) == ("look", True)


def test_user_groups_that_slack_did_not_tell_of_are_not_called_wrong(sqlite_ward: Ward) -> None:
    sqlite_ward.roster, sqlite_ward.unknown = Roster({}), ("pio",)
    found = sqlite_ward.said("roles")
    assert {state for state, _ in found} == {"look"}
    assert any(words.startswith("Who belongs to pio only Slack knows") for _, words in found)


@pytest.mark.parametrize(
    ("without", "role", "instead"),
    [
        (("sme",), "subject expert (sme)", "public information officer (pio), who is asked to find someone"),
        (("pio",), "public information officer (pio)", "incident commander (ic), who is asked to find"),
        (("pio", "ic"), "incident commander (ic)", "whoever opened the incident"),
    ],
)
def test_a_role_without_anybody_is_named_with_who_is_asked_instead(
    sqlite_ward: Ward, without: tuple[str, ...], role: str, instead: str
) -> None:
    sqlite_ward.roster = Roster({**ROLES, **dict.fromkeys(without, ())})
    said = [words for state, words in sqlite_ward.said("roles") if state == "look"]
    start = f"Nobody can act as {role}. Requests and reminders for this role go to {instead}"
    assert any(words.startswith(start) for words in said), said
    # and that its texts cannot be approved is said beside it
    assert any(state == "wrong" for state, _ in sqlite_ward.said("roles"))


def test_a_role_that_perhaps_slack_knows_is_not_called_empty(sqlite_ward: Ward) -> None:
    sqlite_ward.roster, sqlite_ward.unknown = Roster({**ROLES, "pio": (), "sme": ()}), ("pio",)
    said = [words for _, words in sqlite_ward.said("roles")]
    assert not any("Nobody can act as public" in words for words in said)
    assert any("go to public information officer (pio), if Slack knows one" in words for words in said)


# --- database ---


def test_all_other_lines_come_even_if_the_database_is_gone(tmp_path: Path) -> None:
    gone = Database("postgresql://ecomms:hunter2@127.0.0.1:1/ecomms")
    findings = Ward(gone, Settings(office=Office(roles=ROLES)), Roster(dict(ROLES))).findings()
    assert [finding.subject for finding in findings] == [
        *("tokens", "clock", "Slack", "playbooks", "roles", "database")
    ]
    assert findings[-1].state == "wrong"
    assert "cannot be reached" in findings[-1].words
    assert all("hunter2" not in finding.words for finding in findings)


def test_a_database_address_that_cannot_be_used_is_a_finding() -> None:
    def refuse() -> Database:
        raise DatabaseError("There is no such place.")

    look = SlackLook((ANSWERED,), Roster({}))
    patient = Patient(Settings(), HOST, lambda: SystemClock(lambda: MACHINE), refuse, lambda: look)
    assert [*examine(patient)][-1] == Finding("wrong", "database", "There is no such place.")


def test_tables_that_are_not_there_yet_are_named(empty_url: str) -> None:
    ward = Ward(Database(empty_url), Settings(), Roster({}))
    assert ward.said("tables") == [("look", "There are none yet; the first start makes them.")]


def test_a_trigger_that_is_gone_is_named(ward: Ward) -> None:
    tamper(ward.db)  # takes the triggers away, and changes nothing
    found = [words for state, words in ward.said("log") if state == "wrong"]
    assert any("events_no_delete" in words and "Restore the database" in words for words in found)


@pytest.mark.parametrize(("mode", "said"), [(0o640, "can read"), (0o604, "can read"), (0o660, "can change")])
def test_a_database_file_that_others_can_open_is_wrong(sqlite_ward: Ward, mode: int, said: str) -> None:
    path = sqlite_ward.db.address.path
    path.chmod(mode)
    ((state, words),) = sqlite_ward.said("file")
    assert state == "wrong"
    assert said in words
    assert f"chmod 600 {path}" in words


def test_with_a_user_of_its_own_for_the_bot_the_log_needs_no_look(empty_postgres_url: str) -> None:
    with psycopg.connect(empty_postgres_url, autocommit=True) as admin:
        if admin.execute("SELECT 1 FROM pg_roles WHERE rolname = 'patient'").fetchone() is None:
            admin.execute("CREATE ROLE patient LOGIN")
    as_bot = make_url(empty_postgres_url).set(username="patient").render_as_string()
    db = Database(as_bot, migrate_url=empty_postgres_url)
    migrate(db)
    assert [state for state, _ in Ward(db, Settings(), Roster({})).said("log")] == ["ok"]


# --- the bot ---


def test_a_database_that_no_bot_has_used_is_worth_a_look(sqlite_ward: Ward) -> None:
    ((state, words),) = sqlite_ward.said("bot")
    assert (state, words) == (
        "look",
        "No bot runs with this database. No incident is open. Start it with `ecomms run`.",
    )
    # and with an open incident it is wrong, also when the bot took its sign of life along as it stopped
    Night(sqlite_ward.db).open()
    assert [state for state, _ in sqlite_ward.said("bot")] == ["wrong"]


def test_a_bot_on_another_machine_is_fine(sqlite_ward: Ward) -> None:
    with sqlite_ward.db.write() as conn:
        heartbeat.beat(conn, "ministry-2", MACHINE - 20)
    assert sqlite_ward.said("bot") == [("ok", "It runs elsewhere; last sign of life 20 s ago.")]


def test_several_bots_are_counted(sqlite_ward: Ward) -> None:
    with sqlite_ward.db.write() as conn:
        heartbeat.beat(conn, f"{HOST}:1:boot:1", MACHINE - 20)
        heartbeat.beat(conn, f"{HOST}:2:boot:2", MACHINE - 5)
        heartbeat.beat(conn, "ministry-2:1:boot:3", MACHINE - 3)
        heartbeat.beat(conn, "ministry-3:1:boot:4", MACHINE - 300)
    assert sqlite_ward.said("bot") == [("ok", "3 of it run, 2 on this machine; last sign of life 5 s ago.")]


def test_a_silent_bot_is_wrong_while_an_incident_is_open(sqlite_ward: Ward) -> None:
    with sqlite_ward.db.write() as conn:
        heartbeat.beat(conn, HOST, MACHINE - 720)
    assert [state for state, _ in sqlite_ward.said("bot")] == ["look"]
    Night(sqlite_ward.db).open()
    ((state, words),) = sqlite_ward.said("bot")
    assert state == "wrong"
    assert "12 min ago" in words
    assert "Open incidents: 1" in words


# --- effects ---


def _claim(night: Night, kind: str) -> str:
    """Take the first task of a kind, as the worker does, once what goes before it is done; gives its key."""

    def take(kinds: set[str] | None) -> list[tasks.ClaimedTask]:
        return tasks.claim(conn, now=night.now, machine_now=MACHINE, lease_s=60, owner="worker", kinds=kinds)

    with night.db.write() as conn:
        while not (found := take({kind})):
            (before,) = take(None)
            tasks.finish(conn, before.key, "worker", "", now=night.now)
    return found[0].key


def test_what_was_given_up_is_wrong_while_the_incident_is_open(ward: Ward) -> None:
    # Given an incident whose card could not be pinned
    night = Night(ward.db)
    incident = night.open("Highway 7 slides")
    key = _claim(night, kinds.PIN)
    with ward.db.write() as conn:
        tasks.fail(conn, key, "worker", "The app may not pin. Add the scope pins:write.", now=night.now)
    # Then the doctor says in which incident, what, since when, why, and what to do
    assert ward.said("effects") == [
        (
            "wrong",
            (
                f"Highway 7 slides ({incident}): pinning the card was given up at 2021-11-15 04:00 UTC."
                " The app may not pin. Add the scope pins:write."
                " It is not tried again. Pin the card yourself, from its menu in Slack."
                f" To try it at once: `ecomms effects retry {incident}/pin`."
                f" Once it is seen to: `ecomms effects settle {incident}/pin --note HOW`."
            ),
        )
    ]
    # And once the incident is closed, it is no more than worth a look
    night.close(incident)
    ((state, words),) = ward.said("effects")
    assert state == "look"
    assert words.endswith("The incident is closed, so nothing needs to be done any more.")


def test_every_kind_of_effect_says_what_it_was_and_what_to_do_by_hand() -> None:
    every = {
        value
        for name, value in vars(kinds).items()
        if name.isupper() and isinstance(value, str) and name != "CLOSING"
    }
    assert set(doctor_effects.DID) == every
    assert set(doctor_effects.BY_HAND) == every


def test_what_concerns_no_single_thing_is_named_too(sqlite_ward: Ward) -> None:
    night = Night(sqlite_ward.db)
    night.open()
    key = _claim(night, kinds.INVITE)
    with sqlite_ward.db.write() as conn:
        tasks.fail(conn, key, "worker", "It may not.", now=night.now)
    ((_, words),) = sqlite_ward.said("effects")
    assert ": inviting people to the conversation was given up at " in words


def test_what_may_have_been_done_twice_is_worth_a_look(ward: Ward) -> None:
    night = Night(ward.db)
    night.open()
    key = _claim(night, kinds.PIN)
    with ward.db.write() as conn:
        tasks.finish(conn, key, "worker", "C0FLOOD:1.1", unsure=True, now=night.now)
    ((state, words),) = ward.said("effects")
    assert state == "look"
    assert "perhaps twice. Look there; if it is there twice, delete the later one." in words


def test_what_is_tried_again_and_again_is_wrong(ward: Ward) -> None:
    night = Night(ward.db)
    night.open()
    states = []
    for attempt in range(1, tasks.MANY_ATTEMPTS + 1):
        key = _claim(night, kinds.PIN)
        with ward.db.write() as conn:
            tasks.retry(conn, key, "worker", MACHINE, "Slack did not answer.", unsure=True)
        ((state, words),) = ward.said("effects")
        states.append(state)
        assert f"attempts: {attempt}. Slack did not answer. It is tried again by itself" in words
    assert states == ["look", "look", "wrong"]


def test_many_troubles_are_counted_not_all_listed(sqlite_ward: Ward) -> None:
    night = Night(sqlite_ward.db)
    for number in range(TROUBLES_SHOWN + 3):
        night.open(f"Incident {number}", conversation=f"C0{number}")
        key = _claim(night, kinds.PIN)
        with sqlite_ward.db.write() as conn:
            tasks.fail(conn, key, "worker", "It may not.", now=night.now)
    found = sqlite_ward.said("effects")
    assert len(found) == TROUBLES_SHOWN + 1
    assert found[-1] == ("look", "And 3 more of this kind.")
