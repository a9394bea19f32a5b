from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from csnlp.errors import ConfigError
from csnlp.rules import load_book

from .conftest import BOOK, FILES, MORE, complaint

WriteBook = Callable[..., Path]


@pytest.fixture
def changed(write_book: WriteBook) -> Callable[..., Path]:
    """Writes BOOK with ``old`` replaced by ``new``."""

    def write(old: str, new: str, files: Mapping[str, str] = FILES) -> Path:
        assert BOOK.count(old) == 1, f"{old!r} stands in the book {BOOK.count(old)} times"
        return write_book(BOOK.replace(old, new), files)

    return write


# What is written in place of what; what is then said of it; the line that is named, where it is not the changed one.
MISTAKES = [
    ("review_below: 0.6", "review_blow: 0.6", "book: review_blow: unknown key; allowed: "),
    ("version: 1.10", "version: [1]", "book: version: expected text, found a list"),
    ("version: 1.10\n", "", "book: the key 'version' is missing", "name: shop"),
    ("[more.yaml]", "[gone.yaml]", "book: include:"),
    ("review_below: 0.6", "review_below: 60", "book: review_below: expected a number from 0 to 1, found '60'"),
    ("weight: 70", "weight: -70", "norms: weight: expected a number from 0 to 1e+09, found '-70'"),
    ("id: flow", 'id: "f\\e[31m"', "f [31m: id: 'f\\x1b[31m' has a line break or another control character"),
    ("section: norms, title: ", 'section: norms, title: "甲\\nN9 乙", was: ', "title: '甲\\nN9 乙' has a line break"),
    ("id: flow", "id: norms", "norms: id: 'norms' stands at"),
    ("major: 79", "grave: 79", "book.ceilings: grave: unknown key; allowed: minor, major, critical"),
    ("critical: 40", "critical: 140", "book.ceilings: critical: expected a number from 0 to 100, found '140'"),
    ("at_least: 60", "at_least: 600", "合格: at_least: expected a number from 0 to 100, found '600'"),
    ("id: N2\n", "id: N1\n", "N1: id: 'N1' stands at"),
    ("section: norms, title", "section: nor, title", "N1: section: 'nor' is not allowed here; allowed: norms, flow"),
    ("weight: 14}", "weight: 14, weigth: 1}", "N1: weigth: unknown key; allowed: id, credit, section, title, weight"),
    ("weight: 14}", "weight: 14, starts_at: 2}", "N1: starts_at: expected a number from 0 to 1, found '2'"),
    ("cold: 0.2, ", "", "N2.credit: the key 'cold' is missing"),
    ("rude: 0", "rude: 0, icy: 0", "N2.credit: icy: unknown key; allowed: head, rude, cold"),
    ("head: politeness", "head: acts", "N2.credit: head: 'acts' is not allowed here; allowed: politeness"),
    ("clause: N1", "clause: N9", "N1-rude: clause: 'N9' is not allowed here; allowed: N1, N2"),
    ("severity: critical", "severity: bad", "severity: 'bad' is not allowed here; allowed: info, praise, minor"),
    ("points: -14", "points: 14", "N1-rude: points: critical deducts: give points below 0, or 0"),
    ("points: -14", "points: -2000", "N1-rude: points: expected a number from -1000 to 1000, found '-2000'"),
    ("each: true", "each: 2", "N1-rude: each: expected true or false, found '2'"),
    ("veto: section", "veto: all", "N1-rude: veto: 'all' is not allowed here; allowed: none, section, total"),
    ("from: 2026-01-01", "from: 1st May", "N1-rude: from: expected a date such as 2026-01-31, found '1st May'"),
    ("until: 2026-12-31", "until: 2025-12-31", "N1-rude: until: 2025-12-31 is before 2026-01-01"),
    ("otherwise: no_context", "otherwise: why", "N1-rude: otherwise: 'why' is not allowed here; allowed: no_time"),
    ("fires: [你这个笨蛋]", "fires: 你这个笨蛋", "N1-rude.examples: fires: expected a list, found a single value"),
    ("fires: [你这个笨蛋]", "fires: ['']", "N1-rude.examples: fires: an example is empty"),
    ("fires: [你", "fire: [你", "N1-rude.examples: fire: unknown key; allowed: fires, silent"),
    ("客@5：你们", "买家：你们", "context: '买家：你们说我是笨蛋': a turn starts with 客： or 服："),
    ("at: 20", "at: soon", "at: expected a number from 0 to 1e+06, found 'soon'"),
    ("at: 20", "at: 20, heads: {mood: bad}", "heads: mood: no such head; allowed: politeness"),
    ("at: 20", "at: 20, heads: {politeness: bad}", "heads: politeness: 'bad' is not allowed here; allowed: rude"),
    ("at: 20", "at: 20, acts: [sing]", "acts: 'sing' is not allowed here; allowed: apology, empathy"),
    ("at: 20", "at: 20, ta: 1", "ta: unknown key; allowed: reply, context, reference, at, after"),
    ("    message: 粗话\n", "", "N1-rude: the key 'message' is missing", "- id: N1-rude"),
    ("    when: {lexicon: rude, unless_negated: true}\n", "", "N1-rude: the key 'when' is missing", "- id: N1-rude"),
]


