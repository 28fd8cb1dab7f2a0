import Corpus
import HTTPTypes
import Ingest
import Workspace

/// What administrators do with sources.
extension SourceOperations {
    func changes(_ runtime: RuntimeSources) -> [Operation] {
        [create(runtime), change(runtime), delete(runtime)]
    }

    private func create(_ runtime: RuntimeSources) -> Operation {
        .scoped(
            .admin, "createSource", .post, "/v1/sources",
            summary: "a new source, which is read only once it is enabled", section: "sources",
            inputs: .json(SourceBody.self),
            responses: [.json(SourceDocument.self, status: 201, "the source, a draft, with its ETag")],
            problems: [.nameTaken, .tooMany]
        ) { body, caller in
            let made = try await runtime.create(body.definition, secret: body.secret, by: caller.actor)
            var response = try await response(to: made.id, status: .created)
            response.headers[.location] = "/v1/sources/\(made.id)"
            return response
        }
    }

    private func change(_ runtime: RuntimeSources) -> Operation {
        .scoped(
            .admin, "updateSource", .patch, "/v1/sources/{id}",
            summary: "a source, changed, enabled or disabled", section: "sources",
            inputs: Self.id.and(.ifMatch("the ETag of the source that is changed, or *"))
                .and(.json(SourceChangeBody.self)),
            responses: [.json(SourceDocument.self, "the source with its new ETag")],
            problems: [
                .noSuchThing, .nameTaken, .wrongState, .tooMany, .preconditionRequired, .preconditionFailed,
            ]
        ) { input, caller in
            let ((id, condition), body) = input
            let changed = try await runtime.change(
                id, if: condition, fields: body.fields, isEnabled: body.isEnabled, secret: body.auth?.secret,
                by: caller.actor, for: caller.account
            ) { body.apply(to: &$0) }
            return try await response(to: changed.id)
        }
    }

    /// What becomes of the documents of a source that is deleted.
    private enum Remains: String, CaseIterable {
        case keep, remove
    }

    private func delete(_ runtime: RuntimeSources) -> Operation {
        let choices = Remains.allCases.map(\.rawValue)
        return .scoped(
            .admin, "deleteSource", .delete, "/v1/sources/{id}",
            summary: "a source, gone with what is stored of it or without", section: "sources",
            inputs: Self.id.and(.ifMatch("the ETag of the source that is deleted, or *"))
                .and(
                    Inputs.query(
                        "documents", .text, standard: "",
                        "required: “keep” or “remove”, what is to become of what is stored of it")),
            responses: [
                ResponseDeclaration(
                    status: 204, summary: "it is gone; what is stored of it stays as it is", content: .none),
                .json(
                    IngestJobDocument.self, status: 202,
                    "the job that takes its documents out; when it has finished, the source is gone"),
            ], problems: [.noSuchThing, .invalidParameter, .wrongState, .tooMany, .preconditionFailed]
        ) { input, caller in
            let ((id, condition), text) = input
            // Whether it is there is told before anything of the rest.
            _ = try jobs.source(id)
            guard let remains = Remains(rawValue: text) else {
                throw RequestFault.invalidParameter(
                    name: "documents", expectation: choices.joined(separator: " or "))
            }
            switch remains {
            case .keep:
                try await runtime.deleteKeepingDocuments(id, if: condition, by: caller.actor)
                return APIResponse(status: .noContent)
            case .remove:
                return try IngestJobOperations.accepted(
                    try await runtime.deleteWithDocuments(id, if: condition, by: caller.actor))
            }
        }
    }
}
