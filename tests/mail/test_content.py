"""What a letter says, and to whom: looked up when it is sent."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.companies import service as companies
from chalicelib.mail.model import Mail, Recipient, Unsendable
from chalicelib.mail.service import compose
from chalicelib.members.config import Welcome
from chalicelib.orders import distributors
from chalicelib.orders import service as orders
from chalicelib.orders.request_rules import (
    Part,
    accept_return,
    approve_cancellation,
    decline_cancellation,
    reject_return,
    request_cancellation,
    request_return,
)
from chalicelib.orders.rules import (
    Actor,
    Asked,
    Happened,
    Line,
    Order,
    State,
    Step,
    accept,
    cancel,
    confirm,
    reject,
    ship,
)
from chalicelib.platform.work import Work
from chalicelib.pricing.rules import Ruling
from chalicelib.table import Key
from tests.catalog.steps import row, stock
from tests.mail.steps import letter, member, sign_in_requested
from tests.support.partners import dismissed, speaks_for

CAUSE = Key("COMPANY#cmp_1", "EVENT#1")
BY_BUYER, BY_DISTRIBUTOR = Actor("company", "mbr_1"), Actor("distributor", "mbr_d")
NBSP = "\N{NO-BREAK SPACE}"


def line(sku: str, quantity: int, price: str) -> Line:
    ruling = Ruling("base_price", "listed", Decimal(price))
    return Line(
        sku=sku,
        name=f"Lamp {sku}",
        name_ru=f"Лампа {sku}",
        unit="шт",
        quantity=quantity,
        base_price=Decimal(price),
        unit_price=Decimal(price),
        vat_percent=Decimal(20),
        chosen=ruling,
        rejected=(),
    )


def an_order(work: Work) -> Order:
    return Order(
        order_id="ord_1",
        number="261120-7K3QX",
        company_id="cmp_1",
        company_name="Луч",
        company_inn="7707083893",
        distributor_id="dst_1",
        distributor_name="Свет-Опт",
        placed_at="2026-11-20T22:30:00.000Z",  # the next day in the club's zone
        currency="RUB",
        comment="Позвоните до обеда",
        state=State.PLACED,
        lines=(line("A-1", 10, "1234.50"), line("B-2", 2, "100")),
        history=(Happened(work.at, Step.PLACED, State.PLACED, BY_BUYER),),
    )


@pytest.fixture
def club(work: Work, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A company with a manager, its buyer, its distributor, and an order; `told` composes a letter about them."""
    member(work, "mbr_1")
    member(work, "mbr_en", language="en", name="Ann Light")
    member(work, "mbr_m", name="Мария Ведущая")
    speaks_for(work, "cmp_1", "mbr_1")
    speaks_for(work, "cmp_1", "mbr_en", role="buyer")
    company = SimpleNamespace(name="Луч", manager_id="mbr_m")
    distributor = SimpleNamespace(name="Свет-Опт", email="orders@distributor.example", language="ru")
    scene = SimpleNamespace(company=company, distributor=distributor, order=an_order(work))
    monkeypatch.setattr(companies, "company", lambda work, company_id: scene.company)
    monkeypatch.setattr(distributors, "distributor", lambda work, distributor_id: scene.distributor)
    monkeypatch.setattr(orders, "order", lambda work, company_id, order_id: scene.order)

    def told(template: str, recipient: Recipient, code: str = "", **facts: Any) -> Mail:
        order = {"company_id": "cmp_1", "order_id": "ord_1", "distributor_id": "dst_1", "at": work.at}
        event = {**CAUSE.as_item(), "event": template.replace("_", ".", 1), **order, **facts}
        work.table.put(event)
        made = letter(work, template=template, recipient=recipient, cause=CAUSE)
        return compose(work, made, code)

    scene.told = told
    return scene


BUYER = Recipient("member", "mbr_1")
ORDERER = Recipient("orderer", "ord_1")
DISTRIBUTOR = Recipient("distributor", "dst_1")


def plain(mail: Mail) -> str:
    return mail.text.replace(NBSP, " ")


