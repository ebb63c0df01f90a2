"""Where the units are: received, free, held, sold."""
