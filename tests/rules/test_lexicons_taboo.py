"""The lexicons of what must not be said to a customer: each finds its sentences and leaves their near misses alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from csnlp.rules.lexicon import FOLDER, Lexicon, read_lexicon
from csnlp.rules.scanner import Scanner
from csnlp.text.fold import fold_text

NAMES = (
    "vulgar",
    "vulgar_masked",
    "contempt",
    "buck_passing",
    "impatience",
    "threat",
    "perfunctory",
    "blame",
    "argue",
    "service_taboo",
)

HIT = {
    "vulgar": """
        你是傻逼吧
        煞 笔
        傻~b一个
        你个沙雕客户
        怎么会有你这种SB
        shabi，别来烦我
        草泥马，爱买不买
        去你妈的
        nmsl
        w.c.n.m
        你他妈有完没完
        真他妈的烦
        尼玛又来问
        卧槽，你还有理了
        我艹你怎么这么多事
        贱人就是矫情
        你这个狗东西
        给我滚
        滚蛋，不伺候
        有多远滚多远
        你怎么不去死
        你神经病啊
        脑残吧你
        智/障
        白痴一个
        你就是个二百五
        你这种垃圾客户我见多了
        王八蛋
        臭不要脸
        放你娘的屁
        傻-逼
        fuck you
        你脑子进水了吧
    """,
    "vulgar_masked": """
        你个傻×
        傻*吧你
        他*的，又来
        操*妈
        草*马
        真是*逼
        王*蛋
        你就是个贱*
        脑*残
        去你*的
        婊*一个
        装*呢
        f*ck
        sh*t
        滚*蛋
        妈*的
    """,
    "contempt": """
        这都不懂还买什么电脑
        这么简单都不会
        连这个都不知道
        你是不是看不懂字
        你识字吗
        小学没毕业吧
        听不懂人话是吧
        跟你说了你也不懂
        您理解能力有问题吧
        眼睛长哪去了
        买不起就别买
        没钱就别买
        穷鬼
        为了几块钱至于吗
        便宜没好货你不知道
        一分钱一分货这都不懂
        没见过世面
        您算老几
        真把自己当上帝了
        乡巴佬
        没素质
        就你事多
        没见过你这么麻烦的
        笑死我了
        呵呵，你高兴就行
        想得美
        您可真行
        装什么装
        脸皮薄？你也配
        吃饱了撑的
    """,
    "buck_passing": """
        这个不归我管
        不归我们管
        这不是我们的问题
        你找厂家去
        您找快递去
        你去问别人
        这个我们管不了
        我也没办法
        我们也没办法啊
        跟我们没关系
        你自己联系快递
        您自己联系物流去
        不关我的事
        关我什么事
        去问别人
        谁卖你的你找谁
        谁答应你的你找谁
        我说了不算
        规定又不是我定的
        我只是个客服
        我能怎么办
        别找我
        找我也没用
        概不负责
        快递的问题你找快递
        公司规定就这样
        又不是我发的货
        怪我咯
    """,
    "impatience": """
        不是说了吗
        说过多少遍了
        还要我说几遍
        我最后说一遍
        你有完没完
        催什么催
        别催了
        再催也没用
        急什么
        着什么急
        烦不烦
        你烦不烦啊
        能不能别问了
        问这么多干嘛
        没看见我在忙吗
        忙着呢
        没空理你
        等着吧
        慢慢等
        等几天会死吗
        怎么还不明白
        听懂没
        少废话
        有话快说
        怎么又是你
        浪费我时间
        又不是只有你一个客户
        懒得跟你说
        还有事没事
        没事别来烦
    """,
    "threat": """
        再骂我就拉黑你
        把你拉进黑名单
        你等着
        走着瞧
        你给我小心点
        我知道你家地址
        知道你家住哪
        去你家找你
        敢给差评试试
        给差评就不退款
        不删差评就别想退钱
        先删差评再退款
        撤销投诉才给你退
        我们会曝光你
        把你的电话公开
        告你诽谤
        法院见
        别怪我不客气
        让你吃不了兜着走
        找人收拾你
        打死你
        一分钱都不退
        别想退
        我打爆你的电话
    """,
    "perfunctory": """
        你自己看
        您自己看详情页
        自己看去
        你不会自己看吗
        自己百度
        自己想吧
        随便你
        随您便
        爱买不买
        爱退不退
        爱要不要
        爱咋咋地
        你看着办
        自己看着办
        那就这样吧
        不买拉倒
        那你别买
        没办法就是没办法
        能怎么样呢，还能怎么样
        自认倒霉
        你说呢？
        凑合用吧
        那退呗
        知足吧
        都写着呢
    """,
    "blame": """
        谁让你不看清楚
        谁叫你买的
        你自己不看清楚怪谁
        是你自己的问题
        怪你自己
        那怪谁
        你怎么不早说
        为什么不早说
        买的时候怎么不看清楚
        签收的时候怎么不检查
        您自己弄坏的
        你自己摔坏的
        你自己选错了
        你操作不当
        是您操作失误
        活该
        自作自受
        说明书都不看
        看都不看就拍
        没人逼你买
        你没说清楚
        您没备注怪我们
        责任在你
        你不会用还买
        都怪你
        你害我被扣钱
    """,
    "argue": """
        你讲不讲理
        无理取闹
        你凭什么
        你要这么说我也没办法
        那你去投诉啊
        随便投诉
        你投诉也没用
        尽管投诉
        不怕你投诉
        有本事你去告
        去告啊
        那你给差评呗
        差评就差评
        我就这态度
        你什么态度
        怎么说话呢
        你吼什么
        谁怕谁
        你想怎么样？
        难道你不知道
        证据呢
        谁骗你了
        我什么时候说过
        别冤枉我们
        血口喷人
        你这是敲诈
        轮不到你教我做事
        至于吗
    """,
    "service_taboo": """
        喂，说话
        叫什么叫
        喊什么喊
        你问我我问谁
        我怎么知道？
        不是告诉你了吗
        我不管
        没空！
        我没空
        自己想办法
        墙上贴着呢，自己看
        墙上写着呢
        现在才说
        早干嘛去了
        你买得起吗
        不买别碰
        挑什么挑
        不行就是不行
        没有就是没有，说没有就是没有
        下班了，不办了
        快下班了，别来了
        后面排队去
        没看见我在吃饭吗
        有意见找领导去
        意见簿在那
        领导来了也没用
        嫌挤打车去
        机器坏了我有什么办法
        你是医生还是我是医生
        没零钱自己换去
        你听我说
        看什么看
        懂不懂规定
    """,
}

POLITE = """
    您好，很高兴为您服务
    亲，请问有什么可以帮您
    麻烦您提供一下订单号
    请您稍等，我马上为您查询
    非常抱歉给您带来不便
    您不要着急，我帮您催一下快递
    我再催一下物流，有消息马上告诉您
    什么时候需要呢，着急的话给您发顺丰
    感谢您的理解与支持
    不好意思问一下，您收到的是哪一款
    您可以自己看一下详情页的尺码表哦
    请您放心，我们不会泄露您的信息
    这款不会起球，您放心购买
    特别抱歉让您久等了
    没关系的，您慢慢考虑
    有任何问题随时联系我们
    亲爱的，已经给您备注好了
    您随便看看，喜欢哪款告诉我
    请问还有其他可以帮您的吗
    祝您生活愉快，再见
    如果是我们的责任，运费由我们承担
    收到货后有问题找我们，我们负责到底
    您说的我明白了，这就为您处理
    遇到像您这样善解人意的客户真是我们的荣幸
    建议您联系快递员核实一下签收情况
    我帮您联系厂家确认后回复您
    这个问题是我们没做好，向您道歉
    您看这样处理可以吗
