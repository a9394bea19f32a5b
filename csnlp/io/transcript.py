"""Plain chat transcripts, as exported from chat tools or typed by hand.

A turn begins with a line that names its speaker, and goes on over the lines after it::

    客户：在吗？                            买家 2024-05-01 10:00:00
    [2024-05-01 10:00:05] 客服：在的亲       在吗？
                                           旗舰店:小美 (2024-05-01 10:00:05): 在的亲

Speakers are the words of :mod:`csnlp.io.roles`. A personal name counts as a speaker when it opens the conversation,
or stands in a timed line written like the opening one. 亲, 会员 and 商家 before a bare colon are taken for words of
the turn that goes on, unless they opened the conversation, or 商家 is the only agent so far. In a chat of two, the
one named speaker is the other side of the one who is known. A line ``---`` or ``===``, with an id behind it if you
like, begins a new conversation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from csnlp.errors import InputError
from csnlp.io.badrow import BadRow, Record
from csnlp.io.roles import ADDRESSES, is_role_name, likely_role, speaker_role
from csnlp.io.times import TIME_PATTERN
from csnlp.io.turns import ParsedTurn, exchanges_of, make_turn
from csnlp.types import Role
from csnlp.validation import MAX_TEXT, MAX_TURNS, check_text

_SEPARATOR = re.compile(r"(-{3,}|={3,})(?:\s+(?P<id>\S.*?))??(?:\s+\1)?")
_OPEN, _CLOSE = r"[\[(（【]\s*", r"\s*[\])）】]"
_NAME = r"(?P<name>[^\s:：\[\]【】(（][^:：\[\]【】]{0,40}?)"
_HEADS = {
    # [time] speaker: text (also a clock time alone, which is not kept: it says no date)
    "time first": re.compile(
        rf"(?:{_OPEN})?(?:(?P<time>{TIME_PATTERN})|\d{{1,2}}:\d\d(?::\d\d)?)(?:{_CLOSE})?\s*{_NAME}\s*[:：]\s*"
    ),
    # speaker (time): text, and the same with the text on the lines after it
    "time behind": re.compile(rf"(?P<name>\S.{{0,60}}?)\s*{_OPEN}(?P<time>{TIME_PATTERN}){_CLOSE}\s*(?:[:：]\s*|$)"),
    # speaker time, or time speaker, with the text on the lines after it
    "line": re.compile(rf"(?P<name>\S{{1,60}})\s+(?P<time>{TIME_PATTERN})$"),
    "line turned": re.compile(rf"(?:{_OPEN})?(?P<time>{TIME_PATTERN})(?:{_CLOSE})?\s+(?P<name>\S{{1,60}})$"),
    # speaker: text
    "plain": re.compile(r"(?P<name>[^\s:：][^:：]{0,40}?)\s*[:：]\s*"),
}
_HEAD_LENGTH = 200
"""A line's head is looked for in so many characters, so that no line can be slow to read."""

_NICKNAME = re.compile(r"(?![\d.T\-]*$)[\w*·.\-]{1,20}")


@dataclass(slots=True)
class _Turn:
    line: int
    name: str
    time: str | None
    parts: list[str]
    size: int = 0

    def add(self, text: str) -> None:
        # A text past the limit is refused as a whole later, so what is beyond need not be held.
        if self.size <= MAX_TEXT:
            self.parts.append(text)
            self.size += len(text) + 1


