"""Events of an import. Each carries `import_id`."""

from chalicelib.platform import EventType

RUN_BEGAN = EventType("import.run_began")  # `run`: its parts wait for their messages
