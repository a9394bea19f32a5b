"""Finds a model by name: shipped with csnlp, registered here, offered by another package, or in a folder."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from csnlp.errors import CsnlpError, CsnlpWarning, ModelError
from csnlp.models.engine import check_device
from csnlp.models.protocol import Model, call_setting

ENTRY_POINTS = "csnlp.models"
"""The entry-point group in which another package offers models: name → a callable without arguments."""

DEFAULT = "zh-small"
"""The shipped model that the name ``bert`` stands for."""

_SETTINGS = "csnlp.json"
_DIGESTED = (_SETTINGS, "tokenizer.json", "vocabulary.json")
_BLOCK = 1 << 20

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

    A ``Path`` to a folder is that folder. Anything else is looked for among the shipped models, the registered ones and
    the entry points, in this order, then taken as a folder. ``device`` (one of
    :data:`csnlp.models.engine.DEVICES`) and ``threads`` (cores to use, 0: all) are for encoders; another kind of model
    runs without them, and a warning says so.

    Raises :class:`ModelError`, listing the known names, when there is none, and :class:`csnlp.errors.ConfigError` for
    an unknown device.
    """
    check_device(device)  # also for models that take none, where a slip of the pen would never be told
    if not isinstance(model, str | Path):
        if not isinstance(model, Model) or isinstance(model, type):
            raise ModelError(f"{type(model).__name__} has no predict(exchanges); see csnlp.models.Model")
        return _as_it_is(model, device, threads)
    if isinstance(model, Path) and model.is_dir():  # whatever its name: who means a name gives a string
        return load_folder(model, device, threads)
    name = str(model)
    if folder := _shipped().get(DEFAULT if name == "bert" else name):
        return load_folder(folder, device, threads)
    if name in _registered:
        return _as_it_is(_made(name, _registered[name]), device, threads)
    if name in (offered := _offered()):
        return _as_it_is(_made(name, _load_entry_point(offered[name])), device, threads)
    if Path(model).is_dir():
        return load_folder(Path(model), device, threads)
    raise ModelError(f"no model {name!r}: it is no folder, and the known names are {', '.join(model_names())}")


def load_folder(folder: Path, device: str = "cpu", threads: int = 0) -> Model:
    """The model that ``csnlp train`` left in ``folder``; its csnlp.json says of which kind it is."""
    from csnlp.models.baseline import BaselineModel
    from csnlp.models.bert import BertModel, read_settings

    check_device(device)
    kind = read_settings(folder)["kind"]
    if kind == "bert":
        return BertModel.from_folder(folder, device, threads)
    if kind == "baseline":
        return _as_it_is(BaselineModel.load(folder), device, threads)
    raise ModelError(f"{folder}: unknown kind of model {kind!r}; this csnlp knows bert and baseline")


def model_digest(model: Model) -> str:
    """A short hash of the files that ``model`` was loaded from; "none" for a model that has no folder or file.

    It tells two models apart that have the same name and version.
    """
    given = getattr(model, "folder", None)
    if given is None:
        return "none"
    folder = Path(given)
    files = sorted(_digested(folder))
    whole = hashlib.sha256()
    for path in files:
        whole.update(path.relative_to(folder).as_posix().encode() + b"\0" + _hash(path))
    return whole.hexdigest()[:16] if files else "none"


def _digested(folder: Path) -> Iterable[Path]:
    """What a model in ``folder`` is made of: of csnlp's own kinds that is known, of another's it may be every file."""
    if (folder / _SETTINGS).exists():
        return [path for path in folder.iterdir() if path.suffix in (".onnx", ".safetensors") or path.name in _DIGESTED]
    return [path for path in folder.rglob("*") if path.is_file() and not _is_passing(path.relative_to(folder))]


def _is_passing(path: Path) -> bool:
    """Caches and the like, which come and go while the model stays the same."""
    return any(part == "__pycache__" or part.startswith(".") for part in path.parts)


def _hash(path: Path) -> bytes:
    whole = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            whole.update(block)
    return whole.digest()


def _as_it_is(model: Model, device: str, threads: int) -> Model:
    """``model``, which runs in its own way whatever device and threads are asked for."""
    for setting in ("parallel_calls", "window"):
        call_setting(model, setting, 1)
    if not device.startswith("cpu") or threads:
        name = getattr(model, "name", type(model).__name__)
        asked = f"device {device!r}, threads {threads}"
        warnings.warn(f"the model {name} takes no device or threads ({asked}): not used", CsnlpWarning, stacklevel=4)
    return model


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
