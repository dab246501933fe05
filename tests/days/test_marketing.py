"""A day of marketing: a promotion, best sellers, a segment, an issue of the plan, a report, figures."""

from datetime import timedelta

from tests.days.steps import Club, done, downloaded, problem


def test_marketing_plans_promotions_letters_and_reports(club: Club) -> None:
    marketing, today = club.marketing, club.today

    promotion = {
        "name": "Winter panels",
        "name_ru": "Панели зимой",
        "goods": {"categories": ["luminaires"]},
        "brackets": [{"from_quantity": 6, "percent": "10"}],
        "from": str(today + timedelta(days=2)),
        "to": str(today + timedelta(days=120)),
    }
    draft = marketing.post("/v1/staff/promotions", promotion, expect=201)
    path = f"/v1/staff/promotions/{draft['promotion_id']}"
    marketing.get(path)
    marketing.call("PUT", path, {**promotion, "name_ru": "Панели всю зиму"}, If_Match=marketing.etag)
    marketing.call("POST", f"{path}/approve", {}, If_Match=marketing.etag)
    assert marketing.get("/v1/staff/promotions?state=draft&count=true")["count"]["value"] == 0
    [found] = marketing.get("/v1/staff/promotions?state=approved&q=ЗИМУ")["items"]
    assert found["promotion_id"] == draft["promotion_id"]
    [row] = downloaded(marketing, f"/v1/staff/promotions?from={today + timedelta(days=3)}", "ru")
    assert (row["название по-русски"], row["состояние"]) == ("Панели всю зиму", "одобрено")

    season = {"from": str(today - timedelta(days=300)), "to": str(today - timedelta(days=200)), "top": 5}
    asked = marketing.order_post("/v1/staff/best-sellers", season, expect=202)
    [listed] = marketing.get("/v1/staff/best-sellers")["items"]
    assert listed["list_id"] == asked["list_id"]
    assert len(done(marketing, f"/v1/staff/best-sellers/{asked['list_id']}")["items"]) == 5

    segment = marketing.order_post(
        "/v1/staff/segments", {"name": "Все, кто читает по-русски", "conditions": {"languages": ["ru"]}}, expect=201
    )
    assert marketing.get("/v1/staff/segments?q=по-русски")["items"][0]["segment_id"] == segment["segment_id"]
    preview = {"segment_id": segment["segment_id"]}
    counted = marketing.order_post("/v1/staff/segments/preview", preview, expect=201)
    assert done(marketing, f"/v1/staff/audiences/{counted['audience_id']}")["members"] >= 1

    tuesday = today + timedelta(days=14 - (today.weekday() - 1) % 7)
    text = {"subject": "Панели зимой", "body": "# Панели\n\n[Смотреть](https://shop.example/panels)"}
    issue = {
        "title": "Панели зимой",
        "topic": "promotions",
        "issue_class": "advertising",
        "slot": f"{tuesday}T12:30",
        "segment_id": segment["segment_id"],
        "promotion_id": draft["promotion_id"],
        "texts": {"en": text, "ru": text},
    }
    wrong = problem(
        marketing, "POST", "/v1/staff/campaigns", {**issue, "topic": "панели"}, status=422, Idempotency_Key="topic"
    )
    assert "promotions" in wrong["errors"][0]["detail"]
    clearance = problem(marketing, "POST", "/v1/staff/campaigns", issue, status=422, Idempotency_Key="clearance")
    assert clearance["errors"][0]["pointer"] == "/promotion_id"
    planned = marketing.order_post("/v1/staff/campaigns", {**issue, "promotion_id": None}, expect=201)
    path = f"/v1/staff/campaigns/{planned['issue_id']}"
    marketing.order_post(f"{path}/test", expect=202)
    club.guest.letter("marina@club.example", "Панели зимой")
    assert problem(marketing, "POST", f"{path}/approve", status=403, If_Match='"1"')["detail"]
    club.admin.get(path)
    club.admin.post(f"{path}/approve", If_Match=club.admin.etag)
    [shown] = marketing.get("/v1/staff/campaigns?topic=promotions&state=approved")["items"]
    assert shown["issue_id"] == planned["issue_id"]

    for address in (
        "letters/figures",
        "dashboard",
        "analytics/turnover",
        "analytics/split?by=region",
        "analytics/bridge",
        "display-proofs",
        "demands",
        "companies",
        "people",
        "suppressions?reason=bounce&count=true&sort=-at",
    ):
        marketing.get(f"/v1/staff/{address}")
    lift = {"email": "nobody@club.example", "reason": "Просит писать"}
    assert problem(marketing, "POST", "/v1/staff/suppressions/lift", lift, status=403)["code"] == "scope_missing"
