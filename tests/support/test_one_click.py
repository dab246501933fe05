"""The mail program of the tests takes what the RFCs allow, and nothing else."""

import pytest

from tests.support.one_click import NotOneClick, Offer, offer_of

POST = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
OFFER = Offer("https://club.example/leave", "List-Unsubscribe", "One-Click")


def raw(*headers: str) -> bytes:
    return f"From: a@b.example\r\n{''.join(headers)}\r\nHello\r\n".encode()


@pytest.mark.parametrize(
    "field",
    [
        "<https://club.example/leave>",
        "<mailto:leave@club.example?subject=leave>, <https://club.example/leave>",
        "(By letter) <mailto:leave@club.example>,\r\n (by one click) <https://club.example/leave>",
        "<https://club.example/\r\n leave>",
    ],
)
def test_addresses_come_in_brackets_with_comments_and_folds(field: str) -> None:
    assert offer_of(raw(f"List-Unsubscribe: {field}\r\n", POST)) == OFFER


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (POST,),
        ("List-Unsubscribe: <https://club.example/leave>\r\n",),
        ("List-Unsubscribe: <mailto:leave@club.example>\r\n", POST),
        ("List-Unsubscribe: https://club.example/leave\r\n", POST),
        ("List-Unsubscribe: <http://club.example/leave>\r\n", POST),
        ("List-Unsubscribe: <https://club.example/leave>\r\n", "List-Unsubscribe-Post: yes\r\n"),
        ("List-Unsubscribe: <https://club.example/leave>\r\n", POST, POST),
    ],
)
def test_without_both_headers_there_is_no_click(headers: tuple[str, ...]) -> None:
    with pytest.raises(NotOneClick):
        offer_of(raw(*headers))
