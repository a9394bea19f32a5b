"""Reads a rule book from YAML.

A book is one file, or a file that includes others beside it (``include``, for clauses and rules). It may extend another
(``extends``): then it has all of that one's settings, clauses, named conditions and rules, but for those that it gives
itself and the rules it leaves out (``without``). Complaints name file, line, key and what is allowed.

A book is trusted as the program is: it names the files that are read, wherever they lie, and the checks of installed
packages that are run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from csnlp.errors import ConfigError
from csnlp.heads import HEADS
from csnlp.rules.book import SEVERITIES, VETOES, Band, Clause, Rule, RuleBook, Section
from csnlp.rules.examples import parse_examples
from csnlp.rules.inspect import conditions
from csnlp.rules.kinds import links, parse_condition
from csnlp.rules.kinds.names import Names
from csnlp.rules.kinds.text import LexiconMatch, RegexMatch
from csnlp.rules.lexicon import Lexicon, lexicon_files, read_lexicon
from csnlp.rules.reader import Entry, read_yaml
from csnlp.rules.scanner import Scanner
from csnlp.rules.verdict import REASONS, Condition

FOLDER = Path(__file__).parent / "books"
MAX_DEPTH = 5
"""Most books that may extend one another in a row."""

_CREDITED = ("politeness", "accuracy", "complaint", "satisfaction")
_SETTINGS = (
    *("name", "version", "extends", "without", "include", "lexicons", "domains", "review_below"),
    *("sections", "ceilings", "bands", "clauses", "conditions", "rules"),
)

T = TypeVar("T")


def load_book(book: str | Path | RuleBook = "taobao") -> RuleBook:
    """A bundled book by its name, a book from a file, or a book itself.

    Raises :class:`csnlp.errors.ConfigError`, naming file, line, key and what is allowed.
    """
    if isinstance(book, RuleBook):
        return book
    if not isinstance(book, str | Path):
        raise ConfigError(f"book is {type(book).__name__}; give a rule book's name, its file, or a RuleBook")
    bundled = {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}
    path = bundled.get(str(book), Path(book))
    if not path.is_file():
        raise ConfigError(f"no rule book {str(book)!r}: it is no file, and the bundled ones are {', '.join(bundled)}")
    return _read(path)


@dataclass(frozen=True, slots=True)
class _File:
    """One book's own files: the book itself (``top``) and what it includes."""

    path: Path
    top: Entry
    included: tuple[Path, ...]
    parts: tuple[Entry, ...]


def _read(path: Path) -> RuleBook:
    chain = _chain(path)
    _ask_all(chain)
    top = _settings(chain)
    files = _lexicons(chain)
    names = Names(frozenset(files), links.hosts(top("domains"), ()))
    names = replace(names, conditions=_named(chain, names))

    sections = tuple(_section(item) for item in _unique(top("sections").entries("sections")))
    clauses = _merged(chain, "clauses", lambda item: _clause(item, sections))
    rules = _merged(chain, "rules", lambda item: _rule(item, clauses, names))
    if not clauses:
        raise chain[-1].top.error("clauses", "a book needs at least one clause")
    lexicons = [read_lexicon(files[name]) for name in _lexicons_used(rules.values())]
    book = RuleBook(
        name=chain[-1].top.one_line("name"),
        version=chain[-1].top.one_line("version"),
        review_below=top("review_below").number("review_below", 0.5, high=1),
        sections=sections,
        clauses=tuple(clauses.values()),
        rules=tuple(rules.values()),
        ceilings=_ceilings(top("ceilings")),
        bands=_bands(top("bands")),
        scanner=_scanner(lexicons, rules.values(), names, chain[-1]),
        digest=_digest([file for link in chain for file in (link.path, *link.included)], lexicons),
        named=names.conditions,
    )
    for link in chain:
        for part in link.parts:
            part.done()
    return book