"""

MISS = {
    "vulgar": """
        一共250元，包邮
        这款强力胶很牢固
        您想用它干什么呢
        新鲜草莓明天发货
        滚筒洗衣机支持上门安装
        页面往下滚动就能看到
        按说明操作就可以了
        儿童体操服有粉色
        避免长时间日照
        土鸡蛋破损包赔
        二手商品不支持退换
        傻瓜相机操作很简单
        给你妈妈买这款很合适
        祝您妈的生日快乐，哦不，祝您妈妈生日快乐
        他妈妈说收到了
        狗粮买二送一
        黑猪肉冷链配送
        仓库不贱卖，都是正品
        双十一逼近，库存不多
        仿真花很逼真
        不会强逼您购买
        去死皮的磨砂膏
        糖尿病神经病变请遵医嘱
        电脑残留的旧数据可以清除
        笨重的家具可以送上楼
        沙比利木门有现货
        USB接口的
        NIKE SB DUNK有42码
        2B铅笔一盒十二支
        水泥马路上也能骑
        草泥马公仔毛绒玩具
        节假日你们也可以下单
        生日你妈妈会喜欢的
        模特么身高一米七
        王八汤真空包装
        乳清混蛋白粉
        下流量包的步骤发您了
        智障人士可享受优惠
        家畜生长期用的饲料
        烧水滚开后再下面条
        垃圾桶买一送一
        您这垃圾袋要大号还是小号
        注册那一步需要验证码
        孕妇恶心呕吐属于正常反应
        宝宝放屁多可以换奶粉
        瓶子上的250ml是净含量
        松软蛋糕和滚蛋糕卷都有
        我操作一下，您刷新看看
        复杂种类太多，我发您图
    """,
    "vulgar_masked": """
        收件人张*的电话请核对
        尺寸是20*30厘米
        豆沙口味的还有货
        3×4米的地毯
        用户f***8已收货
        您是VIP**会员
        **重点**：收货后请检查
        逼真的*逼真效果图
        TM*商标说明
        价格是99*2
        牲畜*饲料
        ●您的订单已发出
        规格：10*10*5
        王*先生您好
        颜色：■黑 □白
    """,
    "contempt": """
        这都不影响使用的
        不懂的地方可以随时问我
        您不懂也没关系，我教您
        一分钱一分货，这款用料好
        嫌贵的话可以等活动再买
        这么便宜还包邮，很划算
        操作很简单，三岁小孩都会用
        您想装什么系统呢
        包装什么颜色的都有
        您的眼光真好
        您的品味很不错
        您真会选
        感谢您的一切支持
        亲切，您的支持是我们的动力
        眼睛有问题请咨询医生
        更年期适用的保健品
        断奶期的宝宝可以吃
        家教机支持视频通话
        这款便宜货也足
        放一边去除异味
        语文练习册有货
        呵呵，好的亲
        大山里来的蜂蜜
        您这种情况可以申请退款
        像您这样的老客户有优惠
        妈宝乐园门票
        有没有品质保证书，有的
        脸太大的话建议选大一号镜框
    """,
    "buck_passing": """
        麻烦您去问一下门卫有没有代收
        我这边帮您找快递核实
        不关您的事，是我们的失误
        客服没有权限，我帮您申请
        您找一下包装里的说明书
        我们信赖我们的供应商
        我来想办法给您处理
        不管您选哪款都包邮
        我们会让快递赔付给您
        如果是您自己联系快递的，运费可以补给您
        这个特别找我要的客户很多，给您留一件
        我是您的专属客服
        请问怎么办理会员
        有什么办法可以证明已经付款呢
        退货地址稍后发您
        您不方便联系的话我来联系快递
        厂家说三天内回复
        物流显示已经到站
        平台会在48小时内审核
        我负责您的订单，请放心
    """,
    "impatience": """
        真麻烦您了，谢谢
        这样就行了，您看下
        稍等，我去问一下仓库
        您想什么时候要
        急什么时候用可以告诉我
        给您添麻烦了
        不要烦恼，我们帮您解决
        小孩特别吵可以用这款耳塞
        您就等着收货吧
        我在这边等着您的消息
        问什么问题都可以
        饼干吗？有的
        请问还有事吗
        葡萄干吗，有的
        您好麻烦告知一下地址
        值得了解一下
        这边还在问仓库，请稍等
        尽快说明情况会更好处理
        我帮您跟快递说了好几次了
        我跟您说一下流程
        都给您说明白了就好
        您别担心
        完了没有关系，可以补货
        忙碌时段回复慢请见谅
        佩服了您的眼光
    """,
    "threat": """
        您等着收货就行
        怕您等着急，先给您发了
        您小心点拆，别划到手
        我们不会拉黑您的
        误拉黑的话可以在设置里解除黑名单
        您给差评的原因我们看到了，非常抱歉
        取消投诉的步骤发您
        师傅到您家后会先打电话
        送您到楼下
        方便把您的电话发我一下吗
        给您好看的包装
        这个礼盒就不给您换了，直接补发
        不给您退的原因我查一下
        广告您可以关闭
        随时转告您
        有种子和花盆
        您有种植经验吗
        不客气了亲
        抽您喜欢的颜色
        扇您看中哪款
        不会让您后悔的
        不会公开您的信息
        转发您需要的资料
        巴掌大的小风扇
        打您电话没接通
    """,
    "perfunctory": """
        您可以自己看一下尺码
        您自己看中哪款告诉我
        您随便挑，都包邮
        亲爱的，随时联系
        默认了吧台灯，需要改吗
        您喜欢怎么搭就怎么搭
        七天无理由不喜欢就退
        不满意就退款
        需要自己安装，我发您视频
        建议自己查一下短信
        爱吃不吃辣都可以选
        由您自己决定
        跟您说呢，这款有货
        宝宝爱怎么玩都行
        我们随您的时间安排
        不想要就申请退款，我帮您处理
        招牌产品没招牌贵
        没法子宫内使用，请咨询医生
        您自己考虑好再下单哦
        那您别担心
        请自己操作前看一下视频
        看着喜欢就收藏一下
        这件衣服看着舒服
        请看详情页的说明
        这边随您心意搭配
    """,
    "blame": """
        可能是我自己看错了，抱歉
        请问是您自己签收的吗
        是您自己使用还是送人呢
        谁让您是我们的老客户呢
        奇怪，我再查一下
        难怪谁都喜欢
        麻烦发下您自己拍的照片
        您不会用的话我教您
        如果您操作不当我们也会协助
        不是您的错
        不怪您，是我们没说清楚
        您没收到短信吗，我再发一次
        怎么不小心摔到啦，有没有伤着
        您怎么不说话了呀
        要不是您提醒我们还没发现
        因为您的支持我们才有动力
        您怎么不想要了呢
        是不是您自己取消的，我查一下
        不能怪您
        没有影响我们的工作
        让您耽误时间了
        给您弄坏的配件补发一个
        您自己操作不了我远程帮您
        对您造成的损失我们承担
        下单的时候不用改价
    """,
    "argue": """
        您要投诉的话我帮您登记
        我告诉您怎么操作
        尽管告诉我您的需求
        不白花冤枉钱
        冤枉您了，真对不起
        凭什么证件可以取票，我查一下
        怕您担心，先跟您说一声
        我怕您收不到，换了顺丰
        那您报警处理会更稳妥，我们配合提供材料
        没明白您什么意思，麻烦再说一下
        您想怎么样的款式
        不敢乱说，我核实后告诉您
        您说了算
        欢迎您来做客
        配合着您的时间安排
        您开心就好
        没错发，就是这个型号
        完成心愿的礼物
        您投诉的问题已经处理
        您要这样的包装也有
        给您讲讲原理
        编故事的绘本
        您编辑好发我
        发票是您开的公司抬头吗
        这是故障码
        您的态度很好，谢谢
    """,
    "service_taboo": """
        宝宝按时喂，少量多次
        您差多少跟我说
        我就不打扰您了
        我不会让您吃亏的
        不管什么时候都可以找我
        保管您满意
        尽管提要求
        不是不理您，是刚才系统卡了
        我们已经下班了，明天上午给您回电
        您下班了再来拿也可以
        走开发票流程
        您喜欢的款式有货
        请打开设置
        弄清楚再回复您
        我看得起每一位客户
        有什么好看的推荐，这款
        我先问清楚
        优惠没商量
        毛绒老头儿童玩具
        闪开关是触摸的
        您看好了告诉我
        自己打包好寄回来就行
        坏了找我们换新
        给您丢件的补发已安排
        治不好包退是骗人的，请谨慎
        没票了可以候补
    """,
}


def sentences(block: str) -> list[str]:
    return [line.strip() for line in block.splitlines() if line.strip()]


def cases(table: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name, block in table.items():
        for sentence in sentences(block):
            yield name, sentence


@pytest.fixture(scope="module")
def lexicons() -> dict[str, Lexicon]:
    return {name: read_lexicon(FOLDER / f"{name}.txt") for name in NAMES}


@pytest.fixture(scope="module")
def scanner(lexicons: dict[str, Lexicon]) -> Scanner:
    return Scanner(lexicons.values())


@pytest.mark.parametrize("name", NAMES)
def test_it_is_long_enough_and_has_the_sentences_asked_of_it(name: str, lexicons: dict[str, Lexicon]) -> None:
    assert len(lexicons[name].terms) >= 700
    assert lexicons[name].loose == (name == "vulgar")
    assert len(sentences(HIT[name])) >= 15
    assert len(sentences(MISS[name])) + len(sentences(POLITE)) >= 40


@pytest.mark.parametrize(("name", "sentence"), list(cases(HIT)))
def test_it_finds(name: str, sentence: str, scanner: Scanner) -> None:
    assert name in scanner.view(sentence).hits


@pytest.mark.parametrize(("name", "sentence"), list(cases(MISS)))
def test_it_leaves_alone(name: str, sentence: str, scanner: Scanner) -> None:
    assert name not in scanner.view(sentence).hits


@pytest.mark.parametrize("sentence", sentences(POLITE))
def test_no_lexicon_finds_anything_in_courteous_sentences(sentence: str, scanner: Scanner) -> None:
    assert scanner.view(sentence).hits == {}


def test_no_term_stands_in_two_lexicons(lexicons: dict[str, Lexicon]) -> None:
    owner: dict[str, str] = {}
    for name, lexicon in lexicons.items():
        for term in lexicon.terms:
            assert owner.setdefault(fold_text(term), name) == name, term


@pytest.mark.parametrize("name", NAMES)
def test_every_term_is_found_where_it_stands_alone(name: str, lexicons: dict[str, Lexicon]) -> None:
    """A term that its own lexicon's innocent words, or the folding, always swallow would be dead weight."""
    lexicon = lexicons[name]
    alone = Scanner([lexicon])
    assert [term for term in lexicon.terms if name not in alone.view(term).hits] == []
