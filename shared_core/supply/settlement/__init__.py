"""Money between a hub, the stores it supplies, and those who supply and carry for it."""
