"""The contexts of the pages, one module each."""
