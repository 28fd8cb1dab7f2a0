import Backends
import Concurrency
import Corpus
import EngineSupport
import Foundation
import Models
import TestSupport
import Testing

@testable import QA

@Suite(.timeLimit(.minutes(2))) struct `Processes that share what they worked out` {
    private let retention = "How long are access logs kept?"
    private let bonus = "What is the secret bonus of the leads?"

    private func asked(_ text: String) throws -> Question { try Question(text, topK: 1) }

    private func pages(_ node: SharedNodes.Node, _ text: String, _ scope: ReadScope) async throws -> [String]
    {
        try await node.qa.search(try SearchRequest(text), scope: scope).hits.map(\.passage.chunk.documentID)
    }

    @Test func `find what another has ranked`() async throws {
        let nodes = try await SharedNodes(RedisServer.shared())
        let (one, other) = (try await nodes.node(), try await nodes.node(isEmpty: true))
        let found = try await pages(one, retention, nodes.corpus.scope())
        try await until { one.results.counts.kept == 1 }
        #expect(found.first == "1")
        // It has no passages in its own indexes.
        #expect(try await pages(other, retention, nodes.corpus.scope()) == found)
        #expect(other.results.counts.found == 1)
        // The second time it asks nobody.
        #expect(try await pages(other, retention, nodes.corpus.scope()) == found)
        #expect(other.results.counts.found == 1)
    }

    @Test func `give the answer that another has given, to the letter and for nothing`() async throws {
        let nodes = try await SharedNodes(RedisServer.shared())
        let (one, other) = (try await nodes.node(), try await nodes.node(isEmpty: true))
        let first = try await one.qa.run(asked(retention), scope: nodes.corpus.scope())
        try await until { one.results.counts.kept == 1 }
        let second = try await other.qa.run(asked(retention), scope: nodes.corpus.scope())
        #expect(second.answer.text == first.answer.text)
        #expect(second.answer.citations == first.answer.citations)
        #expect(second.answer.passages == first.answer.passages)
        #expect(second.answer.markers == first.answer.markers)
        #expect(second.answer.sentences == first.answer.sentences)
        #expect(second.answer.usage?.outputTokens == 0)
        #expect(other.generator.calls == 0)
        // From then on it is the other's own.
        #expect(try await other.qa.run(asked(retention), scope: nodes.corpus.scope()).isKept)
        #expect(other.results.counts.found == 1)
    }

    @Test func `tell a stream what the other's stream told`() async throws {
        let nodes = try await SharedNodes(RedisServer.shared())
        let (one, other) = (try await nodes.node(), try await nodes.node(isEmpty: true))
        func shown(_ node: SharedNodes.Node) async throws -> [String] {
            var shown: [String] = []
            for try await event in try node.qa.events(asked(retention), scope: nodes.corpus.scope()) {
                if let text = event.shown { shown.append(text) }
            }
            return shown
        }
        let told = try await shown(one)
        try await until { one.results.counts.kept == 1 }
        #expect(try await shown(other) == told)
        #expect(told.contains { $0.hasPrefix("token") } && other.generator.calls == 0)
    }

    @Test(arguments: StorageEngine.allCases)
    func `never serve what a right that was taken had shown`(engine: StorageEngine) async throws {
        let nodes = try await SharedNodes(RedisServer.shared(), engine)
        let corpus = nodes.corpus
        let (one, other) = (try await nodes.node(), try await nodes.node())
        let lead = TestCorpus.lead
        let shown = try await one.qa.run(asked(bonus), scope: corpus.scope(lead))
        #expect(shown.citedPages == ["3"])
        #expect(try await pages(one, bonus, corpus.scope(lead)).contains("3"))
        try await until { one.results.counts.kept == 2 }
        // Somebody of other rights asks the same elsewhere.
        let hidden = try await other.qa.run(asked(bonus), scope: corpus.scope())
        #expect(!hidden.answer.passages.contains { $0.chunk.documentID == "3" })
        #expect(try await !pages(other, bonus, corpus.scope()).contains("3"))
        // The right goes; first nobody's indexes are known to be level with that, then they are.
        try await corpus.corpus.setReaders(.nobody, ofDocument: "3")
        for isLevel in [false, true] {
            if isLevel { for node in [one, other] { try await node.level(with: corpus) } }
            for node in [one, other] {
                let answer = try await node.qa.run(asked(bonus), scope: corpus.scope(lead)).answer
                #expect(!answer.passages.contains { $0.chunk.documentID == "3" })
                #expect(!answer.text.contains("secret and large"))
                #expect(try await !pages(node, bonus, corpus.scope(lead)).contains("3"))
            }
        }
    }

    @Test(arguments: StorageEngine.allCases)
    func `share nothing while their indexes are not level, nor by other settings or another key`(
        engine: StorageEngine
    ) async throws {
        let nodes = try await SharedNodes(RedisServer.shared(), engine)
        let one = try await nodes.node()
        _ = try await one.qa.run(asked(retention), scope: nodes.corpus.scope())
        try await until { one.results.counts.kept == 1 }
        let otherScope = try await nodes.node(scope: "two")
        let otherSecret = try await nodes.node(secret: "a secret of somebody else's")
        for node in [otherScope, otherSecret] {
            _ = try await node.qa.run(asked(retention), scope: nodes.corpus.scope())
            #expect(node.generator.calls == 1 && node.results.counts.found == 0)
        }
        let late = try await nodes.node()
        try await nodes.corpus.put("5", "Tea", "Tea is at four.")
        _ = try await late.qa.run(asked(retention), scope: nodes.corpus.scope())
        #expect(late.generator.calls == 1)
        #expect(late.results.counts == RedisResults.Counts())
    }

    @Test func `answer once for all who ask at once`() async throws {
        let nodes = try await SharedNodes(RedisServer.shared())
        let gate = Promise<Void>()
        let one = try await nodes.node(CountingGenerator(gate: gate))
        let others = [try await nodes.node(), try await nodes.node()]
        let question = try asked(retention)
        async let first = one.qa.run(question, scope: nodes.corpus.scope())
        try await until { one.generator.calls == 1 }
        try await withThrowingTaskGroup(of: FlowResult.self) { group in
            for node in others {
                group.addTask { try await node.qa.run(question, scope: nodes.corpus.scope()) }
            }
            try await until { others.allSatisfy { $0.results.counts.underWay > 0 } }
            gate.settle(.success(()))
            for try await result in group {
                #expect(result.answer.text == "Access logs are kept for 30 days. [1]")
            }
        }
        #expect(try await first.answer.text == "Access logs are kept for 30 days. [1]")
        #expect(others.map(\.generator.calls) == [0, 0])
    }

    @Test func `let another one answer when the first fails`() async throws {
        let nodes = try await SharedNodes(RedisServer.shared())
        let one = try await nodes.node(CountingGenerator(failures: 1))
        let other = try await nodes.node()
        await #expect(throws: (any Error).self) {
            try await one.qa.run(asked(retention), scope: nodes.corpus.scope())
        }
        // Its claim lasts for half a minute, and was given up.
        let result = try await other.qa.run(asked(retention), scope: nodes.corpus.scope())
        #expect(result.citedPages == ["1"] && other.generator.calls == 1)
    }

    @Test func `take no answer whose passages say something else by now`() async throws {
        let corpus = try await TestCorpus.cacheable()
        var result = try await corpus.run(asked(retention))
        (result.answer.citations, result.answer.related) = ([], [])
        let told = SharedAnswer(KeptAnswer(result, told: []))
        result.answer.passages[0].chunk.text += " Some say 31."
        let other = SharedAnswer(KeptAnswer(result, told: []))
        for (shared, isTaken) in [(told, true), (other, false)] {
            let answer = try await corpus.corpus.withSnapshot(for: corpus.scope()) {
                try shared.answer(in: $0)
            }
            #expect((answer != nil) == isTaken)
        }
    }

    @Test func `give a claim up when what came of it is too large to be kept`() async throws {
        let nodes = try await SharedNodes(RedisServer.shared())
        let node = try await nodes.node()
        let results = RedisSharedResults(node.results)
        let key = SharedKey(kind: .answer, bytes: Data("large".utf8))
        let outcome = try await results.turn(key, claim: .seconds(600), patience: .zero, renews: false)
        guard case .granted(let turn) = outcome else {
            Issue.record("another has the claim")
            return
        }
        var random = SystemRandomNumberGenerator()
        turn.end(with: Data((0..<(600 << 10)).map { _ in UInt8.random(in: 0...255, using: &random) }))
        while await results.look(key, token: "another", claim: .seconds(1)) == .underWay {}
        #expect(node.results.counts.tooLarge == 1)
    }

    @Test func `go on by themselves when the Redis is gone in the middle`() async throws {
        let server = try RedisServer()
        let nodes = try await SharedNodes(server)
        let gate = Promise<Void>()
        let one = try await nodes.node(CountingGenerator(gate: gate))
        let other = try await nodes.node()
        let question = try asked(retention)
        async let first = one.qa.run(question, scope: nodes.corpus.scope())
        try await until { one.generator.calls == 1 }
        async let second = other.qa.run(question, scope: nodes.corpus.scope())
        try await until { other.results.counts.underWay > 0 }
        server.kill()
        #expect(try await second.citedPages == ["1"])
        gate.settle(.success(()))
        #expect(try await first.citedPages == ["1"])
        #expect(try await pages(other, retention, nodes.corpus.scope()).first == "1")
        #expect(other.generator.calls == 1)
    }

    @Test func `show whoever reads the Redis nothing of questions and answers`() async throws {
        let nodes = try await SharedNodes(RedisServer.shared())
        let one = try await nodes.node()
        _ = try await one.qa.run(asked(retention), scope: nodes.corpus.scope())
        _ = try await pages(one, retention, nodes.corpus.scope())
        try await until { one.results.counts.kept == 2 }
        let seen = nodes.seen()
        #expect(seen.contains(":answer:") && seen.contains(":ranking:"))
        for word in ["logs", "kept", "retention", "30 days", "quoting"] { #expect(!seen.contains(word)) }
    }
}