def _chain(path: Path, depth: int = 0) -> list[_File]:
    """The book at ``path`` behind those that it extends, the first of them first."""
    top = read_yaml(path)
    included = tuple(path.parent / name for name in top.texts("include", ()))
    for other in included:
        if not other.is_file():
            raise top.error("include", f"{other} is no file")
    own = _File(path, top, included, (top, *(read_yaml(other) for other in included)))
    if "extends" not in top:
        return [own]
    if depth == MAX_DEPTH:
        raise top.error("extends", f"more than {MAX_DEPTH} books extend one another; is there a circle?")
    name = top.text("extends")
    parent = {file.stem: file for file in FOLDER.glob("*.yaml")}.get(name, path.parent / name)
    if not parent.is_file():
        raise top.error("extends", f"{name!r} is no bundled book and no file")
    return [*_chain(parent, depth + 1), own]


def _lexicons(chain: Iterable[_File]) -> dict[str, Path]:
    """Lexicon name → its file: the bundled ones, and those beside each book of the chain.

    No name is taken twice: a book that is extended would look for other terms than those it was written with.
    """
    files = lexicon_files()
    for link in chain:
        folder = link.path.parent / link.top.text("lexicons", "lexicons")
        if "lexicons" in link.top and not folder.is_dir():
            raise link.top.error("lexicons", f"{folder} is no folder")
        for name, path in lexicon_files(folder).items():  # books that extend one another may share their folder
            if path.resolve() != (other := files.setdefault(name, path)).resolve():
                raise ConfigError(f"{path}: the name {name!r} is taken by {other}; give this lexicon another name")
    return files


def _scanner(lexicons: Iterable[Lexicon], rules: Iterable[Rule], names: Names, own: _File) -> Scanner:
    try:
        return Scanner(lexicons, _patterns(rules), names.glance)
    except ConfigError as error:  # the patterns are too much together: no one rule is at fault
        raise own.top.error("rules", str(error)) from None


def _ask_all(chain: Iterable[_File]) -> None:
    """What a book extends may hold settings that the one extending it replaces: they are known all the same."""
    for link in chain:
        link.top.known(*_SETTINGS)
        for part in link.parts:
            part.known("clauses", "conditions", "rules")


def _settings(chain: Sequence[_File]) -> Callable[[str], Entry]:
    """Key → the last book of the chain that has it."""
    return lambda key: next((link.top for link in reversed(chain) if key in link.top), chain[-1].top)


def _merged(chain: Iterable[_File], key: str, make: Callable[[Entry], T]) -> dict[str, T]:
    """Id → clause or rule. One with the id of one in a book that is extended takes its place.

    A book leaves rules out (``without``) of what it extends: what is gone there is gone for those that extend it.
    """
    found: dict[str, T] = {}
    for link in chain:
        for name in link.top.choices("without", found, ()) if key == "rules" else ():
            found.pop(name, None)  # a name may stand in the list twice
        items = _unique([item for part in link.parts for item in part.entries(key, required=False)])
        found |= {item.one_line("id"): make(item) for item in items}
    return found


def _named(chain: Iterable[_File], names: Names) -> dict[str, Condition]:
    """Name → condition. One in a book that extends another takes the other's place in the rules of both.

    A named condition names no other: so a few lines cannot grow to any size.
    """
    found: dict[str, Condition] = {}
    for link in chain:
        own: dict[str, Condition] = {}
        for part in link.parts:
            if (entry := part.entry("conditions", required=False)) is None:
                continue
            for name in entry.names():
                if name in own:
                    raise entry.error(name, "a condition of this name stands in the book already; give another")
                body = entry.entry(name)
                assert body is not None
                own[name] = parse_condition(body, names)
        found |= own
    return found


def _lexicons_used(rules: Iterable[Rule]) -> list[str]:
    matches = (found for rule in rules for found in conditions(rule) if isinstance(found, LexiconMatch))
    return sorted({name for match in matches for name in match.lexicons})


