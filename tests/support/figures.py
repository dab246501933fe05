"""Clubs with other figures than those of `club.toml`."""

from dataclasses import replace
from typing import Any

from chalicelib.platform.config import Config, Section
from chalicelib.platform.context import Work


def with_sections(config: Config, *sections: Section) -> Config:
    """The same club with these sections in place of its own."""
    return Config(config.tables, {**config.read, **{type(each): each for each in sections}})


def with_figures(work: Work, section: type[Section], **changes: Any) -> Work:
    """Work of a club of which these figures of a section are others."""
    changed = work.config[section].model_copy(update=changes)
    return replace(work, config=with_sections(work.config, changed))