# --- people ------------------------------------------------------------------------------------------------------------


def test_a_letter_speaks_its_readers_language(club: Any) -> None:
    assert club.told("welcome", BUYER).subject == "Добро пожаловать: Клуб партнёров"
    in_english = club.told("welcome", Recipient("member", "mbr_en"))
    assert (in_english.subject, in_english.address) == ("Welcome: Partner club", "mbr_en@partner.example")


def test_a_welcome_tells_what_the_club_gives_from_its_figures(club: Any, work: Work) -> None:
    text = plain(club.told("welcome", BUYER))
    for benefit in work.config[Welcome].benefits_ru:
        assert benefit in text
    assert "Бронза: от 50 000 ₽ — 3 %" in text
    assert "90 дней" in text
    assert "https://portal.example" in text


def test_a_confirmed_person_hears_of_company_and_manager(club: Any) -> None:
    text = plain(club.told("person_confirmed", BUYER))
    assert "от имени компании Луч." in text
    assert "Мария Ведущая, mbr_m@partner.example" in text
    club.company.manager_id = None
    assert "менеджер" not in plain(club.told("person_confirmed", BUYER))


def test_an_owner_hears_who_wants_to_speak_for_the_company(club: Any) -> None:
    text = plain(club.told("person_claimed", BUYER, member_id="mbr_en"))
    assert "Имя: Ann Light" in text
    assert "Почта: mbr_en@partner.example" in text


@pytest.mark.parametrize(("seconds", "words"), [(600, "10 минут"), (61, "1 минуту"), (30, "1 минуту")])
def test_a_code_letter_says_how_long_the_code_is_good(club: Any, work: Work, seconds: int, words: str) -> None:
    asked = sign_in_requested(work, code_expires_at=work.expiry() + seconds)
    work.table.put(asked)
    cause = Key(asked["pk"], asked["sk"])
    mail = compose(
        work, letter(work, template="sign_in_code", recipient=Recipient("sign_in", "sin_1"), cause=cause), "031337"
    )
    assert mail.address == "anna@partner.example"
    assert "031337" in mail.text
    assert "031337" not in mail.subject  # subjects are shown on locked screens
    assert words in plain(mail)


# --- orders ------------------------------------------------------------------------------------------------------------


WAITS = [{"since": "2026-11-20T22:30:00.000Z", "kind": "order", "ref": ""}]


def test_a_reminder_says_what_waits_and_since_when(club: Any) -> None:
    mail = club.told("order_unanswered", DISTRIBUTOR, waits=WAITS)
    assert mail.address == "orders@distributor.example"
    assert mail.subject == "Заказ 261120-7K3QX ждёт вашего ответа: Луч"
    assert "ждёт уже больше 1 рабочего дня" in plain(mail)
    assert "* заказ от 21 ноября 2026: его ещё не приняли и не отклонили" in plain(mail)


def test_a_head_of_sales_is_told_whom_to_ask(club: Any) -> None:
    mail = club.told("order_escalated", Recipient("member", "mbr_en"), waits=WAITS)
    assert mail.address == "mbr_en@partner.example"
    assert "for more than 2 working days" in plain(mail)
    assert "(orders@distributor.example)" in plain(mail)


def test_nobody_is_reminded_of_what_was_answered_meanwhile(club: Any, work: Work) -> None:
    club.order = accept(club.order, [], by=BY_DISTRIBUTOR, at=work.at)
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


def test_who_placed_the_order_hears_what_was_accepted(club: Any, work: Work) -> None:
    club.order = accept(club.order, [Asked("A-1", 4)], by=BY_DISTRIBUTOR, at=work.at, note="Остальное в январе")
    mail = club.told("order_accepted", ORDERER)
    assert mail.address == "mbr_1@partner.example"
    text = plain(mail)
    assert "4 шт × 1 234,50 ₽ = 4 938,00 ₽ (заказано 10)" in text
    assert "2 шт × 100,00 ₽ = 200,00 ₽\n" in text
    assert "Остальное в январе" in text


