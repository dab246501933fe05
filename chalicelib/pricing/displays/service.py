"""Display deals: promotions for companies that prove by a photo that they display the goods in a shop.

    start ─▶ uploading ──confirm──▶ waiting ──approve──▶ approved: the company and all others of its INN have the deal
                                        └────reject────▶ rejected, with a reason; another photo may follow

The approval itself gives the deal to the company that sent the photo. Events give it to the other companies of the chain:
`display.approved` copies it to every company of the INN; `company.registered` adds a company to its chain and copies the chain's deals to it.
In either order, the later one finds what the earlier one wrote. Only managers see the photo.
"""

from datetime import date, timedelta

from chalicelib.catalog import Catalogue
from chalicelib.companies import company_key
from chalicelib.platform import DAY, Context, Language, Problem, events, hold_throttle
from chalicelib.platform.files import uploads
from chalicelib.pricing.displays import store
from chalicelib.pricing.displays.events import APPROVED, REJECTED
from chalicelib.pricing.displays.schemas import (
    DisplayedPromotionView,
    DisplayPhotoView,
    DisplayProofForm,
    DisplayProofView,
    DisplayUploadView,
    StaffDisplayProofView,
)
from chalicelib.pricing.offers import keys as offers_keys
from chalicelib.pricing.offers import store as offers_store
from chalicelib.pricing.promotions import keys as promotions_keys
from chalicelib.pricing.promotions import store as promotions_store
from chalicelib.pricing.rules import Promotion
from chalicelib.table import Item, Position, Refused, Transaction

KEEP_UPLOADING_DAYS = 1
LINK_SECONDS = 3600
MOST_A_DAY = 20  # uploads that a company starts, so that nobody fills the bucket
PAGE = 100  # companies that are looked at together


# --- the company ------------------------------------------------------------------------------------------------------


def start(
    context: Context, company_id: str, member_id: str, promotion_id: str, form: DisplayProofForm
) -> DisplayUploadView:
    """Start a proof. Raises 404 unless the promotion is a current display deal, 409 if the company has it, 429 for too many a day."""
    company, own, running = (
        company_key(company_id),
        offers_keys.granted(company_id),
        promotions_keys.running_promotions(),
    )
    found = context.table.get_many([company, own, running])
    promotion = _display_deal(context, found.get(running), promotion_id)
    if company not in found:
        raise Problem.role_lost()
    if promotion_id in offers_store.displays(found.get(own)):
        raise _has_it_already()
    proof_id = context.new_id("dsp")
    limits = context.config[Catalogue]
    upload = uploads.start(
        context,
        _object(proof_id),
        form.content_type,
        most_bytes=limits.image_most_bytes,
        minutes=limits.image_upload_minutes,
    )
    tx = Transaction()
    store.create(
        tx,
        {
            "proof_id": proof_id,
            "company_id": company_id,
            "company_name": found[company]["name"],
            "inn": found[company].get("inn", ""),
            "promotion": {
                "promotion_id": promotion_id,
                "name": promotion.name,
                "name_ru": promotion.name_ru,
                "last": promotion.last.isoformat(),
            },
            "shop_address": form.shop_address,
            "state": "uploading",
            "created_at": context.at,
            "member_id": member_id,
            "expires_at": context.expiry(days=KEEP_UPLOADING_DAYS),
        },
    )
    detail = f"At most {MOST_A_DAY} photos a day."
    hold_throttle(tx, context, "display", company_id, MOST_A_DAY, DAY, detail)
    context.table.commit(tx)
    return DisplayUploadView(proof_id=proof_id, upload=upload)


def confirm(
    context: Context, company_id: str, promotion_id: str, proof_id: str, language: Language
) -> DisplayProofView:
    """Submit the photo to the managers; safe to repeat. Raises 404, and 409 before the upload has arrived."""
    item = _existing(context, company_id, proof_id)
    if item["promotion"]["promotion_id"] != promotion_id:
        raise Problem("not_found")
    if item["state"] != "uploading":
        return _view(item, language)
    photo = uploads.keep(_object(proof_id), f"{_object(proof_id)}/sent")
    if photo is None:
        raise Problem("conflict", "The upload of this photo has not arrived.")
    tx = Transaction()
    store.put_waiting(tx, item, photo, context.at)
    offers_store.request_display(tx, company_id, promotion_id, proof_id)
    try:
        context.table.commit(tx)
    except Refused as refused:
        if "proof" in refused:  # confirmed before, or by a concurrent call
            return _view(_existing(context, company_id, proof_id), language)
        raise _has_it_already() from None
    return _view({**item, "state": "waiting", "sent_at": context.at}, language)


def own(
    context: Context, company_id: str, language: Language, limit: int, after: Position
) -> tuple[list[DisplayProofView], Position]:
    page = store.page(context.table, company_id, limit, after)
    return [_view(item, language) for item in page.items], page.last


