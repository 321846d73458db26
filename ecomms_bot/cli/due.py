"""`ecomms due` and `ecomms show`: what is promised and approved, from the database alone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from ecomms_bot.cli.common import allow, database, settings, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomms_bot.incident.state import Draft, Incident, Revision
    from ecomms_bot.settings import Settings
    from ecomms_bot.store.engine import Database


@click.command()
def due() -> None:
    """What is owed in every open incident, by its time. It needs no Slack.

    People are shown by their Slack ids.
    """
    from ecomms_bot import bootstrap
    from ecomms_bot.incident.policy import Act
    from ecomms_bot.service.office import understanding
    from ecomms_bot.service.records import Records

    allow(Act.STATUS)
    of = settings()
    with database(of) as db:
        now, records = bootstrap.clock_of(of).now(), Records(db)
        rows = records.open_incidents()
        for row in rows:
            with understanding(row.id):
                state = records.state(row.id)
            click.echo(_heading(state))
            _write_owed(state, now)
            click.echo()
        asleep = _off_duty(db, of)
    if not rows:
        click.echo("No incident is open, so nothing is owed.")
        return
    for line in asleep:
        click.echo(shown(line))
    click.echo("The texts to post: ecomms show INCIDENT")


@click.command()
@click.argument("incident")
def show(incident: str) -> None:
    """Where INCIDENT stands, what is owed, and every approved text word for word. It needs no Slack."""
    from ecomms_bot import bootstrap
    from ecomms_bot.incident.policy import Act
    from ecomms_bot.service.office import find, understanding
    from ecomms_bot.service.records import Records

    allow(Act.STATUS)
    of = settings()
    with database(of) as db:
        found = _require_incident(find(db, incident))
        with understanding(found):
            state = Records(db).state(found)
        click.echo(_heading(state))
        _write_owed(state, bootstrap.clock_of(of).now())
        for line in _off_duty(db, of):
            click.echo(shown(line))
        click.echo()
        for line in _approved(state):
            click.echo(shown(line))


def _require_incident(found: str) -> str:
    from ecomms_bot.incident.entry import OFFICE
    from ecomms_bot.service.office import NotFound

    if found == OFFICE:
        raise NotFound("The office is no incident. What belongs to none stands in `ecomms log show office`.")
    return found


def _heading(state: Incident) -> str:
    mode = "EXERCISE" if state.exercise else "LIVE"
    status = "" if state.open else " · closed"
    words = f"{state.name} · {mode} · {state.severity} · {state.phase}{status} · {state.id}"
    return shown(f"{words}\nTimes in {state.zone}.")


def _write_owed(state: Incident, now: datetime) -> None:
    from ecomms_bot.incident.wording import duration
    from ecomms_bot.report.outlook import outlook

    found, zone = outlook(state), ZoneInfo(state.zone)
    for each in found:
        at = each.due.astimezone(zone).strftime("%a %d %b %H:%M") if each.due else ""
        late = f", {duration(now - each.due)} late" if each.due and each.late(now) else ""
        click.echo(shown(f"  {at:<16}  {each.sentence}{late}"))
    if not found:
        click.echo("  Nothing is owed." if state.open else "  It is closed: nothing is owed.")


def _off_duty(db: Database, of: Settings) -> list[str]:
    """Who will not answer now, and until when."""
    from ecomms_bot import bootstrap
    from ecomms_bot.service.duty import Duty

    duty = Duty(db, bootstrap.clock_of(of), bootstrap.nonce)
    duty.refresh()
    return [
        f"Off duty: {each.person}"
        + (f" until {each.until.local:%a %d %b %H:%M}" if each.until else "")
        + (f": {each.note}" if each.note else "")
        for each in duty.off().values()
    ]


def _approved(state: Incident) -> Iterator[str]:
    """First what waits to be posted, then what is held back, then what is out, the newest first."""
    from ecomms_bot.incident.partners import held_back, still_to_hear
    from ecomms_bot.incident.standing import where_it_stands

    waiting = [each for each in state.drafts.values() if each.status == "approved" and state.open]
    out = [(draft, each) for draft in state.drafts.values() for each in draft.revisions if each.receipts]
    if not waiting and not out:
        yield "No text is approved yet." if state.open else "No text went out."
    for draft in waiting:
        if held_back(state, draft):
            left = ", ".join(still_to_hear(state, draft))
            yield f"Approved, not to be posted before they know of it ({left}): {_named(draft, state)}"
            yield ""
        else:
            yield f"Approved, to be posted and marked: {_named(draft, state)}"
            yield from _flagged(state, draft, draft.current)
            yield from _words(draft.current)
    for draft, revision in sorted(out, key=lambda each: each[1].approved_seq, reverse=True):
        stands = where_it_stands(state, draft, revision) or not revision.for_public
        how = "Out" if stands else "Out, and replaced or taken down since"
        yield f"{how}: {_named(draft, state, revision)}"
        yield from _flagged(state, draft, revision)
        yield from _words(revision)


def _flagged(state: Incident, draft: Draft, revision: Revision) -> Iterator[str]:
    """What it says and counts no more, as on the message of the text in Slack."""
    from ecomms_bot.incident.changes import label_of
    from ecomms_bot.incident.standing import flags_of

    why = {
        "changed": "it says what counts no more",
        "disputed": "sources disagree about what it says",
        "expired": "what it says is not known any more",
    }
    for flag in flags_of(state, draft):
        if flag.revision is revision:
            name = label_of(state, flag.fact.name)
            yield f"Look again before it is posted anywhere: {name}, {why[flag.why]}."


def _named(draft: Draft, state: Incident, revision: Revision | None = None) -> str:
    from ecomms_bot.incident.rules.following import title_of
    from ecomms_bot.playbook.drafting import fingerprint

    revision = revision or draft.current
    return f"{title_of(state, draft)}, revision {revision.number} · text {fingerprint(revision.text_sha256)}"


def _words(revision: Revision) -> Iterator[str]:
    """Each text as it was approved, between lines that are no part of it."""
    from ecomms_bot.playbook.channels import CHANNELS, in_reading_order

    for channel in in_reading_order(revision.texts):
        for language, text in revision.texts[channel].items():
            yield f"--- {CHANNELS[channel].title} ({language})"
            yield text
    yield "---"
    yield ""
