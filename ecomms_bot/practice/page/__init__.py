"""The workspace in a browser: what people of the practice workspace see and do."""