@pytest.mark.parametrize(("old", "new", "message", "named"), [(*case, case[0])[:4] for case in MISTAKES])
def test_a_mistake_is_told_with_file_line_key_and_what_is_allowed(
    old: str, new: str, message: str, named: str, changed: Callable[..., Path]
) -> None:
    path = changed(old, new)
    said = complaint(path)
    assert said.startswith(f"{path}:{line_of(named)}: ") and message in said


def line_of(text: str) -> int:
    """The number of the line of BOOK that holds ``text``."""
    return BOOK[: BOOK.index(text)].count("\n") + 1


def test_an_id_that_an_included_file_gives_again_is_told_with_both_places(changed: Callable[..., Path]) -> None:
    path = changed("id: N1-rude", "id: N2-thanks")
    first = f"{path}:{line_of('- id: N1-rude')}"
    assert (
        complaint(path)
        == f"{path.parent}/more.yaml:2: N2-thanks: id: 'N2-thanks' stands at {first} already; give another"
    )


# Conditions that are none, put in place of the rule's own.
WRONG_CONDITIONS = [
    ("{lexikon: rude}", "N1-rude.when: when: names no kind; the kinds are lexicon, regex, head"),
    ("{lexicon: rude, regex: a}", "N1-rude.when: regex: has lexicon and regex; keep one and join them with all or any"),
    ("[]", "N1-rude.when: expected keys with values, found a list"),
    ("{lexicon: nope}", "N1-rude.when: lexicon: 'nope' is not allowed here; allowed: "),
    ("{lexicon: []}", "N1-rude.when: lexicon: the list is empty"),
    ("{lexicon: rude, inn: reply}", "N1-rude.when: inn: unknown key; allowed: lexicon, except, in, last, head, tail"),
    ("{lexicon: rude, in: answer}", "in: 'answer' is not allowed here; allowed: reply, question, customer, agent"),
    ("{lexicon: rude, times: 0}", "times: expected a number from 1 to 1e+06, found '0'"),
    ("{lexicon: rude, times: 1.5}", "times: expected a whole number, found 1.5"),
    ("{lexicon: rude, unless_negated: 3}", "unless_negated: expected true or false, found '3'"),
    ("{lexicon: rude, except: [笨蛋糕, '']}", "N1-rude.when: except: an empty word"),
    ("{lexicon: rude, except: }", "N1-rude.when: except: an empty word"),
    ("{regex: '(笨'}", "N1-rude.when: regex: no pattern of RE2 (no look-around, no back-references): missing ): (笨"),
    ("{regex: '(?<=你)笨'}", "regex: no pattern of RE2 (no look-around, no back-references): invalid perl operator"),
    ("{regex: '(?!你)笨'}", "regex: no pattern of RE2 (no look-around, no back-references): invalid perl operator"),
    (r"{regex: '(笨)\1'}", "regex: no pattern of RE2 (no look-around, no back-references): invalid escape"),
    ("{regex: '笨*'}", "N1-rude.when: regex: matches the empty text, so it would match everywhere"),
    ("{regex: ''}", "N1-rude.when: regex: matches the empty text, so it would match everywhere"),
    ("{head: mood, is: [bad]}", "N1-rude.when: head: 'mood' is not allowed here; allowed: politeness"),
    ("{head: politeness, is: [bad]}", "is: 'bad' is not allowed here; allowed: rude, cold, neutral, polite, warm"),
    ("{head: politeness, is: []}", "is: the list is empty"),
    ("{head: politeness, is: rude, probability: 50}", "probability: expected a number from 0 to 1, found '50'"),
    ("{act: dancing}", "N1-rude.when: act: 'dancing' is not allowed here; allowed: apology, empathy"),
    ("{position: middle}", "position: 'middle' is not allowed here; allowed: opening_reply, first_reply, later_reply"),
    ("{reply_time: 180}", "N1-rude.when.reply_time: expected keys with values, found a single value"),
    ("{reply_time: {over: soon}}", "N1-rude.when.reply_time: over: expected a number from 0 to 1e+09, found 'soon'"),
    ("{reply_time: {under: 3, over: 1}}", "N1-rude.when.reply_time: under: unknown key; allowed: since, over"),
    ("{format: length}", "N1-rude.when: format: needs over or under, with a number"),
    ("{format: width, over: 3}", "format: 'width' is not allowed here; allowed: length, paragraphs, points, steps"),
    ("{format: length, over: 3, in: agent}", "in: 'agent' is not allowed here; allowed: reply, question"),
    ("{link: dead}", "link: 'dead' is not allowed here; allowed: present, malformed, foreign, unannounced"),
    ("{repeat: word}", "repeat: 'word' is not allowed here; allowed: sentence, clauses, reply"),
    ("{repeat: sentence, share: 0.5}", "share: unknown key; allowed: repeat, length"),
    ("{typo: [spelling]}", "typo: 'spelling' is not allowed here; allowed: "),
    ("{fact: memory}", "fact: 'memory' is not allowed here; allowed: table, reference"),
    ("{similar: []}", "N1-rude.when: similar: the list is empty"),
    ("{similar: [a], cosine: 2}", "cosine: expected a number from -1 to 1, found '2'"),
    ("{python: nobody_registered_this}", "python: no check named 'nobody_registered_this' is registered"),
    ("{all: []}", "N1-rude.when: all: needs at least one condition"),
    ("{any: {lexicon: rude}}", "N1-rude.when: any: expected a list, found keys with values"),
    ("{not: [{lexicon: rude}]}", "N1-rude.when.not: expected keys with values, found a list"),
    ("{at_least: 3, of: [{lexicon: rude}]}", "at_least: expected a number from 1 to 1, found '3'"),
    ("{at_least: 1}", "N1-rude.when: the key 'of' is missing"),
    ("{all: [{lexicon: rude}], in: reply}", "N1-rude.when: in: unknown key; allowed: all"),
    ("{all: [{not: {any: [{lexicon: gone}]}}]}", "lexicon: 'gone' is not allowed here"),
    ("{sequence: {first: {by: agent, lexicon: rude}}}", "N1-rude.when.sequence: the key 'then' is missing"),
    (
        "{sequence: {first: {by: shop, lexicon: rude}, then: {by: agent, lexicon: rude}}}",
        "N1-rude.when.sequence.first: by: 'shop' is not allowed here; allowed: customer, agent",
    ),
    (
        "{sequence: {first: {by: agent, lexicon: rude}, then: {by: customer, lexicon: rude}}}",
        "N1-rude.when.sequence: then: must be the agent's",
    ),
    (
        "{sequence: {first: {by: customer, lexicon: rude}, then: {by: customer, lexicon: rude}, missing: true}}",
        "N1-rude.when.sequence: then: must be the agent's",
    ),
    (
        "{sequence: {first: {by: agent, lexicon: rude}, then: {by: agent, lexicon: rude}, within: 0}}",
        "within: expected a number from 1 to 100, found '0'",
    ),
    (
        "{sequence: {first: {by: customer, lexicon: rude}, then: {by: agent, lexicon: rude}, unbroken: true}}",
        "N1-rude.when.sequence: unbroken: is of the agent's own messages",
    ),
]


