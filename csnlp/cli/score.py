"""``csnlp score``: a file of chats in, a file of scores out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from csnlp.cli.options import Device, Encoding, Format, Map, no_rows, open_chats

if TYPE_CHECKING:
    from rich.console import Console

    from csnlp.io import Source, Summary
    from csnlp.io.outcomes import Progress, Scorer

PREVIEW = 20
"""Rows shown when there is no output file."""


def score(
    source: Annotated[
        str,
        typer.Argument(metavar="INPUT", help="JSONL, CSV, TSV, Parquet or a transcript (.txt); - is stdin (JSONL)."),
    ],
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", help="Where the scores go: .jsonl, .csv, .tsv (also .gz) or .parquet; - is stdout."
        ),
    ] = None,
    model: Annotated[str, typer.Option("--model", "-m", help="A model's name or folder.")] = "bert",
    book: Annotated[str, typer.Option("--book", "-b", help="A rule book's name or file.")] = "taobao",
    facts: Annotated[
        str | None, typer.Option("--facts", help="The shop's fact table (YAML): replies are checked against it.")
    ] = None,
    device: Device = "cpu",
    threads: Annotated[int, typer.Option("--threads", min=0, help="Cores that the model may use; 0: all.")] = 0,
    format: Format = None,
    map: Map = None,
    encoding: Encoding = None,
    probabilities: Annotated[bool, typer.Option("--probabilities", help="Write every class probability too.")] = False,
    restart: Annotated[bool, typer.Option("--restart", help="Drop what an interrupted run left; begin anew.")] = False,
) -> None:
    """Score every agent reply of INPUT.

    An interrupted run goes on where it stopped when it is started again. Exit status: 0 all rows scored, 2 some rows
    bad (they are listed in OUTPUT.errors.jsonl), 1 nothing scored.
    """
    from csnlp.cli.console import make_console
    from csnlp.io.writers import check_output
    from csnlp.text.printable import printable

    chats = open_chats(source, format, map, encoding)
    if output is not None and output != "-":
        check_output(output, [path for path in (source, book, facts) if path is not None and path != "-"])
    notes = make_console(stderr=True)
    # The standard output is for the rows when they are asked for there.
    screen = notes if output == "-" else make_console()
    with notes.status("Loading the model …"):
        scorer = _load(model, book, device, threads, facts)
    try:
        with _progress(chats, notes) as progress:
            if output is None:
                summary = _show_scores(scorer, chats, screen, progress)
            else:
                from csnlp.io import score_file

                summary = score_file(
                    scorer, chats, output, probabilities=probabilities, restart=restart, progress=progress
                )
    except KeyboardInterrupt:
        same = f"the same command{' without --restart' if restart else ''} goes on from here"
        notes.print(f"Stopped; {same if _is_kept(source, output) else 'nothing is kept'}.", highlight=False)
        raise typer.Exit(130) from None
    if not summary.scored and not summary.bad:
        notes.print(f"csnlp: {printable(no_rows(chats))}", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(summary.exit_status)
    _report(summary, screen, notes, told=output == "-")
    raise typer.Exit(summary.exit_status)


def _is_kept(source: str, output: str | None) -> bool:
    """Whether the next run of the same command has less to do."""
    if output is None or "-" in (source, output):
        return False
    from csnlp.io.parts import Parts

    return Parts(Path(output)).kept


def _load(model: str, book: str, device: str, threads: int, facts: str | None) -> Scorer:
    import csnlp

    scorer: Scorer = csnlp.load(model, book, device=device, threads=threads, facts=facts)
    return scorer


@contextmanager
def _progress(source: Source, console: Console) -> Iterator[Progress]:
    """A bar over the lines of ``source`` while the block runs; gives the function that moves it."""
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[replies]:,} replies  {task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    total = source.count()
    began = time.perf_counter()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Scoring 评分", total=total, replies=0, rate="")

        def move(line: int, scored: int) -> None:
            seconds = time.perf_counter() - began
            rate = f"{scored / seconds:,.0f}/s" if scored and seconds > 0 else ""
            bar.update(task, completed=line, replies=scored, rate=rate)

        yield move


def _show_scores(scorer: Scorer, source: Source, screen: Console, progress: Progress) -> Summary:
    """The first rows as a table; the others are only counted."""
    from csnlp.cli.tables import score_table
    from csnlp.io import score_stream
    from csnlp.io.badrow import BadRow
    from csnlp.io.summary import Tally

    began = time.perf_counter()
    tally = Tally()
    rows: list[dict[str, Any]] = []
    for outcome in score_stream(scorer, source, progress=progress):
        tally.add(outcome)
        if not isinstance(outcome, BadRow) and len(rows) < PREVIEW:
            rows.append(outcome)
    if rows:
        screen.print(score_table(rows))
    if tally.scored > len(rows):
        screen.print(f"… and {tally.scored - len(rows):,} more; write all of them with -o scores.csv", highlight=False)
    return tally.summary(scored_now=tally.scored, seconds=time.perf_counter() - began)


def _report(summary: Summary, screen: Console, notes: Console, told: bool) -> None:
    """The summary; ``told``: the bad rows stand on the standard error already."""
    from csnlp.cli.tables import summary_table
    from csnlp.text.printable import printable, shown

    for bad in () if told else summary.first_bad:
        notes.print(f"bad row 坏行: {bad.message}", style="yellow", markup=False, highlight=False, soft_wrap=True)
    if summary.bad > len(summary.first_bad) or summary.errors:
        where = f"; all of them: {printable(summary.errors)}" if summary.errors else ""
        notes.print(f"{summary.bad:,} bad rows{where}", style="yellow", markup=False, highlight=False, soft_wrap=True)
    if summary.first_repeated is not None:
        first = shown(summary.first_repeated)
        repeated = f"{summary.repeated:,} ids occur more than once 重复编号, the first: {first}"
        notes.print(repeated, style="yellow", markup=False, highlight=False, soft_wrap=True)
    if summary.scored:
        screen.print(summary_table(summary))
    else:
        notes.print("csnlp: no row could be scored", markup=False, highlight=False)
    if summary.output and screen is not notes:
        screen.print(f"Scores 结果: {printable(summary.output)}", markup=False, highlight=False, soft_wrap=True)
