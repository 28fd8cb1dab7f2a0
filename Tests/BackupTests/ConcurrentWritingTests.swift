import Backup
import Concurrency
import Corpus
import CorpusSQLite
import Foundation
import Synchronization
import TestSupport
import Testing
import VectorIndex
import Workspace
import WorkspaceSQLite

@Suite(.timeLimit(.minutes(3))) struct `A backup beside a writer` {
    /// Writes until it is told to stop.
    private final class Writer: Sendable {
        private let state = Mutex<(isStopped: Bool, acknowledged: Int)>((false, 0))

        var acknowledged: Int { state.withLock { $0.acknowledged } }
        var isStopped: Bool { state.withLock { $0.isStopped } }

        func stop() { state.withLock { $0.isStopped = true } }
        func acknowledge(_ count: Int) { state.withLock { $0.acknowledged = count } }

        /// Returns once `count` writes have been acknowledged.
        func reach(_ count: Int) async {
            while acknowledged < count { await Task.yield() }
        }
    }

    @Test func `is a prefix of the acknowledged writes, and what a row names in another database is there`()
        async throws
    {
        let sample = try await SampleFolder()
        let writer = Writer()
        writer.acknowledge(20)
        let writing = Task {
            var number = 20
            while !writer.isStopped {
                // The document first, then the message that names it.
                try await sample.putDocument(number)
                try await sample.say(number)
                number += 1
                writer.acknowledge(number)
            }
        }
        let repository = sample.repository()
        var outcomes: [(low: Int, high: Int, id: String)] = []
        for round in 1...3 {
            await writer.reach(20 + 5 * round)
            let low = writer.acknowledged
            let outcome = try await FolderBackup(sample.source, to: repository).run()
            outcomes.append((low, writer.acknowledged, outcome.manifest.id))
        }
        // It went on writing while it was copied.
        let last = writer.acknowledged
        await writer.reach(last + 1)
        writer.stop()
        try await writing.value

        for outcome in outcomes {
            let target = sample.parent.url.appendingPathComponent(outcome.id)
            _ = try await FolderRestoration(from: repository)
                .restore(try await repository.find(outcome.id), to: target)
            let contents = try await FolderContents(target)
            let count = contents.messages.count
            #expect(contents.messages == (0..<count).map { "d\($0)" })
            // One may have been written and not been acknowledged.
            #expect(outcome.low <= count && count <= outcome.high + 1)
            #expect(Set(contents.documents).isSuperset(of: contents.messages))
        }
    }

    @Test func `has the bytes of each file that its rows name, however fast files come and go`() async throws
    {
        let sample = try await SampleFolder()
        let writer = Writer()
        let writing = Task {
            var number = 0
            while !writer.isStopped {
                let id = String(format: "%08x", number)
                let replaced = try await sample.putFile(id, "file-\(number % 7)", Data(id.utf8))
                if let replaced { try await sample.files.remove(SampleFolder.key(replaced.id)) }
                number += 1
                writer.acknowledge(number)
            }
        }
        await writer.reach(20)
        let repository = sample.repository()
        let outcome = try await FolderBackup(sample.source, to: repository).run()
        writer.stop()
        try await writing.value
        _ = try await FolderRestoration(from: repository)
            .restore(try await repository.find(), to: sample.target)
        let contents = try await FolderContents(sample.target)
        #expect(contents.files.count == 9)
        let missing = contents.files.values.count { $0 == Data("missing".utf8) }
        // A name that is missing would have to be told of.
        #expect(missing == outcome.remarks.count, "\(outcome.remarks)")
    }

    @Test func `keeps an index that opens and is behind the writer at most`() async throws {
        let sample = try await SampleFolder()
        let folder = sample.data.appendingPathComponent("index")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let writer = Writer()
        // It never suspends, so that it gets a thread of its own.
        let thread = BlockingExecutor(label: "writer", width: 1)
        async let writing: Void = thread.run {
            let index = try LocalVectorStore(directory: folder, dimension: 4, metric: .cosine)
            var number = 0
            while !writer.isStopped {
                let vector = [Float(number % 13) + 1, Float(number % 7), 1, 0]
                try index.upsert([VectorEntry(id: UInt64(number), vector: vector)])
                number += 1
                if number % 5 == 0 { try index.save(generation: UInt64(number)) }
                writer.acknowledge(number)
            }
        }
        let repository = sample.repository()
        for round in 1...4 {
            await writer.reach(round * 40)
            let low = writer.acknowledged
            let outcome = try await FolderBackup(sample.source, to: repository).run(check: .none)
            let high = writer.acknowledged + 1
            #expect(outcome.remarks.isEmpty, "\(outcome.remarks)")
            let target = sample.parent.url.appendingPathComponent("restored-\(round)")
            _ = try await FolderRestoration(from: repository)
                .restore(try await repository.find(outcome.manifest.id), to: target)
            let copy = try LocalVectorStore(
                directory: target.appendingPathComponent("index"), dimension: 4, metric: .cosine)
            try copy.verify()
            let ids = copy.ids().sorted()
            #expect(ids == (0..<ids.count).map { UInt64($0) })
            #expect((low...high).contains(ids.count), "\(low) \(ids.count) \(high)")
        }
        writer.stop()
        try await writing
    }
}
