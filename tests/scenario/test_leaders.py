"""The leaders' brief: approved in its thread, read in the leaders' own conversation, copied by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from ecomms_bot.practice.script import Member
from ecomms_bot.practice.stage import LEADERS, Stage, stage
from ecomms_bot.practice.workspace import Conversation, Message
from ecomms_bot.store.tables import tasks
from tests.scenario.acting import FIRST_EVENING, OFFICE, PEOPLE, ZONE, Case, opens
from tests.scenario.aftermath import is_marked, look_through

EVERYBODY = {**PEOPLE, "eve": Member(name="Eve Oram", roles=("exec",))}
BRIEF = {
    "what_changed": "Both lanes are under water.",
    "decisions_needed": "Send buses by Hope: the ic, 22:00.",
    "road": "Highway 7",
    "area_description": "between Agassiz and Hope",
    "closure_state": "closed",
}

TAKE_BACK = "Take back my approval"


@pytest.fixture
def on(tmp_path: Path) -> Iterator[Stage]:
    """The playbooks that ship, and Eve alone in the leaders' conversation."""
    database = f"sqlite:///{tmp_path / 'ecomms.db'}"
    with stage(
        tmp_path,
        EVERYBODY,
        starts=FIRST_EVENING,
        zone=ZONE,
        database_url=database,
        office=OFFICE,
        leaders=["eve"],
    ) as made:
        made.workspace.add_conversation("ops-desk", [*EVERYBODY])
        yield made
        made.workspace.faults.clear()
        made.settle()
        look_through(made, FIRST_EVENING)


def leaders(on: Stage) -> Conversation:
    return on.workspace.conversation(LEADERS)


def read_by_leaders(on: Stage) -> list[Message]:
    return on.workspace.person("eve").all_messages(leaders(on))


def sent(on: Stage, *, live: bool = False) -> Case:
    """A brief that waits for approval."""
    case = opens(on, live=live)
    case.types("mara", "step D5")
    case.actor("mara").leaves()
    case.sends("mara", "D5", **BRIEF)
    return case


def approve(case: Case) -> None:
    for who in ("dale", "pia"):
        assert case.approves(who, "D5").ok


def test_leaders_read_it_the_moment_it_is_approved_and_its_receipt_is_there(on: Stage) -> None:
    case = sent(on, live=True)
    case.approves("dale", "D5")
    assert read_by_leaders(on) == []
    case.later(minutes=10)
    # when the last approval comes
    case.approves("pia", "D5")
    # then Eve reads exactly the approved words
    (brief,) = read_by_leaders(on)
    assert case.draft("D5").current.texts["leaders"]["en"] in brief.plain()
    assert not is_marked(brief)
    # and where it was written nobody is asked to copy or to mark it
    publish = case.last("publish", "D5")
    assert "Leaders: posted by the bot in #leaders" in publish.plain()
    assert "Mark as published" not in publish.buttons
    assert case.draft("D5").status == "published"
    (marked,) = case.entries("MarkedPublished")
    assert marked.actor == "bot"
    assert "published on Leaders" in case.types("otto", "log").words
    said = case.last("step", "D5").plain()
    assert "Status: posted by the bot in #leaders today at 20:10" in said
    assert "The next one can be written." in said


def test_an_exercise_says_so_to_leaders(on: Stage) -> None:
    case = sent(on)
    approve(case)
    (brief,) = read_by_leaders(on)
    assert is_marked(brief)
    assert "EXERCISE - Highway 7 slides" in brief.plain()


def to_leaders(args: dict[str, object]) -> bool:
    return "/post/brief:" in str(args.get("metadata"))


def test_what_is_taken_back_while_slack_cannot_be_reached_is_not_posted(on: Stage) -> None:
    case = sent(on, live=True)
    case.approves("dale", "D5")
    # given the bot is about to post it, and the call is lost on the way
    faults = on.workspace.faults
    held = faults.hold("chat.postMessage")
    lost = faults.drop_before("chat.postMessage")
    held.matching = lost.matching = to_leaders
    pia = on.workspace.person("pia")
    assert pia.click(case.last("review", "D5"), "Approve").ok
    held.wait_reached()
    # when pio takes the approval back before the bot tries again
    on.workspace.wait_for(lambda: TAKE_BACK in case.last("review", "D5").buttons)
    assert pia.click(case.last("review", "D5"), TAKE_BACK).ok
    held.release()
    on.settle()
    # then leaders never read it
    assert read_by_leaders(on) == []
    assert case.draft("D5").status == "in review"
    assert case.entries("MarkedPublished", "EffectFailed") == []
    # and when it is approved again, it is posted once.
    assert case.approves("pia", "D5").ok
    assert len(read_by_leaders(on)) == 1


def test_what_is_posted_stays(on: Stage) -> None:
    case = sent(on, live=True)
    review = case.last("review", "D5")
    approve(case)
    assert TAKE_BACK not in case.last("review", "D5").buttons
    case.sends("mara", "D5", **{**BRIEF, "what_changed": "One lane is open."})
    assert len(read_by_leaders(on)) == 1
    approve(case)
    assert len(read_by_leaders(on)) == 2
    assert review.ts != case.last("review", "D5").ts


def test_a_lost_answer_posts_it_once(on: Stage) -> None:
    case = sent(on, live=True)
    # given Slack posts it, and the bot never hears of that
    on.workspace.faults.drop_after("chat.postMessage").matching = to_leaders
    approve(case)
    assert len(read_by_leaders(on)) == 1
    assert len(case.entries("MarkedPublished")) == 1


def not_a_member(on: Stage) -> Case:
    """An approved brief that the bot could not post."""
    with on.workspace.lock:
        leaders(on).members.remove(on.workspace.bot.id)
    case = sent(on, live=True)
    approve(case)
    return case


def invited(on: Stage) -> None:
    """The bot is let in, and tries again, as it does every minute."""
    with on.workspace.lock:
        leaders(on).members.append(on.workspace.bot.id)
    with on.bot.db.write() as conn:
        conn.execute(update(tasks).where(tasks.c.retry_at.is_not(None)).values(retry_at=None))
    on.set(on.now)


def test_where_the_bot_is_no_member_it_says_so_and_posts_it_once_it_is_invited(on: Stage) -> None:
    case = not_a_member(on)
    trouble = case.last("trouble").plain()
    assert "Leaders' brief, revision 1, did not reach leaders in #leaders." in trouble.replace("*", "")
    assert "Type /invite and the bot's name in it." in trouble
    assert case.draft("D5").status == "approved"
    invited(on)
    assert len(read_by_leaders(on)) == 1
    assert case.draft("D5").status == "published"


def test_what_somebody_sent_by_hand_meanwhile_is_not_posted_any_more(on: Stage) -> None:
    case = not_a_member(on)
    assert "send it to them by hand and mark it" in case.last("publish", "D5").plain()
    assert case.marks("mara", "D5").answer.closed
    assert case.draft("D5").status == "published"
    invited(on)
    assert read_by_leaders(on) == []
