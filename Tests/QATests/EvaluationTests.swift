import Corpus
import EngineSupport
import Foundation
import TestSupport
import Testing

@testable import QA

@Suite(.timeLimit(.minutes(2))) struct `An evaluation` {
    private func corpus(_ engine: StorageEngine) async throws -> TestCorpus {
        let corpus = try await TestCorpus(engine)
        try await corpus.put("1", "Log retention", "Access logs are kept for 30 days. Then they go.")
        try await corpus.put("2", "Lunch", "Lunch is at noon in the canteen.")
        try await corpus.put(
            "3", "Bonus", "The bonus of the leads is 900 euros.",
            readers: AccessRule(allOf: [[.group("leads")]]))
        return corpus
    }

    private static func question(
        _ id: String, _ text: String, pages: [String], kind: String = "direct", _ more: String = ""
    ) throws -> EvaluationQuestion {
        let pages = String(decoding: try JSONEncoder().encode(pages), as: UTF8.self)
        let json = """
            {"id": "\(id)", "question": "\(text)", "pages": \(pages), "kind": "\(kind)", "principals": ["anyone"]\(more)}
            """
        return try JSONDecoder().decode(EvaluationQuestion.self, from: Data(json.utf8))
    }

    private func questions() throws -> [EvaluationQuestion] {
        [
            try Self.question(
                "logs", "How long are access logs kept?", pages: ["Log retention"],
                #", "accept": ["30 days"], "answer": "30 days""#),
            try Self.question(
                "wrong", "When is lunch in the canteen?", pages: ["Lunch"], #", "accept": ["one o'clock"]"#),
            try Self.question(
                "follow", "And then?", pages: ["Log retention"], kind: "follow-up",
                #", "history": [{"question": "How long are access logs kept?", "answer": "30 days."}]"#),
            try Self.question(
                "bonus", "What is the bonus of the leads?", pages: ["Bonus"], kind: "restricted",
                #", "forbidden_principals": ["anyone"]"#),
            try Self.question("none", "Who <b>paints</b> boats?", pages: [], kind: "unanswerable"),
        ]
    }

    private func report(
        _ engine: StorageEngine = .sqlite, concurrency: Int = 1
    ) async throws -> EvaluationReport {
        let corpus = try await corpus(engine)
        let evaluation = Evaluation(
            try corpus.qa(), scopes: corpus.corpus, concurrency: concurrency)
        return EvaluationReport(try await evaluation.outcomes(questions()), name: "quoting")
    }

    @Test func `answers are judged by what they say, not only by what they cite`() async throws {
        let outcomes = try await report().outcomes
        #expect(outcomes.map(\.id) == ["logs", "wrong", "follow", "bonus", "none"])
        #expect(outcomes[0].isRight)
        #expect(!outcomes[1].isRight)
        #expect(outcomes[1].citesRightPage)
        #expect(outcomes[1].problems.contains { $0.hasPrefix("answered wrongly") })
    }

    @Test func `a follow-up is asked with what was said before, and its own words rank nothing`() async throws
    {
        let outcome = try await report().outcomes[2]
        #expect(outcome.citesRightPage)
        #expect(outcome.retrieval["ask"]?.recallAt10 == 1)
        #expect(outcome.retrieval["hybrid"] == nil)
    }

    @Test(arguments: StorageEngine.allCases)
    func `nobody is leaked to who may not see the page`(engine: StorageEngine) async throws {
        let report = try await report(engine)
        #expect(report.leaks == 0)
        #expect(report.outcomes[3].expectedPages == ["Bonus"])
        // The same question of somebody who may see it, told as a forbidden one, is a leak in every mode.
        let corpus = try await corpus(engine)
        let told = try Self.question(
            "open", "How long are access logs kept?", pages: ["Log retention"],
            #", "forbidden_principals": ["anyone"]"#)
        let leaks = try await Evaluation(corpus.qa(), scopes: corpus.corpus).outcomes([told])[0].leaks
        #expect(Set(leaks) == Set(["hybrid", "vector", "keyword", "ask"].map { "Log retention (\($0))" }))
    }

    @Test func `outcomes are the same however many are asked at once`() async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let (one, many) = (try await report(), try await report(concurrency: 4))
        #expect(try encoder.encode(fixed(one.outcomes)) == encoder.encode(fixed(many.outcomes)))
        #expect(one.figures == many.figures)
    }

    @Test func `a report that is written is read back as it was`() async throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = .sortedKeys
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let data = try await encoder.encode(report())
        let read = try decoder.decode(EvaluationReport.self, from: data)
        #expect(try encoder.encode(read) == data)
        #expect(read.figures["answers.right"] != nil)
    }

    @Test func `a report against itself differs in nothing`() async throws {
        let report = try await report()
        let same = EvaluationComparison(before: report.outcomes, named: "same", after: report)
        #expect(same.questions == 5)
        #expect(same.differences.allSatisfy { $0.difference.low == 0 && $0.difference.high == 0 })
        #expect(same.won.isEmpty && same.lost.isEmpty)
        var changed = report.outcomes
        changed[1].isRight = true
        changed.removeLast()
        let other = EvaluationComparison(before: changed, named: "other", after: report)
        #expect(other.lost == ["wrong"])
        #expect(other.unpaired == 1)
    }

    @Test
    func `the page of a report has plots and traces, fetches nothing and takes no markup from questions`()
        async throws
    {
        let report = EvaluationReport(try await fixed(report().outcomes), name: "quoting")
        var before = report.outcomes
        before[0].isRight = false
        let page = EvaluationPage(
            report, comparison: EvaluationComparison(before: before, named: "before", after: report),
            otherCurve: RiskCoverage(of: before)
        ).html
        #expect(!page.contains("<b>paints</b>"))
        #expect(!page.contains("<script"))
        #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("url("))
        #expect(
            page.components(separatedBy: "<details>").count == report.outcomes.count { !$0.problems.isEmpty }
                + 1)
        #expect(page.contains("Newly right:</span> logs"))
        #expect(page.contains("aria-label=\"Risk by coverage\""))
        #expect(page.contains("aria-label=\"Calibration\""))
    }

    /// Without what differs from run to run, and with confidences, so that every plot has something to draw.
    private func fixed(_ outcomes: [EvaluationOutcome]) -> [EvaluationOutcome] {
        outcomes.enumerated().map { offset, outcome in
            var outcome = outcome
            outcome.milliseconds = 20 + Double(offset)
            outcome.stages = [
                .init(component: "embed", milliseconds: 7), .init(component: "write", milliseconds: 9),
            ]
            outcome.confidence = outcome.withheld ? nil : 0.9 - 0.2 * Double(offset)
            for position in outcome.passages.indices {
                outcome.passages[position].score = 1 / Double(position + 1)
            }
            return outcome
        }
    }
}
