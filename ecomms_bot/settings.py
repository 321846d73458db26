"""What IT staff set: secrets and places from the environment, the office's own choices from `ecomms.yaml`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    SecretStr,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from ecomms_bot.errors import ConfigurationError

SLACK_API_URL = "https://slack.com/api/"
DATABASE_URL = "sqlite:///ecomms.db"
CONFIG = "ecomms.yaml"
CONFIG_MAX_BYTES = 200_000
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_IN_TOKENS = re.compile(r"[A-Za-z0-9._+/=~-]+")
_SIGNING_SECRET = re.compile(r"[0-9a-f]{32,64}")

VARIABLES: Mapping[str, str] = {
    "SLACK_BOT_TOKEN": "the bot's token (xoxb-…), from the app's page under OAuth & Permissions",
    "SLACK_APP_TOKEN": "the app-level token (xapp-…) with connections:write, for Socket Mode",
    "SLACK_SIGNING_SECRET": "the signing secret, from the app's page under Basic Information, for HTTP mode",
    "SLACK_API_URL": f"where Slack's Web API is; {SLACK_API_URL} unless you practise",
    "ECOMMS_DATABASE_URL": f"where the log is kept; {DATABASE_URL} or postgresql://user:password@host/name",
    "ECOMMS_MIGRATE_URL": "the same database as the user who owns the tables; the same URL unless set",
    "ECOMMS_CONFIG": f"the file with roles, time zone and defaults; {CONFIG} in this folder if it is there",
    "ECOMMS_PLAYBOOKS": "a folder of playbooks; those that come with the bot unless set",
    "ECOMMS_CLOCK": "a practice clock's file; only with a Slack on this machine",
}
"""Every environment variable, and what it is for."""


class Reachable(BaseModel):
    """Whom the office reaches when everything is down. Binders leave a blank where `phone` is missing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    who: Annotated[str, StringConstraints(min_length=1, max_length=75, pattern=r"^[^\n]+$")]
    why: Annotated[str, StringConstraints(max_length=500)] = ""
    phone: Annotated[str, StringConstraints(max_length=75)] = ""

    @field_validator("phone", mode="before")
    @classmethod
    def _in_quotes(cls, phone: Any) -> Any:
        """YAML reads +1604… and 0118… as other numbers than they are."""
        if isinstance(phone, (int, float)):
            msg = 'put the number in quotes, like "604-555-0100"'
            raise ValueError(msg)  # noqa: TRY004 - pydantic turns ValueError alone into a complaint
        return phone


_LEADS = ("sme", "pio", "ic", "exec")


def _check_roles(named: Mapping[str, tuple[str, ...]], known: tuple[str, ...], wrong: str) -> None:
    for role, members in named.items():
        if role not in known:
            msg = f"“{role}” {wrong} {', '.join(known)}"
            raise ValueError(msg)
        for member in members:
            if not member.isalnum() or member[:1] not in {"U", "W", "S"}:
                msg = f"“{member}” is not a Slack id; people begin with U or W, user groups with S"
                raise ValueError(msg)


