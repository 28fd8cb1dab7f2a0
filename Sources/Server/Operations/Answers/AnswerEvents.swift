import Foundation
import JSONValue
import QA

/// What a run tells, as server-sent events: `stage`, `passages`, `token`, then `answer` and `done`, or `error`.
enum AnswerEvents {
    private struct StageBegin: Encodable {
        var name: String
        let state = "begin"
    }

    private struct StageEnd: Encodable {
        var name: String
        let state = "end"
        var ms: Double
        var detail: [String: Double]
    }

    private struct Passages: Encodable {
        var passages: [PassageDocument]
    }

    private struct Token: Encodable {
        var text: String
        /// Of a citation's number: the number in the answer, and the passage's own among `passages`.
        var citation: Int?
        var passage: Int?
    }

    private struct Done: Encodable {}

    /// What a stream may hold.
    static var declarations: [ResponseDeclaration.EventDeclaration] {
        let stage = JSONSchema.anyOf([
            .object(required: ["name": .text, "state": .constant("begin")]),
            .object(required: [
                "name": .text, "state": .constant("end"), "ms": .number, "detail": .map(to: .number),
            ]),
        ])
        return [
            .init(name: "stage", schema: stage.named("StageEvent")),
            .init(
                name: "passages", schema: .object(required: ["passages": .list(of: PassageDocument.schema)])),
            .init(
                name: "token",
                schema: .object(
                    required: ["text": .text], optional: ["citation": .integer, "passage": .integer])),
            .init(name: "answer", schema: AnswerDocument.schema),
            .init(name: "error", schema: ProblemDetails.schema),
            .init(name: "done", schema: .object()),
        ]
    }

    /// The events of one step; `answer` is followed by `done`.
    static func events(of event: FlowEvent, requestID: String) throws -> [ServerSentEvent] {
        switch event {
        case .stageBegan(let component):
            [try named("stage", StageBegin(name: component))]
        case .stageEnded(let stage):
            [
                try named(
                    "stage", StageEnd(name: stage.component, ms: stage.milliseconds, detail: stage.detail))
            ]
        case .passages(let passages):
            [
                try named(
                    "passages",
                    Passages(
                        passages: passages.enumerated().map { offset, passage in
                            PassageDocument(passage, marker: offset + 1)
                        }))
            ]
        case .token(let text):
            [try named("token", Token(text: text))]
        case .citation(let number, let passage):
            [try named("token", Token(text: "[\(number)]", citation: number, passage: passage))]
        case .finished(let result):
            [try named("answer", AnswerDocument(result, id: requestID)), try named("done", Done())]
        }
    }

    /// The event that ends a stream which failed.
    static func error(_ problem: ProblemDetails) -> ServerSentEvent {
        .event(
            name: "error", data: problem.response(requestID: problem.requestID ?? "").data ?? Data("{}".utf8))
    }

    private static func named(_ name: String, _ data: some Encodable) throws -> ServerSentEvent {
        .event(name: name, data: try WireJSON.encode(data))
    }
}
