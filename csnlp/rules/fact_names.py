"""What else chats call a fact: 邮费 for 运费, 质保 for 保修, 多少钱 for 价格."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Names of one thing; behind the colon, what only asks for it, where nothing else is asked: 多少钱, not 安装多少钱.
_SAME = (
    "运费 邮费 快递费 物流费:",
    "保修 质保 保修期 质保期:保几年 保多久",
    "价格 售价 到手价 活动价 优惠价 促销价 现价:多少钱 什么价 怎么卖 几块钱 什么价位 到手多少",
    "发货 发出:什么时候发 什么时候能发 啥时候发 啥时候能发 多久发 多久能发 几天发 几天能发 何时发",
    "送达 到货 到达:几天到 几天能到 多久到 多久能到 什么时候到 什么时候能到 啥时候到",
    "包邮 免邮 免运费 免邮费:",
    "发票 开票 开发票:",
    "七天无理由 7天无理由 七天无理由退货 7天无理由退货 七天无理由退换 7天无理由退换 七天无理由退换货 7天无理由退换货 "
    "无理由退货 无理由退换:",
    "重量 多重:几斤 多少斤 多沉",
    "容量:多大容量 能装多少 装多少",
    "材质 面料 材料 质地:什么料 什么做",
    "产地 原产地:哪里产 哪产 哪里生产 产自哪",
    "快递 物流:发什么 发哪家",
    "品牌 牌子:什么牌",
    "颜色 配色:什么色",
    "口味:什么味",
    "适用年龄 年龄:几岁 多大能 多大可以 多大的孩子 多大孩子",
    "营业时间:几点开门 几点关门",
    "发货地:哪发货 哪里发货 从哪发 从哪里发",
    "退货:几天内可以退 几天内能退 几天可以退 几天能退 多久可以退 多久能退",
    "起订量 起批量 起售量:几件起 多少起",
)
_GROUPS = [[half.split() for half in row.split(":")] for row in _SAME]
# A name with one of these behind it is of the same fact: 退房时间, 保修期限.
_TAIL = re.compile("(?<=..)(?:时间|期限|时长|周期|时效|标准|方式|等级)$")


def other_names(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """What else a fact of these ``names`` (folded) is called, and what only asks for it."""
    own = [*names, *(_TAIL.sub("", name) for name in names)]
    groups = [group for group in _GROUPS if not set(group[0]).isdisjoint(own)]
    found = dict.fromkeys(name for more in (own, *(group[0] for group in groups)) for name in more)
    return [name for name in found if name not in names], [name for group in groups for name in group[1]]
