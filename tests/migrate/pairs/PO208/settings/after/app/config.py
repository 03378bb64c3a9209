"""Settings. OPENAI_API_KEY is read here."""

import os

OPENAI_API_KEY = os.environ["PARETA_API_KEY"]
