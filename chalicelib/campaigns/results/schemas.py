from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import Field

from chalicelib.campaigns.plan.model import Issue, IssueState
from chalicelib.campaigns.results import rules
from chalicelib.campaigns.results.model import GroupFigures, Grouping, MoneyEffect, Purchases, Results, SeriesResults
from chalicelib.platform import Day, Form, Money, View
from chalicelib.retention import Effect

_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


class ByWhomView(View):
    """Letters that somebody read."""

    people: int
    machines: int = Field(description="Letters that programs read; a letter may be read by both.")

    @classmethod
    def of_openings(cls, reached: Mapping[str, int]) -> "ByWhomView | None":
        people, machines = reached.get("opened", 0), reached.get("opened_by_machines", 0)
        return cls(people=people, machines=machines) if people or machines else None


class ShareEffectView(View):
    """The share of invited companies that bought, less that of the held-out ones, with 95 %."""

    difference: float
    low: float
    high: float
    is_shown: bool = Field(description="Whether the interval leaves zero out.")

    @classmethod
    def of(cls, effect: Effect) -> "ShareEffectView":
        return cls(difference=effect.difference, low=effect.low, high=effect.high, is_shown=effect.is_shown)


class MoneyEffectView(View):
    """The mean purchases of an invited company, less those of a held-out one, with 95 %."""

    difference: Money
    low: Money
    high: Money

    @classmethod
    def of(cls, money: MoneyEffect, currency: str) -> "MoneyEffectView":
        return cls(**{name: Money(amount=value, currency=currency) for name, value in money._asdict().items()})


class PurchasesView(View):
    """Purchases of the companies that were to get the letter, compared with those held out of it."""

    days: int = Field(description="Days from the slot that have passed, 30 at most.")
    invited_companies: int
    invited_bought: int
    held_out_companies: int
    held_out_bought: int
    share: ShareEffectView | None = Field(description="Null for too few companies.")
    money: MoneyEffectView | None = Field(
        description="Of companies in the club's currency; purchases of the 90 days before are taken off. Null for too few."
    )
    other_currencies: int = Field(description="Companies that the money leaves out.")

    @classmethod
    def of(cls, bought: Purchases, days: int) -> "PurchasesView":
        effect = rules.shares(bought.invited, bought.invited_bought, bought.held, bought.held_bought)
        return cls(
            days=days,
            invited_companies=bought.invited,
            invited_bought=bought.invited_bought,
            held_out_companies=bought.held,
            held_out_bought=bought.held_bought,
            share=ShareEffectView.of(effect) if effect else None,
            money=MoneyEffectView.of(bought.money, bought.currency) if bought.money else None,
            other_currencies=bought.other_currencies,
        )


class ResultsView(View):
    """Results of an issue, counted again every night. All counts but those of companies are of people."""

    issue_id: str
    state: IssueState
    as_of: str
    audience: int = Field(description="Members who met the conditions.")
    left_out: dict[str, int] = Field(description="Those of them who were to get no letter, by reason.")
    planned: int = Field(description="Those who were to get one.")
    skipped: dict[str, int] = Field(description="Those who were skipped in the slot, by reason.")
    waiting: int = Field(description="Those whose slot is still to come, or was cancelled.")
    sent: int = Field(description="Letters that the mail service took.")
    unknown: int = Field(description="Letters without an answer; nobody tries again.")
    rejected: int = Field(description="Letters that were refused, or bounced.")
    delivered: int
    delayed: int
    bounced: int
    complained: int
    opened: ByWhomView | None = Field(
        description="Null where no opening was reported: openings are watched only if the club says so."
    )
    clicked: ByWhomView
    unsubscribed: int = Field(description="Readers who left by the link in a letter within 14 days of this one.")
    purchases: PurchasesView
    chart: dict[str, Any] = Field(description="The counts as a chart, a Vega-Lite 6 specification with its data.")

    @classmethod
    def of(cls, issue: Issue, results: Results) -> "ResultsView":
        reached, states = results.reached, results.states
        planned = results.people - sum(results.left_out.values())
        steps = {
            "planned": planned,
            "sent": states.get("sent", 0),
            "delivered": reached.get("delivered", 0),
            "clicked": reached.get("clicked", 0),
        }
        return cls(
            issue_id=issue.issue_id,
            state=issue.state,
            as_of=results.as_of,
            audience=results.people,
            left_out=dict(sorted(results.left_out.items())),
            planned=planned,
            skipped=dict(sorted(results.skipped.items())),
            waiting=states.get("waiting", 0) + states.get("pending", 0) + states.get("sending", 0),
            sent=steps["sent"],
            unknown=states.get("unknown", 0),
            rejected=states.get("rejected", 0),
            delivered=steps["delivered"],
            delayed=reached.get("delayed", 0),
            bounced=reached.get("bounced", 0),
            complained=reached.get("complained", 0),
            opened=ByWhomView.of_openings(reached),
            clicked=ByWhomView(people=steps["clicked"], machines=reached.get("clicked_by_machines", 0)),
            unsubscribed=reached.get("unsubscribed", 0),
            purchases=PurchasesView.of(results.purchases, results.days),
            chart={
                "$schema": _SCHEMA,
                "data": {"values": [{"step": step, "people": people} for step, people in steps.items()]},
                "mark": "bar",
                "encoding": {
                    "y": {"field": "step", "type": "nominal", "sort": None, "title": None},
                    "x": {"field": "people", "type": "quantitative"},
                },
            },
        )


