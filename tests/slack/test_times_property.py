"""Any time that the clocks of a place will show: understood as that one or asked back, never as another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from ecomms_bot.slack.text import DAYS, MONTHS
from ecomms_bot.slack.times import MOST, NotATime, split_time

ZONES = (
    "America/Vancouver",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Scoresbysund",
    "Europe/Paris",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # its clocks change by half an hour
    "Pacific/Apia",
    "UTC",
)
NOWS = st.datetimes(datetime(2019, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it
AHEAD = st.integers(1, int(MOST / timedelta(minutes=1)) - 1)


def forms(wall: datetime, today: datetime) -> list[str]:
    """How people type this moment, whose clock time is `wall`."""
    minute = f":{wall:%M}" if wall.minute else ""
    half = f"{wall.hour % 12 or 12}{minute}{'am' if wall.hour < 12 else 'pm'}"
    clocks = [f"{wall:%H:%M}", f"{wall.hour}h{wall:%M}"]
    if wall.hour % 12 or wall.minute:
        clocks.append(half)
    days = [
        f"{wall:%Y-%m-%d}",
        f"{wall.day} {MONTHS[wall.month - 1]} {wall.year}",
        f"{DAYS[wall.weekday()]} {wall.day} {MONTHS[wall.month - 1]}",
        f"{MONTHS[wall.month - 1]} {wall.day}",
    ]
    away = (wall.date() - today.date()).days
    if away == 0:
        days += ["", "today"]
    if away == 1:
        days.append("tomorrow")
    if 1 <= away <= 6:
        days.append(DAYS[wall.weekday()])
    return [f"{day} {clock}".strip() for day in days for clock in clocks]


def heard(typed: str, zone: str, now: datetime) -> tuple[datetime, str] | NotATime:
    """The moment and the words after it, or what is asked back."""
    try:
        return split_time(typed, zone, now)
    except NotATime as error:
        return error


def moments(wall: datetime, zone: ZoneInfo) -> set[datetime]:
    """All moments at which the clocks of the zone show this, looked for minute by minute of offset."""
    near = wall.replace(tzinfo=UTC)
    offsets = {(near + timedelta(hours=h)).astimezone(zone).utcoffset() for h in range(-30, 31)}
    found = {near - offset for offset in offsets if offset is not None}
    return {each for each in found if each.astimezone(zone).replace(tzinfo=None) == wall}


@given(st.sampled_from(ZONES), NOWS, AHEAD, st.data())
@example("America/Vancouver", datetime(2021, 11, 7, 7, 30, tzinfo=UTC), 75, None)
@example("America/Vancouver", datetime(2022, 3, 13, 9, 30, tzinfo=UTC), 60, None)
@example("Australia/Lord_Howe", datetime(2022, 4, 2, 14, 0, tzinfo=UTC), 45, None)
@example("Pacific/Apia", datetime(2020, 4, 4, 13, 0, tzinfo=UTC), 30, None)
def test_a_moment_to_come_is_understood_or_asked_back(
    name: str, now: datetime, ahead: int, data: st.DataObject | None
) -> None:
    zone = ZoneInfo(name)
    now = now.replace(second=0, microsecond=0)
    moment = now + timedelta(minutes=ahead)
    wall, today = moment.astimezone(zone).replace(tzinfo=None), now.astimezone(zone)
    typed = forms(wall, today)
    for each in typed if data is None else [data.draw(st.sampled_from(typed))]:
        answer = heard(f"{each} 20 crews at 6", name, now)
        if moments(wall, zone) == {moment}:
            assert answer == (moment, "20 crews at 6"), each
        else:  # twice or never
            assert isinstance(answer, NotATime), each


@given(st.sampled_from(ZONES), NOWS, st.text(max_size=40))
@example("UTC", datetime(2021, 11, 14, tzinfo=UTC), "9999-12-31 23:59")
@example("UTC", datetime(2021, 11, 14, tzinfo=UTC), "0000-00-00 0:00")
@example("UTC", datetime(2021, 11, 14, tzinfo=UTC), "٢٠:٣٠ x")
@example("UTC", datetime(2021, 11, 14, tzinfo=UTC), "²2:00")
@example("UTC", datetime(2021, 11, 14, tzinfo=UTC), "99/99/9999 9:00")
@example("UTC", datetime(2021, 11, 14, tzinfo=UTC), "0/0/0 9:00")
def test_whatever_is_typed_means_a_moment_to_come_or_is_asked_back(
    zone: str, now: datetime, typed: str
) -> None:
    answer = heard(typed, zone, now)
    if isinstance(answer, NotATime):
        assert answer.problem.endswith((".", "?"))
    else:
        moment, rest = answer
        assert now < moment <= now + MOST
        assert rest in typed


CLOCKISH = st.from_regex(
    r"\A(next |this |on )?(mon|tue|sun|dec|may|today|tomorrow|20 dec|2021-12-20|03/04)? ?"
    r"(at )?[0-9]{1,4}([:h.][0-9]{1,2})? ?(am|pm|h|min|hours|noon|midnight)?( PST| UTC)? [a-z0-9 ]{0,9}\Z"
)


@given(NOWS, CLOCKISH)
def test_what_looks_like_a_time_does_so_too(now: datetime, typed: str) -> None:
    test_whatever_is_typed_means_a_moment_to_come_or_is_asked_back.hypothesis.inner_test(  # type: ignore[attr-defined]
        "America/Vancouver", now, typed
    )


@given(NOWS, CLOCKISH)
def test_what_is_offered_instead_is_understood(now: datetime, typed: str) -> None:
    """One question at a time: at most the second answer is a moment."""
    answer = heard(typed, "America/Vancouver", now)
    if isinstance(answer, NotATime):
        for each in answer.instead:
            assert _leads_on(f"{each} crews", now), each


NO_SUCH_MOMENT = ("days away", "clocks skip", "PST, has passed", "PDT, has passed")
"""What no other way of typing it would mend."""


def _leads_on(typed: str, now: datetime, questions: int = 2) -> bool:
    answer = heard(typed, "America/Vancouver", now)
    if not isinstance(answer, NotATime) or any(each in answer.problem for each in NO_SUCH_MOMENT):
        return True
    offered = [f"{each} crews" for each in answer.instead]
    return questions > 0 and any(_leads_on(each, now, questions - 1) for each in offered)
