from unittest.mock import (patch,
                           sentinel)


@patch(  # the client
    target = "openai"   ".OpenAI",
)
def test_one(fake): pass


@patch( 'pareta_openai.OpenAI' , sentinel.client )   # as it is
def test_two(): pass
