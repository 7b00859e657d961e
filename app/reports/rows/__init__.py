"""Read the rows and tables of a report: which number belongs to which name, with which unit and day."""
