"""Tasks whose input is a picture or a scanned page."""

from __future__ import annotations

from .model import Task, best_first, examples, open_weights, vendor

DOCUMENTS = (
    Task(
        id="receipt-fields",
        title="Receipt fields",
        category="document",
        default_scorer="field_f1",
        examples=examples(
            (
                {"file_name": "receipt-0001.jpg", "mime": "image/jpeg"},
                {"merchant": "Café Brunel", "total": "7.40", "currency": "EUR"},
            ),
            (
                {"file_name": "receipt-0002.jpg", "mime": "image/jpeg"},
                {"merchant": "Dock Road Tools", "total": "58.99", "currency": "GBP"},
            ),
            (
                {"file_name": "receipt-0003.png", "mime": "image/png"},
                {"merchant": "Night Bus 14", "total": "2.10", "currency": "EUR"},
            ),
        ),
        models=best_first(
            vendor("gpt-5.1", 0.927, 12_300, 400),
            open_weights("receipt-vlm-1", 0.909, 1_050, 16),
            open_weights("receipt-vlm-2", 0.861, 430, 8, None),
        ),
        recommended="receipt-vlm-1",
        terms={"receipt": 3, "till": 2, "expense": 2, "photo": 1, "scan": 1, "extract": 1, "field": 1},
        has_blob_input=True,
        recommended_system_prompt=(
            "Read the receipt and answer with one JSON object: merchant, total (decimal as text) and "
            "currency (ISO 4217)."
        ),
    ),
    Task(
        id="scanned-form-fields",
        title="Scanned form fields",
        category="document",
        default_scorer="field_f1",
        examples=examples(
            (
                {"file_name": "form-0001.pdf", "mime": "application/pdf"},
                {"applicant": "Greta Moss", "date": "2025-02-11", "signed": "yes"},
            ),
            (
                {"file_name": "form-0002.pdf", "mime": "application/pdf"},
                {"applicant": "Paul Idowu", "date": "2025-02-12", "signed": "no"},
            ),
            (
                {"file_name": "form-0003.pdf", "mime": "application/pdf"},
                {"applicant": "Sunniva Dahl", "date": "2025-02-14", "signed": "yes"},
            ),
        ),
        models=best_first(
            vendor("gemini-2.5-pro", 0.918, 10_600, 1_000),
            open_weights("form-vlm-1", 0.893, 980, 16),
            open_weights("form-vlm-2", 0.842, 360, None, "shared"),
        ),
        recommended="form-vlm-1",
        terms={"form": 3, "scan": 2, "handwritten": 2, "pdf": 2, "extract": 1, "field": 1},
        has_blob_input=True,
        recommended_system_prompt=(
            "Read the form and answer with one JSON object: applicant, date (YYYY-MM-DD) and signed (yes or no)."
        ),
    ),
    Task(
        id="page-transcription",
        title="Page transcription",
        category="document",
        default_scorer="wer",
        examples=examples(
            (
                {"file_name": "page-0001.png", "mime": "image/png"},
                "The harbour office is closed until the third of May.",
            ),
            ({"file_name": "page-0002.png", "mime": "image/png"}, "Dear Mrs Amsel, thank you for the seeds."),
            ({"file_name": "page-0003.jpg", "mime": "image/jpeg"}, "Chapter one. It had rained for nine days."),
        ),
        models=best_first(
            vendor("gemini-2.5-pro", 0.981, 4_800, 1_000),
            vendor("gpt-5.1", 0.976, 6_400, 400),
            open_weights("page-ocr-1", 0.972, 390, 16),
            open_weights("page-ocr-2", 0.941, 140, 8, "shared"),
        ),
        recommended="page-ocr-1",
        terms={"ocr": 4, "digitise": 3, "digitize": 3, "page": 1, "letter": 1, "book": 1, "scan": 1},
        has_blob_input=True,
        recommended_system_prompt="Write down the text of the page, word for word, and nothing else.",
    ),
)
