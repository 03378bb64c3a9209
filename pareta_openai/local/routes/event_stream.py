"""How a route that answers with events describes them."""

from __future__ import annotations

from typing import Any

EVENT_STREAM: dict[str, Any] = {
    "content": {"text/event-stream": {"schema": {"type": "array", "items": {"type": "object"}}}}
}
"""What the events are is in the contract's document."""
