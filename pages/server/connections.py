"""How many pages may be open at once, of one sign-in and all together: each keeps the state of its page in memory."""

from collections import Counter

from starlette.types import ASGIApp, Receive, Scope, Send

from data_access.access.capacity import load_capacity
from pages.server.refusing import refuse
from pages.server.signed_in_only import owner_of


class BoundedConnections:
    """Opens no more websockets than declared."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        owner = owner_of(scope)
        if not self._has_room(owner):
            await refuse(scope, receive, send)
            return
        self._open[owner] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._open[owner] -= 1
            self._open += Counter()  # forgets who has none left

    def _has_room(self, owner: str) -> bool:
        capacity = load_capacity()
        own_full = owner != "" and self._open[owner] >= capacity.connections_of_a_session
        return not own_full and self._open.total() < capacity.connections
