"""Starts a network from a pretrained Hugging Face encoder (a folder or a hub name), or from a model of csnlp's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from csnlp.errors import ConfigError
from csnlp.heads import HEADS, Head
from csnlp.models.encoding import (
    COMPARED_SEGMENTS,
    REFERENCE,
    REPLY,
    REPLY_FIGURE,
    REPLY_SHARED,
    SEGMENTS,
)
from csnlp.models.folder import SETTINGS_FILE, read_settings
from csnlp.models.network import Network, NetworkConfig
from csnlp.models.weights import read_weights

# Our layer's names → those of BertModel and ErnieModel in transformers.
_LAYER_NAMES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "output": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "up": "intermediate.dense",
    "down": "output.dense",
    "output_norm": "output.LayerNorm",
}


def network_from_base(base: str, max_tokens: int | None, dropout: float, heads: Mapping[str, Head] = HEADS) -> Network:
    """A network with ``heads`` whose encoder has the weights of ``base``; pools and heads are new.

    Works for models laid out as BERT (BERT, MacBERT, RoBERTa-wwm-ext, ERNIE …). ``max_tokens``: the positions that are
    kept (None: all of them). Token-type and task-type 0 are added into the positions, since the network has segments of
    its own. A model folder that csnlp wrote (a shipped model, say) goes on with its pools and heads too where they are
    those asked for.

    Raises :class:`csnlp.errors.ConfigError` when the base is laid out differently, has no weights as safetensors (the
    older files of weights can run code when they are loaded), or as :func:`check_base` does.
    """
    check_base(base, max_tokens)
    if (Path(base) / SETTINGS_FILE).is_file():
        return _network_from_model(Path(base), max_tokens, dropout, tuple(heads.values()))
    from transformers import AutoModel

    try:
        model = AutoModel.from_pretrained(base, dtype=torch.float32, use_safetensors=True)
    except (OSError, ValueError) as error:
        remedy = "weights in another format are not loaded, as they can run code: convert them to model.safetensors"
        raise ConfigError(f"base: {base} has no weights that can be read; {remedy} ({error})") from error
    source = model.config
    config = NetworkConfig(
        vocab_size=source.vocab_size,
        hidden_size=source.hidden_size,
        intermediate_size=source.intermediate_size,
        layers=source.num_hidden_layers,
        attention_heads=source.num_attention_heads,
        max_tokens=max_tokens or source.max_position_embeddings,
        layer_norm_eps=source.layer_norm_eps,
        heads=tuple(heads.values()),
    )
    network = Network(config, dropout)
    missing = network.load_state_dict(_translate(model.state_dict(), config, base), strict=False)
    unexpected = [name for name in missing.missing_keys if not name.startswith(("pool_queries", "heads", "segments"))]
    if unexpected:
        raise ConfigError(f"{base} is not laid out as BERT: nothing found for {', '.join(unexpected[:5])}")
    return network


def check_base(base: str, max_tokens: int | None) -> None:
    """Raise :class:`csnlp.errors.ConfigError` when there is no such base, or none with ``max_tokens`` positions."""
    if (Path(base) / SETTINGS_FILE).is_file():
        positions = NetworkConfig.from_dict(read_settings(Path(base))["network"]).max_tokens
    else:
        from transformers import AutoConfig

        try:
            positions = AutoConfig.from_pretrained(base).max_position_embeddings
        except (OSError, ValueError) as error:
            problem = f"is neither the folder of a model nor one that the hub gives ({error})"
            raise ConfigError(f"base: {base} {problem}") from error
    if max_tokens and max_tokens > positions:
        raise ConfigError(f"max_tokens: {max_tokens} is more than {base} has positions for: {positions}")


def tokenizer_from_base(base: str) -> Tokenizer:
    """The base's tokenizer as a ``tokenizers.Tokenizer`` without truncation or padding."""
    from transformers import AutoTokenizer

    path = Path(base) / "tokenizer.json"
    if path.is_file():
        tokenizer = Tokenizer.from_file(str(path))
    else:
        tokenizer = Tokenizer.from_str(AutoTokenizer.from_pretrained(base).backend_tokenizer.to_str())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def describe_base(base: str) -> str:
    """The base's own name for a model card: its folder's or hub's name and architecture."""
    if (Path(base) / SETTINGS_FILE).is_file():
        settings = read_settings(Path(base))
        return f"{settings['name']} {settings['version']} (csnlp)"
    config = Path(base) / "config.json"
    kind = json.loads(config.read_text(encoding="utf-8")).get("model_type", "?") if config.is_file() else "hub"
    return f"{Path(base).name} ({kind})"


def _network_from_model(folder: Path, max_tokens: int | None, dropout: float, heads: tuple[Head, ...]) -> Network:
    config = NetworkConfig.from_dict(read_settings(folder)["network"])
    max_tokens = max_tokens or config.max_tokens
    state = {name: torch.from_numpy(array) for name, array in read_weights(folder / "model.safetensors").items()}
    state["positions.weight"] = state["positions.weight"][:max_tokens].clone()
    state["segments.weight"] = _with_later_segments(state["segments.weight"])
    network = Network(replace(config, max_tokens=max_tokens, heads=heads, segments=SEGMENTS), dropout)
    same = heads == config.heads
    wanted = state if same else {name: t for name, t in state.items() if not name.startswith(("pool_queries", "heads"))}
    network.load_state_dict(wanted, strict=same)
    return network


def _with_later_segments(known: Tensor) -> Tensor:
    """The table of segments of an older network with the later ones, which begin as the one that stood for them."""
    stood_for = list(range(len(known)))
    if len(known) < COMPARED_SEGMENTS:
        stood_for += [REPLY, REPLY, REFERENCE, REFERENCE]
    if len(known) < SEGMENTS:
        stood_for += [stood_for[REPLY_SHARED], stood_for[REPLY_FIGURE]]
    return known[stood_for]


def _translate(state: dict[str, Tensor], config: NetworkConfig, base: str) -> dict[str, Tensor]:
    try:
        positions = state["embeddings.position_embeddings.weight"][: config.max_tokens].clone()
        for kind in ("token_type", "task_type"):
            if (table := state.get(f"embeddings.{kind}_embeddings.weight")) is not None:
                positions += table[0]
        translated = {
            "words.weight": state["embeddings.word_embeddings.weight"],
            "positions.weight": positions,
            "embedding_norm.weight": state["embeddings.LayerNorm.weight"],
            "embedding_norm.bias": state["embeddings.LayerNorm.bias"],
        }
        for layer in range(config.layers):
            for ours, theirs in _LAYER_NAMES.items():
                for part in ("weight", "bias"):
                    translated[f"layers.{layer}.{ours}.{part}"] = state[f"encoder.layer.{layer}.{theirs}.{part}"]
    except KeyError as error:
        raise ConfigError(f"{base} is not laid out as BERT: it has no {error.args[0]}") from None
    return translated
