"""The lumen method: against figures from elsewhere, by hand, and what must hold in every room."""

from math import ceil, isclose

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.storefront.lighting.rules import (
    ROOM_NORMS,
    Reflectances,
    Room,
    RoomKind,
    cavity,
    illuminance_of,
    layout,
    luminaires,
    parallel_rectangles,
    utilisation_factor,
)

BLACK = Reflectances(0, 0, 0)

metres = st.floats(1, 60)
reflectances = st.builds(Reflectances, *[st.floats(0, 0.95)] * 3)
rooms = st.builds(
    Room,
    length=metres,
    width=metres,
    height=st.floats(2.4, 12),
    work_plane=st.floats(0, 1),
    suspension=st.floats(0, 1),
    reflectances=reflectances,
)

# --- the utilisation factor -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "width", "distance", "factor"),
    [
        (
            2,
            2,
            1,
            0.4153,
        ),  # the example of EES's library for the same factor (fchart.com, hs214: 0.1 m squares at 0.05 m)
        (1, 1, 1, 0.1998),  # two opposite faces of a cube: textbooks have 0.1998 (and 0.2 for each of the other four)
        (1000, 1000, 1, 0.998),  # close together nothing gets lost
    ],
)
def test_the_factor_of_parallel_rectangles_is_the_known_one(
    length: float, width: float, distance: float, factor: float
):
    assert parallel_rectangles(length, width, distance) == pytest.approx(factor, abs=0.0005)


def test_in_a_black_room_only_direct_light_arrives():
    room = Room(6, 4, 3, 0.8, reflectances=BLACK)
    assert utilisation_factor(room) == pytest.approx(parallel_rectangles(6, 4, 2.2))


def test_a_cavity_without_depth_reflects_as_its_surface_does_and_a_deep_one_less():
    room = Room(6, 4, 3, 0.8)
    assert cavity(room, 0, 0.7) == pytest.approx(0.7)
    assert 0 < cavity(room, 2, 0.7) < cavity(room, 1, 0.7) < 0.7


def test_in_a_furnace_all_surfaces_alike_a_cavity_of_white_is_white():
    assert cavity(Room(6, 4, 3, 0.8, reflectances=Reflectances(1, 1, 1)), 1, 1) == pytest.approx(1)


def bounced(room: Room) -> float:
    """The same factor by following the light from surface to surface."""
    direct = parallel_rectangles(room.length, room.width, room.mounting_height)
    up, down = (
        cavity(room, room.suspension, room.reflectances.ceiling),
        cavity(room, room.work_plane, room.reflectances.floor),
    )
    walls = room.reflectances.walls
    to_plane = (1 - direct) * room.area / (2 * (room.length + room.width) * room.mounting_height)
    ceiling, context, side = 0.0, direct, 1 - direct
    arrived = context
    for _ in range(3000):
        ceiling, context, side = (
            context * down * direct + side * walls * to_plane,
            ceiling * up * direct + side * walls * to_plane,
            (ceiling * up + context * down) * (1 - direct) + side * walls * (1 - 2 * to_plane),
        )
        arrived += context
    return arrived


@given(rooms)
def test_the_factor_is_what_following_the_light_gives(room: Room):
    assert utilisation_factor(room) == pytest.approx(bounced(room), rel=1e-6)


@given(rooms, st.sampled_from(Reflectances._fields), st.floats(0, 0.95))
def test_a_brighter_surface_never_gives_less_light(room: Room, surface: str, value: float):
    brighter = max(value, getattr(room.reflectances, surface))
    other = Room(
        room.length,
        room.width,
        room.height,
        room.work_plane,
        room.suspension,
        room.reflectances._replace(**{surface: brighter}),
    )
    assert utilisation_factor(other) >= utilisation_factor(room) - 1e-9


# --- the number -------------------------------------------------------------------------------------------------------


