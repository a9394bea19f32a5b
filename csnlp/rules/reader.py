"""Reads YAML so that every complaint names the file, the line, the key and what is allowed.

Only plain data: scalars, lists and mappings with string keys. Aliases are refused (they can blow a small file up to any
size), and so are duplicate keys.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from pathlib import Path

import yaml

from csnlp.errors import ConfigError
from csnlp.text.printable import printable

MAX_BYTES = 5_000_000
"""Longest file read; the bundled book has under 200,000 bytes."""

MAX_DEPTH = 50
"""Lists and mappings inside one another; the bundled book has under 15."""

MAX_DIGITS = 40
"""Characters of a number."""

_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}

# Those that end a line or turn its direction, too; a joiner inside an emoji does neither.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Entry:
    """One mapping of a file. Ask it for its keys, then call :meth:`done`: what nobody asked for is an error."""

    def __init__(self, node: yaml.Node, file: str, name: str) -> None:
        self.file = file
        self.name = name
        self.line = node.start_mark.line + 1
        self._nodes: dict[str, yaml.Node] = {}
        self._asked: list[str] = []
        if not isinstance(node, yaml.MappingNode):
            raise ConfigError(f"{file}:{self.line}: {name}: expected keys with values, found {_kind(node)}")
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise ConfigError(f"{file}:{key.start_mark.line + 1}: {name}: a key must be plain text")
            if _CONTROL.search(key.value):
                raise ConfigError(f"{file}:{key.start_mark.line + 1}: {name}: {_control_in(key.value)}")
            if key.value in self._nodes:
                raise ConfigError(f"{file}:{key.start_mark.line + 1}: {name}: the key {key.value!r} stands here twice")
            self._nodes[key.value] = value

    def __contains__(self, key: str) -> bool:
        return key in self._nodes

    def error(self, key: str, problem: str) -> ConfigError:
        """The complaint about ``key``: file, line, entry, key and ``problem``."""
        node = self._nodes.get(key)
        line = node.start_mark.line + 1 if node is not None else self.line
        return ConfigError(f"{self.file}:{line}: {self.name}: {key}: {problem}")

    def text(self, key: str, default: str | None = None) -> str:
        """A string (or a number, taken as written); ``default`` None: it must be there."""
        if (node := self._node(key, default is None)) is None:
            return str(default)
        if not isinstance(node, yaml.ScalarNode) or node.tag == "tag:yaml.org,2002:null":
            raise self.error(key, f"expected text, found {_kind(node)}")
        return str(node.value)

    def one_line(self, key: str) -> str:
        """A text that stands on one line, in tables and messages: one that could forge another line, or tell a terminal
        what to do, is an error."""
        if _CONTROL.search(value := self.text(key).strip()):
            raise self.error(key, _control_in(value))
        return value

    def number(self, key: str, default: float | None = None, low: float = 0.0, high: float = 1e9) -> float:
        """A number from ``low`` to ``high``."""
        if (node := self._node(key, default is None)) is None:
            return float(default or 0)
        value = _number(node)
        if value is None or not low <= value <= high:
            raise self.error(key, f"expected a number from {low:g} to {high:g}, found {_shown(node)}")
        return value

    def whole(self, key: str, default: int | None = None, low: int = 0, high: int = 1_000_000) -> int:
        """A whole number from ``low`` to ``high``."""
        value = self.number(key, default, low, high)
        if value != int(value):
            raise self.error(key, f"expected a whole number, found {value}")
        return int(value)

    def flag(self, key: str, default: bool = False) -> bool:
        """``true`` or ``false``."""
        if (node := self._node(key, False)) is None:
            return default
        if (value := _truth(node)) is None:
            raise self.error(key, f"expected true or false, found {_shown(node)}")
        return value

    def choice(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """One of ``allowed``."""
        value = self.text(key, default)
        if value not in allowed:
            raise self.error(key, f"{value!r} is not allowed here; allowed: {', '.join(allowed)}")
        return value

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of strings; a lone string is a list of one."""
        if (node := self._node(key, default is None)) is None:
            return default or ()
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not all(isinstance(item, yaml.ScalarNode) for item in nodes):
            raise self.error(key, "expected a list of texts")
        if default is None and not nodes:
            raise self.error(key, "the list is empty; give at least one")
        return tuple(str(item.value) for item in nodes)

    def choices(self, key: str, allowed: Collection[str], default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of some of ``allowed``."""
        for value in (values := self.texts(key, default)):
            if value not in allowed:
                raise self.error(key, f"{value!r} is not allowed here; allowed: {', '.join(allowed)}")
        return values

    def day(self, key: str) -> date | None:
        """A date such as 2026-01-31, or None where there is none."""
        if key not in self._nodes:
            self._node(key, False)
            return None
        try:
            return date.fromisoformat(self.text(key))
        except ValueError:
            raise self.error(key, f"expected a date such as 2026-01-31, found {self.text(key)!r}") from None

    def entry(self, key: str, required: bool = True) -> Entry | None:
        """The mapping under ``key``."""
        node = self._node(key, required)
        return None if node is None else Entry(node, self.file, f"{self.name}.{key}")

    def entries(self, key: str, required: bool = True) -> list[Entry]:
        """The list of mappings under ``key``, each named by its ``id`` or ``name`` if it has one."""
        if (node := self._node(key, required)) is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(key, f"expected a list, found {_kind(node)}")
        return [Entry(item, self.file, _name(item, f"{self.name}.{key}[{i}]")) for i, item in enumerate(node.value, 1)]

    def items(self, key: str, required: bool = True) -> list[str | Entry]:
        """The list under ``key`` whose items are texts or mappings."""
        if (node := self._node(key, required)) is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(key, f"expected a list, found {_kind(node)}")
        return [
            str(item.value)
            if isinstance(item, yaml.ScalarNode)
            else Entry(item, self.file, f"{self.name}.{key}[{number}]")
            for number, item in enumerate(node.value, 1)
        ]

    def known(self, *keys: str) -> None:
        """Count ``keys`` as asked for."""
        self._asked.extend(keys)

    def names(self) -> tuple[str, ...]:
        """Every key that stands in the mapping; for mappings whose keys are names of the user's own."""
        self._asked.extend(self._nodes)
        return tuple(self._nodes)

    def done(self) -> None:
        """Raise :class:`csnlp.errors.ConfigError` for a key that was never asked for."""
        for key in self._nodes:
            if key not in self._asked:
                raise self.error(key, f"unknown key; allowed: {', '.join(dict.fromkeys(self._asked))}")

    def _node(self, key: str, required: bool) -> yaml.Node | None:
        self._asked.append(key)
        node = self._nodes.get(key)
        if node is None and required:
            raise ConfigError(f"{self.file}:{self.line}: {self.name}: the key {key!r} is missing")
        return node


def read_yaml(path: Path) -> Entry:
    """The mapping in the file ``path``; raises :class:`csnlp.errors.ConfigError` when it is none."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConfigError(f"{path}: over {MAX_BYTES} bytes; split it (include)")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: cannot be read as UTF-8: {error}") from None
    return parse_yaml(text, str(path))


def parse_yaml(text: str, file: str) -> Entry:
    """The mapping in ``text``; ``file`` is what complaints call it."""
    try:
        _check_events(text, file)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}:{mark.line + 1}" if mark else file
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise ConfigError(f"{where}: no proper YAML: {problem}") from None
    if node is None:
        raise ConfigError(f"{file}: is empty")
    return Entry(node, file, Path(file).stem)


def _check_events(text: str, file: str) -> None:
    """Refuse aliases and deep nesting before anything is built: the composer recurses, and can crash the process."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.ScalarEvent):
            continue
        if isinstance(event, yaml.AliasEvent):
            raise ConfigError(f"{file}:{_line(event)}: aliases (& and *) are not allowed; write it out")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise ConfigError(f"{file}:{_line(event)}: nested over {MAX_DEPTH} deep")


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _number(node: yaml.Node) -> float | None:
    """A decimal number; None for anything else, among it a tag that its text does not fit."""
    value = _core(node, "int", "float")
    return float(value) if len(value) <= MAX_DIGITS and _NUMBER.fullmatch(value) else None


def _truth(node: yaml.Node) -> bool | None:
    """A truth value; None for anything else."""
    return _TRUTHS.get(_core(node, "bool").lower())


def _core(node: yaml.Node, *kinds: str) -> str:
    """The text of a scalar of one of these of YAML's own types; nothing for any other node.

    It is never parsed again: the text under a tag can hold what this module refuses.
    """
    is_one = isinstance(node, yaml.ScalarNode) and node.tag in {f"tag:yaml.org,2002:{kind}" for kind in kinds}
    return str(node.value) if is_one else ""


def _control_in(text: str) -> str:
    return f"{text[:60]!r} has a line break or another control character; write it without"


def _shown(node: yaml.Node) -> str:
    return repr(node.value)[:60] if isinstance(node, yaml.ScalarNode) else _kind(node)


def _kind(node: yaml.Node) -> str:
    names = {yaml.ScalarNode: "a single value", yaml.SequenceNode: "a list", yaml.MappingNode: "keys with values"}
    return "nothing" if getattr(node, "value", None) in ("", "null", "~") else names.get(type(node), "something else")


def _name(node: yaml.Node, default: str) -> str:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value in ("id", "name") and isinstance(value, yaml.ScalarNode):
                return printable(str(value.value))
    return default
