import Corpus
import Identity
import JSONValue

/// The body of `POST /v1/keys`.
struct KeyBody: RequestDocument {
    var request: KeyRequest

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, principals, scopes, expiresInDays = "expires_in_days"
        case requestsPerMinute = "requests_per_minute"
        case concurrentRuns = "concurrent_runs"
    }

    static let summary = "what the key is for, whom its holder stands for, and what they may do"
    static let days = 1...3_650
    static let rates = 1...1_000_000
    static let runs = 1...1_024
    static let principalLimit = 1_000

    static var schema: JSONSchema {
        .request(
            required: [
                "name": JSONSchema(["type": "string", "minLength": 1, "maxLength": 200]),
                "scopes": JSONSchema(
                    [
                        "type": "array", "minItems": 1,
                        "items": ["enum": .array(Scope.allCases.map { .string($0.rawValue) })],
                    ]),
            ],
            optional: [
                "principals": JSONSchema.list(of: .text, count: 0...principalLimit).described(
                    "whom its holder stands for: user:ID, group:NAME, signed-in; without any, nobody in particular"
                ),
                "expires_in_days": .integer(in: days),
                "requests_per_minute": .integer(in: rates),
                "concurrent_runs": .integer(in: runs),
            ]
        ).named("KeyRequest")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        let name = try container.decode(String.self, forKey: .name)
        guard (1...200).contains(name.count) else {
            throw RequestFault.invalidField(name: "name", reason: "has 1 to 200 characters")
        }
        let scopes = try container.decode([String].self, forKey: .scopes)
        if let unknown = scopes.first(where: { Scope(rawValue: $0) == nil }) {
            let known = Scope.allCases.map(\.rawValue).joined(separator: ", ")
            throw RequestFault.invalidField(
                name: "scopes", reason: "names “\(unknown.prefix(50))”; there are \(known)")
        }
        guard !scopes.isEmpty else { throw RequestFault.invalidField(name: "scopes", reason: "is empty") }
        var principals: Set<Principal> = []
        let named = try container.decodeIfPresent([String].self, forKey: .principals) ?? []
        guard named.count <= Self.principalLimit else {
            throw RequestFault.invalidField(
                name: "principals", reason: "has more than \(Self.principalLimit)")
        }
        for text in named {
            guard let principal = Principal(text) else {
                throw RequestFault.malformedPrincipal(String(text.prefix(100)))
            }
            principals.insert(principal)
        }
        func number(_ key: CodingKeys, in range: ClosedRange<Int>) throws -> Int? {
            guard let value = try container.wholeNumber(forKey: key) else { return nil }
            guard range.contains(value) else {
                throw RequestFault.invalidField(
                    name: key.stringValue,
                    reason: "is \(value); it must be from \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        }
        request = KeyRequest(
            name: name, principals: principals, scopes: Set(scopes),
            lifetime: try number(.expiresInDays, in: Self.days).map { .seconds($0 * 86_400) },
            requestsPerMinute: try number(.requestsPerMinute, in: Self.rates),
            concurrentRuns: try number(.concurrentRuns, in: Self.runs))
    }
}

/// The body of `POST /v1/keys/{id}/rotate`.
struct KeyRotationBody: RequestDocument {
    var overlap: Duration

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case overlapHours = "overlap_hours"
    }

    static let summary = "how long the old key is good for still"
    static let hours = 0...720
    static let standardHours = 24

    static var schema: JSONSchema {
        .request(
            required: [:], optional: ["overlap_hours": .integer(in: hours).standard(.integer(standardHours))]
        ).named("KeyRotation")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        let hours = try container.wholeNumber(forKey: .overlapHours) ?? Self.standardHours
        guard Self.hours.contains(hours) else {
            throw RequestFault.invalidField(
                name: "overlap_hours", reason: "is \(hours); it must be from 0 to \(Self.hours.upperBound)")
        }
        overlap = .seconds(hours * 3_600)
    }
}
