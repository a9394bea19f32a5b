"""Slips of writing in Chinese replies: :func:`find_typos`. Nothing is loaded before its first call."""

from csnlp.typos.finder import Typo, find_typos

__all__ = ["Typo", "find_typos"]
