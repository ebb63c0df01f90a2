"""Each preset as a running shop: its story, with the money reckoned by hand."""
