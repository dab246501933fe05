"""Letters on files of an order."""

from typing import Any

import pytest

from tests.support.letters import DISTRIBUTOR, ORDERER, plain


def test_a_distributor_is_told_of_the_buyer_s_file(club: Any) -> None:
    mail = club.told("order_file_attached", DISTRIBUTOR, kind="specification", file_name="План <1>.pdf")
    assert mail.subject == "Файл к заказу 261120-7K3QX: Луч"
    assert "«План <1>.pdf»" in plain(mail)
    assert "/distributor/orders/ord_1" in plain(mail)


@pytest.mark.parametrize(("kind", "subject"), [("invoice", "Счёт"), ("shipping_document", "Отгрузочный документ")])
def test_the_orderer_is_told_of_the_distributor_s_document(club: Any, kind: str, subject: str) -> None:
    mail = club.told("order_document_attached", ORDERER, kind=kind, file_name="7.pdf")
    assert mail.subject == f"{subject} к заказу 261120-7K3QX"
    assert "«7.pdf»" in plain(mail)
