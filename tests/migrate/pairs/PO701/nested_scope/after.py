"""Builds an agent."""

import openai
import os


class Agent:
    def build(self):
        from langchain_openai import ChatOpenAI, OpenAIEmbeddings

        def later():
            return ChatOpenAI(api_key=os.environ["PARETA_API_KEY"], base_url="https://api.pareta.ai/v1"), OpenAIEmbeddings(model="text-embedding-3-small", api_key=os.environ["PARETA_API_KEY"], base_url="https://api.pareta.ai/v1")

        return later
