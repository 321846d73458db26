"""Looking back: figures and words about an incident, computed from its log."""
