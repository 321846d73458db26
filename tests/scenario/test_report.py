"""`/ecomms report`: the log as two files in one's own messages with the bot."""

from __future__ import annotations

import csv
import io

import pytest

from ecomms_bot.practice.workspace import Message
from ecomms_bot.report.log_report import BOM
from ecomms_bot.store import tasks
from tests.scenario.acting import Case

SENT = "files.completeUploadExternal"


def reports(case: Case, who: str = "otto") -> list[Message]:
    """The messages with files about this incident."""
    return [each for each in case.actor(who).person.dms() if any(case.id[-4:] in f.name for f in each.files)]


def test_anybody_but_guests_gets_the_log_as_a_page_and_a_table(live: Case) -> None:
    live.publishes()
    # when Otto, who only observes, asks for it
    reply = live.types("otto", "report")
    assert reply.ok
    # then it comes to him alone, as two files with one comment
    (message,) = reports(live)
    page, table = message.files
    assert page.name.startswith(f"highway-7-slides-{live.id[-4:]}-log-")
    assert (page.name[-3:], table.name[-4:]) == (".md", ".csv")
    assert "The log of Highway 7 slides as of" in message.plain()
    assert "20:00 PST: a page to read (.md) and a table for a spreadsheet (.csv)." in message.plain()
    assert f"{live.id}={live.state.seq}:{live.state.hash}" in message.plain()
    assert "The log was verified just now." in message.plain()
    # and both name people, as mentions mean nothing in a file
    text = page.data.decode()
    assert "| Mara Lund | Highway 7 slides opened by Mara Lund: live, flood, S2 Major" in text
    assert "| Checked | verified: every entry follows from the one before" in text
    rows = list(csv.DictReader(io.StringIO(table.data.decode().removeprefix(BOM))))
    assert {"Mara Lund", "Pia Sohal"} <= {row["Who"] for row in rows}
    assert {row["Mode"] for row in rows} == {"LIVE"}
    # no payload: the words that were published are not in the log's files
    assert "trapped" not in text


def test_of_an_exercise_everything_is_marked(case: Case) -> None:
    case.types("otto", "report")
    (message,) = reports(case)
    assert message.text.startswith("EXERCISE - ")
    assert message.text.endswith(" - EXERCISE")
    assert all(file.name.startswith("EXERCISE-") for file in message.files)
    assert all("EXERCISE" in file.title for file in message.files)
    page, table = (file.data.decode() for file in message.files)
    assert page.startswith("# EXERCISE - Log of Highway 7 slides - EXERCISE\n")
    assert {row["Mode"] for row in csv.DictReader(io.StringIO(table.removeprefix(BOM)))} == {"EXERCISE"}


def test_a_closed_incident_has_its_report_too(case: Case) -> None:
    case.closes("pia", note="Over.")
    case.types("otto", "report")
    (message,) = reports(case)
    assert "Over." in message.files[0].data.decode()


def test_each_person_is_asked_for_by_name_once(case: Case) -> None:
    case.types("otto", "report")
    case.on.workspace.calls.clear()
    case.types("otto", "report")
    assert case.on.workspace.calls_of("users.info") == []
    assert len(reports(case)) == 2


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "upload_url", SENT, "conversations.open"])
def test_what_is_lost_on_the_way_there_is_tried_again_and_comes_once(case: Case, method: str) -> None:
    case.on.workspace.faults.drop_before(method)
    case.types("otto", "report")
    assert len(reports(case)) == 1


def test_an_answer_that_is_lost_after_the_files_were_shared_sends_them_no_second_time(case: Case) -> None:
    case.on.workspace.faults.drop_after(SENT)
    case.types("otto", "report")
    assert len(reports(case)) == 1
    with case.on.bot.db.read() as conn:
        assert [each for each in tasks.troubled(conn) if each.incident == case.id] == []


def test_where_the_bot_cannot_look_a_second_try_says_that_it_is_one(case: Case) -> None:
    case.on.workspace.faults.drop_after(SENT)
    case.on.workspace.faults.error("conversations.history", "missing_scope", times=None)
    case.types("otto", "report")
    first, second = reports(case)
    assert "Sent again" not in first.plain()
    assert "Sent again: the first attempt may have arrived." in second.plain()
    with case.on.bot.db.read() as conn:
        (unsure,) = [each for each in tasks.troubled(conn) if each.incident == case.id]
    assert (unsure.kind, unsure.state, unsure.unsure) == ("report", "done", True)


def test_without_the_permission_for_files_whoever_asked_is_told_how_to_get_it(case: Case) -> None:
    case.on.workspace.faults.error("files.getUploadURLExternal", "missing_scope")
    card = case.last("card").plain()
    case.types("otto", "report")
    (told,) = case.dms("otto")
    assert "the bot does not have the permission files:write in Slack" in told.plain()
    assert "Ask a Slack administrator to add files:write to the app" in told.plain()
    assert "then type /ecomms report once more" in told.plain()
    # it is nobody else's trouble
    assert case.messages("trouble") == []
    assert case.last("card").plain() == card


def test_a_guest_gets_none(case: Case) -> None:
    case.conversation.members.append(case.actor("gina").id)
    reply = case.types("gina", "report")
    assert "Guests cannot read the report" in reply.words
    assert reports(case, "gina") == []
