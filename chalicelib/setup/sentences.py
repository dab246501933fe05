"""The words of each step, in English and Russian: what is there when it is done, and why the club needs it."""

from typing import NamedTuple

from chalicelib.platform import Language
from chalicelib.setup.rules import StepCode


class Words(NamedTuple):
    title: str
    why: str


SENTENCES: dict[Language, dict[StepCode, Words]] = {
    "en": {
        "ladder": Words("A ladder of tiers is in force", "Without it no purchase earns a discount."),
        "products": Words("The catalogue has products", "Without them partners have nothing to order."),
        "distributor": Words(
            "A distributor is registered",
            "Orders go to a distributor, who ships them. `POST /v1/staff/setup/files` reads many from a file.",
        ),
        "region": Words(
            "A distributor serves a region", "A company's orders go to the first distributor of its region."
        ),
        "dispatcher": Words(
            "A person works on a distributor's orders",
            "The letter about an order goes to the distributor's address; to accept and ship it, a person of the distributor signs in.",
        ),
        "manager": Words(
            "The staff have a manager",
            "A manager confirms partners' people and is their contact at the club. `POST /v1/staff/setup/files` reads the staff from a file.",
        ),
        "companies": Words(
            "The club knows companies",
            "A file with past sales brings companies and their purchases; partners can also join.",
        ),
        "managed": Words(
            "Each company has a manager",
            "Without one nobody gets the letters about its people and its requests. `GET /v1/staff/companies?manager=none` lists them; "
            "`PUT /v1/staff/region-managers` names the manager of each region first. `POST /v1/staff/setup/files` reads each company's from a file.",
        ),
        "delivered": Words(
            "Each company has a region or a distributor",
            "Without either the company cannot order. `POST /v1/staff/setup/files` reads both from a file.",
        ),
    },
    "ru": {
        "ladder": Words("Действует шкала уровней", "Без неё покупки не дают скидки."),
        "products": Words("В каталоге есть товары", "Без них партнёрам нечего заказать."),
        "distributor": Words(
            "Заведён дистрибьютор",
            "Заказы получает и отгружает дистрибьютор. `POST /v1/staff/setup/files` прочтёт многих из файла.",
        ),
        "region": Words("Дистрибьютор обслуживает регион", "Заказы компании получает первый дистрибьютор её региона."),
        "dispatcher": Words(
            "У дистрибьютора есть человек, который ведёт заказы",
            "Письмо о заказе приходит на адрес дистрибьютора; чтобы принять и отгрузить заказ, человек дистрибьютора входит под своей почтой.",
        ),
        "manager": Words(
            "Среди сотрудников есть менеджер",
            "Менеджер подтверждает людей партнёров и отвечает им от имени клуба. `POST /v1/staff/setup/files` прочтёт сотрудников из файла.",
        ),
        "companies": Words(
            "Клуб знает компании", "Файл с прошлыми продажами заводит компании и их покупки; партнёры вступают и сами."
        ),
        "managed": Words(
            "У каждой компании есть менеджер",
            "Без него никто не получает писем о её людях и запросах. Их список: `GET /v1/staff/companies?manager=none`; "
            "сначала `PUT /v1/staff/region-managers` назовёт менеджера каждого региона. `POST /v1/staff/setup/files` прочтёт менеджера каждой компании из файла.",
        ),
        "delivered": Words(
            "У каждой компании есть регион или дистрибьютор",
            "Без того и другого компания не может заказывать. `POST /v1/staff/setup/files` прочтёт их из файла.",
        ),
    },
}
