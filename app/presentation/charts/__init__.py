"""Charts as geometry, SVG and PNG."""
