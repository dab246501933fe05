"""Which letters an event asks for: template, class, and to whom. The words come later, when the letter is sent."""

from collections.abc import Callable, Iterable

from chalicelib import companies, members, orders
from chalicelib.letters.schemas import Letter, LetterClass, Recipient
from chalicelib.platform.events import Event
from chalicelib.platform.ids import derived_id
from chalicelib.platform.work import Work
from chalicelib.table import Key
from chalicelib.table.transactions import Item

KEEP_DAYS = 400  # as long as the events that letters tell of

# Who in a company hears of its tier and its bonuses.
_HEAR_OF_BUYING = {"owner", "buyer"}


def letters_of(work: Work, event: Event) -> list[Letter]:
    """The same letters, with the same ids, each time the event is told."""
    asked_for = (ASKED_FOR[event.name], *_ASKED_FOR_BESIDES.get(event.name, ()))
    return [
        Letter(
            letter_id=derived_id("ltr", event.id, template, recipient.kind, recipient.id),
            template=template,
            letter_class=LetterClass.SERVICE,
            recipient=recipient,
            cause=Key(event.item["pk"], event.item["sk"]),
            written_at=work.at,
            expires_at=work.expiry(days=KEEP_DAYS),
        )
        for template, recipients in asked_for
        for recipient in recipients(work, event.item)
    ]


Recipients = Callable[[Work, Item], Iterable[Recipient]]


def _who_signs_in(work: Work, item: Item) -> list[Recipient]:
    """Nobody, if the address is not of a member and nobody joins with it: a stranger gets no mail from us."""
    known = "member_id" in item or "registration" in item
    return [Recipient("sign_in", item["sign_in_id"])] if known else []


def _the_member(work: Work, item: Item) -> list[Recipient]:
    return [Recipient("member", item["member_id"])]


def _the_distributor(work: Work, item: Item) -> list[Recipient]:
    return [Recipient("distributor", item["distributor_id"])]


def _the_distributor_and_its_people(work: Work, item: Item) -> list[Recipient]:
    """Its address for orders, and those of its people who read another one."""
    distributor = orders.distributor(work, item["distributor_id"])
    people = orders.people_of(work, item["distributor_id"])
    return [
        Recipient("distributor", item["distributor_id"]),
        *(Recipient("member", each.member_id) for each in people if distributor and each.email != distributor.email),
    ]


def _who_heads_the_sales(work: Work, item: Item) -> list[Recipient]:
    """All who have the role; where nobody has it, those who can give it."""
    heads = members.staff_in(work, "head_of_sales") or members.staff_in(work, "admin")
    return [Recipient("member", member_id) for member_id in heads]


def _the_distributor_if_others_did(work: Work, item: Item) -> list[Recipient]:
    return [] if _by(item) == "distributor" else _the_distributor(work, item)


def _the_orderer(work: Work, item: Item) -> list[Recipient]:
    """Who placed the order; where the club did, or they have left the company since, all who buy for it."""
    if item.get("placed_by") == "staff" or _has_left(work, item):
        return _who_buys(work, item)
    return [Recipient("orderer", item["order_id"])]


def _has_left(work: Work, item: Item) -> bool:
    order = orders.order(work, item["company_id"], item["order_id"])
    people = companies.people(work, item["company_id"]) if order else []
    return order is not None and order.placed_by.member_id not in {
        person.member_id for person in people if person.status == "active"
    }


def _the_orderer_if_the_distributor_did(work: Work, item: Item) -> list[Recipient]:
    return _the_orderer(work, item) if _by(item) == "distributor" else []


def _the_orderer_if_the_club_did(work: Work, item: Item) -> list[Recipient]:
    return _the_orderer(work, item) if _by(item) == "staff" else []


def _by(item: Item) -> str:
    """The side that took the step; there was one only while events did not tell it."""
    return str(item.get("by", "company"))


