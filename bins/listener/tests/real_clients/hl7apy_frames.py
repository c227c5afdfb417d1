"""Sends files as hl7apy frames them, and prints MSA-1 and MSA-2 of each answer.

hl7apy has no client: its manual writes `to_mllp()` to a socket of Python's.

Usage: PORT CA FILE..., where an empty CA is a link in the clear.
"""

import socket
import ssl
import sys

from hl7apy.parser import parse_message


def connect(port, ca):
    link = socket.create_connection(("127.0.0.1", int(port)))
    if not ca:
        return link
    secure = ssl.create_default_context(cafile=ca)
    return secure.wrap_socket(link, server_hostname="127.0.0.1")


def read_frame(link):
    frame = b""
    while not frame.endswith(b"\x1c\r"):
        part = link.recv(4096)
        if not part:
            sys.exit("the listener closed the link")
        frame += part
    return frame[1:-2].decode("utf-8")


port, ca, *files = sys.argv[1:]
with connect(port, ca) as link:
    for file in files:
        with open(file, encoding="utf-8", newline="") as text:
            message = parse_message(text.read())
        link.sendall(message.to_mllp().encode("utf-8"))
        answer = parse_message(read_frame(link))
        print(answer.msa.msa_1.value, answer.msa.msa_2.value)
