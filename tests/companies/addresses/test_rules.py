"""The address book, whatever is done to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.companies.addresses.model import Address, AddressBook
from chalicelib.companies.addresses.rules import MOST_ADDRESSES, TooManyAddresses, add, change, find, remove

IDS = st.sampled_from([f"adr_{number}" for number in range(6)])


def an_address(address_id: str, name: str = "Warehouse") -> Address:
    return Address(address_id, name, "Tverskaya 7", "Ivan", "+74951234567")


@given(
    st.lists(
        st.tuples(st.sampled_from(["add", "change", "remove"]), IDS, st.sampled_from("AB")), max_size=MOST_ADDRESSES
    )
)
def test_a_book_holds_what_a_dictionary_would_in_the_order_of_adding(steps: list[tuple[str, str, str]]) -> None:
    book, expected = AddressBook(), dict[str, Address]()
    for version, (step, address_id, name) in enumerate(steps, start=1):
        if step == "add":
            address_id = f"{address_id}_{version}"
            book = add(book, an_address(address_id, name))
            expected[address_id] = an_address(address_id, name)
        else:
            address_id = next((each for each in expected if each.startswith(address_id)), address_id)
            if step == "change":
                book = change(book, an_address(address_id, name))
                expected |= {address_id: an_address(address_id, name)} if address_id in expected else {}
            else:
                book = remove(book, address_id)
                expected.pop(address_id, None)
        assert book.version == version
    assert list(book.addresses) == list(expected.values())
    assert all(find(book, address_id) == address for address_id, address in expected.items())


def test_a_full_book_takes_no_more_until_one_goes() -> None:
    book = AddressBook(tuple(an_address(f"adr_{number}") for number in range(MOST_ADDRESSES)), 1)
    with pytest.raises(TooManyAddresses):
        add(book, an_address("adr_new"))
    roomier = add(remove(book, "adr_0"), an_address("adr_new"))
    assert len(roomier.addresses) == MOST_ADDRESSES and find(roomier, "adr_0") is None
