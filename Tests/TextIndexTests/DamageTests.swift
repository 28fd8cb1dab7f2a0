import Foundation
import Testing
import VectorIndex

@testable import TextIndex

@Suite struct `A damaged text index` {
    /// An index of one large segment, one small one and a log.
    private func build(_ directory: URL) throws {
        var corpus = TextCorpus(seed: 31, vocabulary: 300)
        let store = try smallStore(directory, memoryByteLimit: 4000)
        try store.upsert(corpus.documents(0..<4000))
        try store.remove([3, 5, 800])
        try store.upsert(corpus.documents([2, 5]))
    }

    /// Opens the index and uses every part of it.
    ///
    /// - Returns: the answers, or the damage that was told.
    private func use(_ directory: URL) throws -> Result<[[TextMatch]], TextIndexError> {
        do {
            let store = try smallStore(directory, memoryByteLimit: 1 << 30)
            var found = try answers(of: store)
            // Every term and every position.
            var corpus = TextCorpus(seed: 31, vocabulary: 300)
            for term in corpus.vocabulary {
                found.append(try store.search(TextQuery(terms: [term]), limit: 1000))
            }
            let phrase = TextQuery.Phrase([corpus.vocabulary[0], corpus.vocabulary[1]], slop: 40)
            found.append(try store.search(TextQuery(groups: [], phrases: [phrase]), limit: 1000))
            for _ in 0..<20 {
                var query = corpus.query()
                query.proximity = TextQuery.Proximity()
                found.append(try store.search(query, limit: 20))
            }
            return .success(found)
        } catch let error as TextIndexError {
            return .failure(error)
        }
    }

    /// Changes one bit of a file while `body` runs.
    private func withFlippedBit<R>(_ file: URL, _ offset: Int, _ bit: Int, _ body: () throws -> R) throws -> R
    {
        let handle = try FileHandle(forUpdating: file)
        defer { try? handle.close() }
        func flip() throws {
            try handle.seek(toOffset: UInt64(offset))
            let byte = try #require(try handle.read(upToCount: 1)?.first)
            try handle.seek(toOffset: UInt64(offset))
            try handle.write(contentsOf: [byte ^ 1 << UInt8(bit)])
        }
        try flip()
        defer { try? flip() }
        return try body()
    }

    private func size(_ file: URL) throws -> Int { try Data(contentsOf: file).count }

    @Test func `tells a flipped bit anywhere in a segment, and never answers wrongly`() throws {
        try withTemporaryDirectory { directory in
            try build(directory)
            let right = try use(directory).get()
            var numbers = SeededNumbers(seed: 32)
            for file in try directory.segments {
                let length = try size(file)
                // Every byte of the header, and places all over the rest.
                let places =
                    Array(0..<512).filter { $0 % 3 == 0 }
                    + (0..<80).map { _ in Int.random(in: 512..<length, using: &numbers) }
                for place in places {
                    let bit = Int.random(in: 0..<8, using: &numbers)
                    try withFlippedBit(file, place, bit) {
                        switch try use(directory) {
                        case .success(let found):
                            // A chunk that nothing needed; a whole look finds it.
                            #expect(found == right, "bit \(bit) of byte \(place)")
                            let store = try smallStore(directory, memoryByteLimit: 1 << 30)
                            #expect(throws: TextIndexError.self, "bit \(bit) of byte \(place)") {
                                try store.verify()
                            }
                        case .failure(let error):
                            #expect(error.isCuredByRebuilding, "bit \(bit) of byte \(place): \(error)")
                            #expect("\(error)".contains(file.lastPathComponent))
                        }
                    }
                }
            }
            #expect(try use(directory).get() == right)
        }
    }

    @Test(arguments: ["index.manifest", "index.log"])
    func `tells a flipped bit of its other files`(name: String) throws {
        try withTemporaryDirectory { directory in
            try build(directory)
            let file = directory.appendingPathComponent(name)
            var numbers = SeededNumbers(seed: 33)
            let length = try size(file)
            let places =
                Array(0..<min(length, 128))
                + (0..<40).map { _ in
                    Int.random(in: 0..<length, using: &numbers)
                }
            for place in places {
                try withFlippedBit(file, place, Int.random(in: 0..<8, using: &numbers)) {
                    guard case .failure(let error) = try use(directory) else {
                        Issue.record("byte \(place) of \(name) was not missed")
                        return
                    }
                    #expect(error.isCuredByRebuilding, "byte \(place) of \(name): \(error)")
                }
            }
        }
    }

    @Test func `of any length is refused, and stays within its bounds`() throws {
        try withTemporaryDirectory { directory in
            try build(directory)
            let file = try #require(try directory.segments.first)
            let whole = try Data(contentsOf: file)
            for length in stride(from: 0, to: whole.count, by: max(whole.count / 40, 1)) {
                try whole.prefix(length).write(to: file)
                guard case .failure(let error) = try use(directory) else {
                    Issue.record("\(length) bytes were taken for a segment")
                    return
                }
                #expect(error.isCuredByRebuilding)
            }
        }
    }

    /// Whoever makes checksums anew can make any file. What such a file answers does not matter, but reading
    /// it must stay within its bounds.
    @Test func `whose checksums were made anew is read within its bounds`() throws {
        var corpus = TextCorpus(seed: 34)
        let images = SegmentBuilder.images(of: corpus.documents(0..<500), scoring: .passages)
        let image = try #require(images.first)
        let bytes = UnsafeMutableRawBufferPointer(
            start: image.memory.base, count: image.header.fileByteCount)
        var damaged = 0
        for section in [SegmentSection.terms, .skips, .postings, .positions, .blocks] {
            for _ in 0..<150 {
                let place = Int.random(in: image.header[section], using: &corpus.numbers)
                let old = bytes[place]
                bytes[place] = UInt8.random(in: 0...255, using: &corpus.numbers)
                let snapshot = IndexSnapshot(
                    format: .passages, scoring: .passages, views: [SegmentView(Segment(image))],
                    totals: image.header.fields.map(\.total))
                for _ in 0..<6 {
                    var query = corpus.query()
                    query.proximity = TextQuery.Proximity()
                    do {
                        _ = try snapshot.search(query, limit: 10, filter: nil)
                        _ = try snapshot.facets(query, field: "space", filter: nil)
                    } catch {
                        damaged += 1
                    }
                }
                bytes[place] = old
            }
        }
        #expect(damaged > 0)
    }
}
