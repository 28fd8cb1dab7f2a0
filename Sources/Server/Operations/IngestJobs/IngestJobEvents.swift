import Concurrency
import Corpus
import Foundation
import Ingest

/// What a job tells, as numbered server-sent events.
enum IngestJobEvents {
    private struct EventDocument: ResponseDocument {
        var position: Int
        var event: String
        var job: IngestJobDocument

        static var schema: JSONSchema {
            .object(required: [
                "position": .integer, "event": .text, "job": IngestJobDocument.schema,
            ])
        }
    }

    /// The name of an event: `progress`, or the state that the job is in from then on.
    private static func name(of event: JobEvent) -> String {
        switch event.kind {
        case .progress: "progress"
        case .state: event.job.state.rawValue
        }
    }

    static var declarations: [ResponseDeclaration.EventDeclaration] {
        (["progress"] + IngestJob.State.allCases.map(\.rawValue)).map {
            .init(name: $0, schema: EventDocument.schema)
        } + [.init(name: "error", schema: ProblemDetails.schema)]
    }

    static func stream(_ events: PulledSequence<JobEvent>) -> APIResponse {
        .events(
            EventStream { send in
                await .of {
                    for try await event in events {
                        let name = name(of: event)
                        let document = EventDocument(
                            position: event.position, event: name, job: IngestJobDocument(event.job))
                        await send(
                            .numbered(
                                id: event.position, name: name, data: try WireJSON.encode(document)))
                    }
                } failing: {
                    await send(AnswerEvents.error($0))
                }
            })
    }
}
