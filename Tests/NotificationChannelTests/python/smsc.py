#!/usr/bin/env python3
"""An SMSC of another maker (smpp.twisted3) with telephones behind it.

Prints its port, then a line of JSON for all that happens, with the time in milliseconds. The last two digits of a number choose
what goes wrong with what is sent to it; the table is at FAULTS. Commands come line by line on
standard input: `reply NUMBER TEXT`, `drop`, `answer` (what 18 holds).
"""
import argparse
import json
import sys
import time

from smpp.pdu.operations import DataSM, DeliverSM, EnquireLinkResp, SubmitSMResp
from smpp.pdu.pdu_types import (
    AddrNpi, AddrTon, CommandStatus, DataCoding, DataCodingDefault, EsmClass,
    EsmClassGsmFeatures, EsmClassMode, EsmClassType, MessageState)
from smpp.twisted.config import SMPPServerConfig
from smpp.twisted.protocol import DataHandlerResponse
from smpp.twisted.server import SMPPServerFactory, SMPPServerProtocol
from twisted.cred.error import UnauthorizedLogin
from twisted.internet import defer, reactor, stdio
from twisted.protocols.basic import LineReceiver

SYSTEM, PASSWORD = "hazwatch", "secret"

FAULTS = {
    "02": "throttles the first two times",
    "03": "takes it and never answers",
    "04": "answers after 1.5 seconds",
    "05": "drops the connection the first time, without having taken it",
    "06": "takes it; the telephone is gone",
    "07": "sends the receipt before the answer",
    "08": "sends the receipts of several parts the wrong way round",
    "09": "the person answers 1",
    "10": "the person answers in two parts of Chinese, the second one first",
    "11": "refuses the number",
    "12": "its queue is always full",
    "13": "takes it, and drops the connection instead of answering",
    "14": "answers after 0.2 seconds",
    "15": "throttles every second part the first time",
    "16": "system error",
    "17": "takes it; the receipt comes as data_sm",
    "18": "takes it, and answers when it is told to",
}


def say(event, **fields):
    line = {"event": event, "at": int(time.time() * 1000), **fields}
    print(json.dumps(line, ensure_ascii=False), flush=True)


def send_and_say(self, pdu, send=SMPPServerProtocol.sendPDU):
    """Says which messages it has answered, and whether anybody was there to hear it."""
    is_heard = "yes" if self.transport.connected else "no"
    send(self, pdu)
    if isinstance(pdu, SubmitSMResp) and pdu.status is CommandStatus.ESME_ROK:
        say("response", id=pdu.params["message_id"].decode(), heard=is_heard)
    if isinstance(pdu, EnquireLinkResp):
        say("enquired")


def receive_and_say(self, pdu, receive=SMPPServerProtocol.PDUResponseReceived):
    """Says when an enquiry of its own was answered."""
    if isinstance(pdu, EnquireLinkResp):
        say("enquiry-answered")
    receive(self, pdu)


SMPPServerProtocol.sendPDU = send_and_say
SMPPServerProtocol.PDUResponseReceived = receive_and_say


class Portal:
    def login(self, credentials, mind, *interfaces):
        if (credentials.username, credentials.password) == (SYSTEM, PASSWORD):
            return defer.succeed((interfaces[0], None, lambda: None))
        say("login-refused")
        return defer.fail(UnauthorizedLogin())


