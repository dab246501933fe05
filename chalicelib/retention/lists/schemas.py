from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.platform import Day, Form, Money, NameOf, View
from chalicelib.retention.cases.model import CallAnswer, CallKind, SilenceReason
from chalicelib.retention.lists.model import ListedState


class PersonToCallView(View):
    """A person of the company."""

    member_id: str
    name: str
    role: str | None
    influence: int | None = Field(description="1 decides, 2 supports, 3 influences.")
    phone: str | None
    email: str
    time_zone: str | None
    local_time: str = Field(description="The time there as the answer was made, HH:MM.", examples=["14:05"])


class LastPurchaseView(View):
    """The orders of one day, less what came back."""

    day: date
    amount: Money


class OpenOrderView(View):
    """An order that is not closed, or has a request that waits."""

    order_id: str
    number: str
    state: str
    placed_at: str
    total: Money
    problem: str | None = Field(description="The question that waits: cancellation_requested or return_requested.")


class TierToKeepView(View):
    """The tier in force, and what keeps it where it will fall."""

    name: str = Field(description="In the reader's language; empty without a tier.")
    falls_on: date | None = Field(description="Null while nothing falls.")
    to_keep: Money | None = Field(description="The smallest purchase that averts the fall; null where none helps.")
    by: date | None = Field(description="The last day to make it.")


class ArticleView(View):
    """An article to speak about."""

    sku: str
    name: str = Field(description="In the reader's language.")
    quantity: int | None = Field(description="Of the usual order.")


class NewContactView(View):
    """A person to call who is no member yet."""

    name: str
    phone: str | None
    email: str | None


class TalkView(View):
    """The last talk with the company."""

    day: date
    reason: SilenceReason | None
    answer: CallAnswer | None
    note: str
    offer_id: str | None


class WishView(View):
    """Goods that the company asked for, with the answer."""

    sku: str
    text: str
    answer: str
    answer_sku: str = Field(description="The article that fits.")


class EngineerView(View):
    """The engineer on duty for technical questions."""

    name: str
    phone: str | None
    email: str | None


class ReasonAnswersView(View):
    """A reason that a company may name, and what the club may do about it."""

    reason: SilenceReason
    answers: list[CallAnswer]


class CallView(View):
    """A company to call, with what was known in the morning."""

    case_id: str
    company_id: str
    company: str
    region: str | None
    kind: CallKind
    state: ListedState = Field(
        description="later: nobody was reached, try at another hour; skipped: stays on the list."
    )
    words: str = Field(description="The cause of the call, as a sentence to read aloud in the reader's language.")
    below_lowest_step: bool = Field(
        description="The plain rule: whether the purchases of the last 90 days are below the lowest step of the tiers."
    )
    script: str = Field(description="The text of the call, in the reader's language.")
    at_stake: Money = Field(
        description="The sum by which the call is ranked; in another currency than the club's, by how many orders it is."
    )
    due: date = Field(description="The day on which the call became due.")
    tries: int = Field(description="Calls in a row that reached nobody.")
    last_contact: date | None
    talk: TalkView | None
    wish: WishView | None = Field(description="Of a call of the kind goods_arrived.")
    local_time: str = Field(description="The time in the company's region, HH:MM.", examples=["14:05"])
    people: list[PersonToCallView] = Field(
        description="The people to call: the first one first, the others by influence. Empty where the club knows nobody."
    )
    purchases: list[LastPurchaseView] = Field(description="The latest three order days, newest first.")
    orders: list[OpenOrderView]
    tier: TierToKeepView | None
    contact: NewContactView | None = Field(
        description="The person to call who is no member, as an outcome named them. Invite them to the club."
    )
    usual: list[ArticleView] = Field(description="Of the usual order, the most often bought first.")
    missing: list[ArticleView] = Field(description="Articles that it buys regularly and cannot order now.")
    new: list[ArticleView] = Field(
        description="Articles that others buy with its own ones, and that it does not buy yet."
    )


class CallListView(View):
    """The calls of a day, the most valuable first."""

    day: date
    working_day: bool = Field(description="False on a day off: there is no list.")
    made_at: str | None = Field(
        description="Null on a day off, and before the hour of the morning from which there is a list."
    )
    size: int = Field(
        description="The calls that the list was made for: what was left undone yesterday makes it shorter."
    )
    ready: int = Field(
        description="The manager's companies that may be called, on this list or not, counted to a hundred."
    )
    oldest: date | None = Field(description="The earliest day on which one of them became due.")
    calls: list[CallView]
    reasons: list[ReasonAnswersView]
    engineer: EngineerView | None = Field(description="On duty on that day; null where nobody is.")


class ScriptForm(Form):
    """Texts in the club's markup with variables and conditions. Empty: the club's own."""

    en: str = Field(default="", max_length=4000, examples=["{{ person }}, this is {{ manager }} of {{ club_name }}."])
    ru: str = Field(default="", max_length=4000, examples=["{{ person }}, здравствуйте, это {{ manager }}."])


class ScriptView(View):
    """The script of a kind of calls, in both languages."""

    kind: CallKind
    en: str
    ru: str
    variables: list[str] = Field(description="The names that a text may use.")
    changed_by: str | None
    changed_by_name: Annotated[str | None, NameOf("changed_by")] = None
    changed_at: str | None


class CallNewsItemForm(Form):
    """News for companies that bought of a brand, a category, or a brand in a category within a year."""

    brand: str | None = Field(default=None, max_length=100, examples=["Lumera"])
    category: str | None = Field(default=None, max_length=100, examples=[None])
    en: str = Field(min_length=1, max_length=1000, examples=["The new panels need no driver."])
    ru: str = Field(min_length=1, max_length=1000, examples=["Новым панелям не нужен драйвер."])
    last: Day = Field(description="The last day on which it is news.", examples=["2027-02-28"])

    @model_validator(mode="after")
    def _concerns_somebody(self) -> Self:
        if self.brand is None and self.category is None:
            raise PydanticCustomError("one_of", "Name a brand, a category, or both.")
        return self


class CallNewsForm(Form):
    """The whole list. Of several that concern a company, the first one is shown."""

    items: list[CallNewsItemForm] = Field(max_length=20)


class CallNewsView(View):
    """The news to tell in calls."""

    items: list[CallNewsItemForm]
    changed_by: str | None
    changed_by_name: Annotated[str | None, NameOf("changed_by")] = None
    changed_at: str | None
