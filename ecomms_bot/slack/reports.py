"""The log as files for one person: what is sent, and by which calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import When, say
from ecomms_bot.playbook.exercise import mark
from ecomms_bot.report.debrief import Debrief
from ecomms_bot.report.debrief_page import debrief_markdown
from ecomms_bot.report.debrief_page import file_name as debrief_file
from ecomms_bot.report.log_report import EXERCISE, Account, comma_separated, file_name, markdown
from ecomms_bot.service.ports import CannotShow
from ecomms_bot.slack.calls import FILE_REFUSED, NO_ADDRESS, Calls, Refused
from ecomms_bot.slack.text import escape, flat, spoken

What = Literal["log", "debrief"]


@dataclass(frozen=True, slots=True)
class Files:
    """Name → content, and what is said with them."""

    comment: str
    content: Mapping[str, bytes]
    title: str
    what: What = "log"

    @property
    def first(self) -> str:
        """By this name an earlier try is found again."""
        return next(iter(self.content))

    @property
    def marked(self) -> bool:
        """Whether comment, names and contents say that it is an exercise."""
        return all(
            EXERCISE in each
            for each in (
                self.comment,
                self.title,
                *self.content,
                *(c.decode() for c in self.content.values()),
            )
        )


def draw(account: Account, report: str, now: datetime, names: Mapping[str, str], *, again: str = "") -> Files:
    """The files of one report (`report` is its id) as the log is now (UTC). `again`: more to say with it."""
    state = account.state
    title = f"Log of {flat(state.name)}"
    said = " ".join([*_comment(account, now), *([again] if again else [])])
    return Files(
        mark(said) if state.exercise else said,
        {
            file_name(state, report, "md"): markdown(account, now, names).encode(),
            file_name(state, report, "csv"): comma_separated(account, names).encode(),
        },
        mark(title) if state.exercise else title,
    )


def draw_debrief(state: Incident, found: Debrief, names: Mapping[str, str], *, again: str = "") -> Files:
    """The debrief of a drill. `again`: more to say with it."""
    title = f"Debrief of {flat(found.title)}"
    said = say("The debrief of {title}: what came, what was done, and what it teaches.", title=found.title)
    comment = " ".join([spoken(said), *([again] if again else [])])
    content = debrief_markdown(found, names).encode()
    return Files(mark(comment), {debrief_file(state): content}, mark(title), "debrief")


def _comment(account: Account, now: datetime) -> tuple[str, ...]:
    state = account.state
    what = say(
        "The log of {name} as of {when}: a page to read (.md) and a table for a spreadsheet (.csv). "
        "Keep this line, it will show that nothing was changed:",
        name=state.name,
        when=When(now, state.zone),
    )
    checked = (
        "⚠️ The log could NOT be verified. Tell whoever runs the bot."
        if account.problems
        else "The log was verified just now."
    )
    return spoken(what), f"`{escape(state.id)}={state.seq}:{state.hash}`", checked


def share(calls: Calls, files: Files, conversation: str) -> None:
    """Upload and share them with one message. Nobody sees a file that was not shared."""
    try:
        ids = [_uploaded(calls, name, content) for name, content in files.content.items()]
        calls.write(
            calls.client.files_completeUploadExternal,
            files=[
                {"id": each, "title": f"{files.title} ({name.rpartition('.')[2]})"}
                for each, name in zip(ids, files.content, strict=True)
            ],
            channel_id=conversation,
            initial_comment=files.comment,
        )
    except Refused as refused:
        if refused.code == "missing_scope":
            raise _may_not_send(files.what) from None
        if refused.code in {NO_ADDRESS, FILE_REFUSED}:
            raise _not_taken(files.what) from None
        raise


def _uploaded(calls: Calls, name: str, content: bytes) -> str:
    answer = calls.read(calls.client.files_getUploadURLExternal, filename=name, length=len(content))
    calls.upload(str(answer["upload_url"]), content)
    return str(answer["file_id"])


def _may_not_send(what: What) -> CannotShow:
    if what == "debrief":
        return CannotShow(
            "The debrief could not be sent as a file: the bot has not the permission files:write in Slack.",
            "What the drill came to stands in its conversation. For the whole debrief ask a Slack "
            "administrator to add files:write to the app, or whoever runs the bot for `ecomms debrief`.",
        )
    return CannotShow(
        "The log could not be sent as files: the bot does not have the permission files:write in Slack.",
        "Ask a Slack administrator to add files:write to the app and to install the app again; then type "
        "/ecomms report once more. Until then /ecomms log shows the last entries.",
    )


def _not_taken(what: What) -> CannotShow:
    if what == "debrief":
        return CannotShow(
            "The debrief could not be sent as a file: Slack, or what stands before it, takes no files.",
            "What the drill came to stands in its conversation. For the whole debrief ask whoever runs the "
            "bot for `ecomms debrief`.",
        )
    return CannotShow(
        "The log could not be sent as files: Slack, or what stands between it and the bot, takes no files.",
        "Tell whoever runs the bot: they can get the log with `ecomms log show`. Until then /ecomms log "
        "shows the last entries.",
    )
