"""What the law says of data that cross borders, where a company named no ground: personal data stay at home.

A masked telephone number is personal data still (PIPL art. 73(4), GDPR recital 26), so nothing of it goes. Within a
region sharing is free. A company that has a ground names it in `sharing.toml`, by a rule of its own before these.
"""

from medthread.model.classification import Classification
from medthread.model.sharing import Data, Effect, Origins, Recipients, ShippedRule

CN_PERSONAL = ShippedRule(
    name="cn_personal_information",
    zh="境内个人信息未具备出境条件(安全评估、认证、标准合同或法定情形),不得提供给境外",
    en="personal information of China stays in China until a lawful route is named: assessment, certification, standard contract or a case of law",
    effect=Effect.REFUSE, clause="个人信息保护法第三十八至四十条 (PIPL art. 38-40)",
    data=Data(personal=True), from_=Origins(regions=("CN",)), to=Recipients(outside=("CN",)))

EU_PERSONAL = ShippedRule(
    name="eu_personal_data",
    zh="欧盟个人数据未具备充分性认定、适当保障或例外情形,不得传输至第三国",
    en="personal data of the EU go to no third country without an adequacy decision, appropriate safeguards or a derogation",
    effect=Effect.REFUSE, clause="GDPR art. 44-49",
    data=Data(personal=True), from_=Origins(regions=("EU",)), to=Recipients(outside=("EU",)))

US_SENSITIVE = ShippedRule(
    name="us_bulk_sensitive_data",
    zh="美国敏感个人数据达到批量门槛的,不得提供给受关注国家;未达门槛的,由企业在自己的规则中写明",
    en="sensitive personal data of the US do not go in bulk to a country of concern; below the thresholds a company says so in a rule of its own",
    effect=Effect.REFUSE, clause="28 CFR 202.201, 202.301, 202.401",
    data=Data(at_least=Classification.PERSONAL_SENSITIVE), from_=Origins(regions=("US",)), to=Recipients(regions=("CN",)))