class Office(BaseModel):
    """What `ecomms.yaml` says. `roles`: role → Slack ids of people (U…) or user groups (S…).

    `deputies`: likewise; they hold the role too, and are asked when its members do not answer in time.
    `discussion`: replies in the threads of texts under review, and of injects, are kept in the log.
    `leaders`: the conversation (C…) to which the bot posts what playbooks write for leaders.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    organisation: str = ""
    info_url: str = ""
    time_zone: str = "UTC"
    roles: Mapping[str, tuple[str, ...]] | None = None
    deputies: Mapping[str, tuple[str, ...]] = {}
    leaders: str = ""
    discussion: bool = True
    contacts: tuple[Reachable, ...] = ()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            msg = f"“{name}” is not a time zone; write it like America/Vancouver"
            raise ValueError(msg) from None
        return name

    @field_validator("leaders")
    @classmethod
    def _conversation(cls, leaders: str) -> str:
        if leaders and not (leaders.isascii() and leaders.isalnum() and leaders[0] in {"C", "G"}):
            msg = (
                f"“{leaders}” is not the id of a Slack conversation; it begins with C and stands at the end "
                "of the conversation's details"
            )
            raise ValueError(msg)
        return leaders

    @field_validator("roles")
    @classmethod
    def _known_roles(
        cls, roles: Mapping[str, tuple[str, ...]] | None
    ) -> Mapping[str, tuple[str, ...]] | None:
        if roles is not None and not any(roles.values()):
            msg = "nobody is named; name people, or leave `roles` out and anyone may approve for all"
            raise ValueError(msg)
        _check_roles(
            roles or {}, ("communicator", *_LEADS, "observer", "records"), "is not a role; the roles are"
        )
        return roles

    @field_validator("deputies")
    @classmethod
    def _of_leads(
        cls, deputies: Mapping[str, tuple[str, ...]], said: ValidationInfo
    ) -> Mapping[str, tuple[str, ...]]:
        _check_roles(deputies, _LEADS, "has no deputies; who approves may have them:")
        if deputies and "roles" in said.data and not said.data["roles"]:
            msg = "name the members under `roles` first; deputies stand in for them"
            raise ValueError(msg)
        return deputies

    @property
    def holders(self) -> Mapping[str, tuple[str, ...]]:
        """Role → everybody named for it, as member or as deputy."""
        both = dict.fromkeys((*(self.roles or {}), *self.deputies))
        return {role: ((self.roles or {}).get(role, ()) + self.deputies.get(role, ())) for role in both}

    @property
    def sha256(self) -> str:
        """Of what was loaded, for the office stream."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


class Settings(BaseModel):
    """Everything a process needs to know before it starts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bot_token: SecretStr | None = None
    app_token: SecretStr | None = None
    signing_secret: SecretStr | None = None
    api_url: str = SLACK_API_URL
    database_url: SecretStr = SecretStr(DATABASE_URL)
    migrate_url: SecretStr | None = None
    playbooks: Path | None = None
    clock: Path | None = None
    office: Office = Office()

    @property
    def loopback(self) -> bool:
        """Whether Slack is the built-in workspace of this machine."""
        return urlsplit(self.api_url).hostname in LOOPBACK

    def tokens(self) -> tuple[str, str]:
        """The bot's and the app's token. Raises ConfigurationError that names what is missing or mixed up."""
        bot, app = _told(self.bot_token), _told(self.app_token)
        if bot.startswith("xapp-") and app.startswith("xoxb-"):
            raise ConfigurationError(
                "SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped: xoxb-… is the bot's, xapp-… is the app's."
                " Set each to the other's value, then start again."
            )
        _require_token("SLACK_BOT_TOKEN", bot, "xoxb-")
        _require_token("SLACK_APP_TOKEN", app, "xapp-")
        return bot, app

    @property
    def for_http(self) -> bool:
        """Whether HTTP mode is what these settings are made for: they lack what Socket Mode needs."""
        return bool(_told(self.signing_secret)) and not _told(self.app_token)

    def signed(self) -> tuple[str, str]:
        """The bot's token and the signing secret, for HTTP mode. Raises ConfigurationError like `tokens`."""
        bot, secret = _told(self.bot_token), _told(self.signing_secret)
        _require_token("SLACK_BOT_TOKEN", bot, "xoxb-")
        if not secret:
            raise ConfigurationError(
                f"SLACK_SIGNING_SECRET is not set. Set it to {VARIABLES['SLACK_SIGNING_SECRET']},"
                " then start again."
            )
        if not _SIGNING_SECRET.fullmatch(secret):
            raise ConfigurationError(
                "SLACK_SIGNING_SECRET should be 32 digits and letters from a to f. Copy it again as a whole:"
                f" it is {VARIABLES['SLACK_SIGNING_SECRET']}."
            )
        return bot, secret


