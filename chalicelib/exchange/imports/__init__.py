"""An import as it is stored, with the objects of its file."""
