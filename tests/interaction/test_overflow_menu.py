"""The menu behind the three dots of a card: each of its options is a click of its own."""

from __future__ import annotations

from tests.interaction.meeting import Meeting, acked


def test_an_option_that_starts_a_step_posts_its_root(meeting: Meeting) -> None:
    case = meeting.case()
    title = case.state.step("D3").title
    reply = case.clicks("mara", case.last("card"), f"Start: {title}")
    assert acked(reply.answer) is None
    assert "D3" in case.state.steps
    assert "chat.postMessage" in meeting.called
    assert title in case.last("step", "D3").plain()


def test_an_option_that_shows_something_answers_who_chose_it_alone(meeting: Meeting) -> None:
    case = meeting.case()
    reply = case.clicks("otto", case.last("card"), "Status")
    assert "S2 Major" in reply.words
    assert meeting.called == ["response_url"]


def test_the_app_is_told_which_option_not_which_menu(meeting: Meeting) -> None:
    case = meeting.case()
    reply = case.clicks("otto", case.last("card"), "Status")
    assert reply.answer.envelope is not None
    (told,) = reply.answer.envelope.payload["actions"]
    assert (told["type"], told["selected_option"]["text"]["text"]) == ("overflow", "Status")
