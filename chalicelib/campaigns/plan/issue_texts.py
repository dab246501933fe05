"""The texts of an issue: checked when they are saved, and shown as one member would get them."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, get_args

from chalicelib import bonuses, catalog, companies, mail, members, pricing, tiers
from chalicelib.campaigns.plan import rules
from chalicelib.campaigns.plan.discounts import discount_in
from chalicelib.campaigns.plan.model import IssueText, IssueTexts
from chalicelib.campaigns.plan.schemas import PreviewView
from chalicelib.catalog import Product
from chalicelib.contacts import ContactClass
from chalicelib.mail import Facts, Mail, Pages, ProductBlock, Unsendable
from chalicelib.members import Member
from chalicelib.platform import Club, Context, Fault, Problem
from chalicelib.platform.log import log
from chalicelib.platform.settings import settings
from chalicelib.platform.text import Language, unit_en, unit_price_en, unit_price_ru, unit_ru
from chalicelib.pricing import Price

# Every variable of a letter, with an example. All are texts and numbers, empty or zero where nothing is known.
VARIABLES: dict[str, object] = {
    "name": "Anna Svetlova",
    "company": "Luch",
    "tier": "Gold",
    "discount_percent": Decimal(7),
    "bonuses": Decimal("1250.00"),
    "currency": "RUB",
    "club_name": "Partner club",
    "portal_url": "https://portal.example",
}
MOST_BYTES = 100_000  # of a letter, HTML and text together: mail programs cut longer ones
MOST_PRODUCTS = 12  # of a letter
_OWN_PRICE: dict[Language, str] = {"en": "Your price", "ru": "Ваша цена"}
_AGREED: dict[Language, str] = {
    "en": "You get this letter because you agreed to news of the club.",
    "ru": "Вы получили это письмо, потому что согласились на новости клуба.",
}
_MEMBER: dict[Language, str] = {
    "en": "You get this letter because you are a member of the club.",
    "ru": "Вы получили это письмо, потому что состоите в клубе.",
}


class Offered(NamedTuple):
    """A product that a letter shows, at its reader's price. `image_id` is that of its first picture; empty for none."""

    product: Product
    price: Price
    image_id: str


class CompanyFacts(NamedTuple):
    """The company of a reader: its id, name, step of the ladder, and bonuses. Id and name are empty for a reader without a company.

    `products`: those that the letter shows, by article. A reader without a company has no prices, and so none of them.
    """

    company_id: str
    company: str
    step: tiers.LadderStep
    bonuses: Decimal
    currency: str
    products: Mapping[str, Offered] = {}


def check(context: Context, texts: IssueTexts, pointer: str = "/texts") -> None:
    """Raises 422 with a fault for each text that cannot be rendered for everybody. `pointer`: where a form has the texts."""
    written = {language: text for language in get_args(Language) if (text := texts.in_language(language))}
    faults = [
        Fault(pointer=f"{pointer}/{language}/{name}", code=fault.code, detail=fault.detail)
        for language, text in written.items()
        for name in ("subject", "preview", "body")
        if (fault := mail.fault_of(getattr(text, name), language, VARIABLES))
    ]
    if not faults:
        faults += [
            Fault(
                pointer=f"{pointer}/{language}/body",
                code="too_large",
                detail=f"A letter has {MOST_BYTES} bytes at most.",
            )
            for language, text in written.items()
            if bytes_of(*render(text, language, {**VARIABLES, "pages": None})[1:]) > MOST_BYTES
        ]
    wanted = {language: skus for language, text in written.items() if (skus := mail.skus_of(text.body))}
    known = catalog.read_products(context.table, {sku for skus in wanted.values() for sku in skus}) if wanted else {}
    for language, skus in wanted.items():
        place = f"{pointer}/{language}/body"
        if len(skus) > MOST_PRODUCTS:
            faults.append(
                Fault(pointer=place, code="too_many", detail=f"A letter shows {MOST_PRODUCTS} products at most.")
            )
        elif unknown := [sku for sku in skus if sku not in known]:
            faults.append(Fault(pointer=place, code="unknown_sku", detail=f"There is no product {unknown[0]}."))
    if faults:
        raise Problem("invalid", errors=faults)


