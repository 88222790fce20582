#!/usr/bin/env python3
"""Measures our gRPC against its floor and its peer, in one run, and prints ratios.

Three servers of the same service (proto/hazwatch/bench/v1/bench.proto): (a) libnghttp2 and nothing
else, ours, and (b) grpc-swift-2. They take turns under one client, h2load, which sends each the same
bytes. CPU is that of the server's process alone. `make bench` builds the servers and calls this.

With --ingest: the readings that ingest stores, against VictoriaMetrics, which takes the same readings
as text (influx lines over HTTP) and acknowledges before they are on disk.
"""
import argparse, http.client, os, random, re, shutil, socket, statistics, struct, subprocess, sys
import tempfile, time

SERVICE = "/hazwatch.bench.v1.BenchService"
HEADERS = ["-H", "content-type: application/grpc", "-H", "te: trailers"]
BATCH_READINGS, STREAM_BATCHES = 1_000, 200


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number, kind, payload):
    return varint(number << 3 | kind) + payload


def block(number, payload):
    return field(number, 2, varint(len(payload)) + payload)


def framed(message):
    return struct.pack(">BI", 0, len(message)) + message


def echo_body():
    """One common.v1.Reading, as a client asks for."""
    return framed(block(1, b"tank-07.liquid-level")
                  + field(2, 0, varint(1_635_724_800_000)) + field(3, 0, varint(1_635_724_800_120))
                  + field(4, 1, struct.pack("<d", 4.25)) + field(5, 0, varint(1)))


def stream_body():
    """The ingest.v1.PushRequest batches of one stream: columns of readings, names in the first."""
    seeded = random.Random(7)
    names = b"".join(block(1, b"point-%04d" % i) for i in range(BATCH_READINGS))
    order = block(2, b"".join(varint(i) for i in range(BATCH_READINGS)))
    out = bytearray()
    for sequence in range(1, STREAM_BATCHES + 1):
        deltas = block(4, b"".join(varint(seeded.randrange(100)) for _ in range(BATCH_READINGS)))
        values = block(5, struct.pack(f"<{BATCH_READINGS}d",
                                      *(seeded.randrange(10_000) / 10 for _ in range(BATCH_READINGS))))
        columns = (names if sequence == 1 else b"") + order \
            + field(3, 0, varint(1_635_724_800_000 + sequence * 1_000)) + deltas + values
        out += framed(block(1, b"gateway-1") + field(2, 0, varint(sequence)) + block(4, columns))
    return bytes(out)


def push_answer():
    """ingest.v1.PushResponse: the last sequence, and how many readings were counted."""
    count = BATCH_READINGS * STREAM_BATCHES
    return framed(field(1, 0, varint(STREAM_BATCHES)) + field(2, 0, varint(count)))


class Server:
    def __init__(self, name, command, port, errors=None):
        self.name, self.port = name, port
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        for _ in range(200):
            try:
                return socket.create_connection(("127.0.0.1", port)).close()
            except OSError:
                time.sleep(0.05)
        self.process.terminate()
        sys.exit(f"bench: {name} does not listen on port {port}: run it by hand: {command}")

    def cpu_seconds(self):
        # The process' CPU clock, as clock_getcpuclockid(3) names it: all threads, nanoseconds.
        return time.clock_gettime(~self.process.pid << 3 | 2)

    def url(self, method):
        return f"http://127.0.0.1:{self.port}{SERVICE}/{method}"

    def check(self, method, body, answer):
        """One call by nghttp: the message and grpc-status 0 must come back."""
        called = ["nghttp", "-v", "--no-dep", "-d", body, *HEADERS, self.url(method)]
        shown = subprocess.run(called, capture_output=True).stdout
        if answer not in shown or b"grpc-status: 0" not in shown:
            sys.exit(f"bench: {self.name} answers {method} wrongly:\n"
                     + shown.decode(errors="replace"))

    def load(self, method, body, answer, calls, clients, in_flight, log=None):
        """CPU seconds of the server for `calls` calls; a call without its message stops the bench."""
        command = ["h2load", "-n", str(calls), "-c", str(clients), "-m", str(in_flight), "-d", body,
                   *HEADERS, *(["--log-file", log] if log else []), self.url(method)]
        before = self.cpu_seconds()
        shown = subprocess.run(command, capture_output=True, text=True).stdout
        spent = self.cpu_seconds() - before
        done = re.search(r"(\d+) succeeded", shown)
        data = re.search(r"\((\d+)\) data", shown)
        # h2load knows no grpc-status; a failed call has no message, which the sum of bytes shows.
        if not done or int(done[1]) != calls or not data or int(data[1]) != calls * len(answer):
            sys.exit(f"bench: {self.name} failed calls of {method}:\n{shown}")
        return spent


def show(progress):
    if sys.stderr.isatty():
        print(f"\r{progress:40}\r", end="", file=sys.stderr, flush=True)


