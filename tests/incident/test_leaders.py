"""What leaders read without asking: posted once, exactly when it is approved, with its receipt."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import effects as fx
from ecomms_bot.incident import leaders, things
from ecomms_bot.incident.entry import Task
from ecomms_bot.incident.events import DraftApproved, MarkedPublished, Posted, Receipt
from ecomms_bot.incident.state import Draft
from tests.incident.stories import (
    COLLEAGUE,
    COMMUNICATOR,
    CONVERSATION,
    PIO,
    SME,
    Story,
    at,
    flood_with,
    texts_of,
)

LEADERS = "C-leaders"
BRIEF = {
    "kind": "internal",
    "title": "Leaders' brief",
    "templates": {"leaders": "{{ incident_name }}: {{ news }} As of {{ as_of | datetime }}."},
}
ALONE = {"channels": ["leaders"], "texts": {"internal": BRIEF}, "tier": "T1", "cadence": 60}
NEWS = {"news": "Both lanes are under water."}


def story(*, leaders: str = LEADERS) -> Story:
    """The update step of this incident is a brief for leaders that sme and pio approve."""
    return Story(leaders=leaders).open(playbook=flood_with({}, {}, ALONE))


def written(of: Story) -> Draft:
    return of.submit("D4", "internal", facts=NEWS)


def waiting(of: Story) -> list[Task]:
    """What the bot has to post to leaders."""
    return [task for task in of.pending.values() if task.ids.get("thing", "").startswith("brief:")]


def approved(of: Story) -> Draft:
    return of.approve(written(of), SME, PIO)


def test_it_is_posted_to_the_conversation_that_was_named_when_it_was_approved() -> None:
    night = story()
    draft = written(night)
    night.approve(draft, SME)
    # given an approval is missing, then leaders get nothing
    assert waiting(night) == []
    # when the last one comes
    night.approve(draft, PIO)
    # then the entry says where it goes, and it is to be posted there and now
    done = next(each.event for each in night.log if isinstance(each.event, DraftApproved))
    assert done.leaders == LEADERS
    (task,) = waiting(night)
    assert (task.kind, task.due_at) == (fx.POST, night.now)
    assert things.place_of(night.state, task.ids["thing"]) == things.Place(LEADERS)


def test_the_receipt_is_written_with_the_message_and_once() -> None:
    night = story()
    draft = approved(night)
    (task,) = waiting(night)
    night.now = at(20, 1)
    count = len(night.log)
    # when it stands there
    night.finish(task)
    # then one decision says that and where
    posted, marked = (each.event for each in night.log[count : count + 2])
    assert posted == Posted(thing=f"brief:{draft.id}:1", conversation=LEADERS, ts=f"{count}.0", seen=count)
    assert marked == MarkedPublished(
        draft=draft.id,
        revision=1,
        person="bot",
        receipts=(
            Receipt(channel="leaders", attested_at=at(20, 1), proof=f"Slack message {count}.0 in {LEADERS}"),
        ),
    )
    assert night.state.drafts[draft.id].status == "published"
    # and a worker that says it once more changes nothing.
    assert night.do(c.RecordPosted(task.ids["thing"], LEADERS, "9.9", 0), "bot") == ()
    assert waiting(night) == []
    assert night.types().count("MarkedPublished") == 1


def test_without_a_conversation_it_is_handed_out_by_hand() -> None:
    night = story(leaders="")
    draft = approved(night)
    assert waiting(night) == []
    assert leaders.left_to_people(night.state, draft, draft.current) == ("leaders",)
    assert night.mark(draft, "leaders").status == "published"


def test_a_text_that_says_nothing_to_leaders_is_not_posted_there() -> None:
    night = Story(leaders=LEADERS).open()
    draft = night.publish()
    assert draft.current.leaders == ""
    assert waiting(night) == []


def test_what_pio_lets_out_alone_is_posted_too() -> None:
    night = story()
    draft = written(night)
    night.do(c.Override(draft.id, 1, draft.current.text_sha256, "The minister is on air."), PIO)
    assert len(waiting(night)) == 1


Stop = Callable[[Story, Draft], object]


@pytest.mark.parametrize(
    "stop",
    [
        lambda night, draft: night.do(c.TakeBackApproval(draft.id, 1), PIO),
        lambda night, draft: night.do(c.WithdrawDraft(draft.id), COMMUNICATOR),
        lambda night, _: night.submit("D4", "internal", facts={"news": "One lane is open."}),
        lambda night, _: night.do(c.CloseIncident("It is over."), PIO),
        lambda night, draft: night.mark(draft, "leaders", by=COLLEAGUE),
    ],
    ids=["taken back", "withdrawn", "replaced", "closed", "sent by hand"],
)
def test_what_is_stopped_before_it_is_posted_is_not_posted(stop: Stop) -> None:
    night = story()
    draft = approved(night)
    (task,) = waiting(night)
    stop(night, draft)
    assert waiting(night) == []
    assert task.key in night.cancelled
    assert leaders.stopped(night.state, task.ids["thing"])


def test_an_approval_given_again_posts_it_after_all() -> None:
    night = story()
    draft = approved(night)
    (first,) = waiting(night)
    night.do(c.TakeBackApproval(draft.id, 1), PIO)
    night.approve(draft, PIO)
    # then it is to be done anew: what was cancelled is not taken up again
    (again,) = waiting(night)
    assert again.key != first.key
    assert again.ids["thing"] == first.ids["thing"]


def test_what_was_being_posted_while_its_approval_was_taken_back_is_recorded_as_it_is() -> None:
    night = story()
    draft = approved(night)
    (task,) = waiting(night)
    night.now = at(20, 5)
    night.do(c.TakeBackApproval(draft.id, 1), PIO)
    # when Slack had it before the bot could know
    night.now = at(20, 6)
    night.do(c.RecordPosted(task.ids["thing"], LEADERS, "5.0", 0), "bot")
    # then it is out, since before it was taken back
    receipt, who = night.state.drafts[draft.id].current.receipts["leaders"]
    assert (receipt.attested_at, who) == (at(20, 5), "bot")


def test_after_the_close_it_is_recorded_and_nothing_begins() -> None:
    night = story()
    draft = approved(night)
    (task,) = waiting(night)
    night.do(c.CloseIncident("It is over."), PIO)
    steps = set(night.state.steps)
    night.do(c.RecordPosted(task.ids["thing"], LEADERS, "5.0", 0), "bot")
    assert "leaders" in night.state.drafts[draft.id].current.receipts
    assert set(night.state.steps) == steps


def test_a_text_that_was_sent_by_hand_meanwhile_has_one_receipt() -> None:
    night = story()
    draft = approved(night)
    (task,) = waiting(night)
    night.mark(draft, "leaders", by=COLLEAGUE)
    night.do(c.RecordPosted(task.ids["thing"], LEADERS, "5.0", 0), "bot")
    assert night.state.drafts[draft.id].current.receipts["leaders"][1] == COLLEAGUE
    assert night.types().count("MarkedPublished") == 1


def test_what_is_posted_stays_and_is_not_posted_again() -> None:
    night = story()
    draft = approved(night)
    night.finish(waiting(night)[0])
    # given somebody says that it is not there, and it is approved once more
    night.do(c.CorrectReceipt(draft.id, 1, "leaders", "It was deleted.", None), COMMUNICATOR)
    night.do(c.TakeBackApproval(draft.id, 1), PIO)
    night.approve(draft, PIO)
    # then the bot leaves it to people
    assert waiting(night) == []
    last = night.state.drafts[draft.id]
    assert leaders.left_to_people(night.state, last, last.current) == ("leaders",)


def test_what_slack_refuses_is_left_to_people_as_well() -> None:
    night = story()
    draft = approved(night)
    assert leaders.left_to_people(night.state, draft, draft.current) == ()
    (task,) = waiting(night)
    night.do(c.RecordFailure(task.key, "post", task.ids["thing"], "Not a member.", "Invite it."), "bot")
    # then it is told, offered to be sent by hand, and still posted once somebody mended it
    draft = night.state.drafts[draft.id]
    assert leaders.left_to_people(night.state, draft, draft.current) == ("leaders",)
    assert waiting(night) == [task]
    assert any(each.ids.get("thing", "").startswith("trouble:") for each in night.pending.values())


def test_a_text_for_the_public_as_well_is_out_when_the_public_has_it() -> None:
    texts = texts_of("D4")
    both = texts["update"] | {
        "templates": texts["update"]["templates"] | {"leaders": "{{ incident_name }}: {{ news }}"}
    }
    change = {"channels": ["internal", "web", "x", "sms", "leaders"], "texts": {**texts, "update": both}}
    night = Story(leaders=LEADERS).open(playbook=flood_with({}, {}, change))
    draft = night.approve(night.submit("D4", "update"), SME, PIO)
    assert "leaders" not in leaders.left_to_people(night.state, draft, draft.current)
    night.finish(waiting(night)[0])
    assert night.state.drafts[draft.id].status == "approved"
    assert night.mark(draft).status == "published"


def test_a_step_done_by_the_bot_begins_the_next_one() -> None:
    first = {**ALONE, "fields": ["news"]}
    night = Story(leaders=LEADERS).open(playbook=flood_with(first, {"recurrence": "once"}, {}))
    draft = night.approve(night.submit("D1", "internal", facts=NEWS), SME, PIO)
    night.finish(waiting(night)[0])
    assert night.state.drafts[draft.id].status == "published"
    assert "D3" in night.state.steps


def test_only_texts_for_leaders_have_receipts_of_the_bot() -> None:
    night = Story(leaders=LEADERS).open()
    draft = night.submit()
    for thing in (f"brief:{draft.id}:1", f"brief:{draft.id}:7", "brief:none:1", "brief:odd"):
        new = night.do(c.RecordPosted(thing, CONVERSATION, "5.0", 0), "bot")
        assert [type(each) for each in new] == [Posted]
    assert not leaders.stopped(night.state, things.CARD)


def test_what_partners_have_to_know_first_waits_for_them_here_too() -> None:
    texts = texts_of("D4")
    both = texts["update"] | {
        "templates": texts["update"]["templates"] | {"leaders": "{{ incident_name }}: {{ news }}"}
    }
    change = {
        "channels": ["internal", "web", "x", "sms", "leaders"],
        "texts": {**texts, "update": both},
        "partners": ["the First Nation"],
    }
    night = Story(leaders=LEADERS).open(playbook=flood_with({}, {}, change))
    draft = night.approve(night.submit("D4", "update"), SME, PIO)
    assert waiting(night) == []
    night.do(c.WaivePartner(draft.id, 1, "the First Nation", "Nobody answers."), PIO)
    assert len(waiting(night)) == 1
