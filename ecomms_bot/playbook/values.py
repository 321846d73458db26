"""What people type into fields: understood, or refused in words that can stand beside the field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

from ecomms_bot.errors import EcommsError
from ecomms_bot.playbook.instant import Instant

if TYPE_CHECKING:
    from ecomms_bot.playbook.model import Field

FieldValue = str | Instant | None
Values = Mapping[str, FieldValue]

INCIDENT_NAME = "incident_name"
INCIDENT_NAME_MAX = 60
"""Characters of an incident's name: texts print it, and have to fit with it."""
AS_OF = "as_of"
NEXT_UPDATE = "next_update_at"
NO_PROMISE_REASON = "no_promise_reason"
EXPIRES = "expires_at"
"""Until when a text holds, where it says so: then it asks to be renewed or taken down."""
COMMON_FIELDS = (AS_OF, NEXT_UPDATE, NO_PROMISE_REASON, "issuing_source", "info_url")
"""Asked last in every form, in this order. The incident's name is not asked: the incident has it."""

FAR = timedelta(days=3660)
"""A time further away than ten years is a slip of the pen."""

SKEW = timedelta(minutes=5)
"""How far ahead a time "now" may be: clocks differ, and forms round."""

_INVISIBLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_INTEGER = re.compile(r"[+-]?(?:[0-9]{1,15}|[0-9]{1,3}(?:[ ,][0-9]{3}){1,4})")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,6})?")
_URL = re.compile(r"https://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::[0-9]{1,5})?(?:[/?#][!-~]*)?")
_PHONE = re.compile(r"[0-9]{3}|\+?[0-9(][0-9 ().-]*[0-9]")


class FieldError(EcommsError):
    """One field cannot be used as it was typed; what was typed is kept."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def is_empty(value: FieldValue) -> bool:
    return value is None or value == ""


def parse(
    field_name: str, field: Field, raw: str | datetime | None, *, zone: str, now: datetime
) -> FieldValue:
    """Understand what was typed, or raise FieldError. Times are kept to the minute, in the IANA `zone`.

    Text stays as it is but for white space around it; numbers come back as text, choices as their value.
    """
    try:
        return _parse(field, raw, zone, now)
    except _Refused as refused:
        raise FieldError(field_name, str(refused)) from None


class _Refused(ValueError):
    """Why a value is not taken, as a sentence."""


def _parse(field: Field, raw: str | datetime | None, zone: str, now: datetime) -> FieldValue:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        if field.required:
            raise _Refused(f"This is needed{_such_as(field)}.")
        return None
    if isinstance(raw, datetime):
        if field.type == "datetime":
            return _time(field, raw, zone, now)
        raise _Refused(f"This cannot be a time{_such_as(field)}.")
    text = raw.strip()
    if found := _INVISIBLE.search(text):
        what = "a tab" if found.group() == "\t" else "an invisible character"
        raise _Refused(f"This has {what} in it, as pasted text can have. Type that place again.")
    return _typed(field, text, zone, now)


def _typed(field: Field, text: str, zone: str, now: datetime) -> FieldValue:
    match field.type:
        case "long_text":
            return _within(field, text)
        case "text":
            if "\n" in text:
                raise _Refused("This must be on one line.")
            return _within(field, text)
        case "integer" | "decimal":
            return _number(field, text)
        case "choice":
            return _chosen(field, text)
        case "url":
            return _url(field, text)
        case "phone":
            return _phone(field, text)
        case "datetime":
            return _time(field, text, zone, now)
        case never:
            assert_never(never)


def _such_as(field: Field) -> str:
    if field.type == "choice":
        return ": choose one of " + ", ".join(f"“{choice.label}”" for choice in field.choices)
    return f", for example: {field.example}".removesuffix(".")


def _within(field: Field, text: str) -> str:
    if len(text) > field.max_length:
        raise _Refused(f"This may have up to {field.max_length} characters; it has {len(text)}.")
    return text


def _number(field: Field, text: str) -> str:
    unit = f" ({field.unit})" if field.unit else ""
    if field.type == "integer":
        if not _INTEGER.fullmatch(text):
            raise _Refused(f"This must be a whole number{unit}{_such_as(field)}.")
        number = Decimal(re.sub("[ ,]", "", text))
    else:
        if not _DECIMAL.fullmatch(text):
            raise _Refused(f"This must be a number{unit}{_such_as(field)}.")
        number = Decimal(text)
    if field.minimum is not None and number < field.minimum:
        raise _Refused(f"This must be {field.minimum} or more{unit}.")
    if field.maximum is not None and number > field.maximum:
        raise _Refused(f"This must be {field.maximum} or less{unit}.")
    return f"{abs(number) if number == 0 else number:f}"


def _chosen(field: Field, text: str) -> str:
    for choice in field.choices:
        if text in (choice.value, choice.label):
            return choice.value
    raise _Refused(f"This is not one of the answers{_such_as(field)}.")


def _url(field: Field, text: str) -> str:
    if not _URL.fullmatch(text) or text.endswith((".", ",", ";", ":", "!", ")")):
        raise _Refused(f"This must be one web address that begins with https://{_such_as(field)}.")
    return _within(field, text)


def _phone(field: Field, text: str) -> str:
    digits = re.sub("[^0-9]", "", text)
    north_american = len(digits) in (3, 10) or (len(digits) == 11 and digits.startswith("1"))
    international = text.startswith("+") and 8 <= len(digits) <= 15
    if not _PHONE.fullmatch(text) or not (north_american or international):
        raise _Refused(f"This must be a whole telephone number with its area code{_such_as(field)}.")
    return _within(field, text)


def _time(field: Field, raw: str | datetime, zone: str, now: datetime) -> Instant:
    moment = _moment(field, raw)
    if abs(moment - now) > FAR:
        raise _Refused("This is more than ten years away. Check the year.")
    instant = Instant.of(moment.replace(second=0, microsecond=0), zone)
    if not field.past_allowed and instant.utc <= now:
        raise _Refused("This has already passed. Choose a later time.")
    if not field.future_allowed and instant.utc > now + SKEW:
        raise _Refused("This is still to come. Choose the time the facts are from, not later than now.")
    return instant


def _moment(field: Field, raw: str | datetime) -> datetime:
    if isinstance(raw, str):
        try:
            raw = datetime.fromisoformat(raw)
        except ValueError:
            raise _Refused(f"This must be a date and a time{_such_as(field)}.") from None
    if raw.utcoffset() is None:
        raise _Refused(f"This needs a time zone{_such_as(field)}.")
    return raw


def example_of(field_name: str, field: Field, zone: str = "UTC") -> FieldValue:
    """The field's own example, understood, whatever the time is; FieldError if the field would refuse it."""
    try:
        if field.type == "datetime":
            return Instant.of(_moment(field, field.example), zone)
        return _parse(field, field.example, zone, datetime.max.replace(tzinfo=UTC))
    except _Refused as refused:
        raise FieldError(field_name, str(refused)) from None
