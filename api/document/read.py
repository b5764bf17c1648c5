"""Where the document is read, and the Python client that is made from it. They are made when first asked for, in a
thread, so that nobody else waits for that; then their bytes are kept."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from api.access import address_of
from api.document.describe import Described
from api.house import TheHouse
from api.route import ApiRoute

router = APIRouter(prefix="/api/v1", include_in_schema=False, route_class=ApiRoute)


class _AsKept(JSONResponse):
    def render(self, content: bytes) -> bytes:
        return content


@router.get("/openapi.json")
def read_document(request: Request, house: TheHouse) -> JSONResponse:
    """For everybody, also without a token."""
    house.limits.check_address(address_of(request), request)
    app = request.app
    assert isinstance(app, Described)
    return _AsKept(app.document())


@router.get("/evoke_client.py")
def read_python_client(request: Request, house: TheHouse) -> Response:
    """For everybody, also without a token."""
    house.limits.check_address(address_of(request), request)
    app = request.app
    assert isinstance(app, Described)
    return Response(app.python_client(), media_type="text/x-python")
