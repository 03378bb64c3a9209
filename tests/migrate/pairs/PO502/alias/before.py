import respx as rx
from respx import get as fake_get


@rx.mock(base_url="https://api.openai.com/v1")
def test_one(router):
    router.get("/models")


def test_two():
    with rx.mock:
        fake_get(url="https://api.openai.com/v1/models")