def test_who_placed_the_order_and_left_the_company_reads_nothing_of_it(club: Any, work: Work) -> None:
    """They may buy for somebody else by now."""
    dismissed(work, "cmp_1", "mbr_1")
    speaks_for(work, "cmp_2", "mbr_1")
    with pytest.raises(Unsendable, match="no_longer_speaks"):
        club.told("order_accepted", ORDERER)


def test_another_buyer_is_not_told_that_they_placed_the_order(club: Any) -> None:
    assert "потому что вы сделали этот заказ" in club.told("order_accepted", ORDERER).text
    assert "You get this letter because you buy for this company." in (
        club.told("order_accepted", Recipient("member", "mbr_en")).text
    )


def test_who_placed_the_order_hears_why_it_was_rejected(club: Any, work: Work) -> None:
    club.order = reject(club.order, reason="Сняли с производства", by=BY_DISTRIBUTOR, at=work.at)
    assert "«Сняли с производства»" in plain(club.told("order_rejected", ORDERER))


def test_a_distributor_hears_that_an_order_is_cancelled(club: Any, work: Work) -> None:
    club.order = cancel(club.order, by=BY_BUYER, at=work.at, note="Проект отложен")
    mail = club.told("order_cancelled", DISTRIBUTOR)
    assert mail.address == "orders@distributor.example"
    assert "«Проект отложен»" in plain(mail)


def test_who_placed_the_order_reads_what_it_would_come_to_and_may_confirm(club: Any, work: Work) -> None:
    club.order = accept(club.order, [Asked("A-1", 12)], by=BY_DISTRIBUTOR, at=work.at, note="Кратно паллете")
    text = plain(club.told("order_changed", ORDERER))
    assert "сумма станет 15 014,00 ₽ вместо 12 545,00 ₽" in text
    assert "12 шт × 1 234,50 ₽ = 14 814,00 ₽ (заказано 10)" in text
    assert "«Кратно паллете»" in text
    club.order = confirm(club.order, by=BY_BUYER, at=work.at)
    assert "Итого: 15 014,00 ₽" in plain(club.told("order_confirmed", DISTRIBUTOR))
    with pytest.raises(Unsendable, match="answered"):
        club.told("order_changed", ORDERER)


def test_a_request_to_cancel_is_told_with_its_reason_and_its_answer(club: Any, work: Work) -> None:
    order = accept(club.order, [], by=BY_DISTRIBUTOR, at=work.at)
    club.order = request_cancellation(order, reason="Объект закрыт", by=BY_BUYER, at=work.at)
    assert "«Объект закрыт»" in plain(club.told("order_cancellation_requested", DISTRIBUTOR))
    asked = club.order
    club.order = decline_cancellation(asked, by=BY_DISTRIBUTOR, at=work.at, note="Уже в пути")
    assert "«Уже в пути»" in plain(club.told("order_cancellation_declined", ORDERER))
    with pytest.raises(Unsendable, match="answered"):
        club.told("order_cancellation_requested", DISTRIBUTOR)
    club.order = approve_cancellation(asked, by=BY_DISTRIBUTOR, at=work.at)
    mail = club.told("order_cancellation_approved", ORDERER, event="order.cancelled")
    assert (mail.subject, "Отгрузок по нему не будет" in plain(mail)) == ("Заказ 261120-7K3QX отменён", True)
    part = ship(asked, [Asked("A-1", 3)], document="Т-1", day=date(2026, 11, 21), by=BY_DISTRIBUTOR, at=work.at)
    club.order = approve_cancellation(part, by=BY_DISTRIBUTOR, at=work.at)
    mail = club.told("order_cancellation_approved", ORDERER, event="order.completed")
    assert (mail.subject, "3 шт × 1 234,50 ₽" in plain(mail)) == ("Заказ 261120-7K3QX завершён", True)


