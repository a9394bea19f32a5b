"""The network in torch: one BERT-like encoder, one attention pool and one linear layer for each head.

Training and the GPU engine run this module; the CPU engine runs the same weights as an ONNX graph
(:mod:`csnlp.training.export`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from csnlp.heads import HEADS, Head, network_heads
from csnlp.models.encoding import PLAIN_SEGMENTS, REPLY, SEGMENTS
from csnlp.models.pooling import poolable


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """The shape of the network; sizes in units of tokens or features. ``heads`` are csnlp's own, or a task's."""

    vocab_size: int
    hidden_size: int
    intermediate_size: int
    layers: int
    attention_heads: int
    max_tokens: int
    layer_norm_eps: float = 1e-12
    segments: int = SEGMENTS
    heads: tuple[Head, ...] = tuple(HEADS.values())

    def __post_init__(self) -> None:
        if self.hidden_size % self.attention_heads:
            raise ValueError(
                f"{self.attention_heads} attention heads do not divide a hidden size of {self.hidden_size}"
            )

    @classmethod
    def from_dict(cls, shape: Mapping[str, Any]) -> NetworkConfig:
        """The inverse of :meth:`to_dict`."""
        return cls(**{"segments": PLAIN_SEGMENTS, **shape, "heads": tuple(network_heads(shape).values())})

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; csnlp's own heads go without saying."""
        shape = asdict(self)
        if self.heads == tuple(HEADS.values()):
            del shape["heads"]
        return shape


