import Foundation

/// Reads the events of one run; the request goes out when the first one is wanted.
///
/// The events of a stored run are taken up again behind the last one when the connection is lost, as often as the
/// retries allow without any event in between. A run that was begun as a stream ends with its connection.
actor RunReading {
    enum Source: Sendable {
        case begun(RunRequest)
        case stored(id: String)
    }

    private let connection: Connection
    private let source: Source
    private var next: Int
    private var failedAttempts = 0
    private var events: EventReading?
    private var isOver = false

    /// - Parameter position: the first one that is wanted.
    init(_ source: Source, from position: Int = 0, over connection: Connection) {
        self.connection = connection
        self.source = source
        next = position
    }

    /// The next event; `nil` behind the last one.
    func nextEvent() async throws -> RunEvent? {
        while !isOver {
            do {
                guard let event = try await reading().next() else { throw MillraceError.streamCutOff }
                let told = try RunEvent(event)
                // What was read already may come again, when a connection is lost between two events.
                guard told.position >= next || isBegun else { continue }
                next = told.position + 1
                failedAttempts = 0
                if told.isLast {
                    isOver = true
                    events = nil
                }
                return told
            } catch {
                try await recover(from: error)
            }
        }
        return nil
    }

    private var isBegun: Bool {
        if case .begun = source { true } else { false }
    }

    private func reading() async throws -> EventReading {
        if let events { return events }
        let call: Call
        switch source {
        case .begun(let request):
            call = try Call(.post, "v1", "runs").sending(RunBody(request: request, way: .events))
        case .stored(let id):
            call = Call(.get, "v1", "runs", id, "events").asking("from", next == 0 ? nil : next)
        }
        let begun = try await connection.events(of: call)
        events = begun
        return begun
    }

    /// Waits until the events may be taken up again.
    ///
    /// - Throws: `error`, when they may not.
    private func recover(from error: any Error) async throws {
        // What fails before there are events has been tried again already.
        guard let lost = events, !isBegun, Self.isLoss(error) else {
            isOver = true
            throw error
        }
        events = nil
        failedAttempts += 1
        guard
            let delay = connection.configuration.retries.delay(
                afterAttempt: failedAttempts, retryAfter: await lost.retryDelay, chance: .random(in: 0...1))
        else {
            isOver = true
            throw error
        }
        try await Task.sleep(for: delay)
    }

    /// Whether what the server keeps may still be read.
    private static func isLoss(_ error: any Error) -> Bool {
        switch error as? MillraceError {
        case .connection, .timedOut, .streamCutOff: true
        case .problem(let problem): problem.isRetryable
        default: false
        }
    }
}
