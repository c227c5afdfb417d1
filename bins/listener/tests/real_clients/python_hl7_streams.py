"""Sends files by python-hl7's asyncio streams, and prints MSA-1 and MSA-2 of each answer.

Usage: PORT CA FILE..., where an empty CA is a link in the clear.
"""

import asyncio
import ssl
import sys

import hl7
from hl7.mllp import open_hl7_connection


async def send(port, ca, files):
    secure = ssl.create_default_context(cafile=ca) if ca else None
    reader, writer = await open_hl7_connection(
        "127.0.0.1", int(port), ssl=secure, encoding="utf-8"
    )
    for file in files:
        with open(file, encoding="utf-8", newline="") as text:
            writer.writemessage(hl7.parse(text.read()))
        await writer.drain()
        answer = await reader.readmessage()
        print(answer["MSA.1"], answer["MSA.2"])
    writer.close()
    await writer.wait_closed()


port, ca, *files = sys.argv[1:]
asyncio.run(send(port, ca, files))
