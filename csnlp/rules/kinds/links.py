"""Conditions on links and attachments: announced, well formed, on an allowed domain.

Whether a link still works is not asked: that needs the network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from csnlp.rules.case import Case
from csnlp.rules.kinds.names import Names
from csnlp.rules.negating import negated
from csnlp.rules.quoting import with_line_breaks
from csnlp.rules.reader import Entry
from csnlp.rules.verdict import NO, Condition, Span, Verdict, unknown
from csnlp.text.chat_codes import EMOJI_CODE
from csnlp.text.fold import fold

_URL_CHARS = r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*"
_URL = re.compile(
    rf"(?:https?[:：]?(?:[/\\]{{1,3}} ?(?=[a-z0-9])|[/\\]{{0,3}})|www\.)[A-Za-z0-9]{_URL_CHARS}",
    re.IGNORECASE,
)
_LABELS = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}"
_HOST = re.compile(rf"(?:https?://)?({_LABELS}[A-Za-z]{{2,18}})(?::\d{{2,5}})?(?:[/?#].*)?", re.IGNORECASE)
# An address without http or www: only where the last part is one that addresses end in, and no mail address.
_BARE = re.compile(
    rf"(?<![\w@.~%&=-])(?P<host>{_LABELS}(?:com|cn|net|org|cc|top|vip|xyz|shop|store|club|site|online|icu|cyou|wang|ltd"
    r"|link|live|ink|fun|work|website|space|tech|biz|info|mobi|asia|hk|tw|jp|kr|ru|uk|us|eu|tv|me|gov|edu))"
    rf"(?![A-Za-z0-9_@-]|\.[A-Za-z0-9])(?::\d{{2,5}})?(?P<path>/(?=[A-Za-z0-9]){_URL_CHARS})?",
    re.IGNORECASE | re.ASCII,
)
_SENDS = re.compile(
    r"(?P<not>别|勿|莫|不要|不能|不可以?|禁止)?(?:再|随意|随便|轻易|去)?"
    r"(?:打开|点开|点击?一?下?|登[录陆入]|访问|浏览器?|网[址站页]|链接|域名|官网|复制|输入|进入?|搜索?|[去到上])"
    r"(?:[:：]|一下|搜索?|打开|输入|这个|我们的?|新|官网|网[址站]|[是为在里]){0,3} ?$"
)
_SENT = re.compile(r" ?(?:这里|上面?|里面?)?(?:领|下单|购买|买|付款|充值|注册|登[录陆])")
_FILE = re.compile(r" ?(?:这个|的)?(?:文件|文档|目录|格式|后缀|插件|程序|域名)")
# A scheme with a slip in it (htp:/, htps://) in front of a name: nobody can open that.
_SLIP = re.compile(
    rf"(?<![A-Za-z])(?!https?[:：])(?:h+t+p*s?|h+pt+p?s?|t?tps?|hht+ps?)[:：][/\\]{{1,3}}[A-Za-z0-9]{_URL_CHARS}",
    re.IGNORECASE,
)
_MIN_NAME = 3
"""Characters of a bare address's name: a.cn is a file's, or an item's of a list."""
# A bare "http" is the name's own (httptaobao.com): a scheme has a colon or a slash behind it.
_AUTHORITY = re.compile(r"https?(?:[:：][/\\]{0,3}|[/\\]{1,3}) ?([^/\\?#]*)", re.IGNORECASE)
_PORT = re.compile(r":\d*$")
_NAME_OR_NUMBER = re.compile(rf"{_LABELS}[a-z]{{2,18}}|\d{{1,3}}(?:\.\d{{1,3}}){{3}}")
# Full-width marks end an address; folded into half-width ones they would be part of it.
_MARKS = frozenset("，！？；：（）")
_BEFORE_DOMAIN = re.compile(r"^(?:https?://)?(?:\*\.)?(?:www\.(?=[^/]+\.))?", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"\[(?:链接|网址|图片|视频|文件|附件)x?\]|【(?:链接|网址|图片|视频|文件|附件)】"
    # a file by its name, which says nothing
    r"|(?<![\w./-])[A-Za-z0-9_.()-]{1,60}\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|mp4|jpe?g|png)(?![\w./-])",
    re.IGNORECASE | re.ASCII,
)
_WORDS = re.compile(r"[\u4e00-\u9fff]|[A-Za-z]{2,}")
_COURTESY = re.compile(
    r"[您你]们?好|亲爱的|亲|在的|好[的哒滴]|[嗯哦哈呢呀啊哒]|(?:麻烦|请)?[您你]?(?:稍等|稍候|等一?下)(?:一?下|片刻)?|谢谢[您你]?"
    r"|(?:请问)?有什么(?:可以|能)?帮(?:助|到)?[您你]的?吗?"
)
MIN_ANNOUNCEMENT = 3
"""Words or Chinese characters beside a link, besides courtesy, that can say what it is: 说明书 has three."""

CHECKS = ("present", "malformed", "foreign", "unannounced")


