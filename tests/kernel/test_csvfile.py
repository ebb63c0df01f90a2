"""Tables from elsewhere: every encoding and dialect we promise, and every fault with its file and line."""

from pathlib import Path

import pytest

from shared_core.kernel import csvfile
from shared_core.kernel.csvfile import FileUnreadable, UnknownColumn

ROWS = "名称,Price\n茶,1\n"


def cells(source: bytes | Path) -> list[dict[str, str]]:
    return [row.cells for row in csvfile.read_table(source).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_three_encodings_are_read(encoding: str) -> None:
    assert cells(ROWS.encode(encoding)) == [{"名称": "茶", "price": "1"}]


@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n", "a;b\r\n1;2\r\n", "a\tb\r1\t2\r", '"a","b"\n"1"," 2 "', "\n\na,b\n\n1,2"]
)
def test_dialects_are_told_from_the_header(text: str) -> None:
    assert cells(text.encode()) == [{"a": "1", "b": "2"}]


def test_a_row_has_the_line_on_which_it_starts() -> None:
    table = csvfile.read_table(b'a,b\n1,"two\nlines"\n\n" ",\n3,4\n')

    assert [(row.line, row.cells["b"]) for row in table.rows] == [(2, "two\nlines"), (6, "4")]


def test_a_ragged_row_says_how_wide_it_is() -> None:
    table = csvfile.read_table(b"a,b\n1\n1,2,3\n")

    assert [(row.width, row.cells) for row in table.rows] == [(1, {"a": "1"}), (3, {"a": "1", "b": "2"})]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "table: it is empty."),
        (b" \n\n", "table: it is empty."),
        (b"PK\x03\x04rest", "table: it is no CSV but looks like an Excel workbook or a ZIP archive"),
        (b"\x89PNG\r\n", "looks like a picture"),
        ("a,b\n".encode("utf-16"), "looks like text in UTF-16"),
        (b"a,b\n1,\0\n", "table, line 2: this is no text"),
        (b"a,b\n\xe8\x8c\xb6,1\n2,\xff\xff\n", "table, line 3: this is not text in UTF-8 or GB18030"),
        (b'a,b\n1,2\n"3,4\n5,6', "table, line 3: a quotation mark is opened and never closed."),
        (b'a,b\n"1"x,2\n', "table, line 2: something follows a closing quotation mark"),
        (b"a,b\n1," + b"x" * 200_000, "table, line 2: a cell has more than 131072 characters"),
        (b"\na,b, A\n", "table, line 2: the column 'A' is there twice"),
    ],
)
def test_a_fault_says_where_it_is_and_what_to_do(content: bytes, said: str) -> None:
    with pytest.raises(FileUnreadable) as refused:
        cells(content)
    assert said in str(refused.value)


def test_a_table_has_limits() -> None:
    with pytest.raises(FileUnreadable, match="table: it is larger than 3 bytes"):
        csvfile.read_table(b"a,b\n", bytes_max=3)
    with pytest.raises(FileUnreadable, match="table, line 3: there are more than 1 rows"):
        list(csvfile.read_table(b"a,b\n1,2\n3,4\n", rows_max=1).rows)


def test_a_file_is_named_even_when_it_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match=r"none\.csv: No such file or directory"):
        cells(tmp_path / "none.csv")


def test_columns_are_found_by_name_and_may_be_called_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("Ref, Amount ,Note\n1,2,\n3\n")

    found = list(csvfile.rows(path, required=["id", "amount"], optional=["note", "more"], columns={"id": "REF"}))

    assert found == [(2, {"id": "1", "amount": "2", "note": ""}), (3, {"id": "3", "amount": "", "note": ""})]
    with pytest.raises(FileUnreadable, match=r"no column 'sku'; the columns are: Ref, Amount, Note"):
        list(csvfile.rows(path, required=["sku"]))
    with pytest.raises(UnknownColumn, match=r"'amuont' is no column of ours\. Ours are: amount"):
        list(csvfile.rows(path, required=["amount"], columns={"amuont": "Amount"}))


def test_blanks_that_line_up_columns_behind_quotation_marks_do_no_harm() -> None:
    table = csvfile.read_table(
        b'name ,text           ,n\n"a"  ,"b, ""c"" , d" ,1\n"e"  ,  "" ,2\nf    ,"two\nlines"   ,3\n'
    )
    assert [tuple(row.cells.values()) for row in table.rows] == [
        ("a", 'b, "c" , d', "1"),
        ("e", '""', "2"),
        ("f", "two\nlines", "3"),
    ]
