"""Rules: the policy as data."""

from csnlp.rules.book import RuleBook, load_book

__all__ = ["RuleBook", "load_book"]
