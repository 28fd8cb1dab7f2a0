import Foundation
import Testing
import VectorIndex

@testable import TextIndex

/// Documents of one field in which a term stands in every *m*th, so that it is known how many postings a window
/// has; scored anew from these lists alone.
private struct RegularCorpus {
    struct Term {
        var name: String
        var every: Int
        var first: Int
        /// The end of the documents that have it.
        var end: Int

        /// How often it stands in a document.
        func count(_ document: Int) -> Int {
            guard document < end, document >= first, (document - first) % every == 0 else { return 0 }
            return 1 + (document / every) % 7 / 5 + (document / 11) % 5 / 4
        }
    }

    let count: Int
    let terms: [Term]

    func length(_ document: Int) -> Int { 3 + (document &* 2_654_435_761 >> 7) % 90 }

    func documents() -> [TextDocument] {
        (0..<count).map { number in
            var occurrences: [TermOccurrence] = []
            for term in terms {
                for _ in 0..<term.count(number) {
                    occurrences.append(TermOccurrence(term.name, at: UInt32(occurrences.count)))
                }
            }
            return TextDocument(
                id: UInt64(number), fields: [TextField(occurrences, length: length(number))])
        }
    }

    /// Every match among `alive`, best first, ties by id.
    func ranking(
        _ groups: [[String]], alive: (Int) -> Bool
    ) -> (matches: [TextMatch], greatest: Double) {
        let living = (0..<count).filter(alive)
        let mean = Double(living.reduce(0) { $0 + length($1) }) / Double(living.count)
        var sums: [Int: Double] = [:]
        var greatest = 0.0
        for group in groups {
            var best: [Int: Double] = [:]
            var strength = 0.0
            for term in terms where group.contains(term.name) {
                let having = living.filter { term.count($0) > 0 }
                let (all, some) = (Double(living.count), Double(having.count))
                let odds: Double = (all - some + 0.5) / (some + 0.5)
                let idf: Double = log(1 + odds)
                strength = max(strength, idf * 2.2)
                for document in having {
                    let norm: Double = 0.25 + 0.75 * Double(length(document)) / mean
                    let x = Double(term.count(document)) / norm
                    let score: Double = idf * 2.2 * x / (1.2 + x)
                    best[document] = max(best[document] ?? 0, score)
                }
            }
            greatest += strength
            for (document, score) in best { sums[document, default: 0] += score }
        }
        let matches = sums.map { TextMatch(id: UInt64($0.key), score: $0.value) }
        return (
            matches.sorted { $0.score != $1.score ? $0.score > $1.score : $0.id < $1.id }, greatest
        )
    }
}

@Suite struct `The ways of a walk` {
    /// A wide window and a part of a second.
    private static let count = SegmentWalk.wideWidth + 5_000
    /// The most postings of a wide window that are walked one by one.
    private static let most = SegmentWalk.wideWidth / SegmentWalk.sparseness

    private static let corpus = RegularCorpus(
        count: count,
        terms: [
            .init(name: "all", every: 1, first: 0, end: count),
            .init(name: "most", every: 2, first: 1, end: count),
            .init(name: "third", every: 3, first: 0, end: count),
            // As many postings as are walked one by one, in the first wide window; and one more.
            .init(name: "border", every: 5, first: 2, end: 2 + 5 * most),
            .init(name: "over", every: 5, first: 2, end: 2 + 5 * (most + 1)),
            .init(name: "half border", every: 7, first: 3, end: 3 + 7 * (most / 2)),
            .init(name: "other half", every: 6, first: 1, end: 1 + 6 * (most / 2)),
            .init(name: "some", every: 40, first: 4, end: count),
            .init(name: "few", every: 501, first: 5, end: count),
            .init(name: "late", every: 9, first: SegmentWalk.wideWidth - 20, end: count),
            .init(name: "once", every: 1, first: SegmentWalk.wideWidth, end: SegmentWalk.wideWidth + 1),
        ])

    private static let queries: [[[String]]] = [
        [["border"]], [["over"]], [["half border"], ["other half"]],
        [["half border"], ["other half"], ["few"]],
        [["few"], ["once"], ["late"]], [["few"], ["all"]], [["all"], ["most"], ["third"]],
        [["some"], ["few"], ["all"], ["most"]], [["border"], ["over"], ["third"], ["some"]],
        [["few", "some"], ["late", "once"]], [["few", "all"], ["some", "third"], ["border"]], [["once"]],
        [["late"], ["all", "most"]],
    ]

