"""One story per promise: told over HTTP and the command line, against processes that serve a generated shop."""
