import Foundation
import Synchronization

/// A reader whose file is compared with the shipped one's hash at once, and which is opened later: before it reads
/// anything, or when that is in nobody's way.
///
/// A server is ready before its weights are laid out; a damaged file keeps it from starting all the same.
public final class LateReader: PassageReading {
    private let make: @Sendable () async throws -> PassageReader
    private let opening = Mutex<Task<PassageReader, any Error>?>(nil)

    /// - Parameters:
    ///   - directory: the reader's folder.
    ///   - open: opens the reader in it; called until it has succeeded.
    /// - Throws: ``ModelsError`` with the file and what is wrong.
    public init(
        directory: URL, open: @escaping @Sendable () async throws -> PassageReader
    ) throws(ModelsError) {
        try ReaderModel.checkChecksum(directory.appending(path: ReaderModel.fileName))
        make = open
    }

    /// Opens it, unless that was begun, waits until it is open, and throws what keeps it from that.
    public func open() async throws { _ = try await opened() }

    private func begun() -> Task<PassageReader, any Error> {
        opening.withLock { opening in
            if let opening { return opening }
            let begun = Task { [make] in try await make() }
            opening = begun
            return begun
        }
    }

    private func opened() async throws -> PassageReader {
        let task = begun()
        do {
            return try await task.value
        } catch {
            // It may be a moment's fault, such as too many open files: the next reading tries anew.
            opening.withLock { if $0 == task { $0 = nil } }
            throw error
        }
    }

    /// Waits until it is open; what kept it from that is thrown, and tried again the next time.
    public func read(question: String, passages: [PassageReader.Passage]) async throws -> [Reading] {
        try await opened().read(question: question, passages: passages)
    }
}
