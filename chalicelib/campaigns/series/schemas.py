from typing import Annotated

from pydantic import Field, model_validator

from chalicelib.campaigns.plan.model import WithAdvertising
from chalicelib.campaigns.segments.schemas import Name
from chalicelib.campaigns.series.model import Enrolment, Exit, SeriesState, SeriesStep, Start
from chalicelib.platform import Form, NameOf, View, narrowed

MOST_STEPS = 12


class SeriesForm(Form):
    """A series of letters."""

    name: Name
    topic: str = Field(max_length=40, description="One of the club's topics.")
    issue_class: WithAdvertising
    starts: list[Start] = Field(
        min_length=1,
        max_length=7,
        description="joined: a member confirmed their e-mail; confirmed: somebody acts for a company from now on; bonuses_expiring, "
        "tier_warning, quiet (the company is dormant), benefits_promised and not_reached (a call): for each buyer of the company.",
    )
    exits: list[Exit] = Field(
        default=[],
        max_length=5,
        description="Ends of the series: bought since the start; clicked one of its letters; the company buys regularly; "
        "no bonuses are left; no lower tier lies ahead.",
    )
    again_days: int | None = Field(
        default=None, ge=1, le=730, description="Days after its end until a member may start it again; null for never."
    )
    holdout_percent: int = Field(
        default=0, ge=0, le=50, description="Companies without it, in addition to the club's own hold-out."
    )
    steps: list[SeriesStep] = Field(min_length=1, max_length=MOST_STEPS)
    accept_effects: bool = Field(default=False, description="Change it although those inside get other steps.")

    @model_validator(mode="after")
    def _names_steps_once(self) -> "SeriesForm":
        if len({step.step_id for step in self.steps}) < len(self.steps):
            raise ValueError("two steps have one step_id")
        return self


class InsideView(View):
    """Members who wait for a step."""

    step_id: str
    members: int = Field(description="Of the first 10,000 inside.")
    next_step_id: str | None = Field(description="Null where the series ends for them.")
    wait_days: int | None


class SeriesView(View):
    """A series of letters. A draft sends none; those inside wait."""

    series_id: str
    name: str
    topic: str
    issue_class: WithAdvertising
    starts: list[Start]
    exits: list[Exit]
    again_days: int | None
    holdout_percent: int
    steps: list[SeriesStep]
    state: SeriesState
    author: str | None = Field(description="The member who wrote it last; null as it is shipped.")
    author_name: Annotated[str | None, NameOf("author")] = None
    approved_by: str | None
    approved_by_name: Annotated[str | None, NameOf("approved_by")] = None
    inside: list[InsideView] = Field(description="Empty in lists.")


class SeriesPage(View):
    """All series: there are few."""

    items: list[SeriesView]


class PassageView(View):
    """A step that a member has behind them."""

    step_id: str
    at: str
    letter_id: str | None
    reason: str | None = Field(description="The reason for sending no letter.")


class EnrolmentView(View):
    """A member in a series."""

    member_id: str
    member_name: Annotated[str | None, NameOf("member_id")] = None
    company_id: str | None
    company_name: Annotated[str | None, NameOf("company_id")] = None
    start: Start
    started_at: str
    passed: list[PassageView]
    step_id: str | None = Field(description="The step that comes.")
    slot: str | None = Field(description="In the member's own time zone; null while the series is a draft.")
    end: str | None = Field(description="finished, the exit, or why no more letters come.", examples=["bought"])
    ended_at: str | None

    @classmethod
    def of(cls, enrolment: Enrolment) -> "EnrolmentView":
        going_on = not enrolment.ended_at
        return cls.from_record(
            enrolment,
            step_id=enrolment.step_id if going_on else None,
            slot=(enrolment.slot or None) if going_on else None,
        )


EnrolmentsQuery = narrowed(EnrolmentView, same=("company_id",), day=("started_at",))
