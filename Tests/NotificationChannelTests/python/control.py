#!/usr/bin/env python3
"""Another SMPP client (smpplib) sends a text in parts of 67 characters: control.py PORT TO TEXT."""
import json
import sys

import smpplib.client
import smpplib.consts


def main():
    port, number, text = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    client = smpplib.client.Client("127.0.0.1", port, allow_unknown_opt_params=True)
    client.connect()
    client.bind_transmitter(system_id="hazwatch", password="secret")
    print(port, flush=True)
    pieces = [text[at:at + 67] for at in range(0, len(text), 67)]
    for index, piece in enumerate(pieces):
        header = bytes([5, 0, 3, 200, len(pieces), index + 1])
        client.send_message(
            source_addr="1069", destination_addr=number,
            short_message=header + piece.encode("utf-16-be"),
            data_coding=smpplib.consts.SMPP_ENCODING_ISO10646,
            esm_class=smpplib.consts.SMPP_GSMFEAT_UDHI, registered_delivery=False)
        client.read_once()
    print(json.dumps({"event": "sent"}), flush=True)
    client.unbind()
    client.disconnect()


if __name__ == "__main__":
    main()
