"""The network as the peers of benchmarks/peers.py run it: a transformers model for a pair of texts, and its exports.

The weights are csnlp's own. ``token_type_ids`` are csnlp's segments (0 special, 2 the customer's words, 3 the reply),
which a tokenizer's template gives for a pair, so that every peer computes what csnlp computes.
"""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from tokenizers import Tokenizer
from tokenizers.processors import TemplateProcessing
from torch import nn
from transformers import AutoConfig, AutoModelForSequenceClassification, BertConfig, BertModel, PreTrainedTokenizerFast
from transformers.modeling_outputs import SequenceClassifierOutput

from csnlp.heads import HEADS
from csnlp.models.encoding import CLS, PAD, SEP
from csnlp.models.network import Network, NetworkConfig
from csnlp.models.weights import read_weights
from csnlp.text.fold import fold_text
from csnlp.types import Exchange, FloatArray

OUTPUTS = sum(len(head.labels) for head in HEADS.values())
BATCHES = (8, 32, 64)
"""Batch sizes among which a peer's best one is looked for."""

transformers.logging.set_verbosity_error()
logging.getLogger("nncf").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Pairs:
    """The customer's words and the reply of each exchange, folded as csnlp folds them and with their marks."""

    texts: list[tuple[str, str]]

    @classmethod
    def of(cls, exchanges: Sequence[Exchange]) -> Pairs:
        return cls([("客：" + fold_text(e.context[-1].text), "服：" + fold_text(e.reply)) for e in exchanges])


class PairConfig(BertConfig):  # type: ignore[misc]
    model_type = "csnlp-pair"


class PairModel(transformers.PreTrainedModel):  # type: ignore[misc]
    """BertModel with csnlp's pools and heads; ``logits`` are those of all heads side by side."""

    config_class = PairConfig

    def __init__(self, config: PairConfig) -> None:
        super().__init__(config)
        self.bert = BertModel(config, add_pooling_layer=False)
        self.judges = Network(NetworkConfig(8, config.hidden_size, 8, 0, 1, 8))  # for its pools and heads alone
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        pass

    def forward(self, input_ids: Any, attention_mask: Any = None, token_type_ids: Any = None, **_: Any) -> Any:
        hidden = self.bert(input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state
        logits = self.judges.judge(hidden, token_type_ids, attention_mask)
        return SequenceClassifierOutput(logits=torch.cat(list(logits.values()), dim=-1))


def pair_model(folder: Path) -> PairModel:
    """The network of a csnlp model folder as a :class:`PairModel` in eval mode."""
    shape = json.loads((folder / "csnlp.json").read_text(encoding="utf-8"))["network"]
    weights = {name: torch.from_numpy(array) for name, array in read_weights(folder / "model.safetensors").items()}
    config = PairConfig(
        vocab_size=shape["vocab_size"], hidden_size=shape["hidden_size"], num_hidden_layers=shape["layers"],
        num_attention_heads=shape["attention_heads"], intermediate_size=shape["intermediate_size"],
        max_position_embeddings=shape["max_tokens"], type_vocab_size=len(weights["segments.weight"]),
        layer_norm_eps=shape["layer_norm_eps"], num_labels=OUTPUTS,
        pad_token_id=_special(folder, PAD)[1],
    )  # fmt: skip
    model = PairModel(config).eval()
    names = {"words": "word_embeddings", "positions": "position_embeddings", "segments": "token_type_embeddings"}
    state = {f"bert.embeddings.{theirs}.weight": weights[f"{ours}.weight"] for ours, theirs in names.items()}
    parts = {
        "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
        "output": "attention.output.dense", "attention_norm": "attention.output.LayerNorm",
        "up": "intermediate.dense", "down": "output.dense", "output_norm": "output.LayerNorm",
    }  # fmt: skip
    for kind in ("weight", "bias"):
        state[f"bert.embeddings.LayerNorm.{kind}"] = weights[f"embedding_norm.{kind}"]
        for layer in range(shape["layers"]):
            for ours, theirs in parts.items():
                state[f"bert.encoder.layer.{layer}.{theirs}.{kind}"] = weights[f"layers.{layer}.{ours}.{kind}"]
    state |= {f"judges.{n}": w for n, w in weights.items() if n.startswith(("pool_queries", "heads"))}
    left = model.load_state_dict(state, strict=False)
    assert not left.unexpected_keys and all(name.startswith("judges.") for name in left.missing_keys), left
    return model


def pair_tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    """csnlp's tokenizer with a template that marks a pair as csnlp does."""
    (cls, _), (sep, _), (padding, _) = specials = [_special(folder, names) for names in (CLS, SEP, PAD)]
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"), pad_token=padding)
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single=f"{cls}:0 $A:2 {sep}:0", pair=f"{cls}:0 $A:2 {sep}:0 $B:3 {sep}:0", special_tokens=specials[:2]
    )
    tokenizer.model_input_names = ["input_ids", "attention_mask", "token_type_ids"]
    tokenizer.model_max_length = 256
    return tokenizer


