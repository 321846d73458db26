"""Writing: the working copy that *Next* keeps, who becomes an author, and what may be submitted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecomms_bot.incident.commands import AskForChanges, Decline, SaveDraft, SubmitDraft
from ecomms_bot.incident.events import RevisionSubmitted
from ecomms_bot.incident.progress import step_status
from ecomms_bot.incident.rules.drafts import NOTHING_KEPT, kept_mark
from ecomms_bot.incident.wording import Rejected
from ecomms_bot.playbook.drafting import text_sha256
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, OBSERVER, PIO, SME, Facts, Story, at, instant

A, B = {"road": "Highway 1"}, {"road": "Highway 7"}


@pytest.fixture
def story() -> Story:
    return Story().open()


# --- Next keeps a working copy


def test_next_with_a_then_b_then_a_again_keeps_a(story: Story) -> None:
    story.save(facts=A)
    story.save(facts=B)
    draft = story.save(facts=A)
    assert draft.working is not None
    assert draft.working.values["road"] == A["road"]
    assert story.types().count("DraftSaved") == 3


def test_saving_what_is_kept_already_is_nothing(story: Story) -> None:
    draft = story.save(facts=A)
    assert (
        story.do(SaveDraft(draft.id, "D1", "statement", story.values("D1", "statement", facts=A)), COLLEAGUE)
        == ()
    )
    assert story.state.drafts[draft.id].authors == (COMMUNICATOR,)


def test_saving_the_words_of_the_submitted_revision_is_nothing(story: Story) -> None:
    draft = story.submit(facts=A)
    same = SaveDraft(draft.id, "D1", "statement", dict(draft.current.values))
    assert story.do(same, COLLEAGUE) == ()


def test_the_same_facts_for_another_kind_of_text_are_kept(story: Story) -> None:
    draft = story.save("D4", "update")
    assert draft.working is not None
    assert story.do(SaveDraft(draft.id, "D4", "final", draft.working.values), COMMUNICATOR) != ()
    assert story.state.drafts[draft.id].kind == "final"


def test_writing_starts_the_step_where_nobody_did(story: Story) -> None:
    story.save("D3")
    assert story.types()[-2:] == ["StepStarted", "DraftSaved"]
    story.submit("D4", "update")
    assert story.types()[-2:] == ["StepStarted", "RevisionSubmitted"]


def test_everyone_who_saves_or_submits_becomes_an_author_once(story: Story) -> None:
    story.save(by=COMMUNICATOR, facts=A)
    story.save(by=PIO, facts=B)
    story.save(by=COMMUNICATOR, facts=A)
    draft = story.submit(by=COLLEAGUE, facts=A)
    assert draft.authors == (COMMUNICATOR, PIO, COLLEAGUE)
    assert draft.current.author == COLLEAGUE


def test_one_draft_of_a_step_is_written_at_a_time(story: Story) -> None:
    # Given the communicator's draft, when a colleague's form, opened before it was there, comes back,
    story.save(by=COMMUNICATOR)
    late = SaveDraft("d-other", "D1", "statement", story.values("D1", "statement"))
    # then the colleague learns whose it is, and that the words must be copied.
    with pytest.raises(
        Rejected, match=r"U-comm began a draft of Holding statement at .* Copy your words"
    ) as no:
        story.do(late, COLLEAGUE)
    assert no.value.code == "other-draft"


def test_a_draft_belongs_to_its_step(story: Story) -> None:
    draft = story.save("D1")
    with pytest.raises(Rejected, match="belongs to another step"):
        story.do(SaveDraft(draft.id, "D4", "update", story.values("D4", "update")), COMMUNICATOR)


@pytest.mark.parametrize(("step", "kind"), [("D9", "statement"), ("D1", "final")])
def test_a_text_that_the_playbook_does_not_have_is_refused(story: Story, step: str, kind: str) -> None:
    with pytest.raises(Rejected, match=r"has no (step|text)"):
        story.do(SaveDraft("d1", step, kind, {}), COMMUNICATOR)  # type: ignore[arg-type] # from outside


def test_only_communicators_and_leads_write(story: Story) -> None:
    with pytest.raises(Rejected, match="Only communicators and leads may write a draft"):
        story.save(by=OBSERVER)
    with pytest.raises(Rejected, match="Only communicators and leads may write a draft"):
        story.submit(by=OBSERVER)


# --- Submit makes a revision


def test_a_submitted_revision_holds_everything_that_is_decided_on(story: Story) -> None:
    # When the communicator submits the road closure at 20:00, promising an update by 21:00,
    draft = story.submit("D3", next_update=at(21, 0))
    # then it is revision 1, wanted within the 20 minutes of its tier, by the roles of that tier,
    revision = draft.current
    assert (revision.number, revision.tier, revision.roles) == (1, "T2", ("sme", "pio", "ic"))
    assert revision.wanted_by == instant(at(20, 20))
    # with its exact texts and their hash, and the promise that is printed in them.
    assert revision.text_sha256 == text_sha256(revision.texts)
    assert "9 p.m. PST" in revision.texts["x"]["en"]
    assert revision.next_update == instant(at(21, 0))
    assert (draft.status, draft.working) == ("in review", None)
    assert step_status(story.state, "D3") == "in review"


def test_submitting_the_same_texts_again_is_nothing(story: Story) -> None:
    command = story.submission()
    assert len(story.do(command, COMMUNICATOR)) == 1
    assert story.do(command, COLLEAGUE) == ()


def test_other_texts_make_the_next_revision_and_void_the_approvals(story: Story) -> None:
    draft = story.submit("D3", facts=A)
    story.approve(draft, SME, PIO)
    draft = story.submit("D3", facts=B)
    assert (draft.current.number, draft.approvals, draft.status) == (2, (), "in review")


def test_a_preview_that_somebody_changed_meanwhile_is_not_submitted(story: Story) -> None:
    # Given a preview of A, when a colleague keeps B before it is submitted,
    story.save(facts=A)
    previewed = story.submission(facts=A)
    story.save(by=COLLEAGUE, facts=B)
    # then what was previewed is not sent in B's place.
    with pytest.raises(Rejected, match="U-coll changed this draft at 14 Nov 2021 20:00 PST"):
        story.do(previewed, COMMUNICATOR)


# --- Two writers: nobody's words are replaced unseen


def saving(story: Story, facts: Facts, seen: str | None) -> SaveDraft:
    return SaveDraft(
        story.draft_id("D1"), "D1", "statement", story.values("D1", "statement", facts=facts), seen
    )


def mark(story: Story) -> str:
    """What a form that is opened now carries."""
    return kept_mark(story.state.draft_of("D1"))


def test_words_that_somebody_else_kept_meanwhile_are_not_replaced(story: Story) -> None:
    # Given two people who opened the same copy, of whom the colleague kept other words first,
    story.save(facts=A)
    seen = mark(story)
    story.now = at(20, 14)
    story.do(saving(story, B, seen), COLLEAGUE)
    # when the communicator presses Next, then nothing is replaced, and who did what is said.
    with pytest.raises(
        Rejected, match=r"U-coll changed this draft at .* 20:14 .* Nothing was replaced"
    ) as no:
        story.do(saving(story, {"road": "Highway 5"}, seen), COMMUNICATOR)
    assert no.value.code == "changed"
    # With the newest in front of them, they go on.
    assert story.do(saving(story, {"road": "Highway 5"}, mark(story)), COMMUNICATOR) != ()


def test_a_form_that_was_opened_before_there_were_words_replaces_none(story: Story) -> None:
    assert mark(story) == NOTHING_KEPT
    draft = story.save(facts=A)
    with pytest.raises(Rejected, match="U-comm changed this draft"):
        story.do(replace(saving(story, B, NOTHING_KEPT), draft=draft.id), COLLEAGUE)


def test_words_that_somebody_else_submitted_meanwhile_are_not_replaced(story: Story) -> None:
    story.save(facts=A)
    seen = mark(story)
    story.submit(by=COLLEAGUE, facts=A)
    # The same words as were seen: nothing was changed.
    assert story.do(saving(story, B, seen), COMMUNICATOR) != ()
    story.submit(by=COMMUNICATOR, facts=B)
    with pytest.raises(Rejected, match="U-comm changed this draft"):
        story.do(saving(story, {"road": "Highway 5"}, seen), COLLEAGUE)


def test_one_person_in_one_open_form_keeps_a_then_b_then_a_again(story: Story) -> None:
    story.save(by=COLLEAGUE, facts={"road": "Highway 5"})
    seen = mark(story)
    for facts in (A, B, A, A):
        story.do(saving(story, facts, seen), COMMUNICATOR)
    assert story.types().count("DraftSaved") == 4


def test_equal_words_are_kept_already_whoever_opened_what(story: Story) -> None:
    story.save(facts=A)
    assert story.do(saving(story, A, NOTHING_KEPT), COLLEAGUE) == ()


def test_a_preview_older_than_the_kept_copy_is_not_sent(story: Story) -> None:
    # Given a preview of A, when the colleague keeps B and sends it,
    story.save(facts=A)
    previewed = replace(story.submission(facts=A), seen=mark(story))
    story.save(by=COLLEAGUE, facts=B)
    newest = replace(story.submission(facts=B), seen=mark(story))
    with pytest.raises(Rejected, match="U-coll changed this draft"):
        story.do(previewed, COMMUNICATOR)
    story.do(newest, COLLEAGUE)
    # then the preview of A is old as well once B is a revision,
    with pytest.raises(Rejected, match="U-coll changed this draft"):
        story.do(previewed, COMMUNICATOR)
    # and the preview of B was sent already, whoever presses Submit.
    assert story.do(newest, COMMUNICATOR) == ()


def test_a_returned_draft_can_be_taken_up_by_anyone_who_may_write(story: Story) -> None:
    draft = story.submit(facts=A)
    story.do(AskForChanges(draft.id, 1, "Name the highway as drivers know it."), PIO)
    assert step_status(story.state, "D1") == "drafting"
    draft = story.submit(by=COLLEAGUE, facts=B)
    assert (draft.current.number, draft.status, draft.authors) == (2, "in review", (COMMUNICATOR, COLLEAGUE))


def test_a_returned_draft_is_not_sent_again_as_it_was(story: Story) -> None:
    command = story.submission(facts=A)
    story.do(command, COMMUNICATOR)
    story.do(AskForChanges(command.draft, 1, "Name the highway."), PIO)
    with pytest.raises(Rejected, match=r"revision 1, which U-pio sent back \(“Name the highway\.”\)"):
        story.do(command, COMMUNICATOR)


@pytest.mark.parametrize("end", ["declined", "published"])
def test_a_draft_that_has_ended_takes_no_more_words(story: Story, end: str) -> None:
    draft = story.submit(facts=A)
    if end == "declined":
        story.do(Decline(draft.id, 1, "Operations have not confirmed it."), PIO)
    else:
        story.mark(story.approve(draft, PIO))
    command = story.submission(facts=B)
    with pytest.raises(Rejected, match=f"This draft was {end} already"):
        story.do(replace(command, draft=draft.id), COMMUNICATOR)
    # and the step can have another one.
    story.do(command, COMMUNICATOR)
    assert story.state.draft_of("D1") is not None


# --- What may not be submitted


def tampered(command: SubmitDraft, text: str) -> SubmitDraft:
    texts = {**command.texts, "x": {"en": text}}
    return replace(command, texts=texts, text_sha256=text_sha256(texts))


def test_the_hash_is_of_these_very_texts(story: Story) -> None:
    command = story.submission()
    with pytest.raises(Rejected, match="not those of the preview"):
        story.do(replace(command, text_sha256="0" * 64), COMMUNICATOR)


@pytest.mark.parametrize("change", ["one channel less", "a channel more", "a language more", "nothing"])
def test_the_texts_are_for_the_channels_of_the_step(story: Story, change: str) -> None:
    command = story.submission()
    texts = {
        "one channel less": {channel: text for channel, text in command.texts.items() if channel != "web"},
        "a channel more": {**command.texts, "radio": {"en": "Stay home."}},
        "a language more": {**command.texts, "x": {**command.texts["x"], "fr": "Restez chez vous."}},
        "nothing": {},
    }[change]
    with pytest.raises(Rejected, match="not those of the preview"):
        story.do(replace(command, texts=texts, text_sha256=text_sha256(texts)), COMMUNICATOR)


@pytest.mark.parametrize(
    "wrong", [{"next_update_at": "soon"}, {"road": instant(at(21, 0))}, {"no_such_field": "x"}]
)
def test_a_time_is_a_time_and_a_word_is_a_word(story: Story, wrong: dict[str, str]) -> None:
    command = story.submission()
    with pytest.raises(Rejected, match="not those of the preview"):
        story.do(replace(command, values={**command.values, **wrong}), COMMUNICATOR)


def test_what_the_checks_block_is_not_submitted_and_the_field_is_named(story: Story) -> None:
    passed = story.submission(next_update=story.now)
    with pytest.raises(Rejected, match="already passed") as refused:
        story.do(passed, COMMUNICATOR)
    assert (refused.value.code, refused.value.field) == ("finding", "next_update_at")
    with pytest.raises(Rejected, match="too long"):
        story.do(tampered(story.submission(), "x" * 281), COMMUNICATOR)


def test_a_warning_does_not_block(story: Story) -> None:
    # Overnight: "next update at 06:00" is beyond the cadence of an hour.
    assert story.submit(next_update=at(6, 0)).status == "in review"


def test_a_final_text_promises_nothing_only_with_a_reason(story: Story) -> None:
    command = story.submission("D4", "final", facts={"next_update_at": None})
    with pytest.raises(Rejected, match="neither a next update nor a reason"):
        story.do(command, COMMUNICATOR)
    reason = "the road is open to everyone"
    draft = story.submit("D4", "final", facts={"next_update_at": None, "no_promise_reason": reason})
    assert (draft.current.next_update, draft.current.no_promise_reason) == (None, reason)


def test_in_an_exercise_a_text_without_the_mark_is_refused() -> None:
    # Given an exercise, whose texts all carry the mark,
    story = Story().open(exercise=True)
    command = story.submission()
    assert all(text["en"].startswith("EXERCISE - ") for text in command.texts.values())
    # when one of them lacks it, nothing is sent.
    with pytest.raises(Rejected, match="lacks the exercise mark") as refused:
        story.do(tampered(command, "Highway 7 is closed."), COMMUNICATOR)
    assert refused.value.code == "mark"
    assert story.do(command, COMMUNICATOR) != ()


def test_a_live_text_that_calls_itself_an_exercise_is_refused(story: Story) -> None:
    with pytest.raises(Rejected, match="this incident is live"):
        story.do(tampered(story.submission(), "EXERCISE - Highway 7 is closed. - EXERCISE"), COMMUNICATOR)


def test_what_is_recorded_is_what_was_sent(story: Story) -> None:
    command = story.submission("D3")
    *_, event = story.do(command, COMMUNICATOR)
    assert isinstance(event, RevisionSubmitted)
    assert (event.texts, event.text_sha256, event.values) == (
        command.texts,
        command.text_sha256,
        command.values,
    )


def test_lengths_are_counted_with_the_mark() -> None:
    # 270 characters are fine on X, but not with the 22 of the mark around them.
    story = Story().open(exercise=True)
    with pytest.raises(Rejected, match="too long"):
        story.do(tampered(story.submission(), f"EXERCISE - {'x' * 260} - EXERCISE"), COMMUNICATOR)
