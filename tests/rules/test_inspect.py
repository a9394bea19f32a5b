from __future__ import annotations

from collections.abc import Callable

import pytest

from csnlp.rules import RuleBook
from csnlp.rules.inspect import needs

CONTEXT = ("context 上文",)
WHOLE = ("whole conversation 完整会话",)


@pytest.mark.parametrize(
    ("when", "needed"),
    [
        ("{regex: 好}", ()),
        ("{regex: 好, in: question}", CONTEXT),
        ("{regex: 好, in: agent}", CONTEXT),
        ("{regex: 好, in: later_customer}", WHOLE),
        ("{format: length, over: 3}", ()),
        ("{format: length, over: 3, in: question}", CONTEXT),
        ("{position: first_reply}", CONTEXT),
        ("{position: later_reply}", CONTEXT),
        ("{position: opening_reply}", WHOLE),
        ("{position: last_reply}", WHOLE),
        ("{position: earlier_reply}", WHOLE),
        ("{repeat: sentence}", ()),
        ("{repeat: reply}", CONTEXT),
        ("{sequence: {first: {by: customer, regex: 急}, then: {by: agent, regex: 好}}}", CONTEXT),
        ("{sequence: {first: {by: customer, regex: 急}, then: {by: agent, regex: 好}, missing: true}}", CONTEXT),
        ("{sequence: {first: {by: agent, regex: 急}, then: {by: agent, regex: 好}}}", CONTEXT),
        ("{sequence: {first: {by: agent, regex: 急}, then: {by: agent, regex: 好}, missing: true}}", WHOLE),
        ("{all: [{not: {position: first_reply}}, {reply_time: {over: 9}}]}", (*CONTEXT, "times 时间")),
    ],
)
def test_what_a_rule_needs_besides_the_reply(
    when: str, needed: tuple[str, ...], one_rule: Callable[..., RuleBook]
) -> None:
    assert needs(one_rule(when).rules[0]) == needed
