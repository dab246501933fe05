"""The lumen method: the number of luminaires that a room needs. Pure: lengths in metres, flux in lumens, illuminance in lux, power in watts.

    N = E·A / (Φ·UF·MF)

E the maintained illuminance that is required on the work plane, A its area, Φ the flux of one luminaire, UF the utilisation factor (how
much of that flux arrives on the work plane), MF the maintenance factor (what is left of the illuminance when the installation is next
cleaned and relamped). Source: CIE 40-1978, Calculations for interior lighting: basic method; CIBSE, Code for lighting.

UF is computed, not looked up: for luminaires that radiate downwards as a diffuse surface (Lambert's law), evenly spread over their plane:

    room index           K = L·W / (Hm·(L + W)), Hm from the work plane to the luminaires
    direct part          the configuration factor of two parallel rectangles L×W at the distance Hm
                         (J. R. Howell, A catalog of radiation heat transfer configuration factors, C-11)
    what is reflected    flux transfer between three diffuse surfaces, the luminaires' plane, the walls and the work plane
                         (CIE 52-1982, Calculations for interior lighting: applied method)
    planes               stand for the cavities above and below, of effective reflectance ρ·Ao / (As - ρ·(As - Ao)), with ρ the mean
                         reflectance of a cavity's surfaces, As their area and Ao that of its opening (IES Lighting Handbook, zonal cavity)

Weakest point: a luminaire with a narrow beam needs fewer in a high room than this says, one that also lights the ceiling needs more in any
room. The caller can give the UF of the luminaire's own table instead.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import atan, ceil, floor, log, pi, sqrt
from typing import NamedTuple

MOST_LUMINAIRES = 10_000  # in one room
ALIKE = log(1.6)  # largest ratio of the spacings along and across, as a logarithm


class Reflectances(NamedTuple):
    """Reflectances of the surfaces, each below 1."""

    ceiling: float = 0.7
    walls: float = 0.5
    floor: float = 0.2


USUAL = Reflectances()


@dataclass(frozen=True, slots=True)
class Room:
    """A rectangular room. `suspension` is the distance from the ceiling to the luminaires."""

    length: float
    width: float
    height: float
    work_plane: float
    suspension: float = 0.0
    reflectances: Reflectances = USUAL

    @property
    def area(self) -> float:
        return self.length * self.width

    @property
    def mounting_height(self) -> float:
        """Height of the luminaires above the work plane; the formulas need it above zero."""
        return self.height - self.suspension - self.work_plane

    @property
    def index(self) -> float:
        return self.area / (self.mounting_height * (self.length + self.width))


class Layout(NamedTuple):
    """Rows along the length, and the luminaires of a row."""

    rows: int
    columns: int


class RoomNorm(NamedTuple):
    """The requirement of a norm for rooms of one use."""

    name: str
    name_ru: str
    illuminance: int
    work_plane: float
    norm: str


class RoomKind(StrEnum):
    OFFICE = "office"
    CAD = "cad"
    RECEPTION = "reception"
    LIBRARY_READING = "library_reading"
    KITCHEN = "kitchen"
    SPORTS_HALL = "sports_hall"
    CORRIDOR = "corridor"
    SCHOOL_ENTRANCE_HALL = "school_entrance_hall"
    SCHOOL_STAIRS = "school_stairs"
    OFFICE_RU = "office_ru"
    DESIGN_OFFICE_RU = "design_office_ru"
    VISITORS_RU = "visitors_ru"


_EN_2011 = "EN 12464-1:2011"
_EN_2021 = "EN 12464-1:2021"
_SANPIN = "СанПиН 2.2.1/2.1.1.1278-03, table 2"

# Frequent uses, each with the edition of its norm; newer editions may require more. A designer who is bound by another norm gives the
# illuminance itself.
ROOM_NORMS: dict[RoomKind, RoomNorm] = {
    RoomKind.OFFICE: RoomNorm(
        "Office: writing, typing, data processing", "Офис: письмо, работа с данными", 500, 0.8, _EN_2011
    ),
    RoomKind.CAD: RoomNorm("CAD work stations", "Рабочие места проектировщиков (САПР)", 500, 0.8, _EN_2011),
    RoomKind.RECEPTION: RoomNorm("Reception desk", "Стойка регистрации", 300, 0.8, _EN_2011),
    RoomKind.LIBRARY_READING: RoomNorm("Library: reading area", "Библиотека: читальная зона", 500, 0.8, _EN_2011),
    RoomKind.KITCHEN: RoomNorm("Kitchen", "Кухня", 500, 0.8, _EN_2011),
    RoomKind.SPORTS_HALL: RoomNorm("Sports hall", "Спортивный зал", 300, 0.0, _EN_2011),
    RoomKind.CORRIDOR: RoomNorm("Corridor, circulation area", "Коридор, проход", 100, 0.0, _EN_2021),
    RoomKind.SCHOOL_ENTRANCE_HALL: RoomNorm(
        "School: entrance hall", "Школа: вестибюль", 200, 0.0, f"{_EN_2021}, table 44"
    ),
    RoomKind.SCHOOL_STAIRS: RoomNorm("School: stairs", "Школа: лестница", 150, 0.0, f"{_EN_2021}, table 44"),
    RoomKind.OFFICE_RU: RoomNorm("Office, by Russian rules", "Кабинет, рабочая комната, офис", 300, 0.8, _SANPIN),
    RoomKind.DESIGN_OFFICE_RU: RoomNorm(
        "Design office, by Russian rules", "Проектный зал, чертёжное бюро", 500, 0.8, _SANPIN
    ),
    RoomKind.VISITORS_RU: RoomNorm("Visitors' room, by Russian rules", "Помещение для посетителей", 300, 0.8, _SANPIN),
}


def parallel_rectangles(length: float, width: float, distance: float) -> float:
    """The configuration factor of two parallel rectangles: the share of flux from one that arrives on the other."""
    x, y = length / distance, width / distance
    x1, y1 = sqrt(1 + x * x), sqrt(1 + y * y)
    terms = (
        log(x1 * y1 / sqrt(1 + x * x + y * y))
        + x * y1 * atan(x / y1)
        + y * x1 * atan(y / x1)
        - x * atan(x)
        - y * atan(y)
    )
    return 2 * terms / (pi * x * y)


def cavity(room: Room, depth: float, end: float) -> float:
    """Effective reflectance of the cavity of this depth behind a plane; `end` is the reflectance of its end surface."""
    sides = 2 * (room.length + room.width) * depth
    inside = room.area + sides
    mean = (room.area * end + sides * room.reflectances.walls) / inside
    return mean * room.area / (inside - mean * (inside - room.area))


def utilisation_factor(room: Room) -> float:
    """The share of the luminaires' flux that arrives on the work plane, reflected light included."""
    direct = parallel_rectangles(room.length, room.width, room.mounting_height)
    ceiling = cavity(room, room.suspension, room.reflectances.ceiling)
    floor = cavity(room, room.work_plane, room.reflectances.floor)
    walls = room.reflectances.walls
    # Of what a plane sends, `direct` reaches the other plane and the rest the walls; of what the walls send, `to_plane` reaches each plane.
    to_plane = (1 - direct) * room.area / (2 * (room.length + room.width) * room.mounting_height)
    to_walls = 1 - 2 * to_plane
    # Flux that each surface receives of one lumen, unknown u (luminaires' plane), w (work plane), v (walls):
    #   u = floor·w·direct + walls·v·to_plane
    #   w = direct + ceiling·u·direct + walls·v·to_plane
    #   v = (1 - direct)·(1 + ceiling·u + floor·w) + walls·v·to_walls
    side, back = walls * to_plane, (1 - direct) / (1 - walls * to_walls)
    # v = back·(1 + ceiling·u + floor·w), put into the two others:
    a11, a12, b1 = 1 - side * back * ceiling, -floor * (direct + side * back), side * back
    a21, a22, b2 = -ceiling * (direct + side * back), 1 - side * back * floor, direct + side * back
    return (a11 * b2 - a21 * b1) / (a11 * a22 - a12 * a21)