def test_a_return_is_told_by_the_shipments_that_the_goods_came_with(club: Any, work: Work) -> None:
    order = accept(club.order, [], by=BY_DISTRIBUTOR, at=work.at)
    day = date(2026, 11, 21)
    order = ship(order, None, document="Т-1", day=day, by=BY_DISTRIBUTOR, at=work.at)
    club.order = request_return(order, "ret_1", [Part("Т-1", "A-1", 3)], reason="Бой", by=BY_BUYER, at=work.at)
    text = plain(club.told("order_return_requested", DISTRIBUTOR, return_id="ret_1"))
    assert "· Т-1 (A-1)" in text
    assert "3 шт × 1 234,50 ₽ = 3 703,50 ₽" in text
    assert "«Бой»" in text
    asked = club.order
    fewer = [Part("Т-1", "A-1", 2)]
    club.order = accept_return(asked, "ret_1", fewer, document="ВЗ-1", day=day, by=BY_DISTRIBUTOR, at=work.at)
    text = plain(club.told("order_returned", ORDERER, **{"return": {"return_id": "ret_1"}}))
    assert "Документ ВЗ-1 от 21 ноября 2026" in text
    assert "Итого: 2 469,00 ₽" in text
    assert "Остальное из того, что вы просили принять, дистрибьютор обратно не берёт" in text
    with pytest.raises(Unsendable, match="answered"):
        club.told("order_return_requested", DISTRIBUTOR, return_id="ret_1")
    club.order = accept_return(asked, "ret_1", [], document="ВЗ-1", day=day, by=BY_DISTRIBUTOR, at=work.at)
    assert "Остальное" not in club.told("order_returned", ORDERER, **{"return": {"return_id": "ret_1"}}).text
    club.order = reject_return(asked, "ret_1", reason="Не наш товар", by=BY_DISTRIBUTOR, at=work.at)
    assert "«Не наш товар»" in plain(club.told("order_return_rejected", ORDERER, return_id="ret_1"))


def test_the_company_hears_which_manager_ordered_for_it(club: Any, work: Work) -> None:
    club.order = replace(club.order, history=(Happened(work.at, Step.PLACED, State.PLACED, Actor("staff", "mbr_m")),))
    text = plain(club.told("order_placed_for_you", BUYER))
    assert "менеджер клуба Мария Ведущая оформил заказ для компании Луч" in text
    assert "этот заказ оформил для вашей компании менеджер клуба" in text
    assert "Заказ оформил менеджер клуба Мария Ведущая." in plain(club.told("order_placed", DISTRIBUTOR))


def test_a_shipping_letter_tells_of_its_own_part(club: Any, work: Work) -> None:
    order = accept(club.order, [], by=BY_DISTRIBUTOR, at=work.at)
    order = ship(order, [Asked("A-1", 3)], document="Т-1", day=date(2026, 11, 21), by=BY_DISTRIBUTOR, at=work.at)
    club.order = ship(order, None, document="Т-2", day=date(2026, 11, 22), by=BY_DISTRIBUTOR, at=work.at)
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


# --- wishes ------------------------------------------------------------------------------------------------------------

WISH = {"demand_id": "dem_1", "opened_at": "2026-11-18T09:00:00.000Z", "quantity": Decimal(12)}
ARRIVED = {"by": "stock", "at": "2026-11-20T09:00:00.000Z", "sku": "LMP-1", "text": "", "member_id": ""}
WRITTEN = {**ARRIVED, "by": "staff", "text": "Возьмите новую модель", "member_id": "mbr_m"}


@pytest.fixture
def wished(club: Any, work: Work) -> Any:
    """The same company, of which the buyer wished for something."""
    stock(work, row("LMP-1"), row("LMP-2"))
    return club


def test_who_wished_for_an_article_hears_that_it_is_there(wished: Any) -> None:
    mail = wished.told("demand_answered", BUYER, sku="LMP-1", text="", answered=ARRIVED, **WISH)
    assert mail.subject == "Поступил товар: Лампа LMP-1"
    assert "Вам было нужно: 12 pcs" in plain(mail)