def check_discount(texts: IssueTexts, pointer: str, code: str, rule: str) -> None:
    """Raises 422 where the letter names a discount in any language, or may name one and its author does not state that it names none."""
    written = [text for text in (texts.en, texts.ru) if text]
    found = (discount_in(words) for text in written for words in (text.subject, text.preview, text.body))
    for each in found:
        if each and each.certain:
            raise Problem(
                "invalid", rule, errors=[Fault(pointer=pointer, code=code, detail=f"“{each.words}” is a discount.")]
            )
        if each and not texts.no_discount:
            told = f"“{each.words}” may be a discount. If it is none, state no_discount in the texts."
            raise Problem("invalid", rule, errors=[Fault(pointer=pointer, code=code, detail=told)])


def shows_products(texts: IssueTexts) -> bool:
    return any(mail.skus_of(text.body) for text in (texts.en, texts.ru) if text)


def preview(
    context: Context,
    texts: IssueTexts,
    member_id: str,
    language: Language | None,
    issue_class: ContactClass = "content",
) -> PreviewView:
    """The letter as this member would get it. Raises 404 for an unknown member, 409 where the text is still to come."""
    member = members.member(context, member_id)
    if member is None:
        raise Problem.absent("member")
    chosen = language or member.language
    text = texts.in_language(chosen)
    if text is None:
        raise Problem("wrong_state", "The issue has no text in this language.")
    about = abouts(context, [member], [texts])[member.member_id]
    subject, html, plain = render(text, chosen, facts_of(context, member, about, chosen), issue_class)
    return PreviewView(language=chosen, subject=subject, html=html, text=plain, left_out=left_out(text, about))


def compose(context: Context, texts: IssueTexts, member: Member, about: CompanyFacts, pages: Pages | None) -> Mail:
    """The letter to a member; one without `pages` is a service letter. Raises Unsendable for one without a confirmed address, or whose letter cannot be made."""
    text = texts.in_language(member.language)
    if text is None:
        raise Unsendable("no_text")
    if member.email_confirmed_at is None:
        raise Unsendable("not_confirmed")
    facts = facts_of(context, member, about, member.language, pages)
    try:
        subject, html, plain = render(text, member.language, facts, "content" if pages else "service")
    except Exception:
        log.exception("a letter cannot be composed", extra={"member_id": member.member_id})
        raise Unsendable("not_composed") from None
    return Mail(
        address=member.email,
        language=member.language,
        subject=subject,
        html=html,
        text=plain,
        time_zone=member.time_zone,
        agreed_at=members.agreed_in_person(member),
        company_id=about.company_id,
        pages=pages,
    )


def bytes_of(html: str, plain: str) -> int:
    """Of a letter, as MOST_BYTES counts them."""
    return len(html.encode()) + len(plain.encode())


def left_out(text: IssueText, about: CompanyFacts) -> list[str]:
    """The articles of products that the text shows, and this reader does not see: gone from the catalogue, or without a price for them."""
    return [sku for sku in mail.skus_of(text.body) if sku not in about.products]


def render(
    text: IssueText, language: Language, facts: Facts, issue_class: ContactClass = "content"
) -> tuple[str, str, str]:
    """Subject, HTML and text."""
    why = _MEMBER if issue_class == "service" else _AGREED
    return mail.render_written(text.subject, text.preview, text.body, why[language], language, facts)


