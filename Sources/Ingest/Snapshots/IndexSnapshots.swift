import Concurrency
import Corpus
import Foundation
import Logging
import TextIndex
import VectorIndex

/// Takes snapshots in place of indexes that are missing, damaged or far behind.
///
/// Whatever goes wrong is logged with its reason, and the indexes are made of the database as if there were no snapshots.
public struct IndexSnapshots: Sendable {
    /// So many passages an index must lack that a snapshot has, before it is fetched for an index that is sound.
    public static let lackLimit = 10_000

    public let fetcher: SnapshotFetcher
    let logger: Logger

    public init(_ fetcher: SnapshotFetcher, logger: Logger) {
        self.fetcher = fetcher
        self.logger = logger
    }

    /// The newest snapshot, if there is one to be used.
    ///
    /// - Returns: `nil` once the reason has been logged.
    public func newest() async -> SnapshotManifest? {
        do {
            return try await fetcher.find()
        } catch let error as IndexSnapshotError {
            if case .none = error {
                logger.info(
                    "no snapshot of the indexes is there yet", metadata: ["millrace.reason": "\(error)"])
            } else {
                tell(error)
            }
            return nil
        } catch {
            tell(error)
            return nil
        }
    }

    /// Whether an index of so many passages had better be a snapshot's.
    public static func isWorthFetching(
        _ manifest: SnapshotManifest, _ part: SnapshotManifest.Part, over count: Int
    ) -> Bool {
        let there = manifest.count(of: part)
        return count == 0 ? there > 0 : there - count >= lackLimit
    }

    /// Fetches an index and takes it in place of another one. Searches go on meanwhile, and see one or the other.
    ///
    /// - Parameters:
    ///   - own: the folder of the one that is replaced.
    ///   - adopt: takes what is in a folder; not told of cancellation.
    /// - Returns: whether it was taken. If not, the reason has been logged.
    public func take(
        _ part: SnapshotManifest.Part, of manifest: SnapshotManifest, over own: URL,
        adopt: (URL) async throws -> Void
    ) async -> Bool {
        do {
            let clock = ContinuousClock()
            let start = clock.now
            guard let (folder, figures) = try await fetcher.fetch(part, of: manifest, reusing: own) else {
                return false
            }
            try await adopt(folder)
            await tidy(part)
            logger.info(
                "an index was taken from a snapshot",
                metadata: [
                    "millrace.index": "\(part.rawValue)", "millrace.sequence": "\(manifest.sequence)",
                    "millrace.passages": "\(manifest.count(of: part))",
                    "millrace.bytes": "\(figures.byteCount)",
                    "millrace.fetched_bytes": "\(figures.fetchedByteCount)",
                    "millrace.seconds": "\(((clock.now - start) / .seconds(1)).rounded())",
                ])
            return true
        } catch {
            tell(error)
            return false
        }
    }

    /// Removes what has no further use. What fails to go is gone on from next time.
    private func tidy(_ part: SnapshotManifest.Part) async {
        do {
            try await fetcher.discard(part)
        } catch {
            logger.warning(
                "what was fetched of a snapshot could not be removed",
                metadata: ["millrace.reason": "\(error)"]
            )
        }
    }

    private func tell(_ error: any Error) {
        logger.warning(
            "a snapshot of the indexes cannot be used; they are made of the database",
            metadata: ["millrace.reason": "\(error)"])
    }
}
