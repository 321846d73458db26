"""The steps. `store.migrate.REVISIONS` lists them in order."""
