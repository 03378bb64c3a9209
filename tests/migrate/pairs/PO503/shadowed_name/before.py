from pareta_openai import OpenAI

client = OpenAI()


class Shelf:
    def dict(self, place, books):
        return place, books


patch = Shelf()
patch.dict("shelves", {"OPENAI_API_KEY": "a book"})
