"""Parquet, read batch by batch: only the columns that are needed, never the whole file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from csnlp.errors import ConfigError, InputError
from csnlp.io.badrow import BadRow, Record
from csnlp.io.columns import Columns
from csnlp.io.opening import DamagedError
from csnlp.io.rows import read_row

BATCH = 1000


def read_parquet(path: str, columns: Columns) -> Iterator[Record]:
    """The records of a Parquet file, "line" being the row from 1.

    Raises :class:`ConfigError` when the file is not Parquet, or lacks a column that is needed; and
    :class:`DamagedError` where a page cannot be read, after the rows of the batches before it.
    """
    with _open(path) as file:
        header: list[str] = file.schema_arrow.names
        names = {field: header[place] for field, place in columns.bind(header, path).items()}
        start = 1
        for batch in _batches(file, sorted(set(names.values()))):
            arrays = {field: _microseconds(batch.column(name)) for field, name in names.items()}
            for offset in range(batch.num_rows):
                yield from _row(arrays, offset, path, start + offset)
            start += batch.num_rows


def count_rows(path: str) -> int:
    """How many rows the file says it has."""
    with _open(path) as file:
        return int(file.metadata.num_rows)


def _batches(file: Any, names: list[str]) -> Iterator[Any]:
    import pyarrow as pa

    try:
        yield from file.iter_batches(batch_size=BATCH, columns=names)
    except (pa.ArrowException, OSError) as error:
        if getattr(error, "errno", None):  # the disk, not the file's content
            raise
        raise DamagedError from error


def _row(arrays: dict[str, Any], offset: int, file: str, line: int) -> Iterator[Record]:
    row = {}
    for field, array in arrays.items():
        try:
            row[field] = array[offset].as_py()
        except (ValueError, OverflowError):  # a text that is not UTF-8, a time past year 9999
            if field == "time":
                continue  # as any time that cannot be read
            error = InputError(field, "has a value that cannot be read", "write the column anew, texts as UTF-8")
            yield Record(line, BadRow.of(error, file, line))
            return
    yield from read_row(row, file, line)


def _microseconds(array: Any) -> Any:
    """Times of nanoseconds (pandas' own) as microseconds, which is all that ``datetime`` holds."""
    import pyarrow as pa

    if pa.types.is_timestamp(array.type) and array.type.unit == "ns":
        return array.cast(pa.timestamp("us", array.type.tz), safe=False)
    return array


def _open(path: str) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        if getattr(error, "errno", None):
            raise
        raise ConfigError(f"{path}: is not a Parquet file, or a damaged one") from error
