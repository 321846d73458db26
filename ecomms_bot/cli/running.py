"""`ecomms run`: the bot in the foreground, its output without secrets, until somebody stops it."""

from __future__ import annotations

import gc
import logging
import os
import queue
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import FrameType

from ecomms_bot import __version__, bootstrap
from ecomms_bot.cli.common import SIGNAL_S, place
from ecomms_bot.settings import Settings
from ecomms_bot.slack.web import Listen
from ecomms_bot.store.address import Address

HIDDEN = "…"
QUIET = ("apscheduler", "alembic", "waitress")
"""Libraries that tell too much; only their warnings are of use."""
SILENT = ("slack_bolt", "slack_sdk", "waitress.queue")
"""Slack's libraries: each failed call is told by us, once, and without what they quote. A queue of requests
is what threads are for; it is no news."""
BOLT = "ecomms_bot.slack.bolt"
"""The logger that is given to bolt, and by bolt to the socket."""
BROKEN_AGAIN_S = 60.0

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


class Line(logging.Filter):
    """What the socket says of itself, in one line of ours a minute; before it ever stood, nothing.

    Each try to connect at the start is told by `slack.connection`.
    """

    def __init__(self, up: Callable[[], bool] = lambda: False, *, socket: bool = True) -> None:
        super().__init__()
        self.up, self.socket = up, socket
        self._told = float("-inf")

    def filter(self, record: logging.LogRecord) -> bool:
        ours = not self.socket or "listener" in str(record.msg)
        if record.name != BOLT or (record.levelno >= logging.ERROR and ours):
            return True
        if record.levelno < logging.ERROR or not self.up() or record.created - self._told < BROKEN_AGAIN_S:
            return False
        self._told = record.created
        record.msg, record.args = "The line to Slack is broken; it is tried again until it stands", ()
        record.exc_info = record.exc_text = None
        return True


def run_bot(settings: Settings, http: str | None = None, *, held: bool = False) -> None:
    """Start, say what it works with, wait for SIGTERM or SIGINT, stop in order. Raises EcommsError.

    `http`: the address at which Slack's requests are taken, in place of Socket Mode. `held`: it stops too
    when standard input ends, so that it does not outlive who started it.
    """
    line = write_log(settings)
    line.socket = http is None
    listen = None if http is None else Listen.parse(http)
    # Not an event: its lock could be held by the very thread that a signal interrupts.
    stopping = queue.SimpleQueue[None]()

    def stop(number: int, _frame: FrameType | None) -> None:
        # Whoever asks twice does not want to wait for what is being done.
        signal.signal(number, signal.SIG_DFL)
        stopping.put(None)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    if held:
        threading.Thread(target=_until_let_go, args=(stopping,), name="held", daemon=True).start()
    bot = bootstrap.build(settings, listen)
    gc.freeze()  # what is there now stays: answers need not wait while it is looked through
    line.up = lambda: bot.line.wait_until_up(0)
    logger.info(
        "ecomms-bot %s, Slack at %s by %s, database %s",
        __version__,
        place(settings.api_url),
        "Socket Mode" if listen is None else "HTTP",
        bot.db.address.shown,
    )
    if settings.clock is not None:
        bot.alarm.follow(settings.clock)  # in practice somebody else pushes it
    bot.start()
    try:
        _until_asked(stopping)
        line.up = lambda: False
        logger.info("Stopping: what is being done is finished first")
    finally:
        finished = bot.stop()
    if not finished:
        # Python would wait for every thread that waits for Slack; what they sent is looked up at a start.
        logger.info("Stopped; what Slack has not answered yet is looked up at the next start")
        logging.shutdown()
        os._exit(0)
    logger.info("Stopped")


def _until_asked(stopping: queue.SimpleQueue[None]) -> None:
    while True:
        with suppress(queue.Empty):
            stopping.get(timeout=SIGNAL_S)
            return


def _until_let_go(stopping: queue.SimpleQueue[None]) -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    stopping.put(None)


def write_log(settings: Settings) -> Line:
    """Send the output of this process to stderr."""
    handler, line = logging.StreamHandler(sys.stderr), Line()
    handler.setFormatter(Discreet(secrets_of(settings)))
    handler.addFilter(line)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    logging.captureWarnings(capture=True)
    threading.excepthook = _thread_died
    return line


def _thread_died(died: threading.ExceptHookArgs) -> None:
    """Python would print this past the log, and so past `Discreet`."""
    if died.exc_value is not None and died.exc_type is not SystemExit:
        logger.error(
            "A thread ended unexpectedly", exc_info=(died.exc_type, died.exc_value, died.exc_traceback)
        )


def secrets_of(settings: Settings) -> list[str]:
    """The words that must never be printed. Raises ConfigurationError for an address that cannot be read."""
    tokens = (settings.bot_token, settings.app_token, settings.signing_secret)
    found = [each.get_secret_value().strip() for each in tokens if each]
    for url in (settings.database_url, settings.migrate_url):
        if url is not None:
            address = Address.parse(url.get_secret_value())
            found += [url.get_secret_value(), address.url.password or ""]
    return found
