"""Form and view of personal terms."""

from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.platform.http.forms import Form, View
from chalicelib.pricing.terms.model import ContractForm

MOST_CONTRACTS = 20


class TermsForm(Form):
    """All contracts of a company, as a whole."""

    contracts: list[ContractForm] = Field(max_length=MOST_CONTRACTS)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({each.number for each in self.contracts}) < len(self.contracts):
            raise PydanticCustomError("repeated", "Each contract once.")
        return self


class TermsView(View):
    """The personal terms of a company."""

    currency: str
    contracts: list[ContractForm]
