"""SMART App Launch 2.2 and filing."""
