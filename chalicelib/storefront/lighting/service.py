"""The lighting calculator for the rooms of a partner."""

from math import ceil
from typing import NamedTuple

from chalicelib import catalog, companies
from chalicelib.platform import Context, Fault, Language, Problem
from chalicelib.storefront.lighting import rules
from chalicelib.storefront.lighting.schemas import (
    LightingForm,
    LightingLineView,
    LightingMethodView,
    LightingTotalView,
    LightingView,
    LitRoomView,
    RoomForm,
    RoomOptionView,
)

PRIVILEGE = "calculators"
NEEDED_ATTRIBUTES = ("luminous_flux_lm", "power_w")

_FORMULA = "N = E·A / (Φ·UF·MF)"
_EXPLANATION = (
    "Lumen method. N luminaires of the flux Φ (lm) give the maintained illuminance E (lx) on the work plane of the area A (m²); MF is the "
    "maintenance factor. The utilisation factor UF is worked out from the room index and the reflectances for luminaires that radiate "
    "downwards as a diffuse surface, evenly spread: the configuration factor of parallel rectangles, and flux transfer between ceiling, "
    "walls and work plane with effective cavity reflectances. For another light distribution give the UF of the luminaire's own table. "
    "N is rounded up, then to full rows.",
    "Метод коэффициента использования. N светильников со световым потоком Φ (лм) создают на рабочей плоскости площадью A (м²) "
    "эксплуатационную освещённость E (лк); MF — коэффициент эксплуатации, обратный коэффициенту запаса. Коэффициент использования UF "
    "вычислен по индексу помещения и коэффициентам отражения для равномерно размещённых светильников, излучающих вниз по косинусному "
    "закону: угловой коэффициент параллельных прямоугольников и многократные отражения между потолком, стенами и рабочей плоскостью с "
    "эффективными коэффициентами отражения полостей. Для другого светораспределения задайте UF из таблицы светильника. "
    "N округлено вверх, затем до полных рядов.",
)
_SOURCES = [
    "CIE 40-1978, Calculations for interior lighting: basic method",
    "CIE 52-1982, Calculations for interior lighting: applied method",
    "J. R. Howell, A catalog of radiation heat transfer configuration factors, C-11",
    "IES Lighting Handbook, zonal cavity method: effective cavity reflectance",
]


class Luminaire(NamedTuple):
    """The facts of a product for the calculation: flux in lm, power in W."""

    sku: str
    flux: float
    power: float
    pack_multiple: int


def calculate(context: Context, member_id: str, form: LightingForm, language: Language) -> LightingView:
    """Two reads. Raises 403 while calculators are locked, 422 for products that are not luminaires or far too weak."""
    if missing := companies.missing_for(context, member_id, PRIVILEGE):
        raise Problem(
            "cabinet_locked", "Complete your profile to use the calculators: PATCH /v1/me.", extra={"missing": missing}
        )
    luminaires = _luminaires(context, form.skus)
    rooms = [_room_view(number, room, luminaires) for number, room in enumerate(form.rooms)]
    return LightingView(
        method=LightingMethodView(formula=_FORMULA, explanation=_EXPLANATION[language == "ru"], sources=_SOURCES),
        rooms=rooms,
        totals=[_total_view(place, each, rooms) for place, each in enumerate(luminaires)],
    )


def _luminaires(context: Context, skus: list[str]) -> list[Luminaire]:
    found = []
    items, faults = catalog.articles_of(context, {f"/skus/{place}": sku for place, sku in enumerate(skus)})
    for place, sku in enumerate(skus):
        if sku not in items:
            continue
        product = catalog.product_of(items[sku])
        flux, power = (product.number(name) for name in NEEDED_ATTRIBUTES)
        if not flux or power is None:
            detail = f"The calculation needs the attributes {' and '.join(NEEDED_ATTRIBUTES)}."
            faults.append(Fault(pointer=f"/skus/{place}", code="not_a_luminaire", detail=detail))
            continue
        found.append(Luminaire(product.sku, float(flux), float(power), product.pack_multiple))
    if faults:
        raise Problem("invalid", errors=sorted(faults, key=lambda each: int(each.pointer.rpartition("/")[2])))
    return found


def _room_view(number: int, form: RoomForm, luminaires: list[Luminaire]) -> LitRoomView:
    room = form.room()
    kind = rules.ROOM_NORMS[form.kind] if form.kind else None
    illuminance = (
        float(form.illuminance_lx) if form.illuminance_lx is not None else float(kind.illuminance) if kind else 0
    )
    factor = float(form.utilisation_factor) if form.utilisation_factor else rules.utilisation_factor(room)
    maintenance = float(form.maintenance_factor)
    return LitRoomView(
        name=form.name,
        count=form.count,
        area_m2=round(room.area, 2),
        mounting_height_m=round(room.mounting_height, 3),
        room_index=round(room.index, 2),
        illuminance_lx=illuminance,
        norm=kind.norm if kind else None,
        maintenance_factor=maintenance,
        options=[_option_view(number, room, each, illuminance, factor, maintenance) for each in luminaires],
    )


def _option_view(
    number: int, room: rules.Room, luminaire: Luminaire, illuminance: float, factor: float, maintenance: float
) -> RoomOptionView:
    how = {"flux": luminaire.flux, "factor": factor, "maintenance": maintenance}
    if illuminance * room.area > rules.MOST_LUMINAIRES * luminaire.flux * factor * maintenance:
        detail = f"The room needs more than {rules.MOST_LUMINAIRES} of {luminaire.sku}. Choose a stronger luminaire."
        raise Problem.invalid("too_many", f"/rooms/{number}", detail)
    required = rules.luminaires(room, illuminance=illuminance, **how)
    rows, columns = rules.layout(room, required)
    installed = rows * columns
    power = installed * luminaire.power
    spacing = max(room.length / columns, room.width / rows)
    return RoomOptionView(
        sku=luminaire.sku,
        utilisation_factor=round(factor, 3),
        required=required,
        rows=rows,
        columns=columns,
        luminaires=installed,
        illuminance_lx=round(rules.illuminance_of(room, installed, **how), 1),
        power_w=round(power, 1),
        power_density_w_m2=round(power / room.area, 2),
        spacing_to_height=round(spacing / room.mounting_height, 2),
    )


def _total_view(place: int, luminaire: Luminaire, rooms: list[LitRoomView]) -> LightingTotalView:
    number = sum(room.count * room.options[place].luminaires for room in rooms)
    packs = ceil(number / luminaire.pack_multiple)
    return LightingTotalView(
        sku=luminaire.sku,
        luminaires=number,
        power_w=round(number * luminaire.power, 1),
        lines=[LightingLineView(sku=luminaire.sku, quantity=packs * luminaire.pack_multiple)],
    )