def test_a_worked_example_by_hand():
    """A classroom, 9 m by 6 m, 3 m high, desks at 0.8 m, 500 lx, luminaires of 3,600 lm on the ceiling, MF 0.8, UF given as 0.62.

    Hm = 3 - 0.8 = 2.2;  K = 54 / (2.2 · 15) = 1.636;  N = 500 · 54 / (3600 · 0.62 · 0.8) = 27,000 / 1,785.6 = 15.12, so 16;
    three rows would need 18, two rows 16, four rows 16; four rows of four lie 2.25 m by 1.5 m apart, two of eight 1.125 m by 3 m.
    16 give 16 · 1,785.6 / 54 = 529.07 lx.
    """
    room = Room(length=9, width=6, height=3, work_plane=0.8)
    assert (room.mounting_height, room.index) == (pytest.approx(2.2), pytest.approx(1.636, abs=0.001))
    number = luminaires(room, illuminance=500, flux=3600, factor=0.62, maintenance=0.8)
    assert number == 16
    assert layout(room, number) == (4, 4)
    assert illuminance_of(room, 16, flux=3600, factor=0.62, maintenance=0.8) == pytest.approx(529.07, abs=0.01)


def test_a_number_that_comes_out_whole_is_not_rounded_up():
    room = Room(length=10, width=8, height=3, work_plane=0.8)
    assert luminaires(room, illuminance=300, flux=4000, factor=0.6, maintenance=0.8) == ceil(24000 / 1920) == 13
    assert luminaires(room, illuminance=288, flux=4000, factor=0.6, maintenance=0.8) == 12


def test_the_smallest_room_has_one():
    assert luminaires(Room(1, 1, 3, 0.8), illuminance=1, flux=4000, factor=0.2, maintenance=0.8) == 1


illuminances, fluxes = st.floats(50, 2000), st.floats(300, 30_000)


@given(rooms, illuminances, fluxes, st.floats(0.4, 1))
def test_it_is_never_darker_than_required_and_one_less_would_be(
    room: Room, lux: float, flux: float, maintenance: float
):
    how = {"flux": flux, "factor": utilisation_factor(room), "maintenance": maintenance}
    number = luminaires(room, illuminance=lux, **how)
    assert illuminance_of(room, number, **how) >= lux
    assert number == 1 or illuminance_of(room, number - 1, **how) < lux * (1 + 1e-9)
    rows, columns = layout(room, number)
    assert illuminance_of(room, rows * columns, **how) >= lux


@given(rooms, illuminances, fluxes, st.floats(1, 3), st.floats(1, 3))
def test_a_larger_room_never_needs_fewer(room: Room, lux: float, flux: float, longer: float, wider: float):
    def number(room: Room) -> int:
        return luminaires(room, illuminance=lux, flux=flux, factor=utilisation_factor(room), maintenance=0.8)

    larger = Room(
        room.length * longer, room.width * wider, room.height, room.work_plane, room.suspension, room.reflectances
    )
    assert number(larger) >= number(room)


@given(rooms, illuminances, fluxes, st.floats(1, 5))
def test_stronger_luminaires_are_never_more_and_a_brighter_room_never_fewer(
    room: Room, lux: float, flux: float, more: float
):
    factor = utilisation_factor(room)

    def number(lux: float, flux: float) -> int:
        return luminaires(room, illuminance=lux, flux=flux, factor=factor, maintenance=0.8)

    assert number(lux, flux * more) <= number(lux, flux) <= number(lux * more, flux)


# --- the layout -------------------------------------------------------------------------------------------------------


@given(rooms, st.integers(1, 10_000))
def test_a_layout_holds_all_and_has_no_row_to_spare(room: Room, number: int):
    rows, columns = layout(room, number)
    assert rows * columns >= number > (rows - 1) * columns
    assert rows * (columns - 1) < number


@example(11, 10, 26)
@given(st.floats(4, 40), st.floats(4, 40), st.integers(4, 400))
def test_luminaires_lie_about_as_far_apart_along_as_across(length: float, width: float, number: int):
    room = Room(length, width, 3, 0.8)
    rows, columns = layout(room, number)
    if min(rows, columns) > 2:
        assert 0.4 < (length / columns) / (width / rows) < 2.5


def test_a_corridor_is_lit_by_one_row():
    assert layout(Room(30, 2, 3, 0), 7) == (1, 7)


# --- kinds of rooms ---------------------------------------------------------------------------------------------------


def test_each_kind_of_room_has_a_plausible_requirement_and_names_its_norm():
    assert set(ROOM_NORMS) == set(RoomKind)
    for kind in ROOM_NORMS.values():
        assert 100 <= kind.illuminance <= 750
        assert kind.norm.startswith(("EN 12464-1:20", "СанПиН"))
        assert isclose(kind.work_plane, 0.8) or kind.work_plane == 0