def test_who_wished_for_something_else_reads_what_the_staff_wrote(wished: Any) -> None:
    wish = {**WISH, "sku": "", "text": "Лампа с датчиком"}
    mail = wished.told("demand_answered", BUYER, answered=WRITTEN, **wish)
    assert mail.subject == "Ответ на ваш запрос: Лампа с датчиком"
    assert "«Возьмите новую модель»" in mail.text
    assert "Посмотрите в каталоге: Лампа LMP-1 (LMP-1)" in mail.text
    other = wished.told("demand_answered", BUYER, **{**WISH, "sku": "LMP-2", "text": ""}, answered=WRITTEN)
    assert other.subject == "Ответ на ваш запрос: Лампа LMP-2"


def test_who_speaks_for_the_company_no_more_is_told_nothing_of_its_wishes(wished: Any, work: Work) -> None:
    dismissed(work, "cmp_1", "mbr_1")
    with pytest.raises(Unsendable, match="no_longer_speaks"):
        wished.told("demand_answered", BUYER, sku="LMP-1", text="", answered=ARRIVED, **WISH)


# --- tiers -------------------------------------------------------------------------------------------------------------


NO_TIER = {"code": "", "name": "No tier", "name_ru": "Без уровня", "discount_percent": Decimal(0)}
BRONZE = {"code": "bronze", "name": "Bronze", "name_ru": "Бронза", "discount_percent": Decimal(3)}
GOLD = {"code": "gold", "name": "Gold", "name_ru": "Золото", "discount_percent": Decimal(7)}
CHANGED = {
    "before": NO_TIER,
    "tier": BRONZE,
    "reason": "reached",
    "next": {**GOLD, "missing": Decimal("340000")},
    "day": "2026-11-21",
    "window_sum": Decimal(60_000),
    "window_days": 90,
    "currency": "RUB",
}


@pytest.mark.parametrize(
    ("before", "tier", "reason", "subject", "words"),
    [
        (NO_TIER, BRONZE, "reached", "Новый уровень «Бронза», скидка 3 %", "Луч получила уровень «Бронза»."),
        (BRONZE, GOLD, "reached", "Новый уровень «Золото», скидка 7 %", "поднялась с уровня «Бронза»"),
        (BRONZE, GOLD, "manual", "Новый уровень «Золото», скидка 7 %", "компании Луч дан уровень «Золото»"),
        (BRONZE, GOLD, "ladder", "Ваша скидка теперь 7 %", "скидки клуба изменились, и у компании Луч"),
        (
            GOLD,
            BRONZE,
            "fell",
            "Уровень теперь «Бронза», скидка 3 %",
            "выходят из расчёта, и уровень «Золото» закончился",
        ),
        (GOLD, BRONZE, "corrected", "Уровень теперь «Бронза», скидка 3 %", "учтённые покупки компании Луч исправлены"),
        (GOLD, BRONZE, "manual", "Уровень теперь «Бронза», скидка 3 %", "закончился уровень, данный на срок"),
        (GOLD, BRONZE, "ladder", "Ваша скидка теперь 3 %", "скидки клуба изменились, в том числе для компании Луч. "),
        (BRONZE, NO_TIER, "fell", "Скидка закончилась: как её вернуть", "уровень «Бронза» закончился"),
        (BRONZE, NO_TIER, "ladder", "Скидка закончилась: как её вернуть", "скидки клуба изменились"),
    ],
)
def test_a_tier_letter_tells_up_from_down_and_why(
    club: Any, before: Any, tier: Any, reason: str, subject: str, words: str
) -> None:
    mail = club.told("tier_changed", BUYER, **{**CHANGED, "before": before, "tier": tier, "reason": reason})
    assert mail.subject.replace(NBSP, " ") == subject
    assert words in plain(mail)
    assert "21 ноября 2026" in plain(mail)


def test_a_company_that_comes_back_is_not_told_of_a_first_tier(club: Any) -> None:
    for reader in (BUYER, Recipient("member", "mbr_en")):
        text = plain(club.told("tier_changed", reader, **CHANGED))
        assert "перв" not in text
        assert "first" not in text


