"""Builds an agent."""

import openai


class Agent:
    def build(self):
        from langchain_openai import ChatOpenAI, OpenAIEmbeddings

        def later():
            return ChatOpenAI(), OpenAIEmbeddings(model="text-embedding-3-small")

        return later
