"""Words of the prices' tests."""

from datetime import timedelta
from typing import Any

from chalicelib.platform.context import Context
from tests.support.api import Answer, Api, Caller
from tests.support.partners import staff, the_staff

MANAGER = Caller.person("mbr_manager", "staff", "manager", "club")
MARKETING = Caller.person("mbr_marketing", "staff", "marketing", "club")


class Office:
    """The staff agrees terms with companies and keeps promotions."""

    def __init__(self, api: Api, context: Context) -> None:
        self.api = api
        self.context = context
        the_staff(context)
        staff(context, "mbr_manager", "manager")

    def day(self, offset: int) -> str:
        return (self.context.today + timedelta(days=offset)).isoformat()

    def agree(self, *contracts: dict[str, Any], company_id: str = "cmp_1", version: int = 0) -> Answer:
        url = f"/v1/staff/companies/{company_id}/terms"
        body = {"contracts": [{"number": "K-7", "from": self.day(-30), **each} for each in contracts]}
        return self.api.call("PUT", url, MANAGER, body, headers={"if-match": f'"{version}"'})

    def form(self, *brackets: tuple[int, str], **more: Any) -> dict[str, Any]:
        """A promotion of everything, of half a year from today on."""
        rows = [{"from_quantity": quantity, "percent": percent} for quantity, percent in brackets or [(1, "10")]]
        about = {"name": "Autumn", "name_ru": "Осень", "from": self.day(0), "to": self.day(180)}
        return {**about, "brackets": rows, **more}

    def draft(self, *brackets: tuple[int, str], **more: Any) -> str:
        """The id of a new draft."""
        answer = self.api.call("POST", "/v1/staff/promotions", MARKETING, self.form(*brackets, **more))
        assert answer.status == 201, answer.text
        return str(answer.json["promotion_id"])

    def step(self, promotion_id: str, step: str, body: Any = None, *, version: int = 1) -> Answer:
        url = f"/v1/staff/promotions/{promotion_id}/{step}"
        return self.api.call("POST", url, MARKETING, body, headers={"if-match": f'"{version}"'})

    def approve(self, promotion_id: str, *, confirm: bool = False, version: int = 1) -> Answer:
        return self.step(promotion_id, "approve", {"confirm_short": confirm}, version=version)

    def run(self, *brackets: tuple[int, str], **more: Any) -> str:
        """The id of a promotion that is approved."""
        promotion_id = self.draft(*brackets, **more)
        answer = self.approve(promotion_id, confirm=True)
        assert answer.status == 200, answer.text
        return promotion_id

    def shown(self, promotion_id: str) -> Any:
        answer = self.api.call("GET", f"/v1/staff/promotions/{promotion_id}", MARKETING)
        assert answer.status == 200, answer.text
        return answer.json

    def prices(self, caller: Caller) -> dict[str, tuple[str, str]]:
        """Unit price and rule of every product of the catalogue, as this partner sees them."""
        answer = self.api.call("GET", "/v1/products?limit=100", caller)
        assert answer.status == 200, answer.text
        return {
            each["sku"]: (each["price"]["unit_price"]["amount"], each["price"]["rule"]["name"])
            for each in answer.json["items"]
        }


def errors(answer: Answer) -> list[tuple[str, str]]:
    """Pointer and code of what was refused."""
    assert answer.status == 422, answer.text
    return [(error["pointer"], error["code"]) for error in answer.json["errors"]]
