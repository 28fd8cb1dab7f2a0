/// Runs `produce` at most `capacity` events ahead of the reader, so that a slow reader bounds memory.
///
/// The producer is cancelled when the reading task is, or when the stream is dropped.
package func pacedEvents(
    capacity: Int = 16, _ produce: @escaping @Sendable (EventSink) async throws -> Void
) -> AsyncThrowingStream<SourceEvent, any Error> {
    let pump = EventPump(capacity: capacity, produce: produce)
    return AsyncThrowingStream { try await pump.next() }
}

/// Starts the producer with the first request and ends it with the last reference.
private actor EventPump {
    private let sink: EventSink
    private let produce: @Sendable (EventSink) async throws -> Void
    private var task: Task<Void, Never>?

    init(capacity: Int, produce: @escaping @Sendable (EventSink) async throws -> Void) {
        sink = EventSink(capacity: capacity)
        self.produce = produce
    }

    deinit {
        task?.cancel()
        Task { [sink] in await sink.close() }
    }

    func next() async throws -> SourceEvent? {
        let producer = start()
        return try await withTaskCancellationHandler {
            try await sink.next()
        } onCancel: {
            producer.cancel()
            Task { [sink] in await sink.close() }
        }
    }

    private func start() -> Task<Void, Never> {
        if let task { return task }
        let (sink, produce) = (sink, produce)
        let started = Task {
            do {
                try await produce(sink)
                await sink.finish(nil)
            } catch {
                await sink.finish(error)
            }
        }
        task = started
        return started
    }
}

/// The producing end: `send` waits while the buffer is full.
package actor EventSink {
    private let capacity: Int
    private var buffer: [SourceEvent] = []
    private var isClosed = false
    private var outcome: Result<Void, any Error>?
    private var reader: CheckedContinuation<SourceEvent?, any Error>?
    private var writers: [CheckedContinuation<Void, Never>] = []

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// - Throws: `CancellationError` when nobody reads any more.
    package func send(_ event: SourceEvent) async throws {
        while !isClosed, reader == nil, buffer.count >= capacity {
            await withCheckedContinuation { writers.append($0) }
        }
        if isClosed || Task.isCancelled { throw CancellationError() }
        if let waiting = reader {
            reader = nil
            waiting.resume(returning: event)
        } else {
            buffer.append(event)
        }
    }

    fileprivate func next() async throws -> SourceEvent? {
        if !buffer.isEmpty {
            let event = buffer.removeFirst()
            wakeWriters()
            return event
        }
        if isClosed { throw CancellationError() }
        if let outcome {
            try outcome.get()
            return nil
        }
        return try await withCheckedThrowingContinuation { continuation in
            reader = continuation
            wakeWriters()
        }
    }

    fileprivate func finish(_ error: (any Error)?) {
        outcome = error.map { .failure($0) } ?? .success(())
        guard let waiting = reader else { return }
        reader = nil
        if let error { waiting.resume(throwing: error) } else { waiting.resume(returning: nil) }
    }

    fileprivate func close() {
        isClosed = true
        wakeWriters()
        reader?.resume(throwing: CancellationError())
        reader = nil
    }

    private func wakeWriters() {
        let waiting = writers
        writers = []
        waiting.forEach { $0.resume() }
    }
}
