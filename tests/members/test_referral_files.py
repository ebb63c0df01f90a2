"""Reading referral files: two formats, many ways to be wrong."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared_core import members
from shared_core.kernel.csvfile import FileUnreadable
from shared_core.members import ReferralRow

SECOND = datetime(2004, 4, 15, 20, 56, 1, tzinfo=UTC)


@pytest.fixture
def read(tmp_path: Path):  # type: ignore[no-untyped-def]
    def _read(content: str | bytes, **options: object) -> members.ReferralFile:
        path = tmp_path / "referrals.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return members.read_referrals(path, **options)  # type: ignore[arg-type]

    return _read


def test_plain_text_has_three_words_a_line(read) -> None:  # type: ignore[no-untyped-def]
    file = read("# comment\n1 2 1082062561\n\n3\t4 1082062561\n")

    assert file.rows == [ReferralRow(2, "1", "2", SECOND), ReferralRow(4, "3", "4", SECOND)]


def test_csv_columns_are_found_by_name(read) -> None:  # type: ignore[no-untyped-def]
    file = read('\ufeffAt,Visitor,Sharer\r\n1082062561,"Berg, Ben",anna\r\n')

    assert file.rows == [ReferralRow(2, "anna", "Berg, Ben", SECOND)]


def test_csv_columns_may_have_other_names(read) -> None:  # type: ignore[no-untyped-def]
    file = read("from,to,when\na,b,1082062561\n", columns={"sharer": "from", "visitor": "to", "at": "when"})

    assert file.rows == [ReferralRow(2, "a", "b", SECOND)]


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("1082062561", "UTC"),
        ("1082062561.000", "UTC"),
        ("2004-04-15T20:56:01Z", "UTC"),
        ("2004-04-16 04:56:01+08:00", "UTC"),
        ("2004-04-16T04:56:01", "Asia/Shanghai"),
    ],
)
def test_times_are_unix_seconds_or_iso(read, text: str, zone: str) -> None:  # type: ignore[no-untyped-def]
    file = read(f"sharer,visitor,at\na,b,{text}\n", zone=zone)

    assert file.rows[0].at == SECOND


def test_fractions_of_a_second_are_kept(read) -> None:  # type: ignore[no-untyped-def]
    assert read("a b 1082062561.25").rows[0].at == SECOND.replace(microsecond=250_000)


def test_bad_lines_are_listed_and_the_others_read(read) -> None:  # type: ignore[no-untyped-def]
    file = read("sharer,visitor,at\na,b,soon\na,b\na,b,1082062561\na,b,1082062561000\n")

    assert [row.line for row in file.rows] == [4]
    assert [(each.line, each.reason) for each in file.rejected] == [
        (2, "The time is neither Unix seconds nor ISO 8601."),
        (3, "A cell is missing."),
        (5, "The time is too far away; are these milliseconds?"),
    ]


def test_a_plain_line_of_four_words_is_bad(read) -> None:  # type: ignore[no-untyped-def]
    file = read("1 2 1082062561\n1 2 3 1082062561\n")

    assert [each.line for each in file.rejected] == [2]


def test_chinese_encodings_are_read(read) -> None:  # type: ignore[no-untyped-def]
    file = read("sharer,visitor,at\n掌柜,粉丝,1082062561\n".encode("gb18030"))

    assert (file.rows[0].sharer, file.rows[0].visitor) == ("掌柜", "粉丝")


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("name,visitor,at\na,b,1\n", 1, "there is no column 'sharer'"),
        ('sharer,visitor,at\na,b,1\na,"b,1\n', 3, "a quotation mark is opened and never closed"),
        (b"sharer,visitor,at\na,\xff\xff,1\n", 2, "this is not text in UTF-8 or GB18030"),
        (b"a b 1\nPK\0\0 2 3\n", 2, "this is no text"),
    ],
)
def test_a_file_that_makes_no_sense_says_where(read, content: str, line: int, reason: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(FileUnreadable) as refusal:
        read(content)

    assert str(refusal.value).startswith(f"referrals.csv, line {line}: {reason}")


def test_an_empty_file_has_no_rows(read) -> None:  # type: ignore[no-untyped-def]
    assert read(" \n").rows == []
