"""Letters on orders: to who ordered, to who delivers, and to the club's own people."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.companies import Address
from chalicelib.mail.model import Recipient, Unsendable
from chalicelib.orders.lifecycle.rules import (
    ReturnedUnits,
    accept_return,
    approve_cancellation,
    decline_cancellation,
    reject_return,
    request_cancellation,
    request_return,
)
from chalicelib.orders.order.model import Delivery, DeliveryMethod
from chalicelib.orders.order.rules import (
    Actor,
    HistoryEntry,
    OrderState,
    OrderStep,
    RequestedLine,
    accept,
    cancel,
    confirm,
    reject,
    ship,
    track,
)
from chalicelib.platform.context import Context
from tests.support.letters import BUYER, BY_BUYER, BY_DISTRIBUTOR, DISTRIBUTOR, NBSP, ORDERER, plain
from tests.support.partners import dismissed, speaks_for, staff

WAITS = [{"since": "2026-11-20T22:30:00.000Z", "kind": "order", "ref": ""}]


def test_a_reminder_says_what_waits_and_since_when(club: Any) -> None:
    mail = club.told("order_unanswered", DISTRIBUTOR, waits=WAITS)
    assert mail.address == "orders@distributor.example"
    assert mail.subject == "Заказ 261120-7K3QX ждёт вашего ответа: Луч"
    assert "ждёт уже больше 1 рабочего дня" in plain(mail)
    assert "* заказ от 21 ноября 2026: его ещё не приняли и не отклонили" in plain(mail)


def test_a_head_of_sales_is_told_whom_to_ask(club: Any, context: Context) -> None:
    staff(context, "mbr_head", "head_of_sales")
    mail = club.told("order_escalated", Recipient("member", "mbr_head"), waits=WAITS)
    assert mail.address == "mbr_head@partner.example"
    assert "for more than 2 working days" in plain(mail)
    assert "(orders@distributor.example)" in plain(mail)


def test_nobody_is_reminded_of_what_was_answered_meanwhile(club: Any, context: Context) -> None:
    club.order = accept(club.order, [], by=BY_DISTRIBUTOR, at=context.at)
    with pytest.raises(Unsendable, match="answered"):
        club.told("order_unanswered", DISTRIBUTOR, waits=WAITS)


def test_a_distributor_gets_the_order_line_by_line(club: Any) -> None:
    mail = club.told("order_placed", DISTRIBUTOR)
    assert mail.address == "orders@distributor.example"
    assert mail.subject == "Новый заказ 261120-7K3QX: Луч"
    text = plain(mail)
    assert "Луч, ИНН 7707083893, 21 ноября 2026" in text
    assert "10 шт × 1 234,50 ₽ = 12 345,00 ₽" in text
    assert "Итого: 12 545,00 ₽" in text
    assert "Позвоните до обеда" in text


def test_a_distributor_gets_the_delivery_and_the_buyer_s_number_with_the_order(club: Any) -> None:
    assert "Доставка" not in plain(club.told("order_placed", DISTRIBUTOR))
    address = Address("adr_1", "Склад Север", "125009, Москва, Тверская, 7", "Иван", "+74951234567", "Въезд с торца")
    delivery = Delivery(DeliveryMethod.CARRIER, address, date(2026, 11, 27), partial_shipment=False)
    club.order = club.order._replace(buyer_order_number="ЗП-118", delivery=delivery)
    text = plain(club.told("order_placed", DISTRIBUTOR))
    for told in (
        "Номер заказа у покупателя: ЗП-118",
        "Доставка: перевозчиком",
        "Адрес: Склад Север: 125009, Москва, Тверская, 7",
        "Получатель: Иван, +74951234567",
        "Примечание: Въезд с торца",
        "Желаемый день: 27 ноября 2026",
        "Отгрузка частями: нежелательна",
    ):
        assert told in text
    club.order = club.order._replace(buyer_order_number="", delivery=Delivery(DeliveryMethod.PICKUP))
    text = plain(club.told("order_placed_for_you", Recipient("member", "mbr_en"), by="staff"))
    assert "Delivery: pick-up" in text and "Wished day: as soon as possible" in text
    assert "Address" not in text and "The buyer" not in text


def test_who_placed_the_order_hears_who_carries_it_and_how_to_follow_it(club: Any, context: Context) -> None:
    order = accept(club.order, [], by=BY_DISTRIBUTOR, at=context.at)
    said = {"day": date(2026, 11, 23), "by": BY_DISTRIBUTOR, "at": context.at}
    club.order = ship(order, None, document="Т-1", carrier="Деловые Линии", tracking_number="26-00541", **said)
    text = plain(club.told("order_shipped", ORDERER, shipment={"document": "Т-1"}))
    assert "Перевозчик: Деловые Линии. Номер для отслеживания: 26-00541." in text
    club.order = ship(order, None, document="Т-1", **said)
    assert "Перевозчик" not in plain(club.told("order_shipped", ORDERER, shipment={"document": "Т-1"}))


def test_a_letter_tells_a_number_that_is_new_unless_another_one_came_since(club: Any, context: Context) -> None:
    order = accept(club.order, [], by=BY_DISTRIBUTOR, at=context.at)
    order = ship(order, None, document="Т-1", day=date(2026, 11, 23), by=BY_DISTRIBUTOR, at=context.at)
    club.order = track(order, "Т-1", {"carrier": "ПЭК", "tracking_number": "26-1"})
    mail = club.told("order_tracked", ORDERER, document="Т-1", tracking_number="26-1")
    assert mail.subject == "Заказ 261120-7K3QX: номер для отслеживания 26-1"
    assert "документ Т-1 от 23 ноября 2026. Перевозчик: ПЭК. Номер для отслеживания: 26-1." in plain(mail)
    club.order = track(club.order, "Т-1", {"carrier": "", "tracking_number": "26-2"})
    assert "Перевозчик" not in plain(club.told("order_tracked", ORDERER, document="Т-1", tracking_number="26-2"))
    with pytest.raises(Unsendable, match="over"):
        club.told("order_tracked", ORDERER, document="Т-1", tracking_number="26-1")


def test_who_placed_the_order_hears_what_was_accepted(club: Any, context: Context) -> None:
    club.order = accept(
        club.order, [RequestedLine("A-1", 4)], by=BY_DISTRIBUTOR, at=context.at, note="Остальное в январе"
    )
    mail = club.told("order_accepted", ORDERER)
    assert mail.address == "mbr_1@partner.example"
    text = plain(mail)
    assert "4 шт × 1 234,50 ₽ = 4 938,00 ₽ (заказано 10)" in text
    assert "2 шт × 100,00 ₽ = 200,00 ₽\n" in text
    assert "Остальное в январе" in text


def test_who_placed_the_order_and_left_the_company_reads_nothing_of_it(club: Any, context: Context) -> None:
    """They may buy for somebody else by now."""
    dismissed(context, "cmp_1", "mbr_1")
    speaks_for(context, "cmp_2", "mbr_1")
    with pytest.raises(Unsendable, match="no_longer_speaks"):
        club.told("order_accepted", ORDERER)


def test_another_buyer_is_not_told_that_they_placed_the_order(club: Any) -> None:
    assert "потому что вы сделали этот заказ" in club.told("order_accepted", ORDERER).text
    assert "You get this letter because you buy for this company." in (
        club.told("order_accepted", Recipient("member", "mbr_en")).text
    )


def test_who_placed_the_order_hears_why_it_was_rejected(club: Any, context: Context) -> None:
    club.order = reject(club.order, reason="Сняли с производства", by=BY_DISTRIBUTOR, at=context.at)
    assert "«Сняли с производства»" in plain(club.told("order_rejected", ORDERER))


def test_a_distributor_hears_that_an_order_is_cancelled(club: Any, context: Context) -> None:
    club.order = cancel(club.order, by=BY_BUYER, at=context.at, note="Проект отложен")
    mail = club.told("order_cancelled", DISTRIBUTOR)
    assert mail.address == "orders@distributor.example"
    assert "«Проект отложен»" in plain(mail)


def test_who_placed_the_order_reads_what_it_would_come_to_and_may_confirm(club: Any, context: Context) -> None:
    club.order = accept(club.order, [RequestedLine("A-1", 12)], by=BY_DISTRIBUTOR, at=context.at, note="Кратно паллете")
    text = plain(club.told("order_changed", ORDERER))
    assert "сумма станет 15 014,00 ₽ вместо 12 545,00 ₽" in text
    assert "12 шт × 1 234,50 ₽ = 14 814,00 ₽ (заказано 10)" in text
    assert "«Кратно паллете»" in text
    club.order = confirm(club.order, by=BY_BUYER, at=context.at)
    assert "Итого: 15 014,00 ₽" in plain(club.told("order_confirmed", DISTRIBUTOR))
    with pytest.raises(Unsendable, match="answered"):
        club.told("order_changed", ORDERER)


def test_a_request_to_cancel_is_told_with_its_reason_and_its_answer(club: Any, context: Context) -> None:
    order = accept(club.order, [], by=BY_DISTRIBUTOR, at=context.at)
    club.order = request_cancellation(order, reason="Объект закрыт", by=BY_BUYER, at=context.at)
    assert "«Объект закрыт»" in plain(club.told("order_cancellation_requested", DISTRIBUTOR))
    asked = club.order
    club.order = decline_cancellation(asked, by=BY_DISTRIBUTOR, at=context.at, note="Уже в пути")
    assert "«Уже в пути»" in plain(club.told("order_cancellation_declined", ORDERER))
    with pytest.raises(Unsendable, match="answered"):
        club.told("order_cancellation_requested", DISTRIBUTOR)
    club.order = approve_cancellation(asked, by=BY_DISTRIBUTOR, at=context.at)
    mail = club.told("order_cancellation_approved", ORDERER, event="order.cancelled")
    assert (mail.subject, "Отгрузок по нему не будет" in plain(mail)) == ("Заказ 261120-7K3QX отменён", True)
    part = ship(
        asked, [RequestedLine("A-1", 3)], document="Т-1", day=date(2026, 11, 21), by=BY_DISTRIBUTOR, at=context.at
    )
    club.order = approve_cancellation(part, by=BY_DISTRIBUTOR, at=context.at)
    mail = club.told("order_cancellation_approved", ORDERER, event="order.completed")
    assert (mail.subject, "3 шт × 1 234,50 ₽" in plain(mail)) == ("Заказ 261120-7K3QX завершён", True)


def test_a_return_is_told_by_the_shipments_that_the_goods_came_with(club: Any, context: Context) -> None:
    order = accept(club.order, [], by=BY_DISTRIBUTOR, at=context.at)
    day = date(2026, 11, 21)
    order = ship(order, None, document="Т-1", day=day, by=BY_DISTRIBUTOR, at=context.at)
    club.order = request_return(
        order, "ret_1", [ReturnedUnits("Т-1", "A-1", 3)], reason="Бой", by=BY_BUYER, at=context.at
    )
    text = plain(club.told("order_return_requested", DISTRIBUTOR, return_id="ret_1"))
    assert "· Т-1 (A-1)" in text
    assert "3 шт × 1 234,50 ₽ = 3 703,50 ₽" in text
    assert "«Бой»" in text
    asked = club.order
    fewer = [ReturnedUnits("Т-1", "A-1", 2)]
    club.order = accept_return(asked, "ret_1", fewer, document="ВЗ-1", day=day, by=BY_DISTRIBUTOR, at=context.at)
    text = plain(club.told("order_returned", ORDERER, **{"return": {"return_id": "ret_1"}}))
    assert "Документ ВЗ-1 от 21 ноября 2026" in text
    assert "Итого: 2 469,00 ₽" in text
    assert "Остальное из того, что вы просили принять, дистрибьютор обратно не берёт" in text
    with pytest.raises(Unsendable, match="answered"):
        club.told("order_return_requested", DISTRIBUTOR, return_id="ret_1")
    club.order = accept_return(asked, "ret_1", [], document="ВЗ-1", day=day, by=BY_DISTRIBUTOR, at=context.at)
    assert "Остальное" not in club.told("order_returned", ORDERER, **{"return": {"return_id": "ret_1"}}).text
    club.order = reject_return(asked, "ret_1", reason="Не наш товар", by=BY_DISTRIBUTOR, at=context.at)
    assert "«Не наш товар»" in plain(club.told("order_return_rejected", ORDERER, return_id="ret_1"))


def test_the_company_hears_which_manager_ordered_for_it(club: Any, context: Context) -> None:
    club.order = club.order._replace(
        history=(HistoryEntry(context.at, OrderStep.PLACED, OrderState.PLACED, Actor("staff", "mbr_m")),)
    )
    text = plain(club.told("order_placed_for_you", BUYER))
    assert "менеджер клуба Мария Ведущая оформил заказ для компании Луч" in text
    assert "этот заказ оформил для вашей компании менеджер клуба" in text
    assert "Заказ оформил менеджер клуба Мария Ведущая." in plain(club.told("order_placed", DISTRIBUTOR))


def test_a_shipping_letter_tells_of_its_own_part(club: Any, context: Context) -> None:
    order = accept(club.order, [], by=BY_DISTRIBUTOR, at=context.at)
    order = ship(
        order, [RequestedLine("A-1", 3)], document="Т-1", day=date(2026, 11, 21), by=BY_DISTRIBUTOR, at=context.at
    )
    club.order = ship(order, None, document="Т-2", day=date(2026, 11, 22), by=BY_DISTRIBUTOR, at=context.at)
    first = plain(club.told("order_shipped", ORDERER, shipment={"document": "Т-1"}))
    assert "Документ Т-1 от 21 ноября 2026" in first
    assert "3 шт × 1 234,50 ₽ = 3 703,50 ₽" in first
    assert "Итого: 3 703,50 ₽" in first
    second = plain(club.told("order_shipped", ORDERER, shipment={"document": "Т-2"}))
    assert "7 шт" in second
    assert "2 шт" in second


def test_lines_are_named_in_the_readers_language(club: Any) -> None:
    club.distributor.language = "en"
    text = club.told("order_placed", DISTRIBUTOR).text
    assert "Lamp A-1" in text
    assert "Лампа" not in text


def test_goods_on_top_are_told_by_the_figures_of_their_event(club: Any) -> None:
    free = {"sku": "A-1", "name": "Lamp A-1", "name_ru": "Лампа A-1", "unit": "шт", "quantity": Decimal(5)}
    facts = {"number": "261120-7K3QX", "promotion": {"name": "Autumn", "name_ru": "Осень"}, "goods": free}
    granted = plain(club.told("goods_on_top_granted", BUYER, **facts))
    assert "компания Луч выполнила условия акции «Осень»" in granted
    assert "Подарок к заказу: Лампа A-1 (A-1), 5 шт." in granted
    assert "Его отгрузит Свет-Опт." in granted
    to_ship = club.told("goods_on_top_granted", DISTRIBUTOR, **facts)
    assert to_ship.address == "orders@distributor.example"
    assert "Пожалуйста, отгрузите подарок: Лампа A-1 (A-1), 5 шт." in plain(to_ship)
    shipments = [{"document": "УТ-7", "last_day": "2026-12-31"}]
    unpaid = club.told("goods_on_top_unpaid", BUYER, shipments=shipments, **facts)
    assert "оплатите до 31 декабря 2026 включительно" in unpaid.subject.replace(NBSP, " ")
    assert "* УТ-7: до 31 декабря 2026 включительно" in plain(unpaid)
    withdrawn = plain(club.told("goods_on_top_withdrawn", BUYER, why="not_paid", **facts))
    assert "оплата не поступила в срок" in withdrawn
    assert "сообщите об этом своему менеджеру" in withdrawn
    few = plain(club.told("goods_on_top_withdrawn", Recipient("member", "mbr_en"), why="too_few", **facts))
    assert "Lamp A-1 (A-1), 5 pcs. It will not get them: fewer of the goods were delivered" in few
    assert "manager" not in few
    not_to_ship = plain(club.told("goods_on_top_withdrawn", DISTRIBUTOR, why="too_few", was_granted=True, **facts))
    assert "не отгружайте подарок к заказу 261120-7K3QX компании Луч" in not_to_ship
    assert "Лампа A-1 (A-1), 5 шт" in not_to_ship
    assert "оплатили" not in not_to_ship
    shipped = plain(club.told("goods_on_top_shipped", BUYER, document="УТ-9", day="2026-12-05", **facts))
    assert "Документ УТ-9 от 5 декабря 2026." in shipped
