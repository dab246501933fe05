"""Join, order, accept, ship, return: with the client of openapi-python-client."""

import json
import os
import re
import time
from http import HTTPStatus
from typing import TypeVar
from urllib.request import urlopen

from club.api.companies import claim_company, decide_claim, list_companies
from club.api.members import change_profile, show_club, show_profile
from club.api.orders import accept_order, accept_return, place_order, request_return, ship_order, show_order
from club.api.sign_in import confirm_sign_in, refresh_session, register_member
from club.client import AuthenticatedClient, Client
from club.models.accept_form import AcceptForm
from club.models.accept_return_form import AcceptReturnForm
from club.models.claim_decision_form import ClaimDecisionForm
from club.models.claim_decision_form_role import ClaimDecisionFormRole
from club.models.claim_form import ClaimForm
from club.models.code_form import CodeForm
from club.models.consent_form import ConsentForm
from club.models.order_line_form import OrderLineForm
from club.models.place_form import PlaceForm
from club.models.problem_body import ProblemBody
from club.models.problem_body_code import ProblemBodyCode
from club.models.profile_change_form import ProfileChangeForm
from club.models.refresh_form import RefreshForm
from club.models.registration_form import RegistrationForm
from club.models.return_form import ReturnForm
from club.models.return_line_form import ReturnLineForm
from club.models.ship_form import ShipForm
from club.types import Unset

API, MARK, SKU, EMAIL = (os.environ[name] for name in ("API", "MARK", "SKU", "EMAIL"))
Model = TypeVar("Model")


def client(token: str) -> AuthenticatedClient:
    return AuthenticatedClient(base_url=API, token=token)


def sure(answer: Model | ProblemBody | None) -> Model:
    """The answer. Raises the code of a problem."""
    if answer is None or isinstance(answer, ProblemBody):
        raise RuntimeError(f"{answer.code}: {answer.detail}" if answer else "no answer")
    return answer


def key(step: str) -> str:
    return f"{step}-{MARK}"


def code() -> str:
    """The six digits of the sign-in letter."""
    for _ in range(300):
        with urlopen(os.environ["MAILBOX"]) as letters:
            mine = [each["text"] for each in json.load(letters) if EMAIL in "".join(each["to"])]
        if found := [digits for text in mine for digits in re.findall(r"\b\d{6}\b", text)]:
            return str(found[-1])
        time.sleep(0.2)
    raise RuntimeError("no code")


guest = Client(base_url=API)
manager, distributor = client(os.environ["MANAGER"]), client(os.environ["DISTRIBUTOR"])

club = sure(show_club.sync(client=guest))
consents = [ConsentForm(purpose=each.purpose, version=each.version, agreed=True) for each in club.consents]
joining = RegistrationForm(name="Anna Svetlova", email=EMAIL, consents=consents)
started = sure(register_member.sync(client=guest, body=joining))
tokens = sure(confirm_sign_in.sync(client=guest, body=CodeForm(sign_in_id=started.sign_in_id, code=code())))

newcomer = client(tokens.access_token)
read = show_profile.sync_detailed(client=newcomer)
profile, etag = sure(read.parsed), read.headers["ETag"]
sure(change_profile.sync(client=newcomer, body=ProfileChangeForm(phone="+74951234567"), if_match=etag))
inn, kpp = os.environ["INN"], "770101001"
sure(claim_company.sync(client=newcomer, body=ClaimForm(name="Svet", inn=inn, kpp=kpp, region=os.environ["REGION"])))

[company] = sure(list_companies.sync(client=manager, inn=inn, kpp=kpp)).items
decision = ClaimDecisionForm(member_id=profile.member_id, role=ClaimDecisionFormRole.OWNER)
sure(decide_claim.sync(company.company_id, client=manager, body=decision))

if tokens.refresh_token is None:
    raise RuntimeError("no refresh token")
refreshed = sure(refresh_session.sync(client=guest, body=RefreshForm(refresh_token=tokens.refresh_token)))
buyer = client(refreshed.access_token)
lines = PlaceForm(lines=[OrderLineForm(sku=SKU, quantity=3)])
order_id = sure(place_order.sync(client=buyer, body=lines, idempotency_key=key("order"))).order_id

sure(accept_order.sync(order_id, client=distributor, body=AcceptForm(), idempotency_key=key("accept")))
document = f"S-{MARK}"
sure(ship_order.sync(order_id, client=distributor, body=ShipForm(document=document), idempotency_key=key("ship")))

back = ReturnForm(lines=[ReturnLineForm(document=document, sku=SKU, quantity=1)], reason="Broken glass")
asked = sure(request_return.sync(order_id, client=buyer, body=back, idempotency_key=key("return")))
taken = AcceptReturnForm(document=f"R-{MARK}")
return_id = asked.returns[-1].return_id
sure(accept_return.sync(order_id, return_id, client=distributor, body=taken, idempotency_key=key("take")))

order = sure(show_order.sync(order_id, client=buyer))
unknown = PlaceForm(lines=[OrderLineForm(sku="NOTHING", quantity=1)])
refused = place_order.sync_detailed(client=buyer, body=unknown, idempotency_key=key("unknown"))
fault = None
if isinstance(refused.parsed, ProblemBody) and refused.parsed.code is ProblemBodyCode.INVALID:
    fault = None if isinstance(refused.parsed.errors, Unset) else refused.parsed.errors[0].pointer
assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
print(json.dumps({"state": order.state.value, "returned": order.lines[0].returned, "fault": fault}))  # noqa: T201 - the test reads it
