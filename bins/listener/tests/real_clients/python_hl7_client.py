"""Sends files by python-hl7's blocking client, and prints MSA-1 and MSA-2 of each answer.

Usage: PORT FILE...
"""

import sys

import hl7
from hl7.client import MLLPClient

port, *files = sys.argv[1:]
with MLLPClient("127.0.0.1", int(port)) as client:
    for file in files:
        with open(file, encoding="utf-8", newline="") as text:
            message = hl7.parse(text.read())
        frame = client.send_message(message).decode("utf-8")
        answer = hl7.parse(frame.strip("\x0b\x1c\r"))
        print(answer["MSA.1"], answer["MSA.2"])
