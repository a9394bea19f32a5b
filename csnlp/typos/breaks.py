"""A reply that breaks off: its last words ask for more."""

from __future__ import annotations

import re

# Behind these words a sentence must go on. Words of their own with the same ending are kept out by the look-behinds.
_OPEN = re.compile(
    r"""(?:
        因为 | 由于 | 但是 | 可是 | 而且 | 并且 | 或者 | 以及 | 如果 | 所以 | 因此 | 虽然 | 尽管 | 即使 | 除非 | 无论
      | (?<![以认因成])为了 | 关于 | 对于 | 不管是 | 要不然就 | 前提是 | 原因是 | 也就是说 | 然后再 | (?<!要)还是您
      | (?:的时候|之后|以后|的话)[，,]?您 | (?<![邀申恳敬])请您 | 提供(?:一下|下)?您的 | 需要您?(?:在|把|将)
      | 给您带来了?(?:很大|极大|诸多)?的 | 造成了?的 | [，,](?:就|而|并|则|与|选择) | (?:您|我们|经|已|午|天|日)被
      | (?<![参赠给授付涉])与 | (?<![暖平温柔缓总共随饱谐亲调中祥我您你不软和掺搅揉附])和
    )[ ]?[。，,、；;]?[ ]?\Z""",
    re.VERBOSE,
)
_LEAST_LENGTH = 6
_REACH = 16


def break_off(text: str) -> tuple[int, int] | None:
    """The span of the last words of ``text`` (folded) when the sentence cannot end there."""
    if len(text) < _LEAST_LENGTH:
        return None
    found = _OPEN.search(text, max(0, len(text) - _REACH))
    return found.span() if found else None
