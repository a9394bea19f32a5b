"""Reviews as labelled exchanges: what people decided about the heads teaches and measures the next model."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from csnlp.heads import ACCURACY
from csnlp.io.atomic import atomic
from csnlp.reviews.records import Review
from csnlp.reviews.store import ReviewStore


def export_labels(store: ReviewStore, path: str | Path) -> int:
    """Write the decided heads as labelled exchanges (see :mod:`csnlp.evaluation.gold`) and return how many rows.

    ``path``, a ``.jsonl`` or ``.jsonl.gz`` file, is written whole or not at all: one row a reply, in the order of
    adding, with ``"source": "review"``. Only decisions that nobody contests count, and only heads with a label: a
    rejected verdict gives none, but for accuracy, where it says that accuracy does not apply (null). There is no
    ``second`` labelling: where two reviewers differ the row waits, so those left would always agree.

    The texts are those of the store: masked, unless it was opened with ``masked=False``.
    """
    path = Path(path)
    by_reply: dict[str, list[Review]] = {}
    for review in store.reviews():
        by_reply.setdefault(review.item.reply, []).append(review)
    written = [row for reviews in by_reply.values() if (row := _row(reviews))["labels"]]
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in written).encode("utf-8")
    with atomic(path) as temporary:
        temporary.write_bytes(gzip.compress(text, mtime=0) if path.suffix == ".gz" else text)
    return len(written)


def _row(reviews: list[Review]) -> dict[str, Any]:
    reply = reviews[0].item.reply
    exchange = json.loads(reviews[0].item.exchange)
    row: dict[str, Any] = {
        "id": reply,
        "source": "review",
        "group": reply.rpartition("#")[0] or reply,  # replies of one conversation share their context
        "context": [{"role": turn["role"], "text": turn["text"]} for turn in exchange["context"]],
        "reply": exchange["reply"],
    }
    if "reference" in exchange:
        row["reference"] = exchange["reference"]
    return {**row, "labels": _labels(reviews)}


def _labels(reviews: list[Review]) -> dict[str, Any]:
    labels: dict[str, Any] = {}
    for review in reviews:
        decision = review.uncontested
        if review.item.kind != "head" or decision is None:
            continue
        label = review.item.label_by(decision.ruling)
        if label is not None or review.item.subject == ACCURACY.name:
            labels[review.item.subject] = label
    if labels.get("complaint") == "none":
        labels.pop("complaint_type", None)  # no complaint has no type, whoever named one
    return labels
