import Foundation
import HTTPTypes
import Testing

@testable import Server

/// Whatever bytes a client sends once it has a socket, the server closes or goes on, and others are served.
@Suite(.serialized, .timeLimit(.minutes(3))) struct `Frames that no client would send` {
    private static func frame(_ head: UInt8, _ length: [UInt8], _ rest: [UInt8] = []) -> Data {
        Data([head] + length + rest)
    }

    private static let masked: [UInt8] = [1, 2, 3, 4]

    private static let odd: [Data] = [
        // Invalid UTF-8, whole and cut in the middle of a character over two fragments.
        frame(0x81, [0x82], masked + [0xFE, 0xFD]),
        frame(0x01, [0x81], masked + [0xC2 ^ 1]) + frame(0x80, [0x81], masked + [0x41 ^ 1]),
        // An unmasked text; reserved bits; reserved opcodes.
        frame(0x81, [0x02], Array("{}".utf8)), frame(0x91, [0x80], masked), frame(0xF1, [0x80], masked),
        frame(0x8B, [0x80], masked), frame(0x83, [0x80], masked),
        // Lengths of 2⁶³ − 1 and 2⁶⁴ − 1, and one that says more than the limit.
        frame(0x81, [0xFF, 0x7F] + [UInt8](repeating: 0xFF, count: 7), masked),
        frame(0x81, [0xFF] + [UInt8](repeating: 0xFF, count: 8), masked),
        frame(0x81, [0xFF, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF], masked),
        // A ping that is too long, and one in fragments.
        frame(0x89, [0xFE, 0x01, 0x00], masked + [UInt8](repeating: 0, count: 256)),
        frame(0x09, [0x80], masked),
        // The end of what never began, and a beginning inside another.
        frame(0x80, [0x80], masked), frame(0x01, [0x80], masked) + frame(0x01, [0x80], masked),
        // Closings with half a code and with one that may not be sent.
        frame(0x88, [0x81], masked + [3]), frame(0x88, [0x82], masked + [0 ^ 1, 5 ^ 2]),
        // Fragments without end, and no frame at all.
        (0..<2_000).reduce(into: Data()) { data, number in
            data += frame(number == 0 ? 0x01 : 0x00, [0x80], masked)
        },
        Data(String(repeating: "GET / HTTP/1.1\r\n", count: 20).utf8), Data(repeating: 0xFF, count: 4_096),
        Data(count: 4_096),
    ]

    private func serve(_ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        var fixture = try await ServerFixture()
        fixture.configuration.port = 0
        let log = fixture.log.logger
        let application = try fixture.application()
        let adapter = HTTPAdapter(application: application, logger: log, freshID: { "fresh" })
        try await serving({ try await adapter.run(onReady: $0) }, body)
    }

    private func open(_ port: Int) async throws -> WireClient {
        let client = try WireClient(port: port)
        await client.send(
            "GET /v1/ws",
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Protocol: millrace.v1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
        let response = try await client.response()
        #expect(response.status == .switchingProtocols)
        return client
    }

    /// Reads to the end, and gives the code that the server closed with.
    private func code(_ client: WireClient) async -> Int? {
        while let frame = try? await client.frame() {
            guard frame.opcode == 0x88, frame.payload.count >= 2 else { continue }
            return Int(frame.payload[0]) << 8 | Int(frame.payload[1])
        }
        return nil
    }

    @Test func `close their own socket, with a code, and nothing else`() async throws {
        try await serve { port in
            let other = try await open(port)
            for (number, bytes) in Self.odd.enumerated() {
                let client = try await open(port)
                await client.connection.send(bytes)
                let code = await code(client)
                #expect(
                    code.map { [1_000, 1_002, 1_007, 1_008, 1_009].contains($0) } ?? false,
                    "\(number): \(code.map(String.init) ?? "none")")
            }
            let ping = Array(#"{"type":"ping"}"#.utf8)
            await other.connection.send(
                Self.frame(0x81, [0x80 | UInt8(ping.count), 0, 0, 0, 0], ping))
            var answer = try await other.frame()
            while answer.opcode != 0x81 { answer = try await other.frame() }
            #expect(answer.payload == Data(#"{"type":"pong"}"#.utf8))
        }
    }

    @Test func `by chance leave the server up`() async throws {
        let seed: UInt64 = 20_261_129
        try await serve { port in
            var state = seed
            func next() -> UInt64 {
                // SplitMix64, so that a failure can be had again.
                state &+= 0x9E37_79B9_7F4A_7C15
                var z = state
                z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
                z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
                return z ^ (z >> 31)
            }
            for _ in 0..<60 {
                let client = try await open(port)
                for _ in 0..<(next() % 6 + 1) {
                    // A head that is often valid, so that much comes past the first check; then anything.
                    let count = Int(next() % 120)
                    let head: [UInt8] = next() % 3 == 0 ? [UInt8(truncatingIfNeeded: next())] : [0x81]
                    let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
                    await client.connection.send(Data(head + [0x80 | UInt8(count)] + Self.masked + bytes))
                }
                client.connection.hangUp()
            }
            let client = try await open(port)
            client.connection.hangUp()
        }
    }
}
