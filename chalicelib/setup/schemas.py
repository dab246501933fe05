from pydantic import Field

from chalicelib.platform import View
from chalicelib.setup.rules import StepCode


class OperationView(View):
    """An operation of this API."""

    operation: str = Field(description="Its `operationId`.")
    method: str
    path: str


class SetupStepView(View):
    """A step of setting the club up."""

    code: StepCode
    title: str = Field(description="The state when it is done, in the caller's language.")
    why: str = Field(description="Its purpose.")
    companies: int | None = Field(
        description="The number of companies that still wait for it, among the club's first 10,000 by name; null if it is not done company by company."
    )
    how: OperationView


class SetupView(View):
    """The steps of setting the club up, each list in the order in which they are done."""

    done: list[SetupStepView]
    missing: list[SetupStepView]
