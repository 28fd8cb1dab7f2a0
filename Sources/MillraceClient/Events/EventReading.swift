import Foundation

/// The events of one response, taken as they are wanted.
///
/// Reads no further than its reader asks, and ends the request when it is let go.
actor EventReading {
    /// Ends its exchange at the latest with itself: the session would keep a forgotten one.
    private final class Lease: Sendable {
        let exchange: Exchange

        init(_ exchange: Exchange) {
            self.exchange = exchange
        }

        deinit { exchange.cancel() }
    }

    private let lease: Lease
    private var parser: ServerSentEventParser
    /// Read and not yet taken, the next one last.
    private var read: [ServerSentEvent] = []

    init(_ exchange: Exchange, limitBytes: Int) {
        lease = Lease(exchange)
        parser = ServerSentEventParser(limitBytes: limitBytes)
    }

    /// How long the server wants clients to wait before they come again, where it has said so.
    var retryDelay: Duration? {
        parser.retryMilliseconds.map { .milliseconds(min($0, 60_000)) }
    }

    /// The next event; `nil` where the stream ends.
    ///
    /// - Throws: ``MillraceError`` or `CancellationError`.
    func next() async throws -> ServerSentEvent? {
        do {
            while read.isEmpty {
                guard let bytes = try await lease.exchange.bytes() else { return nil }
                read = try parser.events(in: bytes).reversed()
            }
            return read.popLast()
        } catch {
            throw try Connection.told(error)
        }
    }
}

extension Connection {
    /// Asks for events.
    ///
    /// Once the response has begun, nothing is sent again here: who reads knows whether that is possible.
    func events(of call: Call) async throws -> EventReading {
        let exchange = try await perform(call.streaming, isStream: true) { $0 }
        return EventReading(exchange, limitBytes: configuration.responseLimitBytes)
    }
}
