"""Finds a model by name: shipped with csnlp, registered here, offered by another package, or in a folder."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from csnlp.errors import CsnlpError, CsnlpWarning, ModelError
from csnlp.models.engine import check_device
from csnlp.models.folder import SETTINGS_FILE, read_settings
from csnlp.models.protocol import Model, call_setting, check_model

ENTRY_POINTS = "csnlp.models"
"""The entry-point group in which another package offers models: name → a callable without arguments."""

DEFAULT = "zh-small"
"""The shipped model that the name ``bert`` stands for."""

Factory = Callable[[], Model]

_registered: dict[str, Factory] = {}


def register_model(name: str, factory: Factory) -> None:
    """Make the model that ``factory()`` returns known as ``name`` in this process.

    Raises :class:`ModelError` for a name that is taken, and for what is no name or cannot be called.
    """
    if not isinstance(name, str) or not callable(factory):
        given = f"{type(name).__name__} and {type(factory).__name__}"
        raise ModelError(f"{given} are no name and factory; give a string, and what makes the model when it is called")
    if name in model_names():
        raise ModelError(f"a model named {name!r} exists already; choose another name")
    _registered[name] = factory


def model_names() -> list[str]:
    """Every name that :func:`load_model` knows, sorted."""
    return sorted({"bert", *shipped_models(), *_registered, *_offered()})


def load_model(model: str | Path | Model = "bert", device: str = "cpu", threads: int = 0) -> Model:
    """The model that ``model`` names: a name, a model folder, or a model itself (returned as it is).

    A ``Path`` to a folder is that folder. Anything else is looked for among the shipped models, the registered ones and
    the entry points, in this order, then taken as a folder. ``device`` (one of
    :data:`csnlp.models.engine.DEVICES`) and ``threads`` (cores to use, 0: all) are for encoders; another kind of model
    runs without them, and a warning says so.

    Raises :class:`ModelError`, listing the known names, when there is none, and :class:`csnlp.errors.ConfigError` for
    an unknown device or a wrong number of threads.
    """
    check_device(device, threads)  # also for models that take none, where a slip of the pen would never be told
    if not isinstance(model, str | Path):
        check_model(model)
        return _as_it_is(model, device, threads)
    if isinstance(model, Path) and model.is_dir():  # whatever its name: who means a name gives a string
        return load_folder(model, device, threads)
    name = str(model)
    if folder := shipped_models().get(DEFAULT if name == "bert" else name):
        return load_folder(folder, device, threads)
    if name in _registered:
        return _as_it_is(_made(name, _registered[name]), device, threads)
    if name in (offered := _offered()):
        return _as_it_is(_made(name, _load_entry_point(offered[name])), device, threads)
    if name and Path(name).is_dir():
        return load_folder(Path(name), device, threads)
    raise ModelError(f"no model {name!r}: it is no folder, and the known names are {', '.join(model_names())}")


def load_folder(folder: Path, device: str = "cpu", threads: int = 0) -> Model:
    """The model that ``csnlp train`` left in ``folder``; its csnlp.json says of which kind it is."""
    from csnlp.models.baseline import BaselineModel
    from csnlp.models.bert import BertModel

    check_device(device, threads)
    kind = read_settings(folder)["kind"]
    if kind == "bert":
        return BertModel.from_folder(folder, device, threads)
    if kind == "baseline":
        return _as_it_is(BaselineModel.load(folder), device, threads)
    raise ModelError(f"{folder}: unknown kind of model {kind!r}; this csnlp knows bert and baseline")


def _as_it_is(model: Model, device: str, threads: int) -> Model:
    """``model``, which runs in its own way whatever device and threads are asked for."""
    for setting in ("parallel_calls", "window"):
        call_setting(model, setting, 1)
    if not device.startswith("cpu") or threads:
        name = getattr(model, "name", type(model).__name__)
        asked = f"device {device!r}, threads {threads}"
        warnings.warn(f"the model {name} takes no device or threads ({asked}): not used", CsnlpWarning, stacklevel=4)
    return model


def shipped_models() -> dict[str, Path]:
    """The models that come with csnlp: name → folder."""
    # Installed, the folders lie in csnlp/shipped; in a checkout, in models beside csnlp.
    package = Path(__file__).parent.parent
    for root in (package / "shipped", package.parent / "models"):
        if found := {path.parent.name: path.parent for path in sorted(root.glob(f"*/{SETTINGS_FILE}"))}:
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
