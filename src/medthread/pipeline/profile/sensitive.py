"""Columns that seem to hold sensitive data: mobile numbers, identity numbers, addresses of mail and of places, bank cards, names of persons.

Values are judged set-wise by their form and check digits, names of columns by the words in them. The surnames are the
commonest of the mainland's population registers; a fact, and no company's list.
"""

import re
from collections.abc import Mapping

import duckdb

from medthread.pipeline.profile.profile import Suspicion
from medthread.pipeline.profile.subject import Column

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史"
    "顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景"
)
TWO_SIGNS = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯")

# SQL over `x`, true where a value is of the kind.
FORMS: Mapping[str, str] = {
    "mobile": r"regexp_full_match(replace(replace(trim(x), ' ', ''), '-', ''), '(\+?86)?1[3-9][0-9]{9}')",
    "identity": "is_resident_id(upper(trim(x)))",
    "email": r"regexp_full_match(trim(x), '[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}')",
    "bank_card": "is_bank_card(replace(trim(x), ' ', ''))",
    "address": r"length(x) >= 8 and regexp_matches(x, '[省市区县州旗]') and regexp_matches(x, '[路街道巷弄村镇乡园].*[0-9０-９一二三四五六七八九十]+')",
    "person": f"regexp_full_match(trim(x), '([{SURNAMES}]\\p{{Han}}{{1,2}}|({'|'.join(TWO_SIGNS)})\\p{{Han}}{{1,2}})')",
}
# Share of a column's values for it to be suspected by them alone; a tenth of all digits pass as a card, and many things begin with a surname.
ENOUGH: Mapping[str, float] = {"mobile": 0.2, "identity": 0.2, "email": 0.2, "bank_card": 0.8, "address": 0.3, "person": 0.8}
NAMED_TOO: Mapping[str, float] = {"mobile": 0.02, "identity": 0.02, "email": 0.02, "bank_card": 0.2, "address": 0.1, "person": 0.3}
FEW = 5  # distinct values: fewer are codes, or nobody's
WORDS: Mapping[str, str] = {
    "mobile": r"手机|电话|联系方式|(^|_)(mobile|phone|tel|cell)",
    "identity": r"身份证|证件号|id_?card|resident_?id|identity_?no",
    "email": r"邮箱|电子邮件|e?-?mail",
    "bank_card": r"银行卡|卡号|银行账[号户]|bank_?(card|account)|iban",
    "address": r"地址|住址|address|(^|_)addr",
    "person": r"姓名|联系人|经办人|负责人|操作员|操作工|患者|病人|员工|医生|护士|签收人|收货人|检验员|(^|_)(contact|operator|patient|person|doctor|nurse|employee|recipient|inspector)(_?name)?$",
}


def suspected(con: duckdb.DuckDBPyConnection, column: Column) -> Suspicion | None:
    """What the values of the table `v`, or the column's name, make suspect; the kind with the most values."""
    asked = ", ".join(f"coalesce(sum(n) filter (where {form}), 0)" for form in FORMS.values())
    row = con.execute(f"select sum(n), count(*), {asked} from v").fetchone()
    if row is None or not row[0]:
        return None
    total, distinct, named = int(row[0]), int(row[1]), {k for k, words in WORDS.items() if re.search(words, column.name, re.IGNORECASE)}
    shares = {kind: int(n) / total for kind, n in zip(FORMS, row[2:], strict=True)}
    found = [k for k, s in shares.items() if (distinct >= FEW and s >= ENOUGH[k]) or (k in named and s >= NAMED_TOO[k])]
    if found:
        kind = max(found, key=lambda k: (shares[k], k in named))
        return Suspicion(kind, round(shares[kind], 4), "values", column.declared)
    # Whoever calls a column so means it, whatever stands in it today; a person may be called by a number or in other letters.
    return Suspicion(min(named), round(shares[min(named)], 4), "name", column.declared) if named else None
