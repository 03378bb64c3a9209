import anthropic
from openai import OpenAI

claude = anthropic.Anthropic()
claude.beta.files.list()
router = OpenAI(base_url="https://openrouter.ai/api/v1", api_key="...")
router.files.list()
