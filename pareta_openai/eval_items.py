"""What a user gives as the rows of an eval set, checked and written down as the JSON Lines that are uploaded."""

from __future__ import annotations

import codecs
import csv
import io
import json
import os
import reprlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeAlias, cast, runtime_checkable

if TYPE_CHECKING:
    from typing_extensions import Self

ACCEPTED = (
    "a list or another iterable of dicts, a path to a .jsonl, .ndjson or .csv file, a pandas or polars frame, "
    "or what evals_from_openai() returned"
)

# Beyond this many bytes the rows go to disk.
_IN_MEMORY = 1024 * 1024

_NEEDED = (
    "Each row needs an input that is not empty. Without the key input, a row of a document task needs "
    "a field for its file: null until the file is attached, or an object with mime, storage_uri or blob."
)
_BLOB_KEYS = frozenset({"mime", "storage_uri", "blob"})
_NEVER_A_BLOB = frozenset({"input", "expected", "id", "metadata"})

# A value nested deeper than this is not looked into for an error message.
_DEEPEST = 50


class Frame(Protocol):
    """A pandas or polars DataFrame, or a polars LazyFrame."""

    @property
    def columns(self) -> Any: ...


@runtime_checkable
class _Reported(Protocol):
    """Rows that were made from something, and can tell what was left out."""

    def report(self) -> str: ...


Items: TypeAlias = "Iterable[Mapping[str, Any]] | str | os.PathLike[str] | Frame"
"""What `spool` takes."""


@dataclass(frozen=True)
class SpooledRows:
    """The rows as JSON Lines, in memory up to 1 MiB and else in a temporary file; closing it deletes them."""

    file: BinaryIO
    """UTF-8, a line break after each row, at position 0 and seekable, so that a retry can send it again."""
    count: int
    """Rows."""
    size: int
    """Bytes."""

    def close(self) -> None:
        self.file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def spool(items: Items) -> SpooledRows:
    """Check every row of `items` and write them as JSON Lines. The rows are never in memory all at once.

    `items` is a list or another iterable of dicts (any mapping will do), or one of:

    - a path to JSON Lines (``.jsonl``, ``.ndjson``; blank lines and a byte order mark are skipped) or to
      comma-separated values (``.csv``). A CSV's header row has the keys, an empty cell is null, and any other cell is
      text, also one that looks like a number or like JSON: rows with objects in them want JSON Lines. Both are read
      as UTF-8.
    - a pandas DataFrame, or a polars DataFrame or LazyFrame (which is collected). The columns are the keys, the
      index is left out, and NaN, NaT and NA are null.
    - the `OpenAIRows` that `evals_from_openai` returns.

    A row is ``{"input": …, "expected": …}``. It is good where it has an ``input`` that is not null and not empty.
    Which field of a document task holds the file cannot be seen in a row, so one without the key ``input`` is good
    where any field but ``expected``, ``id`` and ``metadata`` is null (the file is attached later), and any row is
    where such a field is an object with ``mime``, ``storage_uri`` or ``blob``. Without ``expected``, a row is judged
    without a reference. Other fields are kept as they are. Dates and times become ISO 8601 text, numpy's scalars and
    arrays numbers and lists.

    Raises `TypeError` where `items` is none of these, `ValueError` for the first row that is no good or cannot be
    written as JSON (it names the row, counted from 1, and the line of a file) and where there is no row, and
    `OSError` for a file that cannot be read.
    """
    place = _Place()
    size = count = 0
    file: BinaryIO = io.BytesIO()
    try:
        for row in _rows(items, place):
            try:
                line = encode_row(row)
            except ValueError as error:
                raise place.error(str(error)) from None
            size += file.write(line + b"\n")
            count += 1
            if size > _IN_MEMORY and isinstance(file, io.BytesIO):
                file = _moved_to_disk(file)
            place.row = count + 1
        if not count:
            raise ValueError(_nothing_in(items))
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return SpooledRows(file, count, size)


def _moved_to_disk(file: BinaryIO) -> BinaryIO:
    # tempfile.SpooledTemporaryFile cannot say that it is seekable on Python 3.10, and openai retries only what can.
    on_disk = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - the caller closes it
    file.seek(0)
    shutil.copyfileobj(file, on_disk)
    file.close()
    return on_disk


def encode_row(row: object) -> bytes:
    """`row` as one line of JSON without its line break. Raises `ValueError`, in words that lack only the place."""
    if not isinstance(row, Mapping):
        raise ValueError(f"a {type(row).__name__} is not a row: {_quoted(row)}. {_NEEDED}")
    for key in row:
        if not isinstance(key, str):
            raise ValueError(f"the key {key!r} is a {type(key).__name__}: the keys of a row must be text.")
    if not _has_input(row):
        openai = " evals_from_openai() reads files that were made for OpenAI." if "messages" in row else ""
        raise ValueError(f"no input in {_quoted(row)}. {_NEEDED}{openai}")
    try:
        return _encode(row)
    except _NOT_ENCODABLE as error:
        raise ValueError(_why_not_encodable(row, error)) from None


def numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file, counted from 1, without a byte order mark. Raises `OSError`."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            yield number, line.removeprefix(codecs.BOM_UTF8) if number == 1 else line


def decode_json(line: bytes) -> Any:
    """One line of JSON Lines. Raises `ValueError`, in words that lack only the place."""
    text = _decode_text(line).strip()
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        problem = f"{error.msg}, column {error.colno}"
    except RecursionError:
        problem = "nested too deeply"
    except ValueError as error:  # NaN and Infinity, and integers of thousands of digits
        problem = str(error)
    raise ValueError(f"not JSON ({problem}): {_cut(text)}")


@dataclass
class _Place:
    """Where in `items` the reading is, for the error messages."""

    row: int = 1
    """Counted from 1; 0 is a CSV's header."""
    file: str = ""
    line: int = 0

    def error(self, problem: str) -> ValueError:
        at = f"{self.file}, line {self.line}" if self.file else ""
        row = f"row {self.row}" if self.row else ""
        return ValueError(f"{row} ({at}): {problem}" if row and at else f"{row or at}: {problem}")


def _rows(items: object, place: _Place) -> Iterator[object]:
    if isinstance(items, (str, os.PathLike)):
        return _rows_of_file(items, place)
    in_frame = _rows_of_frame(items)
    if in_frame is not None:
        return in_frame
    if isinstance(items, Mapping):
        raise TypeError(f"items is a single {type(items).__name__}, for one row write [row]. It can be {ACCEPTED}.")
    if not isinstance(items, Iterable) or isinstance(items, (bytes, bytearray, memoryview)):
        raise TypeError(f"items is a {type(items).__name__}. It can be {ACCEPTED}.")
    return iter(items)


def _nothing_in(items: object) -> str:
    return f"items is empty: {items.report() if isinstance(items, _Reported) else 'an eval set needs rows.'}"


def _rows_of_file(items: str | os.PathLike[str], place: _Place) -> Iterator[object]:
    if isinstance(items, str):
        if items.lstrip().startswith(("{", "[")):
            raise ValueError(
                f"items is JSON text, not a path: {_quoted(items)}. Parse it first, with one json.loads for an array "
                "or one for each line."
            )
        if not os.path.exists(items):  # noqa: PTH110 - Path.exists raises for a text that is too long
            raise FileNotFoundError(f"items is a str, so a path, and there is no such file: {_quoted(items)}.")
    path = Path(items)
    place.file, place.line = path.name, 1
    suffix = path.suffix.lower()
    if suffix in (".jsonl", ".ndjson"):
        return _rows_of_json_lines(path, place)
    if suffix == ".csv":
        return _rows_of_csv(path, place)
    advice = "Rename it if it is one of these."
    if suffix == ".json":
        advice = "Of a file with one array, pass the list: items=json.loads(Path(…).read_text())."
    raise ValueError(f"items is the file {path.name}: only .jsonl, .ndjson and .csv are read. {advice}")


def _rows_of_json_lines(path: Path, place: _Place) -> Iterator[object]:
    for place.line, line in numbered_lines(path):
        if not line.strip():
            continue
        try:
            row = decode_json(line)
        except ValueError as error:
            raise place.error(f"{error}. Each line must hold one JSON object.") from None
        yield row


def _rows_of_csv(path: Path, place: _Place) -> Iterator[object]:
    cells_of_rows = _cells(path, place)
    place.row = 0
    names = [name.strip() for name in next(cells_of_rows, [])]
    if "" in names:
        raise place.error(
            f"a column of the header has no name: {_quoted(names)}. If it is an index that pandas wrote, "
            "write the file with to_csv(…, index=False)."
        )
    if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
        raise place.error(f"no comma in the header: {_quoted(names[0])}. Cells must be separated by commas.")
    _check_unique(names, place.error)
    place.row = 1
    for cells in cells_of_rows:
        if len(cells) != len(names):
            raise place.error(f"the header has {len(names)} columns, and this row has {len(cells)}: {_quoted(cells)}")
        yield {name: cell or None for name, cell in zip(names, cells, strict=True)}


