"""Score rows as Parquet, with the same schema for every file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from csnlp.heads import ACTS, HEADS, ONE_LABEL
from csnlp.io.writers import COLUMNS, Writer

ROW_GROUP = 20_000
"""Rows held in memory, and in one row group of the file."""

_FINDING = pa.struct(
    [
        ("clause", pa.string()),
        ("rule", pa.string()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("points", pa.float64()),
        ("message", pa.string()),
        ("severity", pa.string()),
        ("suggestion", pa.string()),
    ]
)


def schema(metadata: Mapping[str, str], probabilities: bool) -> pa.Schema:
    """The columns of :data:`csnlp.io.writers.COLUMNS` with their types, and the metadata."""
    types = {
        "id": pa.string(),
        "acts": pa.list_(pa.string()),
        "act_scores": _floats(ACTS.labels),
        "review": pa.bool_(),
        "total": pa.float64(),
        "findings": pa.list_(_FINDING),
        "not_applicable": pa.list_(pa.string()),
        **{name: pa.string() for name in ("politeness", "accuracy", "complaint", "complaint_type", "band")},
    }
    fields = [(name, types.get(name, pa.float64())) for name in COLUMNS]
    if probabilities:
        fields.append(("probabilities", pa.struct([(name, _floats(HEADS[name].labels)) for name in ONE_LABEL])))
    return pa.schema(fields, metadata={f"csnlp.{key}": value for key, value in metadata.items()})


@contextmanager
def open_parquet(path: Path, metadata: Mapping[str, str], probabilities: bool) -> Iterator[Writer]:
    """A writer to ``path``; the metadata's keys stand in the schema behind ``csnlp.``."""
    with pq.ParquetWriter(path, schema(metadata, probabilities), compression="zstd") as file:
        writer = _ParquetWriter(file)
        yield writer
        writer.flush()


class _ParquetWriter:
    def __init__(self, file: pq.ParquetWriter) -> None:
        self._file = file
        self._rows: list[Mapping[str, Any]] = []

    def write(self, row: Mapping[str, Any]) -> None:
        self._rows.append(row)
        if len(self._rows) >= ROW_GROUP:
            self.flush()

    def flush(self) -> None:
        """Write the rows held as one row group."""
        if self._rows:
            self._file.write_table(pa.Table.from_pylist(self._rows, schema=self._file.schema))
            self._rows.clear()


def _floats(labels: tuple[str, ...]) -> pa.StructType:
    return pa.struct([(label, pa.float64()) for label in labels])
