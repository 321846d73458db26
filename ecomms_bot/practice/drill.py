"""Playing a drill: an exercise on a fast clock, through the real bot in the built-in workspace."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ecomms_bot.practice.playing import DrillFailed, Player
from ecomms_bot.practice.script import Script, load_script
from ecomms_bot.practice.stage import Stage, stage
from ecomms_bot.practice.transcript import Transcript, Write
from ecomms_bot.practice.workspace import WorkspaceError
from ecomms_bot.report.summary import markdown, summarise

DATABASE = "drill.db"
SUMMARY = "summary.md"
TRANSCRIPT = "transcript.txt"
NARRATOR = "narrator"
LIBRARIES = ("slack_bolt", "slack_sdk", "ecomms_bot.slack.bolt", "apscheduler", "alembic")
"""Loggers that are not ours, and the one that we give to bolt."""


def run_drill(
    script_path: Path,
    folder: Path,
    database_url: str | None,
    write: Callable[[str], None],
    *,
    playbooks: Path | None = None,
    replicas: int = 0,
) -> int:
    """Play the script, print what happens, leave a summary, the transcript and the log in `folder`.

    `playbooks`: their folder; those that ship unless given. `replicas`: so many bots, each in a process of
    its own, share the work; with 0 one bot in this process does it. Returns 0, or 1 when the bot did not do
    what the script expects. Raises BadScript and other EcommsError.
    """
    script = load_script(script_path)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        write(line)

    if database_url is None:
        if (folder / DATABASE).exists():
            say(f"The log of the last drill in {folder} was replaced.\n")
        database_url = f"sqlite:///{fresh(folder / DATABASE)}"
    try:
        with libraries_hushed():
            return _play(script, folder, database_url, say, playbooks=playbooks, replicas=replicas)
    except (DrillFailed, WorkspaceError) as error:
        say(f"\nThe drill stopped: {error}")
        return 1
    finally:
        (folder / TRANSCRIPT).write_text("\n".join(lines) + "\n", encoding="utf-8")


def fresh(path: Path) -> Path:
    """The path of the folder's own database; what an earlier drill left there is taken away."""
    for each in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        each.unlink(missing_ok=True)
    return path.resolve()


@contextmanager
def libraries_hushed() -> Iterator[None]:
    """What libraries say of themselves belongs into no transcript; what the bot says does."""
    loggers = [logging.getLogger(name) for name in LIBRARIES]
    levels = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for each, level in zip(loggers, levels, strict=True):
            each.setLevel(level)


def _play(
    script: Script, folder: Path, database_url: str, say: Write, *, playbooks: Path | None, replicas: int
) -> int:
    starts = script.moment(script.starts)
    with stage(
        folder,
        script.people,
        starts=starts,
        zone=script.zone,
        database_url=database_url,
        office=script.office,
        deputies=script.deputies,
        leaders=script.leaders,
        playbooks=playbooks,
        others=replicas,
    ) as on:
        on.workspace.add_user(NARRATOR, name="Narrator", tz=script.zone)
        lobby = on.workspace.add_conversation("ops-desk", [*script.people, NARRATOR])
        player = Player(on, script, lobby)
        transcript = Transcript(player, say, on.workspace.person(NARRATOR))
        say(f"EXERCISE - {script.title}")
        if script.about:
            say(script.about)
        for scene in script.scenes:
            for _ in on.until(script.moment(scene.at)):
                transcript.waited()
            transcript.scene(scene)
            if scene.does is not None:
                transcript.form(scene, player.play(scene))
            transcript.new_messages()
        return _close(on, player, folder, say)


def _close(on: Stage, player: Player, folder: Path, say: Write) -> int:
    """The figures at the end, and where they are kept."""
    row = on.bot.records.in_conversation(player.conversation.id)
    if row is None:
        raise DrillFailed("The script opened no incident.")
    state, entries = on.bot.records.history(row.id)
    summary = summarise(state)
    path = folder / SUMMARY
    names = {person.user.id: person.user.name for person in on.people.values()}
    path.write_text(markdown(state, entries, names), encoding="utf-8")
    say("")
    kept = f"{summary.kept} of {summary.promises}"
    say(f"EXERCISE - end. Texts played: {summary.releases}; promises kept: {kept};")
    say(f"drafts sent back or declined: {summary.returned}; entries in the log: {summary.entries}.")
    say(f"Incident {summary.incident}, head of the log {summary.head}")
    if on.others is not None:
        say(f"Bots, each a process of its own: {len(on.others.running)}. {_shares(on)}")
    say(f"Summary: {path}")
    return 0


def _shares(on: Stage) -> str:
    """How many of what people typed, clicked and sent each connection was handed."""
    links = Counter(link for envelope in on.workspace.envelopes for _, link in envelope.sent)
    shares = " and ".join(str(count) for _, count in sorted(links.items()))
    return f"They were handed {shares} of the envelopes."