@pytest.mark.parametrize(("when", "message"), WRONG_CONDITIONS)
def test_a_condition_that_is_none_is_told_with_its_line(when: str, message: str, changed: Callable[..., Path]) -> None:
    path = changed("{lexicon: rude, unless_negated: true}", when)
    said = complaint(path)
    assert said.startswith(f"{path}:{line_of('when:')}: ") and message in said


def test_a_condition_under_applies_is_checked_like_any_other(changed: Callable[..., Path]) -> None:
    said = complaint(changed("{position: first_reply}", "{lexicon: nope}"))
    assert "N1-rude.applies: lexicon: 'nope' is not allowed here" in said


@pytest.mark.parametrize(
    ("severity", "points", "message"),
    [
        ("info", "-1", "info goes with no points"),
        ("info", "1", "info goes with no points"),
        ("praise", "0", "praise goes with points above 0"),
        ("praise", "-1", "praise goes with points above 0"),
        ("minor", "1", "minor deducts: give points below 0, or 0"),
        ("major", "1", "major deducts: give points below 0, or 0"),
    ],
)
def test_points_go_with_the_severity(severity: str, points: str, message: str, write_book: WriteBook) -> None:
    more = MORE.replace("praise", severity).replace("points: 2", f"points: {points}")
    path = write_book(BOOK, {**FILES, "more.yaml": more})
    assert complaint(path) == f"{path.parent / 'more.yaml'}:6: N2-thanks: points: {message}"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("name: other\n" + MORE, "more.yaml:1: more: name: unknown key; allowed: clauses, conditions, rules"),
        ("", "more.yaml: is empty"),
        (MORE.replace("praise", "prase"), "more.yaml:5: N2-thanks: severity: 'prase' is not allowed here"),
        ("rules: [", "more.yaml:2: no proper YAML"),
    ],
)
def test_a_mistake_in_an_included_file_names_that_file(more: str, message: str, write_book: WriteBook) -> None:
    path = write_book(BOOK, {**FILES, "more.yaml": more})
    assert complaint(path).startswith(f"{path.parent}/{message}")