class StepFiguresView(View):
    """Members at a step of a series."""

    step_id: str
    waiting: int = Field(description="Members inside for whom this step comes next.")
    letters: dict[str, int] = Field(description="Its letters, by state.")
    skipped: dict[str, int] = Field(description="Members who passed it without a letter, by reason.")


class SeriesResultsView(View):
    """Results of a series."""

    series_id: str
    as_of: str
    people: int
    steps: list[StepFiguresView] = Field(description="In their order; those that the series has no more come last.")
    ends: dict[str, int] = Field(
        description="Members who are at its end: finished, the exit, or why no more letters came."
    )
    purchases: PurchasesView = Field(
        description="Of companies in which somebody started at least 30 days ago, compared with those held out."
    )

    @classmethod
    def of_series(cls, results: SeriesResults, order: list[str]) -> "SeriesResultsView":
        places = {step_id: place for place, step_id in enumerate(order)}
        steps = sorted(results.steps, key=lambda each: (places.get(each.step_id, len(places)), each.step_id))
        return cls.from_record(
            results,
            steps=[StepFiguresView(**each._asdict()) for each in steps],
            ends=dict(sorted(results.ends.items())),
            purchases=PurchasesView.of(results.purchases, rules.PURCHASE_DAYS),
        )


class FiguresQuery(Form):
    """Figures of letters. Half a year until today, if no days are given."""

    by: Grouping = Field(
        default="topic",
        description="topic, audience (of the readers), slot (weekday from Monday, 1, and hour), segment, template (the kind of letter; none where an issue names none), or class.",
    )
    from_: Day | None = Field(default=None, alias="from", description="The first day of slots.")
    to: Day | None = Field(default=None, description="The last day of slots.")


class GroupFiguresView(View):
    """Letters of a group of issues."""

    group: str
    issues: int
    delivered: int
    clicked: int = Field(description="Delivered letters of which a person clicked a link.")
    click_share: float | None = Field(description="Of the delivered letters; null without one.")
    low: float | None = Field(description="The lower bound of the share with 95 %.")
    high: float | None = Field(description="The upper bound.")
    unsubscribed: int
    complained: int

    @classmethod
    def of(cls, figures: GroupFigures) -> "GroupFiguresView":
        delivered = figures.delivered
        low, high = rules.share_interval(figures.clicked, delivered) if delivered else (None, None)
        return cls(
            **figures._asdict(), click_share=figures.clicked / delivered if delivered else None, low=low, high=high
        )


class BestGroupView(View):
    """The group with the most clicks, where it surely has more than the next one."""

    group: str
    above_next: float = Field(description="The difference of the shares of clicks.")
    low: float
    high: float


class FiguresView(View):
    """Letters of all issues in some days, by group, as their results were counted last."""

    first: date
    last: date
    by: Grouping
    groups: list[GroupFiguresView]
    verdict: Literal["best", "too_few_to_tell"]
    best: BestGroupView | None
    chart: dict[str, Any] = Field(
        description="The shares with their bounds as a chart, a Vega-Lite 6 specification with its data."
    )

    @classmethod
    def of(cls, first: date, last: date, by: Grouping, groups: list[GroupFigures]) -> "FiguresView":
        found = rules.best(groups)
        views = [GroupFiguresView.of(each) for each in groups]
        x = {"type": "quantitative", "axis": {"format": "%"}, "title": None}
        y = {"field": "group", "type": "nominal", "title": None}
        return cls(
            first=first,
            last=last,
            by=by,
            groups=views,
            verdict="best" if found else "too_few_to_tell",
            best=BestGroupView(group=found[0], above_next=found[1].difference, low=found[1].low, high=found[1].high)
            if found
            else None,
            chart={
                "$schema": _SCHEMA,
                "data": {
                    "values": [each.model_dump(include={"group", "click_share", "low", "high"}) for each in views]
                },
                "layer": [
                    {"mark": "bar", "encoding": {"y": y, "x": {"field": "click_share", **x}}},
                    {"mark": "rule", "encoding": {"y": y, "x": {"field": "low", **x}, "x2": {"field": "high"}}},
                ],
            },
        )
