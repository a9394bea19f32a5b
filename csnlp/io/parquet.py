"""Parquet, read batch by batch: only the columns that are needed, never the whole file.

A file may hold a long text once, in a dictionary, and name it in a million rows. So the texts of a small row group are
read as dictionaries; those of a large one, whose dictionary would grow with it, a few rows at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from csnlp.errors import ConfigError, InputError
from csnlp.io.badrow import BadRow, Record
from csnlp.io.columns import Columns
from csnlp.io.opening import MAX_LINE, DamagedError
from csnlp.io.rows import read_row

BATCH = 1000
"""Rows read at a time, or fewer that make about :data:`BATCH_BYTES`."""

BATCH_BYTES = 16 * 1024 * 1024

GROUP_BYTES = 16 * 1024 * 1024
"""A row group of more than this, uncompressed, is large."""

LARGE_BATCH = 16
"""Rows read at a time of a large row group."""

_OBJECT = 64
"""About the bytes that a Python object takes besides its text."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """Rows read together: the array of each field, and the fields that may be too long in one of the rows."""

    rows: int
    arrays: dict[str, Any]
    long: set[str]

    @classmethod
    def of(cls, batch: Any, names: dict[str, str]) -> _Batch:
        arrays = {field: _microseconds(batch.column(name)) for field, name in names.items()}
        return cls(batch.num_rows, arrays, {field for field, array in arrays.items() if _weight(array) > MAX_LINE})


def read_parquet(path: str, columns: Columns) -> Iterator[Record]:
    """The records of a Parquet file, "line" being the row from 1.

    Raises :class:`ConfigError` when the file is not Parquet, or lacks a column that is needed; and
    :class:`DamagedError` where a page cannot be read, after the rows of the batches before it.
    """
    with _open(path) as file, _open(path, dictionaries=True) as packed:
        header: list[str] = file.schema_arrow.names
        names = {field: header[place] for field, place in columns.bind(header, path).items()}
        start = 1
        for batch in _batches(file, packed, names):
            for offset in range(batch.rows):
                yield from _row(batch, offset, path, start + offset)
            start += batch.rows


def count_rows(path: str) -> int:
    """How many rows the file says it has."""
    with _open(path) as file:
        return int(file.metadata.num_rows)


def _batches(file: Any, packed: Any, names: dict[str, str]) -> Iterator[_Batch]:
    import pyarrow as pa

    try:
        # Group by group: in a batch over two of them, pyarrow cannot join the dictionaries inside lists.
        for number in range(file.num_row_groups):
            group = file.metadata.row_group(number)
            size = group.total_byte_size
            most, reader = (LARGE_BATCH, file) if size > GROUP_BYTES else (BATCH, packed)
            rows = max(1, min(most, BATCH_BYTES * group.num_rows // max(size, 1)))
            columns = sorted(set(names.values()))
            for batch in reader.iter_batches(batch_size=rows, row_groups=[number], columns=columns):
                yield _Batch.of(batch, names)
    except (pa.ArrowException, OSError) as error:
        if _is_machine(error):
            raise
        raise DamagedError from error


def _row(batch: _Batch, offset: int, file: str, line: int) -> Iterator[Record]:
    row = {}
    for field, array in batch.arrays.items():
        if field in batch.long and _weight(array.slice(offset, 1)) > MAX_LINE:
            error = InputError(field, f"is over {MAX_LINE >> 20} MB long", "split the row, or leave it out")
            yield Record(line, BadRow.of(error, file, line))
            return
        try:
            row[field] = array[offset].as_py()
        except (ValueError, OverflowError):  # a text that is not UTF-8, a time past year 9999
            if field == "time":
                continue  # as any time that cannot be read
            error = InputError(field, "has a value that cannot be read", "write the column anew, texts as UTF-8")
            yield Record(line, BadRow.of(error, file, line))
            return
    yield from read_row(row, file, line)


def _weight(array: Any) -> int:
    """About the bytes that the values of ``array`` take in Python, where each text of a dictionary is one of its own
    wherever it stands."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    own = _OBJECT * len(array)
    if isinstance(kind, pa.BaseExtensionType):
        return _weight(array.storage)
    if pa.types.is_dictionary(kind):
        return own + (pc.sum(pc.binary_length(array.dictionary).take(array.indices)).as_py() or 0)
    if pa.types.is_struct(kind):
        return own + sum(map(_weight, array.flatten()))
    if pa.types.is_map(kind):  # no field can be one: so all of it will do for a part
        return own + _weight(array.keys) + _weight(array.items)
    if pa.types.is_nested(kind):
        return own + _weight(array.flatten())
    return own + int(array.nbytes)


def _microseconds(array: Any) -> Any:
    """Times of nanoseconds (pandas' own) as microseconds, which is all that ``datetime`` holds."""
    import pyarrow as pa

    if pa.types.is_timestamp(array.type) and array.type.unit == "ns":
        return array.cast(pa.timestamp("us", array.type.tz), safe=False)
    return array


def _open(path: str, dictionaries: bool = False) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        metadata = pq.read_metadata(path)
        leaves = (metadata.schema.column(place) for place in range(metadata.num_columns))
        texts = [leaf.path for leaf in leaves if dictionaries and leaf.physical_type == "BYTE_ARRAY"]
        # With a buffer, so that no column of a row group is held as a whole.
        return pq.ParquetFile(path, metadata=metadata, read_dictionary=texts, buffer_size=1024 * 1024)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: a column's name is not UTF-8; write the file anew with another name") from error
    except (pa.ArrowException, OSError) as error:
        if _is_machine(error):
            raise
        raise ConfigError(f"{path}: is not a Parquet file, or a damaged one") from error


def _is_machine(error: Exception) -> bool:
    """Whether ``error`` is of the machine (its disk, memory or threads), not of what is in the file."""
    import pyarrow as pa

    unknown = type(error) is pa.ArrowException  # such as a thread that cannot be started
    return bool(getattr(error, "errno", None)) or unknown or isinstance(error, pa.ArrowMemoryError)
