"""`ecomms run`: the bot in the foreground, its output without secrets, until somebody stops it."""

from __future__ import annotations

import logging
import re
import signal
import sys
import threading
import time
from collections.abc import Iterable
from types import FrameType

from ecomms_bot import __version__, bootstrap
from ecomms_bot.cli.common import place
from ecomms_bot.settings import Settings
from ecomms_bot.store.address import Address

HIDDEN = "…"
QUIET = ("slack_bolt", "slack_sdk", "apscheduler", "ecomms_bot.slack.bolt", "alembic")
"""Libraries that tell too much; only their warnings are of use."""

_TOKENS = re.compile(r"x(?:ox[a-z]|app)-[\w-]+(?:\.[\w-]+)*")
_IN_ADDRESS = re.compile(r"(?<=://)[^/\s@]*:[^/\s]*@")

logger = logging.getLogger(__name__)


class Discreet(logging.Formatter):
    """Lines with UTC times, tracebacks included, in which no token and no password is to be seen."""

    converter = staticmethod(time.gmtime)

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")
        self._secrets = sorted({each for each in secrets if each}, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return _IN_ADDRESS.sub(f"{HIDDEN}@", _TOKENS.sub(HIDDEN, text))


def run_bot(settings: Settings) -> None:
    """Start, say what it works with, wait for SIGTERM or SIGINT, stop in order. Raises EcommsError."""
    write_log(settings)
    stopping = threading.Event()

    def stop(number: int, _frame: FrameType | None) -> None:
        # Whoever asks twice does not want to wait for what is being done.
        signal.signal(number, signal.SIG_DFL)
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    bot = bootstrap.build(settings)
    logger.info(
        "ecomms-bot %s, Slack at %s by Socket Mode, database %s",
        __version__,
        place(settings.api_url),
        bot.db.address.shown,
    )
    bot.start()
    try:
        stopping.wait()
        logger.info("Stopping: what is being done is finished first")
    finally:
        bot.stop()
    logger.info("Stopped")


def write_log(settings: Settings) -> None:
    """Send the output of this process to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Discreet(secrets_of(settings)))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    threading.excepthook = _thread_died


def _thread_died(died: threading.ExceptHookArgs) -> None:
    """Python would print this past the log, and so past `Discreet`."""
    if died.exc_value is not None and died.exc_type is not SystemExit:
        logger.error(
            "A thread ended unexpectedly", exc_info=(died.exc_type, died.exc_value, died.exc_traceback)
        )


def secrets_of(settings: Settings) -> list[str]:
    """The words that must never be printed. Raises ConfigurationError for an address that cannot be read."""
    found = [each.get_secret_value() for each in (settings.bot_token, settings.app_token) if each]
    for url in (settings.database_url, settings.migrate_url):
        if url is not None:
            address = Address.parse(url.get_secret_value())
            found += [url.get_secret_value(), address.url.password or ""]
    return found
