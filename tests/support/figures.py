"""Clubs with other figures than those of `club.toml`."""

from dataclasses import replace
from typing import Any

from chalicelib.platform.config import Config, Section
from chalicelib.platform.context import Context


def with_sections(config: Config, *sections: Section) -> Config:
    """A config with these sections in place of its own."""
    return Config(config.tables, {**config.read, **{type(each): each for each in sections}})


def with_figures(context: Context, section: type[Section], **changes: Any) -> Context:
    """Work of a club of which these figures of a section are others."""
    changed = context.config[section].model_copy(update=changes)
    return replace(context, config=with_sections(context.config, changed))
