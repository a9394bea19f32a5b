"""``csnlp rules``: look at a rule book, check it, and see what it does to chats."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from csnlp.cli import rule_tables
from csnlp.cli.console import make_console
from csnlp.cli.options import Encoding, Format, Map, open_chats, records
from csnlp.errors import ConfigError
from csnlp.rules.book import RuleBook
from csnlp.rules.case import Case
from csnlp.rules.facts import FactTable, load_facts
from csnlp.rules.loading import load_book
from csnlp.rules.tally import Failed, tally
from csnlp.text.printable import printable, shown

if TYPE_CHECKING:
    from csnlp.io import Source

rules = typer.Typer(
    help="Look at a rule book, check it, and see what it does to chats.",
    add_completion=False,
    pretty_exceptions_enable=False,
)

Book = Annotated[str, typer.Argument(help="A bundled book's name, or a file.")]
Chats = Annotated[Path, typer.Argument(help="Chats, in any format that csnlp score reads.")]
Scores = Annotated[
    Path | None,
    typer.Option(help="The chats' scores, written with --probabilities: then no model runs."),
]
Facts = Annotated[Path | None, typer.Option(help="The shop's fact table (YAML).")]
ModelName = Annotated[str, typer.Option("--model", "-m", help="Runs where there are no --scores.")]


@rules.callback(invoke_without_command=True)
def _root(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@rules.command("list")
def list_rules(book: Book = "taobao") -> None:
    """The clauses and rules of a book."""
    make_console().print(rule_tables.rule_table(load_book(book)))


@rules.command()
def lint(book: Book = "taobao") -> None:
    """Clauses without rules, dead rules, doubles, conflicts. Exit status 1 when there is a problem."""
    from csnlp.rules.lint import lint as find_problems

    problems = find_problems(load_book(book), date.today())
    for problem in problems:
        print(printable(f"{problem.where}: {problem.subject}: {problem.message}"))
    print(f"{len(problems)} problems")
    raise typer.Exit(1 if problems else 0)


@rules.command()
def test(book: Book = "taobao") -> None:
    """Run the examples beside the rules. Exit status 1 when one fails."""
    from csnlp.rules.selftest import failures

    loaded = load_book(book)
    failed = list(failures(loaded))
    for failure in failed:
        reply = printable(failure.example.exchange.reply)
        print(f"{failure.example.where}: {failure.rule}: {printable(failure.problem)}: {reply}")
    count = sum(len(rule.examples) for rule in loaded.rules)
    print(f"{len(loaded.rules)} rules, {count} examples, {len(failed)} failed")
    raise typer.Exit(1 if failed else 0)


@rules.command()
def coverage(
    book: Book = "taobao",
    chats: Annotated[Path | None, typer.Argument(help="Chats: how often each clause is decided, and why not.")] = None,
    scores: Scores = None,
    model: ModelName = "bert",
    facts: Facts = None,
    format: Format = None,
    map: Map = None,
    encoding: Encoding = None,
) -> None:
    """Every clause with its rules and what they need; with CHATS, how often it is decided, broken, not applicable."""
    loaded = load_book(book)
    failed = Failed()
    source = None if chats is None else open_chats(chats, format, map, encoding)
    counts = None if source is None else tally(loaded, _cases(loaded, source, scores, model, facts, failed), failed)
    if counts is not None:
        _tell_failed(failed, counts.replies)
    make_console().print(rule_tables.coverage_table(loaded, counts))


@rules.command("try")
def try_rules(
    book: Book,
    chats: Chats,
    rule: Annotated[list[str] | None, typer.Option(help="Only this rule, or those of this clause. Repeatable.")] = None,
    scores: Scores = None,
    model: ModelName = "bert",
    facts: Facts = None,
    format: Format = None,
    map: Map = None,
    encoding: Encoding = None,
) -> None:
    """How often each rule fires on CHATS, with samples."""
    loaded = load_book(book)
    known = {name for r in loaded.rules for name in (r.id, r.clause)}
    if unknown := [name for name in rule or () if name not in known]:
        raise ConfigError(f"--rule: the book has none of {', '.join(unknown)}; see csnlp rules list")
    wanted = [r.id for r in loaded.rules if not rule or r.id in rule or r.clause in rule]
    source = open_chats(chats, format, map, encoding)
    failed = Failed()
    counts = tally(loaded, _cases(loaded, source, scores, model, facts, failed), failed)
    _tell_failed(failed, counts.replies)
    console = make_console()
    console.print(rule_tables.hit_table(loaded, counts, wanted))
    for line in rule_tables.samples(counts, wanted):
        console.print(line, markup=False, highlight=False)


@rules.command()
def diff(
    old: Annotated[str, typer.Argument(help="The book in force: a name or a file.")],
    new: Annotated[str, typer.Argument(help="The book that is to take its place.")],
    chats: Chats,
    scores: Scores = None,
    model: ModelName = "bert",
    facts: Facts = None,
    format: Format = None,
    map: Map = None,
    encoding: Encoding = None,
) -> None:
    """What changes in the scores of CHATS from one book to another."""
    from csnlp.rules.diff import diff as compare

    before, after = load_book(old), load_book(new)
    source = open_chats(chats, format, map, encoding)
    failed = Failed()
    found = compare(before, after, _cases(before, source, scores, model, facts, failed), failed)
    _tell_failed(failed, found.replies)
    console = make_console()
    for table in rule_tables.diff_tables(found):
        console.print(table)


def _tell_failed(failed: Failed, judged: int) -> None:
    """Say on the standard error which replies could not be judged; :class:`ConfigError` when no other was."""
    if not failed.replies:
        return
    if not judged:
        raise ConfigError(f"no reply could be judged: {failed.first[0][1]}")
    for name, problem in failed.first:
        print(f"not judged 未判: {shown(name)}: {problem}", file=sys.stderr)
    print(f"{failed.replies:,} replies not judged; the tables leave them out", file=sys.stderr)


def _cases(
    book: RuleBook, chats: Source, scores: Path | None, model: str, facts: Path | None, failed: Failed
) -> Iterator[Case]:
    """The chats' replies with a model's verdicts: stored ones, or the model's own now. ``failed``: where those are
    counted for which none are stored, as they could not be scored."""
    from csnlp.scoring.stored import read_stored, read_unscored, stored_cases

    table: FactTable | None = None if facts is None else load_facts(facts)
    found = records(chats)
    if scores is not None:
        return stored_cases(found, read_stored(scores), book, table, read_unscored(scores), failed)
    from csnlp.models import load_model
    from csnlp.scoring.scorer import Scorer

    print("no --scores: the model runs on every reply", file=sys.stderr)
    return Scorer(load_model(model), book, table).cases(record.item for record in found)
