"""What every room stands on, beside the table: access, HTTP, configuration, events, money, texts. These names are asked for everywhere."""

from chalicelib.platform.registry.lazy import opened_when_asked

with opened_when_asked(__name__):
    from chalicelib.platform.clock import local_day, moment, stamp
    from chalicelib.platform.config import Section, SectionPart
    from chalicelib.platform.config.club_config import Club
    from chalicelib.platform.context import Context
    from chalicelib.platform.events import Event, EventType, consumer
    from chalicelib.platform.fields import Day, Identifier
    from chalicelib.platform.http.forms import ChartView, Form, PageQuery, View
    from chalicelib.platform.http.lists import ListPage, ListQuery, narrowed
    from chalicelib.platform.http.problems import Fault, Problem, or_not_found
    from chalicelib.platform.http.routes import Answer, Call, Routes, etag
    from chalicelib.platform.http.throttle import DAY, hold_throttle, throttle
    from chalicelib.platform.ids import derived_id
    from chalicelib.platform.model import Written
    from chalicelib.platform.money import Money, round_half_up
    from chalicelib.platform.registry.names import NameOf
    from chalicelib.platform.settings import queue_url
    from chalicelib.platform.text import Language
