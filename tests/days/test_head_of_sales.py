"""A day of the head of sales: a manager leaves, a colleague takes the companies over and calls one that has gone quiet; an offer waits for a second person."""

from datetime import date, timedelta
from typing import Any

from infra.demo import generator
from infra.demo.portal import Portal, Unexpected, await_
from tests.days.steps import Club, done, downloaded, problem, read_file

REGION, KPP = "RU-KGD", "390601001"
QUIET, BUYING = (
    generator.Company(f"ООО «{name}»", generator.inn_of(500_000 + number), KPP, REGION, 1, 1, None)
    for number, name in enumerate(("Янтарный свет", "Балтийский маяк"))
)


def test_the_head_of_sales_hands_a_portfolio_over_and_decides(club: Club) -> None:
    head, today = club.head, club.today
    leaving, vera = (
        _manager(club, name, email) for name, email in (("Игорь Уходов", "igor"), ("Вера Новикова", "vera"))
    )

    # A new region has a manager, who gets the companies that a file brings; then he leaves, and hands them over at once.
    head.get("/v1/staff/region-managers")
    _take_region(head, leaving)
    read_file(
        club.operations,
        generator.header() + _history(QUIET, today, 100) + _history(BUYING, today, 1),
        file_name="kgd.csv",
    )
    path = await_("the manager of a new company", lambda: _managed_by(head, QUIET, leaving))
    form = {"from_manager": leaving, "to_manager_id": vera, "reason": "Игорь уходит"}
    started = head.order_post("/v1/staff/hand-overs", form, expect=202)
    shown = done(head, f"/v1/staff/hand-overs/{started['hand_over_id']}")
    assert (shown["handed_over"], shown["stayed"]) == (2, 0)
    names = [shown[f"{whose}_name"] for whose in ("created_by", "from_manager", "to_manager")]
    assert names == ["Хелена Соколова", "Игорь Уходов", "Вера Новикова"]
    head.get("/v1/staff/region-managers")
    _take_region(head, vera)
    club.admin.call("DELETE", f"/v1/staff/people/{leaving}", expect=204)
    told = club.guest.letter("vera@club.example", "Вам передали 2 компании")
    assert "Янтарный свет" in told["text"] and "Балтийский маяк" in told["text"]
    rows = downloaded(head, "/v1/staff/hand-overs", "ru")
    assert ("Игорь Уходов", "Вера Новикова") in {(row["от менеджера"], row["кому"]) for row in rows}

    # A list of customers says what companies get; a row of a company that the club does not know stops no other.
    customers = (
        "ИНН;Менеджер;Регион;Дистрибьютор",
        f"{BUYING.inn};Новикова Вера;;светотехника центр",
        "7707083893;;Москва г;",
    )
    loaded = head.post("/v1/staff/setup/files", {"kind": "companies", "content": "\n".join(customers)})
    assert [row["result"] for row in loaded["items"]] == ["planned", "failed"]
    assert done(head, f"/v1/staff/hand-overs/{loaded['hand_over_id']}")["changed"] == 1

    manager = club.guest.sign_in("vera@club.example")
    assert len(manager.get("/v1/staff/companies?manager=me")["items"]) == 2
    _calls(manager, path, today)

    # More than one person gives waits for the head; the author cannot give it alone.
    asked = manager.order_post(f"{path}/offers", _offer(today, "45"), expect=201)
    assert asked["state"] == "waiting"
    decision = f"/v1/staff/approvals/{asked['offer_id']}"
    assert (
        "head_of_sales"
        in problem(manager, "POST", f"{decision}/approve", {}, status=403, Idempotency_Key="own")["detail"]
    )
    [waiting] = head.get(f"/v1/staff/approvals?kind=offer&company_id={asked['company_id']}")["items"]
    assert waiting["offer"]["percent"] == "45"
    assert (waiting["author_name"], waiting["company_name"]) == ("Вера Новикова", QUIET.name)
    assert head.order_post(f"{decision}/approve", {"note": "Один раз"})["state"] == "approved"
    given = {each["offer_id"] for each in manager.get(f"{path}/offers?state=open")["items"]}
    assert asked["offer_id"] in given

    # A wave is planned; figures, and a whole table as a file.
    wave = head.order_post(
        "/v1/staff/retention/waves", {"name": "Зима", "first": str(today + timedelta(days=1))}, expect=201
    )
    assert [each["wave_id"] for each in head.get("/v1/staff/retention/waves")["items"]] == [wave["wave_id"]]
    problem(
        head,
        "POST",
        "/v1/staff/retention/waves",
        {"name": "Вчера", "first": str(today)},
        status=422,
        Idempotency_Key="late",
    )
    for address in ("dashboard", "retention/overview", "orders/unanswered", "analytics/turnover", "demands/waiting"):
        head.get(f"/v1/staff/{address}")
    export = head.order_post("/v1/staff/exports", {"source": "companies", "format": "csv"}, expect=202)
    assert done(head, f"/v1/staff/exports/{export['export_id']}")["row_count"] >= 2


