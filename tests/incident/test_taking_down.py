"""Saying that a published text was taken down: where, by whom, why. It tells nobody what is right."""

from __future__ import annotations

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.events import ReleaseEnded
from ecomms_bot.incident.standing import where_it_stands
from ecomms_bot.incident.state import Draft
from ecomms_bot.incident.timeline import lines
from ecomms_bot.incident.wording import Rejected
from tests.incident.put_right import correcting_book, without
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, IC, OBSERVER, PIO, SME, Story, at


@pytest.fixture
def story() -> Story:
    return Story().open(playbook=correcting_book())


@pytest.fixture
def wrong(story: Story) -> Draft:
    """A closure that went out on X, SMS and road signs at 20:00; now it is 20:10."""
    draft = story.approve(story.submit("D3"), SME, PIO, IC)
    story.mark(draft, "x", "sms", "sign")
    story.now = at(20, 10)
    return story.state.drafts[draft.id]


def end(story: Story, draft: Draft, *channels: str, by: str = COMMUNICATOR) -> None:
    story.do(c.EndRelease(draft.id, 1, channels, "Deleted."), by)


def refused(story: Story, command: c.Command, code: str, by: str = COMMUNICATOR) -> Rejected:
    with pytest.raises(Rejected) as no:
        story.do(command, by)
    assert no.value.code == code
    return no.value


def test_who_took_a_text_down_where_and_why_is_in_the_log(story: Story, wrong: Draft) -> None:
    (event,) = story.do(c.EndRelease(wrong.id, 1, ("sms", "x"), " Deleted. "), COLLEAGUE)
    assert event == ReleaseEnded(
        draft=wrong.id, revision=1, person=COLLEAGUE, channels=("x", "sms"), reason="Deleted."
    )
    told = [str(each.sentence) for each in lines(story.state, story.log[-1:])]
    assert told == [
        "Revision 1 of Road closure or change taken down on X, SMS, or changed there, by U-coll: Deleted."
    ]
    ended = story.state.drafts[wrong.id].current.ended
    assert {channel: word.person for channel, word in ended.items()} == {"x": COLLEAGUE, "sms": COLLEAGUE}


def test_what_was_taken_down_does_not_stand(story: Story, wrong: Draft) -> None:
    end(story, wrong, "x")
    assert where_it_stands(story.state, wrong, story.state.drafts[wrong.id].current) == ("sms", "sign")


def test_the_second_who_says_so_hears_who_was_first(story: Story, wrong: Draft) -> None:
    end(story, wrong, "x", by=COLLEAGUE)
    again = c.EndRelease(wrong.id, 1, ("x",), "Gone.")
    assert str(refused(story, again, "ended")) == (
        "U-coll said at 14 Nov 2021 20:10 PST already that it was taken down there: “Deleted.”. Nothing was "
        "changed."
    )
    (event,) = story.do(c.EndRelease(wrong.id, 1, ("x", "sms"), "Gone."), COMMUNICATOR)
    assert isinstance(event, ReleaseEnded)
    assert event.channels == ("sms",)


@pytest.mark.parametrize(
    ("channels", "reason", "code"),
    [
        ((), "Gone.", "channels/no-channel"),
        (("web",), "Gone.", "channels/channel"),
        (("radio",), "Gone.", "channels/channel"),
        (("x",), "  ", "reason/no-reason"),
        (("x",), "x" * 501, "reason/too-long"),
    ],
)
def test_it_says_where_and_why(
    story: Story, wrong: Draft, channels: tuple[str, ...], reason: str, code: str
) -> None:
    field, code = code.split("/")
    no = refused(story, c.EndRelease(wrong.id, 1, channels, reason), code)
    assert no.field == field


def test_what_nobody_marked_cannot_be_taken_down(story: Story) -> None:
    draft = story.submit("D1")
    refused(story, c.EndRelease(draft.id, 1, ("x",), "Gone."), "no-receipt")
    refused(story, c.EndRelease(draft.id, 2, ("x",), "Gone."), "no-receipt")


def test_only_who_writes_here_says_so(story: Story, wrong: Draft) -> None:
    refused(story, c.EndRelease(wrong.id, 1, ("x",), "Gone."), "not-allowed", OBSERVER)


def test_where_it_turns_out_to_be_posted_after_all_it_stands_again(story: Story, wrong: Draft) -> None:
    end(story, wrong, "x")
    story.do(c.CorrectReceipt(wrong.id, 1, "x", "It hung.", None), COMMUNICATOR)
    story.mark(wrong, "x")
    assert where_it_stands(story.state, wrong, story.state.drafts[wrong.id].current) == ("sms", "sign", "x")


def test_of_a_redacted_text_it_is_known_that_it_was_taken_down(story: Story, wrong: Draft) -> None:
    end(story, wrong, "x")
    state = without(story, "RevisionSubmitted")
    assert set(state.drafts[wrong.id].current.ended) == {"x"}
