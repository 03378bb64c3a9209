import openai
import sqlalchemy.exc

client = openai.OpenAI()

try:
    run()
except sqlalchemy.exc.DBAPIError as e:
    if e.code == "gkpj":
        print("database")
except SystemExit as e:
    if e.code == 2:
        print("usage")
