import ArgumentParser
import Foundation
import Synchronization

/// Ctrl-C and `kill` as cancellation: work ends at its next safe point, and what is stored stays.
enum Interruption {
    /// Runs `body` in a task that SIGINT and SIGTERM cancel. A second signal ends the process at once.
    ///
    /// - Throws: what `body` throws; `ExitCode.interrupted` when that came of a signal.
    static func cancelling<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        // Work begins once signals are listened to: one that came before would end the process.
        let (gate, opening) = AsyncStream<Void>.makeStream()
        let task = Task {
            for await _ in gate {}
            return try await body()
        }
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if task.isCancelled { _exit(130) }
                task.cancel()
            }
            source.resume()
            return source
        }
        defer { sources.forEach { $0.cancel() } }
        opening.finish()
        do {
            return try await task.value
        } catch  where task.isCancelled {
            throw ExitCode.interrupted
        }
    }
}
