import Foundation

@testable import VectorIndex

/// A disk that counts what is done to it, and fails or dies at one operation.
final class FaultyDisk: Sendable {
    enum Fault: Sendable, CustomStringConvertible {
        /// The operation fails, later ones do not. A write stores `after` bytes first.
        case error(Int32, after: Int)
        /// The process is killed in the operation: it fails, and so does everything later.
        case kill(after: Int)

        var description: String {
            switch self {
            case .error(let code, let after): "errno \(code) after \(after) bytes"
            case .kill(let after): "kill after \(after) bytes"
            }
        }
    }

    private struct State {
        var operations: [DiskOperation] = []
        /// What the device has for certain: bytes of the file of each path.
        var flushed: [String: Int] = [:]
        /// What stood, if anything did, where a file was put that is not for certain there yet.
        var replaced: [String: Data?] = [:]
    }

    private let faulty: Int?
    private let fault: Fault
    private let state = Guarded(State())

    /// - Parameter faulty: the operation at which the fault happens, from 0.
    init(at faulty: Int? = nil, _ fault: Fault = .kill(after: 0)) {
        (self.faulty, self.fault) = (faulty, fault)
    }

    var disk: Disk {
        Disk(willPerform: { [self] in verdict(on: $0) })
    }

    var operations: [DiskOperation] { state.withLock { $0.operations } }

    private func verdict(on operation: DiskOperation) -> DiskVerdict {
        state.withLock { state in
            let number = state.operations.count
            state.operations.append(operation)
            switch fault {
            case .error(let code, let after) where number == faulty:
                return .failAfter(byteCount: after, code)
            case .kill(let after) where number == faulty:
                return .failAfter(byteCount: after, EIO)
            case .kill where number > faulty ?? .max:
                return .fail(EIO)
            default:
                Self.note(operation, in: &state)
                return .proceed
            }
        }
    }

    private static func note(_ operation: DiskOperation, in state: inout State) {
        switch operation {
        case .flush(let path):
            var status = stat()
            guard stat(path, &status) == 0 else { return }
            if status.st_mode & S_IFMT == S_IFDIR {
                state.replaced = [:]
            } else {
                state.flushed[path] = Int(status.st_size)
            }
        case .replace(let path):
            state.flushed[path] = state.flushed[path + ".new"] ?? 0
            state.replaced.updateValue(try? Data(contentsOf: URL(fileURLWithPath: path)), forKey: path)
        default:
            break
        }
    }

    /// Takes from the device what it never had for certain: names that were not flushed, and any of the
    /// sectors, and the length, of a file behind what was flushed.
    ///
    /// - Parameter choose: a number of a range, at random.
    func cutPower(_ choose: (Range<Int>) -> Int) throws {
        var flushed = state.withLock { $0.flushed }
        let replaced = state.withLock { $0.replaced }
        for (path, old) in replaced.sorted(by: { $0.key < $1.key }) where choose(0..<2) == 0 {
            if let old { try old.write(to: URL(fileURLWithPath: path)) } else { unlink(path) }
            flushed[path] = nil
        }
        for (path, safe) in flushed.sorted(by: { $0.key < $1.key }) where !path.hasSuffix(".new") {
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            guard bytes.count > safe else { continue }
            bytes = bytes.prefix(choose(safe..<bytes.count + 1))
            for start in stride(from: safe / 512 * 512, to: bytes.count, by: 512) where choose(0..<3) == 0 {
                let lost = max(start, safe)..<min(start + 512, bytes.count)
                bytes.replaceSubrange(lost, with: Data(count: lost.count))
            }
            try bytes.write(to: URL(fileURLWithPath: path))
        }
    }
}

/// The file `name` of a directory, to be altered.
func withBytes(of name: String, in directory: URL, _ change: (inout Data) throws -> Void) throws {
    let url = directory.appendingPathComponent(name)
    var bytes = try Data(contentsOf: url)
    try change(&bytes)
    try bytes.write(to: url)
}

/// Sections of given bytes, as a snapshot and back.
struct SectionBytes: Equatable {
    var bytes: [[UInt8]]

    /// Sections of these lengths, filled with seeded noise.
    init(lengths: [Int], seed: UInt64) {
        var numbers = SeededNumbers(seed: seed)
        bytes = lengths.map { length in (0..<length).map { _ in UInt8(truncatingIfNeeded: numbers.next()) } }
    }

    /// What a snapshot's regions hold.
    init(_ snapshot: Snapshot) throws {
        bytes = try SnapshotSection.allCases.map { section in
            let region = try snapshot.region(of: section)
            return Array(
                UnsafeRawBufferPointer(start: region.base, count: snapshot.byteCount(of: section)))
        }
    }

    func write(_ header: SnapshotHeader, to directory: URL, disk: Disk = .system) throws {
        try SnapshotWriter.write(header, to: directory, disk: disk) { section in
            let content = bytes[section.rawValue]
            return SnapshotWriter.Source(byteCount: content.count) { offset, target in
                target.copyBytes(from: content[offset..<(offset + target.count)])
            }
        }
    }
}

/// A record as a value.
enum PlainRecord: Equatable {
    case upsert([UInt64], [Float])
    case removal([UInt64])
    case generation(UInt64)
    case documents([UInt64])

    init(_ record: LogRecord) {
        switch record {
        case .upsert(let ids, let rows): self = .upsert(Array(ids), Array(rows))
        case .removal(let ids): self = .removal(Array(ids))
        case .generation(let generation): self = .generation(generation)
        case .documents(let words): self = .documents(Array(words))
        }
    }

    /// Appends the record and gives its number.
    @discardableResult
    func append(to log: IndexLog) throws -> UInt64 {
        switch self {
        case .upsert(let ids, let rows):
            let dimension = Int(log.header.dimension)
            return try log.appendUpsert(ids: ids) { index, row in
                _ = row.update(fromContentsOf: rows[(index * dimension)..<((index + 1) * dimension)])
            }
        case .removal(let ids): return try log.appendRemoval(of: ids)
        case .generation(let generation): return try log.appendGeneration(generation)
        case .documents(let words): return try log.appendDocuments([words])
        }
    }
}
