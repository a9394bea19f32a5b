"""Models: the protocol, the registry, and the shipped kinds ``bert`` and ``baseline``."""

from csnlp.models.protocol import Model
from csnlp.models.registry import load_model, model_names, register_model

__all__ = ["Model", "load_model", "model_names", "register_model"]
