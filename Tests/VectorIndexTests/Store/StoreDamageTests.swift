import Foundation
import Testing

@testable import VectorIndex

@Suite(.timeLimit(.minutes(5))) struct `A store whose files are damaged` {
    /// What one search asks, and what the undamaged store answers.
    private struct Question {
        let query: [Float]
        let k: Int
        let filter: VectorFilter?
        var answer: [Neighbor] = []
    }

    /// Files as they were written, and what a store of them answers.
    private struct World {
        let settings: StoreSettings
        let directory: URL
        let snapshot: Data
        let log: Data
        let count: Int
        var questions: [Question] = []

        /// - Parameter logged: vectors that are in the log and not in the snapshot.
        init(_ settings: StoreSettings, count: UInt64, logged: UInt64, in directory: URL) throws {
            (self.settings, self.directory) = (settings, directory)
            var vectors = ClusteredVectors(seed: 31, dimension: settings.dimension, clusters: 6)
            let store = try settings.open(directory)
            try store.upsert(vectors.entries(0..<count))
            try store.remove([3, 4])
            try store.save(generation: 5)
            try store.compact()
            if logged > 0 {
                try store.upsert(vectors.entries(count..<count + logged))
                try store.remove([5])
                try store.save(generation: 6)
            }
            self.count = store.count
            // Every fourth id, so few that they are scanned, so many that they are walked through, all.
            let filters: [VectorFilter?] = [
                nil, nil, .allowed(IDBitmap((0..<count / 60).map { $0 * 59 })),
                .allowed(IDBitmap((0..<count / 4).map { $0 * 4 })), .predicate { $0 % 7 == 1 },
                .predicate { $0 % 2 == 1 },
            ]
            for (query, filter) in zip(vectors.queries(filters.count), filters) {
                for k in [1, 10] { questions.append(Question(query: query, k: k, filter: filter)) }
            }
            (snapshot, log) = (try Data(contentsOf: directory.snapshot), try Data(contentsOf: directory.log))
            questions = try withDuplicate(of: directory) { copy in
                let answering = try settings.open(copy)
                return try questions.map { question in
                    var question = question
                    question.answer = try Self.ask(question, answering)
                    return question
                }
            }
        }

        static func ask(_ question: Question, _ store: LocalVectorStore) throws(VectorIndexError)
            -> [Neighbor]
        {
            try store.search(question.query, k: question.k, filter: question.filter)
        }

        /// Opens the store and asks everything: each answer must be right, or damage be named.
        ///
        /// - Returns: whether somebody named damage; `verify()` is asked last.
        func isDamageNamed(_ note: String) throws -> Bool {
            var named = false
            do {
                let store = try settings.open(directory)
                for question in questions {
                    do {
                        let answer = try Self.ask(question, store)
                        if answer != question.answer { Issue.record("\(note): a wrong answer") }
                    } catch {
                        named = try isDamage(error, note)
                    }
                }
                try store.verify()
            } catch {
                named = try isDamage(error, note)
            }
            return named
        }

        private func isDamage(_ error: any Error, _ note: String) throws -> Bool {
            let error = try #require(error as? VectorIndexError)
            try #require(error.isCuredByRebuilding, "\(note): \(error)")
            try #require(error.description.contains(directory.path), "\(note): \(error)")
            return true
        }
    }

    @Test(arguments: StoreSettings.small)
    func `by one bit of the snapshot says so or answers rightly`(settings: StoreSettings) throws {
        try withQuickDirectory { directory in
            let world = try World(settings, count: 70, logged: 0, in: directory)
            #expect(try !world.isDamageNamed("undamaged"))
            // All of the header that is not padding, then steps that meet each byte of a word.
            let offsets =
                Array(0..<304) + stride(from: 304, to: 4096, by: 61)
                + stride(from: 4096, to: world.snapshot.count, by: 23)
            for offset in offsets {
                var bytes = world.snapshot
                bytes[offset] ^= 1 << (offset % 8)
                try bytes.write(to: directory.snapshot)
                #expect(try world.isDamageNamed("byte \(offset)"), "byte \(offset) of \(bytes.count)")
            }
        }
    }

    @Test(arguments: StoreSettings.small)
    func `by one bit of the log says so`(settings: StoreSettings) throws {
        try withQuickDirectory { directory in
            let world = try World(settings, count: 40, logged: 9, in: directory)
            #expect(try !world.isDamageNamed("undamaged"))
            for offset in world.log.indices {
                var bytes = world.log
                bytes[offset] ^= 1 << (offset % 8)
                try bytes.write(to: directory.log)
                #expect(throws: VectorIndexError.self, "byte \(offset) of \(bytes.count)") {
                    try settings.open(directory)
                }
            }
        }
    }

    @Test(arguments: StoreSettings.severalChunks)
    func `where nobody has looked yet says so when a search gets there`(settings: StoreSettings) throws {
        try withQuickDirectory { directory in
            let world = try World(settings, count: 3000, logged: 0, in: directory)
            #expect(try !world.isDamageNamed("undamaged"))
            var numbers = SeededNumbers(seed: 32)
            // Wholesale damage: whatever is read without being looked at leads far out of bounds.
            let first = 4096 + world.snapshot.count / 10
            for start in stride(from: first, to: world.snapshot.count - 4096, by: 40_009) {
                var bytes = world.snapshot
                for offset in start..<min(start + 2048, bytes.count - 4096) {
                    bytes[offset] = UInt8.random(in: 128..<255, using: &numbers)
                }
                try bytes.write(to: directory.snapshot)
                #expect(try world.isDamageNamed("seed 32, from \(start)"), "from \(start)")
            }
        }
    }

    @Test(arguments: StoreSettings.severalChunks, [SnapshotSection.blocks, .rows])
    func `refuses changes before they are made, and hides nothing by compacting`(
        settings: StoreSettings, section: SnapshotSection
    ) throws {
        try withQuickDirectory { directory in
            let world = try World(settings, count: 3000, logged: 0, in: directory)
            let layout = try #require(try Snapshot.open(directory: directory)).layout
            if layout.byteCount(of: section) == 0 { return }
            var bytes = world.snapshot
            bytes[layout.offset(of: section) + layout.byteCount(of: section) - 100] ^= 4
            try bytes.write(to: directory.snapshot)
            let store = try settings.open(directory)
            func expectDamage(_ change: () throws -> Void) throws {
                let error = #expect(throws: VectorIndexError.self) { try change() }
                guard case .damaged(directory.snapshot.path, let reason) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(reason.contains("\"\(section.name)\""), "\(reason)")
            }
            try expectDamage { try store.verify() }
            try expectDamage { try store.compact() }
            if section == .blocks {
                let vector = [Float](repeating: 1, count: 64)
                try expectDamage { try store.upsert([VectorEntry(id: 9999, vector: vector)]) }
                try expectDamage { try store.remove([7]) }
                #expect(store.statistics().logRecordCount == 0)
            }
            #expect(store.count == world.count && store.contains(7) && !store.contains(9999))
            #expect(try Data(contentsOf: directory.snapshot) == bytes)
        }
    }

    @Test(arguments: StoreSettings.severalChunks)
    func `after they were looked at is not given new checksums by compacting`(settings: StoreSettings) throws
    {
        try withQuickDirectory { directory in
            _ = try World(settings, count: 3000, logged: 0, in: directory)
            let store = try settings.open(directory)
            try store.verify()
            let file = try FileHandle(forUpdating: directory.snapshot)
            let layout = try #require(try Snapshot.open(directory: directory)).layout
            try file.seek(toOffset: UInt64(layout.offset(of: .blocks) + 70_000))
            try file.write(contentsOf: Data([1, 2, 3, 4, 5, 6, 7, 8]))
            #expect(throws: VectorIndexError.self) { try store.compact() }
            #expect(throws: VectorIndexError.self) { try store.verify() }
        }
    }

    @Test(arguments: StoreSettings.small)
    func `by being cut short says so, or has lost its latest changes only`(settings: StoreSettings) throws {
        try withQuickDirectory { directory in
            let world = try World(settings, count: 40, logged: 9, in: directory)
            for length in Array(0..<200) + stride(from: 200, to: world.snapshot.count, by: 211) {
                try world.snapshot.prefix(length).write(to: directory.snapshot)
                #expect(throws: VectorIndexError.self, "\(length) bytes") { try settings.open(directory) }
            }
            try world.snapshot.write(to: directory.snapshot)
            for length in world.log.indices {
                try world.log.prefix(length).write(to: directory.log)
                if length < LogHeader.byteCount {
                    #expect(throws: VectorIndexError.self, "\(length) bytes") { try settings.open(directory) }
                    continue
                }
                let store = try settings.open(directory)
                // An upsert of nine, then a removal, then a generation.
                let states = [[38, 5], [47, 5], [46, 5]]
                #expect(states.contains([store.count, Int(store.generation)]), "\(length) bytes")
            }
        }
    }
}
