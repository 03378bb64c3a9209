"""Tasks that make long text short."""

from __future__ import annotations

from .model import Task, best_first, examples, open_weights, vendor

SUMMARISATION = (
    Task(
        id="meeting-minutes",
        title="Meeting minutes",
        category="summarisation",
        default_scorer="rouge_l",
        examples=examples(
            (
                "Ines: the pump test failed. Karl: then we move the launch to June. Ines: agreed, I order parts today.",
                "The pump test failed; the launch moves to June. Ines orders parts today.",
            ),
            (
                "Ravi: two shops asked for blue tiles. Mona: we have none until week 30. Ravi: I will tell them.",
                "No blue tiles until week 30; Ravi informs the two shops that asked.",
            ),
            (
                "Lee: can we drop the Friday call? All: yes.",
                "The Friday call is dropped.",
            ),
        ),
        models=best_first(
            vendor("claude-sonnet-4-5", 0.612, 11_800, 200),
            open_weights("minutes-1", 0.588, 940, 128),
            open_weights("minutes-2", 0.551, 380, 32, "shared"),
        ),
        recommended="minutes-1",
        terms={"meeting": 3, "minute": 2, "summarise": 2, "summary": 2, "discussion": 1, "note": 1},
    ),
    Task(
        id="news-summaries",
        title="News summaries",
        category="summarisation",
        default_scorer="rouge_l",
        examples=examples(
            (
                "The harbour at Vell reopened on Monday after a storm had closed it for nine days. Ferries run hourly.",
                "Vell's harbour is open again after nine days.",
            ),
            (
                "Growers in the Oss valley expect the smallest plum harvest in ten years, after frost in April.",
                "April frost will give the Oss valley its smallest plum harvest in a decade.",
            ),
            (
                "The town library lends tools from today. A deposit of ten euros is asked for drills.",
                "The town library now lends tools.",
            ),
        ),
        models=best_first(
            vendor("gpt-5.1", 0.574, 7_700, 400),
            open_weights("news-sum-1", 0.569, 520, 32),
            vendor("gemini-2.5-flash", 0.541, 1_500, 1_000),
            open_weights("news-sum-2", 0.533, 210, 32, "shared"),
        ),
        recommended="news-sum-1",
        terms={"news": 3, "article": 3, "headline": 2, "summarise": 2, "summary": 2, "press": 1},
    ),
)
