"""The composition root: builds the house, and is the only place that carries out effects."""

from callroom_server.app.serve import serve

__all__ = ["serve"]
