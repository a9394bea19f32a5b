"""Review and appeal: people confirm, reject or correct automatic verdicts, and agents object to what they decide.

Automatic and human verdicts are kept apart, in a file that only ever grows:

>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> from csnlp.reviews import ReviewStore, human_total, overturn_rates
>>> from csnlp.types import Exchange, Finding, HeadScore, Line, Score, Turn
>>> exchange = Exchange("这个不归我管", (Turn("customer", "我的退款呢"),), id="chat7#2", agent="小林")
>>> score = Score(
...     id="chat7#2",
...     politeness=HeadScore("rude", 0.6, {}),
...     total=88.0,
...     lines=(Line("N4.3 积极面对问题", "buck_passing", 0.4, 10, 20, 8), Line("N1.1 文明用语", "✓", 1, 40, 80, 80)),
...     findings=(Finding("N4.3", "buck_passing", 2, 6, -12, "推诿"),),
... )
>>> folder = TemporaryDirectory()
>>> store = ReviewStore(Path(folder.name) / "reviews.db")
>>> finding, head = store.add(score, exchange, heads=["politeness"])

A reviewer takes what waits, the agent appeals, and a third person settles it:

>>> [item.subject for item in store.queue(reviewer="王芳")]
['buck_passing', 'politeness']
>>> store.decide(head.id, "王芳", "corrected", label="cold", reason="生硬，但不是辱骂").state
'corrected'
>>> store.decide(finding.id, "王芳", "confirmed").state
'confirmed'
>>> store.appeal(finding.id, "小林", reason="我已经转给售后了").state
'appealed'
>>> store.settle(finding.id, "李雷", "rejected", reason="转接记录属实").state
'overturned'
>>> store.review(finding.id).history[1].agent
'小林'
>>> human_total(store, "chat7#2")
HumanTotal(reply='chat7#2', automatic=88.0, human=100.0, exact=False)
>>> [(rate.rule, rate.rate, rate.n) for rate in overturn_rates(store)]
[('buck_passing', 1.0, 1)]
>>> store.close(); folder.cleanup()

The total is not exact because the corrected politeness may move points that only the rule book can tell.
:mod:`csnlp.reviews.moves` says who may do what when.
"""

from csnlp.reviews.agreement import Agreement, OverturnRate, human_machine_kappa, overturn_rates, reviewer_kappa
from csnlp.reviews.errors import ReviewError
from csnlp.reviews.labels import export_labels
from csnlp.reviews.records import Appeal, Decision, Review, ReviewItem, Ruling
from csnlp.reviews.store import ReviewStore
from csnlp.reviews.totals import HumanTotal, human_total

__all__ = [
    "Agreement",
    "Appeal",
    "Decision",
    "HumanTotal",
    "OverturnRate",
    "Review",
    "ReviewError",
    "ReviewItem",
    "ReviewStore",
    "Ruling",
    "export_labels",
    "human_machine_kappa",
    "human_total",
    "overturn_rates",
    "reviewer_kappa",
]
