"""Whom a hub supplies, on what terms and by which keys; and to which hub a shop is connected."""
