"""What each event means for the state, by subject. Never renders, parses or converts; never refuses."""
