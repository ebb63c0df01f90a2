"""`python -m platformctl` is `platformctl`."""

from platformctl.cli import main

main()