def _require_token(name: str, token: str, start: str) -> None:
    if not token:
        raise ConfigurationError(f"{name} is not set. Set it to {VARIABLES[name]}, then start again.")
    if not token.startswith(start):
        raise ConfigurationError(f"{name} should begin with {start}. Set it to {VARIABLES[name]}.")
    if not _IN_TOKENS.fullmatch(token):
        raise ConfigurationError(
            f"{name}: the token has a character that tokens never have. Copy it again as a whole,"
            " without quotes, spaces or dots in its place."
        )


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Settings from the environment and the file it names. Raises ConfigurationError."""
    api_url = environment.get("SLACK_API_URL") or SLACK_API_URL
    settings = Settings(
        bot_token=_secret(environment.get("SLACK_BOT_TOKEN")),
        app_token=_secret(environment.get("SLACK_APP_TOKEN")),
        signing_secret=_secret(environment.get("SLACK_SIGNING_SECRET")),
        api_url=_api_url(api_url),
        database_url=SecretStr(environment.get("ECOMMS_DATABASE_URL") or DATABASE_URL),
        migrate_url=_secret(environment.get("ECOMMS_MIGRATE_URL")),
        playbooks=_path(environment.get("ECOMMS_PLAYBOOKS")),
        clock=_path(environment.get("ECOMMS_CLOCK")),
        office=load_office(environment.get("ECOMMS_CONFIG")),
    )
    if settings.clock is not None and not settings.loopback:
        raise ConfigurationError(
            "ECOMMS_CLOCK names a practice clock, but Slack is not on this machine. "
            "Unset ECOMMS_CLOCK: real incidents run on the system's clock. Nothing was started."
        )
    return settings


def load_office(named: str | None) -> Office:
    """`ecomms.yaml`: the named one must be there, the default one may be. Raises ConfigurationError."""
    path = Path(named or CONFIG)
    if not path.is_file():
        if named:
            raise ConfigurationError(f"ECOMMS_CONFIG names {path}, and there is no such file.")
        return Office()
    try:
        if path.stat().st_size > CONFIG_MAX_BYTES:
            raise ConfigurationError(
                f"{path} is larger than {CONFIG_MAX_BYTES} bytes; that is not a configuration."
            )
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ConfigurationError(f"{path}{where}: this is not valid YAML. Nothing was started.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}.") from None
    return _office(path, {} if raw is None else raw)


def _office(path: Path, raw: Any) -> Office:
    if not isinstance(raw, dict):
        raise ConfigurationError(
            f"{path} should hold settings by name, such as `time_zone: America/Vancouver`."
        )
    try:
        return Office.model_validate(raw)
    except ValidationError as error:
        lines = [f"  {'.'.join(map(str, each['loc']))}: {_plain(each['msg'])}" for each in error.errors()]
        raise ConfigurationError(f"{path} cannot be used:\n" + "\n".join(lines)) from None


def _plain(message: str) -> str:
    plainly = {
        "Extra inputs are not permitted": "there is no such setting",
        "Field required": "this is missing",
        "Input should be a valid tuple": "a list is expected here",
    }
    return plainly.get(message, message.removeprefix("Value error, "))


def _api_url(url: str) -> str:
    if not _is_secure(url):
        raise ConfigurationError(
            "SLACK_API_URL should be an address that begins with https://. Nothing was started."
        )
    return url if url.endswith("/") else url + "/"


def _is_secure(url: str) -> bool:
    """Encrypted, or on this machine."""
    try:
        parts = urlsplit(url)
    except ValueError:  # half an address, such as https://[::1
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    )


def _told(token: SecretStr | None) -> str:
    return token.get_secret_value().strip() if token else ""


def _secret(value: str | None) -> SecretStr | None:
    return SecretStr(value) if value else None


def _path(value: str | None) -> Path | None:
    return Path(value) if value else None
