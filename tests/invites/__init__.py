"""Invites: joining, the quota of codes, its laws."""
