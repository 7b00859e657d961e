"""Read units: UCUM codes, printed labels and those of a site, with their exact factors."""
