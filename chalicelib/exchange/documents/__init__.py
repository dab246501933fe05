"""The documents of a sales file, and those of the club that they are."""