def _cells(path: Path, place: _Place) -> Iterator[list[str]]:
    """What is in each row that is not blank, with `place` at the line that it begins on."""

    def lines() -> Iterator[str]:
        for place.line, line in numbered_lines(path):
            try:
                text = _decode_text(line)
            except ValueError as error:
                raise place.error(f"{error}.") from None
            yield text

    reader = csv.reader(lines(), strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            place.line = begins
            advice = "Texts of any length and with any character in them can be written as JSON Lines."
            raise place.error(f"not CSV ({error}). {advice}") from None
        place.line, begins = begins, reader.line_num + 1
        if cells:
            yield cells


def _rows_of_frame(items: object) -> Iterator[object] | None:
    """The rows of a frame, or None where `items` is none."""
    frame: Any = items
    if isinstance(frame, _class_of("pandas", "DataFrame")):
        rows = frame.itertuples(index=False, name=None)
        nulls = (sys.modules["pandas"].NA, sys.modules["pandas"].NaT)
        return _rows_of_tuples(list(frame.columns), rows, nulls)
    if isinstance(frame, _class_of("polars", "LazyFrame")):
        frame = frame.collect()
    if isinstance(frame, _class_of("polars", "DataFrame")):
        return _rows_of_tuples(frame.columns, frame.iter_rows())
    return None


def _class_of(library: str, name: str) -> Any:
    """For isinstance, without importing the library: one that is not imported has made no object either."""
    return getattr(sys.modules.get(library), name, ())


def _rows_of_tuples(
    columns: list[Any], rows: Iterable[tuple[object, ...]], nulls: tuple[object, ...] = ()
) -> Iterator[object]:
    _check_unique(columns, ValueError)

    def value(cell: object) -> object:
        is_nan = isinstance(cell, float) and cell != cell
        return None if is_nan or any(cell is null for null in nulls) else cell

    for cells in rows:
        yield {column: value(cell) for column, cell in zip(columns, cells, strict=True)}


def _check_unique(columns: list[Any], error: Callable[[str], ValueError]) -> None:
    seen = set()
    for name in columns:
        if name in seen:
            raise error(f"two columns of items are named {name!r}. Give each a name of its own.")
        seen.add(name)


def _has_input(row: Mapping[str, Any]) -> bool:
    if not _is_empty(row.get("input")):
        return True
    others = [value for key, value in row.items() if key not in _NEVER_A_BLOB]
    if "input" not in row and any(value is None for value in others):
        return True
    return any(isinstance(value, Mapping) and not _BLOB_KEYS.isdisjoint(value) for value in others)


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, (str, Mapping, list, tuple)) and not value)


def _plain(value: object) -> object:
    """What json asks for when it meets something that it does not know."""
    if isinstance(value, Mapping):
        return dict(value)
    # NaT is a datetime too, and unequal to itself.
    if isinstance(value, (date, time)) and value == value:
        return value.isoformat()
    # A numpy date is left out: it would come out as a count of nanoseconds.
    if isinstance(value, (_class_of("numpy", "generic"), _class_of("numpy", "ndarray"))):
        array: Any = value
        if array.dtype.kind in "biufUO":
            return array.tolist()
    raise TypeError("unknown to JSON")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain)
# UnicodeEncodeError is a ValueError, and is what half a surrogate pair raises.
_NOT_ENCODABLE = (TypeError, ValueError, RecursionError)


def _encode(value: object) -> bytes:
    return _ENCODER.encode(value).encode()


def _why_not_encodable(row: Mapping[str, Any], error: Exception) -> str:
    """Names the innermost value that is in the way, by its path."""
    path, value = "", cast("object", row)
    for _ in range(_DEEPEST):
        for step, child in _children(value):
            try:
                _encode(child)
            except _NOT_ENCODABLE as found:
                path, value, error = path + step, child, found
                break
        else:
            break
    if isinstance(value, float):
        advice = f"JSON has no {value}, and None stands for a missing number"
    elif isinstance(value, str):
        advice = f"half of a surrogate pair is in {_quoted(value)}, and UTF-8 has only whole ones"
    elif isinstance(value, (Mapping, list, tuple)):
        advice = str(error)
    elif isinstance(value, (bytes, bytearray, memoryview)):
        advice = "decode what is text, and leave the field for a file null and attach the file afterwards"
    else:
        advice = "make it text, a number, a list or a dict"
    return f"{_cut(path.removeprefix('.') or 'the row')} ({type(value).__name__}) cannot be written as JSON: {advice}."


def _children(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        yield from ((f".{key}", child) for key, child in value.items())
    elif isinstance(value, (list, tuple)):
        yield from ((f"[{index}]", child) for index, child in enumerate(value))


def _not_in_json(constant: str) -> object:
    raise ValueError(f"{constant} is not in JSON, a missing number is null")


_DECODER = json.JSONDecoder(parse_constant=_not_in_json)


def _decode_text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise ValueError(
            f"not UTF-8 (byte 0x{line[error.start]:02x} at {error.start}): {_quoted(line[:80])}. Save the file as UTF-8"
        ) from None


_REPR = reprlib.Repr()
_REPR.maxstring = _REPR.maxother = 80


def _quoted(value: object) -> str:
    # Of a row that is large, deep or holds itself, repr would take long or fail.
    return _cut(_REPR.repr(value))


def _cut(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
