"""The exceptions of csnlp. Each message names what is wrong and what to do about it."""

from __future__ import annotations


class CsnlpError(Exception):
    """The base of every error csnlp raises on purpose."""


class CsnlpWarning(UserWarning):
    """Something that may not be what was meant; the work goes on."""


class InputError(CsnlpError, ValueError):
    """An exchange that cannot be scored: the field, what is wrong with it, and the remedy."""

    def __init__(self, field: str, problem: str, remedy: str) -> None:
        super().__init__(f"{field}: {problem}; {remedy}")
        self.field = field
        self.problem = problem
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str, str]]:
        return type(self), (self.field, self.problem, self.remedy)  # by default, with the message alone


class ModelError(CsnlpError):
    """A model that cannot be found or loaded."""


class ConfigError(CsnlpError, ValueError):
    """A configuration file or option that cannot be used."""


class MissingExtra(CsnlpError, ImportError):
    """A package that an optional part of csnlp needs is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f'{package} is needed here; install it with: pip install "csnlp-zh[{extra}]"')
        self.package = package
        self.extra = extra

    def __reduce__(self) -> tuple[type[MissingExtra], tuple[str, str]]:
        return type(self), (self.package, self.extra)
