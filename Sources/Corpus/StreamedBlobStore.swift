import Concurrency
import Foundation

/// A ``BlobStore`` that also keeps what is too large for memory.
public protocol StreamedBlobStore: BlobStore {
    /// Stores all of what comes, in place of what was there, or nothing.
    ///
    /// Memory is bounded, however long it is.
    ///
    /// - Throws: also what reading `pieces` throws, as it is; nothing is stored then.
    func put(_ pieces: PulledSequence<Data>, at key: String) async throws

    /// Writes a blob into a file, which appears whole under its name or not at all.
    ///
    /// - Parameter file: its folder must be there.
    /// - Returns: `false` when there is nothing under the key.
    func fetch(_ key: String, to file: URL) async throws -> Bool
}
