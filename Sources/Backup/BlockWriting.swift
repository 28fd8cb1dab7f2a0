import Concurrency
import Crypto
import Foundation
import Synchronization

/// Cuts files into blocks and puts those that the destination lacks.
final class BlockWriting: Sendable {
    private struct State {
        /// Bytes of each object that is there.
        var stored: [String: Int]
        var written: [String: Int] = [:]
        var lastSign: ContinuousClock.Instant
    }

    /// Blocks of one file that are read, and put, at a time.
    private static let window = 4
    /// How often a backup that is being written says that it is.
    private static let signInterval: Duration = .seconds(60)

    private let repository: BackupRepository
    private let id: BackupID
    private let key: BackupKey?
    private let state: Mutex<State>

    /// - Parameter stored: bytes of each object that is there.
    init(_ repository: BackupRepository, _ id: BackupID, _ key: BackupKey?, stored: [String: Int]) {
        self.repository = repository
        self.id = id
        self.key = key
        state = Mutex(State(stored: stored, lastSign: .now))
    }

    /// Objects that were put, with the bytes of each.
    var written: [String: Int] { state.withLock { $0.written } }

    /// Whether all of a file's blocks are there, so that it need not be read.
    func hasBlocks(of file: BackupManifest.File) -> Bool {
        state.withLock { state in
            file.blocks.enumerated().allSatisfy { index, name in
                let rest = file.byteCount - index * repository.blockByteCount
                let expected = BackupRepository.storedByteCount(min(rest, repository.blockByteCount), key)
                return state.stored[name] == expected
            }
        }
    }

    /// Puts what `file` holds.
    ///
    /// - Parameter stamp: of the source's file.
    func put(
        _ file: OpenFile, as path: String, kind: BackupManifest.File.Kind, migrations: [String]? = nil,
        stamp: String?
    ) async throws -> BackupManifest.File {
        var whole = SHA256()
        var names: [String] = []
        var offset = 0
        let step = repository.blockByteCount
        while offset < file.byteCount {
            try Task.checkCancellation()
            let blocks = try await read(file, from: offset)
            for block in blocks { whole.update(data: block.bytes) }
            names += blocks.map(\.name)
            let lacking = lacking(blocks)
            _ = try await lacking.boundedMap(width: Self.window) { block in
                try await self.repository.put(block.bytes, as: block.name, self.key)
                self.note(block)
            }
            try await giveSign()
            let count = blocks.reduce(0) { $0 + $1.bytes.count }
            offset += count
            // The file was cut off after it was opened: what is there of it is what it has.
            if count < min(step * Self.window, file.byteCount - (offset - count)) { break }
        }
        return BackupManifest.File(
            path: path, kind: kind, byteCount: offset, sha256: whole.finalize().hexadecimal, blocks: names,
            migrations: migrations, stamp: stamp)
    }

    private struct Block: Sendable {
        var name: String
        var bytes: Data
    }

    private func read(_ file: OpenFile, from start: Int) async throws -> [Block] {
        let (step, key) = (repository.blockByteCount, key)
        return try await BackupRepository.disk.run {
            var blocks: [Block] = []
            var offset = start
            while blocks.count < Self.window, offset < file.byteCount {
                let bytes = try file.read(at: offset, count: min(step, file.byteCount - offset))
                guard !bytes.isEmpty else { break }
                blocks.append(Block(name: BackupRepository.name(of: bytes, key), bytes: bytes))
                offset += bytes.count
                if bytes.count < step { break }
            }
            return blocks
        }
    }

    /// Those that are not there, each once. One whose object has another length than was written is put again.
    private func lacking(_ blocks: [Block]) -> [Block] {
        state.withLock { state in
            var seen: Set<String> = []
            return blocks.filter { block in
                state.stored[block.name] != BackupRepository.storedByteCount(block.bytes.count, key)
                    && seen.insert(block.name).inserted
            }
        }
    }

    private func note(_ block: Block) {
        let count = BackupRepository.storedByteCount(block.bytes.count, key)
        state.withLock { state in
            state.stored[block.name] = count
            state.written[block.name] = count
        }
    }

    private func giveSign() async throws {
        let isDue = state.withLock { state in
            let now = ContinuousClock.now
            guard now - state.lastSign > Self.signInterval else { return false }
            state.lastSign = now
            return true
        }
        if isDue { try await repository.mark(id) }
    }
}
