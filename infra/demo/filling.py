"""Fills an empty club: staff by the owner's command, everything else through the API, as its users would."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import requests

from infra.demo import generator
from infra.demo.portal import Portal, await_

STAFF = {
    "admin": ("Alla Adminova", "admin@club.example"),
    "manager": ("Maxim Managerov", "manager@club.example"),
    "marketing": ("Marina Marketova", "marketing@club.example"),
    "operations": ("Oleg Operatorov", "operations@club.example"),
}
DISTRIBUTORS = [
    ("Светотехника Центр", "center@distributor.example", ["RU-MOW", "RU-MOS", "RU-NIZ", "RU-ROS"]),
    ("Северный свет", "north@distributor.example", ["RU-SPE", "RU-KDA"]),
    ("Урал-Электро", "ural@distributor.example", ["RU-SVE", "RU-NVS", "RU-TA", "RU-SAM"]),
]
DISTRIBUTOR_PERSON = ("Dina Dispatcherova", "dispatch@distributor.example")
# Names of machine clients, and their scopes.
MACHINES = {
    "back-office": ("machine.catalog", "machine.payments", "staff.orders.read"),
    "distributor": ("fulfilment.read", "fulfilment.write"),
}
YEARS = 2

Say = Callable[[str], None]


def fill(guest: Portal, today: date, companies: int, say: Say) -> None:
    """Expects the staff to be appointed already. `today`: the club's calendar day."""
    operations = guest.sign_in(STAFF["operations"][1])
    goods = generator.products()
    operations.call("PUT", "/v1/staff/products", {"products": [product.as_form() for product in goods]})
    say(f"{len(goods)} products")
    known = {each["name"] for each in operations.get("/v1/staff/distributors")["items"]}
    for name, email, regions in DISTRIBUTORS:
        if name in known:
            continue  # an earlier filling was interrupted
        made = operations.post(
            "/v1/staff/distributors",
            {
                "name": name,
                "email": email,
                "language": "ru",
                "regions": [{"region": region, "priority": 1} for region in regions],
            },
            expect=201,
        )
        if name == DISTRIBUTORS[0][0]:
            person_name, person_email = DISTRIBUTOR_PERSON
            operations.post(
                f"/v1/staff/distributors/{made['distributor_id']}/people",
                {"name": person_name, "email": person_email},
            )
    say(f"{len(DISTRIBUTORS)} distributors")
    buyers = generator.companies(companies, today)
    pieces = generator.sales_file(buyers, goods, today - timedelta(days=365 * YEARS), today - timedelta(days=1))
    report = upload(operations, "".join(pieces), say)
    say(f"{companies} companies, {report['documents']['created']} documents of {YEARS} years")


def upload(operations: Portal, text: str, say: Say, file_name: str = "sales.csv", **form: Any) -> dict[str, Any]:
    """Sends a sales file the way a back office does, and waits for its report. `form`: what else is said of the file."""
    form = {"source": "1c", "file_name": file_name, **form}
    started = operations.order_post("/v1/staff/imports", form, expect=201)
    target = started["upload"]
    answer = requests.post(target["url"], data=target["fields"], files={"file": text.encode()}, timeout=60)
    answer.raise_for_status()
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
