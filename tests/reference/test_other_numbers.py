"""Numbers that are not what the standard answer gives, and yet contradict none of it: another event, another name."""

import time

import pytest

from csnlp.reference.check import check_reference

# reference, reply, question
ANOTHER_EVENT = [
    ("48小时内发货", "亲，发货后3天左右到您那边", "什么时候发货"),
    ("48小时内发货", "亲，今天发货，发货后大概4天到", "什么时候发货多久到"),
    ("48小时内发货", "亲，已经安排发货了，发货后一般3-5天能到哦", "什么时候发货"),
    ("当天发货，最晚24小时内发货", "亲，我们发货快的，发货之后路上走4天", "发货慢吗"),
    ("支持7天无理由退货", "亲，仓库签收后2天内给您退款", "退货多久到账"),
    ("支持7天无理由退货", "亲，收到退货后3天退", "退货多久退款"),
    ("7天无理由退货", "亲，退货到我们仓库大概3天", "退货几天到你们那"),
    ("7天无理由退货", "亲，大概3天", "退货寄回来要几天"),
    ("支持7天无理由退货", "亲，可以退货的，退货申请通过后请在5天内寄回", "可以退货吗"),
    ("签收后7天内可申请退货", "亲，申请退货后48小时内审核", "怎么退货"),
    ("签收后7天内可申请退货", "亲，退货签收后1到3个工作日退款", "怎么退款"),
    ("15天内可换货", "亲，可以的，换货审核24小时内通过", "能换货吗"),
    ("支持15天换货", "亲，换货寄到后2天内给您重新发出", "换货多久"),
    ("保修2年", "亲，保修的，保修申请24小时内受理", "坏了保修吗"),
    ("保修一年", "亲，寄过来检测维修大概7个工作日", "保修要修多久"),
    ("保修一年", "亲，保修寄修一般10天左右", "保修寄修几天"),
    ("免费维修1年", "亲，维修周期5天", "维修多久能好"),
    ("质保1年", "亲，质保卡3天内补寄", "质保卡多久寄"),
    ("订单完成后30天内可申请发票", "亲，发票24小时内发到邮箱，您注意查收", "发票多久到"),
    ("7天内可申请退货退款", "您的退货我们仓库昨天已签收，财务3个工作日内打款给您哦", "退款啥时候到"),
    ("支持开专票，下单30天内申请", "发票申请后5个工作日寄出", "开发票要几天"),
    ("下单后24小时内发货", "南方城市一般寄出后两三天就收到了", "多久能收到货"),
    ("会员有效期12个月", "亲，会员付款后5分钟生效", "会员多久生效"),
]
ANOTHER_NAME = [
    ("M码衣长65cm", "亲，袖长58厘米", "袖长多少"),
    ("衣长65cm", "亲，裤长102厘米", "尺寸"),
    ("腰围74cm", "亲，腿围60厘米", "腿围"),
    ("柜体宽80cm", "亲，桌面宽60厘米", "桌面多宽"),
    ("小号高20cm", "亲，大号高30厘米", "大号多高"),
    ("小号99元，大号159元", "亲，中号129元", "中号多少钱"),
    ("中杯500ml", "亲，大杯是700毫升的", "大杯多少"),
    ("双人位1.6米，四人位2.6米", "亲，三人位2.1米", "三人位多长"),
    ("成人票120元", "亲，儿童票只要60元", "儿童票多少"),
    ("券后价159元", "亲，原价199元", "原价多少"),
    ("安装费120元", "亲，清洗费80元", "清洗费多少"),
    ("运费6元", "亲，保价费3元", "保价费多少"),
    ("月卡99元", "亲，年卡999元", "年卡多少钱"),
]
TOLD_BARE = [
    ("M码衣长65cm", "亲，M码衣长65，袖长58厘米", "M码多长"),
    ("到手价99元", "亲，到手99，两件188元", "到手多少"),
    ("定金100元", "亲，定金100抵150元，到手价1049元", "定金多少"),
    ("净含量500ml", "亲，净含量500，加量装600毫升", "净含量"),
]
GUILTY = [
    # the same event
    ("48小时内发货", "亲，现在单量大，发货要5天左右哦", "什么时候发货"),
    ("发货后3天左右送达", "亲，发出后差不多10天到您那边", "几天能到"),
    ("退款1-3个工作日到账", "退款一般要15天才到账的亲", "退款几天到账"),
    ("签收后7天内可申请退货", "亲，签收后3天内可以申请退货哦", "能退吗"),
    ("签收后15天内可退", "亲，签收后7天内可以退", "能退吗"),
    ("支持7天无理由退货", "亲，支持15天的", "退货期限多久"),
    ("下单后15天内降价可申请价保", "亲，价保是到20天", "降价了能退差价吗"),
    ("新人券领取后7天内有效", "亲，新人券领到手能用30天", "新人券怎么没了"),
    ("整机质保2年", "质保半年的哈", "保修几年"),
    # the same name, or none of its own
    ("M码衣长65cm", "M码衣长70厘米", "衣长多少呢"),
    ("成人票120元，儿童票60元", "成人票150元一位", "成人票多少"),
    ("每箱3片", "亲，一箱4片", "一箱几片"),
    ("单个挂钩承重5kg", "亲，单个能承重2公斤", "承重多少"),
    ("运费6元", "亲，邮费10元", "邮费多少"),
    ("每克收取工费25元", "亲，每克工费35元哦", "工费怎么算"),
    # a digit that stands alone is not the number that is due
    ("免赔额1万元", "亲，免赔额2万元，可以报1万2哦", "能报多少"),
]


@pytest.mark.parametrize(("reference", "reply", "question"), ANOTHER_EVENT + ANOTHER_NAME + TOLD_BARE)
def test_a_number_of_something_else_contradicts_nothing(reference: str, reply: str, question: str) -> None:
    assert not check_reference(reply, reference, question).contradictions


@pytest.mark.parametrize(("reference", "reply", "question"), GUILTY)
def test_a_wrong_number_of_the_same_thing_is_found(reference: str, reply: str, question: str) -> None:
    assert check_reference(reply, reference, question).contradictions


@pytest.mark.parametrize(
    "text",
    [
        "发货后3天到" * 40_000,
        "衣长65cm袖长58cm" * 20_000,
        "可以能支持" * 40_000 + "3天到",
        "3天" + "可申请" * 60_000,
        "长" * 200_000 + "58厘米",
        "65，" * 60_000,
    ],
)
@pytest.mark.parametrize("reversed_roles", [False, True])
def test_hostile_text_takes_linear_time(text: str, *, reversed_roles: bool) -> None:
    other = "48小时内发货，7天退货，裤长66厘米"
    reply, reference = (other, text) if reversed_roles else (text, other)
    start = time.process_time()
    check_reference(reply, reference, "多久发货" + text)
    # Measured: 0.1 to 3 s. Quadratic time would be minutes.
    assert time.process_time() - start < 20
