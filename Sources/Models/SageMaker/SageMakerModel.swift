import AWSServices
import Foundation
import JSONValue
import Transport

/// A model behind an endpoint, asked in JSON.
struct SageMakerModel: Sendable {
    let runtime: SageMakerRuntime
    let call: SageMakerCall

    func ask(
        _ template: RequestTemplate, _ values: [RequestTemplate.Placeholder: JSONValue]
    ) async throws(SageMakerError) -> SageMakerRuntime.Answer {
        try await runtime.invoke(call, body: try body(template, values))
    }

    func body(
        _ template: RequestTemplate, _ values: [RequestTemplate.Placeholder: JSONValue]
    ) throws(SageMakerError) -> Data {
        do {
            return Data(try template.filled(values).text().utf8)
        } catch {
            throw .aws(
                .invalidOperation(
                    service: SageMakerRuntime.description.endpointPrefix, operation: "InvokeEndpoint",
                    reason: "the template holds a number that JSON cannot write"))
        }
    }

    func json(_ answer: SageMakerRuntime.Answer) throws(SageMakerError) -> JSONValue {
        guard let value = try? JSONValue(parsing: answer.body) else {
            throw unexpected("it is not JSON", answer.told)
        }
        return value
    }

    /// What stands in an answer, or the endpoint's own word on why there is nothing.
    func look<Value>(
        _ answer: SageMakerRuntime.Answer, _ read: () throws(ResponsePathError) -> Value
    ) throws(SageMakerError) -> Value {
        do throws(ResponsePathError) {
            return try read()
        } catch {
            _ = try json(answer)
            throw told(answer.body, answer.told) ?? unexpected(error.reason, answer.told)
        }
    }

    /// The failure that a body tells of, which some containers send with a status of success.
    func told(_ body: Data, _ told: SageMakerRuntime.Told) -> SageMakerError? {
        let refusal = OpenAIRefusal(body: body)
        guard refusal.isRefusal else { return nil }
        return .modelFailed(
            .init(
                endpoint: call.endpoint, originalStatus: refusal.status,
                message: refusal.message.isEmpty ? refusal.code : refusal.message, requestID: told.requestID))
    }

    func unexpected(_ reason: String, _ told: SageMakerRuntime.Told) -> SageMakerError {
        .unexpectedAnswer(endpoint: call.endpoint, reason: reason, requestID: told.requestID)
    }

    /// The results of a call, in halves as long as the model says that it is given too much at a time.
    static func halving<Item: Sendable, Result: Sendable>(
        _ items: ArraySlice<Item>, _ call: @Sendable ([Item]) async throws -> [Result]
    ) async throws -> [Result] {
        do {
            return try await call(Array(items))
        } catch let error as SageMakerError where error.isAboutSize && items.count > 1 {
            try Task.checkCancellation()
            let middle = items.startIndex + items.count / 2
            let first = try await halving(items[..<middle], call)
            return first + (try await halving(items[middle...], call))
        }
    }
}

extension SageMakerError {
    static let cancelled = SageMakerError.aws(.transport(.cancelled))

    /// Whether less at a time may be taken: TEI says `batch size 40 > maximum allowed batch size 32`.
    fileprivate var isAboutSize: Bool {
        guard case .modelFailed(let failure) = self else { return false }
        return failure.originalStatus == 413 || failure.message.lowercased().contains("batch size")
    }
}
