"""How it runs: commands become entries and tasks in one transaction; the worker does what is due."""