class Center:
    def __init__(self, options):
        self.options = options
        self.next_id = options.first_id
        self.seen = {}
        self.parts = {}
        self.held = {}
        self.in_flight = 0
        self.waiting = []
        config = SMPPServerConfig(
            systems={SYSTEM: {"max_bindings": 4}}, msgHandler=self.handle,
            enquireLinkTimerSecs=options.enquire, inactivityTimerSecs=600,
            responseTimerSecs=options.response_within)
        self.factory = SMPPServerFactory(config, Portal())
        bound, gone = self.factory.addBoundConnection, self.factory.removeConnection
        self.factory.addBoundConnection = lambda c: (bound(c), say("bound", bind=c.bind_type.name))
        self.factory.removeConnection = lambda c: (
            gone(c), say("gone", unbound=c.sessionState.name in ("UNBIND_RECEIVED", "UNBOUND")))

    # What is sent to telephones.

    def handle(self, system_id, smpp, pdu):
        number = pdu.params["destination_addr"].decode()
        octets = pdu.params["short_message"] or b""
        esm = pdu.params["esm_class"]
        has_header = EsmClassGsmFeatures.UDHI_INDICATOR_SET in esm.gsmFeatures
        place = tuple(octets[3:6]) if has_header else (0, 1, 1)
        coding = pdu.params["data_coding"]
        count = self.seen[(number, octets)] = self.seen.get((number, octets), 0) + 1
        say("submit", to=number, octets=octets.hex(), part=place[2], of=place[1], count=count,
            coding=getattr(coding.schemeData, "name", str(coding.schemeData)),
            esm=[f.name for f in esm.gsmFeatures],
            receipt=pdu.params["registered_delivery"].receipt.name,
            source=pdu.params["source_addr"].decode())
        self.in_flight += 1
        say("window", at_once=self.in_flight)
        answer = self.answer(number[-2:], smpp, pdu, number, octets, place, count)
        if isinstance(answer, defer.Deferred):
            answer.addBoth(self.answered)
        else:
            self.in_flight -= 1
        return answer

    def answered(self, result):
        self.in_flight -= 1
        return result

    def answer(self, fault, smpp, pdu, number, octets, place, count):
        if fault == "02" and count <= 2 or fault == "15" and place[2] == 2 and count == 1:
            return CommandStatus.ESME_RTHROTTLED
        if fault == "05" and count == 1:
            return self.drop(smpp)
        if fault == "11":
            return CommandStatus.ESME_RINVDSTADR
        if fault == "12":
            return CommandStatus.ESME_RMSGQFUL
        if fault == "16":
            return CommandStatus.ESME_RSYSERR
        name = self.take(number, octets, place, pdu)
        if fault == "13" and count == 1:
            return self.drop(smpp)
        if fault == "03":
            self.in_flight -= 1
            return defer.Deferred()
        response = DataHandlerResponse(
            CommandStatus.ESME_ROK, message_id=self.name(name, of="response"))
        holds = self.options.hold_after
        if fault == "18" or holds and self.next_id - self.options.first_id > holds:
            later = defer.Deferred()
            self.waiting.append((later, number, response))
            return later
        wait = {"04": 1.5, "07": 0.3, "14": 0.2}.get(fault)
        if wait is None:
            return response
        later = defer.Deferred()
        later.addCallback(lambda result: (say("answered", to=number), result)[1])
        reactor.callLater(wait, later.callback, response)
        return later

    def answer_all(self):
        held, self.waiting = self.waiting, []
        for later, number, response in held:
            later.callback(response)
            # Once it is on its way.
            reactor.callLater(0, say, "answered", to=number)

    def drop(self, smpp):
        smpp.transport.abortConnection()
        return defer.Deferred()

    def take(self, number, octets, place, pdu):
        """A message for a telephone, which shows it once it is whole."""
        self.next_id += 1
        name, fault = self.next_id, number[-2:]
        parts = self.parts.setdefault((number, place[0], place[1]), {})
        shown = self.name(name, of="response")
        parts[place[2]] = (octets[6:] if place[1] > 1 else octets, shown)
        if len(parts) == place[1]:
            coded = b"".join(parts[key][0] for key in sorted(parts))
            is_chinese = pdu.params["data_coding"].schemeData == DataCodingDefault.UCS2
            text = coded.decode("utf-16-be") if is_chinese else coded.decode("latin-1")
            say("message", to=number, text=text, parts=place[1],
                ids=" ".join(parts[key][1] for key in sorted(parts)))
            del self.parts[(number, place[0], place[1])]
            if fault == "09":
                reactor.callLater(0.05, self.reply, number, "1")
            if fault == "10":
                reactor.callLater(0.05, self.reply_in_parts, number)
        if pdu.params["registered_delivery"].receipt.name != "NO_SMSC_DELIVERY_RECEIPT_REQUESTED":
            self.receipt(name, number, place)
        return name

    # What goes back.

    def name(self, number, of):
        is_hex = self.options.ids == f"hex-in-{of}"
        return f"{number:x}" if is_hex else str(number)

    def receipt(self, name, number, place):
        fault = number[-2:]
        state = "UNDELIV" if fault == "06" else "DELIVRD"
        send = lambda: self.send_receipt(name, number, state, "069" if fault == "06" else "000")
        if fault == "07":
            return send()
        if fault != "08":
            return reactor.callLater(0.05, send)
        held = self.held.setdefault((number, place[0]), [])
        held.append(send)
        if len(held) == place[1]:
            for index, last in enumerate(reversed(held)):
                reactor.callLater(0.05 * (index + 1), last)

    def send_receipt(self, name, number, state, error, tries=1):
        text = (
            f"id:{self.name(name, of='receipt')} sub:001 dlvrd:001 submit date:2111010800 "
            f"done date:2111010801 stat:{state} err:{error} text:")
        fields = dict(
            source_addr=number.encode(), destination_addr=b"1069",
            esm_class=EsmClass(EsmClassMode.DEFAULT, EsmClassType.SMSC_DELIVERY_RECEIPT))
        if self.options.parameters:
            fields["receipted_message_id"] = self.name(name, of="response").encode()
            fields["message_state"] = getattr(
                MessageState, "DELIVERED" if state == "DELIVRD" else "UNDELIVERABLE")
        if number.endswith("17"):
            pdu = DataSM(message_payload=text.encode(), **fields)
        else:
            pdu = DeliverSM(short_message=text.encode(), **fields)
        self.send(pdu, "receipt", lambda: self.send_receipt(name, number, state, error, tries + 1),
                  tries, name=self.name(name, of="response"))

    def reply(self, number, text, header=b"", tries=1):
        is_plain = text.isascii() and not header
        coding = DataCodingDefault.SMSC_DEFAULT_ALPHABET if is_plain else DataCodingDefault.UCS2
        features = [EsmClassGsmFeatures.UDHI_INDICATOR_SET] if header else []
        pdu = DeliverSM(
            source_addr=number.encode(), destination_addr=b"1069",
            esm_class=EsmClass(EsmClassMode.DEFAULT, EsmClassType.DEFAULT, features),
            data_coding=DataCoding(schemeData=coding),
            short_message=header + text.encode("ascii" if is_plain else "utf-16-be"))
        self.send(pdu, "reply", lambda: self.reply(number, text, header, tries + 1), tries)

    def reply_in_parts(self, number):
        text = "已到现场" * 20
        for part, piece in [(2, text[67:]), (1, text[:67])]:
            self.reply(number, piece, header=bytes([5, 0, 3, 9, 2, part]))

    def send(self, pdu, kind, again, tries, **fields):
        connections = self.factory.getBoundConnections(SYSTEM)
        connection = connections and connections.getNextBindingForDelivery()
        if connection is None:
            return reactor.callLater(0.1, again)

        def failed(failure):
            status = getattr(failure.value, "response", None)
            say(f"{kind}-refused", status=status.status.name if status else "", tries=tries)
            if tries < 20:
                reactor.callLater(0.2, again)

        request = connection.sendDataRequest(pdu)
        request.addCallbacks(lambda _: say(f"{kind}-taken", tries=tries, **fields), failed)


class Commands(LineReceiver):
    delimiter = b"\n"

    def __init__(self, center):
        self.center = center

    def lineReceived(self, line):
        words = line.decode().split(" ", 2)
        if words[0] == "reply":
            self.center.reply(words[1], words[2])
        elif words[0] == "answer":
            self.center.answer_all()
        elif words[0] == "drop":
            for connection in list(self.center.factory.getBoundConnections(SYSTEM) or []):
                connection.transport.abortConnection()

    def connectionLost(self, reason):
        # Who started us is gone.
        if reactor.running:
            reactor.stop()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--ids", default="same")
    options.add_argument("--first-id", type=int, default=0xABC0)
    options.add_argument("--enquire", type=int, default=0)
    options.add_argument("--response-within", type=int, default=10)
    options.add_argument("--hold-after", type=int, default=0)
    options.add_argument("--parameters", action="store_true")
    options = options.parse_args()
    center = Center(options)
    port = reactor.listenTCP(options.port, center.factory, interface="127.0.0.1")
    print(port.getHost().port, flush=True)
    stdio.StandardIO(Commands(center))
    reactor.run()


if __name__ == "__main__":
    sys.exit(main())
