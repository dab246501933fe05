"""Display deals: a promotion for companies that display the goods in a shop, and prove it by a photo.

    start ─▶ uploading ──confirm──▶ waiting ──approve──▶ approved: the company and all others of its INN have the deal
                                        └────reject────▶ rejected, with a reason; another photo may follow

The company that sent the photo has the deal with the approval itself, the others of its chain by the events: `display.approved` copies it
to every company of the INN, `company.registered` notes who belongs to one and copies to a new company what its chain has. Whichever
comes first, the other finds what it wrote. A photo is read by managers only.
"""

from datetime import date, timedelta

from chalicelib.catalog import Catalogue
from chalicelib.companies import company_key
from chalicelib.platform import aws, events, uploads
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.settings import settings
from chalicelib.platform.text import Language
from chalicelib.platform.uploads import Upload
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
from chalicelib.table.transactions import Item, Refused, Transaction

KEEP_UPLOADING_DAYS = 1
LINK_SECONDS = 3600
MOST_A_DAY = 20  # photos that a company starts, so that nobody fills the bucket with what is never confirmed
PAGE = 100  # companies that are looked at together

Position = dict[str, str] | None

# --- the company ------------------------------------------------------------------------------------------------------


def start(
    context: Context, company_id: str, member_id: str, promotion_id: str, form: DisplayProofForm
) -> DisplayUploadView:
    """Raises 404 unless it is a display deal that is approved and not over, 409 where the company has it, or another photo waits;
    429 for more than a company starts in a day."""
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
    made = uploads.address(
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
    store.count_started(tx, context, company_id, MOST_A_DAY)
    try:
        context.table.commit(tx)
    except Refused as refused:
        if "throttle" not in refused:
            raise
        raise Problem("too_many_requests", f"At most {MOST_A_DAY} photos a day.") from None
    return DisplayUploadView(proof_id=proof_id, upload=Upload(**made._asdict(), most_bytes=limits.image_most_bytes))


def confirm(
    context: Context, company_id: str, promotion_id: str, proof_id: str, language: Language
) -> DisplayProofView:
    """Lays the photo before the managers. Again: the same answer. Raises 404, and 409 while the upload has not arrived."""
    item = _existing(context, company_id, proof_id)
    if item["promotion"]["promotion_id"] != promotion_id:
        raise Problem("not_found")
    if item["state"] != "uploading":
        return _shown(item, language)
    if not uploads.has_arrived(_object(proof_id)):
        raise Problem("conflict", "The upload of this photo has not arrived.")
    tx = Transaction()
    store.put_waiting(tx, item, context.at)
    offers_store.ask_for_display(tx, company_id, promotion_id, proof_id)
    try:
        context.table.commit(tx)
    except Refused as refused:
        if "proof" in refused:  # somebody else was first, or an earlier try of ours
            return _shown(_existing(context, company_id, proof_id), language)
        raise _has_it_already() from None
    return _shown({**item, "state": "waiting", "sent_at": context.at}, language)


def own(
    context: Context, company_id: str, language: Language, limit: int, after: Position
) -> tuple[list[DisplayProofView], Position]:
    """Newest first."""
    page = store.page(context.table, company_id, limit, after)
    return [_shown(item, language) for item in page.items], page.last


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
    """Who waits longest comes first."""
    page = store.waiting(context.table, limit, after)
    return [_for_staff(context, item, language) for item in page.items], page.last


def of_company(
    context: Context, company_id: str, language: Language, limit: int, after: Position
) -> tuple[list[StaffDisplayProofView], Position]:
    page = store.page(context.table, company_id, limit, after)
    return [_for_staff(context, item, language) for item in page.items], page.last


def approve(context: Context, company_id: str, proof_id: str, author: str, language: Language) -> StaffDisplayProofView:
    """The deal holds from now on. Raises 404, and 409 for what does not wait; what was approved before stays so."""
    return _decided(context, company_id, proof_id, author, language, {"state": "approved"})


def reject(
    context: Context, company_id: str, proof_id: str, author: str, reason: str, language: Language
) -> StaffDisplayProofView:
    """The same of a refusal. The company is told the reason, and may send another photo."""
    return _decided(context, company_id, proof_id, author, language, {"state": "rejected", "reason": reason})


def _decided(
    context: Context, company_id: str, proof_id: str, author: str, language: Language, said: dict[str, str]
) -> StaffDisplayProofView:
    item = _existing(context, company_id, proof_id)
    promotion_id, last = item["promotion"]["promotion_id"], date.fromisoformat(item["promotion"]["last"])
    changes = {**said, "decided_at": context.at, "decided_by": author}
    approved = said["state"] == "approved"
    tx = Transaction()
    store.decide(tx, item, changes)
    offers_store.answer_display(tx, company_id, promotion_id, last if approved else None)
    if approved and item["inn"]:
        store.put_in_chain(tx, item["inn"], company_id, promotion_id, last)
    told = {name: item[name] for name in ("company_id", "proof_id", "member_id", "inn", "promotion", "shop_address")}
    events.record(
        tx, context, company_key(company_id), APPROVED if approved else REJECTED, **told, reason=said.get("reason", "")
    )
    try:
        context.table.commit(tx)
    except Refused:
        present = _existing(context, company_id, proof_id)
        if present["state"] == said["state"]:
            return _for_staff(context, present, language)
        raise Problem("wrong_state", f"The proof is {present['state']}.") from None
    return _for_staff(context, {**item, **changes}, language)


# --- the chain --------------------------------------------------------------------------------------------------------


def join(context: Context, company_id: str, inn: str | None) -> None:
    """The company is one of its chain, and has what the chain has. Two calls, three where that is something."""
    if inn:
        store.join(context.table, inn, company_id)
        deals = store.chain_granted(context.table, inn)
        offers_store.copy_displays(
            context.table, company_id, {each: last for each, last in deals.items() if last >= context.today}
        )


# --- what both see ----------------------------------------------------------------------------------------------------


def _existing(context: Context, company_id: str, proof_id: str) -> Item:
    item = store.read(context.table, company_id, proof_id)
    if item is None or int(item.get("expires_at", context.expiry())) < context.expiry():
        raise Problem("not_found")
    return item


def _shown(item: Item, language: Language) -> DisplayProofView:
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


def _for_staff(context: Context, item: Item, language: Language) -> StaffDisplayProofView:
    return StaffDisplayProofView(
        **dict(_shown(item, language)),
        company_id=item["company_id"],
        company_name=item["company_name"],
        inn=item["inn"],
        sent_by=item["member_id"],
        decided_by=item.get("decided_by"),
        photo=None if item["state"] == "uploading" else _photo(context, item["proof_id"]),
    )


def _photo(context: Context, proof_id: str) -> DisplayPhotoView:
    where = {"Bucket": settings().files_bucket, "Key": _object(proof_id)}
    url = aws.s3().generate_presigned_url("get_object", Params=where, ExpiresIn=LINK_SECONDS)
    return DisplayPhotoView(url=url, expires_at=context.now + timedelta(seconds=LINK_SECONDS))


def _object(proof_id: str) -> str:
    return f"displays/{proof_id}"
