"""What can be done at an address, for whoever tried what cannot: several routes may share one."""

from fastapi import Request


def methods_at(request: Request) -> str:
    """For the header `Allow` (RFC 9110, 10.2.1). The router itself names those of the first route that fits."""
    path = getattr(request.scope.get("route"), "path_format", None)
    found: set[str] = set()
    for included in request.app.routes:
        for route in getattr(getattr(included, "original_router", None), "routes", [included]):
            if path is not None and getattr(route, "path_format", "") == path:
                found |= getattr(route, "methods", None) or set()
    return ", ".join(sorted(found))
