"""The raw material of invented names. Written for this simulator alone; shared with nothing that is judged by it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class City:
    """A city with its province, division code and dialling code."""

    name: str
    pinyin: str
    province: str
    code: str
    dial: str


@dataclass(frozen=True)
class Trade:
    """What a firm does, in full, in short and in English."""

    full: str
    short: str
    english: str
    supplies: str


_CITIES = (
    "深圳 Shenzhen 广东省 440305 0755|广州 Guangzhou 广东省 440106 020|东莞 Dongguan 广东省 441900 0769|"
    "佛山 Foshan 广东省 440604 0757|珠海 Zhuhai 广东省 440402 0756|苏州 Suzhou 江苏省 320505 0512|"
    "无锡 Wuxi 江苏省 320211 0510|常州 Changzhou 江苏省 320411 0519|南京 Nanjing 江苏省 320115 025|"
    "昆山 Kunshan 江苏省 320583 0512|杭州 Hangzhou 浙江省 330108 0571|宁波 Ningbo 浙江省 330212 0574|"
    "温州 Wenzhou 浙江省 330304 0577|嘉兴 Jiaxing 浙江省 330402 0573|武汉 Wuhan 湖北省 420111 027|"
    "长沙 Changsha 湖南省 430104 0731|成都 Chengdu 四川省 510107 028|西安 Xian 陕西省 610113 029|"
    "合肥 Hefei 安徽省 340104 0551|厦门 Xiamen 福建省 350206 0592|青岛 Qingdao 山东省 370212 0532|"
    "济南 Jinan 山东省 370102 0531|郑州 Zhengzhou 河南省 410105 0371|沈阳 Shenyang 辽宁省 210102 024|"
    "大连 Dalian 辽宁省 210203 0411|南昌 Nanchang 江西省 360111 0791|福州 Fuzhou 福建省 350104 0591|"
    "石家庄 Shijiazhuang 河北省 130108 0311"
)
CITIES = tuple(City(*row.split()) for row in _CITIES.split("|"))

# (simplified, pinyin): both halves of a brand.
_FIRST = (
    "恒heng 锐rui 瀚han 晟sheng 澜lan 鹏peng 骏jun 钰yu 凯kai 铭ming 宏hong 昊hao 泽ze 硕shuo 启qi 瑾jin 翔xiang 卓zhuo "
    "锦jin 耀yao 朗lang 励li 沃wo 佰bai 迈mai 瑞rui 弘hong 航hang 岚lan 琪qi 立li 圣sheng 嘉jia 佳jia 倍bei 尚shang "
    "奕yi 逸yi 颂song 博bo 帛bo 润run 闰run 德de 得de 鼎ding 顶ding 星xing 兴xing 优you 友you 东dong 冬dong"
)
_SECOND = (
    "达da 泰tai 康kang 峰feng 锋feng 科ke 诺nuo 谷gu 川chuan 联lian 腾teng 图tu 特te 维wei 威wei 森sen 鑫xin 欣xin "
    "远yuan 源yuan 捷jie 杰jie 升sheng 声sheng 亚ya 雅ya 邦bang 帮bang 宇yu 裕yu 隆long 龙long 讯xun 迅xun 安an "
    "通tong 业ye 利li 力li 汇hui 惠hui 创chuang 芯xin 信xin 顺shun 辰chen 晨chen 盛sheng 元yuan 正zheng"
)
FIRST = tuple((pair[0], pair[1:]) for pair in _FIRST.split())
SECOND = tuple((pair[0], pair[1:]) for pair in _SECOND.split())

TRADES = (
    Trade("精密机械", "精密", "Precision Machinery", "金属件"),
    Trade("电子科技", "电子", "Electronics Technology", "电子元件"),
    Trade("塑胶制品", "塑胶", "Plastic Products", "注塑件"),
    Trade("高分子材料", "高分子", "Polymer Materials", "粒料"),
    Trade("包装材料", "包材", "Packaging Materials", "包装"),
    Trade("医用材料", "医材", "Medical Materials", "敷料"),
    Trade("光电技术", "光电", "Optoelectronics", "光学件"),
    Trade("传感技术", "传感", "Sensor Technology", "传感器"),
    Trade("橡胶制品", "橡胶", "Rubber Products", "密封件"),
    Trade("模具工业", "模具", "Mould Industries", "模具"),
    Trade("五金制造", "五金", "Hardware Manufacturing", "紧固件"),
    Trade("线缆科技", "线缆", "Cable Technology", "线束"),
)
DEALER_TRADES = (
    Trade("医疗器械", "医械", "Medical Devices", "经销"),
    Trade("医药贸易", "医贸", "Pharma Trading", "经销"),
    Trade("健康科技", "健康", "Health Technology", "经销"),
    Trade("医疗用品", "医用品", "Medical Supplies", "经销"),
)
FORMS = ("有限公司", "有限责任公司", "股份有限公司")
HOSPITALS = ["市第一人民医院", "市第二人民医院", "市第三人民医院", "市第四人民医院", "市第五人民医院", "市第六人民医院", "市中心医院", "市中医医院", "市妇幼保健院", "市儿童医院", "市肿瘤医院", "市传染病医院", "市口腔医院", "市康复医院", "市眼科医院", "市骨科医院", "市胸科医院", "市急救中心", "市华侨医院", "市职工医院"]
HOSPITAL_SHORT = {
    "市第一人民医院": "一院", "市第二人民医院": "二院", "市第三人民医院": "三院", "市第四人民医院": "四院",
    "市第五人民医院": "五院", "市第六人民医院": "六院", "市妇幼保健院": "妇幼", "市中医医院": "中医院",
    "市儿童医院": "儿院", "市传染病医院": "传染病院",
}  # fmt: skip
TRADITIONAL = dict(
    p.split(":")
    for p in ["锐:銳", "鹏:鵬", "骏:駿", "凯:凱", "铭:銘", "泽:澤", "硕:碩", "启:啟", "锦:錦", "励:勵", "迈:邁", "岚:嵐", "圣:聖", "颂:頌", "润:潤", "闰:閏", "顶:頂", "兴:興", "优:優", "东:東", "达:達", "锋:鋒", "诺:諾", "联:聯", "腾:騰", "图:圖", "维:維", "远:遠", "亚:亞", "帮:幫", "龙:龍", "讯:訊", "汇:匯", "创:創", "顺:順", "业:業", "声:聲", "电:電", "机:機", "胶:膠", "制:製", "装:裝", "医:醫", "疗:療", "术:術", "技:技", "线:線", "缆:纜", "广:廣", "门:門", "岛:島", "苏:蘇", "无:無", "宁:寧", "长:長", "传:傳", "贸:貿", "药:藥", "责:責", "团:團", "杰:傑", "惠:惠", "裕:裕", "岛:島", "郑:鄭", "阳:陽", "连:連", "济:濟", "温:溫", "兰:蘭", "阶:階"]
)
STREETS = ["科苑路", "创业大道", "工业北路", "兴华街", "望江路", "银杏路", "松山大道", "金鸡湖路", "湖滨东路", "高新三路", "云岭路", "解放西路", "滨河大道", "学府路", "梅林街", "凤凰路", "青年路", "车站路"]
PARKS = ("", "", "", "高新园", "科技园", "产业园")
SURNAMES = "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英"
PART_NOUNS = ["外壳", "主控芯片", "压力传感器", "电池组", "显示屏", "按键膜", "密封圈", "气泵", "电磁阀", "电源适配器", "线束", "螺钉", "铭牌", "导光柱", "散热片", "连接器", "泵管", "滤膜", "聚丙烯粒料", "硅胶管", "无纺布", "吸塑盒", "透析纸", "彩盒", "说明书", "轴承", "弹簧", "光电探头", "血氧探头", "支架"]
KG_NOUNS = frozenset({"聚丙烯粒料", "无纺布"})
M_NOUNS = frozenset({"硅胶管", "泵管", "线束"})
DEVICE_NOUNS = ["输液泵", "注射泵", "多参数监护仪", "脉搏血氧仪", "雾化器", "呼吸机", "除颤仪", "心电图机", "营养泵", "电动吸引器", "血压计", "超声诊断仪"]
CONSUMABLE_NOUNS = ["一次性使用输液器", "一次性使用注射器", "血氧探头套", "留置针", "延长管", "雾化面罩", "呼吸回路", "电极片"]
UNIT_SPELLINGS = {"pcs": ("Pcs", "PCS", "个", "件"), "kg": ("kg", "KG", "千克"), "m": ("m", "米")}
COMPLAINTS = ["开机无反应", "流量偏差", "屏幕花屏", "报警误触发", "包装破损", "电池续航不足", "按键失灵", "漏液"]
