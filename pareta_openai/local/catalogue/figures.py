"""Tasks whose answer is a number."""

from __future__ import annotations

from .model import Task, best_first, examples, open_weights, vendor

FIGURES = (
    Task(
        id="report-figures",
        title="Figures from reports",
        category="question answering",
        default_scorer="numeric_tolerance",
        examples=examples(
            (
                "Tern Ferries carried 41,200 passengers in 2023 and 46,144 in 2024."
                " By how many percent did the number grow?",
                "12",
            ),
            (
                "Ollen Dairy: revenue EUR 8.4 million, operating costs EUR 7.56 million."
                " What is the operating margin in percent?",
                "10",
            ),
            (
                "The orchard sold 310 crates in May, 275 in June and 402 in July. What was the monthly average?",
                "329",
            ),
        ),
        models=best_first(
            vendor("gpt-5.1", 0.913, 5_600, 400),
            vendor("o3-mini", 0.894, 3_100, 200),
            open_weights("figures-1", 0.872, 430, 32),
            open_weights("figures-2", 0.801, 150, 16, "shared"),
        ),
        recommended="figures-1",
        terms={
            "arithmetic": 3,
            "calculate": 3,
            "percentage": 3,
            "ratio": 2,
            "margin": 2,
            "financial": 2,
            "figure": 1,
            "growth": 1,
            "report": 1,
        },
        recommended_system_prompt="Answer the question about the report with one number and nothing else.",
    ),
)
