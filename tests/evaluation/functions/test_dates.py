"""dateTimeAdd, dateTimeToEpoch, dateTimeFromEpoch and the format of utcNow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.errors import EvaluationError
from armguard.evaluation.functions.dates import (
    date_time_add,
    date_time_from_epoch,
    date_time_to_epoch,
    format_utc_now,
)
from armguard.evaluation.unknown import Reason, Unknown

LAST_EPOCH = 253402300799
FIRST_EPOCH = -62135596800


@pytest.mark.parametrize(
    ("text", "round_trip"),
    [
        ("2020-04-07T14:53:14Z", "2020-04-07T14:53:14.0000000+00:00"),
        ("2020-04-07t14:53z", "2020-04-07T14:53:00.0000000+00:00"),
        ("2020-04-07 14:53:14Z", "2020-04-07T14:53:14.0000000+00:00"),
        ("2020-04-07T14:53:14", "2020-04-07T14:53:14.0000000+00:00"),
        ("2020-04-07T14:53:14+02:00", "2020-04-07T14:53:14.0000000+02:00"),
        ("2020-04-07T14:53:14 -0730", "2020-04-07T14:53:14.0000000-07:30"),
        ("2020-04-07 10:30 +2", "2020-04-07T10:30:00.0000000+02:00"),
        ("2020-04-07-05:00", "2020-04-07T00:00:00.0000000-05:00"),
        ("2020-04-07T14:53:14.1234567891Z", "2020-04-07T14:53:14.1234568+00:00"),
        ("1999-12-31T23:59:59.9999999Z", "1999-12-31T23:59:59.9999999+00:00"),
        ("20200407T145314Z", "2020-04-07T14:53:14.0000000+00:00"),
        ("2020-4-7", "2020-04-07T00:00:00.0000000+00:00"),
        ("2020/04/07", "2020-04-07T00:00:00.0000000+00:00"),
        ("2020-04", "2020-04-01T00:00:00.0000000+00:00"),
        ("4 2020", "2020-04-01T00:00:00.0000000+00:00"),
        ("07.04.2020", "2020-07-04T00:00:00.0000000+00:00"),
        ("4/7/2020 2:53:14 PM", "2020-04-07T14:53:14.0000000+00:00"),
        ("4/7/2020 12 am", "2020-04-07T00:00:00.0000000+00:00"),
        ("2:53 PM 4/7/2020", "2020-04-07T14:53:00.0000000+00:00"),
        ("4/7/49", "2049-04-07T00:00:00.0000000+00:00"),
        ("4/7/50", "1950-04-07T00:00:00.0000000+00:00"),
        ("Tue, 07 Apr 2020 14:53:14 GMT", "2020-04-07T14:53:14.0000000+00:00"),
        ("tuesday, april 7, 2020", "2020-04-07T00:00:00.0000000+00:00"),
        ("7 April 2020 10:30", "2020-04-07T10:30:00.0000000+00:00"),
        ("April 2020", "2020-04-01T00:00:00.0000000+00:00"),
        ("4/7/2020Z", "2020-04-07T00:00:00.0000000+00:00"),
        ("7-Apr-2020", "2020-04-07T00:00:00.0000000+00:00"),
        ("  2020-04-07  ", "2020-04-07T00:00:00.0000000+00:00"),
        ("2020-04-07 A.D.", "2020-04-07T00:00:00.0000000+00:00"),
        # In the invariant culture a month after a number is the month of a year.
        ("7 April", "2007-04-01T00:00:00.0000000+00:00"),
    ],
)
def test_text_is_read_as_dotnet_reads_it(text: str, round_trip: str) -> None:
    assert date_time_add(text, "PT0S", "o") == round_trip


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "not a date", "2020", "20200407", "4", "April", "2020-02-30T00:00:00Z"),
        *("2020-13-01", "13/1/2020", "2020-04-07T24:00:00Z", "2020-04-07T1:02:03Z"),
        *("2020-04-07T14", "2020-04-07T14:53:14.Z", "2020-04-07T14:53:14Z Z", "2020-04-07 14:60"),
        *("Wed, 07 Apr 2020 14:53:14 GMT", "2020-04-07T14:53:14+15:00", "2020-04-07 10:30 +2:60"),
        *(
            "4/7/2020 13:00 AM",
            "2020-04-07 2020-04-08",
            "10:30 11:30",
            "2020-W15-2",
        ),
        *("0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "1586271194", "2020:04:07"),
        # Where the year is missing, a zone is not accepted.
        *("April 7 GMT", "/subscriptions/x/resourceGroups/y"),
    ],
)
def test_text_that_is_no_date(text: str) -> None:
    with pytest.raises(EvaluationError, match="is not a date such as"):
        date_time_add(text, "PT0S")


@pytest.mark.parametrize("text", ["14:53", "4/7", "April 7", "1/10 5 AM", "10 pm"])
def test_text_that_leaves_out_the_date_is_unknown(text: str) -> None:
    added = date_time_add(text, "P1D", "d")
    assert isinstance(added, Unknown)
    assert added.reason is Reason.NON_DETERMINISTIC
    assert str(added) == f"[dateTimeAdd('{text}', 'P1D', 'd')]"
    assert isinstance(date_time_to_epoch(text), Unknown)


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("PT0S", "2020-04-07T14:53:14.0000000"),
        ("P3Y", "2023-04-07T14:53:14.0000000"),
        ("-P9D", "2020-03-29T14:53:14.0000000"),
        ("P1M", "2020-05-07T14:53:14.0000000"),
        ("P2M", "2020-06-06T14:53:14.0000000"),
        # Twelve months are a year of 365 days, not 360 days.
        ("P12M", "2021-04-07T14:53:14.0000000"),
        ("P14M", "2021-06-06T14:53:14.0000000"),
        ("P1Y2M3DT4H5M6S", "2021-06-09T18:58:20.0000000"),
        ("-PT36H", "2020-04-06T02:53:14.0000000"),
        ("PT90M", "2020-04-07T16:23:14.0000000"),
        ("PT0.5S", "2020-04-07T14:53:14.5000000"),
        ("PT.25S", "2020-04-07T14:53:14.2500000"),
        ("PT1.S", "2020-04-07T14:53:15.0000000"),
        ("PT0.12345678S", "2020-04-07T14:53:14.1234567"),
        (" P1D ", "2020-04-08T14:53:14.0000000"),
    ],
)
def test_durations(duration: str, expected: str) -> None:
    pattern = "yyyy-MM-ddTHH:mm:ss.fffffff"
    assert date_time_add("2020-04-07T14:53:14Z", duration, pattern) == expected


@pytest.mark.parametrize(
    "duration",
    [
        *("", " ", "P", "-P", "PT", "P1DT", "P1W", "P1.5D", "bad", "p1d", "+P1D", "1D", "P1S"),
        *("PT1D", "PT1H2", "P1D1Y", "P-1D", "PTS", "P2147483648D", "P" + "9" * 5000 + "D"),
    ],
)
def test_what_is_no_duration(duration: str) -> None:
    with pytest.raises(EvaluationError, match="duration"):
        date_time_add("2020-01-01", duration)


@pytest.mark.parametrize(
    ("base", "duration"),
    [("9999-12-31T23:59:59Z", "P1D"), ("0001-01-01", "-PT1S"), ("2020-01-01", "P2147483647Y")],
)
def test_sum_must_be_a_date(base: str, duration: str) -> None:
    with pytest.raises(EvaluationError, match="between the years 1 and 9999"):
        date_time_add(base, duration)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (None, "2020-04-07T04:05:06Z"),
        ("", "04/07/2020 04:05:06 +02:00"),
        ("d", "04/07/2020"),
        ("D", "Tuesday, 07 April 2020"),
        ("f", "Tuesday, 07 April 2020 04:05"),
        ("F", "Tuesday, 07 April 2020 04:05:06"),
        ("g", "04/07/2020 04:05"),
        ("G", "04/07/2020 04:05:06"),
        ("m", "April 07"),
        ("M", "April 07"),
        ("o", "2020-04-07T04:05:06.0780000+02:00"),
        ("O", "2020-04-07T04:05:06.0780000+02:00"),
        ("r", "Tue, 07 Apr 2020 02:05:06 GMT"),
        ("R", "Tue, 07 Apr 2020 02:05:06 GMT"),
        ("s", "2020-04-07T04:05:06"),
        ("t", "04:05"),
        ("T", "04:05:06"),
        ("u", "2020-04-07 02:05:06Z"),
        ("y", "2020 April"),
        ("Y", "2020 April"),
        ("%d", "7"),
        ("%U", "U"),
        ("d/M/y h:m:s t", "7/4/20 4:5:6 A"),
        ("dd MM yy hh mm ss tt", "07 04 20 04 05 06 AM"),
        ("ddd MMM yyy", "Tue Apr 2020"),
        ("ddddd MMMMM yyyyyy", "Tuesday April 002020"),
        ("HHHH mmmm ssss tttt", "04 05 06 AM"),
        ("z zz zzz zzzz K", "+2 +02 +02:00 +02:00 +02:00"),
        ("s.f s.ff s.fffffff", "6.0 6.07 6.0780000"),
        ("s.F s.FF s.FFFFFFF", "6 6.07 6.078"),
        ("%F", ""),
        ("s.%F|", "6|"),
        ("s'.'F|", "6|"),
        ("gg", "A.D."),
        ("'d''at'\"e's\"", "date's"),
        (r"\d\\ 'it\'s'", r"d\ it's"),
        ("yyyy-MM-ddTHH:mm:ssZ", "2020-04-07T04:05:06Z"),
        ("Quartier, Abc", "Quar" + "A" + "ier, Abc"),
    ],
)
def test_formats(pattern: str | None, expected: str) -> None:
    base = "2020-04-07T04:05:06.078+02:00"
    found = date_time_add(base, "PT0S", *([] if pattern is None else [pattern]))
    assert found == expected


@pytest.mark.parametrize(
    "pattern",
    ["U", "x", "-", " ", "%", "%%", "dd%", "dd\\", "'open", 'HH"', "ffffffff", "%'", "'\\"],
)
def test_bad_formats(pattern: str) -> None:
    with pytest.raises(EvaluationError, match="date format"):
        date_time_add("2020-04-07", "PT0S", pattern)


def test_noon_and_midnight_on_a_clock_of_twelve_hours() -> None:
    shown = [date_time_add("2020-01-01", f"PT{hour}H", "h tt") for hour in (0, 1, 12, 13, 23)]
    assert shown == ["12 AM", "1 AM", "12 PM", "1 PM", "11 PM"]


def test_negative_offset_of_less_than_an_hour() -> None:
    assert date_time_add("2020-01-01T00:00-00:30", "PT0S", "z zzz") == "-0 -00:30"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59Z"),
        (1586271194, "2020-04-07T14:53:14Z"),
        (LAST_EPOCH, "9999-12-31T23:59:59Z"),
        (FIRST_EPOCH, "0001-01-01T00:00:00Z"),
    ],
)
def test_epoch_both_ways(seconds: int, text: str) -> None:
    assert date_time_from_epoch(seconds) == text
    assert date_time_to_epoch(text) == seconds


@pytest.mark.parametrize("seconds", [LAST_EPOCH + 1, FIRST_EPOCH - 1, 2**63 - 1])
def test_epoch_outside_the_calendar(seconds: int) -> None:
    with pytest.raises(EvaluationError, match="between the years 1 and 9999"):
        date_time_from_epoch(seconds)


def test_epoch_rounds_down_and_minds_the_offset() -> None:
    assert date_time_to_epoch("1969-12-31T23:59:59.5Z") == -1
    assert date_time_to_epoch("2022-07-04T09:05:03-07:30") == 1656952503


def test_utc_now_is_compact_without_a_format() -> None:
    assert format_utc_now("2024-05-06T07:08:09Z", None) == "20240506T070809Z"
    assert format_utc_now("2024-05-06T07:08:09Z", "yyyy-MM-dd-HH-mm-ss") == "2024-05-06-07-08-09"
    assert date_time_add(format_utc_now("2024-05-06T07:08:09Z", None), "P1D", "u") == (
        "2024-05-07 07:08:09Z"
    )


@given(st.integers(FIRST_EPOCH, LAST_EPOCH))
def test_what_is_written_is_read_back(seconds: int) -> None:
    written = date_time_from_epoch(seconds)
    assert date_time_to_epoch(written) == seconds
    for pattern in ("o", "r", "u", "G", "yyyyMMddTHHmmssZ"):
        assert date_time_to_epoch(date_time_add(written, "PT0S", pattern)) == seconds


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-(10**6), 10**6))
def test_adding_minutes_agrees_with_python(start: datetime, minutes: int) -> None:
    start = start.replace(microsecond=0, year=min(max(start.year, 4), 9996))
    sign = "-" if minutes < 0 else ""
    expected = (start + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
    assert date_time_add(start.isoformat(), f"{sign}PT{abs(minutes)}M") == expected


@given(st.text("0123456789-/:. ,TtZzAaPpMmGgrRiI+", max_size=24))
def test_any_text_is_a_date_or_a_plain_error(text: str) -> None:
    try:
        value = date_time_to_epoch(text)
    except EvaluationError:
        return
    assert isinstance(value, (int, Unknown))


@given(st.text("yMdHhmsfFtzKg%'\"\\:/ .UuoT", max_size=12))
def test_any_pattern_is_a_text_or_a_plain_error(pattern: str) -> None:
    try:
        assert isinstance(date_time_add("2020-04-07", "PT0S", pattern), str)
    except EvaluationError:
        return


def test_hostile_texts_take_no_time() -> None:
    for text in (" " * 200_000, "," * 200_000, "2020-04-07T14:53 +" + " " * 200_000 + "x"):
        with pytest.raises(EvaluationError):
            date_time_to_epoch(text)
