import Foundation
import Synchronization
import Testing
import VectorIndex

@testable import TextIndex

/// Counts what is done to the disk, and fails one operation, or all from one on.
private final class FaultyDisk: Sendable {
    private let state = Mutex((count: 0, failing: Int.max, forever: false))

    init(failing: Int = .max, forever: Bool = false) {
        state.withLock { ($0.failing, $0.forever) = (failing, forever) }
    }

    var count: Int { state.withLock { $0.count } }

    var disk: Disk {
        var disk = Disk.system
        disk.willPerform = { operation in
            self.state.withLock { state -> DiskVerdict in
                defer { state.count += 1 }
                let fails = state.count == state.failing || state.forever && state.count > state.failing
                guard fails else { return .proceed }
                if case .write(_, _, let byteCount) = operation {
                    return .failAfter(byteCount: byteCount / 2, ENOSPC)
                }
                return .fail(EIO)
            }
        }
        return disk
    }
}

@Suite struct `A text index on a failing disk` {
    /// Changes an index; says after how many changes it stopped, and what it should hold.
    ///
    /// - Returns: the content without and with the change that failed last.
    private func script(_ directory: URL, disk: Disk) -> (safe: Set<UInt64>, perhaps: Set<UInt64>)? {
        var corpus = TextCorpus(seed: 51)
        guard let store = try? smallStore(directory, disk: disk, memoryByteLimit: 3000) else { return nil }
        var (safe, perhaps): (Set<UInt64>, Set<UInt64>) = ([], [])
        for step in 0..<24 {
            let ids = Set((0..<12).map { _ in UInt64.random(in: 0..<150, using: &corpus.numbers) })
            let documents = corpus.documents(ids.sorted())
            let isRemoval = step % 4 == 3
            perhaps = isRemoval ? safe.subtracting(ids) : safe.union(ids)
            do {
                if isRemoval { try store.remove(ids.sorted()) } else { try store.upsert(documents) }
                if step == 13 { try? store.compact() }
                safe = perhaps
            } catch {
                return (safe, perhaps)
            }
        }
        return (safe, safe)
    }

    @Test(arguments: [false, true])
    func `holds after a fault at any operation what it had acknowledged`(forever: Bool) throws {
        let counting = FaultyDisk()
        try withTemporaryDirectory { _ = script($0, disk: counting.disk) }
        #expect(counting.count > 100)
        for operation in 0..<counting.count {
            try withTemporaryDirectory { directory in
                let outcome = script(directory, disk: FaultyDisk(failing: operation, forever: forever).disk)
                let store = try smallStore(directory)
                let found = Set(store.ids())
                let (safe, perhaps) = outcome ?? ([], [])
                #expect(
                    found == safe || found == perhaps,
                    "operation \(operation): \(found.count) ids, not \(safe.count) or \(perhaps.count)")
                try store.verify()
            }
        }
    }
}
