"""The clock of orders on the deployed stack: the tick, the stream and the letters of an order that nobody answers."""

import uuid
from datetime import timedelta

from chalicelib.distributors import service as distributors
from chalicelib.distributors.schemas import DistributorForm
from chalicelib.orders.order import store as order_store
from chalicelib.orders.response_times import rules as response_times_rules
from chalicelib.orders.response_times import service as response_times
from chalicelib.orders.response_times import store as response_times_store
from chalicelib.platform import clock
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from infra.demo.portal import Portal
from infra.demo.seed import STAFF
from tests.orders.desk import Desk
from tests.support.cloud import DeployedClub


def test_a_tick_writes_to_the_distributor_and_to_who_heads_the_sales(cloud: DeployedClub, guest: Portal) -> None:
    mark = uuid.uuid4().hex
    ten_days_ago = Context(
        table=Table(cloud.client("dynamodb"), cloud.outputs["TableName"]), now=clock.now() - timedelta(days=10)
    )
    form = DistributorForm(name="Late light", email=f"late.{mark}@distributor.example", language="ru", regions=[])
    late = distributors.create(ten_days_ago, form)
    order = (
        Desk()
        .place()
        ._replace(order_id=f"ord_{mark}", number=mark[:12], company_id=f"cmp_{mark}", placed_at=ten_days_ago.at)
    )
    order = order._replace(distributor_id=late.distributor_id, distributor_name=late.name)
    tx = Transaction()
    order_store.create_order(tx, order)
    ten_days_ago.table.commit(tx)
    tx = Transaction()
    response_times_store.replace(
        tx,
        order,
        None,
        response_times_rules.open_questions_of(None, order),
        response_times.deadlines(ten_days_ago)(order.placed_at).remind,
    )
    ten_days_ago.table.commit(tx)

    counted = cloud.invoke("remind_distributors")
    assert counted["due"] >= 1
    assert counted["failed"] == 0
    (reminder,) = cloud.mail(late.email)
    assert "ждёт вашего ответа" in reminder["subject"]
    head_of_sales = STAFF.get("head_of_sales", STAFF["admin"])[1]  # who has the role, else the admins
    assert guest.letter(head_of_sales, mark[:12])["subject"].startswith("Late light")

    operations = guest.sign_in(STAFF["operations"][1])
    shown = operations.get("/v1/staff/orders/unanswered?limit=100")["items"]
    assert [each["number"] for each in shown if each["distributor_name"] == "Late light"] == [mark[:12]]
    assert cloud.invoke("remind_distributors")["due"] == 0