def abouts(context: Context, people: Sequence[Member], texts: Iterable[IssueTexts] = ()) -> dict[str, CompanyFacts]:
    """By member id, what a letter can say of the company that the member acts for. `texts`: the letters, for the products that they show.

    Three calls per 50 members; with products three more, and each company is priced once.
    """
    acting = {
        member_id: membership.owner
        for member_id, membership in members.memberships(context, [each.member_id for each in people]).items()
        if membership.is_of_company
    }
    known = companies.read_companies(context, set(acting.values()))
    read = context.table.get_many(key(each) for each in known for key in (tiers.standing_key, bonuses.book_key))
    products = _products(context, list(known), texts)
    found = {}
    for each in people:
        company = known.get(acting.get(each.member_id, ""))
        if company is None:
            found[each.member_id] = CompanyFacts("", "", tiers.NO_STEP, Decimal(0), context.config[Club].currency)
            continue
        standing, book = (read.get(key(company.company_id)) for key in (tiers.standing_key, bonuses.book_key))
        found[each.member_id] = CompanyFacts(
            company.company_id,
            company.name,
            tiers.tier_in_force(standing, context.today),
            bonuses.usable(book, context.today),
            company.currency,
            products.get(company.company_id, {}),
        )
    return found


def _products(
    context: Context, company_ids: Sequence[str], texts: Iterable[IssueTexts]
) -> dict[str, dict[str, Offered]]:
    """By company, the products of the texts at its prices of today for one unit, by article."""
    bodies = [text.body for each in texts for text in (each.en, each.ru) if text]
    skus = {sku for body in bodies for sku in mail.skus_of(body)}
    if not skus or not company_ids:
        return {}
    tree = catalog.categories_key()
    keys = [tree, *map(catalog.product_key, skus), *(key for each in company_ids for key in pricing.keys_of(each))]
    read = context.table.get_many(dict.fromkeys(keys))
    below = catalog.below(read.get(tree))
    items = [item for sku in sorted(skus) if (item := read.get(catalog.product_key(sku)))]
    goods = [
        (catalog.product_of(item), next((each.image_id for each in catalog.images_of(item)), "")) for item in items
    ]
    found = {}
    for company_id in company_ids:
        own = pricing.conditions_of(context, company_id, read, below)
        found[company_id] = {
            product.sku: Offered(product, own.price(product, 1, context.today), image_id) for product, image_id in goods
        }
    return found


def facts_of(
    context: Context, member: Member, about: CompanyFacts, language: Language, pages: Pages | None = None
) -> Facts:
    """The values of all variables for a member, and the products. Without `pages` it is a preview, whose pictures are seen for an hour."""
    club, step = context.config[Club], about.step
    return {
        "name": member.name,
        "company": about.company,
        "tier": (step.name_ru if language == "ru" else step.name) if step.tier else "",
        "discount_percent": step.discount_percent,
        "bonuses": about.bonuses,
        "currency": about.currency,
        "club_name": club.name_ru if language == "ru" else club.name,
        "portal_url": settings().portal_url,
        "pages": pages,
        "products": {
            sku: _block(context, offered, language, lasting=pages is not None)
            for sku, offered in about.products.items()
        },
    }


def _block(context: Context, offered: Offered, language: Language, *, lasting: bool) -> ProductBlock:
    product, price, image_id = offered
    amount = (unit_price_ru if language == "ru" else unit_price_en)(price.unit_price, price.currency)
    unit = (unit_ru if language == "ru" else unit_en)(product.unit)
    # Letters name discounts of overstock and of modernised models only: for other goods a promotion is told by the price alone.
    why = (
        ""
        if rules.is_promoted(price) and product.status not in rules.CLEARANCE
        else pricing.explain(price.chosen, language)
    )
    picture = ""
    if image_id:
        address = f"{settings().letters_url}/v1/pictures/{image_id}"
        picture = address if lasting else catalog.picture_link(context, image_id)
    return ProductBlock(
        name=product.name_ru if language == "ru" else product.name,
        sku=product.sku,
        price=f"{_OWN_PRICE[language]}: {amount} / {unit}",
        why=why,
        picture=picture,
    )
