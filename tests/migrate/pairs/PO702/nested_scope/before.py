def build():
    from langchain.chat_models import init_chat_model

    class Chain:
        llm = init_chat_model("gpt-4o", model_provider="openai")

    return Chain