def _manager(club: Club, name: str, login: str) -> str:
    form = {"name": name, "email": f"{login}@club.example", "role": "manager", "language": "ru"}
    return str(club.admin.post("/v1/staff/people", form)["member_id"])


def _take_region(head: Portal, manager_id: str) -> None:
    """The region gets this manager, the others keep theirs: of the list that the head has just read."""
    regions = {each["region"]: each["manager_id"] for each in head.get("/v1/staff/region-managers")["regions"]}
    form = [{"region": region, "manager_id": each} for region, each in {**regions, REGION: manager_id}.items()]
    head.call("PUT", "/v1/staff/region-managers", {"regions": form}, If_Match=head.etag)


def _history(buyer: generator.Company, today: date, silent: int) -> str:
    """An order every three weeks for a year, the last one so many days ago."""
    goods = next(each for each in generator.products() if each.sku == "PN-P")
    return "".join(
        generator.document(f"{buyer.inn}-{ago}", today - timedelta(days=ago), buyer, [(goods, 12)])
        for ago in range(silent + 15 * 21, silent - 1, -21)
    )


def _managed_by(head: Portal, buyer: generator.Company, manager_id: str) -> str | None:
    """The path of the company, once it has this manager."""
    found = head.get(f"/v1/staff/companies?inn={buyer.inn}")["items"]
    managed = [each for each in found if each["manager_id"] == manager_id]
    return f"/v1/staff/companies/{managed[0]['company_id']}" if managed else None


def _offer(today: date, percent: str) -> dict[str, Any]:
    last = str(today + timedelta(days=14))
    return {"goods": {"skus": ["PN-P"]}, "percent": percent, "floor": "500.00", "to": last, "note": "Снова с нами"}


def _calls(manager: Portal, path: str, today: date) -> None:
    """The new manager calls the company that is quiet, notes the outcome, and mends it."""

    def case() -> Any:
        try:
            found = manager.get(f"{path}/case")
        except Unexpected:
            return None  # there is none yet
        return found if found["state"] == "ready" and found["manager_name"] == "Вера Новикова" else None

    case_id = await_("a case that is ready", case)["case_id"]
    listed = manager.get("/v1/manager/calls", Accept_Language="ru")
    [call] = [each for each in listed["calls"] if each["case_id"] == case_id]
    assert call["company"] == QUIET.name and call["people"] == [] and call["purchases"] and call["script"]
    contacts = f"/v1/manager/calls/{case_id}/contacts"
    outcome = {
        "result": "reached",
        "reason": "price",
        "answer": "offer",
        "offer": _offer(today, "60"),
        "contact": {"name": "Зоя Янтарная", "phone": "8 4012 12-34-56"},
        "note": "Нашли дешевле",
    }
    [error] = problem(manager, "POST", contacts, outcome, status=422, Idempotency_Key="generous")["errors"]
    assert error["pointer"] == "/offer/percent"
    entry = manager.order_post(contacts, {**outcome, "offer": _offer(today, "5")}, expect=201)
    assert (entry["by_name"], entry["answer"]) == ("Вера Новикова", "offer") and entry["next_day"]
    done_twice = {"result": "reached", "note": "Ещё раз"}
    assert problem(manager, "POST", contacts, done_twice, status=409, Idempotency_Key="twice")["detail"]
    again = {"result": "reached", "reason": "no_reason", "note": "Ошиблась причиной", "corrects": entry["entry_id"]}
    mended = manager.order_post(contacts, again, expect=201)
    assert mended["corrects"] == entry["entry_id"]
    assert [each["entry_id"] for each in manager.get(contacts)["items"]] == [mended["entry_id"], entry["entry_id"]]
