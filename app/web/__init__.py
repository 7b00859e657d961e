"""The doors for browsers and programs: pages, JSON API, and what guards and observes them."""
