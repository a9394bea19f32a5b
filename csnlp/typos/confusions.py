"""Which characters are mistaken for which: read alike, read nearly alike, or look alike."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

SAME_SOUND: Final = 0
NEAR_SOUND: Final = 1
LOOK_ALIKE: Final = 2

# Never a slip that matters or can be told: pronouns, particles, chat spellings that are style.
_STYLE = (
    "他她它", "的地得滴嘀哒低底", "做作", "帐账", "像象", "啊阿呵", "呢呐", "吗嘛么麻", "吧罢八", "哦噢喔奥", "您你",
    "咯了啦喽", "那哪呐", "是素", "不表", "我偶", "没木", "喜稀", "非灰", "知造", "怎肿", "有哟呦", "嗯恩", "亲请",
    "呀鸭丫", "那辣", "哥个", "这酱", "妹美", "什神", "过锅", "姐界", "元圆", "只支枝", "侯候",
)  # fmt: skip


@cache
def confusions(character: str) -> dict[str, int]:
    """The characters that ``character`` may stand for by mistake, each with the kind of likeness."""
    found: dict[str, int] = dict.fromkeys(_shapes().get(character, ""), LOOK_ALIKE)
    readings, by_sound, by_near_sound = _sounds()
    for syllable in readings.get(character, ()):
        found.update(dict.fromkeys(by_near_sound[_blur(syllable)], NEAR_SOUND))
    for syllable in readings.get(character, ()):
        found.update(dict.fromkeys(by_sound[syllable], SAME_SOUND))
    style = {other for group in _STYLE if character in group for other in group}
    return {other: kind for other, kind in found.items() if other != character and other not in style}


def _blur(syllable: str) -> str:
    """``syllable`` without what many speakers do not tell apart: zh/z, ch/c, sh/s, n/l, -ng/-n."""
    syllable = re.sub(r"^([zcs])h", r"\1", syllable)
    return re.sub(r"([aei])ng$", r"\1n", "l" + syllable[1:] if syllable.startswith("n") else syllable)


@lru_cache(maxsize=1)
def _sounds() -> tuple[dict[str, list[str]], dict[str, str], dict[str, str]]:
    readings: defaultdict[str, list[str]] = defaultdict(list)
    by_sound: dict[str, str] = {}
    by_near_sound: defaultdict[str, str] = defaultdict(str)
    for syllable, characters in map(str.split, _lines("sounds.txt")):
        by_sound[syllable] = characters
        by_near_sound[_blur(syllable)] += characters
        for character in characters:
            readings[character].append(syllable)
    return readings, by_sound, by_near_sound


@lru_cache(maxsize=1)
def _shapes() -> dict[str, str]:
    return {line[0]: line[1:] for line in _lines("shapes.txt")}


def _lines(name: str) -> list[str]:
    text = files("csnlp.typos").joinpath(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]
