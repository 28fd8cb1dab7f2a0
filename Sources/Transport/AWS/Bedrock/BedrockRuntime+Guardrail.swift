import Foundation
import JSONValue

/// What a guardrail made of texts.
public struct GuardrailVerdict: Sendable, Equatable {
    public var hasIntervened: Bool
    /// What is to be shown in place of the texts: masked texts, or the guardrail's own words; empty when it let
    /// everything pass.
    public var outputs: [String]
    /// In AWS's words, where it tells one.
    public var reason: String?
    /// What it found, as AWS tells it.
    public var assessments: [JSONValue]
    /// What it is paid for, as AWS tells it: units by policy.
    public var usage: JSONValue?
    /// AWS's.
    public var requestID: String
}

extension BedrockRuntime {
    /// Whether texts are what somebody asked, or what is to be shown to them.
    public enum GuardrailSource: String, Sendable, Encodable {
        case input = "INPUT"
        case output = "OUTPUT"
    }

    /// Has a guardrail look at texts without a model.
    ///
    /// - Parameter texts: 1 or more; each with what the guardrail takes it for, `nil` for a text like any other.
    public func applyGuardrail(
        _ guardrail: ConverseRequest.Guardrail,
        to texts: [(text: String, qualifier: ConverseGuardQualifier?)],
        source: GuardrailSource
    ) async throws(BedrockError) -> GuardrailVerdict {
        let content = texts.map { item -> JSONValue in
            var text: [String: JSONValue] = ["text": .string(item.text)]
            if let qualifier = item.qualifier { text["qualifiers"] = [.string(qualifier.rawValue)] }
            return ["text": .object(text)]
        }
        let body: JSONValue = ["source": .string(source.rawValue), "content": .array(content)]
        guard let text = try? body.text() else {
            throw .transport(.invalidRequest(reason: "the texts cannot be written as JSON"))
        }
        var operation = AWSOperation(
            "ApplyGuardrail", path: "/guardrail/{guardrailIdentifier}/version/{guardrailVersion}/apply",
            labels: ["guardrailIdentifier": guardrail.identifier, "guardrailVersion": guardrail.version],
            input: .json(Data(text.utf8)))
        operation.resource = guardrail.identifier
        let response = try await send(operation, guardrail.identifier)
        guard let answer = try? JSONValue(parsing: response.body), let action = answer["action"]?.string
        else {
            throw .unexpectedResponse(
                operation: "ApplyGuardrail", reason: "it names no action", requestID: response.requestID)
        }
        return GuardrailVerdict(
            hasIntervened: action == "GUARDRAIL_INTERVENED",
            outputs: (answer["outputs"]?.array ?? []).compactMap { $0["text"]?.string },
            reason: answer["actionReason"]?.string, assessments: answer["assessments"]?.array ?? [],
            usage: answer["usage"], requestID: response.requestID)
    }
}
