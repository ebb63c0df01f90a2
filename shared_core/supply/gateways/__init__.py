"""The ways to reach the goods: in the same database, for one of many stores, over HTTP, and from one to the other."""
