import Synchronization

/// A part that is made when it is first asked for, once, and kept.
final class Once<Part: Sendable>: Sendable {
    private let part = Mutex<Part?>(nil)

    /// - Parameter make: makes the part; must not ask for it. What it throws is thrown, and nothing is kept.
    func callAsFunction(_ make: () throws -> Part) throws -> Part {
        try part.withLock { part in
            if let part { return part }
            let made = try make()
            part = made
            return made
        }
    }
}

/// A part whose making takes its time: whoever asks meanwhile waits for the same one.
final class OnceAwaited<Part: Sendable>: Sendable {
    private let task = Mutex<Task<Part, any Error>?>(nil)

    /// - Parameter make: makes the part; a failure is kept as well. Ends when a caller is cancelled.
    func callAsFunction(_ make: @escaping @Sendable () async throws -> Part) async throws -> Part {
        let task = task.withLock { task in
            if let task { return task }
            let started = Task { try await make() }
            task = started
            return started
        }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
