"""csnlp scores Chinese customer-service replies for compliance.

    import csnlp

    scorer = csnlp.load()
    score = scorer.score("亲，这个您自己看一下详情页哦", question="这款洗衣机多重？")
    print(score.politeness.label, score.total)

Everything is imported at its first use: ``import csnlp`` alone loads neither numpy nor an engine.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from csnlp.version import __version__

if TYPE_CHECKING:
    from csnlp.errors import ConfigError, CsnlpError, InputError, MissingExtra, ModelError
    from csnlp.io import BadRow, read_exchanges
    from csnlp.models import Model, load_model, model_names, register_model
    from csnlp.scoring import Scorer, load
    from csnlp.types import Conversation, Exchange, Finding, HeadScore, Prediction, Score, Turn

_HOMES = {
    "csnlp.errors": ("ConfigError", "CsnlpError", "InputError", "MissingExtra", "ModelError"),
    "csnlp.io": ("BadRow", "read_exchanges"),
    "csnlp.models": ("Model", "load_model", "model_names", "register_model"),
    "csnlp.scoring": ("Scorer", "load"),
    "csnlp.types": ("Conversation", "Exchange", "Finding", "HeadScore", "Prediction", "Score", "Turn"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "BadRow",
    "ConfigError",
    "Conversation",
    "CsnlpError",
    "Exchange",
    "Finding",
    "HeadScore",
    "InputError",
    "MissingExtra",
    "Model",
    "ModelError",
    "Prediction",
    "Score",
    "Scorer",
    "Turn",
    "__version__",
    "load",
    "load_model",
    "model_names",
    "read_exchanges",
    "register_model",
]


if not TYPE_CHECKING:  # a type checker is to tell of a name that does not exist

    def __getattr__(name: str) -> Any:
        if name not in _HOME_OF:
            raise AttributeError(f"module 'csnlp' has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_HOME_OF[name]), name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
