"""Tasks that put things in order."""

from __future__ import annotations

from .model import Task, best_first, examples, open_weights, vendor

RANKING = (
    Task(
        id="passage-ranking",
        title="Passage ranking",
        category="search",
        default_scorer="ndcg",
        examples=examples(
            (
                {
                    "query": "When does the night ferry leave?",
                    "passages": {
                        "p1": "Tickets are sold on board.",
                        "p2": "The last boat of the day sails at 23:40.",
                        "p3": "Ferries run from the north pier, day and night.",
                    },
                },
                {"p2": 3, "p3": 1, "p1": 0},
            ),
            (
                {
                    "query": "How do I clean the filter?",
                    "passages": {
                        "p1": "Rinse the filter under cold water once a month.",
                        "p2": "The filter is behind the lower flap.",
                        "p3": "The warranty covers five years.",
                    },
                },
                {"p1": 3, "p2": 2, "p3": 0},
            ),
            (
                {
                    "query": "vegetarian dishes",
                    "passages": {
                        "p1": "Our grill menu: lamb, veal, trout.",
                        "p2": "Open daily from noon.",
                        "p3": "Lentil stew and stuffed peppers, without meat.",
                    },
                },
                {"p3": 3, "p1": 0, "p2": 0},
            ),
        ),
        models=best_first(
            vendor("claude-sonnet-4-5", 0.926, 3_900, 200),
            open_weights("passage-rank-1", 0.918, 210, 32),
            open_weights("passage-rank-2", 0.874, 80, 8, "shared"),
        ),
        recommended="passage-rank-1",
        terms={"rank": 3, "rerank": 3, "relevance": 3, "passage": 2, "retrieval": 2, "search": 1},
        recommended_system_prompt=(
            "Order the passages by how well they answer the query, the best one first. Answer with one JSON object:"
            ' {"ranking": [ids of the passages]}.'
        ),
    ),
)
