"""The vendors' models that one can evaluate against."""

from __future__ import annotations

from .model import VendorModel

VENDOR_MODELS = {
    model.id: model
    for model in (
        VendorModel("gpt-5.1", "openai", vision=True, usual_micro_usd=7_500),
        VendorModel("o3-mini", "openai", vision=False, usual_micro_usd=3_100),
        VendorModel("claude-sonnet-4-5", "anthropic", vision=True, usual_micro_usd=7_900),
        VendorModel("gemini-2.5-pro", "google", vision=True, usual_micro_usd=6_000),
        VendorModel("gemini-2.5-flash", "google", vision=True, usual_micro_usd=900),
    )
}