@pytest.mark.parametrize("reason", ["reached", "fell", "corrected", "manual", "ladder"])
@pytest.mark.parametrize("up", [True, False])
def test_a_tier_without_a_discount_breaks_no_letter(club: Any, reason: str, up: bool) -> None:
    bare = {**BRONZE, "discount_percent": Decimal(0)}
    before, tier = (NO_TIER, bare) if up else (bare, NO_TIER)
    for reader in (BUYER, Recipient("member", "mbr_en")):
        text = plain(club.told("tier_changed", reader, **{**CHANGED, "before": before, "tier": tier, "reason": reason}))
        assert ("0 %" in text or "0%" in text) == up


def test_a_tier_letter_says_what_is_missing_to_the_next_step(club: Any) -> None:
    text = plain(club.told("tier_changed", BUYER, **CHANGED))
    assert "Покупки за 90 дней: 60 000,00 ₽" in text
    assert "До уровня «Золото», 7 %: ещё 340 000,00 ₽" in text
    assert "До уровня" not in plain(club.told("tier_changed", BUYER, **{**CHANGED, "next": None}))


WARNING = {
    "tier": GOLD,
    "falls_on": "2026-12-04",
    "falls_to": BRONZE,
    "days_left": 14,
    "stage": 14,
    "needed": Decimal("120000.50"),
    "buy_by": "2026-12-03",
    "currency": "RUB",
}


def test_a_warning_of_a_fall_names_the_day_the_sum_and_what_follows(club: Any) -> None:
    mail = club.told("tier_warning", BUYER, **WARNING)
    assert mail.subject.replace(NBSP, " ") == "4 декабря 2026 закончится уровень «Золото»"
    text = plain(mail)
    assert "через 14 дней" in text
    assert "Тогда уровень будет «Бронза», скидка 3 %" in text
    assert "купите на 120 000,50 ₽ по 3 декабря 2026 включительно" in text


def test_a_warning_of_a_fall_that_no_order_averts_names_none(club: Any) -> None:
    mail = club.told("tier_warning", BUYER, **{**WARNING, "falls_to": NO_TIER, "needed": None, "buy_by": None})
    assert "Он закончится 4 декабря 2026, через 14 дней. Тогда скидки не будет" in plain(mail)
    assert "купите" not in plain(mail)


def test_a_warning_of_a_lower_discount_of_the_same_tier_names_the_day_and_the_discount_alone(club: Any) -> None:
    """Even one that was recorded with a sum."""
    facts = {**WARNING, "falls_to": {**GOLD, "discount_percent": Decimal(6)}}
    mail = club.told("tier_warning", BUYER, **facts)
    assert mail.subject.replace(NBSP, " ") == "4 декабря 2026 изменится скидка уровня «Золото»"
    text = plain(mail)
    assert "с 4 декабря 2026, через 14 дней, уровень останется, а скидка будет 6 %." in text
    assert "купите" not in text
    assert "закончится" not in text
    in_english = club.told("tier_warning", Recipient("member", "mbr_en"), **facts)
    assert in_english.subject.replace(NBSP, " ") == "The discount of Gold changes on 4 December 2026"
    text = plain(in_english)
    assert "from 4 December 2026 on, in 14 days, the tier stays and its discount is 6%." in text
    assert "buy for 120" not in text


# --- bonuses -----------------------------------------------------------------------------------------------------------


def test_a_reminder_tells_the_balance_and_what_goes_first(club: Any) -> None:
    lots = [{"amount": Decimal("345.67"), "expires_on": "2026-12-31"}]
    facts = {"currency": "RUB", "day": "2026-12-01", "available": Decimal("1345.67"), "pending": Decimal(90)}
    mail = club.told("bonus_reminder", BUYER, lots=lots, **facts)
    assert mail.subject.replace(NBSP, " ") == "Ваши бонусы: 1 345,67 ₽"
    text = plain(mail)
    assert "на 1 декабря 2026 у компании Луч накоплены бонусы: 1 345,67 ₽" in text
    assert "* 345,67 ₽: действуют по 31 декабря 2026 включительно" in text
    assert "Ещё 90,00 ₽ добавятся" in text
    assert "сгорят" not in plain(club.told("bonus_reminder", BUYER, lots=[], **facts))


