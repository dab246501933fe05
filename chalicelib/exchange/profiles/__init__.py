"""The profiles that files of a source were read with: kept by an import, mended and deleted by the staff."""
