"""The service's own pages."""

from pathlib import Path

import chalicelib
from tests.support.api import Api


def test_health_says_ok(api: Api) -> None:
    answer = api.call("GET", "/v1/health")
    assert (answer.status, answer.json) == (200, {"status": "ok"})
    assert answer.headers["cache-control"] == "no-store"


def test_the_document_is_served_as_it_was_committed_but_with_the_address_of_this_deployments_tokens(api: Api) -> None:
    answer = api.call("GET", "/openapi.json")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "public, max-age=300"
    committed = (Path(chalicelib.__file__).parent / "openapi.json").read_text(encoding="utf-8")
    assert answer.text == committed.replace("https://sign-in.example/", "https://tokens.example/")
    flow = answer.json["components"]["securitySchemes"]["machine"]["flows"]["clientCredentials"]
    assert flow["tokenUrl"] == "https://tokens.example/oauth2/token"


def test_a_role_gets_a_shorter_document(api: Api) -> None:
    whole, short = (api.call("GET", f"/openapi.json{query}") for query in ("", "?role=engineer"))
    assert "/v1/products" in short.json["paths"]
    assert "/v1/orders" not in short.json["paths"]
    assert len(short.text) < len(whole.text) / 2
    assert api.call("GET", "/openapi.json?role=emperor").status == 422


def test_the_reference_is_a_page_for_a_browser(api: Api) -> None:
    answer = api.call("GET", "/docs", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.text.startswith("<!doctype html>")
    assert api.call("GET", "/docs?q=return").status == 200, "the script searches for it"
    assert api.call("GET", "/docs?utm_source=letter&lang=en").status == 200, "other sites add words to addresses"
    assert api.call("GET", "/docs?lang=de").status == 422


def test_each_operation_and_each_task_has_its_own_address_in_the_readers_language(api: Api) -> None:
    russian = api.call("GET", "/docs/place-an-order", headers={"accept-language": "ru"})
    english = api.call("GET", "/docs/place_order?lang=en", headers={"accept-language": "ru"})
    assert '<html lang="ru">' in russian.text and "Сделать заказ" in russian.text
    assert '<html lang="en">' in english.text and "script-src &#39;sha256-" not in english.text
    assert "script-src 'sha256-" in english.headers["content-security-policy"]
    assert api.call("GET", "/docs/nothing").status == 404


def test_pages_can_be_read_from_any_origin(api: Api) -> None:
    assert api.call("GET", "/openapi.json").headers["access-control-allow-origin"] == "*"
