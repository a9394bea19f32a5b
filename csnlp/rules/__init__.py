"""The rule book: the policy as data, applied to replies with evidence."""

from csnlp.rules.book import RuleBook
from csnlp.rules.case import Case
from csnlp.rules.kinds.plugin import register_check
from csnlp.rules.loading import load_book
from csnlp.rules.verdict import REASONS

__all__ = ["REASONS", "Case", "RuleBook", "load_book", "register_check"]
