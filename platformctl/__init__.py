"""The command line: make a storefront, run it, check it."""
