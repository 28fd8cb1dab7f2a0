import Testing
import VectorIndex

@testable import TextIndex

@Suite struct `A text store` {
    private func store(_ documents: [TextDocument] = []) throws -> LocalTextStore {
        let format = try TextFormat(fields: ["body"])
        let store = try LocalTextStore(directory: nil, format: format, scoring: .uniform(format))
        try store.upsert(documents)
        return store
    }

    private func document(_ id: UInt64, _ words: [String], length: Int? = nil) -> TextDocument {
        let occurrences = words.enumerated().map { TermOccurrence($1, at: UInt32($0)) }
        return TextDocument(id: id, fields: [TextField(occurrences, length: length)])
    }

    @Test func `finds nothing for an empty query, or when it is empty`() throws {
        let filled = try store([document(1, ["a"])])
        #expect(try filled.search(TextQuery(groups: []), limit: 10).isEmpty)
        #expect(try filled.search(TextQuery(groups: [TextQuery.Group([])]), limit: 10).isEmpty)
        #expect(
            try filled.search(TextQuery(groups: [], phrases: [TextQuery.Phrase([String]())]), limit: 1)
                .isEmpty)
        #expect(try filled.matchCount(TextQuery(groups: [])) == 0)
        #expect(try filled.facets(TextQuery(groups: []), field: "space").isEmpty)
        #expect(try store().search(TextQuery(terms: ["a"]), limit: 10).isEmpty)
        #expect(try filled.search(TextQuery(terms: ["a"]), limit: 10, filter: IDBitmap([])).isEmpty)
    }

    @Test func `finds a term of every document and one of a single one`() throws {
        let all = (0..<UInt64(10_000)).map { document($0, ["all", "d\($0)"]) }
        let store = try store(all)
        #expect(try store.documentFrequency(of: "all") == 10_000)
        #expect(try store.search(TextQuery(terms: ["all"]), limit: 3).map(\.id) == [0, 1, 2])
        #expect(try store.search(TextQuery(terms: ["all", "d77"]), limit: 2).map(\.id) == [77, 0])
        #expect(try store.search(TextQuery(terms: ["d9999"]), limit: 5).map(\.id) == [9999])
        #expect(try store.matchCount(TextQuery(terms: ["all"])) == 10_000)
    }

    @Test func `takes 4,096 bytes of one character for a term, and refuses what is too long`() throws {
        let long = String(repeating: "x", count: 4096)
        let store = try store([document(1, [long, "a"]), document(2, [String(long.dropLast())])])
        #expect(try store.search(TextQuery(terms: [long]), limit: 10).map(\.id) == [1])
        let tooLong = String(repeating: "x", count: 65_001)
        let limit = TextDocument.termByteLimit
        #expect(throws: TextIndexError.invalidTerm(id: nil, byteCount: 65_001, limit: limit)) {
            try store.search(TextQuery(terms: [tooLong]), limit: 10)
        }
        #expect(throws: TextIndexError.invalidTerm(id: 3, byteCount: 65_001, limit: limit)) {
            try store.upsert([document(3, [tooLong])])
        }
        #expect(throws: TextIndexError.invalidTerm(id: 3, byteCount: 0, limit: limit)) {
            try store.upsert([document(3, [""])])
        }
        #expect(store.ids().sorted() == [1, 2])
    }

    @Test func `answers thousands of terms, and refuses more by number`() throws {
        let store = try store((0..<200).map { document($0, ["d\($0)", "all"]) })
        let many = (0..<TextQuery.termLimit).map { "d\($0)" }
        #expect(try store.search(TextQuery(terms: many), limit: 1000).count == 200)
        #expect(
            throws: TextIndexError.tooManyTerms(
                count: TextQuery.termLimit + 1, limit: TextQuery.termLimit)
        ) { try store.search(TextQuery(terms: many + ["one more"]), limit: 10) }
    }

    @Test func `tells terms apart byte by byte`() throws {
        // The same word for Unicode, composed and not.
        let store = try store([document(1, ["caf\u{e9}"]), document(2, ["cafe\u{301}"])])
        #expect(try store.search(TextQuery(terms: ["caf\u{e9}"]), limit: 10).map(\.id) == [1])
        #expect(try store.search(TextQuery(terms: ["cafe\u{301}"]), limit: 10).map(\.id) == [2])
    }

    @Test func `refuses documents and limits by name, and changes nothing`() throws {
        let store = try store()
        #expect(throws: TextIndexError.duplicateID(4)) {
            try store.upsert([document(4, ["a"]), document(4, ["b"])])
        }
        #expect(throws: TextIndexError.fieldCountMismatch(id: 4, expected: 1, actual: 2)) {
            try store.upsert([TextDocument(id: 4, fields: [TextField(), TextField()])])
        }
        for length in [-1, 65_536] {
            #expect(throws: TextIndexError.self) { try store.upsert([document(4, ["a"], length: length)]) }
        }
        let often = (0..<UInt32(65_536)).map { TermOccurrence("a", at: $0) }
        #expect(throws: TextIndexError.self) {
            try store.upsert([TextDocument(id: 4, fields: [TextField(often, length: 9)])])
        }
        let facet = TextFacet(field: String(repeating: "f", count: 128), value: "")
        #expect(throws: TextIndexError.invalidFacet(id: 4, byteCount: 128, limit: 127)) {
            try store.upsert([TextDocument(id: 4, fields: [TextField()], facets: [facet])])
        }
        for limit in [0, -1, 100_001] {
            #expect(throws: TextIndexError.self) { try store.search(TextQuery(terms: ["a"]), limit: limit) }
        }
        var query = TextQuery(terms: ["a"])
        query.groups[0].variants[0].weight = .nan
        #expect(throws: TextIndexError.self) { try store.search(query, limit: 1) }
        #expect(throws: TextIndexError.noDirectory) { try store.save(generation: 1) }
        #expect(store.count == 0)
    }

    @Test func `prefers words that stand together if asked to`() throws {
        let filler = (0..<20).map { "f\($0)" }
        let store = try store([
            document(1, ["blue"] + filler + ["moon"]), document(2, filler + ["blue", "moon"]),
            document(3, ["blue"] + filler + ["x"]),
        ])
        var query = TextQuery(terms: ["blue", "moon"])
        #expect(try store.search(query, limit: 3).map(\.id) == [1, 2, 3])
        query.proximity = TextQuery.Proximity()
        let found = try store.search(query, limit: 3)
        #expect(found.map(\.id) == [2, 1, 3])
        let explanation = try #require(try store.explain(query, id: 2))
        #expect(abs(explanation.groups.reduce(0, +) + explanation.proximity - found[0].score) < 1e-9)
    }

    @Test func `finds phrases as they stand, and with slop`() throws {
        let store = try store([
            document(1, ["new", "york", "city"]), document(2, ["york", "new"]),
            document(3, ["new", "old", "york"]),
            document(4, ["new"]),
        ])
        func found(_ terms: [String], slop: Int) throws -> [UInt64] {
            let query = TextQuery(groups: [], phrases: [TextQuery.Phrase(terms, slop: slop)])
            return try store.search(query, limit: 10).map(\.id)
        }
        #expect(try found(["new", "york"], slop: 0) == [1])
        #expect(try found(["new", "york"], slop: 1) == [1, 3])
        #expect(try found(["new", "york"], slop: 2) == [1, 2, 3])
        #expect(try found(["new", "york", "city"], slop: 0) == [1])
        #expect(try found(["new"], slop: 0) == [1, 2, 3, 4])
        #expect(try found(["new", "nowhere"], slop: 9) == [])
    }
}
