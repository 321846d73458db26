"""What people write in the thread of a text under review stands in the log, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ecomms_bot.incident.events import DiscussionAdded
from ecomms_bot.practice.stage import Stage
from ecomms_bot.practice.stage import stage as on_stage
from ecomms_bot.practice.workspace import Message
from tests.books import FOLDER
from tests.scenario.acting import FIRST_EVENING, OFFICE, PEOPLE, ZONE, Actor, Case, opens

WORDS = "It is closed from Agassiz, not from Hope."
KEPT = "Replies in this thread are kept in the log while its text is under review"
TYPES = ("DiscussionAdded", "DiscussionChanged", "DiscussionDeleted")


def says(case: Case, who: str, words: str = WORDS, thread: Message | None = None, **more: object) -> Message:
    """Somebody writes in the thread of D1, unless it is said where."""
    root = case.last("step", "D1") if thread is None else thread
    said = case.actor(who).person.say(case.conversation, words, root, **more)  # type: ignore[arg-type]
    case.on.heard()
    return said


def kept(case: Case) -> list[tuple[str, str]]:
    """Who wrote what, by the log."""
    names = {person.id: handle for handle, person in case.on.people.items()}
    said = [each.event for each in case.entries("DiscussionAdded")]
    return [
        (names.get(each.person, each.person), each.text) for each in said if isinstance(each, DiscussionAdded)
    ]


def test_people_discuss_a_review_and_the_log_has_it(case: Case) -> None:
    review = case.sends("mara")
    assert KEPT in review.plain()
    says(case, "irene")
    says(case, "mara", "You are right, <@U1> & I correct it.")
    assert kept(case) == [("irene", WORDS), ("mara", "You are right, @U1 & I correct it.")]
    # everybody reads it in the log, in the order in which it was said
    words = case.types("otto", "log").words
    assert f"@Irene Wall wrote in the thread of revision 1 of Holding statement: {WORDS}" in words


def test_it_changes_no_message_and_answers_nobody(case: Case) -> None:
    case.sends("mara")
    case.on.settle()
    case.on.workspace.calls.clear()
    before = case.messages()
    says(case, "irene")
    assert [call.method for call in case.on.workspace.calls] == []
    assert [(each.ts, each.plain()) for each in case.messages()] == [
        (each.ts, each.plain()) for each in before
    ]


def test_from_the_first_submission_until_it_is_out_and_nowhere_else(case: Case) -> None:
    says(case, "irene", "Before it is sent.")
    review = case.sends("mara")
    says(case, "theo", "In the conversation.", thread=case.last("card"))
    case.actor("theo").person.say(case.conversation, "Below the card.")
    case.actor("theo").person.say("ops-desk", "In another conversation.")
    says(case, "dale", "In the thread.")
    case.clicks("pia", review, "Approve")
    says(case, "pia", "Approved: post it now.")
    case.marks("mara")
    says(case, "dale", "After it went out.")
    assert kept(case) == [("dale", "In the thread."), ("pia", "Approved: post it now.")]


def test_files_are_named_and_a_reply_that_all_see_is_kept_once(case: Case) -> None:
    case.sends("mara")
    says(case, "dale", "The map:", files=["map.png", "gauge.csv"])
    says(case, "dale", "", files=["photo.jpg"])
    says(case, "irene", "Look at this, all of you.", broadcast=True)
    assert kept(case) == [
        ("dale", "The map:\nFile: map.png\nFile: gauge.csv"),
        ("dale", "File: photo.jpg"),
        ("irene", "Look at this, all of you."),
    ]


def test_a_guest_in_the_conversation_is_heard_too(case: Case) -> None:
    case.sends("mara")
    guest = case.actor("gina").person
    case.conversation.members.append(guest.id)
    says(case, "gina", "The camp is full.")
    assert kept(case) == [(guest.id, "The camp is full.")]


def test_edits_and_deletions_in_slack_are_told_and_nothing_is_lost(case: Case) -> None:
    case.sends("mara")
    said = says(case, "irene")
    irene = case.actor("irene").person
    irene.edit(said, "From Hope.")
    case.on.heard()
    irene.delete(irene.latest(said))
    case.on.heard()
    assert [each.type for each in case.entries(*TYPES)] == list(TYPES)
    words = case.types("otto", "log").words
    for line in (
        f"wrote in the thread of revision 1 of Holding statement: {WORDS}",
        "changed what they wrote in the thread of revision 1 of Holding statement: From Hope.",
        "wrote in the thread of revision 1 of Holding statement was deleted in Slack; this log keeps it",
    ):
        assert line in words
    assert case.messages("trouble") == []


def test_in_a_private_conversation_too(stage: Stage) -> None:
    members = ["mara", "irene", "otto"]
    place = stage.workspace.add_conversation("war-room", members, private=True)
    Actor(stage, "mara").person.invite_app(place)
    case = opens(stage, here=True, place=place)
    case.sends("mara")
    says(case, "irene")
    assert kept(case) == [("irene", WORDS)]


def test_the_report_has_the_discussion(case: Case) -> None:
    case.sends("mara")
    says(case, "irene")
    case.types("mara", "report")
    case.on.settle()
    files = [file for file in case.on.workspace.files.values() if file.data and WORDS.encode() in file.data]
    assert len(files) == 2


@pytest.fixture(scope="module")
def reticent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """An office whose ecomms.yaml says `discussion: false`."""
    folder = tmp_path_factory.mktemp("reticent")
    with on_stage(
        folder,
        PEOPLE,
        starts=FIRST_EVENING,
        zone=ZONE,
        database_url=f"sqlite:///{folder / 'ecomms.db'}",
        office={**OFFICE, "discussion": False},
        playbooks=FOLDER,
    ) as made:
        made.workspace.add_conversation("ops-desk", [*PEOPLE])
        yield made


def test_where_it_is_turned_off_slack_does_not_even_tell(reticent: Stage) -> None:
    case = opens(reticent)
    review = case.sends("mara")
    assert KEPT not in review.plain()
    before = len(reticent.workspace.envelopes)
    says(case, "irene")
    assert len(reticent.workspace.envelopes) == before
    # and if it does, as the manifest in Slack is an older one, nothing is kept
    reticent.workspace.events.subscribed.add("message.channels")
    said = says(case, "irene")
    assert len(reticent.workspace.envelopes) == before + 1
    reticent.workspace.delete_message(case.conversation, review.ts)
    case.actor("irene").person.delete(said)
    reticent.heard()
    assert case.entries(*TYPES, "PostGone") == []
