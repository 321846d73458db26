"""`ecomms practice`: the practice workspace on a page of this machine, until somebody stops it."""

from __future__ import annotations

import os
import platform
import signal
import time
from pathlib import Path
from types import FrameType

import click

from ecomms_bot.cli.common import SIGNAL_S

PORT = 8765
TOLD = """The practice workspace is open: {url}
Everything in it is an exercise on this machine. The log and the bot's output: {folder}
End it with Ctrl-C."""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="The port of the page on this machine; 0 takes a free one.",
)
@click.option("--no-browser", is_flag=True, help="Print the page's address, open no browser.")
@click.option("--fresh", is_flag=True, help="Throw away the logs of earlier practices in the folder.")
@click.option(
    "--speed",
    type=click.FloatRange(0, 60),
    default=1.0,
    show_default=True,
    metavar="N",
    help="So many practice seconds in a second, to begin with; 0 stands still.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("practice-output"),
    show_default=True,
    help="Where the log and the bot's output are kept.",
)
def practice(port: int, no_browser: bool, fresh: bool, speed: float, folder: Path) -> None:  # noqa: FBT001
    """Open a practice workspace in the browser: the bot at work, people to be, a clock to push.

    It needs no Slack and reaches no other machine. Each practice begins with a new log; earlier ones stay in
    the folder. The playbooks are those of the folder that ECOMMS_PLAYBOOKS names, else those that come with
    the bot.
    """
    import webbrowser

    from ecomms_bot.practice.drill import libraries_hushed
    from ecomms_bot.practice.page.panels import page
    from ecomms_bot.practice.training import training

    for number in SIGNALS:
        signal.signal(number, _stop)
    books = os.environ.get("ECOMMS_PLAYBOOKS")
    click.echo("Opening the practice workspace …")
    try:
        with (
            libraries_hushed(),
            training(
                folder,
                port=port,
                speed=speed,
                fresh=fresh,
                playbooks=Path(books) if books else None,
                site=page,
            ) as (_, server),
        ):
            url = f"http://127.0.0.1:{server.port}"
            click.echo(TOLD.format(url=url, folder=folder))
            if not no_browser and _has_screen():
                webbrowser.open(url)
            while True:
                time.sleep(SIGNAL_S)
    except KeyboardInterrupt:
        click.echo("The practice workspace is closed.")


def _stop(_number: int, _frame: FrameType | None) -> None:
    """Once is enough: closing takes a few seconds, and a second signal would leave the bot running."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _has_screen() -> bool:
    """Without one, a browser for the terminal might be opened in place of what stands there."""
    if platform.system() == "Linux":
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True