def test_a_warning_names_the_sum_the_last_day_and_the_time_left(club: Any) -> None:
    facts = {"currency": "RUB", "expires_on": "2026-12-31", "days_left": 21, "available": Decimal(1000)}
    mail = club.told("bonus_expiring", BUYER, amount=Decimal("345.67"), **facts)
    assert mail.subject.replace(NBSP, " ") == "31 декабря 2026 сгорят бонусы: 345,67 ₽"
    assert "остаётся 21 день" in plain(mail)
    in_english = club.told("bonus_expiring", Recipient("member", "mbr_en"), amount=Decimal("345.67"), **facts)
    assert "which leaves 21 days to spend them" in plain(in_english)


def test_what_a_partner_company_credits_is_told_with_its_name(club: Any) -> None:
    facts = {"currency": "RUB", "amount": Decimal(500), "expires_on": "2027-11-30", "partner": "Электросеть"}
    assert "Электросеть начисляет компании Луч бонусы: 500,00 ₽" in plain(club.told("bonus_credited", BUYER, **facts))
    assert "«за установку»" in plain(club.told("bonus_credited", BUYER, note="за установку", **facts))


def test_an_adjustment_is_told_with_its_reason_and_what_is_available_now(club: Any) -> None:
    facts = {"currency": "RUB", "reason": "Ошибка в марте", "available": Decimal(1500)}
    mail = club.told("bonus_adjusted", BUYER, amount=Decimal(500), expires_on="2027-11-30", **facts)
    assert mail.subject.replace(NBSP, " ") == "Бонусы добавлены: 500,00 ₽"
    text = plain(mail)
    assert "на счёт компании Луч бонусы: 500,00 ₽. Они действуют по 30 ноября 2027 включительно. Причина:" in text
    assert "«Ошибка в марте»" in text
    assert "Сейчас доступно: 1 500,00 ₽" in text
    less = club.told("bonus_adjusted", BUYER, amount=Decimal(-500), expires_on=None, **facts)
    assert less.subject.replace(NBSP, " ") == "Бонусы списаны: 500,00 ₽"
    assert "со счёта компании Луч бонусы: 500,00 ₽. Причина:" in plain(less)
    in_english = club.told(
        "bonus_adjusted", Recipient("member", "mbr_en"), amount=Decimal(-500), expires_on=None, **facts
    )
    assert "taken bonuses of 500.00 RUB off the account of" in plain(in_english)


def test_goods_for_a_period_are_told_with_the_days_to_choose_them_and_a_gift_without(club: Any) -> None:
    facts = {"currency": "RUB", "amount": Decimal(7000), "first_day": "2026-07-01", "last_day": "2026-09-30"}
    facts["available_from"] = "2026-10-01"
    goods = plain(club.told("goods_available", BUYER, gift=False, expires_on="2026-12-31", **facts))
    assert "за покупки с 1 июля 2026 по 30 сентября 2026 компания Луч получает товары на 7 000,00 ₽" in goods
    assert "с 1 октября 2026 по 31 декабря 2026 включительно" in goods
    gift = plain(club.told("goods_available", BUYER, gift=True, **facts))
    assert "компания Луч получает подарок на 7 000,00 ₽. Его передаст ваш менеджер." in gift


def test_goods_not_chosen_are_told_in_time(club: Any) -> None:
    facts = {"currency": "RUB", "amount": Decimal(7000), "expires_on": "2026-12-31", "days_left": 7}
    mail = club.told("goods_expiring", BUYER, **facts)
    assert mail.subject.replace(NBSP, " ") == "Выберите товары по 31 декабря 2026"
    assert "остаётся 7 дней" in plain(mail)


