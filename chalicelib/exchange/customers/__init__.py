"""The links of a source's customers to companies."""
