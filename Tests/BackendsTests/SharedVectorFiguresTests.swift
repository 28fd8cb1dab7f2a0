import Testing

@testable import Backends

@Suite struct `What is known of vectors on a server` {
    private let figures = SharedVectorFigures(
        SharedVectorFigures.Reading(count: 1, revision: 1), freshness: .seconds(3_600))

    private func read(_ revision: UInt64) {
        figures.take(SharedVectorFigures.Reading(count: 1, revision: revision), endsReading: true)
    }

    @Test func `is read anew once another process has told of a change`() {
        #expect(!figures.current().isStale)
        figures.doubt()
        #expect(figures.current().isStale)
        #expect(!figures.current().isStale, "it is being read")
        read(2)
        let (reading, isStale) = figures.current()
        #expect(reading.revision == 2 && !isStale)
    }

    @Test func `is read once more when that is told while it is being read`() {
        figures.doubt()
        #expect(figures.current().isStale)
        figures.doubt()
        read(2)
        #expect(figures.current().isStale)
        read(3)
        #expect(!figures.current().isStale)
    }
}
