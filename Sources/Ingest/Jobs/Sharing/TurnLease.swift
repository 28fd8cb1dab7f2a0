import Corpus
import Logging

/// A source's turn among the processes that share a database.
struct TurnLease: Sendable {
    /// So long a process that is not heard of keeps its turn.
    static let duration = Duration.seconds(30)

    let source: String
    let worker: String
    let leases: any SourceLeases
    let logger: Logger

    /// Does `body` under a lease, which is renewed meanwhile. Should it be lost, then whatever `body` still writes is
    /// refused.
    ///
    /// - Returns: `nil` while another process has the turn.
    func within<Value: Sendable>(_ body: () async -> Value) async throws(CorpusError) -> Value? {
        guard let lease = try await leases.takeLease(ofSource: source, by: worker, for: Self.duration) else {
            return nil
        }
        let renewing = Task { await keep(lease) }
        let value = await WriteFence.$lease.withValue(lease) { await body() }
        renewing.cancel()
        await renewing.value
        do {
            try await leases.release(lease)
        } catch {
            // It ends by itself.
            logger.warning(
                "the turn of a source could not be given back",
                metadata: ["millrace.source": "\(source)", "millrace.reason": "\(error)"])
        }
        return value
    }

    private func keep(_ lease: SourceLease) async {
        while (try? await Task.sleep(for: Self.duration / 3)) != nil {
            do {
                guard try await leases.renew(lease, for: Self.duration) else {
                    logger.warning(
                        "the reading of a source was taken over by another process",
                        metadata: ["millrace.source": "\(source)"])
                    return
                }
            } catch {
                // The lease may hold on; the next time tells.
                logger.warning(
                    "the turn of a source could not be renewed",
                    metadata: ["millrace.source": "\(source)", "millrace.reason": "\(error)"])
            }
        }
    }
}
