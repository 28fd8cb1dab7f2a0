import Foundation
import Synchronization

/// What a collector answered.
public struct TraceAnswer: Sendable, Hashable {
    /// Of HTTP.
    public var status: Int
    /// How long it asks to be left alone.
    public var retryAfter: Duration?

    public init(status: Int, retryAfter: Duration? = nil) {
        self.status = status
        self.retryAfter = retryAfter
    }
}

/// Where and as whom spans are exported.
public struct TraceExport: Sendable {
    /// `service.name`.
    public var service: String
    public var version: String
    /// Further facts about this process, such as `deployment.environment.name`.
    public var resource: [String: String]
    /// Spans of one request at most.
    public var batch: Int
    /// Spans that may wait; what comes on top is dropped and counted.
    public var queue: Int
    /// How long a span waits for company.
    public var delay: Duration
    /// Attempts for a batch, the first included.
    public var attempts: Int

    public init(
        service: String = "millrace", version: String, resource: [String: String] = [:], batch: Int = 512,
        queue: Int = 8_192, delay: Duration = .seconds(5), attempts: Int = 6
    ) {
        self.service = service
        self.version = version
        self.resource = resource
        self.batch = max(1, batch)
        self.queue = max(1, queue)
        self.delay = delay
        self.attempts = max(1, attempts)
    }
}

/// Sends spans to a collector of OpenTelemetry, by OTLP over HTTP in JSON.
///
/// Nobody waits for it: spans are put into a queue of fixed size, and what does not fit is dropped and counted. A
/// collector that is away or asks for patience is asked again, later and later; what was refused is dropped.
///
/// Source: OpenTelemetry Protocol specification 1.x, "OTLP/HTTP", with its rules for retries.
public final class TraceExporter: Sendable {
    /// Sends a body of JSON to the collector.
    public typealias Send = @Sendable (_ body: Data) async throws -> TraceAnswer

    public let export: TraceExport
    private let send: Send
    private let clock: any Clock<Duration>
    private let wake: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)

    struct Counts: Sendable, Hashable {
        var exported = 0
        /// For want of room, and because the collector refused or did not answer.
        var dropped = 0
        /// Requests that failed.
        var failures = 0
    }

    private struct State: Sendable {
        var waiting: [SpanRecord] = []
        var counts = Counts()
    }

    private let state = Mutex(State())

    /// - Parameters:
    ///   - clock: measures pauses.
    ///   - send: asks the collector once; throws when it cannot be reached.
    public init(
        _ export: TraceExport, clock: any Clock<Duration> = ContinuousClock(), send: @escaping Send
    ) {
        (self.export, self.clock, self.send) = (export, clock, send)
        wake = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var counts: Counts { state.withLock { $0.counts } }
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Puts a span into the queue.
    func take(_ span: SpanRecord) {
        let isFull = state.withLock { state in
            guard state.waiting.count < export.queue else {
                state.counts.dropped += 1
                return true
            }
            state.waiting.append(span)
            return state.waiting.count >= export.batch
        }
        if isFull { wake.continuation.yield() }
    }

    /// Sends what comes until the task is cancelled, and once more then what waits.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [clock, export, wake] in
                while (try? await clock.sleep(for: export.delay)) != nil { wake.continuation.yield() }
                wake.continuation.yield()
            }
            for await _ in wake.stream {
                while !Task.isCancelled, let batch = next() { await deliver(batch) }
                if Task.isCancelled { break }
            }
            group.cancelAll()
        }
        // A task of its own outlives the cancellation; each batch is tried once.
        await Task {
            while let batch = next() { await attempt(batch) }
        }.value
    }

    private func next() -> [SpanRecord]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else { return nil }
            let batch = Array(state.waiting.prefix(export.batch))
            state.waiting.removeFirst(batch.count)
            return batch
        }
    }

    /// Asks until the collector has taken the batch or refused it.
    private func deliver(_ batch: [SpanRecord]) async {
        var pause = Duration.seconds(1)
        for number in 1...export.attempts {
            switch await ask(batch) {
            case .taken:
                return state.withLock { $0.counts.exported += batch.count }
            case .refused:
                return state.withLock { $0.counts.dropped += batch.count }
            case .later(let wanted):
                guard number < export.attempts else { break }
                let jitter = Double.random(in: 0.8...1.2)
                let longest = Duration.seconds(60)
                guard (try? await clock.sleep(for: min(wanted ?? pause * jitter, longest))) != nil else {
                    // Cancelled: the last look sends it.
                    return state.withLock { $0.waiting.insert(contentsOf: batch, at: 0) }
                }
                pause = min(pause * 2, longest)
            }
        }
        state.withLock { $0.counts.dropped += batch.count }
    }

    private func attempt(_ batch: [SpanRecord]) async {
        let isTaken = if case .taken = await ask(batch) { true } else { false }
        state.withLock { state in
            if isTaken { state.counts.exported += batch.count } else { state.counts.dropped += batch.count }
        }
    }

    private enum Outcome {
        case taken, refused
        case later(Duration?)
    }

    private func ask(_ batch: [SpanRecord]) async -> Outcome {
        do {
            let answer = try await send(try OTLPDocument.encode(batch, export))
            if (200...299).contains(answer.status) { return .taken }
            state.withLock { $0.counts.failures += 1 }
            return [429, 502, 503, 504].contains(answer.status) ? .later(answer.retryAfter) : .refused
        } catch {
            state.withLock { $0.counts.failures += 1 }
            return .later(nil)
        }
    }
}
