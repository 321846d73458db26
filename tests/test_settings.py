"""What the environment and `ecomms.yaml` set, and what is said of what cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecomms_bot.errors import ConfigurationError
from ecomms_bot.settings import CONFIG_MAX_BYTES, VARIABLES, Settings, from_environment, load_office

SIGNING_SECRET = "0123456789abcdef0123456789abcdef"
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1-very-secret", "SLACK_APP_TOKEN": "xapp-1-very-secret"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to start in, so that no `ecomms.yaml` of ours is read."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(**environment: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        from_environment(environment)
    return str(caught.value)


# --- the environment ---


def test_nothing_set_means_slack_itself_a_file_here_and_no_roles() -> None:
    settings = from_environment({})
    assert settings.api_url == "https://slack.com/api/"
    assert settings.database_url.get_secret_value() == "sqlite:///ecomms.db"
    assert (settings.migrate_url, settings.playbooks, settings.clock) == (None, None, None)
    assert (settings.office.roles, settings.office.time_zone) == (None, "UTC")
    assert not settings.loopback


def test_every_variable_is_used(folder: Path) -> None:
    (folder / "office.yaml").write_text("organisation: B.C. Ministry of Transportation\n")
    given = {
        **TOKENS,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": "http://127.0.0.1:8010/api",
        "ECOMMS_DATABASE_URL": "postgresql://bot:hunter2@db/ecomms",
        "ECOMMS_MIGRATE_URL": "postgresql://owner:hunter2@db/ecomms",
        "ECOMMS_CONFIG": "office.yaml",
        "ECOMMS_PLAYBOOKS": "books",
        "ECOMMS_CLOCK": "clock.json",
    }
    assert set(given) == set(VARIABLES)
    settings = from_environment(given)
    assert settings.tokens() == (TOKENS["SLACK_BOT_TOKEN"], TOKENS["SLACK_APP_TOKEN"])
    assert settings.signed() == (TOKENS["SLACK_BOT_TOKEN"], SIGNING_SECRET)
    assert settings.api_url == "http://127.0.0.1:8010/api/"
    assert settings.loopback
    assert settings.database_url.get_secret_value() == given["ECOMMS_DATABASE_URL"]
    assert settings.migrate_url is not None
    assert settings.migrate_url.get_secret_value() == given["ECOMMS_MIGRATE_URL"]
    assert settings.office.organisation == "B.C. Ministry of Transportation"
    assert (settings.playbooks, settings.clock) == (Path("books"), Path("clock.json"))


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    assert from_environment(dict.fromkeys(VARIABLES, "")) == from_environment({})


def test_printed_settings_have_no_secret() -> None:
    url = "postgresql://bot:hunter2@db/ecomms"
    given = {**TOKENS, "SLACK_SIGNING_SECRET": SIGNING_SECRET, "ECOMMS_DATABASE_URL": url}
    settings = from_environment({**given, "ECOMMS_MIGRATE_URL": url})
    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert [each for each in ("very-secret", SIGNING_SECRET, "hunter2") if each in shown] == []


@pytest.mark.parametrize(
    ("tokens", "said"),
    [
        ({}, "SLACK_BOT_TOKEN is not set."),
        ({"SLACK_BOT_TOKEN": TOKENS["SLACK_BOT_TOKEN"]}, "SLACK_APP_TOKEN is not set."),
        ({**TOKENS, "SLACK_BOT_TOKEN": "xoxp-1-very-secret"}, "SLACK_BOT_TOKEN should begin with xoxb-."),
        ({**TOKENS, "SLACK_APP_TOKEN": "xoxb-1-very-secret"}, "SLACK_APP_TOKEN should begin with xapp-."),
        (
            {"SLACK_BOT_TOKEN": TOKENS["SLACK_APP_TOKEN"], "SLACK_APP_TOKEN": TOKENS["SLACK_BOT_TOKEN"]},
            "SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped",
        ),
        ({**TOKENS, "SLACK_BOT_TOKEN": "xoxb-very-secret…"}, "SLACK_BOT_TOKEN: the token has a character"),
        ({**TOKENS, "SLACK_APP_TOKEN": "xapp-very-secret'"}, "SLACK_APP_TOKEN: the token has a character"),
    ],
)
def test_a_token_that_is_missing_or_another_one_is_named_not_shown(tokens: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        from_environment(tokens).tokens()
    assert str(caught.value).startswith(said)
    assert "very-secret" not in str(caught.value)


def test_http_mode_needs_the_signing_secret_in_place_of_the_apps_token() -> None:
    bot = {"SLACK_BOT_TOKEN": TOKENS["SLACK_BOT_TOKEN"]}
    settings = from_environment({**bot, "SLACK_SIGNING_SECRET": f"{SIGNING_SECRET}\n"})
    assert settings.signed() == (bot["SLACK_BOT_TOKEN"], SIGNING_SECRET)
    assert settings.for_http
    # with both, Socket Mode can run too
    assert not from_environment({**TOKENS, "SLACK_SIGNING_SECRET": SIGNING_SECRET}).for_http
    assert not from_environment(bot).for_http


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "SLACK_BOT_TOKEN is not set."),
        (TOKENS, "SLACK_SIGNING_SECRET is not set. Set it to the signing secret, from the app's page"),
        (
            {**TOKENS, "SLACK_SIGNING_SECRET": "xapp-1-very-secret"},
            "SLACK_SIGNING_SECRET should be 32 digits",
        ),
        ({**TOKENS, "SLACK_SIGNING_SECRET": "very-secret…"}, "SLACK_SIGNING_SECRET should be 32"),
    ],
)
def test_a_signing_secret_that_is_missing_or_another_is_named_not_shown(
    given: dict[str, str], said: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        from_environment(given).signed()
    assert str(caught.value).startswith(said)
    assert "very-secret" not in str(caught.value)


def test_a_line_break_at_the_end_of_a_token_does_no_harm() -> None:
    settings = from_environment({name: f" {token}\n" for name, token in TOKENS.items()})
    assert settings.tokens() == (TOKENS["SLACK_BOT_TOKEN"], TOKENS["SLACK_APP_TOKEN"])


@pytest.mark.parametrize("url", ["https://slack.example/api/", "http://localhost:1/", "http://[::1]:1/api/"])
def test_slack_is_asked_in_secret_or_on_this_machine(url: str) -> None:
    assert from_environment({"SLACK_API_URL": url}).api_url == url


@pytest.mark.parametrize("url", ["slack.com/api", "http://slack.com/api/", "ftp://slack.com", "https://"])
def test_any_other_address_of_slack_is_refused(url: str) -> None:
    assert refused(SLACK_API_URL=url).startswith("SLACK_API_URL should be an address")


def test_a_practice_clock_is_for_a_slack_on_this_machine_only() -> None:
    clock = {"ECOMMS_CLOCK": "clock.json"}
    assert from_environment({**clock, "SLACK_API_URL": "http://127.0.0.1:1/api/"}).clock == Path("clock.json")
    assert "real incidents run on the system's clock" in refused(**clock)
    assert "real incidents run on the system's clock" in refused(
        **clock, SLACK_API_URL="https://slack.example/"
    )


# --- ecomms.yaml ---


def test_the_file_in_this_folder_is_read_without_being_named(folder: Path) -> None:
    (folder / "ecomms.yaml").write_text(
        "organisation: City of Merritt\n"
        "info_url: https://www.merritt.ca\n"
        "time_zone: America/Vancouver\n"
        "roles:\n  pio: [U0PIA, S0PIOS]\n  ic: [W0IRENE]\n"
    )
    office = from_environment({}).office
    assert (office.organisation, office.info_url) == ("City of Merritt", "https://www.merritt.ca")
    assert office.time_zone == "America/Vancouver"
    assert office.roles == {"pio": ("U0PIA", "S0PIOS"), "ic": ("W0IRENE",)}


@pytest.mark.parametrize("named", ["C0123456789", "G0123456789", ""])
def test_leaders_have_a_conversation_or_none(folder: Path, named: str) -> None:
    (folder / "ecomms.yaml").write_text(f"leaders: '{named}'\n")
    assert load_office(None).leaders == named


def test_deputies_are_named_beside_the_members_of_a_role(folder: Path) -> None:
    (folder / "ecomms.yaml").write_text(
        "roles: {pio: [U0PIA], sme: [U0DALE]}\ndeputies: {pio: [U0OLGA, S0DEPUTIES], ic: [U0PIA]}\n"
    )
    office = from_environment({}).office
    assert office.deputies == {"pio": ("U0OLGA", "S0DEPUTIES"), "ic": ("U0PIA",)}
    assert office.holders == {"pio": ("U0PIA", "U0OLGA", "S0DEPUTIES"), "sme": ("U0DALE",), "ic": ("U0PIA",)}


def test_replies_to_reviews_are_kept_unless_the_office_says_otherwise(folder: Path) -> None:
    (folder / "ecomms.yaml").write_text("organisation: City of Merritt\n")
    assert from_environment({}).office.discussion
    (folder / "ecomms.yaml").write_text("discussion: false\n")
    assert not from_environment({}).office.discussion


def test_contacts_for_the_printed_binder_may_lack_all_but_a_name(folder: Path) -> None:
    (folder / "ecomms.yaml").write_text(
        "contacts:\n"
        "  - {who: Duty manager, why: approves when nobody else can be reached, phone: '+1 604 555 0100'}\n"
        "  - who: Radio room\n"
    )
    manager, radio = from_environment({}).office.contacts
    assert manager.phone == "+1 604 555 0100"
    assert (radio.who, radio.why, radio.phone) == ("Radio room", "", "")


def test_an_empty_file_sets_nothing(folder: Path) -> None:
    (folder / "ecomms.yaml").write_text("# nothing yet\n")
    assert from_environment({}) == Settings()


def test_what_was_loaded_has_a_hash_that_follows_its_content(folder: Path) -> None:
    file = folder / "ecomms.yaml"
    file.write_text("organisation: A\ntime_zone: UTC\n")
    first = load_office(None).sha256
    file.write_text("# the same in other words\ntime_zone: UTC\norganisation: 'A'\n")
    assert load_office(None).sha256 == first
    file.write_text("organisation: B\n")
    assert load_office(None).sha256 != first


def test_a_file_that_is_named_must_be_there() -> None:
    assert refused(ECOMMS_CONFIG="office.yaml") == (
        "ECOMMS_CONFIG names office.yaml, and there is no such file."
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("roles: [oops\n", "line 2, column 1: this is not valid YAML"),
        ("- a list\n", "should hold settings by name"),
        ("time_zone: Pacific/Vancouver\n", "time_zone: “Pacific/Vancouver” is not a time zone"),
        ("colour: red\n", "colour: there is no such setting"),
        ("roles: {boss: [U0PIA]}\n", "roles: “boss” is not a role; the roles are communicator, sme, pio"),
        ("roles: {pio: ['@pia']}\n", "roles: “@pia” is not a Slack id"),
        ("deputies: {pio: [U0PIA]}\n", "deputies: name the members under `roles` first"),
        ("roles: {pio: [U0PIA]}\ndeputies: {records: [U0PIA]}\n", "deputies: “records” has no deputies"),
        ("roles: {pio: [U0PIA]}\ndeputies: {pio: [Olga]}\n", "deputies: “Olga” is not a Slack id"),
        ("leaders: '#leaders'\n", "leaders: “#leaders” is not the id of a Slack conversation"),
        ("leaders: U0PIA\n", "leaders: “U0PIA” is not the id of a Slack conversation"),
        ("contacts: [{why: roads}]\n", "contacts.0.who: this is missing"),
        ("contacts: [{who: ''}]\n", "contacts.0.who: "),
        ("contacts: [{who: A, phone: +16045550100}]\n", "contacts.0.phone: put the number in quotes, like"),
        ("contacts: 604-555-0100\n", "contacts: a list is expected here"),
        ("organisation: !!python/object/apply:os.getcwd []\n", "this is not valid YAML"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_place(folder: Path, text: str, said: str) -> None:
    (folder / "office.yaml").write_text(text)
    found = refused(ECOMMS_CONFIG="office.yaml")
    assert found.startswith("office.yaml")
    assert said in found


def test_a_file_that_is_no_text_or_far_too_large_is_refused(folder: Path) -> None:
    (folder / "office.yaml").write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in refused(ECOMMS_CONFIG="office.yaml")
    (folder / "office.yaml").write_text("#" * (CONFIG_MAX_BYTES + 1))
    assert "is not a configuration" in refused(ECOMMS_CONFIG="office.yaml")
