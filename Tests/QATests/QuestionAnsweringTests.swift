import Concurrency
import Corpus
import EngineSupport
import Models
import Synchronization
import TestSupport
import Testing

@testable import QA

@Suite(.timeLimit(.minutes(2))) struct `Question answering` {
    private let leads = AccessRule(allOf: [[.group("leads")]])

    private func corpus(_ engine: StorageEngine) async throws -> TestCorpus {
        let corpus = try await TestCorpus(engine)
        try await corpus.put("1", "Log retention", "Access logs are kept for 30 days. Then they go.")
        try await corpus.put("2", "Lunch", "Lunch is at noon in the canteen.")
        try await corpus.put("3", "Bonus", "The bonus of the leads is secret and large.", readers: leads)
        return corpus
    }

    private func question(_ text: String) throws -> Question {
        try Question(text, topK: 1)
    }

    @Test(arguments: StorageEngine.allCases)
    func `an answer cites the passage that it rests on`(engine: StorageEngine) async throws {
        let result = try await corpus(engine).run(question("How long are access logs kept?"))
        #expect(result.answer.text == "Access logs are kept for 30 days. [1]")
        #expect(result.answer.citations.map(\.passage.chunk.documentID) == ["1"])
        #expect(result.answer.sentences.map(\.isSupported) == [true])
        #expect(Set(result.stages.map(\.component)).isSuperset(of: ["embed", "vector", "keyword", "cite"]))
    }

    @Test(arguments: StorageEngine.allCases)
    func `a question that points back is answered with the passage of the answer before at hand`(
        engine: StorageEngine
    ) async throws {
        let corpus = try await TestCorpus(engine)
        for place in ["north", "south", "east", "west", "inner", "outer"] {
            try await corpus.put(
                place, "Basin \(place)", "The \(place) basin is filled and emptied every spring.")
        }
        try await corpus.put("yard", "Yard", "By hand, with a bucket from the cellar, on Mondays.")
        let turn = Question.Turn(
            question: "How is the basin filled?",
            answer: "By hand, with a bucket from the cellar, on Mondays. [1]")
        func cited(_ conversation: [Question.Turn]) async throws -> Set<String> {
            let asked = try Question("And why is that basin filled?", conversation: conversation, topK: 4)
            return Set(try await corpus.run(asked).answer.citations.map(\.passage.chunk.documentID))
        }
        #expect(try await cited([turn]).contains("yard"))
        #expect(try await !cited([]).contains("yard"))
    }

    @Test func `each part of a question that points back is made to stand alone`() throws {
        let turn = Question.Turn(question: "How long is probation in the Netherlands?", answer: "Two months.")
        let thread = FollowUp([turn])
        let question = try Question("Can it be extended, and who decides about it?", conversation: [turn])
        let parts = question.parts.map(thread.standalone)
        #expect(parts.count == 2)
        #expect(parts.allSatisfy { $0.contains("probation") })
        let asked = try question.asked(as: parts)
        #expect(asked.parts == parts)
        #expect(asked.typed == question.parts)
    }

    @Test(arguments: StorageEngine.allCases)
    func `a stream tells stages, passages and words before the answer`(engine: StorageEngine) async throws {
        var kinds: [String] = []
        let corpus = try await corpus(engine)
        let asked = try question("How long are access logs kept?")
        for try await event in try corpus.qa().events(asked, scope: corpus.scope()) {
            switch event {
            case .stageBegan, .stageEnded: continue
            case .passages: kinds.append("passages")
            case .token, .citation: if kinds.last != "token" { kinds.append("token") }
            case .finished: kinds.append("finished")
            }
        }
        #expect(kinds == ["passages", "token", "finished"])
    }

    @Test(arguments: StorageEngine.allCases)
    func `nobody gets an answer, a citation or a related passage from a page that they may not read`(
        engine: StorageEngine
    ) async throws {
        let corpus = try await corpus(engine)
        let qa = try corpus.qa()
        for mode in SearchMode.allCases {
            let request = try SearchRequest(
                "secret bonus of the leads", mode: mode)
            let found = try await qa.search(request, scope: corpus.scope())
            #expect(!found.hits.contains { $0.passage.chunk.documentID == "3" })
        }
        let asked = try question("What is the secret bonus of the leads?")
        let hidden = try await qa.run(asked, scope: corpus.scope())
        #expect(!hidden.answer.citations.contains { $0.passage.chunk.documentID == "3" })
        #expect(!hidden.answer.related.contains { $0.passage.chunk.documentID == "3" })
        let shown = try await qa.run(asked, scope: corpus.scope(Reader([.group("leads")])))
        #expect(shown.answer.citations.map(\.passage.chunk.documentID) == ["3"])
    }

    @Test(arguments: StorageEngine.allCases)
    func `what may be read changes at once when readers change`(engine: StorageEngine) async throws {
        let corpus = try await corpus(engine)
        let qa = try corpus.qa()
        let asked = try question("What is the secret bonus of the leads?")
        let before = try await qa.run(asked, scope: corpus.scope())
        try await corpus.corpus.setReaders(.everybody, ofDocument: "3")
        let after = try await qa.run(asked, scope: corpus.scope())
        #expect(!before.answer.citations.contains { $0.passage.chunk.documentID == "3" })
        #expect(after.answer.citations.map(\.passage.chunk.documentID) == ["3"])
    }

    @Test(arguments: StorageEngine.allCases)
    func `an empty corpus answers that it does not know`(engine: StorageEngine) async throws {
        let result = try await TestCorpus(engine).run(question("How long are access logs kept?"))
        #expect(result.answer.abstained)
        #expect(result.answer.related.isEmpty)
    }

    @Test func `a run that takes too long is ended, and its generator with it`() async throws {
        let corpus = try await corpus(.sqlite)
        let wasCancelled = Mutex(false)
        let qa = try corpus.qa(
            StuckGenerator { wasCancelled.withLock { $0 = true } }, timeout: .milliseconds(50))
        await #expect(throws: QAError.self) {
            try await qa.run(question("How long are access logs kept?"), scope: corpus.scope())
        }
        #expect(wasCancelled.withLock { $0 })
    }

    @Test func `an unknown flow is named with those that exist`() async throws {
        let corpus = try await corpus(.sqlite)
        do {
            _ = try corpus.qa().events(question("How long?"), scope: corpus.scope(), flow: "nothing")
            Issue.record("it ran")
        } catch QAError.unknownFlow(let name, let known) {
            #expect(name == "nothing")
            #expect(known == ["question-answering"])
        }
    }

    @Test(arguments: ["", "   ", "?!…"])
    func `a question without a letter is refused`(text: String) {
        #expect(throws: QAError.self) { try Question(text) }
    }

    @Test func `a question of a megabyte is refused with the limit`() {
        do {
            _ = try Question(String(repeating: "a", count: 1 << 20))
            Issue.record("it was taken")
        } catch QAError.questionTooLong(let bytes, let limit) {
            #expect(bytes == 1 << 20)
            #expect(limit == Question.byteLimit)
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test(arguments: [
        ("and in Halifax?", true), ("Who approves it?", true),
        ("How long are access logs kept at Tidewater?", false),
        ("What about contractors", true), ("Why?", true), ("How do I rotate the gangway certificate?", false),
    ])
    func `a question that points back is joined with the one before`(text: String, pointsBack: Bool) {
        #expect(FollowUp.pointsBack(text) == pointsBack)
    }
}
