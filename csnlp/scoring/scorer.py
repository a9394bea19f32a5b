"""The scorer: what a user calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar, overload

from csnlp.errors import InputError
from csnlp.models.protocol import Model, checked_heads
from csnlp.models.registry import load_model, model_digest
from csnlp.rules.book import RuleBook
from csnlp.rules.case import Case, Embed
from csnlp.rules.facts import FactTable, load_facts
from csnlp.rules.loading import load_book
from csnlp.scoring.assemble import assemble, case_of
from csnlp.types import Exchange, Score, Turn
from csnlp.validation import check_exchange
from csnlp.version import __version__

Frame = TypeVar("Frame")

WINDOW = 1024
"""Exchanges scored together: enough to sort by length, few enough to keep memory flat for any number of rows."""


def load(
    model: str | Path | Model = "bert",
    book: str | Path | RuleBook = "taobao",
    *,
    device: str = "cpu",
    facts: str | Path | FactTable | None = None,
) -> Scorer:
    """A scorer with a model (a name, a folder or an object) and a rule book (a name, a file or an object).

    ``facts`` is the shop's fact table (a YAML file or an object): replies are checked against it. ``device`` is
    ``"cpu"`` or a torch device such as ``"cuda"`` (extra ``gpu``). Nothing is downloaded.
    """
    table = load_facts(Path(facts)) if isinstance(facts, str | Path) else facts
    return Scorer(load_model(model, device), load_book(book), table)


class Scorer:
    """Scores replies with one model and one rule book (and, if given, a shop's facts). Safe to share between threads
    if the model is."""

    def __init__(self, model: Model, book: RuleBook, facts: FactTable | None = None) -> None:
        self.model = model
        self.book = book
        self.facts = facts
        self._embed: Embed | None = getattr(model, "embed", None)

    def score(
        self,
        reply: str | Exchange,
        *,
        question: str | None = None,
        context: Sequence[Turn] = (),
        reference: str | None = None,
    ) -> Score:
        """Score one reply (or a whole :class:`Exchange`, with nothing else given).

        ``context`` holds the turns before the reply, and ``question`` the customer's last words, after them.
        Raises :class:`csnlp.errors.InputError`, naming field and remedy, when the exchange cannot be scored.
        """
        exchange = _exchange(reply, question, context, reference)
        check_exchange(exchange)
        return self._window([exchange])[0]

    async def score_async(
        self,
        reply: str | Exchange,
        *,
        question: str | None = None,
        context: Sequence[Turn] = (),
        reference: str | None = None,
    ) -> Score:
        """:meth:`score` without blocking the event loop: the engine runs in a thread."""
        import asyncio

        return await asyncio.to_thread(self.score, reply, question=question, context=context, reference=reference)

    @overload
    def score_many(  # type: ignore[overload-overlap]  # a sequence is an iterable too: the first one wins
        self, exchanges: Sequence[Exchange | str]
    ) -> list[Score]: ...
    @overload
    def score_many(self, exchanges: Iterable[Exchange | str]) -> Iterator[Score]: ...
    def score_many(self, exchanges: Iterable[Exchange | str]) -> list[Score] | Iterator[Score]:
        """One score for each exchange (or bare reply), in order: a list for a sequence, else a generator.

        An exchange that cannot be scored gives a score with ``error`` set; the others are scored. Raises
        :class:`csnlp.errors.ModelError` when the model returns no proper probabilities.
        """
        if isinstance(exchanges, str):
            raise InputError("exchanges", "is one string", "give a list of replies, or use score()")
        scores = self._scores(exchanges)
        return list(scores) if isinstance(exchanges, Sequence) else scores

    def score_frame(self, frame: Frame) -> Frame:
        """A pandas or polars frame in, a frame of the same kind out: one row of output columns for each row.

        Columns read: ``reply``, and ``question`` or ``context``, ``reference``, ``id``, ``agent``, ``time`` if there.
        """
        from csnlp.scoring.frames import score_frame

        return score_frame(self, frame)

    def cases(self, exchanges: Iterable[object]) -> Iterator[Case]:
        """Each exchange that can be scored, with the model's verdicts, as the rules see it; the others are left out."""
        rows = iter(exchanges)
        while window := list(islice(rows, WINDOW)):
            yield from self._cases([row for row in window if isinstance(row, Exchange) and _error(row) is None])

    def metadata(self) -> dict[str, str]:
        """What made these scores: names and versions of model, rule book and csnlp."""
        return {
            "model": str(getattr(self.model, "name", type(self.model).__name__)),
            "model_version": str(getattr(self.model, "version", "unknown")),
            "model_digest": model_digest(self.model),
            "rule_book": self.book.name,
            "rule_book_version": self.book.version,
            "rule_book_digest": self.book.digest,
            "csnlp_version": __version__,
        }

    def _scores(self, exchanges: Iterable[Exchange | str]) -> Iterator[Score]:
        rows = iter(exchanges)
        while window := list(islice(rows, WINDOW)):
            yield from self._window([Exchange(row) if isinstance(row, str) else row for row in window])

    def _window(self, window: list[Exchange]) -> list[Score]:
        errors = [_error(exchange) for exchange in window]
        good = [exchange for exchange, error in zip(window, errors, strict=True) if error is None]
        scored = iter(self._predicted(good))
        return [
            next(scored) if error is None else Score(id=getattr(exchange, "id", None) or "", error=error)
            for exchange, error in zip(window, errors, strict=True)
        ]

    def _predicted(self, exchanges: list[Exchange]) -> list[Score]:
        return [assemble(case, self.book) for case in self._cases(exchanges)]

    def _cases(self, exchanges: list[Exchange]) -> Iterator[Case]:
        if not exchanges:
            return
        heads = checked_heads(self.model.predict(exchanges), len(exchanges))
        for row, exchange in enumerate(exchanges):
            verdicts = {name: array[row] for name, array in heads.items()}
            yield case_of(exchange, verdicts, self.book, self.facts, self._embed)


def _exchange(reply: str | Exchange, question: str | None, context: Sequence[Turn], reference: str | None) -> Exchange:
    if isinstance(reply, Exchange):
        if question is not None or context or reference is not None:
            raise InputError("question, context, reference", "are given beside an exchange", "put them into it")
        return reply
    asked = () if question is None else (Turn("customer", question),)
    return Exchange(reply, (*context, *asked), reference)


def _error(exchange: object) -> str | None:
    if not isinstance(exchange, Exchange):
        from csnlp.io.badrow import BadRow

        if isinstance(exchange, BadRow):  # what read_exchanges gives for a row that it cannot read
            return f"{exchange.field}: {exchange.problem}; {exchange.remedy}"
        return f"{type(exchange).__name__} is not an exchange; give csnlp.Exchange or the reply as a string"
    try:
        check_exchange(exchange)
    except InputError as error:
        return str(error)
    return None
