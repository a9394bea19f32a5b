from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from csnlp.errors import ConfigError
from csnlp.rules.lexicon import Lexicon, lexicon_files, read_lexicon

HEADER = "# title: 粗话\n# source: written for this test\n"


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str | bytes], Lexicon]:
    def write_and_read(content: str | bytes) -> Lexicon:
        path = tmp_path / "rude.txt"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_lexicon(path)

    return write_and_read


def test_terms_innocent_words_and_alternatives(read: Callable[[str], Lexicon]) -> None:
    lexicon = read(HEADER + "# spelling: loose\n[傻煞][逼b]\n\n  笨蛋  \n笨蛋\n-[大小]笨蛋糕\n# a note, no key\n")
    assert lexicon.name == "rude" and lexicon.title == "粗话" and lexicon.loose
    assert lexicon.terms == ("傻逼", "傻b", "煞逼", "煞b", "笨蛋")
    assert lexicon.innocent == ("大笨蛋糕", "小笨蛋糕")


def test_a_comma_in_a_strict_term_may_be_a_space_in_a_chat(read: Callable[[str], Lexicon]) -> None:
    assert read(HEADER + "没办法，就这样\n").terms == ("没办法,就这样", "没办法 就这样")


def test_strict_is_the_default(read: Callable[[str], Lexicon]) -> None:
    assert not read(HEADER + "笨蛋\n").loose


@pytest.mark.parametrize(
    "content",
    [
        (HEADER + "笨蛋\n傻瓜\n").replace("\n", "\r\n").encode(),
        ("\ufeff" + HEADER + "笨蛋\n傻瓜\n").encode(),
        (HEADER + "笨蛋\n傻瓜").encode(),
    ],
)
def test_a_file_of_any_editor_can_be_read(content: bytes, read: Callable[[bytes], Lexicon]) -> None:
    assert read(content).terms == ("笨蛋", "傻瓜")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("# source: x\n笨蛋\n", "rude.txt: the line '# title: …' is missing"),
        ("# title: x\n# source:\n笨蛋\n", "rude.txt: the line '# source: …' is missing"),
        (HEADER, "rude.txt: has no terms"),
        (HEADER + "-笨蛋\n", "rude.txt: has no terms"),
        (HEADER + "# spelling: lose\n笨蛋\n", "rude.txt: spelling: 'lose' is not allowed; allowed: strict, loose"),
        (HEADER + "# spleling: loose\n笨蛋\n", "rude.txt:3: unknown key 'spleling'; allowed: title, source, spelling"),
        (HEADER + "笨蛋\n-\n", "rude.txt:4: an empty term"),
        (HEADER + "笨蛋\n\u200b\n", "rude.txt:4: an empty term"),
        (HEADER + "[傻煞逼\n", "rude.txt:3: [ and ] go in pairs"),
        (HEADER + "傻]逼\n", "rude.txt:3: [ and ] go in pairs"),
        (HEADER + "傻[]逼\n", "rude.txt:3: [ and ] go in pairs"),
        (HEADER + "[0123456789]" * 3 + "\n", "rude.txt:3: stands for 1000 terms, over 500; split it"),
        (HEADER + "[01]" * 10_000 + "\n", "rude.txt:3: stands for"),
        ((HEADER + "笨蛋\n").encode("gb18030"), "rude.txt: cannot be read as UTF-8"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_what_is_allowed(
    content: str | bytes, message: str, read: Callable[[str | bytes], Lexicon], tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(content)
    assert str(caught.value).startswith(f"{tmp_path}/{message}")


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.txt: cannot be read"):
        read_lexicon(tmp_path / "gone.txt")


def test_the_files_of_a_folder_are_known_by_name(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "notes.md"):
        (tmp_path / name).write_text("")
    assert list(lexicon_files(tmp_path)) == ["a", "b"]


def test_every_bundled_lexicon_can_be_read() -> None:
    lexicons = [read_lexicon(path) for path in lexicon_files().values()]
    assert lexicons and all(lexicon.terms and lexicon.title and lexicon.source for lexicon in lexicons)