    @Test(arguments: [false, true])
    func `all find what a list of all scores begins with`(deletes: Bool) throws {
        let format = try TextFormat(fields: ["body"])
        let store = try LocalTextStore(directory: nil, format: format, scoring: .uniform(format))
        let corpus = Self.corpus
        // Two rows of documents, which become one segment.
        let documents = corpus.documents()
        try store.upsert(documents)
        let isDeleted = { (document: Int) in deletes && document % 10 == 7 }
        if deletes { try store.remove((0..<Self.count).filter(isDeleted).map { UInt64($0) }) }
        let filters: [(name: String, admits: (Int) -> Bool)] = [
            ("none", { _ in true }), ("1 %", { $0 % 100 == 41 }), ("a third", { $0 % 3 == 0 }),
            ("three", { $0 == 5 || $0 == SegmentWalk.wideWidth || $0 == 70_000 }),
        ]
        for query in Self.queries {
            let asked = TextQuery(
                groups: query.map { group in TextQuery.Group(group.map { TextQuery.Variant($0) }) })
            let (all, greatest) = corpus.ranking(query, alive: { !isDeleted($0) })
            for filter in filters {
                let ranking = filter.name == "none" ? all : all.filter { filter.admits(Int($0.id)) }
                let bitmap =
                    filter.name == "none"
                    ? nil : IDBitmap((0..<Self.count).filter(filter.admits).map { UInt64($0) })
                for limit in [10, 1000] {
                    let found = try store.search(asked, limit: limit, filter: bitmap)
                    let wrong = difference(found, from: ranking, limit: limit, greatest: greatest)
                    try #require(wrong == nil, "\(limit) of \(query), filter \(filter.name)")
                }
            }
        }
    }

    @Test func `give the memory back as they got it`() throws {
        var corpus = TextCorpus(seed: 51, vocabulary: 60)
        let store = try smallStore(nil)
        try store.upsert(corpus.documents(0..<3000))
        let queries = (0..<40).map { _ in corpus.query() }
        let filter = IDBitmap((0..<3000).filter { $0 % 40 == 0 })
        let first = try queries.map { try store.search($0, limit: 20, filter: filter) }
        // Searches of other kinds in between, in the same memory.
        for query in queries { _ = try store.search(query, limit: 1) }
        #expect(try queries.map { try store.search($0, limit: 20, filter: filter) } == first)
    }
}

@Suite struct `A dictionary` {
    @Test func `finds every term it has, and none beside them`() throws {
        var numbers = SeededNumbers(seed: 52)
        func word() -> String {
            String(
                (0..<Int.random(in: 1...14, using: &numbers)).map { _ in
                    ["a", "b", "é"].randomElement(using: &numbers) ?? "a"
                }.joined())
        }
        var counts: [String: Int] = [:]
        let documents = (0..<400).map { number in
            let words = Set((0..<12).map { _ in word() })
            for word in words { counts[word, default: 0] += 1 }
            return TextDocument(
                id: UInt64(number), fields: [TextField(words.map { TermOccurrence($0, at: 0) })])
        }
        let format = try TextFormat(fields: ["body"])
        try withTemporaryDirectory { directory in
            let store = try LocalTextStore(directory: directory, format: format, scoring: .uniform(format))
            try store.upsert(documents)
            for _ in 0..<2 {
                for (term, count) in counts {
                    #expect(try store.documentFrequency(of: term) == count)
                    for near in [term + "a", String(term.dropLast()) + "b", "a" + term] where !near.isEmpty {
                        #expect(try store.documentFrequency(of: near) == counts[near, default: 0])
                    }
                }
                for beyond in ["0", "zz", "\u{10FFFF}"] {
                    #expect(try store.documentFrequency(of: beyond) == 0)
                }
                try store.compact()
            }
        }
    }
}

@Suite struct `Compacting` {
    @Test func `what is compact already writes no segment and changes no answer`() throws {
        try withTemporaryDirectory { directory in
            var corpus = TextCorpus(seed: 53)
            let store = try smallStore(directory)
            for first in stride(from: UInt64(0), to: 400, by: 40) {
                try store.upsert(corpus.documents(first..<first + 40))
            }
            try store.remove([3, 4, 5])
            try store.compact()
            let (right, segments) = (try answers(of: store), try directory.segments)
            try store.compact()
            #expect(try directory.segments == segments)
            #expect(try answers(of: store) == right)
            #expect(store.statistics().diskSegmentCount == 1)
            try store.remove([9])
            try store.compact()
            #expect(try directory.segments != segments)
            #expect(store.statistics().deadCount == 0)
        }
    }
}