def _patterns(rules: Iterable[Rule]) -> Iterator[str]:
    """The patterns of all regex conditions."""
    for rule in rules:
        for condition in conditions(rule):
            if isinstance(condition, RegexMatch):
                yield condition.pattern


def _section(entry: Entry) -> Section:
    section = Section(entry.one_line("id"), entry.one_line("title"), entry.number("weight"))
    entry.done()
    return section


def _clause(entry: Entry, sections: Iterable[Section]) -> Clause:
    credit = entry.entry("credit", required=False)
    head, confirmed = "", 0.0
    shares: dict[str, float] = {}
    if credit is not None:
        head = credit.choice("head", _CREDITED)
        shares = {label: credit.number(label, high=1) for label in HEADS[head].labels}
        confirmed = credit.number("confirmed", 0.0, high=1)
        credit.done()
    clause = Clause(
        id=entry.one_line("id"),
        section=entry.choice("section", [section.id for section in sections]),
        title=entry.one_line("title"),
        weight=entry.number("weight"),
        starts_at=entry.number("starts_at", 1.0, high=1),
        credit_head=head,
        credit=shares,
        confirmed=confirmed,
        where=f"{entry.file}:{entry.line}",
    )
    entry.done()
    return clause


def _rule(entry: Entry, clauses: Collection[str], names: Names) -> Rule:
    when, applies = entry.entry("when"), entry.entry("applies", required=False)
    assert when is not None
    start, end = entry.day("from"), entry.day("until")
    if start and end and end < start:
        raise entry.error("until", f"{end} is before {start}")
    severity = entry.choice("severity", SEVERITIES)
    rule = Rule(
        id=entry.one_line("id"),
        clause=entry.choice("clause", clauses),
        message=entry.one_line("message"),
        suggestion=entry.text("suggestion", ""),
        severity=severity,
        points=entry.number("points", 0.0, low=-1000, high=1000),
        each=entry.flag("each"),
        cap=entry.number("cap", 1000.0),
        veto=entry.choice("veto", VETOES, "none"),
        when=parse_condition(when, names),
        applies=None if applies is None else parse_condition(applies, names),
        otherwise=entry.choice("otherwise", REASONS, "no_match"),
        start=start,
        end=end,
        examples=parse_examples(entry),
        where=f"{entry.file}:{entry.line}",
    )
    if (severity == "info" and rule.points) or (severity == "praise" and rule.points <= 0):
        raise entry.error("points", f"{severity} goes with {'no points' if severity == 'info' else 'points above 0'}")
    if severity not in ("info", "praise") and rule.points > 0:
        raise entry.error("points", f"{severity} deducts: give points below 0, or 0")
    entry.done()
    return rule


def _ceilings(entry: Entry) -> dict[str, float]:
    body = entry.entry("ceilings", required=False)
    if body is None:
        return {}
    ceilings = {name: body.number(name, 100, high=100) for name in ("minor", "major", "critical")}
    body.done()
    return ceilings


def _bands(entry: Entry) -> tuple[Band, ...]:
    bands = []
    for item in entry.entries("bands", required=False):
        bands.append(Band(item.one_line("name"), item.number("at_least", high=100)))
        item.done()
    return tuple(sorted(bands, key=lambda band: -band.at_least))


def _unique(items: list[Entry]) -> list[Entry]:
    """``items``, when no two have the same id."""
    seen: dict[str, str] = {}
    for item in items:
        if (name := item.one_line("id")) in seen:
            raise item.error("id", f"{name!r} stands at {seen[name]} already; give another")
        seen[name] = f"{item.file}:{item.line}"
    return items


def _digest(paths: Iterable[Path], lexicons: Iterable[Lexicon]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    for lexicon in lexicons:
        digest.update(repr(lexicon).encode())
    return digest.hexdigest()[:16]
