import Testing

@testable import Backends

@Suite struct `What is known of words on a server` {
    private let figures = PostgresTextFigures(Self.reading(1), freshness: .seconds(3_600))

    private static func reading(_ revision: UInt64) -> PostgresTextFigures.Reading {
        PostgresTextFigures.Reading(count: 1, revision: revision, totals: [1])
    }

    /// What a search read from `mark` on.
    private func searched(_ revision: UInt64, since mark: FigureAge.Mark) {
        let term = Array("word".utf8)
        figures.take(
            PostgresTextFigures.Known(reading: Self.reading(revision), counts: [term: 1]), since: mark)
    }

    private var knows: Bool { figures.known([Array("word".utf8)], []) != nil }

    @Test func `is used again by the next search`() {
        #expect(!knows)
        searched(1, since: figures.mark)
        #expect(knows)
        #expect(!figures.current().isStale)
    }

    @Test func `is read once more when a change was told while a search read it`() {
        let mark = figures.mark
        figures.doubt()
        searched(2, since: mark)
        #expect(!knows, "it may be from before the change")
        #expect(figures.current().reading.revision == 2)
        searched(3, since: figures.mark)
        #expect(knows)
        #expect(figures.current().reading.revision == 3)
    }

    @Test func `is read once more when a change was told while it was read behind a search`() {
        figures.doubt()
        #expect(figures.current().isStale)
        #expect(!figures.current().isStale, "it is being read")
        figures.doubt()
        figures.take(Self.reading(2), endsReading: true)
        #expect(figures.current().isStale)
        figures.take(Self.reading(3), endsReading: true)
        #expect(!figures.current().isStale)
    }

    @Test func `is of the newest revision, whoever read it last`() {
        searched(1, since: figures.mark)
        figures.take(Self.reading(5), endsReading: false)
        #expect(!knows, "terms may stand elsewhere since")
        searched(4, since: figures.mark)
        #expect(figures.current().reading.revision == 5 && !knows)
        searched(5, since: figures.mark)
        #expect(knows)
    }

    @Test func `is not asked for again at once where it could not be read`() {
        searched(1, since: figures.mark)
        figures.doubt()
        #expect(figures.current().isStale)
        figures.take(nil, endsReading: true)
        #expect(!figures.current().isStale)
        #expect(!knows, "terms are no younger for that")
    }
}
