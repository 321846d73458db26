"""Is everything there that the bot needs? Settings and playbooks here, and all else in its turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ecomms_bot.errors import EcommsError
from ecomms_bot.playbook.drill_files import load_drills
from ecomms_bot.playbook.library import Library, shipped_folder
from ecomms_bot.service.doctor_database import look_at_database
from ecomms_bot.service.doctor_duty import look_at_duty
from ecomms_bot.service.doctor_roles import look_at_roles
from ecomms_bot.service.findings import Finding, SlackLook
from ecomms_bot.service.ports import Clock
from ecomms_bot.settings import Settings
from ecomms_bot.store.engine import Database

__all__ = ["Finding", "NotMadeYet", "Patient", "SlackLook", "examine"]


class NotMadeYet(EcommsError):
    """There is no database yet; the first start makes it."""


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at. `database` and `slack` may find that theirs is gone; only `database` may raise."""

    settings: Settings
    host: str
    clock: Callable[[], Clock]
    database: Callable[[], Database]
    slack: Callable[[], SlackLook]


def examine(patient: Patient) -> Iterator[Finding]:
    """All findings, one after the other. Never raises EcommsError: what cannot be looked at is a finding."""
    settings = patient.settings
    yield from _tokens(settings)
    yield from _clock(patient)
    looked = patient.slack()
    yield from looked.findings
    library = Library.from_folder(settings.playbooks or shipped_folder())
    yield from _playbooks(library, settings)
    yield from _drills(library, settings)
    yield from look_at_roles(library, looked, settings)
    try:
        db = patient.database()
    except EcommsError as error:
        yield Finding("look" if isinstance(error, NotMadeYet) else "wrong", "database", str(error))
        return
    try:
        yield from look_at_duty(db, patient.clock(), library, looked, settings)
        yield from look_at_database(db, patient.host, patient.clock().machine)
    except EcommsError as error:
        yield Finding("wrong", "database", str(error))
    finally:
        db.dispose()


def _tokens(settings: Settings) -> Iterator[Finding]:
    second, mode = ("SIGNING_SECRET", "HTTP mode") if settings.for_http else ("APP_TOKEN", "Socket Mode")
    try:
        _ = settings.signed() if settings.for_http else settings.tokens()
    except EcommsError as error:
        yield Finding("wrong", "tokens", str(error))
    else:
        yield Finding("ok", "tokens", f"SLACK_BOT_TOKEN and SLACK_{second} are set, for {mode}.")


def _clock(patient: Patient) -> Iterator[Finding]:
    if patient.settings.clock is None:
        yield Finding("ok", "clock", "The system's clock.")
        return
    try:
        now = patient.clock().now()
    except EcommsError as error:
        yield Finding("wrong", "clock", str(error))
        return
    yield Finding(
        "look",
        "clock",
        f"A practice clock, where it is {now:%Y-%m-%d %H:%M} UTC. For real incidents unset ECOMMS_CLOCK.",
    )


def _playbooks(library: Library, settings: Settings) -> Iterator[Finding]:
    if settings.playbooks is not None and not settings.playbooks.is_dir():
        there_is_none = f"There is no folder {settings.playbooks}, so no incident can be opened."
        yield Finding("wrong", "playbooks", f"{there_is_none} Correct ECOMMS_PLAYBOOKS, or unset it.")
        return
    for problem in library.problems:
        yield Finding("wrong", "playbooks", str(problem))
    if library.playbooks:
        names = sorted(loaded.playbook.title for loaded in library.playbooks.values())
        yield Finding("ok", "playbooks", f"{len(names)} can be used: {', '.join(names)}.")
    elif not library.problems:
        missing = "offered (all say offered: false)" if library.bases else "in the folder"
        yield Finding("wrong", "playbooks", f"There is no playbook {missing}, so no incident can be opened.")


def _drills(library: Library, settings: Settings) -> Iterator[Finding]:
    """Those of the office. One that cannot be used keeps nobody from an incident."""
    own = settings.playbooks
    for problem in load_drills(own, library.playbooks).problems if own is not None else ():
        yield Finding("look", "drills", f"{problem}\nNobody can take part in it.")
