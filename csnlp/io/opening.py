"""Opening files: compression, encoding, and lines of bounded length."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from csnlp.errors import ConfigError
from csnlp.text.fold import fold_text

MAX_LINE = 16 * 1024 * 1024
"""Longest line that is read, in characters; of a longer one only its place is told."""

SAMPLE = 1024 * 1024
"""Bytes from which the encoding is told."""

STDIN = "-"


class DamagedError(Exception):
    """A Parquet file cannot be read from some place on."""


DAMAGE = (gzip.BadGzipFile, EOFError, zlib.error, DamagedError)
"""What reading a damaged .gz or Parquet file raises."""

_KINDS = {
    b"PK\x03\x04": "is an Excel workbook (.xlsx) or another zip archive; save the table as CSV, or unpack it",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook (.xls); save the table as CSV",
    b"\x1f\x8b\x08": "is compressed with gzip; unpack it, or end its name in .gz",
    b"PAR1": "is a Parquet file; pass --format parquet",
}
"""How files begin that are no text, and what is to be said of them."""

_FOREIGN = re.compile("[\ue000-\uf8ff\u3040-\u30ff]")
_FEW = 30
_CHARACTERS = re.compile("[\u4e00-\u9fff]+")
_BLOCK = 16 * 1024
_ENDS = ("\n", "\r")
_ERRORS = "csnlp.broken"
BROKEN = "\udcff"


def _mark(error: UnicodeError) -> tuple[str, int]:
    # A lone surrogate, which the checks refuse later: so broken bytes spoil their own row only. (The standard
    # "surrogateescape" does the same for byte encodings, but fails for UTF-16.)
    assert isinstance(error, UnicodeDecodeError)
    return BROKEN, error.end


codecs.register_error(_ERRORS, _mark)


def detect_encoding(sample: bytes) -> str:
    """The encoding of a file that begins with ``sample``: as its byte order mark says, else UTF-8 or GB18030.

    UTF-8 if at least half of the lines that tell (those outside ASCII) are valid UTF-8, so that a few broken rows do
    not turn the others into nonsense. Text in GBK or GB18030 is practically never valid UTF-8.
    """
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    lines = sample.split(b"\n")
    telling = [line for line in lines if not line.isascii()]
    cut = lines[-1]
    valid = sum(_is_utf8(line, final=line is not cut) for line in telling)
    return "utf-8" if 2 * valid >= len(telling) else "gb18030"


def check_encoding(encoding: str) -> str:
    """The codec to read with when the user asks for ``encoding``; :class:`ConfigError` if there is none."""
    try:
        codec = codecs.lookup(encoding)
        io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    except (LookupError, TypeError) as error:
        raise ConfigError(f"{encoding!r} is not a text encoding; use utf-8, gb18030 or utf-16") from error
    return "utf-8-sig" if codec.name == "utf-8" else codec.name  # a mark at the start is never part of the text


@contextmanager
def open_bytes(path: str) -> Iterator[BinaryIO]:
    """The file's bytes, uncompressed when it is a .gz; ``-`` is the standard input, which is left open."""
    if path == STDIN:
        yield _stdin()
    elif path.lower().endswith(".gz"):
        with gzip.open(path, "rb") as stream:
            yield cast(BinaryIO, stream)
    else:
        with open(path, "rb") as stream:
            yield stream


@contextmanager
def open_text(path: str, encoding: str | None = None, newline: str | None = None) -> Iterator[TextIO]:
    """The file's text; ``newline`` as for :func:`open`. Bytes that are none in ``encoding`` become U+DCFF.

    Raises :class:`ConfigError` for what is no text, and where the encoding cannot be told, or is a wrong one.
    """
    sample = _sample(path)
    _refuse_other_kinds(path, sample)
    encoding = encoding or _told_encoding(path, sample)
    with open_bytes(path) as stream:
        text = io.TextIOWrapper(stream, encoding=encoding, errors=_ERRORS, newline=newline)
        try:
            yield text
        except UnicodeError:  # not for bytes that are broken: those are marked
            remedy = "if it has no byte order mark, pass --encoding utf-16-le or utf-16-be"
            raise ConfigError(f"{path}: cannot be read as {encoding}; {remedy}") from None
        finally:
            text.detach()


