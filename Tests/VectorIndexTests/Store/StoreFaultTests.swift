import Foundation
import Testing

@testable import VectorIndex

@Suite(.timeLimit(.minutes(5))) struct `A store on a failing disk` {
    /// One acknowledged step of a store's life.
    private enum Step {
        case upsert(Range<UInt64>, version: UInt64)
        case remove([UInt64])
        case save(UInt64)
        case compact
        case reopen
    }

    /// Every kind of change before and after a compaction, twice, with and without a log behind the snapshot.
    private static let script: [Step] = [
        .upsert(0..<30, version: 1), .remove([3, 4, 29]), .save(1), .upsert(20..<36, version: 2), .compact,
        .upsert(30..<45, version: 3), .remove([0, 44, 99]), .save(2), .reopen, .upsert(0..<3, version: 4),
        .compact, .compact, .save(3), .remove(Array(0..<45)), .compact, .upsert(7..<9, version: 5), .reopen,
    ]
    /// A write's first bytes cut a record's header, its payload, or nothing at all.
    private static let faults: [FaultyDisk.Fault] = [
        .error(EIO, after: 0), .error(ENOSPC, after: 40), .error(ENOSPC, after: 300), .kill(after: 0),
        .kill(after: 40), .kill(after: .max),
    ]
    private static let settings = [VectorFormat.int8, .float32].map { StoreSettings(format: $0) }

    /// A store in the middle of the script, and what it should hold.
    private struct Life {
        let settings: StoreSettings
        let directory: URL
        var disk: Disk
        var store: LocalVectorStore?
        var content = StoreContent()

        /// Takes one step.
        mutating func take(_ step: Step) throws(VectorIndexError) {
            if store == nil { store = try settings.open(directory, disk: disk) }
            guard let open = store else { return }
            switch step {
            case .upsert(let ids, let version): try open.upsert(Self.entries(ids, version: version))
            case .remove(let ids): try open.remove(ids)
            case .save(let generation): try open.save(generation: generation)
            case .compact: try open.compact()
            case .reopen: store = nil
            }
        }

        /// Notes what a step means.
        func after(_ step: Step) -> StoreContent {
            var content = content
            switch step {
            case .upsert(let ids, let version): content.upsert(Self.entries(ids, version: version))
            case .remove(let ids): content.remove(ids)
            case .save(let generation): content.generation = generation
            case .compact, .reopen: break
            }
            return content
        }

        private static func entries(_ ids: Range<UInt64>, version: UInt64) -> [VectorEntry] {
            var numbers = SeededNumbers(seed: version)
            return ids.map { VectorEntry(id: $0, vector: numbers.vector(6)) }
        }
    }

    private static let query: [Float] = [1, -1, 0.5, 0.25, 2, -0.125]

    @Test(arguments: settings, faults)
    func `loses nothing acknowledged, whichever operation goes wrong`(
        settings: StoreSettings, fault: FaultyDisk.Fault
    ) throws {
        let counting = FaultyDisk()
        try withQuickDirectory { directory in
            var life = Life(settings: settings, directory: directory, disk: counting.disk)
            for step in Self.script { try life.take(step) }
        }
        try #require(counting.operations.count > 50)
        for number in counting.operations.indices {
            try withQuickDirectory { directory in
                let disk = FaultyDisk(at: number, fault)
                var life = Life(settings: settings, directory: directory, disk: disk.disk)
                for (position, step) in Self.script.enumerated() {
                    try Self.survive(step, &life, fault, "operation \(number), step \(position)")
                }
                life.store = nil
                let store = try settings.open(directory)
                try #require(
                    life.content.difference(from: store, query: Self.query) == nil, "operation \(number)")
                try store.verify()
            }
        }
    }

    /// Takes a step. If that goes wrong, the store must be as before or as after, and go on.
    private static func survive(
        _ step: Step, _ life: inout Life, _ fault: FaultyDisk.Fault, _ note: String
    ) throws {
        let (before, after) = (life.content, life.after(step))
        do throws(VectorIndexError) {
            try life.take(step)
        } catch {
            try #require(!error.isCuredByRebuilding, "\(note): \(error)")
            if case .error = fault, let store = life.store {
                // Without a restart: either it goes on, or says that it must be opened anew.
                do throws(VectorIndexError) {
                    try life.take(step)
                    life.content = after
                    return
                } catch {
                    guard case .writingStopped = error else { throw error }
                    _ = try store.search(query, k: 3)
                }
            }
            // What the process held is gone; the next one finds a disk that works.
            (life.store, life.disk) = (nil, .system)
            let store = try life.settings.open(life.directory)
            if let difference = try before.difference(from: store, query: query) {
                let other = try after.difference(from: store, query: query)
                try #require(other == nil, "\(note): neither as before (\(difference)) nor as after")
            }
            life.store = store
            try life.take(step)
        }
        life.content = after
    }

    @Test(arguments: settings)
    func `that is full loses nothing and goes on when there is room`(settings: StoreSettings) throws {
        try withQuickDirectory { directory in
            var vectors = ClusteredVectors(seed: 51, dimension: 6)
            var content = StoreContent()
            let store = try settings.open(directory)
            let first = vectors.entries(0..<50)
            try store.upsert(first)
            content.upsert(first)
            // Writing to this device fails as writing to a full disk does.
            let temporary = directory.appendingPathComponent(Disk.temporaryName(of: Snapshot.name)).path
            try FileManager.default.createSymbolicLink(atPath: temporary, withDestinationPath: "/dev/full")
            let error = #expect(throws: VectorIndexError.self) { try store.compact() }
            guard case .systemFailure("write", temporary, ENOSPC, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try content.difference(from: store, query: Self.query) == nil)
            let more = vectors.entries(40..<60)
            try store.upsert(more)
            content.upsert(more)
            try store.compact()
            try store.verify()
            #expect(try content.difference(from: store, query: Self.query) == nil)
        }
    }
}
