"""The terminal: `ecomms`, for who runs the bot and who keeps its records."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import IO, Any

import click

from ecomms_bot import __version__
from ecomms_bot.cli.check import check
from ecomms_bot.cli.common import allow, database, require_file, settings
from ecomms_bot.cli.debrief import debrief
from ecomms_bot.cli.due import due, show
from ecomms_bot.cli.effects import effects
from ecomms_bot.cli.log import log
from ecomms_bot.cli.practice import practice
from ecomms_bot.cli.preview import preview
from ecomms_bot.cli.print_ import print_
from ecomms_bot.cli.schema import schema
from ecomms_bot.errors import EcommsError

HEALTHY_S = 60
ANSWER_S = 5
"""How long `ecomms health` waits for the database; whoever asks for it waits 10 s."""
LISTEN = "127.0.0.1:3000"
"""Where requests are taken unless another address is given. Other machines cannot reach it: a proxy does."""
INTERRUPTED = 130
"""What a shell expects of a program that was ended with Ctrl-C."""


class Complaint(click.ClickException):
    """An error of ours as it is: a sentence on stderr, exit code 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, file=file, err=file is None)


class Ecomms(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except EcommsError as error:
            raise Complaint(str(error)) from error
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except click.Abort:
            raise Complaint("Nothing was changed.") from None


@click.group(cls=Ecomms, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="ecomms")
def cli() -> None:
    """Walks communicators through a flood, a fire or a closure, and keeps the log of it.

    Settings come from the environment: SLACK_BOT_TOKEN, SLACK_APP_TOKEN, ECOMMS_DATABASE_URL and others.
    """


cli.add_command(check)
cli.add_command(debrief)
cli.add_command(due)
cli.add_command(effects)
cli.add_command(log)
cli.add_command(practice)
cli.add_command(preview)
cli.add_command(print_)
cli.add_command(schema)
cli.add_command(show)


@cli.command()
@click.option(
    "--http",
    is_flag=False,
    flag_value=LISTEN,
    default=None,
    metavar="[HOST:PORT]",
    help=f"Take Slack's requests here (without an address: {LISTEN}) in place of Socket Mode.",
)
@click.option("--held", is_flag=True, hidden=True)
def run(http: str | None, held: bool) -> None:  # noqa: FBT001 - click gives options like this
    """Run the bot until it is stopped (Ctrl-C or SIGTERM).

    It calls Slack (Socket Mode) and needs SLACK_APP_TOKEN. With --http Slack calls it, through a proxy that
    ends TLS, at /slack/events: that needs SLACK_SIGNING_SECRET.
    """
    # --held is for a practice: stop when standard input ends, so when who started it is gone.
    gc.disable()  # some hundred modules, and nothing in them to throw away: a tenth of the start
    try:
        from ecomms_bot.cli.running import run_bot
    finally:
        gc.enable()
    run_bot(settings(), http, held=held)


@cli.command()
@click.argument("drill", required=False, default="bc-highways-2021")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("drill-output"),
    show_default=True,
    help="The folder for transcript, summary and log.",
)
@click.option(
    "--replicas",
    type=click.IntRange(1, 9),
    metavar="N",
    help="Play with N bots, each in a process of its own, that share the database.",
)
@click.pass_context
def drill(ctx: click.Context, drill: str, out: Path, replicas: int | None) -> None:
    """Play a DRILL as an exercise on this machine, without Slack.

    DRILL is a file, or one of those that come with the bot: bc-highways-2021, the flood of November 2021
    (played if none is named), lead-asleep or sent-as-live. The log goes into the database that
    ECOMMS_DATABASE_URL names, else into one in the folder. The playbooks are those of the folder that
    ECOMMS_PLAYBOOKS names, else those that come with the bot.
    """
    import os

    from ecomms_bot.practice.drill import run_drill
    from ecomms_bot.practice.script import find_script

    script = find_script(drill)
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Complaint(
            f"The folder {out} cannot be made ({error.strerror}). Name another one with --out."
        ) from None
    database, playbooks = (os.environ.get(f"ECOMMS_{name}") for name in ("DATABASE_URL", "PLAYBOOKS"))
    books = Path(playbooks) if playbooks else None
    ctx.exit(run_drill(script, out, database or None, click.echo, playbooks=books, replicas=replicas or 0))


@cli.command()
def rebuild() -> None:
    """Make the lists of incidents and releases again from the log."""
    from ecomms_bot.incident.policy import Act
    from ecomms_bot.service import office

    allow(Act.CONFIGURE)
    with database(settings()) as db:
        count = office.rebuild(db)
    click.echo(f"The lists were made again from the log: {count} incident{'' if count == 1 else 's'}.")


@cli.command()
def migrate() -> None:
    """Make the tables, or bring them up to this version. Make a backup first."""
    from ecomms_bot import bootstrap
    from ecomms_bot.store.migrate import migrate as bring_up_to_date

    db = bootstrap.database_of(settings())
    try:
        found = bring_up_to_date(db)
    finally:
        db.dispose()
    did = {"empty": "The tables were made", "older": "The tables were brought up to this version"}
    click.echo(did.get(found, "The tables were up to date") + "; the triggers that protect the log stand.")


@cli.command()
@click.option("--quick", is_flag=True, help="Do not ask Slack to look at every kind of message and form.")
@click.pass_context
def doctor(ctx: click.Context, quick: bool) -> None:  # noqa: FBT001 - click gives options like this
    """Look at everything that the bot needs. Nothing is changed or posted.

    Says ok, look or wrong of each. Exit code 1 if something is wrong.
    """
    from ecomms_bot.cli.checkup import checkup

    ctx.exit(checkup(quick=quick))


@cli.command()
@click.option(
    "--http",
    "address",
    default="",
    metavar="ADDRESS",
    help="For HTTP mode: the public https address in front of the bot. Without it: Socket Mode.",
)
def manifest(address: str) -> None:
    """Print the app manifest for Slack, each permission with its reason."""
    from ecomms_bot.slack.manifest import as_yaml

    if address and not address.startswith("https://"):
        raise Complaint("Slack calls https addresses only. Give one such as https://ecomms.example.org")
    click.echo(as_yaml(address=address, discussion=settings().office.discussion), nl=False)


@cli.command()
def health() -> None:
    """Exit code 0 if the bot on this machine gave a sign of life in the last 60 seconds, else 1."""
    import socket
    import time

    from ecomms_bot.store import heartbeat
    from ecomms_bot.store.deadline import Deadline
    from ecomms_bot.store.engine import Database

    # Not through bootstrap, which loads all of Slack's libraries.
    db = Database(settings().database_url.get_secret_value())
    require_file(db.address)
    try:
        with db.read(Deadline.after(ANSWER_S)) as conn:
            age = heartbeat.age(conn, socket.gethostname(), time.time())  # noqa: TID251
    finally:
        db.dispose()
    if age is None:
        raise Complaint("No bot runs on this machine with this database. Start it with `ecomms run`.")
    if abs(age) >= HEALTHY_S:
        raise Complaint(f"The bot's last sign of life was {age:.0f} s ago. Look at its output; restart it.")
    click.echo(f"The bot's last sign of life was {max(age, 0):.0f} s ago.")


def main() -> None:
    """The command `ecomms`."""
    cli(prog_name="ecomms")
