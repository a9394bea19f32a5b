"""Files in and out: readers that yield exchanges and bad rows, writers of scores, and the resumable job between them.

Nothing here knows a model: the job takes any object with ``score_many`` and ``metadata``.
"""

from csnlp.io.badrow import BadRow
from csnlp.io.job import score_file, score_stream
from csnlp.io.reader import FORMATS, Source, read_exchanges
from csnlp.io.summary import Summary
from csnlp.io.writers import open_writer

__all__ = [
    "FORMATS",
    "BadRow",
    "Source",
    "Summary",
    "open_writer",
    "read_exchanges",
    "score_file",
    "score_stream",
]
