"""Fills an empty club: staff by the owner's command, everything else through the API, as its users would."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from infra.demo import generator, pictures, promotions
from infra.demo.portal import Portal, Say, await_, send

STAFF = {
    "admin": ("Alla Adminova", "admin@club.example"),
    "head_of_sales": ("Hanna Glavina", "head@club.example"),
    "manager": ("Maxim Managerov", "manager@club.example"),
    "marketing": ("Marina Marketova", "marketing@club.example"),
    "operations": ("Oleg Operatorov", "operations@club.example"),
}
# Name, address, regions, and the warehouse of each.
DISTRIBUTORS = [
    ("Светотехника Центр", "center@distributor.example", ["RU-MOW", "RU-MOS", "RU-NIZ", "RU-ROS"], "MSK"),
    ("Северный свет", "north@distributor.example", ["RU-SPE", "RU-KDA"], "SPB"),
    ("Урал-Электро", "ural@distributor.example", ["RU-SVE", "RU-NVS", "RU-TA", "RU-SAM"], "EKB"),
]
SCARCE = "HB-P"  # in one warehouse only, and sold out there
# The managers, by the regions whose companies they get; those of Moscow are handed over as one piece of work.
SECOND_MANAGER = ("Nora Naumova", "north@club.example")
PORTFOLIOS = {
    STAFF["manager"][1]: ["RU-MOS", "RU-NIZ", "RU-ROS", "RU-SAM"],
    SECOND_MANAGER[1]: ["RU-SPE", "RU-KDA", "RU-SVE", "RU-NVS", "RU-TA"],
}
DISTRIBUTOR_PERSON = ("Dina Dispatcherova", "dispatch@distributor.example")
# Names of machine clients, and their scopes.
MACHINES = {
    "back-office": ("machine.catalog", "machine.payments", "staff.orders.read"),
    "distributor": ("fulfilment.read", "fulfilment.write"),
}
YEARS = 2


def fill(guest: Portal, today: date, companies: int, say: Say) -> None:
    """Expects the staff to be appointed already. `today`: the club's calendar day."""
    operations = guest.sign_in(STAFF["operations"][1])
    goods = generator.products()
    categories = [{"code": code, "name": name, "name_ru": name_ru} for code, name, name_ru in generator.CATEGORIES]
    operations.call("PUT", "/v1/staff/categories", {"categories": categories})
    operations.call("PUT", "/v1/staff/products", {"products": [product.as_form() for product in goods]})
    pictured = {each["sku"] for each in operations.get("/v1/staff/products?limit=100")["items"] if each["images"]}
    for product in goods:
        if product.sku not in pictured:
            _picture(operations, product.sku)
    say(f"{len(goods)} products in {len(categories)} categories, each with a picture")
    known = {each["name"] for each in operations.get("/v1/staff/distributors")["items"]}
    for name, email, regions, warehouse in DISTRIBUTORS:
        if name in known:
            continue  # an earlier filling was interrupted
        made = operations.post(
            "/v1/staff/distributors",
            {
                "name": name,
                "email": email,
                "language": "ru",
                "regions": [{"region": region, "priority": 1} for region in regions],
                "stock": {"warehouses": [warehouse]},
            },
            expect=201,
        )
        if name == DISTRIBUTORS[0][0]:
            person_name, person_email = DISTRIBUTOR_PERSON
            operations.post(
                f"/v1/staff/distributors/{made['distributor_id']}/people",
                {"name": person_name, "email": person_email},
            )
    operations.call("PUT", "/v1/staff/stock", {"stock": list(_stock(goods))})
    say(f"{len(DISTRIBUTORS)} distributors, each with a warehouse")
    admin = guest.sign_in(STAFF["admin"][1])
    managers = _portfolios(admin)
    buyers = generator.companies(companies, today)
    promoted = generator.Promoted(promotions.BY_THE_BOX, today - promotions.RUNNING)
    first, last = today - timedelta(days=365 * YEARS), today - timedelta(days=1)
    pieces = generator.sales_file(buyers, goods, first, last, promoted)
    report = upload(operations, "".join(pieces), say)
    say(f"{companies} companies, {report['documents']['created']} documents of {YEARS} years")
    handed = {"from_manager": "none", "region": "RU-MOW", "to_manager_id": managers[STAFF["manager"][1]]}
    admin.order_post("/v1/staff/hand-overs", {**handed, "reason": "The portfolio of Moscow"}, expect=202)
    prepared = promotions.prepare(guest.sign_in(STAFF["marketing"][1]), today)
    say(f"{len(PORTFOLIOS)} managers with portfolios; promotions: {', '.join(prepared)}")


def _picture(operations: Portal, sku: str) -> None:
    """Draws the product, and uploads it the way a back office does."""
    started = operations.post("/v1/staff/product-images", {"sku": sku, "content_type": "image/png"})
    send(started["upload"], pictures.picture(sku))
    operations.post(f"/v1/staff/product-images/{started['image_id']}/confirm")


def _stock(goods: list[generator.Product]) -> Iterator[dict[str, str]]:
    """A count of every product in each warehouse."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    for place, (*_, warehouse) in enumerate(DISTRIBUTORS):
        for number, product in enumerate(goods):
            if product.sku != SCARCE or not place:
                quantity = 0 if product.sku == SCARCE else 60 + (number * 37 + place * 91) % 480
                yield {"sku": product.sku, "warehouse": warehouse, "quantity": str(quantity), "at": at}


def _portfolios(admin: Portal) -> dict[str, str]:
    """Ids of the managers by address, once each region has its own: companies that a file brings follow it."""
    name, email = SECOND_MANAGER
    known = {each["email"]: each["member_id"] for each in admin.get("/v1/staff/people?limit=100")["items"]}
    if email not in known:
        known[email] = admin.post("/v1/staff/people", {"name": name, "email": email, "role": "manager"})["member_id"]
    rows = [
        {"region": region, "manager_id": known[email]} for email, regions in PORTFOLIOS.items() for region in regions
    ]
    admin.get("/v1/staff/region-managers")
    admin.call("PUT", "/v1/staff/region-managers", {"regions": rows}, If_Match=admin.etag)
    return known


def upload(operations: Portal, text: str, say: Say, file_name: str = "sales.csv", **form: Any) -> dict[str, Any]:
    """Sends a sales file the way a back office does, and waits for its report. `form`: what else is said of the file."""
    form = {"source": "1c", "file_name": file_name, **form}
    started = operations.order_post("/v1/staff/imports", form, expect=201)
    target = started["upload"]
    send(target, text.encode())
    path = f"/v1/staff/imports/{started['import_id']}"
    last = ""

    def look() -> Any:
        nonlocal last
        report = operations.get(path)
        progress = report["progress"]
        told = f"import: {report['state']}" + (
            f", part {progress['parts_done']} of {progress['parts_total']}" if progress["parts_total"] else ""
        )
        if told != last:
            last = told
            say(told)
        return report if report["state"] in ("done", "failed") else None

    return await_("the import's report", look, patience=600)  # type: ignore[no-any-return]
