from typing import Annotated, Any

from pydantic import Field

from chalicelib.companies.addresses.rules import MOST_ADDRESSES
from chalicelib.members import Phone
from chalicelib.platform import ONE_LINE_OR_NONE, Form, View


def _line(least: int, most: int, description: str, example: str) -> Any:
    """A field of one line of text, without control characters."""
    return Field(
        min_length=least or None, max_length=most, pattern=ONE_LINE_OR_NONE, description=description, examples=[example]
    )


AddressName = Annotated[str, _line(1, 100, "Short name in the company's own words.", "Warehouse North")]
AddressText = Annotated[
    str, _line(5, 300, "The postal address in one line.", "125009, Moscow, Tverskaya 7, building 2")
]
ContactName = Annotated[str, _line(1, 100, "The person, or the shift, that receives the goods.", "Ivan Skladov")]
AddressNote = Annotated[
    str,
    _line(0, 300, "Anything else the driver needs: opening hours, the way in, an extension.", "Mon-Fri 9-17, gate 3"),
]


class AddressForm(Form):
    """A delivery address with the person who receives the goods."""

    name: AddressName
    address: AddressText
    contact_name: ContactName
    contact_phone: Annotated[Phone, Field(description="Their telephone number.", examples=["+74951234567"])]
    note: AddressNote = ""


class AddressView(View):
    """A delivery address with the person who receives the goods."""

    address_id: str = Field(description="Id to name the address in an order.")
    name: str = Field(description="Short name in the company's own words.", examples=["Warehouse North"])
    address: str = Field(
        description="The postal address in one line.", examples=["125009, Moscow, Tverskaya 7, building 2"]
    )
    contact_name: str = Field(
        description="The person, or the shift, that receives the goods.", examples=["Ivan Skladov"]
    )
    contact_phone: str = Field(description="Their telephone number.", examples=["+74951234567"])
    note: str = Field(description="Opening hours, the way in, an extension; may be empty.")


class SavedAddressView(AddressView):
    """A delivery address of the company, with the version for `If-Match`."""

    version: int = Field(description="For `If-Match`, to change the address.")


class AddressListView(View):
    """All delivery addresses of a company, in the order in which they were added."""

    items: list[SavedAddressView] = Field(description=f"{MOST_ADDRESSES} at most.")
