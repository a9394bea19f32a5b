"""The tables that ``csnlp score`` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from csnlp.heads import ACCURACY, COMPLAINT, POLITENESS
from csnlp.text.printable import shown

if TYPE_CHECKING:
    from csnlp.io.summary import Summary

CHINESE = {
    "politeness": {"rude": "粗鲁", "cold": "冷淡", "neutral": "平淡", "polite": "礼貌", "warm": "热情"},
    "accuracy": {"wrong": "答错", "evasive": "含糊", "progresses": "推进", "answers": "解答"},
    "complaint": {"none": "无", "dissatisfied": "不满", "complaint": "投诉", "escalation": "升级"},
    "complaint_type": {
        "refund": "退款", "attitude": "态度", "mismatch": "描述不符", "quality": "质量",
        "logistics": "物流", "delay": "拖延", "price": "价格", "other": "其他",
    },
}  # fmt: skip
"""What the labels are called in Chinese."""

_HEADS = {
    "politeness": ("Politeness 礼貌", POLITENESS.labels[::-1]),
    "accuracy": ("Accuracy 准确", ACCURACY.labels[::-1]),
    "complaint": ("Complaint 投诉", COMPLAINT.labels),
}
_TOP_TYPES = 4
_TOP_RULES = 6


def score_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """One line for each score row: its labels, total and whether a person should look at it."""
    table = Table(title="Scores 评分")
    for heading in ("id", "Politeness 礼貌", "Accuracy 准确", "Complaint 投诉"):
        table.add_column(heading)
    table.add_column("Total 总分", justify="right")
    table.add_column("Findings 问题")
    table.add_column("Review 复核")
    for row in rows:
        table.add_row(
            Text(shown(row["id"]), overflow="ellipsis", no_wrap=True),
            *(_label(head, row[head]) for head in ("politeness", "accuracy", "complaint")),
            "" if row["total"] is None else f"{row['total']:.1f}",
            Text("\n".join(_against(row)), overflow="ellipsis", no_wrap=True),
            "yes 是" if row["review"] else "",
        )
    return table


def summary_table(summary: Summary) -> Table:
    """Counts and shares of everything that was scored."""
    table = Table(title="Summary 汇总", show_header=False)
    table.add_column()
    table.add_column()
    table.add_column(justify="right")
    table.add_column(justify="right")
    table.add_row("Replies scored 已评分", "", f"{summary.scored:,}", "")
    table.add_row("Bad rows 坏行", "", f"{summary.bad:,}", "", style="yellow" if summary.bad else None)
    if summary.repeated:
        table.add_row("Repeated ids 重复编号", "", f"{summary.repeated:,}", "", style="yellow")
    if summary.total is not None:
        table.add_row("Mean total 平均总分", "", f"{summary.total:.1f}", "")
    table.add_row("For review 待复核", "", f"{summary.review:,}", share(summary.review, summary.scored))
    kept = summary.scored - summary.scored_now
    table.add_row("Speed 速度", "", f"{summary.rate:,.0f}/s", f"{kept:,} kept 续用" if kept else "", end_section=True)
    for head, (title, labels) in _HEADS.items():
        _add_labels(table, head, title, getattr(summary, head), labels)
    types: dict[str | None, int] = {label: count for label, count in summary.complaint_type.items() if label}
    top = sorted(types, key=lambda label: -types[label])[:_TOP_TYPES]
    _add_labels(table, "complaint_type", "Top complaints 投诉类型", types, top)
    rules = sorted(summary.findings, key=lambda rule: -summary.findings[rule])[:_TOP_RULES]
    for number, rule in enumerate(rules):
        count = summary.findings[rule]
        table.add_row("" if number else "Top findings 问题", Text(rule), f"{count:,}", share(count, summary.scored))
    return table


def _against(row: Mapping[str, Any]) -> list[str]:
    """The rules that count against a reply, the gravest first."""
    rules = {f["rule"]: f["points"] for f in row["findings"] if f["severity"] not in ("info", "praise")}
    return sorted(rules, key=lambda rule: rules[rule])


def _add_labels(
    table: Table, head: str, title: str, counts: Mapping[str | None, int], labels: Sequence[str | None]
) -> None:
    """A section with a line for each label that occurs, in the order of ``labels``, "not applicable" last."""
    shown = [label for label in (*labels, None) if counts.get(label)]
    whole = sum(counts.values())
    for number, label in enumerate(shown):
        table.add_row(
            title if number == 0 else "",
            _label(head, label),
            f"{counts[label]:,}",
            share(counts[label], whole),
            end_section=label == shown[-1],
        )


def _label(head: str, label: str | None) -> str:
    return "n/a 不适用" if label is None else f"{label} {CHINESE[head].get(label, '')}".rstrip()


def share(count: int, whole: int) -> str:
    """``count`` in percent of ``whole``; nothing where there is no whole."""
    return f"{100 * count / whole:.1f} %" if whole else ""
