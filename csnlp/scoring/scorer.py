"""The scorer: what a user calls."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, NoReturn, TypeVar, overload

from csnlp.errors import ConfigError, InputError
from csnlp.io.badrow import BadRow
from csnlp.models.bursts import Heads, predicted
from csnlp.models.folder import model_digest
from csnlp.models.forking import Places
from csnlp.models.protocol import Model, call_setting, check_model
from csnlp.models.registry import load_model
from csnlp.rules.book import RuleBook
from csnlp.rules.case import Case, Embed
from csnlp.rules.facts import FactTable, load_facts
from csnlp.rules.loading import load_book
from csnlp.scoring.assemble import assemble, case_of
from csnlp.scoring.given import checked_row, exchange_of, refuse_others, unscored
from csnlp.types import Exchange, Score, Turn
from csnlp.validation import check_exchange
from csnlp.version import __version__

Frame = TypeVar("Frame")

WINDOW = 1024
"""Exchanges scored together where the model does not say: few enough that what is done is soon on the disk."""

WINDOW_CHARACTERS = 4_000_000
"""A window ends with the row that reaches this many characters, so that memory is flat for rows of any length."""


def load(
    model: str | Path | Model = "bert",
    book: str | Path | RuleBook = "taobao",
    *,
    device: str = "cpu",
    threads: int = 0,
    facts: str | Path | FactTable | None = None,
) -> Scorer:
    """A scorer with a model (a name, a folder or an object) and a rule book (a name, a file or an object).

    ``facts`` is the shop's fact table (a YAML file or an object): replies are checked against it. ``device`` is
    ``"cpu"``, a torch device such as ``"cuda"`` (extra ``gpu``), or another of :data:`csnlp.models.engine.DEVICES`;
    ``threads`` is the number of cores that the model may use (0: all). Nothing is downloaded.

    Raises :class:`csnlp.errors.ModelError` for a model that is not there or cannot be loaded,
    :class:`csnlp.errors.ConfigError` for a book, facts, device or threads that cannot be used, and
    :class:`csnlp.errors.MissingExtra` where a package that the model needs is not installed.
    """
    table = load_facts(Path(facts)) if isinstance(facts, str | Path) else facts
    return Scorer(load_model(model, device, threads), load_book(book), table)


class Scorer:
    """Scores replies with one model and one rule book (and, if given, a shop's facts). Safe to share between threads
    if the model is; a process that is started later loads its own."""

    def __init__(self, model: Model, book: RuleBook, facts: FactTable | None = None) -> None:
        check_model(model)
        if not isinstance(book, RuleBook):
            raise ConfigError(f"book is {type(book).__name__}; give a RuleBook, as csnlp.rules.load_book makes one")
        if not isinstance(facts, FactTable | None):
            raise ConfigError(
                f"facts is {type(facts).__name__}; give a FactTable (csnlp.rules.facts.load_facts for a YAML file, "
                "table_of for a mapping)"
            )
        self.model = model
        self.book = book
        self.facts = facts
        self._embed: Embed | None = getattr(model, "embed", None)
        self._places = Places(call_setting(model, "parallel_calls", 1))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Scorer cannot be copied or sent to another process; call csnlp.load there")

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
        exchange = exchange_of(reply, question, context, reference)
        check_exchange(exchange)
        book = self.book  # it may be replaced meanwhile
        (case,) = self._cases([exchange], self._predict([exchange]), book)
        return assemble(case, book)

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
        self, exchanges: Sequence[Exchange | BadRow | str]
    ) -> list[Score]: ...
    @overload
    def score_many(self, exchanges: Iterable[Exchange | BadRow | str]) -> Iterator[Score]: ...
    def score_many(self, exchanges: Iterable[Exchange | BadRow | str]) -> list[Score] | Iterator[Score]:
        """One score for each exchange (or bare reply), in order: a list for a sequence, else a generator.

        A generator scores windows of :data:`WINDOW` exchanges, while it reads the next ones: for a stream in which
        replies come one by one, call :meth:`score`.

        An exchange that cannot be scored gives a score with ``error`` set; the others are scored. Raises
        :class:`csnlp.errors.ModelError` when the model returns no proper probabilities, and
        :class:`csnlp.errors.InputError`, at once, for what holds no exchanges (one string, a frame, a path …).
        """
        refuse_others(exchanges)
        scores = self._scores(exchanges)
        return list(scores) if isinstance(exchanges, Sequence) else scores

    def score_frame(self, frame: Frame) -> Frame:
        """A pandas or polars frame in, a frame of the same kind out: one row of output columns for each row.

        Columns read: ``reply``, and ``question`` or ``context``, ``reference``, ``id``, ``agent``, ``time`` if there.
        A row that cannot be scored has its reason in the column ``error``; the order and a pandas index are kept.
        Raises :class:`csnlp.errors.InputError` for what is no such frame.
        """
        from csnlp.scoring.frames import score_frame

        return score_frame(self, frame)

    def cases(self, exchanges: Iterable[object]) -> Iterator[Case]:
        """Each exchange that can be scored, with the model's verdicts, as the rules see it; the others are left out.

        Raises what :meth:`score_many` does.
        """
        refuse_others(exchanges)
        return (
            case for rows, verdicts in self._predicted(exchanges) for case in self._cases(rows, verdicts, self.book)
        )

    def metadata(self) -> dict[str, str]:
        """What made these scores: names, versions and digests of model, rule book, facts (or "none") and csnlp, and the
        engine that ran the model (or "none" where the model has none of csnlp's)."""
        return {
            "model": str(getattr(self.model, "name", type(self.model).__name__)),
            "model_version": str(getattr(self.model, "version", "unknown")),
            "model_digest": model_digest(self.model),
            "engine": str(getattr(getattr(self.model, "engine", None), "description", "none")),
            "rule_book": self.book.name,
            "rule_book_version": self.book.version,
            "rule_book_digest": self.book.digest,
            "facts_digest": self.facts.digest if self.facts else "none",
            "csnlp_version": __version__,
        }

    def _scores(self, exchanges: Iterable[Exchange | BadRow | str]) -> Iterator[Score]:
        for window, verdicts in self._predicted(exchanges):
            book = self.book
            cases = self._cases(window, verdicts, book)
            for row in window:
                yield row if isinstance(row, Score) else _assembled(next(cases), book)

    def _predicted(self, exchanges: Iterable[object]) -> Iterator[tuple[list[Exchange | Score], Heads]]:
        """Windows of checked rows, each with what the model says of its exchanges. While the caller is busy with one
        window, the model is at the next ones."""
        windows = _windows(exchanges, call_setting(self.model, "window", WINDOW))
        if (first := next(windows, None)) is None:
            return
        if first.last:  # there is nothing to overlap with
            yield first.rows, self._predict(first.rows)
            next(windows, None)  # raises what the input broke off with
            return
        calls = call_setting(self.model, "parallel_calls", 1)
        waiting: deque[tuple[list[Exchange | Score], Future[Heads]]] = deque()
        pool = ThreadPoolExecutor(calls, thread_name_prefix="csnlp")
        try:
            following: _Window | None = first
            while following is not None:
                waiting.append((following.rows, pool.submit(self._predict, following.rows)))
                while len(waiting) > calls or (waiting and waiting[0][1].done()):
                    yield _done(*waiting.popleft())
                try:
                    following = next(windows, None)
                except Exception:  # the input broke off: what it gave before is scored all the same
                    while waiting:
                        yield _done(*waiting.popleft())
                    raise
            while waiting:
                yield _done(*waiting.popleft())
        finally:  # what runs is waited for: no model is left at work behind the caller's back
            pool.shutdown(cancel_futures=True)

    def _predict(self, window: Sequence[Exchange | Score]) -> Heads:
        exchanges = _exchanges(window)
        if not exchanges:
            return {}
        with self._places:
            return predicted(self.model, exchanges)

    def _cases(self, window: Sequence[Exchange | Score], heads: Heads, book: RuleBook) -> Iterator[Case]:
        """The exchanges of ``window`` as the rules of ``book`` see them; ``heads`` has a row for each of them."""
        for row, exchange in enumerate(_exchanges(window)):
            verdicts = {name: array[row] for name, array in heads.items()}
            yield case_of(exchange, verdicts, book, self.facts, self._embed)


def _assembled(case: Case, book: RuleBook) -> Score:
    try:
        return assemble(case, book)
    except InputError as error:  # a check of the user's own failed
        return unscored(case.exchange.id, error)


def _exchanges(window: Sequence[Exchange | Score]) -> list[Exchange]:
    return [row for row in window if isinstance(row, Exchange)]


class _Window(NamedTuple):
    rows: list[Exchange | Score]
    last: bool


def _windows(exchanges: Iterable[object], size: int) -> Iterator[_Window]:
    """The rows in windows of ``size`` or of :data:`WINDOW_CHARACTERS`, those that cannot be scored as a score with its
    error. ``last``: the input was at its end, or broke off, before the window was full."""
    rows: list[Exchange | Score] = []
    characters = 0
    try:
        for row in exchanges:
            rows.append(checked := checked_row(row))
            characters += _characters(checked)
            if len(rows) == size or characters >= WINDOW_CHARACTERS:
                yield _Window(rows, last=False)
                rows, characters = [], 0
    except Exception:
        if rows:
            yield _Window(rows, last=True)
        raise
    if rows:
        yield _Window(rows, last=True)


def _characters(row: Exchange | Score) -> int:
    if isinstance(row, Score):
        return 0
    turns = (*row.context, *(row.after or ()))
    return len(row.reply) + len(row.reference or "") + sum(len(turn.text) for turn in turns)


def _done(window: list[Exchange | Score], verdicts: Future[Heads]) -> tuple[list[Exchange | Score], Heads]:
    return window, verdicts.result()