def _special(folder: Path, names: Sequence[str]) -> tuple[str, int]:
    """The special token that has one of ``names`` in the folder's vocabulary, and its number."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    return next((name, number) for name in names if (number := tokenizer.token_to_id(name)) is not None)


Run = Callable[[dict[str, torch.Tensor]], FloatArray]


@dataclass(frozen=True, slots=True)
class Loop:
    """A hand-written loop: tokenise a batch, pad it to its longest row, run it. ``sort``: in order of length."""

    precision: str
    run: Run
    tokenizer: PreTrainedTokenizerFast
    pairs: Pairs
    batch: int = 32
    sort: bool = True

    def all(self, count: int) -> FloatArray:
        """The logits of the first ``count`` pairs, (count, OUTPUTS)."""
        out = np.zeros((count, OUTPUTS), np.float32)
        for numbers in self._batches(count):
            out[numbers] = self.run(self._inputs(numbers))
        return out

    def one(self, number: int) -> FloatArray:
        """The logits of one pair."""
        return self.run(self._inputs([number]))

    def _batches(self, count: int) -> Iterator[list[int]]:
        order = list(range(count))
        if self.sort:
            order.sort(key=lambda i: sum(map(len, self.pairs.texts[i])))
        for start in range(0, count, self.batch):
            yield order[start : start + self.batch]

    def _inputs(self, numbers: list[int]) -> dict[str, torch.Tensor]:
        first, second = zip(*[self.pairs.texts[i] for i in numbers], strict=True)
        return dict(self.tokenizer(list(first), list(second), padding=True, truncation=True, return_tensors="pt"))


@dataclass(frozen=True, slots=True)
class Called:
    """A peer with a function of its own for a list of pairs."""

    precision: str
    call: Callable[[list[tuple[str, str]]], FloatArray]
    pairs: Pairs

    def all(self, count: int) -> FloatArray:
        return self.call(self.pairs.texts[:count])

    def one(self, number: int) -> FloatArray:
        return self.call(self.pairs.texts[number : number + 1])


def load_peers(folder: Path, pairs: Pairs, only: Sequence[str] | None = None) -> dict[str, Loop | Called]:
    """The peers by name; ``only`` those whose name holds one of these."""
    wanted = {name: make for name, make in MAKERS.items() if not only or any(part in name for part in only)}
    # Each with a model and a tokenizer of its own: some of them change what they are given.
    return {name: make(pair_model(folder), pair_tokenizer(folder), pairs) for name, make in wanted.items()}


def _pipeline(model: PairModel, tokenizer: Any, pairs: Pairs, batch: int | None) -> Called:
    pipe = transformers.pipeline("text-classification", model=model, tokenizer=tokenizer, device="cpu")

    def call(texts: list[tuple[str, str]]) -> FloatArray:
        given = [{"text": first, "text_pair": second} for first, second in texts]
        found = pipe(
            given, top_k=None, function_to_apply="none", truncation=True, **({"batch_size": batch} if batch else {})
        )
        rows = [sorted(row, key=lambda entry: int(entry["label"].removeprefix("LABEL_"))) for row in found]
        return np.array([[entry["score"] for entry in row] for row in rows], np.float32)

    return Called("float32", call, pairs)


def _cross_encoder(model: PairModel, tokenizer: Any, pairs: Pairs) -> Called:
    from sentence_transformers import CrossEncoder

    AutoConfig.register("csnlp-pair", PairConfig, exist_ok=True)
    AutoModelForSequenceClassification.register(PairConfig, PairModel, exist_ok=True)
    folder = tempfile.mkdtemp()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    encoder = CrossEncoder(folder, device="cpu", activation_fn=nn.Identity())
    encoder[0].model, encoder[0].processor = model, tokenizer  # a reloaded tokenizer forgets how to mark pairs
    return Called("float32", lambda texts: np.asarray(encoder.predict(texts), np.float32), pairs)


def _torch(precision: str) -> Callable[[PairModel, Any, Pairs], Run]:
    def make(model: PairModel, tokenizer: Any, pairs: Pairs) -> Run:
        @torch.inference_mode()
        def run(inputs: dict[str, torch.Tensor]) -> FloatArray:
            with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16"):
                return model(**inputs).logits.float().numpy()  # type: ignore[no-any-return]

        return run

    return make


def _onnx(quantise: bool) -> Callable[[PairModel, Any, Pairs], Run]:
    def make(model: PairModel, tokenizer: Any, pairs: Pairs) -> Run:
        import onnxruntime
        from onnxruntime.quantization import QuantType, quantize_dynamic

        path = _exported(model, tokenizer, pairs)
        if quantise:
            quantize_dynamic(path, path.with_suffix(".int8.onnx"), weight_type=QuantType.QInt8)
            path = path.with_suffix(".int8.onnx")
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        return lambda inputs: session.run(None, {name: tensor.numpy() for name, tensor in inputs.items()})[0]

    return make


def _openvino(precision: str) -> Callable[[PairModel, Any, Pairs], Run]:
    def make(model: PairModel, tokenizer: Any, pairs: Pairs) -> Run:
        import openvino

        core = openvino.Core()
        graph = core.read_model(_exported(model, tokenizer, pairs))
        if precision == "int8":
            import nncf

            rows = nncf.Dataset([dict(_first(tokenizer, pairs, i)) for i in range(min(200, len(pairs.texts)))])
            graph = nncf.quantize(graph, rows, model_type=nncf.ModelType.TRANSFORMER)
        hint = "f32" if precision == "float32" else "bf16"
        compiled = core.compile_model(graph, "CPU", {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": hint})
        return lambda inputs: compiled({name: tensor.numpy() for name, tensor in inputs.items()})[0].copy()

    return make


def _first(tokenizer: Any, pairs: Pairs, number: int) -> dict[str, Any]:
    return dict(tokenizer(*pairs.texts[number], return_tensors="np"))


def _exported(model: PairModel, tokenizer: Any, pairs: Pairs) -> Path:
    """The model as ONNX, by torch's exporter."""
    path = Path(tempfile.mkdtemp()) / "pair.onnx"
    names = ["input_ids", "attention_mask", "token_type_ids"]
    example = tokenizer([pairs.texts[0][0]] * 2, [pairs.texts[0][1]] * 2, return_tensors="pt")
    torch.onnx.export(
        _Plain(model), tuple(example[name] for name in names), str(path), input_names=names, output_names=["logits"],
        dynamic_axes={name: {0: "rows", 1: "tokens"} for name in names}, opset_version=17, dynamo=False,
    )  # fmt: skip
    return path


