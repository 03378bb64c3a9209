"""Tasks that give text one of a fixed set of labels."""

from __future__ import annotations

from .model import Task, best_first, examples, open_weights, vendor

CLASSIFICATION = (
    Task(
        id="support-ticket-triage",
        title="Support ticket triage",
        category="classification",
        default_scorer="macro_f1",
        examples=examples(
            ("I was charged twice this month.", "billing"),
            ("The app closes as soon as I open the camera.", "bug"),
            ("Can you add a dark theme?", "feature_request"),
            ("How do I change my e-mail address?", "account"),
        ),
        models=best_first(
            vendor("gpt-5.1", 0.934, 2_100, 400),
            open_weights("ticket-triage-1", 0.929, 90, 8, "shared"),
            open_weights("ticket-triage-2", 0.902, 40, 8, "shared"),
            vendor("gemini-2.5-flash", 0.897, 600, 1_000),
        ),
        recommended="ticket-triage-1",
        terms={"ticket": 3, "triage": 3, "support": 2, "helpdesk": 2, "route": 1, "classify": 1, "label": 1},
        prompt_scaffold=(
            "Label the ticket as one of: billing, bug, feature_request, account.\n\nTicket: {input}\n\nLabel:"
        ),
    ),
    Task(
        id="review-sentiment",
        title="Review sentiment",
        category="classification",
        default_scorer="macro_f1",
        examples=examples(
            ("Warm, quiet and worth every penny.", "positive"),
            ("It arrived. It is a kettle.", "neutral"),
            ("The handle broke on the second day.", "negative"),
        ),
        models=best_first(
            vendor("claude-sonnet-4-5", 0.958, 1_700, 200),
            open_weights("sentiment-1", 0.951, 60, 8, "shared"),
            open_weights("sentiment-2", 0.933, 25, 4, "shared"),
        ),
        recommended="sentiment-1",
        terms={"sentiment": 3, "opinion": 2, "review": 2, "tone": 1, "classify": 1, "label": 1},
        prompt_scaffold="Is this review positive, neutral or negative?\n\nReview: {input}\n\nAnswer:",
    ),
    Task(
        id="content-moderation",
        title="Content moderation",
        category="classification",
        default_scorer="macro_f1",
        examples=examples(
            ("See you at the match on Sunday!", "allowed"),
            ("Buy followers now, click here, click here.", "spam"),
            ("You are an idiot and everyone knows it.", "harassment"),
        ),
        models=best_first(
            vendor("gpt-5.1", 0.944, 1_900, 400),
            open_weights("moderation-1", 0.927, 70, 8, None),
            open_weights("moderation-2", 0.898, 30, 8, "shared"),
        ),
        recommended="moderation-1",
        terms={
            "moderation": 3,
            "moderate": 3,
            "toxic": 3,
            "spam": 2,
            "abuse": 2,
            "harassment": 2,
            "comment": 1,
            "classify": 1,
        },
        prompt_scaffold=("Label the message as one of: allowed, spam, harassment.\n\nMessage: {input}\n\nLabel:"),
    ),
)
