import openai

openai . api_key = (  # for the tests
    "sk-test" )
(openai
 .models.list( ))
