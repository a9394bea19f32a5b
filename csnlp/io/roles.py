"""Who is speaking: the one table of names for the two sides of a chat."""

from __future__ import annotations

import re

from csnlp.errors import InputError
from csnlp.types import Role

CUSTOMER_NAMES = (
    "customer", "user", "buyer", "client", "visitor", "guest", "consumer",
    "客户", "顾客", "买家", "用户", "客", "客人", "访客", "消费者", "亲", "买方", "会员",
)  # fmt: skip
AGENT_NAMES = (
    "agent", "assistant", "seller", "service", "staff", "bot", "merchant", "shop",
    "客服", "卖家", "商家", "店家", "服", "坐席", "座席", "店小二", "小二", "机器人", "人工客服", "智能客服",
    "在线客服", "客服专员", "客服人员", "店主", "掌柜", "卖方",
)  # fmt: skip

ADDRESSES = ("亲", "会员", "商家")
"""Names that also open a line of what an agent says (``亲：请看详情页``)."""

_ROLES: dict[str, Role] = {
    **dict.fromkeys(CUSTOMER_NAMES, "customer"),
    **dict.fromkeys(AGENT_NAMES, "agent"),
}  # fmt: skip

# A role's name with a number or a name of its own behind it: 客服01, 客服A, 客服-小美, 客户(张女士).
_NUMBERED = re.compile(
    r"(?P<role>[^\W\d_]+?)\s*(?:[-_/·]?\d{1,8}|[-_ ]?[A-Z]|[-_/·]\w{1,20}|[(（][^()（）]{1,40}[)）])"
)
_SHOP = re.compile(r"[:：]|(?:旗舰|专营|专卖|官方|企业|自营)店")


def role_of(name: object, field: str) -> Role:
    """The side that ``name`` stands for, in any case; :class:`InputError` at ``field`` lists what is allowed."""
    if not isinstance(name, str) or not name.strip():
        raise InputError(field, "is missing" if name is None or name == "" else "is not a name", _ALLOWED)
    role = _ROLES.get(name.strip().casefold())
    if role is None:
        # The value itself stays out of the message: it is often a person's name.
        raise InputError(field, "is not a known role", _ALLOWED)
    return role


def is_role_name(name: str) -> bool:
    """Whether ``name`` is the name of a side, and so of nobody in particular."""
    return name.strip().casefold() in _ROLES


def speaker_role(name: str) -> Role | None:
    """The side of a speaker as transcripts write it (``客服01``, ``客户(张)``, ``店铺:小美``); None if not known."""
    name = name.strip()
    if role := _ROLES.get(name.casefold()):
        return role
    if (match := _NUMBERED.fullmatch(name)) and (role := _ROLES.get(match["role"].casefold())):
        return role
    # Sellers' platforms show an agent as "shop:agent" or under the shop's own name; buyers have neither.
    return "agent" if _SHOP.search(name) else None


def likely_role(name: str) -> Role | None:
    """The side of a speaker's own name that has a role's name at an end (``客服小美``, ``buyer_77``); None if unclear.

    Only for what is known to be a speaker: ``客服电话`` before a colon is none.
    """
    folded = name.casefold()
    found = {role for known, role in _ROLES.items() if len(known) > 1 and _at_end(known, folded)}
    return found.pop() if len(found) == 1 else None


def _at_end(known: str, name: str) -> bool:
    whole = r"(?![a-z])" if known.isascii() else ""
    return re.match(known + whole, name) is not None or (not known.isascii() and name.endswith(known))


_ALLOWED = f"use customer ({', '.join(CUSTOMER_NAMES[1:])}) or agent ({', '.join(AGENT_NAMES[1:])})"
