"""The exception of the reviews."""

from __future__ import annotations

from csnlp.errors import CsnlpError


class ReviewError(CsnlpError):
    """A move that a review does not allow, or a store that cannot be used. The message says what is allowed."""
