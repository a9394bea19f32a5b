"""Which column of a file is which field of a row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from csnlp.errors import ConfigError
from csnlp.text.printable import shown

HEADERS: dict[str, tuple[str, ...]] = {
    "id": ("id", "编号", "序号", "会话编号", "会话id", "对话id"),
    "reply": ("reply", "回复", "客服回复", "回复内容", "答复"),
    "question": ("question", "问题", "客户问题", "用户问题", "买家问题", "提问"),
    "context": ("context", "上下文", "对话上下文"),
    "context_text": ("context_text",),
    "reference": ("reference", "标准答案", "参考答案"),
    "agent": ("agent", "客服", "坐席", "客服昵称", "客服姓名"),
    "time": ("time", "时间", "回复时间"),
    "turns": ("turns", "对话", "对话记录", "聊天记录"),
}
"""The fields of a row, each with the column names that are taken for it without being told; the first found wins."""


NO_REPLY = "give the agent's words (another column: --map reply=COLUMN)"
"""What to do about a row without a reply."""


class Columns:
    """Finds the fields of a row under a file's own column names.

    ``mapping`` names the column of a field (``{"reply": "回复正文"}``); the other fields are looked for under
    :data:`HEADERS`. Raises :class:`ConfigError` for a field that does not exist, and for what is no such mapping.
    """

    def __init__(self, mapping: Mapping[str, str] | None = None) -> None:
        mapping = {} if mapping is None else mapping
        if not isinstance(mapping, Mapping) or not all(isinstance(name, str) for name in mapping.values()):
            raise ConfigError('columns must say which column a field is in, as {"reply": "回复正文"} does')
        self.mapping = dict(mapping)
        for field in self.mapping:
            if field not in HEADERS:
                raise ConfigError(f"{field!r} is not a field that can be mapped; the fields are {', '.join(HEADERS)}")
        self._names = {field: (self.mapping[field],) if field in self.mapping else HEADERS[field] for field in HEADERS}

    def pick(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The fields that ``row`` has, by field name."""
        found: dict[str, Any] = {}
        for field, names in self._names.items():
            for name in names:
                if name in row:
                    found[field] = row[name]
                    break
        return found

    def remedy(self, row: Mapping[str, Any]) -> str:
        """What to do about ``row``, which has neither a reply nor a conversation."""
        for field in ("reply", "turns"):
            name = self.mapping.get(field)
            if name is not None and name not in row:
                return f"correct --map {field}={name}: the keys of this row are {listed(list(row), 'key')}"
        return NO_REPLY

    def bind(self, header: Sequence[str], file: str) -> dict[str, int]:
        """The place of each field in a table's ``header``, names compared without case and outer blanks.

        Of names that differ only there, one written exactly so is taken. Raises :class:`ConfigError`, listing the
        header, when a mapped column is not there, when there is neither a reply nor a conversation in it, or when
        the name of a needed column stands there more than once.
        """
        bound = self.find(header, file)
        if "reply" not in bound and "turns" not in bound:
            raise ConfigError(
                f"{file}: no column holds the reply; the columns are {listed(header)}; "
                "name it with --map reply=COLUMN (or the conversation with --map turns=COLUMN), or give the file the "
                "header line that it lacks"
            )
        return bound

    def find(self, header: Sequence[str], file: str) -> dict[str, int]:
        """:meth:`bind` for a table that may lack the replies."""
        bound: dict[str, int] = {}
        for field, names in self._names.items():
            found = next(filter(None, (_places(header, name) for name in names)), [])
            if len(found) > 1:
                name = shown(header[found[0]].strip(), 40)
                raise ConfigError(
                    f"{file}: {len(found)} columns are named {name!r}, which is to hold the {field}; "
                    f"rename all but one of them; the columns are {listed(header)}"
                )
            if found:
                bound[field] = found[0]
            elif field in self.mapping:
                raise ConfigError(
                    f"{file}: there is no column {self.mapping[field]!r} for {field}; the columns are {listed(header)}"
                )
        return bound


def _places(header: Sequence[str], name: str) -> list[int]:
    exact = [place for place, column in enumerate(header) if column == name]
    return exact or [place for place, column in enumerate(header) if _folded(column) == _folded(name)]


def _folded(name: str) -> str:
    return name.strip().casefold()


def listed(names: Sequence[str], what: str = "column") -> str:
    """The names of a header, or the keys of a row, for a message.

    Where the header line is missing the names are a chat, which no message repeats: so what is not like a name is told
    by its place.
    """
    told = (name.strip() if is_name(name) else f"{what} {place}" for place, name in enumerate(names[:30], 1))
    return ", ".join(told) + (f" and {len(names) - 30} more" if len(names) > 30 else "")


def is_name(text: str) -> bool:
    """Whether ``text`` is like the name of a column: short, and an ASCII word or one that ends as Chinese names do."""
    text = text.strip()
    return len(text) <= _LONGEST and not _VALUE.search(text) and _NAME.fullmatch(text) is not None


_LONGEST = 20
_VALUE = re.compile(r"\d{4}")
_NAME = re.compile(
    r"[A-Za-z_][A-Za-z0-9_.-]*"
    r"|\w*(?:编号|序号|单号|ID|id|昵称|姓名|名称|标题|时间|日期|内容|正文|文本|消息|话术|类型|状态|来源|渠道|备注|评分|评价)"
    r"|\w*(?:回复|答复|回答|问题|提问|答案|上下文|记录|对话|会话|客服|坐席|客户|买家|用户|商品|店铺)"
)
