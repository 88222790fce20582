#!/usr/bin/env python3
"""Stands for the platforms of WeCom and DingTalk: checks the shape and the signature of each message
as their documents describe them, and answers with their codes.

Prints its port, then a line of JSON for each message. The key or token in the address chooses the
answer: ok, fast (too many), busy, bad (wrong robot), down (HTTP 502), silent.
"""
import base64
import hashlib
import hmac
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

SECRET = "SEC-of-the-test"

CODES = {
    "/cgi-bin/webhook/send": {
        "ok": (0, "ok"), "fast": (45009, "api freq out of limit"), "busy": (-1, "system busy"),
        "bad": (93000, "invalid webhook url")},
    "/robot/send": {
        "ok": (0, "ok"), "fast": (130101, "send too fast, exceed 20 times per minute"),
        "busy": (-1, "system busy"), "bad": (300005, "token is not exist")},
}


def say(event, **fields):
    print(json.dumps({"event": event, **fields}, ensure_ascii=False), flush=True)


def is_signed(query):
    """DingTalk: base64 of the HMAC of "time newline secret", keyed with the secret."""
    stamp = query.get("timestamp", [""])[0]
    if not stamp or abs(time.time() * 1000 - int(stamp)) > 3_600_000:
        return False
    code = hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256).digest()
    return query.get("sign", [""])[0] == base64.b64encode(code).decode()


class Platform(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        address = urlparse(self.path)
        query = parse_qs(address.query)
        key = query.get("key", query.get("access_token", [""]))[0]
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        called = body["text"].get("mentioned_mobile_list", body.get("at", {}).get("atMobiles"))
        say("message", path=address.path, key=key, kind=body["msgtype"],
            text=body["text"]["content"], called=called, signed=is_signed(query),
            type=self.headers["content-type"])
        if key == "silent":
            time.sleep(30)
        if key == "down":
            return self.answer(502, b"bad gateway")
        code, words = CODES[address.path][key]
        if address.path == "/robot/send" and not is_signed(query):
            code, words = 310000, "sign not match"
        self.answer(200, json.dumps({"errcode": code, "errmsg": words}).encode())

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    server.daemon_threads = True
    print(server.server_port, flush=True)
    server.serve_forever()