def luminaires(room: Room, *, illuminance: float, flux: float, factor: float, maintenance: float) -> int:
    """The least number that gives the illuminance. `factor` is the utilisation factor."""
    number = max(1, ceil(illuminance * room.area / (flux * factor * maintenance)))
    # The division may have been rounded to just below a whole number.
    while illuminance_of(room, number, flux=flux, factor=factor, maintenance=maintenance) < illuminance:
        number += 1
    return number


def illuminance_of(room: Room, number: int, *, flux: float, factor: float, maintenance: float) -> float:
    """The maintained illuminance of this number of luminaires."""
    return number * flux * factor * maintenance / room.area


def layout(room: Room, number: int) -> Layout:
    """Rows of equal length with at least this number of luminaires.

    Among layouts with similar spacings along and across, the one with the fewest spare luminaires; without one, as in a corridor, the layout
    with the most similar spacings.
    """
    even = sqrt(number * room.width / room.length)  # rows, if spacings were the same both ways
    fewest, most = (min(max(1, rows), number) for rows in (floor(even * 0.8), ceil(even * 1.25)))

    def stretch_and_spare(rows: int) -> tuple[float, int, float]:
        columns = ceil(number / rows)
        stretch = abs(log((room.length / columns) / (room.width / rows)))
        return (0 if stretch <= ALIKE else stretch), rows * columns, stretch

    columns = ceil(number / min(range(fewest, most + 1), key=stretch_and_spare))
    return Layout(ceil(number / columns), columns)
