from langchain_openai import ChatOpenAI


def build(ChatOpenAI):
    return ChatOpenAI(model="gpt-4o")


class OpenAIEmbeddings:
    """The application's own."""


OpenAIEmbeddings()
