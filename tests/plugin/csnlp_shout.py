"""An example model: a reply that shouts is rude. It has one head of all those in csnlp.heads, which is allowed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from csnlp.heads import POLITENESS
from csnlp.types import Exchange, Prediction


class ShoutModel:
    """Made without arguments by csnlp when a user asks for the model ``shout``."""

    name = "shout"
    version = "1.0"

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        politeness = np.zeros((len(exchanges), len(POLITENESS.labels)), dtype=np.float32)
        for row, exchange in zip(politeness, exchanges, strict=True):
            shouts = exchange.reply.rstrip().endswith(("！！", "!!"))
            row[POLITENESS.labels.index("rude" if shouts else "neutral")] = 1
        return Prediction({"politeness": politeness})
