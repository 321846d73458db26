"""The rules, by subject: from the state, a command and its context to events, or Rejected."""
