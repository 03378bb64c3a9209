from unittest.mock import patch

from openai import OpenAI

client = OpenAI()


@patch("openai.resources.files.Files.create")
def test_files(create):
    client.files.create(file=b"", purpose="batch")
