"""Chinese words by jieba's dictionary, loaded at the first use."""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Any

from csnlp.errors import MissingExtra


def words(text: str) -> list[str]:
    """The words of ``text`` in order, white space left out.

    Cut by the dictionary alone (no model for unknown words): the same text gives the same words everywhere.
    Raises :class:`csnlp.errors.MissingExtra` when jieba is not installed.
    """
    return [word for word in _tokenizer().cut(text, HMM=False) if not word.isspace()]


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # jieba looks for pkg_resources, which warns that it is going away
            import jieba
    except ImportError as error:
        raise MissingExtra("jieba", "baseline") from error
    # Filled here, not by jieba.initialize(): that one reads and writes a marshalled cache in the shared temporary
    # folder, where anybody may have left one, and logs to stderr.
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer
