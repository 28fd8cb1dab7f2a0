import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import Server

@Suite(.serialized, .timeLimit(.minutes(2))) struct `A server with few connections` {
    private static let part = "GET /hit HTTP/1.1\r\nHost: localh"

    @Test func `serves whoever asks, while five times as many send a header by single bytes`() async throws {
        let server = SocketOperations().server { $0.maxConnections = 8 }
        try await server.run { port in
            var dripping: [RawConnection] = []
            for _ in 0..<40 {
                let connection = try RawConnection(port: port)
                await connection.send(Self.part)
                dripping.append(connection)
            }
            for _ in 0..<5 {
                #expect(try await RawConnection.exchange(port: port, "GET /hit").status == 200)
            }
            // Which of two that came at nearly one time is the older one, two event loops may see differently.
            for connection in dripping.prefix(20) { #expect(await connection.receive().isEmpty) }
        }
    }

    @Test func `serves whoever asks, while five times as many say nothing, or drip a body`() async throws {
        let server = SocketOperations().server { $0.maxConnections = 8 }
        try await server.run { port in
            var others: [RawConnection] = []
            for number in 0..<40 {
                let connection = try RawConnection(port: port)
                if number % 2 == 0 {
                    await connection.send(
                        "POST /length HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + "Content-Length: 100\r\n\r\n{")
                }
                others.append(connection)
            }
            #expect(try await RawConnection.exchange(port: port, "GET /hit").status == 200)
            _ = others
        }
    }

    @Test func `never ends a connection whose request it is answering, and takes no more than it may`()
        async throws
    {
        let operations = SocketOperations()
        let server = operations.server { $0.maxConnections = 2 }
        try await server.run { port in
            let first = [try WireClient(port: port), try WireClient(port: port)]
            for client in first { await client.send("GET /wait") }
            #expect(await eventually { operations.hits.withLock { $0 } == 2 })
            let third = try RawConnection(port: port)
            await third.send("GET /hit HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(await third.receive().isEmpty)
            operations.gate.open()
            for client in first { #expect(try await client.response().status == .ok) }
            #expect(operations.hits.withLock { $0 } == 2)
            // Both are kept without a request now, and the older one makes room.
            #expect(try await RawConnection.exchange(port: port, "GET /hit").status == 200)
        }
    }

    /// A server of WebSockets whose callers must be known, eight connections at a time.
    private var sockets: OperationServer {
        // Longer than the test takes: nobody is closed out for having said nothing.
        var limits = SocketConversation.Limits()
        limits.authentication = .seconds(600)
        var server = OperationServer(SocketOperations().hit, SocketOperation.operation(limits))
        server.configuration.maxConnections = 8
        server.configuration.requiresCredentials = true
        server.configuration.trustsPrincipalsHeader = true
        return server
    }

    private static func handshake(_ more: String = "") -> String {
        """
        GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        Sec-WebSocket-Protocol: millrace.v1\r\n\(more)\r\n
        """
    }

    @Test func `serves whoever asks, while five times as many open sockets and do not say who they are`()
        async throws
    {
        try await sockets.run { port in
            var silent: [RawConnection] = []
            for _ in 0..<40 {
                let connection = try RawConnection(port: port)
                await connection.send(Self.handshake())
                #expect(await connection.receive { $0.contains("\r\n\r\n") }.hasPrefix("HTTP/1.1 101"))
                silent.append(connection)
            }
            #expect(try await RawConnection.exchange(port: port, "GET /hit").status == 200)
            for connection in silent.prefix(20) { #expect(await connection.receive().isEmpty) }
        }
    }

    @Test func `never ends the socket of somebody who is known`() async throws {
        try await sockets.run { port in
            var known: [RawConnection] = []
            for _ in 0..<8 {
                let connection = try RawConnection(port: port)
                await connection.send(Self.handshake("X-Millrace-Principals: user:ada\r\n"))
                #expect(await connection.receive { $0.contains("\r\n\r\n") }.hasPrefix("HTTP/1.1 101"))
                known.append(connection)
            }
            let late = try RawConnection(port: port)
            await late.send("GET /hit HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(await late.receive().isEmpty)
            _ = known
        }
    }
}

@Suite struct `The ledger of connections` {
    private static let one = ConnectionOrigin(v4: 0x0A00_0001)
    private static let two = ConnectionOrigin(v4: 0x0A00_0002)

    /// Which connections had to make room, by the order of their coming.
    private final class Closed: Sendable {
        private let numbers = Mutex<[Int]>([])
        var all: [Int] { numbers.withLock { $0 } }
        func close(_ number: Int) -> @Sendable () -> Void {
            { self.numbers.withLock { $0.append(number) } }
        }
    }

    @Test func `lets the longest waiting of one address make room for the next of that address`() throws {
        let ledger = ConnectionLedger(limit: 10, perOrigin: 2)
        let closed = Closed()
        let stranger = ledger.admit(Self.two, close: closed.close(0))
        let seats = (1...3).map { ledger.admit(Self.one, close: closed.close($0)) }
        #expect(closed.all == [1])
        #expect(ledger.count == 3)
        #expect(ledger.move(try #require(stranger), to: .served))
        #expect(!ledger.move(try #require(seats[0]), to: .served))
        #expect(ledger.move(try #require(seats[1]), to: .served))
    }

    @Test func `refuses one more of an address whose connections are all answered`() throws {
        let ledger = ConnectionLedger(limit: 10, perOrigin: 2)
        for _ in 0..<2 {
            let seat = try #require(ledger.admit(Self.one) {})
            ledger.move(seat, to: .served)
        }
        #expect(ledger.admit(Self.one) {} == nil)
        #expect(ledger.admit(Self.two) {} != nil)
        #expect(ledger.count == 3)
    }

    @Test func `lets one without a request go before one whose body is on its way`() throws {
        let ledger = ConnectionLedger(limit: 2, perOrigin: 2)
        let closed = Closed()
        let receiving = try #require(ledger.admit(Self.one, close: closed.close(1)))
        ledger.move(receiving, to: .receiving)
        _ = ledger.admit(Self.two, close: closed.close(2))
        let third = try #require(ledger.admit(Self.two, close: closed.close(3)))
        #expect(closed.all == [2])
        ledger.move(third, to: .served)
        #expect(ledger.admit(Self.two, close: closed.close(4)) != nil)
        #expect(closed.all == [2, 1])
    }

    @Test func `counts a wait anew after each request`() throws {
        let ledger = ConnectionLedger(limit: 2, perOrigin: 2)
        let closed = Closed()
        let old = try #require(ledger.admit(Self.one, close: closed.close(1)))
        _ = ledger.admit(Self.one, close: closed.close(2))
        ledger.move(old, to: .served)
        ledger.move(old, to: .waiting)
        _ = ledger.admit(Self.one, close: closed.close(3))
        #expect(closed.all == [2])
    }

    @Test func `gives places back once, and all of them to this machine`() throws {
        let ledger = ConnectionLedger(limit: 4, perOrigin: 1)
        let seats = (0..<4).map { _ in ledger.admit(.loopback) {} }
        #expect(ledger.count == 4)
        for seat in seats {
            ledger.leave(try #require(seat))
            ledger.leave(try #require(seat))
        }
        #expect(ledger.count == 0)
        #expect(ledger.admit(Self.one) {} != nil)
    }

    @Test func `keeps its place in line through ten thousand requests`() throws {
        let ledger = ConnectionLedger(limit: 3, perOrigin: 3)
        let closed = Closed()
        let busy = try #require(ledger.admit(Self.one, close: closed.close(1)))
        _ = ledger.admit(Self.one, close: closed.close(2))
        for _ in 0..<10_000 {
            ledger.move(busy, to: .receiving)
            ledger.move(busy, to: .served)
            ledger.move(busy, to: .waiting)
        }
        _ = ledger.admit(Self.one, close: closed.close(3))
        _ = ledger.admit(Self.one, close: closed.close(4))
        #expect(closed.all == [2])
    }
}

@Suite struct `The origin of a connection` {
    @Test func `is an address, and for IPv6 its network`() {
        let near: [UInt8] = [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]
        let far: [UInt8] = [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1]
        var sibling = near
        sibling[15] = 9
        #expect(ConnectionOrigin(v6: near) == ConnectionOrigin(v6: sibling))
        #expect(ConnectionOrigin(v6: near) != ConnectionOrigin(v6: far))
        #expect(ConnectionOrigin(v4: 0x0A00_0001) != ConnectionOrigin(v4: 0x0A00_0002))
    }

    @Test func `is the same for an IPv4 address within IPv6`() {
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10, 0, 0, 1]
        #expect(ConnectionOrigin(v6: mapped) == ConnectionOrigin(v4: 0x0A00_0001))
    }

    @Test func `is this machine for all of loopback`() {
        #expect(ConnectionOrigin(v4: 0x7F00_0001) == .loopback)
        #expect(ConnectionOrigin(v4: 0x7FFF_FFFE) == .loopback)
        #expect(ConnectionOrigin(v6: Array(repeating: 0, count: 15) + [1]) == .loopback)
        #expect(
            ConnectionOrigin(v6: Array(repeating: 0, count: 10) + [0xFF, 0xFF, 127, 0, 0, 1]) == .loopback)
        #expect(ConnectionOrigin(nil) == .unknown)
    }

    @Test(
        arguments: [(1_024, nil, 256), (40, nil, 16), (8, nil, 8), (1_024, 3, 3), (8, 100, 8)]
            as [(Int, Int?, Int)])
    func `may have a quarter of all connections unless told, but sixteen`(all: Int, told: Int?, share: Int) {
        let configuration = ServerConfiguration(maxConnections: all, maxConnectionsPerAddress: told)
        #expect(configuration.connectionsPerAddress == share)
    }
}
