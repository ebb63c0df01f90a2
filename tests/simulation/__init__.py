"""Simulated populations: the laws that hold, the shop they agree with, what is fitted to a history."""
