"""What several test folders share: a tiny pretrained base, made here, and a model folder exported from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from csnlp.types import Exchange, Turn

settings.register_profile("csnlp", deadline=None)  # a busy machine is no failure
settings.load_profile("csnlp")

CHARS = "亲您好请稍等查一下退款快递多少钱什么时候发货不知道自己看投诉谢"
CHARS += "慢了三天包邮换货质量问题0123456789客服参：，。？！a"


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of 2 layers x 32 with random weights and a vocabulary of single characters, in Hugging Face layout."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("tiny_base")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(CHARS)]
    tokenizer = Tokenizer(models.WordPiece({token: i for i, token in enumerate(vocabulary)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=128,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_model(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder as ``csnlp train`` writes it, with random heads and pools."""
    import torch

    from csnlp.training.base import network_from_base, tokenizer_from_base
    from csnlp.training.export import export_model

    network = network_from_base(str(tiny_base), max_tokens=96, dropout=0.0)
    torch.manual_seed(1)
    for parameter in (network.pool_queries.weight, network.segments.weight):
        torch.nn.init.normal_(parameter, std=0.5)
    folder = tmp_path_factory.mktemp("models") / "tiny"
    settings = {"name": "tiny", "version": "1.2", "temperatures": {"politeness": 2.0}}
    export_model(folder, network.eval(), tokenizer_from_base(str(tiny_base)), settings)
    return folder


@pytest.fixture(scope="session")
def exchanges() -> list[Exchange]:
    """Exchanges of many shapes: no context, long, with a reference, two customer turns in a row."""
    ask = Turn("customer", "什么时候发货")
    return [
        Exchange("亲，三天发货", (ask,), id="a"),
        Exchange("不知道", (ask, Turn("agent", "您好"), Turn("customer", "快"), Turn("customer", "多少钱"))),
        Exchange("您好"),
        Exchange("包邮" * 60, (Turn("customer", "退款" * 200), Turn("agent", "请稍等"))),
        Exchange("3天", (ask,), reference="三天"),
        Exchange("自己看", (Turn("agent", "您好"), Turn("customer", "投诉"))),
    ]