def display_deal(context: Context, promotion_id: str) -> Promotion:
    """A current display deal. Raises `not_found`. One read."""
    return _display_deal(context, promotions_store.running_item(context.table), promotion_id)


def _display_deal(context: Context, running: Item | None, promotion_id: str) -> Promotion:
    for promotion in promotions_store.running(running):
        if promotion.promotion_id == promotion_id and promotion.display and promotion.last >= context.today:
            return promotion
    raise Problem("not_found")


def _has_it_already() -> Problem:
    return Problem("already_exists", "The company already has this deal, or another photo waits for a decision.")


# --- the staff --------------------------------------------------------------------------------------------------------


def waiting(
    context: Context, language: Language, limit: int, after: Position
) -> tuple[list[StaffDisplayProofView], Position]:
    page = store.waiting(context.table, limit, after)
    return [_staff_view(context, item, language) for item in page.items], page.last


def of_company(
    context: Context, company_id: str, language: Language, limit: int, after: Position
) -> tuple[list[StaffDisplayProofView], Position]:
    page = store.page(context.table, company_id, limit, after)
    return [_staff_view(context, item, language) for item in page.items], page.last


def approve(context: Context, company_id: str, proof_id: str, author: str, language: Language) -> StaffDisplayProofView:
    """Approve a proof. Raises 404, and 409 if it was decided otherwise. Safe to repeat."""
    return _decided(context, company_id, proof_id, author, language, {"state": "approved"})


def reject(
    context: Context, company_id: str, proof_id: str, author: str, reason: str, language: Language
) -> StaffDisplayProofView:
    """Reject a proof with a reason for the company. Errors as for `approve`."""
    return _decided(context, company_id, proof_id, author, language, {"state": "rejected", "reason": reason})


def _decided(
    context: Context, company_id: str, proof_id: str, author: str, language: Language, decision: dict[str, str]
) -> StaffDisplayProofView:
    item = _existing(context, company_id, proof_id)
    promotion_id, last = item["promotion"]["promotion_id"], date.fromisoformat(item["promotion"]["last"])
    changes = {**decision, "decided_at": context.at, "decided_by": author}
    approved = decision["state"] == "approved"
    tx = Transaction()
    store.decide(tx, item, changes)
    offers_store.decide_display(tx, company_id, promotion_id, last if approved else None)
    if approved and item["inn"]:
        store.put_in_chain(tx, item["inn"], company_id, promotion_id, last)
    facts = {name: item[name] for name in ("company_id", "proof_id", "member_id", "inn", "promotion", "shop_address")}
    events.record(
        tx,
        context,
        company_key(company_id),
        APPROVED if approved else REJECTED,
        **facts,
        reason=decision.get("reason", ""),
    )
    try:
        context.table.commit(tx)
    except Refused:
        present = _existing(context, company_id, proof_id)
        if present["state"] == decision["state"]:
            return _staff_view(context, present, language)
        raise Problem("wrong_state", f"The proof is {present['state']}.") from None
    return _staff_view(context, {**item, **changes}, language)


# --- the chain --------------------------------------------------------------------------------------------------------


def join(context: Context, company_id: str, inn: str | None) -> None:
    """Add a company to its chain and copy the chain's deals to it. At most three calls."""
    if inn:
        store.join(context.table, inn, company_id)
        deals = store.chain_granted(context.table, inn)
        offers_store.copy_displays(
            context.table, company_id, {each: last for each, last in deals.items() if last >= context.today}
        )


# --- views ------------------------------------------------------------------------------------------------------------


def _existing(context: Context, company_id: str, proof_id: str) -> Item:
    item = store.read(context.table, company_id, proof_id)
    if item is None or int(item.get("expires_at", context.expiry())) < context.expiry():
        raise Problem("not_found")
    return item


def _view(item: Item, language: Language) -> DisplayProofView:
    promotion = item["promotion"]
    return DisplayProofView(
        proof_id=item["proof_id"],
        promotion=DisplayedPromotionView(
            promotion_id=promotion["promotion_id"],
            name=promotion["name_ru"] if language == "ru" else promotion["name"],
            last=promotion["last"],
        ),
        shop_address=item["shop_address"],
        state=item["state"],
        reason=item.get("reason"),
        sent_at=item.get("sent_at"),
        decided_at=item.get("decided_at"),
    )


def _staff_view(context: Context, item: Item, language: Language) -> StaffDisplayProofView:
    return StaffDisplayProofView(
        **dict(_view(item, language)),
        company_id=item["company_id"],
        company_name=item["company_name"],
        inn=item["inn"],
        sent_by=item["member_id"],
        decided_by=item.get("decided_by"),
        photo=None if item["state"] == "uploading" else _photo(context, item["photo"]),
    )


def _photo(context: Context, photo: str) -> DisplayPhotoView:
    return DisplayPhotoView(
        url=uploads.link(photo, seconds=LINK_SECONDS), expires_at=context.now + timedelta(seconds=LINK_SECONDS)
    )


def _object(proof_id: str) -> str:
    return f"displays/{proof_id}"
