from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.platform import Form, View
from chalicelib.pricing.terms.model import ContractForm

MOST_CONTRACTS = 20


class TermsForm(Form):
    """All contracts of a company, as a whole."""

    contracts: list[ContractForm] = Field(max_length=MOST_CONTRACTS)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({each.number for each in self.contracts}) < len(self.contracts):
            raise PydanticCustomError("repeated", "Name each contract once.")
        return self


class TermsView(View):
    """The personal terms of a company."""

    currency: str
    contracts: list[ContractForm]


class TermsChangeView(TermsView):
    """The personal terms of a company after a change, or before one that waits."""

    approval_id: str | None = Field(
        description="The approval that the change waits for, since it gives more than one person may; null: the terms hold."
    )


class TermsRequestForm(TermsForm):
    """Terms that wait for a second person, and the version of the terms that they replace."""

    version: int
