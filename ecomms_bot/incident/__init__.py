"""What happened: the rules of an incident as pure functions over its log."""