def measure(servers, rounds, scale, files):
    echo, stream = echo_body(), stream_body()
    for name, content in (("echo", echo), ("stream", stream)):
        with open(os.path.join(files, name), "wb") as out:
            out.write(content)
    echo_file, stream_file = os.path.join(files, "echo"), os.path.join(files, "stream")
    log = os.path.join(files, "latency")
    calls = {"a": 400_000, "ours": 200_000, "b": 30_000}
    streams = {"ours": 100, "b": 50}
    found = {key: {"unary": [], "stream": [], "p50": []} for key in servers}
    for key, server in servers.items():
        server.check("Echo", echo_file, echo)
        server.load("Echo", echo_file, echo, 2_000, 4, 32)
        if key != "a":
            server.check("Push", stream_file, push_answer())
    for done in range(rounds):
        show(f"bench: round {done + 1} of {rounds}")
        for key, server in servers.items():
            count = max(1_000, int(calls[key] * scale))
            spent = server.load("Echo", echo_file, echo, count, 4, 32)
            found[key]["unary"].append(spent / count * 1e6)
        for key, count in streams.items():
            count = max(2, int(count * scale))
            spent = servers[key].load("Push", stream_file, push_answer(), count, 1, 1)
            found[key]["stream"].append(count * BATCH_READINGS * STREAM_BATCHES / spent / 1e6)
        for key, server in servers.items():
            if os.path.exists(log):
                os.remove(log)
            server.load("Echo", echo_file, echo, max(500, int(5_000 * scale)), 1, 1, log)
            with open(log) as lines:
                found[key]["p50"].append(statistics.median(int(x.split()[2]) for x in lines))
    show("")
    return found


def report(found, rounds):
    def cell(key, what, digits):
        values = found[key][what]
        if not values:
            return "–"
        return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"

    print(f"Median of {rounds} rounds (lowest–highest)\n")
    print("| | (a) bare nghttp2 | Hazwatch | (b) grpc-swift-2 |\n|---|---|---|---|")
    for title, what, digits in (
            ("server CPU per unary call, µs", "unary", 2),
            ("streamed readings per server CPU-second, million", "stream", 1),
            ("p50 latency, one call in flight, µs", "p50", 0)):
        print(f"| {title} | " + " | ".join(cell(k, what, digits) for k in ("a", "ours", "b")) + " |")
    def ratio(over, under, what):
        # Round by round: who runs next to each other meets the same machine.
        return statistics.median(x / y for x, y in zip(found[over][what], found[under][what]))

    rows = (
        ("CPU per unary call ÷ (a)", ratio("ours", "a", "unary"), "at most", 3.2),
        ("(b) ÷ CPU per unary call", ratio("b", "ours", "unary"), "at least", 16),
        ("readings per CPU-second ÷ (b)", ratio("ours", "b", "stream"), "at least", 2.2),
        ("(b) ÷ p50 latency", ratio("b", "ours", "p50"), "at least", 3))
    print("\n| ratio | measured | target | reached |\n|---|---|---|---|")
    for title, ratio, side, limit in rows:
        is_reached = ratio <= limit if side == "at most" else ratio >= limit
        print(f"| {title} | {ratio:.2f} | {side} {limit} | {'yes' if is_reached else 'no'} |")


INFLUX_LINES = 2_000


def influx_bodies(messages):
    """The readings of so many messages as they go to VictoriaMetrics; no quality."""
    seeded = random.Random(7)
    tenths = [seeded.randrange(2_000) for _ in range(INFLUX_LINES)]
    first = int(time.time() * 1e3) - messages * 10_000
    for tick in range(messages):
        lines = []
        for point in range(INFLUX_LINES):
            if seeded.random() < 0.25:
                tenths[point] += seeded.choice((-1, 1))
            at = first + tick * 10_000 + seeded.randrange(50)
            lines.append(f"r,p=p{point} v={tenths[point] / 10} {at}000000\n")
        yield "".join(lines).encode()


def ingest_round(ingest, push, messages, port):
    """Readings a second, and server CPU in µs a reading."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server("ingest", [ingest, "--data", folder, "--grpc-port", str(port),
                                   "--admin-port", "0", "--log-level", "error"], port)
        try:
            # It takes the CPU from the first message on: points are registered once.
            shown = subprocess.run([push, "push", folder, str(port), str(messages),
                                    str(server.process.pid)], capture_output=True, text=True)
            found = re.match(r"(\d+) ([\d.]+) ([\d.]+)$", shown.stdout.strip())
            if not found:
                sys.exit(f"bench: readings-bench failed: {shown.stdout}{shown.stderr}")
        finally:
            server.process.terminate()
            server.process.wait()
    count = int(found[1])
    return count / float(found[2]), float(found[3]) / count * 1e6


def peer_round(peer, bodies, port):
    """The same of VictoriaMetrics, and bytes a reading on disk after a merge."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server("VictoriaMetrics", [peer, f"-storageDataPath={folder}", "-retentionPeriod=1y",
                                            f"-httpListenAddr=127.0.0.1:{port}"], port,
                        subprocess.DEVNULL)
        try:
            line = http.client.HTTPConnection("127.0.0.1", port)
            before, started = 0, 0
            for place, body in enumerate(bodies):
                if place == 1:
                    # The first makes the points known; ours does not count that either.
                    before, started = server.cpu_seconds(), time.monotonic()
                line.request("POST", "/write", body)
                answer = line.getresponse()
                answer.read()
                if answer.status != 204:
                    sys.exit(f"bench: VictoriaMetrics answers {answer.status}")
            took, spent = time.monotonic() - started, server.cpu_seconds() - before
            for path in ("/internal/force_flush", "/internal/force_merge"):
                line.request("GET", path)
                line.getresponse().read()
            time.sleep(5)
            used = sum(os.path.getsize(os.path.join(at, name))
                       for at, _, names in os.walk(folder) for name in names)
        finally:
            server.process.terminate()
            server.process.wait()
    count = (len(bodies) - 1) * INFLUX_LINES
    return count / took, spent / count * 1e6, used / (len(bodies) * INFLUX_LINES)