@dataclass(frozen=True, slots=True)
class Link(Condition):
    """``present``: the reply has a link or attachment; ``malformed``: one is no proper address; ``foreign``: one leads
    outside ``domains``; ``unannounced``: nothing is said beside them, in the reply or in the agent's messages around
    it."""

    check_for: str
    domains: tuple[str, ...]

    cost = 3

    def check(self, case: Case, /) -> Verdict:
        folded = case.reply.folded
        text, urls, spans = _found(case.exchange.reply)
        if not spans:
            return NO if self.check_for == "present" else unknown("no_match")
        shown = tuple(folded.original_span(*span) for span in spans)
        if self.check_for == "present":
            return Verdict(True, shown)
        if self.check_for == "unannounced":
            words = sum(_announcing(message) for message in _messages(case))
            return Verdict(True, shown) if words < MIN_ANNOUNCEMENT else NO
        wanted = _is_malformed if self.check_for == "malformed" else self._is_foreign
        whole = [(span, text[slice(*span)]) for span in urls]
        bad = [span for span, url in whole if "[" not in _authority(url) and wanted(url.rstrip(".,;:!?)'"))]
        if self.check_for == "foreign":  # whoever warns of an address sends nobody there
            bad = [span for span in bad if not negated(text, *span)]
        return Verdict(True, tuple(folded.original_span(*span) for span in bad)) if bad else NO

    def _is_foreign(self, url: str) -> bool:
        host = _host(url)
        return bool(host) and not any(host == domain or host.endswith("." + domain) for domain in self.domains)


@lru_cache(maxsize=16)
def _found(reply: str) -> tuple[str, tuple[Span, ...], tuple[Span, ...]]:
    """``reply`` folded, the addresses in it, and where they and the attachments stand. A book asks several things of
    them."""
    folded = fold(reply)
    chars = list(with_line_breaks(reply))
    for place, offset in enumerate(folded.offsets):
        if reply[offset] in _MARKS:
            chars[place] = reply[offset]
    text = "".join(chars)
    urls = [match.span() for match in _URL.finditer(text) if "." in match.group() or "/" in match.group()]
    urls += [match.span() for match in _SLIP.finditer(text)]
    if "." in text:
        bare = [match.span() for match in _BARE.finditer(text) if _is_address(match)]
        urls += [span for span in bare if not any(span[0] < end and start < span[1] for start, end in urls)]
    masks = [match.span() for match in _PLACEHOLDER.finditer(text)]
    return text, tuple(sorted(urls)), tuple(sorted((*urls, *masks)))


def _is_address(match: re.Match[str]) -> bool:
    """Whether what looks like a bare address is one: it has a path, or the customer is sent there. A company's name
    (booking.com) or a file's may look the same."""
    *_, name, ending = match["host"].split(".")
    if ending == "net" and name in ("asp", "vb", "ado"):
        return False
    if match["path"]:
        return len(name) >= _MIN_NAME or len(ending) == 2 or ending == "com"
    text, (start, end) = match.string, match.span()
    if len(name) < _MIN_NAME or _FILE.match(text, end):
        return False
    before = text[max(0, start - 24) : start]
    sends = _SENDS.search(before)
    if sends:
        return sends["not"] is None
    alone = not before.strip() and not text[end:].strip()
    return alone or (_SENT.match(text, end) is not None and not before.endswith(("在", "从", "是")))


def _host(url: str) -> str:
    """The host that ``url`` leads to: behind an @, which makes what stands before it a disguise. Empty: it has none."""
    host = _PORT.sub("", _authority(url).rpartition("@")[2]).lower()
    return host if _NAME_OR_NUMBER.fullmatch(host) else ""


def _authority(url: str) -> str:
    """What of ``url`` names its host; with a [ in it, a mask cuts it off (http://[链接x])."""
    match = _AUTHORITY.match(url)
    return match[1] if match else re.split(r"[/?#]", url, maxsplit=1)[0]


def _messages(case: Case) -> Iterator[str]:
    """The reply, and the agent's messages right before and after it: one may say what the next one shows."""
    yield from (turn.text for turn in case.turns("burst") or ())
    yield from (turn.text for turn in takewhile(lambda turn: turn.role == "agent", case.exchange.after or ()))


def _announcing(message: str) -> int:
    """How many words of ``message`` can say what a link or attachment is."""
    text, _, spans = _found(message)
    rest = EMOJI_CODE.sub(" ", "".join(_outside(text, spans)))
    return len(_WORDS.findall(_COURTESY.sub(" ", rest)))


def _outside(text: str, spans: tuple[Span, ...]) -> Iterator[str]:
    """What stands around ``spans``."""
    done = 0
    for start, end in spans:
        yield text[done:start] + " "
        done = max(done, end)
    yield text[done:]


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
    """Also where it breaks off: …/item.htm?id="""
    return _HOST.fullmatch(url) is None or re.search(r"[?&]\w*id=$", url) is not None
