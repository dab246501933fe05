"""The admin's first day: from a club in which nothing is set up to one in which everybody can work."""

from datetime import date

from infra.demo import generator
from infra.demo.portal import Portal
from tests.days.steps import ADMIN, Club, buyers_in, done, problem, read_file, sales_file

STAFF = {
    "operations": ("Олег Орлов", "oleg@club.example"),
    "head_of_sales": ("Хелена Соколова", "helena@club.example"),
    "manager": ("Мария Мельникова", "maria@club.example"),
    "marketing": ("Марина Маркова", "marina@club.example"),
}
DISTRIBUTOR_PERSON = ("Дина Дмитриева", "dina@distributor.example")


def first_day(guest: Portal, today: date) -> Club:
    """Does what the setup says is missing, until nothing is."""
    admin = guest.sign_in(ADMIN)
    assert missing(admin) == ["products", "distributor", "region", "dispatcher", "manager", "companies"]
    for role, (name, email) in STAFF.items():
        admin.post("/v1/staff/people", {"name": name, "email": email, "role": role})
    boss = {"name": "Анна Аннова", "email": "anna@club.example", "role": "boss"}
    [error] = problem(admin, "POST", "/v1/staff/people", boss, status=422)["errors"]
    assert set(STAFF) < set(error["allowed"])
    made = admin.post(
        "/v1/staff/distributors",
        {
            "name": "Светотехника Центр",
            "email": "center@distributor.example",
            "regions": [{"region": region} for region in generator.REGIONS],
        },
        expect=201,
    )
    name, email = DISTRIBUTOR_PERSON
    admin.post(f"/v1/staff/distributors/{made['distributor_id']}/people", {"name": name, "email": email})
    products = {"products": [product.as_form() for product in generator.products()]}
    assert {each["result"] for each in admin.call("PUT", "/v1/staff/products", products)["items"]} == {"created"}
    file = sales_file(today)
    buyers = len(buyers_in(file, today))
    report = read_file(admin, file)
    assert (report["state"], report["companies_created"], report["bad_rows"]) == ("done", buyers, None)
    assert missing(admin) == ["managed"]
    hand_out(admin, buyers)
    assert missing(admin) == []
    signed_in = {role: guest.sign_in(email) for role, (_, email) in STAFF.items()}
    return Club(
        guest=guest,
        today=today,
        admin=admin,
        operations=signed_in["operations"],
        head=signed_in["head_of_sales"],
        manager=signed_in["manager"],
        marketing=signed_in["marketing"],
        distributor=guest.sign_in(DISTRIBUTOR_PERSON[1]),
    )


def hand_out(admin: Portal, buyers: int) -> None:
    """Each region has a manager, who gets the companies that the file brought."""
    [manager] = admin.get("/v1/staff/people?role=manager")["items"]
    admin.get("/v1/staff/region-managers")
    regions = [{"region": region, "manager_id": manager["member_id"]} for region in generator.REGIONS]
    admin.call("PUT", "/v1/staff/region-managers", {"regions": regions}, If_Match=admin.etag)
    form = {"from_manager": "none", "reason": "Первое распределение"}
    order = admin.order_post("/v1/staff/hand-overs", form, expect=202)
    assert done(admin, f"/v1/staff/hand-overs/{order['hand_over_id']}")["handed_over"] == buyers


def missing(admin: Portal) -> list[str]:
    """The steps that the setup still names; each names an operation that is there."""
    return [step["code"] for step in admin.get("/v1/staff/setup")["missing"]]