def read_lines(stream: TextIO) -> Iterator[tuple[int, str | None]]:
    """Each line with its number from 1; None for a line over :data:`MAX_LINE`, the rest of which is passed over.

    A byte order mark at the start is dropped: the codecs of utf-16-le, utf-16-be and gb18030 give it as text.
    """
    number = 0
    while text := stream.readline(MAX_LINE):
        number += 1
        if len(text) < MAX_LINE or text.endswith(_ENDS):
            yield number, text if number > 1 else text.removeprefix("\ufeff")
            continue
        while (rest := stream.readline(MAX_LINE)) and not rest.endswith(_ENDS):
            pass
        yield number, None


def count_lines(path: str) -> int:
    """How many lines the file has, counted on its bytes, without decoding."""
    with open_bytes(path) as stream:
        return sum(block.count(b"\n") for block in iter(lambda: stream.read(SAMPLE), b""))


def exists(path: str) -> bool:
    """Whether ``path`` is a file that can be opened, or the standard input."""
    return path == STDIN or Path(path).is_file()


def _stdin() -> BinaryIO:
    buffer = getattr(sys.stdin, "buffer", None)  # a shell may have closed it, and a notebook's gives no bytes
    if buffer is None:
        raise ConfigError("there is no standard input to read; name a file")
    return cast(BinaryIO, buffer)


def _refuse_other_kinds(path: str, sample: bytes) -> None:
    for beginning, kind in _KINDS.items():
        if sample.startswith(beginning):
            raise ConfigError(f"{path}: {kind}")


def _told_encoding(path: str, sample: bytes) -> str:
    """:func:`detect_encoding`; :class:`ConfigError` where it cannot be right."""
    encoding = detect_encoding(sample)
    if encoding != "utf-16" and 16 * sample.count(0) > len(sample):
        order = "le" if sample[1::2].count(0) > sample[::2].count(0) else "be"
        looks = "has many NUL bytes, as has UTF-16 without a byte order mark"
        raise ConfigError(f"{path}: {looks}; pass --encoding utf-16-{order}, or give a text file")
    if encoding == "gb18030" and not _is_chinese(sample.decode(encoding, "ignore")):
        raise ConfigError(f"{path}: is neither UTF-8 nor GB18030; pass --encoding with its own, such as big5")
    return encoding


def _is_chinese(text: str) -> bool:
    """Whether ``text`` was rightly read as GB18030: then little of it is private-use characters and kana, of which Big5
    gives about half, and most characters, made simplified, are in GB2312, of which Shift-JIS gives a fifth. Of a few
    characters nobody can tell.
    """
    foreign = len(_FOREIGN.findall(text))
    characters = fold_text("".join(_CHARACTERS.findall(text)))
    if len(re.sub("[\x00-\x7f]", "", text)) < _FEW:
        return True
    common = len(characters.encode("gb2312", "ignore")) // 2
    return 5 * foreign <= foreign + len(characters) and 2 * common >= len(characters)


def _sample(path: str) -> bytes:
    if path == STDIN:
        peek = getattr(_stdin(), "peek", None)
        return cast(bytes, peek(SAMPLE)) if peek else b""
    blocks: list[bytes] = []
    with open_bytes(path) as stream, suppress(*DAMAGE):
        while len(blocks) < SAMPLE // _BLOCK and (block := stream.read(_BLOCK)):
            blocks.append(block)
    return b"".join(blocks)


def _is_utf8(line: bytes, final: bool) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(line, final)
    except UnicodeDecodeError:
        return False
    return True
