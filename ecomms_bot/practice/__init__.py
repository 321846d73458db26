"""Try and drill: a Slack-compatible workspace on this machine, and what is played in it."""
