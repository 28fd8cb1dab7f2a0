import Corpus
import EngineSupport
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Ingest
@testable import Models

/// Finds what looks like an e-mail address, and counts what it was asked.
private final class AddressDetector: PIIDetector {
    private let asked = Mutex(0)
    let isBroken: Bool

    init(isBroken: Bool = false) {
        self.isBroken = isBroken
    }

    struct Down: Error, CustomStringConvertible {
        var description: String { "the detector is down" }
    }

    var count: Int { asked.withLock { $0 } }

    func spans(in texts: [String]) async throws -> [[PIISpan]] {
        if isBroken { throw Down() }
        asked.withLock { $0 += texts.count }
        return texts.map { text in
            text.matches(of: /[\w.]+@[\w.]+\w/).map { match in
                let start = text.utf8.distance(from: text.startIndex, to: match.range.lowerBound)
                let count = text[match.range].utf8.count
                return PIISpan(range: start..<(start + count), type: "EMAIL", score: 0.99)
            }
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Personal data before it is embedded` {
    private let address = "kim.döring@example.org"
    private var page: TestPage {
        TestPage(
            id: "1", title: "Ask \(address)",
            body: """
                <h1>Who is \(address)?</h1><p>Write to \(address) 😀 today.</p>
                <table><tr><th>Name</th><th>\(address)</th></tr><tr><td>Door code</td><td>4711</td></tr></table>
                <h1>Other</h1><p>The canteen opens at noon.</p>
                """)
    }

    private func bench(
        _ engine: StorageEngine, _ action: PrivacyFilter.Action, _ detector: AddressDetector
    ) async throws -> PipelineBench {
        var bench = try await PipelineBench(engine)
        bench.privacy = PrivacyFilter(detector: detector, action: action, name: "addresses")
        return bench
    }

    private func chunks(_ bench: PipelineBench) async throws -> [StoredChunk] {
        let scope = bench.store.scope(for: .anonymous)
        let model = bench.embedder.model.name
        return try await bench.store.withSnapshot(for: scope) { snapshot in
            try snapshot.chunks(snapshot.accessClasses(model: model).map(\.chunk).sorted())
        }
    }

    @Test(arguments: StorageEngine.allCases)
    func `what is masked is in no text, title, heading or vector, and everything keeps its place`(
        engine: StorageEngine
    ) async throws {
        let bench = try await bench(engine, .mask, AddressDetector())
        let report = await bench.run([page])
        #expect(report.pages.added == 1 && report.stopReason == nil)
        let chunks = try await chunks(bench)
        #expect(!chunks.isEmpty)
        for chunk in chunks {
            let shown = ([chunk.title, chunk.text] + chunk.headingPath).joined()
            #expect(!shown.contains("kim.döring") && !shown.contains("example.org"))
        }
        #expect(chunks.contains { $0.text.contains("[EMAIL") && $0.text.contains("😀 today.") })
        let scope = bench.store.scope(for: .anonymous)
        let around = try await bench.store.context(ofChunk: chunks[0].id, scope: scope)
        #expect(around.map { !($0.before + $0.after + $0.section).contains("example.org") } == true)
        // Nothing of it was embedded either: a search for the address finds its words nowhere.
        let texts = try await bench.store.passageTexts(ids: chunks.map(\.id))
        #expect(!texts.contains { "\($0)".contains("example.org") })
    }

    @Test(arguments: StorageEngine.allCases)
    func `passages that hold some can be left out whole`(engine: StorageEngine) async throws {
        let bench = try await bench(engine, .leaveOut, AddressDetector())
        _ = await bench.run([page, TestPage(id: "2", body: "<p>The canteen opens at noon.</p>")])
        let chunks = try await chunks(bench)
        #expect(chunks.allSatisfy { $0.documentID == "2" && $0.ordinal == 0 })
        #expect(chunks.contains { $0.text.contains("canteen") })
        #expect(!chunks.contains { $0.text.contains("Write to") || $0.text.contains("[EMAIL") })
    }

    @Test(arguments: StorageEngine.allCases)
    func `a page that could not be looked at is not let through`(engine: StorageEngine) async throws {
        let bench = try await bench(engine, .mask, AddressDetector(isBroken: true))
        let report = await bench.run([page])
        #expect(report.pages.failed == 1)
        #expect(try await chunks(bench).isEmpty)
    }

    @Test(arguments: StorageEngine.allCases)
    func `another setting has pages read anew, the same one does not`(engine: StorageEngine) async throws {
        var bench = try await bench(engine, .mask, AddressDetector())
        _ = await bench.run([page])
        #expect(await bench.run([page]).pages.unchanged == 1)
        bench.privacy = nil
        #expect(await bench.run([page]).pages.updated == 1)
        #expect(try await chunks(bench).contains { $0.text.contains(address) })
    }

    @Test func `a mask is as long as what it covers, and keeps its lines`() throws {
        let text = "a kim@x.org b\nc+49\n30 d"
        let spans = [
            PIISpan(range: 2..<11, type: "EMAIL", score: 1), PIISpan(range: 15..<21, type: "PHONE", score: 1),
        ]
        let masked = try Masking(text, spans)
        #expect(masked.text == "a [EMAIL**] b\nc***\n** d")
        #expect(masked.text.utf8.count == text.utf8.count)
        #expect(masked.masking("To kim@x.org:") == "To [EMAIL**]:")
        let short = try Masking("x é@y z", [PIISpan(range: 2..<6, type: "EMAIL", score: 1)])
        #expect(short.text == "x **** z")
    }

    @Test func `a mask takes whole characters, and overlapping ones take all of both`() throws {
        // An e with an accent of its own, and a family of four.
        let accent = try Masking("ne\u{301}e", [PIISpan(range: 1..<2, type: "NAME", score: 1)])
        #expect(accent.text == "n***e")
        let family = "👨‍👩‍👧‍👦"
        let emoji = try Masking("a\(family)b", [PIISpan(range: 1..<5, type: "X", score: 1)])
        #expect(emoji.text == "a[X\(String(repeating: "*", count: family.utf8.count - 3))]b")
        let both = try Masking(
            "0123456789",
            [PIISpan(range: 1..<5, type: "A", score: 1), PIISpan(range: 3..<8, type: "B", score: 1)])
        #expect(!both.text.contains { $0.isNumber && !"089".contains($0) })
    }

    @Test func `a place that is not in the text is another text's, and lets nothing through`() {
        #expect(throws: Masking.Outside(range: 2..<9, bytes: 3)) {
            try Masking("abc", [PIISpan(range: 2..<9, type: "NAME", score: 1)])
        }
    }
}
