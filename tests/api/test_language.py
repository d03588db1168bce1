"""A problem is told in the language that the request asks for; what programs read of it is the same in every language."""

import pytest
from fastapi.testclient import TestClient

from medthread.trust.incompatible import INCOMPATIBLE
from tests.api.conftest import House

PLACE = "/api/v1/entities/item/nothing%20of%20that%20name"
HAN = frozenset(map(chr, range(0x4E00, 0xA000)))


@pytest.mark.parametrize(("asked", "language"), [
    (None, "en"), ("", "en"), ("*", "en"), ("en", "en"), ("zh", "zh-CN"), ("zh-CN", "zh-CN"), ("zh-Hans-CN, en;q=0.8", "zh-CN"), ("ZH-cn", "zh-CN"),
    ("en, zh;q=0.9", "en"), ("zh;q=0.5, en;q=0.9", "en"), ("de, zh;q=0.1", "zh-CN"), ("zh;q=0", "en"), ("zh;q=0.4, *;q=0.5", "en"), ("zh, *;q=0.5", "zh-CN"),
    ("en;q=0, zh;q=0.1", "zh-CN"), ("zh;q=many", "en"), ("zh;q=7", "en"), ("zh;q=nan", "en"), (";;,,;q", "en"), ("x" * 5000, "en"), ("de," * 5000 + "zh", "en"),
])
def test_the_header_is_weighed(house: House, asked: str | None, language: str) -> None:
    client = house.browser()
    assert "accept-language" not in client.headers
    answer = client.get("/api/v1/account", headers={} if asked is None else {"Accept-Language": asked})
    assert (answer.status_code, answer.headers["content-language"], answer.headers["vary"]) == (401, language, "Accept-Language")
    assert answer.json()["type"] == "/problems/unauthenticated"
    assert answer.json()["detail"] == ("尚未登录" if language == "zh-CN" else "nobody is signed in")


def told(client: TestClient, method: str, path: str, **sent: object) -> tuple[dict[str, object], dict[str, object]]:
    """A problem in Chinese and in English."""
    zh, en = (client.request(method, path, headers={"Accept-Language": language}, **sent) for language in ("zh-CN", "en"))  # type: ignore[arg-type]
    assert zh.status_code == en.status_code >= 400
    assert {n: zh.json().get(n) for n in ("type", "title", "status")} == {n: en.json().get(n) for n in ("type", "title", "status")}
    return zh.json(), en.json()


def test_what_is_wrong_and_what_to_do(steward: TestClient) -> None:
    zh, en = told(steward, "GET", PLACE)
    assert (zh["detail"], en["detail"]) == ("没有 item 'nothing of that name'", "no item 'nothing of that name'")
    assert (zh["hint"], en["hint"]) == ("它可能在另一版发布中，或编号已合并到另一条记录", "it may be in another release, or its id was merged into another")


def test_whose_right_it_is_comes_by_the_roles_names(steward: TestClient) -> None:
    zh, en = told(steward, "GET", "/api/v1/accounts")
    assert "系统管理员" in str(zh["hint"])
    assert "System administrator" not in str(zh["hint"])
    assert "System administrator" in str(en["hint"])
    assert not HAN & set(str(en["hint"]))


@pytest.mark.parametrize(("body", "zh", "en"), [
    ({}, "必填", "Field required"),
    ({"username": 3, "password": "x"}, "应为文本", "Input should be a valid string"),
])
def test_a_body_that_does_not_fit(nobody: TestClient, body: dict[str, object], zh: str, en: str) -> None:
    chinese, english = told(nobody, "POST", "/api/v1/session", json=body)
    assert f"username：{zh}" in str(chinese["detail"])
    assert f"username: {en}" in str(english["detail"])
    assert [e["at"] for e in chinese["errors"]] == [e["at"] for e in english["errors"]]  # type: ignore[attr-defined]


def test_a_body_that_is_no_json(nobody: TestClient) -> None:
    zh, en = told(nobody, "POST", "/api/v1/session", content=b"{" )
    assert HAN & set(str(zh["detail"]))
    assert not HAN & set(str(en["detail"]))


def test_an_address_that_there_is_not(nobody: TestClient) -> None:
    zh, en = told(nobody, "GET", "/api/v1/nowhere")
    assert (zh["detail"], en["detail"]) == ("找不到该地址", "Not Found")
    assert "openapi.json" in str(zh["hint"])


def test_text_that_no_store_takes(steward: TestClient) -> None:
    zh, en = told(steward, "GET", "/api/v1/entities/item", params={"q": "a\x00b"})
    assert HAN & set(str(zh["detail"]))
    assert not HAN & set(str(en["detail"]))


def test_roles_that_do_not_go_together_say_why_in_one_language(house: House) -> None:
    pair = next(p for p in INCOMPATIBLE if (p.one, p.other) == ("prod_mgr", "qa_mgr"))
    house.make("zh_both", "doc")
    admin = house.make("zh_security", "security_admin")
    wanted = {"roles": ["prod_mgr", "qa_mgr"], "reason": "for a test", "plants": [], "organisations": []}
    admin.headers["If-Match"] = admin.get("/api/v1/accounts/zh_both").headers["ETag"]
    zh, en = told(admin, "PUT", "/api/v1/accounts/zh_both/rights", json=wanted)
    assert pair.because.zh in str(zh["detail"])
    assert pair.because.en in str(en["detail"])
    assert [(b["zh"], b["en"]) for b in zh["because"]] == [tuple(pair.because)]  # type: ignore[attr-defined]
