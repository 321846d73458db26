"""`ecomms doctor`: asks Slack and the database, and prints a line for each answer."""

from __future__ import annotations

import logging
import socket

import click
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from ecomms_bot import bootstrap
from ecomms_bot.cli.common import place, settings, shown
from ecomms_bot.errors import ConfigurationError, EcommsError
from ecomms_bot.service.doctor import Finding, NotMadeYet, Patient, SlackLook, examine
from ecomms_bot.settings import Settings
from ecomms_bot.slack.people import RoleDirectory
from ecomms_bot.store.engine import Database

ASK_TIMEOUT_S = 5
_SILENT = logging.Logger("silent", logging.CRITICAL + 1)  # noqa: LOG001  (apart from all others on purpose)
"""What the client would say of a failure is said in a line of ours."""


def checkup() -> int:
    """Print all findings; 1 if something is wrong, else 0."""
    try:
        of = settings()
    except EcommsError as error:
        _write(Finding("wrong", "settings", str(error)))
        return 1
    _write(Finding("ok", "settings", "They can be read."))
    patient = Patient(
        settings=of,
        host=bootstrap.machine_name(),
        clock=lambda: bootstrap.clock_of(of),
        database=lambda: _database(of),
        slack=lambda: look_at_slack(of),
    )
    wrong = 0
    for finding in examine(patient):
        _write(finding)
        wrong += finding.state == "wrong"
    click.echo(f"Wrong: {wrong}." if wrong else "Nothing is wrong.")
    return 1 if wrong else 0


def _write(finding: Finding) -> None:
    words = shown(finding.words).replace("\n", "\n" + " " * 18)
    click.echo(f"{finding.state:<6}{finding.subject:<12}{words}")


def _database(of: Settings) -> Database:
    db = bootstrap.database_of(of)
    if db.address.dialect == "sqlite" and not db.address.path.exists():
        folder = db.address.path.parent
        if not folder.is_dir() and not folder.parent.is_dir():
            raise ConfigurationError(f"There is no folder {folder}. Make it, or correct ECOMMS_DATABASE_URL.")
        raise NotMadeYet(
            f"There is no file {db.address.path} yet; the first start makes it. If there should be one, check"
            " ECOMMS_DATABASE_URL, and the folder in which you are."
        )
    return db


def look_at_slack(of: Settings) -> SlackLook:
    """Ask Slack who the bot is and who is in the user groups, if there is a token. Never raises."""
    directory = RoleDirectory(of.office.roles)
    try:
        token, _ = of.signed() if of.for_http else of.tokens()
    except EcommsError:
        not_asked = Finding("look", "Slack", "Not asked: for that both tokens are needed.")
        return SlackLook(not_asked, directory.roster(), _with_groups(of))
    client = WebClient(
        token=token, base_url=of.api_url, timeout=ASK_TIMEOUT_S, retry_handlers=[], logger=_SILENT
    )
    try:
        answer = client.auth_test()
    except SlackApiError as error:
        code = error.response.get("error", "an unknown error")
        refused = f"It does not accept the bot's token ({code}). Check SLACK_BOT_TOKEN, and the app in Slack."
        return SlackLook(Finding("wrong", "Slack", refused), directory.roster(), _with_groups(of))
    except Exception as error:  # noqa: BLE001 - whatever keeps Slack away, the other lines are still wanted
        away = Finding("wrong", "Slack", _away(error, of.api_url))
        return SlackLook(away, directory.roster(), _with_groups(of))
    directory.refresh(client)
    team, user = answer.get("team", "?"), answer.get("user", "?")
    return SlackLook(Finding("ok", "Slack", f"The bot is {user} in {team}."), directory.roster())


def _away(error: Exception, url: str) -> str:
    """Why there was no answer, as far as the network tells, and what to look at."""
    where = place(url)
    match getattr(error, "reason", error):
        case ConnectionRefusedError():
            said = f"Nothing answers at {where}."
        case TimeoutError():
            said = f"There was no answer from {where} within {ASK_TIMEOUT_S} s."
        case socket.gaierror():
            said = f"The name in {where} is not known on this network."
        case other:
            said = f"{where} cannot be reached ({type(other).__name__})."
    return f"{said} Check the network, the proxy and SLACK_API_URL."


def _with_groups(of: Settings) -> tuple[str, ...]:
    """The roles whose members are not all named one by one."""
    roles = of.office.roles or {}
    return tuple(role for role, ids in roles.items() if any(each.startswith("S") for each in ids))