def _who_may_confirm(work: Work, item: Item) -> list[Recipient]:
    """The company's owners, and its manager if it has one. The club's other staff see the list of those who wait."""
    people = companies.people(work, item["company_id"])
    company = companies.company(work, item["company_id"])
    owners = [person.member_id for person in people if person.status == "active" and person.role == "owner"]
    manager = [company.manager_id] if company and company.manager_id else []
    return [Recipient("member", member_id) for member_id in dict.fromkeys(owners + manager)]


def _who_buys(work: Work, item: Item) -> list[Recipient]:
    people = companies.people(work, item["company_id"])
    return [
        Recipient("member", person.member_id)
        for person in people
        if person.status == "active" and person.role in _HEAR_OF_BUYING
    ]


def _who_buys_and_the_distributor(work: Work, item: Item) -> list[Recipient]:
    return [*_who_buys(work, item), *_the_distributor(work, item)]


def _who_hoped_for_it(work: Work, item: Item) -> list[Recipient]:
    """The buyers, but for those who cancelled the order and know it; and the distributor that was told to ship it."""
    buyers = [] if item.get("why") == "cancelled" else _who_buys(work, item)
    return [*buyers, *(_the_distributor(work, item) if item.get("was_granted") else [])]


ASKED_FOR: dict[str, tuple[str, Recipients]] = {
    "sign_in.requested": ("sign_in_code", _who_signs_in),
    "member.email_confirmed": ("welcome", _the_member),
    "company.person_claimed": ("person_claimed", _who_may_confirm),
    "company.person_confirmed": ("person_confirmed", _the_member),
    "order.placed": ("order_placed", _the_distributor),
    "order.changed": ("order_changed", _the_orderer),
    "order.confirmed": ("order_confirmed", _the_distributor),
    "order.cancelled": ("order_cancelled", _the_distributor_if_others_did),
    "order.completed": ("order_cancellation_approved", _the_orderer),
    "order.cancellation_requested": ("order_cancellation_requested", _the_distributor),
    "order.cancellation_declined": ("order_cancellation_declined", _the_orderer),
    "order.return_requested": ("order_return_requested", _the_distributor),
    "order.returned": ("order_returned", _the_orderer),
    "order.return_rejected": ("order_return_rejected", _the_orderer),
    "order.accepted": ("order_accepted", _the_orderer),
    "order.rejected": ("order_rejected", _the_orderer),
    "order.shipped": ("order_shipped", _the_orderer),
    "order.unanswered": ("order_unanswered", _the_distributor_and_its_people),
    "order.escalated": ("order_escalated", _who_heads_the_sales),
    "demand.answered": ("demand_answered", _the_member),
    "webhook.paused": ("webhook_paused", _the_distributor_and_its_people),
    "webhook.failed": ("webhook_failed", _the_distributor_and_its_people),
    "tier.changed": ("tier_changed", _who_buys),
    "tier.warning": ("tier_warning", _who_buys),
    "bonus.reminder": ("bonus_reminder", _who_buys),
    "bonus.expiring": ("bonus_expiring", _who_buys),
    "bonus.credited": ("bonus_credited", _who_buys),
    "bonus.adjusted": ("bonus_adjusted", _who_buys),
    "goods.available": ("goods_available", _who_buys),
    "goods.expiring": ("goods_expiring", _who_buys),
    "goods.shipped": ("goods_shipped", _who_buys),
    "goods_on_top.granted": ("goods_on_top_granted", _who_buys_and_the_distributor),
    "goods_on_top.unpaid": ("goods_on_top_unpaid", _who_buys),
    "goods_on_top.withdrawn": ("goods_on_top_withdrawn", _who_hoped_for_it),
    "goods_on_top.shipped": ("goods_on_top_shipped", _who_buys),
    "display.approved": ("display_approved", _the_member),
    "display.rejected": ("display_rejected", _the_member),
}

# Events that ask for another letter besides, to somebody else.
_ASKED_FOR_BESIDES: dict[str, list[tuple[str, Recipients]]] = {
    "order.placed": [("order_placed_for_you", _the_orderer_if_the_club_did)],
    "order.cancelled": [
        ("order_cancellation_approved", _the_orderer_if_the_distributor_did),
        ("order_cancelled_for_you", _the_orderer_if_the_club_did),
    ],
}