def test_a_lexicon_with_a_mistake_is_named(write_book: WriteBook) -> None:
    path = write_book(BOOK, {**FILES, "lexicons/rude.txt": "# title: 粗话\n笨蛋\n"})
    assert complaint(path) == f"{path.parent}/lexicons/rude.txt: the line '# source: …' is missing"


def test_a_book_without_clauses_is_none(write_book: WriteBook) -> None:
    path = write_book("name: a\nversion: 1\nsections: [{id: s, title: t, weight: 1}]\nclauses: []\n")
    assert complaint(path) == f"{path}:4: book: clauses: a book needs at least one clause"


def test_deep_conditions_are_refused_and_deep_enough_ones_are_not(changed: Callable[..., Path]) -> None:
    nested = "{not: " * 20 + "{lexicon: rude}" + "}" * 20
    load_book(changed("{lexicon: rude, unless_negated: true}", nested))
    assert "nested over" in complaint(
        changed("{lexicon: rude, unless_negated: true}", "{not: " * 5000 + "{lexicon: rude}" + "}" * 5000)
    )


def test_an_unknown_book_lists_the_bundled_ones() -> None:
    with pytest.raises(ConfigError, match=r"no rule book 'nope': it is no file, and the bundled ones are .*taobao"):
        load_book("nope")


@pytest.mark.parametrize("domains", ["", "[~]", "[null]", "[my shop]", "['https://']", "['*.']", "[shop, taobao.com]"])
@pytest.mark.parametrize(
    ("old", "new"), [("[shop.com]", "{}"), ("{lexicon: rude, u", "{{link: foreign, domains: {}}} #")]
)
def test_what_is_no_host_is_refused(old: str, new: str, domains: str, changed: Callable[..., Path]) -> None:
    said = complaint(changed(old, new.format(domains)))
    assert (
        "book.yaml:" in said
        and "domains: '" in said
        and said.endswith("is no host; give one such as shop.com, or [] for none")
    )


def test_patterns_that_are_too_much_together_are_told(write_book: WriteBook) -> None:
    rules = "".join(
        f"  - {{id: R{n}, clause: N1, message: m, severity: info, when: {{regex: '差评{n}\\p{{Han}}{{0,300}}返现'}}}}\n"
        for n in range(30)
    )
    path = write_book(BOOK.partition("rules:")[0] + "rules:\n" + rules, FILES)
    said = complaint(path)
    assert said.startswith(
        f"{path}:19: book: rules: the 31 patterns together need over 16 MB; shorten the gaps, such as "
    )
    assert "the largest: 差评" in said