def readings(chosen):
    """Rounds in turn; a row a figure, and the ratios that are asked for."""
    messages = max(10, int(1_000 * chosen.scale))
    bodies = list(influx_bodies(messages)) if chosen.victoria else []
    ours, peer = [], []
    for done in range(chosen.rounds):
        show(f"bench: round {done + 1} of {chosen.rounds}")
        ours.append(ingest_round(chosen.ingest, chosen.readings, messages, 27_421))
        if bodies:
            peer.append(peer_round(chosen.victoria, bodies, 27_422))
    show("")
    middle = lambda rows, place: statistics.median(row[place] for row in rows)
    print(f"Median of {chosen.rounds} rounds of {messages * INFLUX_LINES} readings, "
          f"{INFLUX_LINES} a message\n")
    print("| | Hazwatch ingest | VictoriaMetrics |\n|---|---|---|")
    of_peer = lambda place, form: format(middle(peer, place), form) if peer else "–"
    print(f"| readings a second | {middle(ours, 0):,.0f} | {of_peer(0, ',.0f')} |")
    print(f"| server CPU a reading, µs | {middle(ours, 1):.3f} | {of_peer(1, '.3f')} |")
    print(f"| bytes a reading on disk | see below | {of_peer(2, '.2f')} (no quality) |")
    if peer:
        print("\n| ratio | measured | target | reached |\n|---|---|---|---|")
        faster, cheaper = middle(ours, 0) / middle(peer, 0), middle(ours, 1) / middle(peer, 1)
        print(f"| readings a second | {faster:.2f} | at least 2 | {'yes' if faster >= 2 else 'no'} |")
        print(f"| CPU a reading | {cheaper:.2f} | at most 0.25 | "
              f"{'yes' if cheaper <= 0.25 else 'no'} |")
    print("\nreadings-bench disk 200:", flush=True)
    subprocess.run([chosen.readings, "disk", "200"], check=True)
    nation(chosen.ingest, chosen.readings, max(10, int(60 * chosen.scale)))


def nation(ingest, bench, seconds, port=27_423):
    """The load of a nation on the whole ingest: registry, presence, detectors and store."""
    print("\nreadings-bench nation:", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        server = Server("ingest", [ingest, "--data", folder, "--grpc-port", str(port),
                                   "--admin-port", "0", "--log-level", "error"], port)
        try:
            subprocess.run([bench, "nation", folder, str(port), str(seconds),
                            str(server.process.pid)], check=True)
        finally:
            server.process.terminate()
            server.process.wait()


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--bare", help="path of the server on bare nghttp2")
    options.add_argument("--ours", help="path of our server")
    options.add_argument("--peer", help="path of the server on grpc-swift-2")
    options.add_argument("--ingest", help="path of hazwatch-ingest: measures stored readings instead")
    options.add_argument("--readings", help="path of readings-bench, with --ingest")
    options.add_argument("--victoria", default=shutil.which("victoria-metrics"),
                         help="path of VictoriaMetrics; without it ingest is measured alone")
    options.add_argument("--rounds", type=int, default=11, help="how often each takes its turn (11)")
    options.add_argument("--scale", type=float, default=1, help="0.1: a tenth of the calls (1)")
    chosen = options.parse_args()
    if chosen.ingest:
        if not chosen.readings:
            options.error("--ingest goes with --readings")
        return readings(chosen)
    if not (chosen.bare and chosen.ours and chosen.peer):
        options.error("--bare, --ours and --peer go together; or --ingest with --readings")
    commands = {"a": ("bare nghttp2", chosen.bare), "ours": ("Hazwatch", chosen.ours),
                "b": ("grpc-swift-2", chosen.peer)}
    servers = {}
    try:
        for port, (key, (name, path)) in enumerate(commands.items(), start=27_411):
            servers[key] = Server(name, [path, str(port)], port)
        with tempfile.TemporaryDirectory() as files:
            found = measure(servers, chosen.rounds, chosen.scale, files)
        report(found, chosen.rounds)
    finally:
        for server in servers.values():
            server.process.terminate()


if __name__ == "__main__":
    main()
