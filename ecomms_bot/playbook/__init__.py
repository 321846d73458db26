"""What to say: playbooks, templates, public channels and the checks of a text. Pure but for `library`, which reads files."""
