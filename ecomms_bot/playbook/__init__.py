"""What to say: playbooks, templates, channels, checks of a text. Pure but for `library`."""
