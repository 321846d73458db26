"""`ecomms doctor`: asks Slack and the database, and prints a line for each answer."""

from __future__ import annotations

import logging

import click
from slack_sdk import WebClient

from ecomms_bot import bootstrap
from ecomms_bot.cli.common import place, settings, shown
from ecomms_bot.errors import ConfigurationError, EcommsError
from ecomms_bot.service.doctor import Finding, NotMadeYet, Patient, examine
from ecomms_bot.settings import Settings
from ecomms_bot.slack.inspection import Inspection
from ecomms_bot.store.engine import Database

ASK_TIMEOUT_S = 5
_SILENT = logging.Logger("silent", logging.CRITICAL + 1)  # noqa: LOG001  (apart from all others on purpose)
"""What the client would say of a failure is said in a line of ours."""


def checkup(*, quick: bool = False) -> int:
    """Print all findings; 1 if something is wrong, else 0. `quick`: Slack does not look at messages."""
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
        slack=lambda: _inspection(of, messages=not quick).look(),
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


def _inspection(of: Settings, *, messages: bool) -> Inspection:
    def client(token: str) -> WebClient:
        return WebClient(
            token=token, base_url=of.api_url, timeout=ASK_TIMEOUT_S, retry_handlers=[], logger=_SILENT
        )

    machine = bootstrap.clock_of(of).machine
    return Inspection(of, client, machine, place(of.api_url), ASK_TIMEOUT_S, messages=messages)
