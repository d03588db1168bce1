"""What is told of a record before it is compared."""

from medthread.masters.supplier import Supplier
from medthread.pipeline.match.features import features_of


def test_a_name_with_a_blank_among_its_characters_does_not_survive_before_a_whole_one() -> None:
    model = Supplier.about.match
    assert model is not None
    names = ["福州市澜帮橡胶 制品有限公司", "福州市澜帮橡胶制品有限公司", "Acme Medical GmbH", " 苏州弘雅五金有限公司 ", "苏州 TE 电子有限公司"]
    columns = {"record_id": [str(n) for n in range(len(names))], model.name: names}
    told = features_of(model, columns)
    assert told["poor"].to_pylist() == [True, False, True, False, False]
    assert told["norm"][0] == told["norm"][1], "it is compared as ever"
