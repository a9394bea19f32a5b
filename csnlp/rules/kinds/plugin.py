"""Conditions in Python: a function of one's own under a name.

A book never names code to load: it names a check that the program registered (:func:`register_check`), or that an
installed package offers under the entry point group ``csnlp.checks``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import entry_points

import numpy as np

from csnlp.errors import ConfigError, InputError
from csnlp.rules.case import Case
from csnlp.rules.kinds.names import Names
from csnlp.rules.reader import Entry
from csnlp.rules.verdict import Condition, Span, Verdict

Check = Callable[[Case], "bool | Iterable[Span]"]
"""Whether it holds of a case; or the spans of the reply that show it (none: it does not)."""

_checks: dict[str, Check] = {}


def register_check(name: str, check: Check) -> None:
    """Make ``check`` known to rule books as ``python: name``; raises ConfigError for a name that is taken."""
    if _checks.get(name, check) is not check:
        raise ConfigError(f"a check named {name!r} is registered already")
    _checks[name] = check


@dataclass(frozen=True, slots=True)
class PythonCheck(Condition):
    """The registered check ``name`` holds."""

    name: str
    function: Check

    cost = 8  # asked last: what stands before it in an "all" may guard it

    def check(self, case: Case, /) -> Verdict:
        """Raises :class:`csnlp.errors.InputError` when the function fails: one reply's trouble, not the batch's."""
        try:
            found = self.function(case)
            holds = bool(found) if isinstance(found, bool | np.bool_) else None
            spans = () if holds is not None else tuple((int(start), int(end)) for start, end in found)  # type: ignore[union-attr]
        except Exception as error:
            # Without the error's own words: they may quote the chat.
            raise self._failed(f"failed with {type(error).__name__}") from error
        if not all(0 <= start < end <= len(case.exchange.reply) for start, end in spans):
            raise self._failed("returned a span outside the reply")
        return Verdict(True, spans) if spans else Verdict(bool(holds))

    def _failed(self, problem: str) -> InputError:
        remedy = "let it return a bool or spans of the reply; see csnlp.rules.register_check"
        return InputError(f"check {self.name}", problem, remedy)


def parse(entry: Entry, names: Names) -> Condition:
    name = entry.text("python")
    if name in _checks:
        return PythonCheck(name, _checks[name])
    offered = {point.name: point for point in entry_points(group="csnlp.checks")}
    if name not in offered:
        known = ", ".join(sorted({*_checks, *offered})) or "none"
        raise entry.error(
            "python", f"no check named {name!r} is registered (csnlp.rules.register_check); known: {known}"
        )
    try:
        return PythonCheck(name, offered[name].load())
    except Exception as error:  # whatever the package's own code raises while it is imported
        problem = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise entry.error("python", f"{offered[name].value} cannot be imported: {problem}") from None