class _Plain(nn.Module):
    def __init__(self, model: PairModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
        return self.model(input_ids, attention_mask, token_type_ids).logits


def _loop(precision: str, make: Callable[[PairModel, Any, Pairs], Run], **options: Any) -> Callable[..., Loop]:
    return lambda model, tokenizer, pairs: Loop(precision, make(model, tokenizer, pairs), tokenizer, pairs, **options)


MAKERS: dict[str, Callable[[PairModel, Any, Pairs], Loop | Called]] = {
    "transformers pipeline, default": lambda m, t, p: _pipeline(m, t, p, None),
    **{f"transformers pipeline, batch {n}": lambda m, t, p, n=n: _pipeline(m, t, p, n) for n in BATCHES},  # type: ignore[misc]
    "sentence-transformers CrossEncoder": _cross_encoder,
    "torch loop float32, padded": _loop("float32", _torch("float32"), sort=False),
    "torch loop float32, sorted by length": _loop("float32", _torch("float32")),
    "torch loop bfloat16, padded": _loop("bfloat16", _torch("bfloat16"), sort=False),
    "torch loop bfloat16, sorted by length": _loop("bfloat16", _torch("bfloat16")),
    "ONNX Runtime float32, sorted by length": _loop("float32", _onnx(False)),
    "ONNX Runtime dynamic int8, sorted by length": _loop("int8", _onnx(True)),
    "OpenVINO float32, sorted by length": _loop("float32", _openvino("float32")),
    "OpenVINO bfloat16, sorted by length": _loop("bfloat16", _openvino("bfloat16")),
    "OpenVINO int8, sorted by length": _loop("int8", _openvino("int8")),
}
