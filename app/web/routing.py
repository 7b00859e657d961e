"""Define a route without dependency injection: OpenAPI describes it, and it is called with only the request."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.routing import request_response

Endpoint = Callable[[Request], Awaitable[Response]]
Responses = dict[int | str, dict[str, Any]]


class DirectRoute(APIRoute):
    """For an endpoint that reads its request and answers with a Response: nothing to inject, check or serialise.

    `responses` may name models, as in FastAPI. They are only for the description, so a start does not wait for them.
    """

    def __init__(self, path: str, endpoint: Endpoint, *, responses: Responses | None = None, **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        methods = self.methods or set()
        if "GET" in methods:
            methods.add("HEAD")  # the server leaves out the body; the description lists GET only
        self.app = request_response(endpoint)
        self._declared = {"responses": responses, **options}

    def described(self) -> APIRoute:
        """Return the route as FastAPI makes it, with the models of its responses, for the OpenAPI document."""
        return APIRoute(self.path, self.endpoint, **self._declared)
