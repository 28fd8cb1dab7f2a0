import Foundation
import Synchronization
import Testing

@testable import VectorIndex

@Suite(.timeLimit(.minutes(5))) struct `Threads that share a store in a directory` {
    /// Ids below this are never touched by a writer.
    private static let steady: UInt64 = 300

    private final class Progress: Sendable {
        private let finished = Atomic(0)
        let asked = Atomic(0)
        let found = Atomic(0)
        var isOver: Bool { finished.load(ordering: .acquiring) > 0 }
        func finish() { finished.store(1, ordering: .releasing) }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [VectorFormat.int8, .float32])
    func `find what nobody removes while another changes and compacts it`(format: VectorFormat) async throws {
        let settings = StoreSettings(dimension: 16, format: format, M: 8, efSearch: 20)
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("millrace-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        var vectors = ClusteredVectors(seed: 95, dimension: 16, clusters: 10)
        let steady = vectors.entries(0..<Self.steady)
        let exact = try FlatIndex(dimension: 16, metric: .cosine)
        try exact.upsert(steady)
        let store = try settings.open(directory)
        try store.upsert(steady)
        try store.upsert(vectors.entries(1000..<1500))
        try store.compact()
        let (progress, writing) = (Progress(), vectors)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { progress.finish() }
                try Self.churn(store, writing)
            }
            for reader in 0..<3 {
                group.addTask { try Self.read(store, steady, exact, seed: UInt64(reader), progress) }
            }
            try await group.waitForAll()
        }
        let asked = progress.asked.load(ordering: .relaxed)
        let found = progress.found.load(ordering: .relaxed)
        #expect(asked > 10 && Double(found) >= 0.98 * Double(asked), "seed 95: \(found) of \(asked)")
        #expect(store.violations() == [] && store.count == 800, "seed 95")
        try store.verify()
    }

    private static func churn(_ store: LocalVectorStore, _ start: ClusteredVectors) throws {
        var vectors = start
        for round in 0..<12 {
            let first = UInt64.random(in: 1000..<1460, using: &vectors.numbers)
            try store.upsert(vectors.entries(first..<first + 40))
            try store.remove(Array(first..<first + 20))
            try store.upsert(vectors.entries(first..<first + 20))
            if round % 4 == 1 {
                try store.upsert(vectors.entries(10_000..<10_800))
                try store.remove(Array(10_000..<10_800))
            }
            if round % 3 == 2 { try store.compact() }
            if round % 5 == 3 { try store.verify() }
        }
    }

    private static func read(
        _ store: LocalVectorStore, _ steady: [VectorEntry], _ exact: FlatIndex, seed: UInt64,
        _ progress: Progress
    ) throws {
        var numbers = SeededNumbers(seed: seed)
        var rounds = 0
        // On one processor the change may be over before the first reader begins.
        repeat {
            rounds += 1
            let entry = steady[Int.random(in: 0..<steady.count, using: &numbers)]
            let filter: VectorFilter? = Bool.random(using: &numbers) ? .predicate { $0 < Self.steady } : nil
            let result = try store.search(entry.vector, k: 10, filter: filter)
            progress.asked.add(1, ordering: .relaxed)
            if result.contains(where: { $0.id == entry.id }) { progress.found.add(1, ordering: .relaxed) }
            try #require(Set(result.map(\.id)).count == result.count, "seed \(seed): an id came twice")
            try #require(result.count == 10, "seed \(seed): \(result.count) results")
            if filter != nil { try #require(result.allSatisfy { $0.id < Self.steady }, "seed \(seed)") }
            let distances = try exact.search(entry.vector, k: Int(Self.steady))
            let truth = Dictionary(uniqueKeysWithValues: distances.map { ($0.id, $0.distance) })
            for neighbor in result where neighbor.id < Self.steady {
                try #require(truth[neighbor.id] == neighbor.distance, "seed \(seed)")
            }
        } while !progress.isOver || rounds < 8
    }

    @Test func `may add to it in the middle of a search`() throws {
        var vectors = ClusteredVectors(seed: 96, dimension: 8, clusters: 4)
        let store = try StoreSettings(dimension: 8, efSearch: 10).open(nil)
        try store.upsert(vectors.entries(0..<4000))
        // Now there is room for more, so that the index that is being searched is the one that changes.
        try store.upsert(vectors.entries(4000..<4001))
        try #require(store.capacity >= 6000)
        let more = vectors.entries(4001..<6000)
        // A search that walks through what is not admitted asks about more than a sample, not all.
        let query = try #require(
            vectors.queries(50).first { query in
                let count = Progress()
                let filter = VectorFilter.predicate { id in
                    count.asked.add(1, ordering: .relaxed)
                    return id % 6 == 0
                }
                _ = try store.search(query, k: 5, filter: filter)
                return (700..<3500).contains(count.asked.load(ordering: .relaxed))
            }, "seed 96")
        let progress = Progress()
        let found = try store.search(
            query, k: 5,
            filter: .predicate { id in
                // By now the walk has begun; what it meets from here on is partly new.
                if progress.asked.add(1, ordering: .relaxed).newValue == 600 { try? store.upsert(more) }
                return id % 6 == 0
            })
        #expect(store.count == 6000)
        #expect(found.count == 5 && found.allSatisfy { $0.id % 6 == 0 })
        #expect(store.violations() == [], "seed 96")
    }

    @Test(.timeLimit(.minutes(1)))
    func `get each change acknowledged only when it is safe, and share flushes`() throws {
        try withTemporaryDirectory { directory in
            let (threads, rounds) = (6, 12)
            let trace = SharedTrace()
            let disk = Disk(willPerform: { operation in
                trace.state.withLock { $0.note(operation) }
                return .proceed
            })
            let settings = StoreSettings(dimension: 4)
            let store = try settings.open(directory, disk: disk)
            let opening = trace.state.withLock { $0.flushes }
            let tooEarly = Guarded<[String]>([])
            let group = DispatchGroup()
            for thread in 0..<threads {
                group.enter()
                Thread.detachNewThread {
                    defer { group.leave() }
                    for round in 0..<rounds {
                        let complaint = Self.change(store, trace, size: thread * rounds + round + 1)
                        if let complaint { tooEarly.withLock { $0.append(complaint) } }
                    }
                }
            }
            group.wait()
            #expect(tooEarly.withLock { $0 } == [])
            let flushes = trace.state.withLock { $0.flushes } - opening
            #expect(flushes < threads * rounds, "\(flushes) flushes for \(threads * rounds) changes")
            try withDuplicate(of: directory) { copy in
                let copied = try settings.open(copy)
                #expect(copied.count == store.count)
            }
        }
    }

    /// How many flushes had begun when a write of so many bytes happened, and have by now.
    private struct Trace {
        var writes: [Int: Int] = [:]
        var flushes = 0

        mutating func note(_ operation: DiskOperation) {
            switch operation {
            case .write(_, _, let byteCount): writes[byteCount] = flushes
            case .flush: flushes += 1
            default: break
            }
        }
    }

    private final class SharedTrace: Sendable {
        let state = Guarded(Trace())
    }

    /// Stores `size` vectors, a number that no other change has, so that its write can be told from others.
    ///
    /// - Returns: a complaint, if no flush began between its write and its acknowledgement.
    private static func change(_ store: LocalVectorStore, _ trace: SharedTrace, size: Int) -> String? {
        let first = UInt64(size) * 1000
        let entries = (0..<UInt64(size)).map { VectorEntry(id: first + $0, vector: [1, 2, 3, Float(size)]) }
        do {
            try store.upsert(entries)
        } catch {
            return "\(error)"
        }
        let byteCount = LogRecordHeader.byteCount + LogPayload.upsertByteCount(count: size, dimension: 4)
        return trace.state.withLock { trace in
            guard let before = trace.writes[byteCount] else { return "change \(size) was not written" }
            return trace.flushes > before ? nil : "change \(size) was acknowledged before a flush"
        }
    }
}
