"""Text handling: folding with offsets, and masking of personal data."""

from csnlp.text.fold import Folded, fold, fold_text

__all__ = ["Folded", "fold", "fold_text"]
