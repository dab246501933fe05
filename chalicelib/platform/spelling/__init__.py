"""One spelling for what people type: addresses, codes, words."""
