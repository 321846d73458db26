"""What authors of playbooks work with: checks, previews, the schema for editors, the printed binder."""
