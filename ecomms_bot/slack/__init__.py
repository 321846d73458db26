"""With staff: Slack's commands, messages and modals, and the one place that sends."""
