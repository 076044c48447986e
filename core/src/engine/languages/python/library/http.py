import _drydock as _d


class _Status(int):
    @property
    def phrase(self):
        return _d.http_reason(int(self))

    @property
    def value(self):
        return int(self)


class HTTPStatus:
    OK, CREATED, ACCEPTED, NO_CONTENT = _Status(200), _Status(201), _Status(202), _Status(204)
    MOVED_PERMANENTLY, FOUND, NOT_MODIFIED = _Status(301), _Status(302), _Status(304)
    BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND = _Status(400), _Status(401), _Status(403), _Status(404)
    METHOD_NOT_ALLOWED, CONFLICT = _Status(405), _Status(409)
    INTERNAL_SERVER_ERROR, NOT_IMPLEMENTED, BAD_GATEWAY = _Status(500), _Status(501), _Status(502)
    SERVICE_UNAVAILABLE = _Status(503)