class Layer(nn.Module):
    """One post-norm transformer layer, as in BERT (Devlin et al. 2019)."""

    def __init__(self, config: NetworkConfig, dropout: float) -> None:
        super().__init__()
        hidden, eps = config.hidden_size, config.layer_norm_eps
        self.attention_heads = config.attention_heads
        self.dropout = dropout
        self.query = nn.Linear(hidden, hidden)
        self.key = nn.Linear(hidden, hidden)
        self.value = nn.Linear(hidden, hidden)
        self.output = nn.Linear(hidden, hidden)
        self.attention_norm = nn.LayerNorm(hidden, eps=eps)
        self.up = nn.Linear(hidden, config.intermediate_size)
        self.down = nn.Linear(config.intermediate_size, hidden)
        self.output_norm = nn.LayerNorm(hidden, eps=eps)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """``x`` (rows, tokens, hidden); ``bias`` (rows, 1, tokens): 0, or minus infinity where nobody may look."""
        attended = self.output(self._attend(x, bias))
        x = self.attention_norm(x + feature_dropout(attended, self.dropout, self.training))
        fed = self.down(functional.gelu(self.up(x)))
        normed: Tensor = self.output_norm(x + feature_dropout(fed, self.dropout, self.training))
        return normed

    def _attend(self, x: Tensor, bias: Tensor) -> Tensor:
        # Plain products: on a CPU, the backward pass of torch's fused attention takes a third of a training step.
        rows, tokens, hidden = x.shape
        shape = (3, rows * self.attention_heads, tokens, hidden // self.attention_heads)
        parts = (self.query, self.key, self.value)
        weight, offset = torch.cat([p.weight for p in parts]), torch.cat([p.bias for p in parts])
        joint = functional.linear(x, weight, offset).view(rows, tokens, 3, self.attention_heads, shape[-1])
        query, key, value = joint.permute(2, 0, 3, 1, 4).reshape(shape)
        scores = (query * shape[-1] ** -0.5) @ key.transpose(1, 2)
        scores = scores.view(rows, -1, tokens) + bias  # (rows, heads * tokens, tokens)
        attended: Tensor = torch.softmax(scores, dim=-1).view(shape[1], tokens, tokens) @ value
        return attended.view(rows, -1, tokens, shape[-1]).transpose(1, 2).reshape(rows, tokens, hidden)


class Network(nn.Module):
    """Token ids and segments in, one array of logits for each head out."""

    def __init__(self, config: NetworkConfig, dropout: float = 0.0) -> None:
        super().__init__()
        self.config = config
        hidden = config.hidden_size
        self.words = nn.Embedding(config.vocab_size, hidden)
        self.positions = nn.Embedding(config.max_tokens, hidden)
        self.segments = nn.Embedding(config.segments, hidden)
        nn.init.zeros_(self.segments.weight)
        self.embedding_norm = nn.LayerNorm(hidden, eps=config.layer_norm_eps)
        self.layers = nn.ModuleList(Layer(config, dropout) for _ in range(config.layers))
        self.pool_queries = nn.Linear(hidden, len(config.heads), bias=False)
        nn.init.zeros_(self.pool_queries.weight)  # starts as a mean over the head's segments
        self.heads = nn.ModuleDict({head.name: nn.Linear(hidden, len(head.labels)) for head in config.heads})
        self.dropout = dropout
        self.register_buffer(
            "poolable", torch.from_numpy(poolable(list(self.heads), config.segments)), persistent=False
        )

    def with_words(self, kept: Sequence[int]) -> Network:
        """The same network with the embeddings of these words alone, in this order."""
        network = Network(replace(self.config, vocab_size=len(kept)), self.dropout)
        state = self.state_dict()
        network.load_state_dict({**state, "words.weight": state["words.weight"][list(kept)]})
        return network

    def encode(self, ids: Tensor, segments: Tensor, mask: Tensor) -> Tensor:
        """The last hidden states (rows, tokens, hidden)."""
        positions = torch.arange(ids.shape[1], device=ids.device)
        x: Tensor = self.embedding_norm(self.words(ids) + self.positions(positions) + self.segments(segments))
        x = feature_dropout(x, self.dropout, self.training)
        bias = x.new_zeros(mask.shape).masked_fill(mask == 0, float("-inf"))[:, None, :]
        for layer in self.layers:
            x = layer(x, bias)
        return x

    def forward(self, ids: Tensor, segments: Tensor, mask: Tensor) -> dict[str, Tensor]:
        """``ids``, ``segments`` and ``mask`` of shape (rows, tokens) → head name → logits (rows, labels)."""
        return self.judge(self.encode(ids, segments, mask), segments, mask)

    def embed(self, ids: Tensor, segments: Tensor, mask: Tensor) -> Tensor:
        """The mean of the reply's last hidden states, (rows, hidden); not normalised."""
        hidden = self.encode(ids, segments, mask)
        reply = ((segments == REPLY) & mask.bool()).to(hidden.dtype)[:, None, :]
        embedding: Tensor = (reply @ hidden)[:, 0] / reply.sum(-1).clamp(min=1)
        return embedding

    def judge(self, hidden: Tensor, segments: Tensor, mask: Tensor) -> dict[str, Tensor]:
        """The heads' logits from the last hidden states."""
        allowed = self.poolable[segments].transpose(1, 2)  # type: ignore[index]  # (rows, heads, tokens)
        allowed = allowed & mask.bool()[:, None, :]
        scores = self.pool_queries(hidden).transpose(1, 2).masked_fill(~allowed, float("-inf"))
        pooled = torch.softmax(scores.float(), dim=-1).to(hidden.dtype) @ hidden  # (rows, heads, hidden)
        pooled = functional.dropout(pooled, self.dropout, self.training)
        return {name: head(pooled[:, i]) for i, (name, head) in enumerate(self.heads.items())}


def feature_dropout(x: Tensor, p: float, training: bool) -> Tensor:
    """Dropout of whole features, the same ones at every token of a row (Gal and Ghahramani 2016, arXiv:1512.05287).

    ``x`` is (rows, tokens, hidden). Drawing one mask a row rather than one a token saves a sixth of a CPU's training
    time.
    """
    if not training or p == 0:
        return x
    return x * functional.dropout(x.new_ones(x.shape[0], 1, x.shape[2]), p)


def network_from_state(config: Mapping[str, Any], state: Mapping[str, Tensor]) -> Network:
    """The network of a saved ``config`` (:meth:`NetworkConfig.to_dict`) with the weights in ``state``, in eval mode."""
    network = Network(NetworkConfig.from_dict(config))
    network.load_state_dict(dict(state))
    return network.eval()
