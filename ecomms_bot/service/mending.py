"""What was not done in Slack, or perhaps twice, taken in hand at the terminal: tried again, or settled."""

from __future__ import annotations

from sqlalchemy import Connection

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident import office
from ecomms_bot.incident.entry import NewEntry
from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.state import Incident
from ecomms_bot.service.office import Signature
from ecomms_bot.store import log, tasks
from ecomms_bot.store.engine import Database
from ecomms_bot.store.tasks import TaskRow

NOTE_MAX = 500


class CannotMend(EcommsError):
    """There is nothing to mend in this way; nothing was changed."""


def troubled(db: Database) -> list[TaskRow]:
    """What failed, is unsure, or was tried often; earliest first."""
    with db.read() as conn:
        return tasks.troubled(conn)


def retry(db: Database, key: str, by: Signature) -> TaskRow:
    """Have it tried at once by the bot that runs. Raises Rejected and CannotMend."""
    with db.write() as conn:
        task = _allowed(conn, key, by)
        if not tasks.again(conn, key):
            raise CannotMend(_NO_RETRY[task.state])
        _note(conn, office.effect_retried(task.incident, key, by.person.id), by)
    return task


def settle(db: Database, key: str, note: str, by: Signature) -> TaskRow:
    """Somebody saw to it: doctor speaks of it no more. Raises Rejected and CannotMend."""
    note = note.strip()
    if not note or len(note) > NOTE_MAX:
        raise CannotMend(f"Say with --note how it was settled, in 1 to {NOTE_MAX} characters.")
    with db.write() as conn:
        task = _allowed(conn, key, by)
        if not tasks.settle(conn, key):
            raise CannotMend(_NO_SETTLING[task.state])
        _note(conn, office.effect_settled(task.incident, key, by.person.id, note), by)
    return task


def _allowed(conn: Connection, key: str, by: Signature) -> TaskRow:
    require(by.person, Act.CONFIGURE, Incident(""))
    task = tasks.get(conn, key)
    if task is None:
        raise CannotMend(f"There is no effect {key}. `ecomms effects list` shows those that need a hand.")
    return task


_BEING_DONE = "It is being done at this moment. Look again in a minute. Nothing was changed."
_NOT_NEEDED = "It is not needed any more, or was settled. Nothing was changed."
_NO_RETRY = {
    "done": "It was done. If it stands there twice, delete the later one and settle it. Nothing was changed.",
    "leased": _BEING_DONE,
    "cancelled": _NOT_NEEDED,
    "pending": _BEING_DONE,
    "failed": _BEING_DONE,
}
"""What may have become of it in the same moment is the last two."""
_NO_SETTLING = {
    "done": "It was done, and there is no doubt of it. Nothing was changed.",
    "leased": _BEING_DONE,
    "cancelled": _NOT_NEEDED,
    "pending": "It is still tried. Mend what holds it up, or try it at once: `ecomms effects retry`. "
    "Nothing was changed.",
    "failed": _BEING_DONE,
}


def _note(conn: Connection, entry: NewEntry, by: Signature) -> None:
    log.append_office(conn, [entry], at=by.at, actor=by.person.id, command_id=by.command_id, nonce=by.nonce)
