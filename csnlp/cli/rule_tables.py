"""The tables that ``csnlp rules`` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from csnlp.cli.tables import share
from csnlp.rules.book import RuleBook
from csnlp.rules.diff import BookDiff
from csnlp.rules.inspect import kinds, needs
from csnlp.rules.tally import BookTally
from csnlp.rules.verdict import REASONS
from csnlp.text.printable import printable, shown
from csnlp.text.redact import redact

SHOWN = 80
"""Characters of a reply that are shown."""


def rule_table(book: RuleBook) -> Table:
    """Clause by clause: its rules, with severity, points, kinds and message."""
    table = Table(title=_title(book, f": {len(book.clauses)} clauses, {len(book.rules)} rules"))
    for name in ("Clause 条款", "Rule 规则", "Severity", "Points", "Kinds", "Message"):
        table.add_column(name, justify="right" if name == "Points" else "left")
    for clause in book.clauses:
        title = Text(f"{clause.id} {clause.title} ({clause.weight:g})")
        credit = f"credit by {clause.credit_head}" if clause.credit_head else ""
        rules = [rule for rule in book.rules if rule.clause == clause.id]
        if credit or not rules:
            table.add_row(title, credit or "–", "", "", "head" if credit else "", "")
        for number, rule in enumerate(rules):
            veto = "" if rule.veto == "none" else f" 否决 {rule.veto}"
            table.add_row(
                title if number == 0 and not credit else "",
                Text(rule.id),
                rule.severity,
                f"{rule.points:g}{'×n' if rule.each else ''}{veto}",
                ", ".join(kinds(rule)),
                Text(rule.message),
            )
        table.add_section()
    return table


def coverage_table(book: RuleBook, counts: BookTally | None) -> Table:
    """Clause by clause: rules, kinds, needs; with ``counts``, the shares decided and broken, and the reasons."""
    table = Table(title=_title(book, "" if counts is None else f" on {counts.replies:,} replies"))
    for name in ("Clause 条款", "Rules", "Decided by", "Needs"):
        table.add_column(name)
    if counts is not None:
        for name in ("Decided 已判", "Broken 违反"):
            table.add_column(name, justify="right")
        table.add_column("Not applicable 不适用")
    for clause in book.clauses:
        rules = [rule for rule in book.rules if rule.clause == clause.id]
        decided_by = {kind for rule in rules for kind in kinds(rule)} | ({"head"} if clause.credit_head else set())
        row: list[Any] = [
            Text(f"{clause.id} {clause.title}"),
            str(len(rules)),
            ", ".join(sorted(decided_by)) or "–",
            ", ".join(sorted({need for rule in rules for need in needs(rule)})) or "–",
        ]
        if counts is not None:
            found = counts.clauses[clause.id]
            reasons = ", ".join(f"{reason} {share(n, counts.replies)}" for reason, n in found.reasons.most_common())
            row += [share(found.decided, counts.replies), share(found.broken, counts.replies), reasons]
        table.add_row(*row)
    if counts is not None:
        seen = {reason for found in counts.clauses.values() for reason in found.reasons}
        table.caption = "\n".join(f"{reason}: {REASONS[reason]}" for reason in REASONS if reason in seen)
        table.caption_justify = "left"
    return table


def hit_table(book: RuleBook, counts: BookTally, wanted: Sequence[str]) -> Table:
    """How many replies each rule fired on."""
    table = Table(title=_title(book, f" on {counts.replies:,} replies"))
    table.add_column("Rule 规则")
    table.add_column("Hits 命中", justify="right")
    table.add_column("Share", justify="right")
    table.add_column("Message")
    messages = {rule.id: rule.message for rule in book.rules}
    for rule in wanted:
        hits = counts.hits[rule]
        table.add_row(Text(rule), f"{hits:,}", share(hits, counts.replies), Text(messages[rule]))
    return table


def samples(counts: BookTally, wanted: Sequence[str]) -> Iterator[str]:
    """A few replies for each rule that fired, personal data masked."""
    for rule in wanted:
        for number, sample in enumerate(counts.samples.get(rule, ())):
            if number == 0:
                yield f"\n{rule}"
            note = f"  ({printable(sample.note)})" if sample.note else ""
            evidence = "" if sample.evidence == sample.reply else f"  「{_short(sample.evidence)}」"
            yield f"  {shown(sample.id)}  客：{_short(sample.question)}  服：{_short(sample.reply)}{evidence}{note}"


def diff_tables(found: BookDiff) -> Iterator[Table]:
    """Totals, bands, rules, and the replies that change most."""
    summary = Table(title="Totals 总分", show_header=False)
    summary.add_row("Replies 回复", f"{found.replies:,}")
    summary.add_row("Changed 有变化", f"{found.changed:,} ({share(found.changed, found.replies)})")
    summary.add_row("Mean before 原均分", _points(found.before))
    summary.add_row("Mean after 新均分", _points(found.after))
    yield summary
    if moved := [(bands, n) for bands, n in found.bands.most_common() if bands[0] != bands[1]]:
        table = Table("Band before 原等级", "Band after 新等级", "Replies", title="Bands 等级")
        for (before, after), n in moved:
            table.add_row(Text(before), Text(after), f"{n:,}")
        yield table
    if found.gone or found.new:
        table = Table("Rule 规则", "No longer fires 不再命中", "Newly fires 新命中", title="Rules 规则")
        for rule in sorted({*found.gone, *found.new}):
            table.add_row(Text(rule), f"{found.gone[rule]:,}", f"{found.new[rule]:,}")
        yield table
    if found.largest:
        table = Table("id", "Before", "After", "Rules", "Reply 回复", title="Largest changes 变化最大")
        for change in found.largest:
            rules = [*(f"-{rule}" for rule in change.gone), *(f"+{rule}" for rule in change.new)]
            reply = Text(_short(redact(change.reply)))
            table.add_row(
                Text(shown(change.id)), _points(change.before), _points(change.after), Text(" ".join(rules)), reply
            )
        yield table


def _title(book: RuleBook, more: str) -> Text:
    return Text(f"{book.name} {book.version}{more}", "table.title")  # a name may look like markup


def _short(text: str) -> str:
    text = " ".join(printable(text).split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _points(total: float | None) -> str:
    return "–" if total is None else f"{total:.2f}"
