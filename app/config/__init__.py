"""What an operator sets: environment, site.toml, version, logs."""
