import Corpus
import Foundation
import Logging

/// Publishes a snapshot every so often, in whichever process comes first.
public struct SnapshotSchedule: Sendable {
    /// How often it is looked whether one is due.
    private static let look = Duration.seconds(60)

    let publisher: SnapshotPublisher
    let pause: Duration
    let leastChanges: Int
    let logger: Logger

    /// - Parameters:
    ///   - pause: between two snapshots, whoever publishes them.
    ///   - leastChanges: of the database, before another snapshot is worth it.
    public init(_ publisher: SnapshotPublisher, every pause: Duration, leastChanges: Int, logger: Logger) {
        self.publisher = publisher
        self.pause = pause
        self.leastChanges = leastChanges
        self.logger = logger
    }

    /// Publishes until the task is cancelled. What fails is tried again; it is told once.
    public func run() async {
        var isFailing = false
        while (try? await Task.sleep(for: Self.look)) != nil {
            do {
                try await publishIfDue()
                isFailing = false
            } catch is CancellationError {
                return
            } catch {
                if !isFailing {
                    logger.warning(
                        "no snapshot of the indexes could be published",
                        metadata: ["millrace.reason": "\(error)"])
                }
                isFailing = true
            }
        }
    }

    /// - Returns: what was published; `nil` if nothing was due, or another process is at it.
    @discardableResult
    func publishIfDue() async throws -> PublishedSnapshot? {
        guard try await isDue() else { return nil }
        do {
            guard case .published(let snapshot, let figures) = try await publisher.publish() else {
                return nil
            }
            logger.info(
                "a snapshot of the indexes was published",
                metadata: [
                    "millrace.sequence": "\(snapshot.sequence)", "millrace.bytes": "\(figures.byteCount)",
                    "millrace.new_bytes": "\(figures.newByteCount)",
                ])
            return snapshot
        } catch IndexSnapshotError.publishedElsewhere, IndexSnapshotError.nothingToPublish,
            IndexSnapshotError.levelling, IndexSnapshotError.behind
        {
            // Another look follows.
            return nil
        }
    }

    func isDue() async throws -> Bool {
        guard let current = try await publisher.repository.current() else { return true }
        let sequence = try await publisher.store.changeSequence()
        // A snapshot of a state that the database has lost is of use to nobody.
        guard current.sequence <= sequence else { return true }
        let age = Duration.seconds(publisher.repository.now().timeIntervalSince(current.time))
        return age >= pause && sequence - current.level >= Int64(leastChanges)
    }
}
