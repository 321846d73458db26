"""Sentences: the template is ours, the values are people's, and each medium writes them in its own way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident.wording import (
    Rejected,
    Value,
    When,
    Who,
    any_of,
    duration,
    local,
    plain,
    reject,
    say,
    visible,
)
from ecomms_bot.playbook.instant import Instant

NIGHT = datetime(2021, 11, 15, 4, 5, tzinfo=UTC)
WHEN = When(NIGHT, "America/Vancouver")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("as it is", "as it is"),
        (7, "7"),
        (Who("U1"), "U1"),
        ((Who("U1"), Who("U2")), "U1, U2"),
        ((), ""),
        (WHEN, "14 Nov 2021 20:05 PST"),
    ],
)
def test_in_plain_words(value: Value, written: str) -> None:
    assert plain(value) == written
    assert str(say("{x}.", x=value)) == f"{written}."


def test_a_medium_draws_values_as_it_wants_and_leaves_the_template_alone() -> None:
    sentence = say("{who} opened {name} at {when}.", who=Who("U1"), name="<Flood>", when=WHEN)
    assert sentence.write(lambda value: f"[{type(value).__name__}]") == "[Who] opened [str] at [When]."


def test_what_a_person_typed_is_never_read_as_a_template() -> None:
    assert str(say("{name} is open already.", name="{who} {0} {{")) == "{who} {0} {{ is open already."


def test_a_moment_is_on_the_clocks_of_its_zone() -> None:
    assert local(WHEN).isoformat() == "2021-11-14T20:05:00-08:00"
    assert When.of(Instant.of(NIGHT, "America/Vancouver")) == WHEN


def test_a_refusal_has_a_code_for_programs_and_words_for_people() -> None:
    error = reject("stale", "{who} was first.", field="reason", who=Who("U1"))
    assert isinstance(error, Rejected)
    assert isinstance(error, EcommsError)
    assert (error.code, error.field, str(error)) == ("stale", "reason", "U1 was first.")
    assert error.sentence.values == {"who": Who("U1")}
    assert reject("stale", "No.").field is None


@pytest.mark.parametrize(
    ("words", "said"),
    [(["pio"], "pio"), (["sme", "pio"], "sme or pio"), (["sme", "pio", "ic"], "sme, pio or ic")],
)
def test_one_of_several(words: list[str], said: str) -> None:
    assert any_of(words) == said


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=50), "0 min"),
        (timedelta(minutes=12, seconds=40), "12 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=16, minutes=30), "16 h 30 min"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=14, hours=3, minutes=20), "14 days 3 h"),
    ],
)
def test_spans_have_units_and_are_said_in_full_minutes(span: timedelta, said: str) -> None:
    assert duration(span) == said


def test_what_nobody_sees_is_not_there() -> None:
    assert visible("\ufeffoperations\u200b,\u202a by phone\u202c\u2069") == "operations, by phone"
    assert visible("\u200b\u2060\u00ad") == ""
