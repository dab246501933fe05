"""The lighting calculator over HTTP: open to complete profiles, and its lines can be ordered."""

from typing import Any

import pytest

from chalicelib.platform.context import Context
from tests.catalog.steps import row, stock
from tests.support.api import STRANGER, Answer, Api, Caller
from tests.support.partners import OPERATIONS, distributor, member, partner
from tests.support.spent import calls_counted

ROOM = {"length_m": 9, "width_m": "6", "height_m": 3, "illuminance_lx": 500, "utilisation_factor": "0.62"}


def panel(sku: str = "PN-1", flux: int = 3600, power: int = 30, **more: Any) -> dict[str, Any]:
    facts = [{"name": "luminous_flux_lm", "number": flux}, {"name": "power_w", "number": power}]
    return row(sku, attributes=facts, **more)


def calculate(api: Api, caller: Caller, *rooms: dict[str, Any], skus: list[str] | None = None, **more: Any) -> Answer:
    return api.call("POST", "/v1/tools/lighting", caller, {"rooms": list(rooms), "skus": skus or ["PN-1"]}, **more)


def test_a_room_is_worked_out_as_by_hand(api: Api, context: Context):
    stock(context, panel())
    answer = calculate(api, partner(context), ROOM).json
    (room,) = answer["rooms"]
    assert room | {"options": []} == {
        "name": "",
        "count": 1,
        "area_m2": 54.0,
        "mounting_height_m": 2.2,
        "room_index": 1.64,
        "illuminance_lx": 500.0,
        "norm": None,
        "maintenance_factor": 0.8,
        "options": [],
    }
    assert room["options"] == [
        {
            "sku": "PN-1",
            "utilisation_factor": 0.62,
            "required": 16,
            "rows": 4,
            "columns": 4,
            "luminaires": 16,
            "illuminance_lx": 529.1,
            "power_w": 480.0,
            "power_density_w_m2": 8.89,
            "spacing_to_height": 1.02,
        }
    ]


def test_the_answer_says_how_and_by_what_in_the_readers_language(api: Api, context: Context):
    stock(context, panel())
    caller = partner(context)
    for language, word in (("en", "Lumen method"), ("ru", "коэффициента использования")):
        method = calculate(api, caller, ROOM, headers={"accept-language": language}).json["method"]
        assert method["formula"] == "N = E·A / (Φ·UF·MF)"
        assert word in method["explanation"]
        assert len(method["sources"]) == 4


def test_a_kind_of_room_brings_its_illuminance_and_names_its_norm(api: Api, context: Context):
    stock(context, panel())
    room = {"length_m": 20, "width_m": 2, "height_m": 3, "kind": "corridor"}
    (found,) = calculate(api, partner(context), room).json["rooms"]
    assert (found["illuminance_lx"], found["norm"], found["mounting_height_m"]) == (100.0, "EN 12464-1:2021", 3.0)
    assert found["options"][0]["illuminance_lx"] >= 100


def test_its_lines_are_whole_packs_of_all_rooms_and_can_be_ordered_as_they_are(api: Api, context: Context):
    stock(context, panel(pack_multiple=10), panel("PN-2", 7000, 50))
    caller = partner(context, region="RU-MOW")
    distributor(context, "RU-MOW")
    answer = calculate(api, caller, {**ROOM, "count": 2}, ROOM, skus=["PN-1", "PN-2"])
    first, second = answer.json["totals"]
    assert (first["luminaires"], first["power_w"]) == (48, 1440.0)
    assert first["lines"] == [{"sku": "PN-1", "quantity": 50}]
    assert second["lines"][0]["quantity"] == second["luminaires"]
    ordered = api.call("POST", "/v1/orders", caller, {"lines": first["lines"] + second["lines"]}, key="lit")
    assert ordered.status == 201, ordered.text


def test_it_is_two_reads(api: Api, context: Context):
    stock(context, panel(), panel("PN-2"))
    caller = partner(context)
    with calls_counted(context.table.client) as made:
        assert calculate(api, caller, *[ROOM] * 50, skus=["PN-1", "PN-2"]).status == 200
    assert made == ["Query", "BatchGetItem"]


def test_calculators_are_closed_until_the_profile_is_complete(api: Api, context: Context):
    stock(context, panel())
    caller = partner(context)
    member(context, "mbr_1", phone=None, phone_confirmed_on=None)
    answer = calculate(api, caller, ROOM)
    assert (answer.status, answer.json["code"], answer.json["missing"]) == (403, "cabinet_locked", ["phone"])


@pytest.mark.parametrize(("caller", "status"), [(STRANGER, 401), (OPERATIONS, 403)])
def test_it_is_a_tool_for_partners(api: Api, context: Context, caller: Caller, status: int):
    assert calculate(api, caller, ROOM).status == status


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"illuminance_lx": None}, "/rooms/0"),
        ({"kind": "office"}, "/rooms/0"),
        ({"illuminance_lx": None, "kind": "barn"}, "/rooms/0/kind"),
        ({"suspension_m": "2.1"}, "/rooms/0"),
        ({"work_plane_m": "2.9"}, "/rooms/0"),
        ({"length_m": 0}, "/rooms/0/length_m"),
        ({"reflectances": {"walls": "1"}}, "/rooms/0/reflectances/walls"),
        ({"maintenance_factor": 0}, "/rooms/0/maintenance_factor"),
        ({"colour": "white"}, "/rooms/0/colour"),
        ({"length_m": 500, "width_m": 500, "illuminance_lx": 20000}, "/rooms/0"),
    ],
)
def test_a_room_that_cannot_be_lit_is_refused_with_its_place(
    api: Api, context: Context, wrong: dict[str, Any], pointer: str
):
    stock(context, panel())
    answer = calculate(api, partner(context), ROOM | wrong)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_products_that_are_no_luminaires_are_named_all_at_once(api: Api, context: Context):
    stock(context, panel(), row("BOX"), panel("DARK", flux=0))
    answer = calculate(api, partner(context), ROOM, skus=["PN-1", "BOX", "NONE", "DARK"])
    assert answer.status == 422
    assert [(each["pointer"], each["code"]) for each in answer.json["errors"]] == [
        ("/skus/1", "not_a_luminaire"),
        ("/skus/2", "unknown_sku"),
        ("/skus/3", "not_a_luminaire"),
    ]
