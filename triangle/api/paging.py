"""Cursor pages: rows in the order they were made, so that a reader can follow what is new."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

BIGGEST_KEY = 2**63 - 1


class Pages(CursorPagination):
    ordering = "id"
    page_size = 100
    page_size_query_param = "limit"
    page_size_query_description = "Rows on a page, at most 500."
    max_page_size = 500

    def decode_cursor(self, request: Request) -> Cursor | None:
        """A cursor is a key of a row; one that was made up is refused before the database."""
        cursor = super().decode_cursor(request)
        if cursor is None or cursor.position is None:
            return cursor
        position = str(cursor.position)
        is_key = position.isascii() and position.isdigit() and len(position) < 20
        if not is_key or int(position) > BIGGEST_KEY:
            raise NotFound(self.invalid_cursor_message)
        return cursor

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }
