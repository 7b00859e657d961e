"""Third-party parts of the service: which there are, under which licences, and with which advisories."""
