"""Measures the typo finder: precision, recall and F0.5 on our own sentences; findings per 1,000 replies; speed.

    python benchmarks/typos.py [--half test] [--without-lists] [--replies FILE] [--show]

The sentences (tests/typos/sentences.jsonl) were written before the finder. A finding is right if it touches the slip,
and corrects it if the suggestion makes the sentence right; any other finding is a false alarm. Intervals are Wilson's,
at 95 %. FILE is JSON lines with a ``reply`` (where rows have an ``origin``, only the real ones count); its findings
are to be read by hand (--show), which no script can do.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from math import sqrt
from pathlib import Path
from typing import Any

from csnlp.typos import Typo, find_typos
from csnlp.typos.slips import known_slips

SENTENCES = Path(__file__).parents[1] / "tests/typos/sentences.jsonl"


def wilson(hits: int, of: int) -> str:
    """``hits / of`` with its 95 % interval."""
    if not of:
        return "-"
    z, share = 1.96, hits / of
    centre = (share + z * z / (2 * of)) / (1 + z * z / of)
    reach = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return f"{share:.3f} [{max(0.0, centre - reach):.3f}, {min(1.0, centre + reach):.3f}] ({hits}/{of})"


def touches(typo: Typo, row: dict[str, Any]) -> bool:
    return "kind" in row and typo.start < row["end"] and row["start"] < typo.end


def corrects(typo: Typo, row: dict[str, Any]) -> bool:
    right = row["text"][: row["start"]] + row.get("correct", "") + row["text"][row["end"] :]
    return "correct" in row and row["text"][: typo.start] + typo.suggestion + row["text"][typo.end :] == right


def measure(rows: Sequence[dict[str, Any]], show: bool) -> None:
    """Prints the measures for labelled sentences."""
    slips: Counter[str] = Counter()
    found: Counter[str] = Counter()
    right = corrected = false = noisy = 0
    for row in rows:
        typos = find_typos(row["text"])
        hits = [typo for typo in typos if touches(typo, row)]
        right += len(hits)
        false += len(typos) - len(hits)
        corrected += any(corrects(typo, row) for typo in hits)
        if "kind" in row:
            slips[row["kind"]] += 1
            found[row["kind"]] += bool(hits)
        else:
            noisy += bool(typos)
        if show and len(typos) > len(hits):
            print("false alarm:", row["text"], [(typo.found, typo.suggestion, typo.confidence) for typo in typos])
        if show and "kind" in row and not hits:
            start, end = row["start"], row["end"]
            print("missed:", f"{row['text'][:start]}[{row['text'][start:end]}]{row['text'][end:]}")
    total, all_found = slips.total(), found.total()
    precision, recall = right / max(1, right + false), all_found / max(1, total)
    print("precision   ", wilson(right, right + false))
    print("recall      ", wilson(all_found, total))
    for kind in slips:
        print(f"  {kind:<10}", wilson(found[kind], slips[kind]))
    print("corrected   ", wilson(corrected, total))
    print(f"F0.5         {1.25 * precision * recall / max(1e-9, 0.25 * precision + recall):.3f}")
    print("clean flagged", wilson(noisy, len(rows) - total))


def replies(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            if row.get("origin", "real") == "real":
                yield row["reply"]


def survey(texts: Sequence[str], show: bool) -> None:
    """Prints how often the finder speaks on real replies, and how fast it is."""
    findings = [(text, typo) for text in texts for typo in find_typos(text)]
    seconds = min(_processor_seconds(texts) for _ in range(5))
    if show:
        for text, typo in findings:
            around = (
                f"{text[max(0, typo.start - 10) : typo.start]}[{typo.found}>{typo.suggestion}]{text[typo.end :][:10]}"
            )
            print(f"{typo.kind} {typo.confidence:.2f} {around!r}")
    mean = sum(map(len, texts)) / len(texts)
    print(f"{len(findings)} findings in {len(texts)} replies: {1000 * len(findings) / len(texts):.1f} per 1,000")
    print(
        f"{1e6 * seconds / len(texts):.0f} µs of processor time a reply of {mean:.0f} characters (mean; best pass of 5)"
    )


def _processor_seconds(texts: Sequence[str]) -> float:
    began = time.process_time()
    for text in texts:
        find_typos(text)
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("dev", "test"), default="test")
    parser.add_argument("--without-lists", action="store_true", help="only the n-gram model and the breaks")
    parser.add_argument("--replies", type=Path)
    parser.add_argument("--show", action="store_true", help="print the misses, false alarms and findings")
    options = parser.parse_args()
    if options.without_lists:
        known_slips().clear()
    rows = [json.loads(line) for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    measure([row for row in rows if row["half"] == options.half], options.show and options.half == "dev")
    if options.replies:
        survey(list(replies(options.replies)), options.show)


if __name__ == "__main__":
    main()
