"""Sends a message by HTTP, follows its answer over WebSocket, and resumes after each lost connection.

Usage: client.py URL KEY CONTENT. Prints one JSON object a line: each event, then {"text": …} with what it holds.
"""

import asyncio
import json
import sys

from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportError
from gql.transport.websockets import WebsocketsTransport

SEND = gql("mutation Send($input: SendMessageInput!) { sendMessage(input: $input) { generation { id } } }")
RESUME = gql(
    """subscription Resume($id: ID!, $after: String) { generation(id: $id, after: $after) { __typename cursor
      ... on TextDelta { text offset } ... on TextSnapshot { text } ... on GenerationCompleted { message { content } } } }"""
)


def utf16_length(text: str) -> int:
    """Offsets count UTF-16 code units; Python counts code points."""
    return len(text.encode("utf-16-le")) // 2


def with_variables(document, values):
    """gql 4 takes the variables with the document."""
    document.variable_values = values
    return document


async def main(url: str, key: str, content: str) -> None:
    authorization = f"Bearer {key}"
    http = AIOHTTPTransport(url=url, headers={"authorization": authorization})
    async with Client(transport=http) as session:
        sent = await session.execute(with_variables(SEND, {"input": {"content": content}}))
    generation = sent["sendMessage"]["generation"]["id"]

    text, cursor, ended = "", None, False
    while not ended:
        socket = WebsocketsTransport(
            url=url.replace("http", "ws", 1),
            init_payload={"authorization": authorization},
            subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
        )
        try:
            async with Client(transport=socket) as session:
                variables = {"id": generation, "after": cursor}
                async for result in session.subscribe(with_variables(RESUME, variables)):
                    event = result["generation"]
                    if event["__typename"] == "TextSnapshot":
                        text = event["text"]
                    elif event["__typename"] == "TextDelta":
                        assert event["offset"] == utf16_length(text), "a delta that does not fit"
                        text += event["text"]
                    cursor = event["cursor"]
                    ended = event["__typename"] == "GenerationCompleted"
                    print(json.dumps(event), flush=True)
        except (TransportError, OSError):
            await asyncio.sleep(0.1)
    print(json.dumps({"text": text}), flush=True)


asyncio.run(main(*sys.argv[1:4]))
