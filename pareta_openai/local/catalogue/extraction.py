"""Tasks that turn text into fields."""

from __future__ import annotations

from .model import Task, best_first, examples, open_weights, vendor

EXTRACTION = (
    Task(
        id="contract-key-fields",
        title="Contract key fields",
        category="extraction",
        default_scorer="field_f1",
        examples=examples(
            (
                "This Supply Agreement is made on 3 March 2025 between Larkspur Mills Ltd and Onwen Freight"
                " GmbH. It runs for 24 months and is governed by the laws of Ireland.",
                {
                    "parties": ["Larkspur Mills Ltd", "Onwen Freight GmbH"],
                    "effective_date": "2025-03-03",
                    "term_months": 24,
                    "governing_law": "Ireland",
                },
            ),
            (
                "Lease dated 1 July 2024. Landlord: Pell & Daughters. Tenant: Quillstone Ltd. "
                "Term: five years. Governing law: England and Wales.",
                {
                    "parties": ["Pell & Daughters", "Quillstone Ltd"],
                    "effective_date": "2024-07-01",
                    "term_months": 60,
                    "governing_law": "England and Wales",
                },
            ),
            (
                "Consultancy terms, effective 15 January 2026: Ada Brandt will advise Fernhollow SA for"
                " twelve months. The courts of Lyon apply French law.",
                {
                    "parties": ["Ada Brandt", "Fernhollow SA"],
                    "effective_date": "2026-01-15",
                    "term_months": 12,
                    "governing_law": "France",
                },
            ),
        ),
        models=best_first(
            vendor("gpt-5.1", 0.951, 9_400, 400),
            vendor("claude-sonnet-4-5", 0.947, 8_100, 200),
            open_weights("contract-kie-1", 0.943, 820, 32),
            open_weights("contract-kie-2", 0.921, 410, 32),
            open_weights("contract-kie-3", 0.874, 160, 16, "shared"),
        ),
        recommended="contract-kie-1",
        terms={
            "contract": 3,
            "agreement": 2,
            "lease": 2,
            "clause": 2,
            "party": 1,
            "legal": 1,
            "extract": 1,
            "field": 1,
        },
        recommended_system_prompt=(
            "Read the contract and answer with one JSON object: parties (list of names), effective_date "
            "(YYYY-MM-DD), term_months (integer) and governing_law. Use null for what the text does not say."
        ),
    ),
    Task(
        id="invoice-extraction",
        title="Invoice extraction",
        category="extraction",
        default_scorer="field_f1",
        examples=examples(
            (
                "INVOICE 2025-0117 from Hollis Paper Co. Dated 9 May 2025. Total due EUR 1,240.50.",
                {"vendor": "Hollis Paper Co", "number": "2025-0117", "total": "1240.50", "currency": "EUR"},
            ),
            (
                "Marrow Street Joinery, invoice no. 88. Amount payable: £310.00, within 14 days.",
                {"vendor": "Marrow Street Joinery", "number": "88", "total": "310.00", "currency": "GBP"},
            ),
            (
                "Invoice #A-4471. Kestrel Hosting Inc. 3 servers at $40.00. Total: $120.00.",
                {"vendor": "Kestrel Hosting Inc", "number": "A-4471", "total": "120.00", "currency": "USD"},
            ),
        ),
        models=best_first(
            vendor("gpt-5.1", 0.968, 6_200, 400),
            open_weights("invoice-kie-1", 0.962, 480, 32),
            vendor("gemini-2.5-pro", 0.958, 5_300, 1_000),
            open_weights("invoice-kie-2", 0.931, 190, 16, "shared"),
        ),
        recommended="invoice-kie-1",
        terms={"invoice": 3, "bill": 2, "payable": 2, "vendor": 1, "supplier": 1, "extract": 1, "field": 1},
        recommended_system_prompt=(
            "Read the invoice and answer with one JSON object: vendor, number, total (decimal as text) and "
            "currency (ISO 4217). Use null for what the text does not say."
        ),
    ),
    Task(
        id="resume-parsing",
        title="CV parsing",
        category="extraction",
        default_scorer="field_f1",
        examples=examples(
            (
                "Mirela Osei. Welder, 11 years. Cardiff. Speaks English and Twi.",
                {"name": "Mirela Osei", "role": "Welder", "years": 11, "languages": ["English", "Twi"]},
            ),
            (
                "Tomas Vrba, data engineer since 2019 (6 years). Czech, German.",
                {"name": "Tomas Vrba", "role": "Data engineer", "years": 6, "languages": ["Czech", "German"]},
            ),
            (
                "I am Jun Takeda and have kept bees for 3 years. Japanese only.",
                {"name": "Jun Takeda", "role": "Beekeeper", "years": 3, "languages": ["Japanese"]},
            ),
        ),
        models=best_first(
            vendor("claude-sonnet-4-5", 0.936, 4_900, 200),
            open_weights("resume-kie-1", 0.918, 350, 32),
            open_weights("resume-kie-2", None, 120, None, None),
        ),
        recommended="resume-kie-1",
        terms={
            "resume": 3,
            "cv": 3,
            "candidate": 2,
            "applicant": 2,
            "recruit": 2,
            "skill": 1,
            "extract": 1,
            "field": 1,
        },
        recommended_system_prompt=(
            "Read the CV and answer with one JSON object: name, role, years (integer) and languages (list)."
        ),
    ),
)
