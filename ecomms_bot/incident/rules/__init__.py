"""The rules, by subject. Each function takes the state, a command and its context and returns events or raises Rejected."""
