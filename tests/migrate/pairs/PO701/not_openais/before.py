from langchain_anthropic import ChatAnthropic
from langchain_openai import ChatOpenAI

claude = ChatAnthropic(model="claude-sonnet")
ollama = ChatOpenAI(base_url="http://localhost:11434/v1", api_key="ollama", model="llama3")
router = ChatOpenAI(openai_api_base="https://openrouter.ai/api/v1", openai_api_key="...", model="x")
