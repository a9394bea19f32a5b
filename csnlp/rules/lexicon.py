"""Lexicons: lists of terms under one name, each a text file that a person can read and edit.

A file ``NAME.txt`` starts with ``# key: value`` lines and holds one term on each further line::

    # title: 粗俗辱骂
    # source: where the terms come from
    # spelling: loose
    [傻煞沙][逼比笔b]
    -傻比较

``[…]`` stands for one of the characters inside. ``-`` marks an innocent word: a term that overlaps it does not count.
``spelling: loose`` also finds a term with anything but sentence punctuation put between its characters (``傻*逼``,
``s b``) or with letters repeated; ``strict`` (the default) finds it as it is written, after folding, and also where a
comma in it is a space in the text. A loose term of which too little is left without what is put between and repeated
(``滚滚滚``, ``👍``, ``100%``) is found as it is written, too.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path

from csnlp.errors import ConfigError
from csnlp.text.fold import fold_text

FOLDER = Path(__file__).parent / "lexicons"
MAX_SPELLINGS = 500
"""Most terms that one line with ``[…]`` may stand for."""

_HEADER = re.compile(r"#\s*([a-z]+):\s*(.*)")
_GROUP = re.compile(r"\[([^\[\]]+)\]")
_INNER_COMMA = re.compile(r"(?<=\w),(?=\w)")
_KEYS = ("title", "source", "spelling")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """``terms`` as they are looked for (folded) and ``innocent`` words that they must not overlap."""

    name: str
    title: str
    source: str
    loose: bool
    terms: tuple[str, ...]
    innocent: tuple[str, ...]


def lexicon_files(folder: Path = FOLDER) -> dict[str, Path]:
    """Lexicon name → its file in ``folder``."""
    return {path.stem: path for path in sorted(folder.glob("*.txt"))}


def read_lexicon(path: Path) -> Lexicon:
    """The lexicon in ``path``; raises :class:`csnlp.errors.ConfigError`, naming the line and what is allowed."""
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: cannot be read as UTF-8: {error}") from None
    # Nearly every line is written as it folds; what folds into itself is found by folding the whole file at once.
    folded = frozenset(fold_text(f"|{'|'.join(lines)}|").split("|"))
    header: dict[str, str] = {}
    terms: dict[str, None] = {}
    innocent: dict[str, None] = {}
    for number, line in enumerate(lines, 1):
        if line.startswith("#"):
            if match := _HEADER.fullmatch(line):
                if match[1] not in _KEYS:
                    raise ConfigError(f"{path}:{number}: unknown key {match[1]!r}; allowed: {', '.join(_KEYS)}")
                header[match[1]] = match[2]
        elif line:
            into, term = (innocent, line[1:].strip()) if line.startswith("-") else (terms, line)
            if "[" not in line and "]" not in line and term and line in folded:
                into[term] = None
            else:
                into.update(dict.fromkeys(_spellings(term, line in folded, f"{path}:{number}")))
    if missing := [key for key in ("title", "source") if not header.get(key)]:
        raise ConfigError(f"{path}: the line '# {missing[0]}: …' is missing")
    if header.get("spelling", "strict") not in ("strict", "loose"):
        raise ConfigError(f"{path}: spelling: {header['spelling']!r} is not allowed; allowed: strict, loose")
    if not terms:
        raise ConfigError(f"{path}: has no terms")
    loose = header.get("spelling") == "loose"
    if not loose:
        for words in (terms, innocent):
            words.update(dict.fromkeys(_INNER_COMMA.sub(" ", word) for word in tuple(words)))
    return Lexicon(path.stem, header["title"], header["source"], loose, tuple(terms), tuple(innocent))


def _spellings(line: str, is_folded: bool, where: str) -> list[str]:
    """The terms that ``line`` stands for: the product of its ``[…]`` groups."""
    parts = _GROUP.split(line)  # text, group, text, group, …, text
    choices: list[Sequence[str]] = [part if index % 2 else [part] for index, part in enumerate(parts)]
    if not is_folded:
        choices = [list(map(_folded, choice)) for choice in choices]
    count = prod(map(len, choices))
    if count > MAX_SPELLINGS:
        raise ConfigError(f"{where}: stands for {count} terms, over {MAX_SPELLINGS}; split it")
    if not set("[]").isdisjoint("".join(parts)):
        raise ConfigError(f"{where}: [ and ] go in pairs, with something between them")
    found = list(map("".join, itertools.product(*choices)))
    if not all(map(str.strip, found)):
        raise ConfigError(f"{where}: an empty term")
    return found


def _folded(part: str) -> str:
    """A part of a term, folded; white space at its ends may stand between two words, so it stays."""
    return fold_text(f"|{part}|")[1:-1]
