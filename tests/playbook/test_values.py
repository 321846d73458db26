"""What people type into a field: taken as they meant it, or refused in words they understand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Field
from ecomms_bot.playbook.values import FieldError, FieldValue, example_of, is_empty, parse
from tests.playbook.samples import NOW, ZONE, at


def field(type_: str, **more: Any) -> Field:
    return Field.model_validate({"type": type_, "label": "Answer", "example": "this", **more})


CHOICE = field(
    "choice", choices=[{"value": "both", "label": "both ways"}, {"value": "north", "label": "northbound"}]
)


def understood(of: Field, raw: str | datetime | None) -> FieldValue:
    return parse("answer", of, raw, zone=ZONE, now=NOW)


@pytest.mark.parametrize(
    ("of", "raw", "value"),
    [
        (field("text"), "  Hope \n", "Hope"),
        (field("text"), "Fraser's “Hope” – é {{ x }} <!here>", "Fraser's “Hope” – é {{ x }} <!here>"),
        (field("text", required=False), "   ", None),
        (field("text", required=False), None, None),
        (field("long_text"), "One\n\nTwo", "One\n\nTwo"),
        (field("integer"), "140", "140"),
        (field("integer"), "+0140", "140"),
        (field("integer"), "1,200", "1200"),
        (field("integer"), "14 500", "14500"),
        (field("integer"), "-0", "0"),
        (field("integer"), "-3", "-3"),
        (field("decimal"), "3.10", "3.10"),
        (field("decimal"), "-2", "-2"),
        (field("integer", minimum=0, maximum=5), "5", "5"),
        (CHOICE, "both", "both"),
        (CHOICE, "northbound", "north"),
        (field("url"), "https://www.drivebc.ca", "https://www.drivebc.ca"),
        (field("url"), "https://a.example:8443/b?c=d#e", "https://a.example:8443/b?c=d#e"),
        (field("phone"), "1-800-550-4997", "1-800-550-4997"),
        (field("phone"), "(604) 555 0123", "(604) 555 0123"),
        (field("phone"), "511", "511"),
        (field("phone"), "+44 20 7946 0018", "+44 20 7946 0018"),
        (field("datetime"), "2021-11-14T21:45:59-08:00", at(21, 45)),
        (field("datetime"), "2021-11-15T05:45Z", at(21, 45)),
        (field("datetime"), datetime(2021, 11, 15, 5, 45, tzinfo=UTC), at(21, 45)),
        (field("datetime", past_allowed=False), NOW + timedelta(minutes=1), at(20, 41)),
        (field("datetime", future_allowed=False), NOW + timedelta(minutes=5), at(20, 45)),
    ],
)
def test_what_is_meant_is_understood(of: Field, raw: str | datetime | None, value: FieldValue) -> None:
    assert understood(of, raw) == value


@pytest.mark.parametrize(
    ("of", "raw", "message"),
    [
        (field("text"), "", "This is needed, for example: this."),
        (CHOICE, None, "This is needed: choose one of “both ways”, “northbound”."),
        (CHOICE, "west", "This is not one of the answers: choose one of “both ways”, “northbound”."),
        (field("text", max_length=4), "Hopes", "This may have up to 4 characters; it has 5."),
        (field("text"), "a\nb", "This must be on one line."),
        (field("text"), NOW, "This cannot be a time, for example: this."),
        (
            field("text"),
            "a\x00b",
            "This has an invisible character in it, as pasted text can have. Type that place again.",
        ),
        (field("text"), "a\tb", "This has a tab in it, as pasted text can have. Type that place again."),
        (field("long_text"), "a\ud800b", "This has an invisible character in it"),
        (field("long_text"), "a\r\nb", "This has an invisible character in it"),
        (field("long_text"), "a\u2028b", "This has an invisible character in it"),
        (field("long_text"), "a\ufeffb", "This has an invisible character in it"),
        (field("long_text", max_length=2), "abc", "This may have up to 2 characters; it has 3."),
        (
            field("integer", unit="vehicles", example="140"),
            "many",
            "This must be a whole number (vehicles), for example: 140.",
        ),
        (field("integer"), "3.5", "This must be a whole number"),
        (field("integer"), "1,20", "This must be a whole number"),
        (field("integer"), "٣", "This must be a whole number"),
        (field("integer"), "9" * 16, "This must be a whole number"),
        (field("decimal", unit="m"), "3,1", "This must be a number (m), for example: this."),
        (field("decimal"), "NaN", "This must be a number"),
        (field("decimal"), "1e9", "This must be a number"),
        (field("integer", minimum=0, unit="km"), "-1", "This must be 0 or more (km)."),
        (field("decimal", maximum="2.5"), "2.6", "This must be 2.5 or less."),
        (
            field("url"),
            "http://bit.ly/x",
            "This must be one web address that begins with https://, for example: this.",
        ),
        (field("url"), "https://www.drivebc.ca.", "This must be one web address"),
        (field("url"), "https://me@example.ca", "This must be one web address"),
        (field("url"), "https://localhost", "This must be one web address"),
        (field("url"), "https://a.ca https://b.ca", "This must be one web address"),
        (
            field("url", max_length=20),
            "https://www.drivebc.ca",
            "This may have up to 20 characters; it has 22.",
        ),
        (
            field("phone"),
            "250-555-01",
            "This must be a whole telephone number with its area code, for example: this.",
        ),
        (field("phone"), "call us", "This must be a whole telephone number"),
        (field("phone"), "+1 800", "This must be a whole telephone number"),
        (field("datetime"), "2021-11-14T21:45", "This needs a time zone, for example: this."),
        (field("datetime"), datetime(2021, 11, 14), "This needs a time zone"),  # noqa: DTZ001 - the point
        (field("datetime"), "at nine", "This must be a date and a time, for example: this."),
        (field("datetime"), "2921-11-14T21:45Z", "This is more than ten years away. Check the year."),
        (field("datetime"), "0001-01-01T00:00+14:00", "This is more than ten years away. Check the year."),
        (field("datetime", past_allowed=False), NOW, "This has already passed. Choose a later time."),
        (field("datetime", past_allowed=False), NOW + timedelta(seconds=40), "This has already passed."),
        (field("datetime", future_allowed=False), NOW + timedelta(minutes=6), "This is still to come."),
    ],
)
def test_what_cannot_be_is_refused_in_plain_words(
    of: Field, raw: str | datetime | None, message: str
) -> None:
    with pytest.raises(FieldError) as caught:
        understood(of, raw)
    assert caught.value.field == "answer"
    assert caught.value.message.startswith(message)
    assert str(caught.value) == caught.value.message


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=200))
def test_any_text_survives_letter_by_letter(typed: str) -> None:
    assume(typed.strip() and not {"\ufeff", "\ufffe", "\uffff"} & set(typed))
    for type_ in ("text", "long_text"):
        assert understood(field(type_, max_length=200), f" {typed}\n") == typed.strip()


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_a_whole_number_comes_back_as_its_plain_text(number: int) -> None:
    assert understood(field("integer"), f"{number}") == str(number)
    assert understood(field("integer"), f"{number:,}") == str(number)


def outcome(of: Field, raw: str | datetime) -> FieldValue | FieldError:
    try:
        return understood(of, raw)
    except FieldError as error:
        return error


@given(st.text(), st.sampled_from(["text", "long_text", "integer", "decimal", "url", "phone", "datetime"]))
def test_whatever_is_typed_is_understood_or_refused_but_never_breaks(typed: str, type_: str) -> None:
    of = field(type_, required=False)
    value = outcome(of, typed)
    if isinstance(value, FieldError):
        assert value.message.startswith("This ")
    elif isinstance(value, str):
        assert understood(of, value) == value


@given(st.datetimes(timezones=st.timezones()))
def test_any_moment_is_understood_or_refused(moment: datetime) -> None:
    value = outcome(field("datetime"), moment)
    if isinstance(value, Instant):
        assert timedelta() <= moment - value.utc < timedelta(minutes=1)
    else:
        assert isinstance(value, FieldError)
        assert "ten years" in value.message


def test_only_nothing_is_empty() -> None:
    assert [is_empty(value) for value in (None, "", "0", at(1))] == [True, True, False, False]


def test_an_example_is_understood_whatever_the_time_is() -> None:
    long_ago = field("datetime", example="1990-01-01T00:00Z", past_allowed=False)
    assert example_of("answer", long_ago) == Instant.of(datetime(1990, 1, 1, tzinfo=UTC), "UTC")
    assert example_of("answer", field("integer", example="1,200")) == "1200"
    with pytest.raises(FieldError, match="This must be a whole number"):
        example_of("answer", field("integer", example="many"))
