import pareta_openai as openai

openai . api_key = (  # for the tests
    "pareta_sk_test" )
(openai
 .models.list( ))