@dataclass(slots=True)
class Chat:
    """One conversation of a transcript while it is read. ``stray`` is the first line that belongs to no speaker."""

    line: int
    id: str = ""
    stray: int | None = None
    _style: str = field(default="", init=False)
    _names: set[str] = field(default_factory=set, init=False)
    _has_agent: bool = field(default=False, init=False)
    _turns: list[_Turn] = field(default_factory=list, init=False)

    def add(self, line: int, text: str) -> None:
        """Take one line in: it opens a turn, goes on with the last one, or belongs to nobody."""
        if opened := self._opens(text):
            style, name, time, rest = opened
            self._style = self._style or style
            if len(self._turns) <= MAX_TURNS:
                if name not in self._names:
                    self._names.add(name)
                    self._has_agent |= _side(name) == "agent"
                self._turns.append(_Turn(line, name, time, []))
                self._turns[-1].add(rest)
        elif self._turns:
            self._turns[-1].add(text)
        elif text.strip() and self.stray is None:
            self.stray = line

    def turns(self, field: str = "") -> list[ParsedTurn]:
        """The turns, with each speaker's side worked out; ``field`` names them in messages."""
        roles = _sides(self._names)
        parsed = []
        for number, turn in enumerate(self._turns, 1):
            place = f"{field}[{number}]" if field else ""
            role: Role | InputError | None = roles[turn.name]
            if role is None:
                role = InputError(f"{place}.role".lstrip("."), "is not a known speaker", _REMEDY)
            text = "\n".join(turn.parts).strip()
            parsed.append(make_turn(role, text, turn.time, field=place, line=turn.line))
        return parsed

    def agent(self) -> str | None:
        """The agent's own name, if there is one agent who goes by one."""
        names = [name for name, role in _sides(self._names).items() if role == "agent" and not is_role_name(name)]
        return names[0] if len(names) == 1 else None

    def _opens(self, text: str) -> tuple[str, str, str | None, str] | None:
        text = text.strip()
        head = text[:_HEAD_LENGTH]
        for style, pattern in _HEADS.items():
            if not (match := pattern.match(head)):
                continue
            name = match["name"].strip()
            if name in self._names or self._is_speaker(style, name) or self._may_be_name(style, name):
                return style, name, match.groupdict().get("time"), text[match.end() :]
        return None

    def _is_speaker(self, style: str, name: str) -> bool:
        role = speaker_role(name)
        if style == "plain" and name in ADDRESSES:
            # Somebody has to be the agent: 商家 is, until another one has spoken.
            return role == "agent" and not self._has_agent
        return role is not None

    def _may_be_name(self, style: str, name: str) -> bool:
        if not _NICKNAME.fullmatch(name):
            return False
        return not self._turns or (style != "plain" and style == self._style)


def parse_transcript(text: str, field: str, line: int) -> list[ParsedTurn]:
    """The turns of one conversation written as text, all at ``line``.

    Raises :class:`InputError` at ``field`` when a part of the text has no known speaker.
    """
    chat = Chat(line)
    for part in re.split(r"\r\n|\r|\n", text):
        chat.add(line, part)
    if chat.stray is not None:
        raise InputError(field, "does not name who speaks", f"{_REMEDY}; a bare question goes into the field question")
    return chat.turns(field)


def read_transcript(lines: Iterable[tuple[int, str | None]], file: str) -> Iterator[Record]:
    """The exchanges of a transcript, from its numbered lines (None: a line too long to read)."""
    chat: Chat | None = None
    for line, text in lines:
        if text is None:
            error = InputError("line", "is too long to be read", "break it up")
            yield Record(line, BadRow.of(error, file, line))
        elif len(text) <= _HEAD_LENGTH and (separator := _SEPARATOR.fullmatch(text.strip())):
            if chat:
                yield from _records(chat, file)
            id = separator["id"] or ""
            try:
                check_text("id", id)
            except InputError as error:
                yield Record(line, BadRow.of(error, file, line))
                id = ""
            chat = Chat(line, id)
        elif chat or text.strip():
            chat = chat or Chat(line)
            chat.add(line, text.rstrip("\n"))
    if chat:
        yield from _records(chat, file)


def _records(chat: Chat, file: str) -> Iterator[Record]:
    turns = chat.turns()
    id = chat.id or str(turns[0].line if turns else chat.line)
    if chat.stray is not None:
        error = InputError("line", "does not name who speaks", _REMEDY)
        yield Record(chat.stray, BadRow.of(error, file, chat.stray, id))
    if turns:
        yield from exchanges_of(turns, id, agent=chat.agent(), file=file, line=turns[0].line)


def _sides(names: set[str]) -> dict[str, Role | None]:
    roles = {name: _side(name) for name in names}
    unknown = [name for name, role in roles.items() if role is None]
    known = {role for role in roles.values() if role}
    if len(unknown) == 1 and len(known) == 1:
        roles[unknown[0]] = "customer" if known == {"agent"} else "agent"
    return roles


def _side(name: str) -> Role | None:
    return speaker_role(name) or likely_role(name)


_REMEDY = "begin each turn with its speaker, as in 客户：… and 客服：…"
