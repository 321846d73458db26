"""`/ecomms facts`: what is known now, and recording what is so, in the words that people use."""

from __future__ import annotations

from tests.scenario.acting import Case


def recorded(case: Case) -> list[tuple[str, str, str]]:
    """Name, value and source of every recorded fact."""
    facts = [each for known in case.state.facts.values() for each in known]
    return [(each.name, str(each.value), each.source) for each in facts]


def test_without_words_it_shows_what_is_known_and_a_button(case: Case) -> None:
    assert "No fact of Highway 7 slides is recorded yet." in case.types("otto", "facts").words
    case.types("mara", "facts river level 3.1, operations")
    (message,) = case.types("otto", "facts").messages
    assert "River level: 3.1 m · operations, today at 20:00 · recorded by @Mara Lund" in message.plain()
    assert message.buttons == ["Add a fact…"]


def test_a_fact_is_recorded_under_the_fields_own_name_and_the_answer_says_which(case: Case) -> None:
    for typed, name, value in (
        ("facts gauge_level_m 3.1, operations", "gauge_level_m", "3.1"),
        ("facts River level: 3.2, operations", "gauge_level_m", "3.2"),
        ("facts rivr level 3.3 m, operations", "gauge_level_m", "3.3"),
        ("facts direction Both Ways, operations", "direction", "both"),
        ("facts detour Highway 1, then Highway 9, operations", "detour", "Highway 1, then Highway 9"),
        ("facts vehicles stopped = 140, operations", "vehicles stopped", "140"),
    ):
        reply = case.types("mara", typed)
        label = case.state.book.fields[name].label if name in case.state.book.fields else name
        assert (
            f"Recorded in the log of Highway 7 slides, entry {case.entries('FactRecorded')[-1].seq}"
            in reply.words
        )
        assert label in reply.words
        assert (name, value, "operations") in recorded(case)
    assert "The next text that asks for it begins with it." in case.types("mara", "facts road 7, ops").words


def test_a_source_may_have_commas_where_the_value_cannot(case: Case) -> None:
    for typed, name, value in (
        ("facts river level 3.1, operations, by phone", "gauge_level_m", "3.1"),
        ("facts direction both ways, operations, by phone", "direction", "both"),
        ("facts vehicles stopped = 1,140, operations, by phone", "vehicles stopped", "1,140"),
    ):
        reply = case.types("mara", typed)
        assert (name, value, "operations, by phone") in recorded(case), reply.words


def test_a_time_is_typed_as_for_reminders(case: Case) -> None:
    reply = case.types("mara", "facts reopen_estimate_at tomorrow 6am, operations")
    assert "Expected to reopen tomorrow at 06:00" in reply.words
    reply = case.types("mara", "facts reopen_estimate_at 6am, operations")
    assert "06:00 today has passed." in reply.words
    assert "/ecomms facts reopen_estimate_at tomorrow 6am, operations" in reply.words
    assert len(case.entries("FactRecorded")) == 1


def test_what_is_unclear_is_asked_back_with_the_words_that_work(case: Case) -> None:
    for typed, said in (
        (
            "facts river level 3.1",
            "A fact needs who says so, after a comma, as in: /ecomms facts gauge_level_m",
        ),
        ("facts river level 3.1,", "A fact needs who says so"),
        ("facts , operations", "A fact needs who says so"),
        ("facts gauge_level_m, operations", "Say what is so after “gauge_level_m”"),
        ("facts gauge_level_m high, operations", "This must be a number (m)"),
        ("facts direction up, operations", "This is not one of the answers"),
        (
            "facts vehicles 140, operations",
            "or give it a name of its own: /ecomms facts NAME = VALUE, SOURCE",
        ),
        ("facts next_update_at = 6am, operations", "is set in each text"),
    ):
        reply = case.types("mara", typed)
        assert said in reply.words
        assert f"You typed:\n/ecomms {typed}" in reply.words
    assert case.entries("FactRecorded") == []


def test_the_same_fact_twice_is_said_once(case: Case) -> None:
    case.types("mara", "facts road Highway 7, operations")
    assert "has this fact already" in case.types("mara", "facts road Highway 7, operations").words
    assert len(case.entries("FactRecorded")) == 1
