"""Texts too long for a window: shown in the step's thread, word for word, and submitted from there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecomms_bot.incident.commands import AskForChanges, CloseIncident, ShowTexts, SubmitDraft
from ecomms_bot.incident.events import PreviewAsked
from ecomms_bot.incident.rules.drafts import newest_preview
from ecomms_bot.incident.wording import Rejected
from ecomms_bot.playbook.drafting import text_sha256
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, OBSERVER, PIO, Facts, Story

A: Facts = {"road": "Highway 1"}


@pytest.fixture
def story() -> Story:
    return Story().open()


def showing(submission: SubmitDraft) -> ShowTexts:
    """The same words, to be read first."""
    return ShowTexts(
        submission.draft,
        submission.step,
        submission.kind,
        submission.values,
        submission.texts,
        submission.text_sha256,
    )


def kept(story: Story, facts: Facts = A) -> SubmitDraft:
    """What *Next* kept, as it would be submitted."""
    story.save("D1", facts=facts)
    return story.submission("D1", facts=facts)


def refused(story: Story, command: ShowTexts, by: str = COMMUNICATOR) -> Rejected:
    with pytest.raises(Rejected) as no:
        story.do(command, by)
    return no.value


def test_a_kept_draft_is_shown_with_the_very_texts_that_will_be_hashed(story: Story) -> None:
    submission = kept(story)
    (event,) = story.do(showing(submission), COMMUNICATOR)
    assert event == PreviewAsked(
        draft=submission.draft,
        step="D1",
        kind="statement",
        person=COMMUNICATOR,
        values=dict(submission.values),
        texts=submission.texts,
        text_sha256=submission.text_sha256,
    )
    shown = newest_preview(story.state, submission.draft)
    assert shown is not None
    assert (shown.texts, shown.seq) == (submission.texts, story.state.seq)


def test_what_was_shown_can_be_submitted_as_it_is(story: Story) -> None:
    submission = kept(story)
    story.do(showing(submission), COMMUNICATOR)
    story.do(submission, COMMUNICATOR)
    assert story.state.drafts[submission.draft].current.text_sha256 == submission.text_sha256


def test_it_is_no_news_for_the_card_nor_a_change_of_the_draft(story: Story) -> None:
    submission = kept(story)
    before = story.state
    story.do(showing(submission), COMMUNICATOR)
    assert (story.state.drafts, story.state.changed_seq) == (before.drafts, before.changed_seq)


def test_the_same_texts_are_shown_once(story: Story) -> None:
    first = kept(story)
    story.do(showing(first), COMMUNICATOR)
    assert story.do(showing(first), COLLEAGUE) == ()
    # Other words are shown, and so are the first ones when the author goes back to them.
    second = kept(story, {"road": "Highway 3"})
    assert story.do(showing(second), COMMUNICATOR)
    assert story.do(showing(kept(story)), COMMUNICATOR)


def test_facts_that_no_text_prints_are_shown_anew_as_they_are_what_is_submitted(story: Story) -> None:
    submission = kept(story)
    story.do(showing(submission), COMMUNICATOR)
    story.save("D1", facts={**A, "empathy_line": "We think of you."})
    values = {**submission.values, "empathy_line": "We think of you."}
    assert story.do(replace(showing(submission), values=values), COMMUNICATOR)


def test_only_what_is_kept_is_shown(story: Story) -> None:
    command = showing(story.submission("D1"))
    assert str(refused(story, command)) == "This draft was not kept yet. Open it again and press Next."
    kept(story)
    other = refused(story, showing(story.submission("D1", facts={"road": "Highway 3"})))
    assert other.code == "changed"
    assert "U-comm changed this draft" in str(other)


def test_texts_that_are_not_the_playbooks_or_not_those_of_the_hash_are_refused(story: Story) -> None:
    command = showing(kept(story))
    less = {channel: words for channel, words in command.texts.items() if channel != "web"}
    for texts, sha in ((command.texts, "0" * 64), (less, text_sha256(less))):
        no = refused(story, replace(command, texts=texts, text_sha256=sha))
        assert no.code == "mismatch"
    assert refused(story, replace(command, kind="final")).code == "no-text"


def test_in_an_exercise_every_text_has_its_mark() -> None:
    story = Story().open(exercise=True)
    command = showing(kept(story))
    texts = {**command.texts, "x": {"en": "Highway 1 is closed."}}
    no = refused(story, replace(command, texts=texts, text_sha256=text_sha256(texts)))
    assert no.code == "mark"


def test_what_is_submitted_already_is_not_shown_again(story: Story) -> None:
    submission = kept(story)
    story.do(submission, COMMUNICATOR)
    assert story.do(showing(submission), COMMUNICATOR) == ()
    story.do(AskForChanges(submission.draft, 1, "Which lanes?"), PIO)
    assert refused(story, showing(submission)).code == "unchanged"


def test_only_who_may_write_and_only_while_it_is_open(story: Story) -> None:
    command = showing(kept(story))
    assert refused(story, command, OBSERVER).code == "not-allowed"
    story.do(CloseIncident("Over."), PIO)
    assert refused(story, command).code == "closed"
