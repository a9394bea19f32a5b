"""Finds a model by name: shipped with csnlp, registered here, offered by another package, or in a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from csnlp.errors import CsnlpError, ModelError
from csnlp.models.protocol import Model

ENTRY_POINTS = "csnlp.models"
"""The entry-point group in which another package offers models: name → a callable without arguments."""

DEFAULT = "zh-small"
"""The shipped model that the name ``bert`` stands for."""

_DIGESTED = ("csnlp.json", "tokenizer.json", "vocabulary.json")

Factory = Callable[[], Model]

_registered: dict[str, Factory] = {}


def register_model(name: str, factory: Factory) -> None:
    """Make ``factory`` known as ``name`` in this process; a name that is taken raises :class:`ModelError`."""
    if name in model_names():
        raise ModelError(f"a model named {name!r} exists already; choose another name")
    _registered[name] = factory


def model_names() -> list[str]:
    """Every name that :func:`load_model` knows, sorted."""
    return sorted({"bert", *_shipped(), *_registered, *_offered()})


def load_model(model: str | Path | Model = "bert", device: str = "cpu", threads: int = 0) -> Model:
    """The model that ``model`` names: a name, a model folder, or a model itself (returned as it is).

    A name is looked for among the shipped models, the registered ones and the entry points, in this order, then taken
    as a folder. ``device`` (one of :data:`csnlp.models.engine.DEVICES`) and ``threads`` (cores to use, 0: all) are for
    shipped models and folders.

    Raises :class:`ModelError`, listing the known names, when there is none.
    """
    if not isinstance(model, str | Path):
        if not isinstance(model, Model) or isinstance(model, type):
            raise ModelError(f"{type(model).__name__} has no predict(exchanges); see csnlp.models.Model")
        return model
    name = str(model)
    if folder := _shipped().get(DEFAULT if name == "bert" else name):
        return load_folder(folder, device, threads)
    if name in _registered:
        return _made(name, _registered[name])
    if name in (offered := _offered()):
        return _made(name, _load_entry_point(offered[name]))
    if Path(model).is_dir():
        return load_folder(Path(model), device, threads)
    raise ModelError(f"no model {name!r}: it is no folder, and the known names are {', '.join(model_names())}")


def load_folder(folder: Path, device: str = "cpu", threads: int = 0) -> Model:
    """The model that ``csnlp train`` left in ``folder``; its csnlp.json says of which kind it is."""
    from csnlp.models.baseline import BaselineModel
    from csnlp.models.bert import BertModel, read_settings

    kind = read_settings(folder)["kind"]
    if kind == "bert":
        return BertModel.from_folder(folder, device, threads)
    if kind == "baseline":
        return BaselineModel.load(folder)
    raise ModelError(f"{folder}: unknown kind of model {kind!r}; this csnlp knows bert and baseline")


def model_digest(model: Model) -> str:
    """A short hash of the files that ``model`` was loaded from; "none" for a model that has no folder.

    It tells two models apart that have the same name and version.
    """
    folder = getattr(model, "folder", None)
    if folder is None:
        return "none"
    whole = hashlib.sha256()
    for path in sorted(Path(folder).iterdir()):
        if path.suffix in (".onnx", ".safetensors") or path.name in _DIGESTED:
            whole.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:16]


def _shipped() -> dict[str, Path]:
    """Name → folder. Installed, the folders lie in ``csnlp/shipped``; in a checkout, in ``models`` beside csnlp."""
    package = Path(__file__).parent.parent
    for root in (package / "shipped", package.parent / "models"):
        if found := {path.parent.name: path.parent for path in sorted(root.glob("*/csnlp.json"))}:
            return found
    return {}


def _offered() -> dict[str, EntryPoint]:
    # Asked anew each time: a package installed since (in a notebook, say) is found.
    offered: dict[str, EntryPoint] = {}
    for point in entry_points(group=ENTRY_POINTS):
        other = offered.setdefault(point.name, point)
        if other.value != point.value:
            raise ModelError(
                f"two packages offer the model {point.name!r}: {other.value} and {point.value}; remove one"
            )
    return offered


def _load_entry_point(point: EntryPoint) -> Factory:
    try:
        factory: Factory = point.load()
    except Exception as error:
        raise ModelError(f"the model {point.name!r} from {point.value} cannot be imported: {error}") from error
    return factory


def _made(name: str, factory: Factory) -> Model:
    try:
        model = factory()
    except CsnlpError:
        raise
    except Exception as error:
        raise ModelError(f"the model {name!r} cannot be made: {type(error).__name__}: {error}") from error
    if not isinstance(model, Model) or isinstance(model, type):
        raise ModelError(f"the factory of the model {name!r} returned {type(model).__name__}, which has no predict")
    return model
