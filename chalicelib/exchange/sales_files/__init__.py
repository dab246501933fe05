"""Sales history from the files of accounting systems."""
