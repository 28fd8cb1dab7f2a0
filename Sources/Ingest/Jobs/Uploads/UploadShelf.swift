import Concurrency
import Corpus
import Foundation
import Synchronization

/// Where files lie that somebody sent, from their coming to the end of their jobs.
protocol UploadShelf: Sendable {
    /// Keeps all of a file or nothing, so that it outlives a power cut.
    ///
    /// - Throws: ``IngestJobError``, and what reading `pieces` throws.
    func keep(_ pieces: PulledSequence<Data>, _ upload: IngestJob.Upload) async throws

    /// A folder of this process that holds the file, under its name, and nothing else.
    ///
    /// - Throws: ``IngestJobError``; ``AwayUpload`` where it may be had later.
    func folder(of upload: IngestJob.Upload) async throws -> URL

    /// Removes a file, and what was made of it to be read.
    func remove(_ upload: IngestJob.Upload) async

    /// Called before the first job: removes what an earlier process of this folder left and nobody needs.
    ///
    /// - Parameter kept: the files of jobs that have not ended.
    func removeAll(besides kept: Set<String>) async

    /// Removes what lies for long and nobody needs.
    func removeRemains(besides kept: Set<String>) async throws
}

/// What shelves share.
enum UploadFiles {
    static let executor = BlockingExecutor(label: "millrace.uploads", width: 2)

    /// Does what waits for a disk.
    static func waiting<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        do {
            return try await executor.run(body)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw IngestJobError.storage(reason: error.localizedDescription)
        }
    }

    static func remove(_ place: URL) async {
        await executor.complete { try? FileManager.default.removeItem(at: place) }
    }
}

/// Counts what comes of a file, and refuses one that is too large or empty.
final class UploadCounter: Sendable {
    private let limitBytes: Int
    private let count = Mutex(0)

    var byteCount: Int { count.withLock { $0 } }

    init(limitBytes: Int) {
        self.limitBytes = limitBytes
    }

    /// The same pieces; throws ``IngestJobError/badUpload(field:reason:)`` in their place.
    func counted(_ pieces: PulledSequence<Data>) -> PulledSequence<Data> {
        PulledSequence { [self] in
            var iterator = pieces.makeAsyncIterator()
            return {
                guard let piece = try await iterator.next() else {
                    guard self.byteCount > 0 else {
                        throw IngestJobError.badUpload(field: "name", reason: "names an empty file")
                    }
                    return nil
                }
                let total = self.count.withLock { count in
                    count += piece.count
                    return count
                }
                guard total <= self.limitBytes else {
                    throw IngestJobError.badUpload(
                        field: "name", reason: "names a file of more than \(self.limitBytes) bytes")
                }
                return piece
            }
        }
    }
}
