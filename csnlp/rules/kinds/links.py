"""Conditions on links and attachments: announced, well formed, on an allowed domain.

Whether a link still works is not asked: that needs the network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from csnlp.rules.case import Case
from csnlp.rules.kinds.names import Names
from csnlp.rules.reader import Entry
from csnlp.rules.verdict import NO, Condition, Span, Verdict, unknown

_URL = re.compile(r"(?:https?[:：]?[/\\]{0,3}|www\.)[A-Za-z0-9][A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*", re.IGNORECASE)
_HOST = re.compile(
    r"(?:https?://)?((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,18})(?::\d{2,5})?(?:[/?#].*)?",
    re.IGNORECASE,
)
_BEFORE_DOMAIN = re.compile(r"^(?:https?://)?(?:\*\.)?(?:www\.(?=[^/]+\.))?", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\[(?:链接|网址|图片|视频|文件|附件)x?\]")
_WORDS = re.compile(r"[\u4e00-\u9fff]|[A-Za-z]{2,}")
MIN_ANNOUNCEMENT = 4
"""Words or Chinese characters beside a link that can say what it is: 这是链接 has four."""

CHECKS = ("present", "malformed", "foreign", "unannounced")


@dataclass(frozen=True, slots=True)
class Link(Condition):
    """``present``: the reply has a link or attachment; ``malformed``: one is no proper address; ``foreign``: one leads
    outside ``domains``; ``unannounced``: nothing is said beside them."""

    check_for: str
    domains: tuple[str, ...]

    cost = 3

    def check(self, case: Case, /) -> Verdict:
        text = case.exchange.reply
        urls, spans = _found(text)
        if self.check_for == "present":
            return Verdict(True, spans) if spans else NO
        if not spans:
            return unknown("no_match")
        if self.check_for == "unannounced":
            rest = _PLACEHOLDER.sub(" ", _URL.sub(" ", text))
            return Verdict(True, spans) if len(_WORDS.findall(rest)) < MIN_ANNOUNCEMENT else NO
        whole = [match for match in urls if "[" not in match.group()]  # the others are cut off by a mask
        wanted = _is_malformed if self.check_for == "malformed" else self._is_foreign
        bad = tuple(match.span() for match in whole if wanted(match.group().rstrip(".,;:!?)'")))
        return Verdict(True, bad) if bad else NO

    def _is_foreign(self, url: str) -> bool:
        match = _HOST.fullmatch(url)
        if match is None:
            return False  # malformed: said by that check
        host = match[1].lower()
        return not any(host == domain or host.endswith("." + domain) for domain in self.domains)


@lru_cache(maxsize=16)
def _found(text: str) -> tuple[tuple[re.Match[str], ...], tuple[Span, ...]]:
    """The addresses in ``text``, and where they and the attachments stand. A book asks several things of them."""
    urls = tuple(match for match in _URL.finditer(text) if "." in match.group() or "/" in match.group())
    return urls, tuple(sorted(match.span() for match in (*urls, *_PLACEHOLDER.finditer(text))))


def parse(entry: Entry, names: Names) -> Condition:
    return Link(entry.choice("link", CHECKS), hosts(entry, names.domains))


def hosts(entry: Entry, default: tuple[str, ...]) -> tuple[str, ...]:
    """The hosts under ``domains``, which may stand there as people copy them: https://www.shop.com/, *.shop.com."""
    found = []
    for domain in entry.texts("domains", default):
        match = _HOST.fullmatch(_BEFORE_DOMAIN.sub("", domain.strip()))
        if match is None:
            raise entry.error("domains", f"{domain!r} is no host; give one such as shop.com, or [] for none")
        found.append(match[1].lower())
    return tuple(found)


def _is_malformed(url: str) -> bool:
    return _HOST.fullmatch(url) is None
