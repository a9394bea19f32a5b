"""Reviews as labelled exchanges: what people decided about the heads teaches and measures the next model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from csnlp.errors import ConfigError
from csnlp.heads import ACCURACY
from csnlp.io.atomic import atomic
from csnlp.io.writers import check_folder, create_text, json_line
from csnlp.reviews.records import Label
from csnlp.reviews.store import ReviewStore


def export_labels(store: ReviewStore, path: str | Path) -> int:
    """Write the decided heads as labelled exchanges (see :mod:`csnlp.evaluation.gold`) and return how many rows.

    ``path``, a ``.jsonl`` or ``.jsonl.gz`` file, is written whole or not at all: one row a reply, in the order of
    adding, with ``"source": "review"``. Only decisions that nobody contests count, and only heads with a label: a
    rejected verdict gives none, but for accuracy, where it says that accuracy does not apply (null); what nobody can
    tell is left undecided (see :meth:`ReviewStore.decide`) and not exported. There is no ``second`` labelling: where
    two reviewers differ the row waits, so those left would always agree.

    The texts are those of the store: masked, unless it was opened with ``masked=False``. Raises
    :class:`csnlp.errors.ConfigError` for a file of another name, or one that cannot be made.
    """
    path = Path(path)
    if not path.name.endswith((".jsonl", ".jsonl.gz")):
        raise ConfigError(f"{path}: labels are written to a file named *.jsonl or *.jsonl.gz")
    check_folder(path.parent)
    labels = _labels(store)
    written = [reply for reply, found in labels.items() if found]
    with atomic(path) as temporary, create_text(temporary) as file:
        for reply in written:  # one at a time: all their texts together may be larger than the memory
            file.write(json_line(_row(reply, store.exchange(reply), labels[reply])))
    return len(written)


def _labels(store: ReviewStore) -> dict[str, dict[str, Label | None]]:
    """Reply → head → label, of every reply that people have judged; some have no label to export."""
    labels: dict[str, dict[str, Label | None]] = {}
    for review in store.stream():
        found = labels.setdefault(review.item.reply, {})
        decision = review.uncontested
        if review.item.kind != "head" or decision is None:
            continue
        label = review.item.label_by(decision.ruling)
        if label is not None or review.item.subject == ACCURACY.name:
            found[review.item.subject] = label
    for found in labels.values():
        if found.get("complaint") == "none":
            found.pop("complaint_type", None)  # no complaint has no type, whoever named one
    return labels


def _row(reply: str, stored: str, labels: Mapping[str, Label | None]) -> dict[str, Any]:
    exchange = json.loads(stored)
    row: dict[str, Any] = {
        "id": reply,
        "source": "review",
        "group": reply.rpartition("#")[0] or reply,  # replies of one conversation share their context
        "context": [{"role": turn["role"], "text": turn["text"]} for turn in exchange["context"]],
        "reply": exchange["reply"],
    }
    if "reference" in exchange:
        row["reference"] = exchange["reference"]
    return {**row, "labels": labels}
