import Corpus
import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import FlowService
@testable import Server

/// Makes values for a schema: sound ones, and ones with a fault somewhere.
private struct InstanceMaker {
    let components: [String: JSONValue]
    var random: SeededGenerator
    /// How likely a place is to hold something else than what the schema says.
    let faultRate: Double

    /// Of every kind, and at the edges of what schemas here allow.
    private static let oddities: [JSONValue] = [
        .null, .flag(true), .number(0), .number(1.5), .number(51), .number(101), .number(10_001), .number(-1),
        .text(""), .text("deploys"), .text("yesterday"), .text(String(repeating: "a", count: 4_097)),
        .list([]), .list([.number(1)]), .list(Array(repeating: .text("a"), count: 101)), .object([:]),
        .object(["unknown": .number(1)]),
    ]

    mutating func value(of schema: JSONValue) -> JSONValue {
        if Double.random(in: 0..<1, using: &random) < faultRate {
            return Self.oddities.randomElement(using: &random) ?? .null
        }
        if let name = schema["$ref"]?.text?.split(separator: "/").last {
            return value(of: components[String(name)] ?? .null)
        }
        if case .list(let types)? = schema["type"], case .object(var keywords) = schema {
            keywords["type"] = types.randomElement(using: &random) ?? .null
            keywords["enum"] = nil
            return schema["enum"] == nil
                ? value(of: .object(keywords)) : schema["enum"]?.list.randomElement(using: &random) ?? .null
        }
        if let choices = schema["anyOf"]?.list, schema["type"] == nil {
            return value(of: choices.randomElement(using: &random) ?? .null)
        }
        if case .list(let values)? = schema["enum"] { return values.randomElement(using: &random) ?? .null }
        switch schema["type"]?.text {
        case "string": return text(of: schema)
        case "integer":
            let least = Int(schema["minimum"]?.number ?? 0)
            let most = Int(schema["maximum"]?.number ?? 100)
            return .number(Double([least, most, Int.random(in: least...most, using: &random)][third()]))
        case "boolean": return .flag(Bool.random(using: &random))
        case "array":
            return .list((0..<third()).map { _ in value(of: schema["items"] ?? .null) })
        case "object": return object(of: schema)
        default: return .null
        }
    }

    private mutating func text(of schema: JSONValue) -> JSONValue {
        guard schema["anyOf"] != nil else {
            return .text(["deploys", "é 1", String(repeating: "a", count: 4_096)][third()])
        }
        return .text(["2026-01-31", "2026-01-31T08:00:00Z", "2026-01-31T08:00:00.5Z"][third()])
    }

    private mutating func object(of schema: JSONValue) -> JSONValue {
        var members: [String: JSONValue] = [:]
        let required = Set((schema["required"]?.list ?? []).compactMap(\.text))
        for name in (schema["properties"]?.keys ?? []).sorted() {
            let isWanted =
                required.contains(name)
                ? Double.random(in: 0..<1, using: &random) >= faultRate : Bool.random(using: &random)
            if isWanted { members[name] = value(of: schema["properties"]?[name] ?? .null) }
        }
        if Double.random(in: 0..<1, using: &random) < faultRate { members["qestion"] = .text("a") }
        return .object(members)
    }

    private mutating func third() -> Int { Int.random(in: 0..<3, using: &random) }
}

extension JSONValue {
    /// The value as JSON text.
    fileprivate var written: Any {
        switch self {
        case .null: NSNull()
        case .flag(let flag): flag
        case .number(let number): Int(exactly: number).map { $0 as Any } ?? number
        case .text(let text): text
        case .list(let list): list.map(\.written)
        case .object(let object): object.mapValues(\.written)
        }
    }
}

@Suite(.timeLimit(.minutes(2))) struct `The schemas of requests` {
    private func request(_ value: JSONValue) throws -> APIRequest {
        let data = try JSONSerialization.data(withJSONObject: value.written, options: [.fragmentsAllowed])
        return APIRequest(
            method: .post, path: "/", headers: [.contentType: "application/json"], body: data, id: "t")
    }

    /// Compares schema and decoder, and the checks behind it, of a body that is read strictly.
    private func compare<Body: RequestDocument>(
        _ type: Body.Type, seed: UInt64, _ check: (Body) throws -> Void
    ) throws {
        try compare(Body.schema, seed: seed) { try check(JSONBody.decode(type, from: $0)) }
    }

    /// Compares schema and reader on random values, from sound ones to ones full of faults: uniform over the
    /// choices of the schema, so that every field and every kind of fault comes up many times.
    ///
    /// - Parameter read: throws for a body that it does not take.
    private func compare(
        _ bodySchema: JSONSchema, seed: UInt64, _ read: (APIRequest) throws -> Void
    ) throws {
        let validator = try SchemaValidator(bodySchema)
        let schema = try bodySchema.value
        var counts = (valid: 0, invalid: 0)
        for round in 0..<600 {
            var maker = InstanceMaker(
                components: validator.components, random: SeededGenerator(seed: seed &+ UInt64(round)),
                faultRate: round.isMultiple(of: 3) ? 0 : 0.1)
            let value = maker.value(of: schema)
            let faults = validator.faults(in: value, against: schema)
            if faults.isEmpty { counts.valid += 1 } else { counts.invalid += 1 }
            let request = try request(value)
            #expect(
                ((try? read(request)) != nil) == faults.isEmpty,
                "seed \(seed), round \(round): \(faults) in \(String(describing: value).prefix(600))")
        }
        #expect(counts.valid >= 150 && counts.invalid >= 50, "\(counts)")
    }

    @Test func `agree with the decoder of questions`() throws {
        try compare(AskBody.self, seed: 1) { _ = try $0.question.checked() }
    }

    @Test func `agree with the decoder of searches`() throws {
        try compare(SearchBody.self, seed: 2) { _ = try $0.request() }
    }

    @Test func `agree with the decoder of runs of flows`() throws {
        try compare(FlowRunBody.self, seed: 3) { _ = try $0.input.checked() }
    }

    @Test func `agree with the decoder of runs`() throws {
        try compare(RunBody.self, seed: 4) { try $0.request.check() }
    }

    @Test func `agree with the decoder of versions and titles`() throws {
        try compare(PublishBody.self, seed: 5) { _ in }
        try compare(RestoreBody.self, seed: 6) { _ in }
        try compare(ConversationTitleBody.self, seed: 7) { _ in }
    }

    @Test func `agree with what is read of a run that Langflow's clients ask for`() throws {
        let inputs = Inputs.lenient(LangflowRunRequest.schema, "")
        try compare(LangflowRunRequest.schema, seed: 8) { request in
            _ = try LangflowRunRequest(inputs.read(RoutedRequest(request: request, parameters: [:])))
        }
    }
}
