"""Ground floor: money, errors, events and outbox, database, ids, time, settings. Imported module by module."""
