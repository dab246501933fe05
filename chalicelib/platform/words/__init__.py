"""Words for readers that stand in files beside the code: those of codes, and the texts of a module in each language."""
