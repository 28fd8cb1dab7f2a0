import Concurrency
import Sourcing

/// A source that hands nothing on while its gate is closed.
///
/// What was handed on before is stored as usual, so a pause is between two documents and never within one. A source
/// that reads ahead goes on until its buffer is full.
struct GatedSource: DocumentSource {
    let base: any DocumentSource
    let gate: JobGate

    var name: String { base.name }
    var requestCount: Int? { base.requestCount }

    func events(
        storedVersion: @escaping @Sendable (_ id: String) async -> Int?
    ) -> AsyncThrowingStream<SourceEvent, any Error> {
        let events = ExclusiveIterator(base.events(storedVersion: storedVersion).makeAsyncIterator())
        return AsyncThrowingStream { [gate] in
            try await gate.pass()
            return try await events.next()
        }
    }
}
