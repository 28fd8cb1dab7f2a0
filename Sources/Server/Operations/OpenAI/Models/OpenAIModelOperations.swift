import Flow
import FlowService
import Foundation
import HTTPTypes
import JSONValue
import Models
import Workspace

/// `/v1/models`: every flow that the caller can run, and the model that embeds.
struct OpenAIModelOperations: Sendable {
    let service: FlowService
    let embedder: EmbeddingModel

    /// Stored flows that are read at once.
    private static let page = 500

    private static let model = JSONSchema.object(required: [
        "id": .text, "object": .constant("model"), "created": .integer, "owned_by": .text,
    ]).named("OpenAIModel")

    var operations: [Operation] { [list, show] }

    private var list: Operation {
        .scoped(
            .flows, "openAIListModels", .get, "/v1/models",
            summary: "the flows that the caller can run, as models", section: "openai", inputs: .none,
            responses: [
                ResponseDeclaration(
                    status: 200, summary: "the models",
                    content: .json(
                        .object(required: ["object": .constant("list"), "data": .list(of: Self.model)])))
            ]
        ) { _, caller in try await all(for: caller) }
    }

    private var show: Operation {
        .scoped(
            .flows, "openAIGetModel", .get, "/v1/models/{model}", summary: "one flow, as a model",
            section: "openai", inputs: .path("model", .text, "the model's id"),
            responses: [
                ResponseDeclaration(status: 200, summary: "the model", content: .json(Self.model))
            ], problems: [.unknownFlow]
        ) { name, caller in try await one(name, for: caller) }
    }

    private func all(for caller: Caller) async throws -> APIResponse {
        var models: [JSONValue] = service.settingsFlows.map { Self.document($0.name, owner: "millrace") }
        models.append(Self.document(embedder.name, owner: "millrace"))
        var last: StoredFlow?
        while true {
            let flows = try await service.store.flows(
                for: caller.owner, project: nil, after: last, limit: Self.page)
            models += flows.map(Self.document)
            guard flows.count == Self.page else { break }
            last = flows.last
        }
        return try .json(["object": "list", "data": .array(models)] as JSONValue)
    }

    private func one(_ name: String, for caller: Caller) async throws -> APIResponse {
        if name == embedder.name || service.settingsFlows.contains(where: { $0.name == name }) {
            return try .json(Self.document(name, owner: "millrace"))
        }
        do {
            return try .json(Self.document(try await service.store.flow(name, for: caller.owner)))
        } catch WorkspaceError.notFound {
            throw FlowServiceError.noSuchFlow(name)
        }
    }

    private static func document(_ flow: StoredFlow) -> JSONValue {
        document(flow.endpoint ?? flow.id, owner: "workspace", since: flow.createdAt)
    }

    /// - Parameter time: unknown for what the settings make.
    private static func document(
        _ id: String, owner: String, since time: Date = Date(timeIntervalSince1970: 0)
    ) -> JSONValue {
        [
            "id": .string(id), "object": "model", "owned_by": .string(owner),
            "created": .integer(OpenAITime.seconds(time)),
        ]
    }
}
