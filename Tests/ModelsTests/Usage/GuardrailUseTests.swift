import Concurrency
import JSONValue
import TestSupport
import Testing
import Transport

@testable import Models

@Suite(.timeLimit(.minutes(2))) struct `What a guardrail looked at` {
    private static let identifier = "gr123"
    private static let model = "anthropic.claude-3-haiku-20240307-v1:0"
    /// Kinds that the double counts for each text of up to 1,000 characters.
    private static let kinds: Set<GuardrailUnit> = [
        .topic, .content, .word, .sensitiveInformation, .pattern, .grounding,
    ]
    private let uses = NotedUses()

    @Test(arguments: ["A quiet text.", "It is forbidden.", "Write to kim@example.org."])
    func `is counted by policy, whatever it makes of a text`(text: String) async throws {
        let server = try AWSDouble()
        let guardrail = BedrockGuardrail(
            try server.bedrock(), .init(identifier: Self.identifier, version: "DRAFT"), meter: uses)
        _ = try await guardrail.judge(text, at: .answer)
        let use = try #require(uses.all.first)
        #expect(uses.all.count == 1)
        #expect(use.model == Self.identifier && use.purpose == .guardrail && use.requests == 1)
        #expect(Set(use.guardrail.keys) == Self.kinds && use.guardrail.values.allSatisfy { $0 == 1 })
        #expect(use.units == Self.kinds.count && use.tokens == 0)
        try await server.fail("denied")
        await #expect(throws: BedrockError.self) { _ = try await guardrail.judge(text, at: .answer) }
        #expect(uses.all.count == 1, "nothing is counted of a call that failed")
    }

    /// A question that is blocked has no answer that is looked at.
    @Test(arguments: [("It takes ten minutes. Rest.", 2), ("This is forbidden. Rest.", 1)])
    func `beside a model stands in its trace, of question and answer`(
        passage: String, looks: Int
    ) async throws {
        let server = try AWSDouble()
        var configuration = ConverseGenerator.Configuration(modelID: Self.model)
        configuration.guardrail = .init(identifier: Self.identifier, version: "1")
        let generator = ConverseGenerator(try server.bedrock(), configuration, meter: uses)
        let request = GroundedPrompt(
            instructions: "Answer from the passages.", question: "How long?",
            passages: [.init(marker: 1, title: "Runbook", headingPath: [], text: passage)]
        ).request
        for try await _ in generator.generate(request) {}
        let use = try #require(uses.all.first)
        #expect(uses.all.count == 1 && use.purpose == .guardrail && use.model == Self.identifier)
        #expect(Set(use.guardrail.keys) == Self.kinds)
        #expect(use.guardrail.values.allSatisfy { $0 == looks }, "\(use.guardrail)")
    }

    @Test func `without a guardrail is nothing`() async throws {
        let server = try AWSDouble()
        let generator = ConverseGenerator(try server.bedrock(), .init(modelID: Self.model), meter: uses)
        for try await _ in generator.generate(GenerationRequest(messages: [Message(.user, [.text("Hi.")])])) {
        }
        #expect(uses.all.isEmpty)
    }

    @Test(
        arguments: [
            ("{}", nil), (#"{"inputAssessment":{"g":{}}}"#, nil),
            (#"{"inputAssessment":{"g":{"invocationMetrics":{"usage":{}}}}}"#, [:]),
            (#"{"inputAssessment":{"g":{"invocationMetrics":{"usage":{"topicPolicyUnits":-4}}}}}"#, [:]),
            (#"{"inputAssessment":[],"outputAssessments":"x"}"#, nil),
            (
                #"{"outputAssessments":{"g":[{"invocationMetrics":{"usage":{"contentPolicyImageUnits":2}}},{"invocationMetrics":{"usage":{"contentPolicyImageUnits":1,"automatedReasoningPolicyUnits":5}}}]}}"#,
                [GuardrailUnit.image: 3, .reasoning: 5]
            ),
        ] as [(String, [GuardrailUnit: Int]?)])
    func `is read of any trace`(trace: String, counts: [GuardrailUnit: Int]?) throws {
        #expect(GuardrailUnit.counts(inTrace: try JSONValue(parsing: trace)) == counts)
    }

    @Test func `costs what its policies cost`() throws {
        let use = ModelUse.guardrail("g", [.topic: 1_000, .content: 2_000, .word: 3_000])
        let prices = UsePrices(guardrail: [.topic: 0.15, .content: 0.15, .grounding: 0.1])
        let dollars = try #require(prices.cost(of: use))
        #expect(abs(dollars - 0.45) < 1e-9)
        #expect(UsePrices().cost(of: use) == nil)
        #expect(use.units == 6_000)
        #expect(ModelUse.guardrail("g", [.topic: .max, .word: .max]).believed.guardrail[.topic] == 1 << 32)
    }
}
