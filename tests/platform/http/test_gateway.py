"""A request comes to its route, through whichever resource of the gateway; and HEAD is GET without a body."""

import pytest
from chalice.app import Response

from chalicelib.platform.http.gateway import GREEDY, ClubApi, Match, Paths
from chalicelib.platform.http.respond import install
from tests.support.api import gateway_event

KNOWN = ["/v1/staff/people", "/v1/staff/people/{member_id}", "/v1/staff/people/mine", "/v1/{any}/people/{id}/{part}"]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/v1/staff/people", Match("/v1/staff/people", {})),
        ("/v1/staff/people/mbr_1", Match("/v1/staff/people/{member_id}", {"member_id": "mbr_1"})),
        ("/v1/staff/people/mine", Match("/v1/staff/people/mine", {})),
        ("/v1/staff/people/a/b", Match("/v1/{any}/people/{id}/{part}", {"any": "staff", "id": "a", "part": "b"})),
        ("/v1/staff/people/mine/b", Match("/v1/{any}/people/{id}/{part}", {"any": "staff", "id": "mine", "part": "b"})),
        ("/v1/staff", None),
        ("/v1/staff/", None),
        ("/v1/staff/people/", None),
        ("/v1/staff/{member_id}", None),
        ("/v1//people/a/b", None),
        ("", None),
    ],
)
def test_the_route_of_a_path_is_the_one_with_the_most_words(path: str, found: Match | None) -> None:
    assert Paths(KNOWN).find(path) == found


@pytest.fixture
def app() -> ClubApi:
    made = ClubApi("lab")
    install(made)

    @made.route("/v1/staff/people/{member_id}")
    def person(member_id: str) -> Response:
        return Response(body=f"{member_id} by {made.current_request.method}", headers={"ETag": '"7"'})

    return made


def asked(app: ClubApi, method: str, below: str) -> tuple[int, str, dict[str, str]]:
    event = gateway_event(method, f"/v1/staff/{GREEDY}", path=f"/v1/staff/{below}", path_parameters={"below": below})
    answer = app(event, None)
    return answer["statusCode"], answer["body"], answer["headers"]


def test_a_greedy_resource_hands_the_request_to_its_route(app: ClubApi) -> None:
    assert asked(app, "GET", "people/mbr_1")[:2] == (200, "mbr_1 by GET")


def test_head_has_the_headers_of_get_and_no_body(app: ClubApi) -> None:
    status, body, headers = asked(app, "HEAD", "people/mbr_1")
    assert (status, body, headers["ETag"]) == (200, "", '"7"')


def test_a_path_below_a_greedy_resource_that_nobody_serves_is_not_found(app: ClubApi) -> None:
    status, body, headers = asked(app, "GET", "people")
    assert (status, '"code": "not_found"' in body or '"code":"not_found"' in body) == (404, True)
    assert headers["Content-Type"] == "application/problem+json" and headers["Access-Control-Allow-Origin"] == "*"
    assert "Near it: GET /v1/staff/people/{member_id}." in asked(app, "GET", "peoples/mbr_1")[1]
    assert "Near it" not in asked(app, "GET", "weather")[1]


def test_a_method_that_a_path_has_not_is_not_allowed(app: ClubApi) -> None:
    status, _, headers = asked(app, "POST", "people/mbr_1")
    assert (status, headers["Allow"]) == (405, "GET")


@pytest.mark.parametrize(
    ("sent", "meant"),
    [("A%2FB", "A/B"), ("A%252FB", "A%2FB"), ("%D0%90+%20%3F%23", "А+ ?#"), ("100%", "100%"), ("..%2F..", "../..")],
)
def test_a_parameter_of_a_path_loses_its_escapes_once(app: ClubApi, sent: str, meant: str) -> None:
    assert asked(app, "GET", f"people/{sent}")[:2] == (200, f"{meant} by GET")
    alone = gateway_event("GET", "/v1/staff/people/{member_id}", path_parameters={"member_id": sent})
    assert app(alone, None)["body"] == f"{meant} by GET"