def test_shipped_goods_are_told_line_by_line_with_what_is_still_owed(club: Any) -> None:
    names = {"sku": "A-1", "name": "Lamp A-1", "name_ru": "Лампа A-1", "unit": "шт"}
    lines = [{**names, "quantity": Decimal(3), "unit_price": Decimal("100.50"), "amount": Decimal("301.50")}]
    facts = {"currency": "RUB", "document": "Б-17", "day": "2026-11-21", "lines": lines}
    text = plain(club.told("goods_shipped", BUYER, left=Decimal(99), **facts))
    assert "Документ Б-17 от 21 ноября 2026" in text
    assert "3 шт × 100,50 ₽ = 301,50 ₽" in text
    assert "Ещё причитается на 99,00 ₽." in text
    assert "причитается" not in plain(club.told("goods_shipped", BUYER, left=Decimal(0), **facts))
    assert "Lamp A-1" in club.told("goods_shipped", Recipient("member", "mbr_en"), left=Decimal(0), **facts).text


# --- displays ---------------------------------------------------------------------------------------------------------

PROMOTION = {"promotion_id": "prm_1", "name": "Autumn of panels", "name_ru": "Осень панелей", "last": "2027-02-28"}


def test_an_approved_display_tells_for_whom_the_prices_hold_and_how_long(club: Any) -> None:
    facts = {"company_id": "cmp_1", "promotion": PROMOTION, "shop_address": "Лесная, 7", "reason": ""}
    text = plain(club.told("display_approved", BUYER, inn="7707083893", **facts))
    assert "По 28 февраля 2027 включительно цены акции «Осень панелей» действуют для компании Луч" in text
    assert "и для всех остальных компаний с ИНН 7707083893" in text
    assert "ИНН" not in plain(club.told("display_approved", BUYER, inn="", **facts))
    assert "Autumn of panels" in club.told("display_approved", Recipient("member", "mbr_en"), inn="", **facts).text


def test_a_display_that_was_not_accepted_tells_why_and_what_to_do(club: Any) -> None:
    facts = {"company_id": "cmp_1", "inn": "", "promotion": PROMOTION, "shop_address": "Лесная, 7"}
    text = plain(club.told("display_rejected", BUYER, reason="На фото не видно полки", **facts))
    assert "в магазине (Лесная, 7) для акции «Осень панелей». Причина:\n\n«На фото не видно полки»" in text
    assert "Другое фото можно отправить в кабинете, пока идёт акция" in text


def test_who_sent_the_photo_and_left_the_company_reads_nothing_of_its_prices(club: Any, work: Work) -> None:
    dismissed(work, "cmp_1", "mbr_1")
    facts = {"company_id": "cmp_1", "inn": "7707083893", "promotion": PROMOTION, "shop_address": "Лесная, 7"}
    with pytest.raises(Unsendable, match="no_longer_speaks"):
        club.told("display_approved", BUYER, reason="", **facts)


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
    assert "Lamp A-1 (A-1), 5 шт. It will not get them: fewer of the goods were delivered" in few
    assert "manager" not in few
    not_to_ship = plain(club.told("goods_on_top_withdrawn", DISTRIBUTOR, why="too_few", was_granted=True, **facts))
    assert "не отгружайте подарок к заказу 261120-7K3QX компании Луч" in not_to_ship
    assert "Лампа A-1 (A-1), 5 шт" in not_to_ship
    assert "оплатили" not in not_to_ship
    shipped = plain(club.told("goods_on_top_shipped", BUYER, document="УТ-9", day="2026-12-05", **facts))
    assert "Документ УТ-9 от 5 декабря 2026." in shipped


# --- nobody, nothing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gone", "template", "recipient", "reason"),
    [
        ({}, "welcome", Recipient("member", "mbr_erased"), "recipient_gone"),
        ({"distributor": None}, "order_placed", DISTRIBUTOR, "recipient_gone"),
        ({"order": None}, "order_accepted", ORDERER, "order_gone"),
        ({"company": None}, "tier_changed", BUYER, "company_gone"),
    ],
)
def test_what_is_gone_cannot_be_told_of(
    club: Any, gone: dict[str, None], template: str, recipient: Recipient, reason: str
) -> None:
    vars(club).update(gone)
    with pytest.raises(Unsendable, match=reason):
        club.told(template, recipient, **CHANGED)


def test_a_letter_whose_event_is_gone_cannot_be_told(work: Work) -> None:
    with pytest.raises(Unsendable, match="cause_gone"):
        compose(work, letter(work), "")
