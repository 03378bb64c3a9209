from unittest.mock import patch

import openai


@patch("openai.resources.chat.completions.Completions.create")
def test_one(create): ...


@patch("openai.resources.chat.completions.completions.AsyncCompletions.create")
def test_two(create): ...


@patch("openai.resources.embeddings.Embeddings.create")
def test_three(create): ...


@patch.object(openai.resources.chat.Completions, "create")
def test_four(create): ...


@patch("openai.resources.models.Models.list")
def test_five(models): ...
