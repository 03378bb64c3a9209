"""`spool`: whatever form the rows have, what would be uploaded is checked JSON Lines, and never all in memory."""

from __future__ import annotations

import collections
import enum
import io
import json
import subprocess
import sys
import tracemalloc
import types
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pareta_openai import OpenAI
from pareta_openai.eval_items import spool
from tests.support import ScriptedServer, json_answer, scripted_server

DATA = Path(__file__).parent / "data"
GOOD = {"input": "a", "expected": "b"}


def rows_of(items: Any) -> list[Any]:
    with spool(items) as spooled:
        data = spooled.file.read()
        rows = [json.loads(line) for line in data.split(b"\n")[:-1]]
        assert (spooled.count, spooled.size) == (len(rows), len(data))
        return rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all examples of a property."""
    return tmp_path_factory.mktemp("items")


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(name: str, content: bytes | str) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_a_list_comes_out_as_json_lines() -> None:
    with spool([{"input": "Überweisung\n", "expected": {"b": 1, "a": [None, True]}}, GOOD]) as spooled:
        assert spooled.file.tell() == 0
        assert spooled.file.read().decode() == (
            '{"input":"Überweisung\\n","expected":{"b":1,"a":[null,true]}}\n{"input":"a","expected":"b"}\n'
        )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=10,
)
rows = st.lists(
    st.builds(
        lambda others, given: {**others, "input": given},
        st.dictionaries(st.text(), json_values, max_size=3),
        st.text(min_size=1) | st.dictionaries(st.text(), json_values, min_size=1, max_size=3),
    ),
    min_size=1,
    max_size=5,
)


@settings(deadline=None)
@given(rows)
def test_what_goes_in_comes_out(items: list[dict[str, Any]]) -> None:
    assert rows_of(items) == items


@settings(deadline=None)
@given(rows)
def test_a_spooled_file_can_be_spooled_again(folder: Path, items: list[dict[str, Any]]) -> None:
    path = folder / "items.jsonl"
    with spool(items) as spooled:
        path.write_bytes(spooled.file.read())
    assert rows_of(path) == items


@pytest.mark.parametrize(
    "items",
    [
        (GOOD, GOOD),
        (GOOD for _ in range(2)),
        [types.MappingProxyType(GOOD), collections.UserDict(GOOD)],
        collections.deque([GOOD, collections.OrderedDict(GOOD)]),
    ],
    ids=["tuple", "generator", "mappings", "deque"],
)
def test_any_iterable_of_mappings_will_do(items: Any) -> None:
    assert rows_of(items) == [GOOD, GOOD]


def test_mappings_within_a_row_will_do() -> None:
    assert rows_of([{"input": {"a": types.MappingProxyType({"b": 1})}}]) == [{"input": {"a": {"b": 1}}}]


def test_dates_come_out_as_iso_8601_and_enums_as_their_value() -> None:
    class Colour(str, enum.Enum):
        RED = "red"

    row = {"input": Colour.RED, "on": date(2026, 11, 2), "at": datetime(2026, 11, 2, 8, 30, tzinfo=timezone.utc)}
    assert rows_of([row]) == [{"input": "red", "on": "2026-11-02", "at": "2026-11-02T08:30:00+00:00"}]


def test_a_row_without_expected_is_judged_without_a_reference() -> None:
    assert rows_of([{"input": "a"}]) == [{"input": "a"}]


@pytest.mark.parametrize(
    "row",
    [
        {"page": None, "expected": "b"},
        {"page": {"mime": "image/png", "storage_uri": "s3://bucket/key"}, "expected": "b"},
        {"input": None, "page": {"blob": "key"}},
        {"input": {"page": None}},
    ],
)
def test_a_row_of_a_document_task_has_a_field_for_its_file(row: dict[str, Any]) -> None:
    assert rows_of([row]) == [row]


@pytest.mark.parametrize(
    "row",
    [
        {"expected": "b"},
        {"input": None, "expected": "b"},
        {"input": "", "page": None},
        {"input": {}, "expected": "b"},
        {"expected": None, "id": None, "metadata": {"mime": "x"}},
        {"page": "receipt.png"},
        {"page": {"name": "receipt.png"}},
        {},
    ],
)
def test_a_row_without_input_is_named(row: dict[str, Any]) -> None:
    with pytest.raises(
        ValueError, match=r"^row 2: no input in \{.*\}\. Each row needs an input.*mime, storage_uri or blob"
    ):
        spool([GOOD, row, GOOD])


def test_a_row_without_input_is_named_by_row_and_line(write: Any) -> None:
    path = write("items.jsonl", '{"input": "a"}\n\n{"inptu": "a"}\n')
    with pytest.raises(
        ValueError, match=r"^row 2 \(items\.jsonl, line 3\): no input in \{'inptu': 'a'\}\. Each row needs"
    ):
        spool(path)


def test_a_conversation_points_to_the_converter() -> None:
    with pytest.raises(ValueError, match=r"evals_from_openai\(\) reads files that were made for OpenAI\.$"):
        spool([{"messages": []}])


@pytest.mark.parametrize("row", ["text", 1, None, ["a"], b"x"])
def test_a_row_that_is_no_mapping_is_named(row: Any) -> None:
    with pytest.raises(ValueError, match=rf"^row 2: a {type(row).__name__} is not a row: "):
        spool([GOOD, row])


def test_a_key_that_is_not_text_is_named() -> None:
    with pytest.raises(ValueError, match=r"^row 1: the key 7 is a int: the keys of a row must be text\.$"):
        spool([{"input": "a", 7: "b"}])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            {"a": [1, {"b": float("nan")}]},
            r"expected.a\[1\].b (float) cannot be written as JSON: JSON has no nan, and None",
        ),
        (
            {"a": Decimal(1)},
            "expected.a (Decimal) cannot be written as JSON: make it text, a number, a list or a dict.",
        ),
        (timedelta(1), "expected (timedelta) cannot be written as JSON: make it text"),
        (
            b"bytes",
            "expected (bytes) cannot be written as JSON: decode what is text, and leave the field for a file null",
        ),
        ("\ud83d", r"expected (str) cannot be written as JSON: half of a surrogate pair is in '\\ud83d'"),
        ({"a": {(1, 2): 3}}, "expected.a (dict) cannot be written as JSON: keys must be str"),
        ({1, 2}, "expected (set) cannot be written as JSON"),
    ],
    ids=["nan", "decimal", "timedelta", "bytes", "surrogate", "key", "set"],
)
def test_a_value_that_json_does_not_have_is_named_by_its_path(value: object, message: str) -> None:
    pattern = message.replace("(", r"\(").replace(")", r"\)")
    with pytest.raises(ValueError, match=f"^row 2: {pattern}"):
        spool([GOOD, {"input": "a", "expected": value}])


def test_rows_that_hold_themselves_or_are_too_deep_are_refused() -> None:
    circle: dict[str, Any] = {"input": "a"}
    circle["more"] = [circle]
    deep: Any = "a"
    for _ in range(100_000):
        deep = [deep]
    for row in (circle, {"input": deep}, {"": deep}):
        with pytest.raises(ValueError, match=r"^row 1: ") as caught:
            spool([row])
        assert len(str(caught.value)) < 500
    # Taken apart by hand: freeing it at once would recurse as deeply on some Pythons.
    while isinstance(deep, list):
        deep = deep.pop()


def test_an_error_quotes_little_of_the_row() -> None:
    with pytest.raises(ValueError, match=r"^row 1: no input in ") as caught:
        spool([{"inptu": "x" * 1_000_000, **{f"key{n}": "y" * 100 for n in range(100)}}])
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("items", [[], (), iter([])])
def test_no_rows_are_an_error(items: Any) -> None:
    with pytest.raises(ValueError, match=r"^items is empty: an eval set needs rows\.$"):
        spool(items)


@pytest.mark.parametrize(
    "items", [b"bytes", bytearray(b"x"), 7, None, object(), dict], ids=lambda items: type(items).__name__
)
def test_another_kind_of_items_is_refused_with_what_is_accepted(items: Any) -> None:
    with pytest.raises(TypeError, match=r"^items is a \w+\. It can be a list or .*\.jsonl, .*pandas or polars"):
        spool(items)


def test_a_single_row_is_told_to_be_put_in_a_list() -> None:
    with pytest.raises(TypeError, match=r"^items is a single dict, for one row write \[row\]"):
        spool(GOOD)  # type: ignore[arg-type]


def test_an_error_of_the_generator_is_the_callers_own() -> None:
    def items() -> Iterator[dict[str, str]]:
        yield GOOD
        raise ValueError("mine")

    with pytest.raises(ValueError, match=r"^mine$"):
        spool(items())


@pytest.mark.parametrize("text", ['[{"input": "a"}]', ' {"input": "a"}\n' * 5_000])
def test_json_text_is_told_from_a_path(text: str) -> None:
    with pytest.raises(ValueError, match=r"^items is JSON text, not a path: .* Parse it first") as caught:
        spool(text)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("text", ["none.jsonl", "x" * 5_000, "a\0b", ""])
def test_a_str_that_is_no_file_says_that_it_was_taken_for_a_path(text: str) -> None:
    with pytest.raises(FileNotFoundError, match=r"^items is a str, so a path, and there is no such file: '") as caught:
        spool(text)
    assert len(str(caught.value)) < 200


def test_a_path_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        spool(tmp_path / "none.jsonl")


def test_a_json_document_is_refused_with_how_to_pass_it(write: Any) -> None:
    with pytest.raises(ValueError, match=r"^items is the file items\.json: only .* pass the list: items=json\.loads"):
        spool(write("items.json", "[]"))


@pytest.mark.parametrize("name", ["items.txt", "items", "items.jsonl.gz", "items.parquet"])
def test_another_kind_of_file_is_refused(write: Any, name: str) -> None:
    with pytest.raises(ValueError, match=rf"^items is the file {name}: only \.jsonl, \.ndjson and \.csv are read\."):
        spool(write(name, b""))


@pytest.mark.parametrize("name", ["items.jsonl", "items.ndjson", "ITEMS.JSONL"])
@pytest.mark.parametrize("as_text", [True, False])
def test_json_lines_are_read_from_a_path(write: Any, name: str, as_text: bool) -> None:
    path = write(name, b'\xef\xbb\xbf{"input": "\xc3\xa9\xe2\x80\xa8"}\r\n \n{"input": {"a": 1.0}, "more": []}')
    assert rows_of(str(path) if as_text else path) == [{"input": "é\u2028"}, {"input": {"a": 1.0}, "more": []}]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            b'{"input": "a"',
            r"not JSON \(Expecting ',' delimiter, column 14\): \{\"input\": \"a\"\. Each line must hold",
        ),
        (b'{"input": "\xe9"}', r"not UTF-8 \(byte 0xe9 at 11\): .*Save the file as UTF-8"),
        (b'{"input": Infinity}', r"not JSON \(Infinity is not in JSON, a missing number is null\)"),
        (b"[" * 100_000, r"not JSON \(nested too deeply\)"),
        (b'{"input": ' + b"9" * 10_000 + b"}", "not JSON"),
        (b"[1, 2]", r"a list is not a row: \[1, 2\]"),
        (b'{"input": "\\ud83d"}', r"input \(str\) cannot be written as JSON: half of a surrogate pair"),
        (b'{"input": "a", "expected": 1e999}', r"expected \(float\) cannot be written as JSON: JSON has no inf"),
    ],
)
def test_a_bad_line_is_named(write: Any, line: bytes, problem: str) -> None:
    path = write("items.jsonl", b'{"input": "a"}\n\n' + line + b"\n")
    with pytest.raises(ValueError, match=rf"^row 2 \(items\.jsonl, line 3\): {problem}") as caught:
        spool(path)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("name", ["items.jsonl", "items.csv"])
@pytest.mark.parametrize("content", [b"", b"\n \n\n", b"\xef\xbb\xbf"])
def test_a_file_without_rows_is_an_error(write: Any, name: str, content: bytes) -> None:
    if name == "items.csv":
        content = content.replace(b" ", b"") + b"input,expected\n"
    with pytest.raises(ValueError, match=r"^items is empty"):
        spool(write(name, content))


def test_the_columns_of_a_csv_become_keys_and_its_cells_text() -> None:
    assert rows_of(DATA / "invoices.csv") == [
        {"input": "Invoice 2041, Hansen Tools", "expected": '{"total": "54.00"}', "id": "1"},
        {"input": "Two\nlines", "expected": None, "id": "2"},
    ]


def test_a_csv_from_a_spreadsheet_is_read(write: Any) -> None:
    path = write("items.CSV", b'\xef\xbb\xbfinput, expected\r\n"a\r\nb",\xc3\xa9\r\n')
    assert rows_of(path) == [{"input": "a\r\nb", "expected": "é"}]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'input,expected\n"a\n\nb",c\n\n,d\n', r"row 2 \(items\.csv, line 6\): no input in"),
        (
            b'input,expected\n"a\nb",c,d\n',
            r"row 1 \(items\.csv, line 2\): the header has 2 columns, and this row has 3",
        ),
        (
            b"input,expected\na\n",
            r"row 1 \(items\.csv, line 2\): the header has 2 columns, and this row has 1: \['a'\]",
        ),
        (b'input\na\n"b\nc\nd\n', r"row 2 \(items\.csv, line 3\): not CSV \(unexpected end of data\)\. "),
        (b'input\na\n"b"c\n', r"row 2 \(items\.csv, line 3\): not CSV \("),
        (b"input\na\nb\n\xe9\n", r"row 3 \(items\.csv, line 4\): not UTF-8 \(byte 0xe9 at 0\)"),
        (b"input\n" + b"a" * 200_000 + b"\n", r"row 1 \(items\.csv, line 2\): not CSV \(field larger than field limit"),
        (b",input\n0,a\n", r"items\.csv, line 1: a column of the header has no name: .*index=False"),
        (b"input,input\na,b\n", r"items\.csv, line 1: two columns of items are named 'input'"),
        (b"input;expected\na;b\n", r"items\.csv, line 1: no comma in the header: 'input;expected'\."),
        (b"\xff\xfei\0n\0p\0u\0t\0", r"items\.csv, line 1: not UTF-8 \(byte 0xff at 0\)"),
    ],
)
def test_a_bad_row_of_a_csv_is_named_by_the_line_that_it_begins_on(write: Any, content: bytes, problem: str) -> None:
    with pytest.raises(ValueError, match=f"^{problem}"):
        spool(write("items.csv", content))


def test_many_rows_are_never_all_in_memory() -> None:
    tracemalloc.start()
    try:
        with spool({"input": f"row {n}" * 4, "expected": "b"} for n in range(200_000)) as spooled:
            peak = tracemalloc.get_traced_memory()[1]
            assert spooled.count == 200_000
            assert spooled.size > 8 * 1024 * 1024
        assert peak < 4 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_the_rows_are_gone_when_they_are_closed() -> None:
    with spool([GOOD]) as spooled:
        assert spooled.file.read()
    assert spooled.file.closed


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        yield server


@pytest.mark.parametrize("count", [1, 100_000], ids=["in memory", "on disk"])
def test_a_retry_of_an_upload_sends_all_rows_again(server: ScriptedServer, count: int) -> None:
    server.answer(json_answer({}, 500, **{"retry-after-ms": "1"}), json_answer({}))
    client = OpenAI(api_key="pareta_sk_test", base_url=server.base_url, max_retries=1)
    with client, spool(GOOD for _ in range(count)) as spooled:
        client.post(
            "/eval-sets",
            cast_to=object,
            body={"task_id": "t"},
            files={"items": ("items.jsonl", spooled.file, "application/jsonl")},
            options={"headers": {"Content-Type": "multipart/form-data"}},
        )
    assert [received.body.count(b'{"input":"a","expected":"b"}\n') for received in server.received] == [count, count]


def test_a_pandas_frame_becomes_rows() -> None:
    import numpy
    import pandas

    frame = pandas.DataFrame(
        {
            "input": ["a", "b", "c"],
            "expected": [{"n": numpy.int64(1), "of": numpy.array([1.5, 2.5])}, None, float("nan")],
            "int": numpy.array([1, 2, 3], dtype="int32"),
            "float": [0.5, None, 1.5],
            "nullable": pandas.array([1, None, 3], dtype="Int64"),
            "bool": [True, False, True],
            "at": pandas.to_datetime(["2026-11-02", None, "2026-11-03"]),
            "kind": pandas.Categorical(["x", None, "y"]),
        },
        index=[7, 8, 9],
    )
    assert rows_of(frame) == [
        {
            "input": "a",
            "expected": {"n": 1, "of": [1.5, 2.5]},
            "int": 1,
            "float": 0.5,
            "nullable": 1,
            "bool": True,
            "at": "2026-11-02T00:00:00",
            "kind": "x",
        },
        {
            "input": "b",
            "expected": None,
            "int": 2,
            "float": None,
            "nullable": None,
            "bool": False,
            "at": None,
            "kind": None,
        },
        {
            "input": "c",
            "expected": None,
            "int": 3,
            "float": 1.5,
            "nullable": 3,
            "bool": True,
            "at": "2026-11-03T00:00:00",
            "kind": "y",
        },
    ]


def test_rows_of_a_frame_are_named_too() -> None:
    import pandas

    with pytest.raises(ValueError, match=r"^row 2: no input in \{'expected': 'b', 'input': None\}"):
        spool(pandas.DataFrame({"input": ["a", None], "expected": ["b", "b"]}))
    with pytest.raises(ValueError, match=r"^row 1: at \(Timedelta\) cannot be written as JSON"):
        spool(pandas.DataFrame({"input": ["a"], "at": [pandas.Timedelta(1)]}))
    with pytest.raises(ValueError, match=r"^row 1: the key 0 is a int: the keys of a row must be text"):
        spool(pandas.DataFrame([["a", "b"]]))
    with pytest.raises(ValueError, match=r"^two columns of items are named 'input'"):
        spool(pandas.DataFrame([["a", "b"]], columns=["input", "input"]))
    with pytest.raises(ValueError, match=r"^items is empty"):
        spool(pandas.DataFrame({"input": []}))


def test_numpy_values_in_plain_rows_become_numbers_and_lists_but_dates_do_not() -> None:
    import numpy

    row = {"input": {"a": numpy.int8(1), "b": numpy.bool_(True), "c": numpy.float32(0.5), "d": numpy.eye(2)}}
    assert rows_of([row]) == [{"input": {"a": 1, "b": True, "c": 0.5, "d": [[1.0, 0.0], [0.0, 1.0]]}}]
    for value in (numpy.datetime64(1, "ns"), numpy.timedelta64(1, "s"), numpy.float32("nan"), numpy.complex64(1)):
        with pytest.raises(ValueError, match=r"^row 1: expected \(\w+\) cannot be written as JSON"):
            spool([{"input": "a", "expected": value}])


@pytest.mark.parametrize("lazy", [False, True], ids=["eager", "lazy"])
def test_a_polars_frame_becomes_rows(lazy: bool) -> None:
    import polars

    frame = polars.DataFrame(
        {
            "input": ["a", "b"],
            "expected": [{"n": 1, "of": ["x"]}, None],
            "float": [float("nan"), 1.5],
            "fixed": polars.Series([[1, 2], [3, 4]], dtype=polars.Array(polars.Int8, 2)),
            "on": [date(2026, 11, 2), None],
        }
    )
    assert rows_of(frame.lazy() if lazy else frame) == [
        {"input": "a", "expected": {"n": 1, "of": ["x"]}, "float": None, "fixed": [1, 2], "on": "2026-11-02"},
        {"input": "b", "expected": None, "float": 1.5, "fixed": [3, 4], "on": None},
    ]


def test_the_rows_of_a_frame_are_streamed() -> None:
    import pandas
    import polars

    texts = [f"row {n}" * 4 for n in range(50_000)]
    for frame in (pandas.DataFrame({"input": texts}), polars.DataFrame({"input": texts})):
        tracemalloc.start()
        try:
            with spool(frame) as spooled:
                assert spooled.count == 50_000
            assert tracemalloc.get_traced_memory()[1] < 4 * 1024 * 1024
        finally:
            tracemalloc.stop()


def test_no_library_of_frames_is_imported() -> None:
    program = (
        "import sys; from pareta_openai.eval_items import spool; spool([{'input': 'a'}]).close();"
        "assert not {'pandas', 'polars', 'numpy'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parent.parent)


def test_an_open_text_file_is_refused_row_by_row() -> None:
    with pytest.raises(ValueError, match=r"^row 1: a str is not a row: "):
        spool(io.StringIO('{"input": "a"}\n'))  # type: ignore[arg-type]
