def patch(target):
    return open(target)


def test_one():
    with patch("openai.OpenAI") as file:
        assert file


class Hospital:
    def patch(self, wound):
        return wound


def test_two():
    assert Hospital().patch("openai.OpenAI")
