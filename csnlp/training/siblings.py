"""Words that can stand in one another's place and never mean the same: a parcel goes by 顺丰 or by 中通, not by both.

A reply that names another of them than its reference does contradicts it as a changed figure does. One class a line;
no word is in two classes. A few are part of other words (现金 of 现金红包): a little noise.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

CLASSES: tuple[tuple[str, ...], ...] = tuple(
    tuple(line.split())
    for line in """
顺丰 中通 圆通 韵达 申通 极兔 德邦 邮政 百世
小时 分钟 工作日 自然日 个月 星期 季度
纯棉 涤纶 真丝 羊毛 亚麻 锦纶 羊绒 腈纶 莫代尔 粘纤
头层牛皮 二层牛皮 羊皮 人造革 帆布
实木 密度板 竹制 藤编 大理石 岩板
不锈钢 铝合金 碳钢 铸铁 陶瓷 玻璃 硅胶 塑料 木质
白鸭绒 白鹅绒 灰鸭绒 灰鹅绒
红色 蓝色 黑色 白色 绿色 黄色 灰色 紫色 粉色 咖色 米色 橙色 银色 金色 藏青色 卡其色
微信 支付宝 银行卡 花呗 信用卡 现金 云闪付
冷水 热水 温水 沸水
手洗 机洗 干洗
晾干 烘干 晒干
上午 下午 晚上 中午 凌晨
周一 周二 周三 周四 周五 周六 周日
一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月
春季 夏季 秋季 冬季
春节 国庆 元旦 五一 中秋 端午 清明
今天 明天 后天 昨天
北京 上海 广州 深圳 杭州 成都 武汉 重庆 西安 南京 义乌 苏州 天津 长沙 郑州 青岛 厦门 东莞 佛山 泉州
广东 浙江 江苏 福建 山东 河南 四川 湖北 湖南 河北 安徽 云南 江西 辽宁
新疆 西藏 内蒙古 青海 宁夏 甘肃 海南
安卓 苹果 鸿蒙
蓝牙 红外
饭前 饭后 空腹 睡前
早餐 午餐 晚餐
签收 付款 发货 揽收 退款
买家 卖家 平台 厂家 物流公司
以上 以下
以内 以外
免费 收费
全额 半价
全款 分期
首次 每次 第二次
首件 续件
首重 续重
最低 最高
新用户 老用户
会员 非会员
普票 专票
电子发票 纸质发票
自提 送货上门 驿站代收
官网 门店 小程序 公众号
次日 当日 隔日 次周
周末 平日 节假日
成人 儿童 婴儿 老人 孕妇
男士 女士
男款 女款
加厚 加绒 薄款 常规款
偏大 偏小 正码
宽松 修身
高腰 中腰 低腰
长袖 短袖 无袖
圆领 方领 立领
油性 干性 中性 混合性 敏感肌
早晚 早上 夜间
清爽 滋润
洁面 爽肤水 精华 乳液 面霜
原味 草莓味 巧克力味 香草味 抹茶味 芒果味 麻辣味 五香味 番茄味 海苔味
微辣 中辣 特辣 不辣
冷藏 冷冻 常温 避光
无糖 低糖 全糖 半糖
全脂 脱脂 低脂
铝箔 纸箱 泡沫箱 气泡袋
单人 双人 三人 四人
大床房 双床房 三人间 套房 家庭房
靠窗 靠走道
经济舱 商务舱 头等舱
硬座 软座 硬卧 软卧 二等座 一等座 商务座
火车站 机场 地铁站 汽车站 码头
入住 退房 预订
身份证 护照 驾驶证 户口本 学生证 营业执照
单程 往返
国内 国际
直飞 转机
接机 送机
一楼 二楼 三楼 四楼 五楼 六楼
左侧 右侧
正面 背面
内存 硬盘 显卡 主板 屏幕 电池 摄像头
一级能效 二级能效 三级能效
变频 定频
燃气 电热 太阳能
壁挂式 柜式 立式 嵌入式
滚筒 波轮
独显 核显
快充 慢充
磨砂 光面 哑光
硬壳 软壳
借记卡 贷记卡
活期 定期
本金 利息 手续费 违约金 年费 保证金 押金
等额本息 等额本金
月初 月底 月中
联通 电信
套餐 流量 通话 短信 宽带
停机 销户 过户 携号
实名 匿名
线上 线下
人工 自助
退货 换货 维修 补发
运费险 价保
保修 包换 包退
电机 轮胎 车架
铂金 黄金 白银 玫瑰金
钻石卡 金卡 银卡
优惠券 红包 积分 满减 折扣
预售 现货
定金 尾款
主机 配件 耗材
滤芯 滤网 水箱 尘袋
第一张 第二张 第三张
简体 繁体
中文 英文 日文 韩文
体验服 正式服
绑定 解绑
角色 装备 坐骑
点券 金币 元宝
狗粮 猫粮
幼犬 成犬 幼猫 成猫
体内驱虫 体外驱虫
平装 精装
上册 下册
小学 初中 高中
""".splitlines()
    if line
)
_CLASS_OF = {word: members for members in CLASSES for word in members}
_WORD = re.compile("|".join(sorted(map(re.escape, _CLASS_OF), key=len, reverse=True)))


def edits(reply: str, reference: str, rng: random.Random) -> list[tuple[tuple[int, int], str]]:
    """Places of ``reply`` with another word to put there, for each word that both texts say: one that the reference
    does not say."""
    told = set(_WORD.findall(reference))
    found = []
    for match in _WORD.finditer(reply):
        others = [word for word in _CLASS_OF[match.group()] if word not in told]
        if match.group() in told and others:
            found.append((match.span(), rng.choice(others)))
    return found


def exchanged(rng: random.Random) -> Callable[[str], str]:
    """A function that puts another word of its class in a word's place, the same one in each text that it is given, so
    that what agreed agrees and what differed differs."""
    new: dict[str, str] = {}
    for members in CLASSES:
        new.update(zip(members, rng.sample(members, len(members)), strict=True))
    return lambda text: _WORD.sub(lambda match: new[match.group()], text)
