"""State that several processes of the service share."""
