"""The review store: one SQLite file that any number of threads and processes may use at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timezone
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any

from csnlp.errors import InputError
from csnlp.heads import BY_PEOPLE
from csnlp.reviews import moves, rows
from csnlp.reviews.database import Database
from csnlp.reviews.errors import ReviewError
from csnlp.reviews.masking import Masked, mask
from csnlp.reviews.records import Appeal, Decision, Label, Review, ReviewItem, Ruling, State, Verdict
from csnlp.reviews.snapshot import Automatic, alike, automatic_from_json, automatic_of, exchange_json, same_words
from csnlp.text.printable import shown
from csnlp.types import Exchange, Score
from csnlp.validation import check_text

MAX_NAME = 200
"""Longest name of a person or id of a reply, in characters."""


class ReviewStore:
    """Automatic verdicts, and what people decided about them, at ``path`` (made where there is none).

    Use it as a context manager. Rows are only ever added; a move that has returned is on the disk. Names of people are
    taken as given, but for width and white space: who may call what is for the caller to check. With ``masked``,
    personal data is masked in every text before it is stored. ``timeout``: seconds to wait while others write.
    ``clock`` gives the time of a move.

    Every method raises :class:`ReviewError` when the store cannot be read or written. A child process opens it anew.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        masked: bool = True,
        timeout: float = 30.0,
        clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self._mask: Callable[[str], Masked] = mask if masked else Masked
        self._clock = clock
        self._database = Database(Path(path), timeout)

    def __enter__(self) -> ReviewStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. Closing twice does nothing."""
        self._database.close()

    def transaction(self) -> AbstractContextManager[None]:
        """Everything in the block is stored together, or not at all when it raises. Blocks may be nested.

        Many moves in one block are much faster than one by one; other writers wait until it ends.
        """
        return self._database.transaction()

    def add(
        self,
        score: Score,
        exchange: Exchange,
        *,
        heads: Collection[str] = (),
        silent: Mapping[str, str] | None = None,
        by: str = "csnlp",
    ) -> tuple[ReviewItem, ...]:
        """Add every finding of ``score``, and the verdicts of ``heads``, to the queue; the reply's items so far.

        ``silent`` (rule → clause, such as ``{rule.id: rule.clause for rule in book.rules}``): of these, the rules that
        did not fire are added as well, where their clause was decided. Only with them can it be told how well a rule
        and the reviewers agree. ``by``: who adds them.

        Adding the same again changes nothing; adding other heads or silent rules adds these. :class:`ReviewError` when
        the reply is stored with other words or another verdict, which is never overwritten; :class:`InputError` for an
        exchange or a score that cannot be kept.
        """
        if unknown := [head for head in heads if head not in BY_PEOPLE]:
            raise ReviewError(f"{unknown[0]!r:.40} cannot be reviewed; heads: {', '.join(BY_PEOPLE)}")
        if score.id != exchange.id:
            problem = f"is {shown(str(score.id))!r}, the exchange's is {shown(str(exchange.id))!r}"
            raise InputError("score.id", problem, "give a pair")
        stored = exchange_json(exchange, self._mask)
        reply = _name("id", exchange.id)
        agent = None if exchange.agent is None else _name("agent", exchange.agent)
        automatic = automatic_of(score, self._mask(exchange.reply), self._mask)
        items = rows.new_items(automatic, heads, silent or {}, score.not_applicable)
        stamp = {"reply": reply, "added": self._now().isoformat(), "added_by": _name("by", by)}
        with self.transaction():
            self._add_reply(reply, agent, stored, automatic.to_json())
            for item in items:
                self._database.run(rows.INSERT_ITEM, {**stamp, **item})
        return tuple(review.item for review in self._reviews("replies.id = ?", reply))

    def queue(
        self,
        *,
        states: Collection[State] = (),
        rule: str | None = None,
        head: str | None = None,
        agent: str | None = None,
        reviewer: str | None = None,
        limit: int = 100,
    ) -> tuple[ReviewItem, ...]:
        """At most ``limit`` items, the oldest first, that meet every condition given.

        ``reviewer``: those that this person may decide now, first, as a second opinion or as the third voice. The items
        do not say what others decided: a second opinion is blind.
        """
        if not isinstance(limit, int):
            raise InputError("limit", f"is {type(limit).__name__}", "give a whole number of items")
        where, values = rows.conditions(
            states=states,
            rule=rule,
            head=head,
            agent=None if agent is None else _name("agent", agent),
            reviewer=None if reviewer is None else _name("reviewer", reviewer),
        )
        select = f"{rows.SELECT_ITEMS} WHERE {where} ORDER BY items.id LIMIT ?"
        found = self._database.all(select, *values, max(0, limit))
        return tuple(map(rows.item_of, found))

    def review(self, item: int) -> Review:
        """The item and its history, oldest first: the audit trail. ``item`` is the ``id`` of a :class:`ReviewItem`."""
        if isinstance(item, ReviewItem):
            raise ReviewError(f"item {item.id} is given as a whole; give its id")
        found = self._reviews("items.id = ?", item)
        if not found:
            raise ReviewError(f"there is no item {item}; take an id from the queue")
        return found[0]

    def reviews(self, *, reply: str | None = None) -> tuple[Review, ...]:
        """The items that people have judged (of one ``reply``), each with its history."""
        return tuple(self._judged(rows.SELECT_REVIEWS, reply))

    def stream(self, *, reply: str | None = None) -> Iterator[Review]:
        """What :meth:`reviews` gives, one after the other and without the texts (``item.exchange`` is empty).

        For counting: neither the texts nor the reviews are held in memory together. Read it to its end, or close it:
        other threads that use this store wait meanwhile, so that it is as of one moment. Other stores do not wait; once
        one of them has written, this one can write only after the end of the stream.
        """
        return self._judged(rows.SELECT_VERDICTS, reply)

    def exchange(self, reply: str) -> str:
        """The exchange of ``reply`` as JSON: the ``exchange`` of its items."""
        return str(self._stored("exchange", reply))

    def automatic(self, reply: str) -> Automatic:
        """The automatic verdict on ``reply``, as it was added."""
        return automatic_from_json(self._stored("automatic", reply))

    def decide(
        self,
        item: int,
        reviewer: str,
        verdict: Verdict,
        *,
        label: Label | None = None,
        points: float | None = None,
        reason: str = "",
    ) -> Decision:
        """The reviewer confirms, rejects or corrects the automatic verdict; all but confirming need a ``reason``.

        ``rejected``: the rule should not have fired; the head does not apply here. Leave undecided what nobody can
        tell: that accuracy does not apply is a label that a model learns (see :func:`csnlp.reviews.export_labels`).
        ``corrected``: a finding or a silent rule should have moved other ``points`` (below 0 to cost some); a head
        should have had another ``label``. See :mod:`csnlp.reviews.moves` for who may decide when.
        """
        return self._judge(moves.decide, item, _name("reviewer", reviewer), verdict, label, points, reason)

    def appeal(self, item: int, agent: str, *, reason: str) -> Appeal:
        """The agent of the reply objects to a decision."""
        agent, reason = _name("agent", agent), self._reason(reason)
        with self.transaction():
            appeal = moves.appeal(self.review(item), agent, reason, self._now())
            self._database.run(rows.INSERT_EVENT, rows.appeal_row(appeal))
        return appeal

    def settle(
        self,
        item: int,
        judge: str,
        verdict: Verdict,
        *,
        label: Label | None = None,
        points: float | None = None,
        reason: str,
    ) -> Decision:
        """The judge of an appeal gives the final ruling on the automatic verdict, in the words of :meth:`decide`.

        The same ruling as the decision's upholds it, any other overturns it: the ``state`` of the result says which.
        """
        return self._judge(moves.settle, item, _name("judge", judge), verdict, label, points, reason)

    def _judge(
        self,
        move: Callable[[Review, str, Ruling, str, datetime], Decision],
        item: int,
        name: str,
        verdict: Verdict,
        label: Label | None,
        points: float | None,
        reason: str,
    ) -> Decision:
        """What ``move`` makes of the ruling that ``name`` gives on ``item``, stored."""
        reason = self._reason(reason)
        with self.transaction():
            review = self.review(item)
            ruling = moves.make_ruling(review.item, verdict, label, points)
            decision = move(review, name, ruling, reason, self._now())
            self._database.run(rows.INSERT_EVENT, rows.decision_row(decision))
        return decision

    def _add_reply(self, reply: str, agent: str | None, exchange: str, automatic: str) -> None:
        stored = self._database.all("SELECT agent, exchange, automatic FROM replies WHERE id = ?", reply)
        if not stored:
            self._database.run(rows.INSERT_REPLY, (reply, agent, exchange, automatic))
        elif stored[0]["agent"] != agent or not same_words(stored[0]["exchange"], exchange):
            raise ReviewError(
                f"reply {shown(reply)} is stored with other words or another agent; give this one its own id"
            )
        elif not alike(stored[0]["automatic"], automatic):
            raise ReviewError(
                f"reply {shown(reply)} is stored with another verdict, which is never overwritten; "
                "keep one store for each model and rule book"
            )

    def _stored(self, column: str, reply: str) -> Any:
        found = self._database.all(f"SELECT {column} FROM replies WHERE id = ?", _name("id", reply))
        if not found:
            raise ReviewError(f"there is no reply {shown(reply)!r}; add its score first")
        return found[0][0]

    def _reviews(self, where: str, *values: object) -> tuple[Review, ...]:
        return tuple(self._grouped(rows.SELECT_REVIEWS, where, *values))

    def _judged(self, select: str, reply: str | None) -> Iterator[Review]:
        if reply is None:
            return self._grouped(select, "events.id IS NOT NULL")
        return self._grouped(select, "events.id IS NOT NULL AND replies.id = ?", _name("id", reply))

    def _grouped(self, select: str, where: str, *values: object) -> Iterator[Review]:
        found = self._database.each(f"{select} WHERE {where} ORDER BY items.id, events.id", *values)
        for _, group in groupby(found, key=itemgetter("id")):
            yield rows.review_of(list(group))

    def _reason(self, reason: str) -> str:
        check_text("reason", reason)
        return self._mask(reason.strip()).text

    def _now(self) -> datetime:
        return self._clock().astimezone(timezone.utc)


def _name(field: str, name: str) -> str:
    """``name`` in one form, so that the same person is not two by a space or a full-width letter."""
    check_text(field, name)
    name = " ".join(unicodedata.normalize("NFKC", name).split())
    if not name or len(name) > MAX_NAME or any(unicodedata.category(char) == "Cf" for char in name):
        raise InputError(field, f"is {shown(name, 40)!r}", f"give 1 to {MAX_NAME} characters, none of them invisible")
    return name
