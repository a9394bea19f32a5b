from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from csnlp.cli.main import main
from csnlp.rules import load_book
from csnlp.rules.case import Case
from csnlp.rules.engine import apply
from csnlp.rules.lint import lint
from csnlp.rules.loading import FOLDER
from csnlp.types import Exchange

from .conftest import BOOK, FILES, RUDE, complaint

WriteBook = Callable[..., Path]

CHILD = """\
name: child
version: 2
extends: parent.yaml
without: [N2-thanks]
review_below: 0.9
rules:
  - {id: N1-rude, clause: N1, message: 更重, severity: major, points: -7, when: {lexicon: rude}}
  - {id: N1-new, clause: N1, message: 新, severity: minor, points: -1, when: {regex: 新}}
"""


def test_a_book_extends_another(write_book: WriteBook) -> None:
    book = load_book(write_book(CHILD, {"parent.yaml": BOOK, **FILES}))
    assert (book.name, book.version, book.review_below) == ("child", "2", 0.9)
    assert [clause.id for clause in book.clauses] == ["N1", "N2"] and book.ceilings["critical"] == 40
    assert {rule.id: rule.points for rule in book.rules} == {"N1-rude": -7, "N1-new": -1}


NAMED = """\
name: parent
version: 1
conditions:
  swears: {regex: 滚}
sections: [{id: s, title: 节, weight: 1}]
clauses: [{id: N1, section: s, title: 条, weight: 10}]
rules:
  - {id: N1-a, clause: N1, message: 甲, severity: minor, points: -1, when: {condition: swears}}
  - id: N1-b
    clause: N1
    message: 乙
    severity: minor
    points: -1
    when: {all: [{condition: swears}, {not: {regex: 啊}}]}
"""


def test_a_condition_that_is_extended_is_another_in_the_rules_of_both(write_book: WriteBook) -> None:
    def fired(text: str, reply: str, **files: str) -> list[str]:
        book = load_book(write_book(text, {f"{name}.yaml": content for name, content in files.items()}))
        case = Case(Exchange(reply), book.scanner, {}, {}, frozenset())
        return [rule.id for rule in book.rules if apply(rule, case).holds]

    assert fired(NAMED, "滚") == ["N1-a", "N1-b"] and fired(NAMED, "滚啊") == ["N1-a"]
    child = "name: child\nversion: 1\nextends: parent.yaml\nconditions: {swears: {regex: 呸}}\n"
    assert fired(child, "呸", parent=NAMED) == ["N1-a", "N1-b"] and fired(child, "滚", parent=NAMED) == []


def test_a_named_condition_that_no_rule_uses_is_told(write_book: WriteBook) -> None:
    book = load_book(write_book(NAMED.replace("{regex: 滚}", "{regex: 滚}\n  idle: {regex: 滚}")))
    assert [p.subject for p in lint(book, date(2026, 1, 1)) if "that no rule uses" in p.message] == ["idle"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "{condition: swears}}",
            "{condition: curses}}",
            "book.yaml:8: N1-a.when: condition: 'curses' is not among the book's conditions; allowed: swears",
        ),
        (
            "{regex: 滚}",
            "{regex: 滚}\n  twice: {condition: swears}",
            "book.yaml:5: book.conditions.twice: condition: 'swears' is not among the book's conditions; "
            "allowed: none (one that has a name itself names no other)",
        ),
        ("{regex: 滚}", "{regex: '('}", "book.yaml:4: book.conditions.swears: regex:"),
        (
            "conditions:",
            "include: [more.yaml]\nconditions:",
            "swears: a condition of this name stands in the book already",
        ),
    ],
)
def test_a_named_condition_that_is_none_is_told(old: str, new: str, message: str, write_book: WriteBook) -> None:
    path = write_book(NAMED.replace(old, new, 1), {"more.yaml": "conditions: {swears: {regex: 呸}}\n"})
    assert message in complaint(path)


@pytest.mark.parametrize("command", ["test", "lint"])
def test_the_documented_book_of_a_shop_passes(
    command: str, write_book: WriteBook, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    example = text.partition("```yaml\n")[2].partition("```")[0]
    assert "extends: taobao" in example
    assert main(["rules", command, str(write_book(example))]) == 0, capsys.readouterr().out


def test_what_a_book_leaves_out_is_gone_for_those_that_extend_it(write_book: WriteBook) -> None:
    grandchild = "name: grandchild\nversion: 3\nextends: child.yaml\n"
    files = {"child.yaml": CHILD, "parent.yaml": BOOK, **FILES}
    assert [rule.id for rule in load_book(write_book(grandchild, files)).rules] == ["N1-rude", "N1-new"]
    less = load_book(write_book(grandchild + "without: [N1-new, N1-new]\n", files))
    assert [rule.id for rule in less.rules] == ["N1-rude"]
    again = "rules: [{id: N2-thanks, clause: N2, message: 谢, severity: info, when: {regex: 多谢}}]\n"
    assert [rule.id for rule in load_book(write_book(grandchild + again, files)).rules][-1] == "N2-thanks"
    path = write_book(grandchild + "without: [N2-thanks]\n", files)
    assert complaint(path) == (f"{path}:4: book: without: 'N2-thanks' is not allowed here; allowed: N1-rude, N1-new")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("parent.yaml", "gone.yaml", "book.yaml:3: book: extends: 'gone.yaml' is no bundled book and no file"),
        ("parent.yaml", "book.yaml", "book.yaml:3: book: extends: more than 5 books extend one another"),
        ("[N2-thanks]", "[N3]", "book.yaml:4: book: without: 'N3' is not allowed here; allowed: N1-rude, N2-thanks"),
        ("review_below: 0.9", "review_blow: 0.9", "book.yaml:5: book: review_blow: unknown key; allowed: "),
        ("id: N1-new", "id: N1-rude", "book.yaml:8: N1-rude: id: 'N1-rude' stands at"),
    ],
)
def test_a_mistake_in_extending_is_told(old: str, new: str, message: str, write_book: WriteBook) -> None:
    path = write_book(CHILD.replace(old, new), {"parent.yaml": BOOK, **FILES})
    assert complaint(path).startswith(f"{path.parent}/{message}")


def test_no_lexicon_takes_the_name_of_another(write_book: WriteBook) -> None:
    shop = "name: shop\nversion: 1\nextends: taobao\nrules: []\n"
    path = write_book(shop, {"lexicons/vulgar.txt": RUDE})
    said = complaint(path)
    assert said.startswith(f"{path.parent}/lexicons/vulgar.txt: the name 'vulgar' is taken by ")
    assert said.endswith("lexicons/vulgar.txt; give this lexicon another name")
    parent = write_book(BOOK, FILES)
    path = write_book(CHILD.replace("parent.yaml", str(parent)), {"lexicons/rude.txt": RUDE})
    assert f"the name 'rude' is taken by {parent.parent}/lexicons/rude.txt" in complaint(path)
