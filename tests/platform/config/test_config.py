"""The figures: the file that comes with the code, and what is refused in another."""

import gc
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import Field, ValidationError

import chalicelib
from chalicelib.auth.config import SignIn
from chalicelib.members.config import Consents, Welcome
from chalicelib.orders.config import Orders
from chalicelib.platform.config import Config, Section, config
from chalicelib.platform.config.club_config import Club
from chalicelib.tiers.config import Tiers
from infra.club_config import ConfigError, check, checked, sections

FILE = Path(chalicelib.__file__).parent / "club.toml"


@pytest.fixture
def with_change(tmp_path: Path) -> Callable[[str, str], Config]:
    def read(old: str, new: str) -> Config:
        text = FILE.read_text(encoding="utf-8")
        assert old in text
        changed = tmp_path / "club.toml"
        changed.write_text(text.replace(old, new, 1), encoding="utf-8")
        return checked(changed)

    return read


def test_the_clubs_own_file_is_read_once() -> None:
    assert config() is config()
    assert config()[Club].zone.key == config()[Club].time_zone
    assert config()[Club].currency in config()[Tiers].ladders


def test_every_text_is_there_in_both_languages() -> None:
    welcome = config()[Welcome]
    assert len(welcome.benefits) == len(welcome.benefits_ru)
    for text in config()[Consents].consents.values():
        assert text.text
        assert text.text_ru


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('currency = "RUB"', 'currencies = "RUB"', "currencies"),
        ('currency = "RUB"', 'currency = "JPY"', "counts in hundredths"),
        ("[[tiers.ladders.RUB]]\n", "[[tiers.ladders.KWD]]\n", "counts in hundredths"),
        ("window_days = 90", "window_days = 0", "window_days"),
        ('from = "150000"', 'from = "40000"', "steps must rise"),
        ('from = "150000"', 'from = "many"', "from"),
        ('discount_percent = "5"', 'discount_percent = "100"', "discount_percent"),
        ('discount_percent = "3"', 'discount_percent = "0"', "discount_percent"),
        ('"company_named"', '"star_sign"', "unlocks"),
        ("code_tries = 3", "code_attempts = 3", r"sign_in\.code_attempts: No room has a figure of this name"),
        ("code_tries = 3\n", "", r"sign_in\.code_tries: Field required"),
        ("remind_after = 1", "remind_after = 3", "before the distributor was reminded"),
        ("[orders.usual]", "[orders.unusual]", r"orders\.unusual: No room"),
        ("[letters]", "[mail]\nname = 1\n[letters]", "mail: No room"),
        ('percent = "1.5"', 'percent = "101"', "rates"),
        ('percent = "1.5"', 'percent = "1.5"\nbrand = "Svet"', "goes by one of"),
        ('percent = "1.5"', 'percent = "1.5"\nto = "2025-12-31"', "before it begins"),
        ('percent = "1.5"', 'percent = "1.5"\npromotion = "spring"', "promotion spring needs"),
    ],
)
def test_a_file_with_a_mistake_is_refused_by_name(
    with_change: Callable[[str, str], Config], old: str, new: str, named: str
) -> None:
    with pytest.raises(ConfigError, match=named):
        with_change(old, new)


def test_figures_cannot_be_changed_by_the_way() -> None:
    with pytest.raises(ValidationError):
        config()[Tiers].window_days = 1


def test_a_room_declares_a_section_and_reads_it() -> None:
    class Parking(Section, name="orders.parking"):
        places: int = Field(alias="cars", ge=1)
        guarded: bool = True

    tables = {**config().tables, "orders": {"minimum": {}, "parking": {"cars": 3}}}
    assert Config(tables)[Parking] == Parking(cars=3, guarded=True)
    assert Config(tables)[Orders].minimum == {}
    check(Config(tables))
    with pytest.raises(ConfigError, match=r"orders\.parking\.cars: Field required"):
        check(config())
    with pytest.raises(ConfigError, match=r"orders\.parking: This is a table, not a value"):
        check(Config({**tables, "orders": {"parking": 3}}))
    del Parking
    gc.collect()  # the check looks at every section that exists


def test_a_mistake_in_one_section_does_not_keep_another_from_being_read() -> None:
    broken = Config({**config().tables, "sign_in": {}})
    assert broken[Tiers] == config()[Tiers]
    with pytest.raises(ValidationError):
        broken[SignIn]


def test_every_room_reads_the_clubs_own_file() -> None:
    checked(FILE)
    assert len({section.__module__ for section in sections()}) >= 14
