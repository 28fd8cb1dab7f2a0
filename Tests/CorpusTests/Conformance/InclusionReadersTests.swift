import Corpus
import TestSupport
import Testing
import Text

/// Who may read a page whose text holds that of another one.
@Suite(.timeLimit(.minutes(2))) struct `Readers of a page that includes another` {
    private let ops = AccessRule(allOf: [[.group("ops")]])

    /// Puts a page of one chunk; `including` names a page whose content stands in it.
    @discardableResult
    private func put(
        _ id: String, _ text: String, readers: AccessRule = .everybody, including target: String? = nil,
        in store: any CorpusStore
    ) async throws -> [Int64] {
        let chunk = Chunk(
            ordinal: 0, headingPath: [], kind: .prose, text: text, embeddedText: text, tokenCount: 1,
            range: 0..<text.utf8.count)
        let inclusions = target.map {
            [Inclusion(spaceKey: "ENG", title: $0, targetID: $0, targetHash: "h", isAllowed: true)]
        }
        return try await store.replace(
            Document(id: id, kind: .page, spaceKey: "ENG", title: id, text: text, readers: readers),
            contentHash: text, chunkSignature: "s", chunks: [chunk], embeddings: [[1, 0, 0]],
            model: SampleCorpus.model, inclusions: inclusions ?? []
        ).added
    }

    @Test(arguments: CorpusEngine.all)
    func `are none once that one is removed, until the text is made anew`(engine: CorpusEngine) async throws {
        let store = try await SampleCorpus(engine).store
        try await put("plan", "the dam", in: store)
        let ids = try await put("guide", "before the dam", including: "plan", in: store)
        #expect(try await store.chunks(ids, reader: .anonymous).count == 1)
        let generation = try await store.generation
        _ = try await store.removeDocuments(["plan"])
        #expect(try await store.generation > generation)
        #expect(try await store.chunks(ids, reader: .anonymous).isEmpty)
        #expect(try await store.chunks(ids, reader: Reader([.group("ops")])).isEmpty)
        #expect(
            try await store.storedDocument(id: "guide")?.readers == .everybody, "it has its own for later")
        #expect(try await store.documentsWithStaleInclusions() == ["guide"])
        // A source that says who reads the page itself does not open it.
        try await store.setReaders(ops, ofDocument: "guide")
        try await store.setReaders(.everybody, ofDocument: "guide")
        #expect(try await store.chunks(ids, reader: .anonymous).isEmpty)
        let anew = try await put("guide", "before", in: store)
        #expect(try await store.chunks(anew, reader: .anonymous).count == 1)
    }

    @Test(arguments: CorpusEngine.all)
    func `that were narrowed before are not widened by its removal`(engine: CorpusEngine) async throws {
        let store = try await SampleCorpus(engine).store
        try await put("plan", "the dam", in: store)
        let ids = try await put("guide", "before the dam", including: "plan", in: store)
        try await store.setReaders(ops, ofDocument: "plan")
        #expect(try await store.chunks(ids, reader: .anonymous).isEmpty)
        #expect(try await store.chunks(ids, reader: Reader([.group("ops")])).count == 1)
        _ = try await store.removeDocuments(["plan"])
        try await store.setReaders(.everybody, ofDocument: "guide")
        #expect(try await store.chunks(ids, reader: .anonymous).isEmpty)
        #expect(try await store.chunks(ids, reader: Reader([.group("ops")])).isEmpty)
    }

    @Test(arguments: CorpusEngine.all)
    func `are as they were when that one was none of its text, or it goes as well`(engine: CorpusEngine)
        async throws
    {
        let store = try await SampleCorpus(engine).store
        try await put("plan", "the dam", in: store)
        let ids = try await put("self", "myself", including: "self", in: store)
        let around = try await put("guide", "before the dam", including: "plan", in: store)
        #expect(try await store.removeDocuments(["unknown"]).documents == 0)
        #expect(try await store.chunks(around, reader: .anonymous).count == 1)
        #expect(try await store.removeDocuments(["plan", "guide"]).documents == 2)
        #expect(try await store.chunks(ids, reader: .anonymous).count == 1)
    }
}

@Suite(.timeLimit(.minutes(2))) struct `The context of a passage` {
    @Test(arguments: CorpusEngine.all)
    func `is never of a text that its reader was not let in to`(engine: CorpusEngine) async throws {
        let sample = try await SampleCorpus(engine)
        let first = try await sample.put("1", ["open", "dam", "open"]).added
        // Whoever looks up a passage while its page is replaced sees the page before it, or nothing.
        let writer = Task {
            for round in 0..<150 {
                try await sample.put("1", ["secret", "dam", "secret"], readers: .nobody)
                if round < 149 { try await sample.put("1", ["open", "dam", "open"]) }
            }
        }
        var last = first[1]
        for _ in 0..<600 {
            let known = try await sample.store.chunkIDs(
                readableBy: .anonymous, model: SampleCorpus.model)
            if known.count == 3 { last = known[1] }
            if let context = try await sample.store.context(ofChunk: last, reader: .anonymous) {
                #expect(!"\(context.before)\(context.after)\(context.section)".contains("secret"))
            }
        }
        try await writer.value
        #expect(try await sample.store.context(ofChunk: last, reader: .anonymous) == nil)
    }
}
