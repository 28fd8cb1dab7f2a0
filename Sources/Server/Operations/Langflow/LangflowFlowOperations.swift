import Flow
import Concurrency
import FlowService
import Foundation
import HTTPTypes
import JSONValue
import Langflow
import Workspace

/// `/api/v1/flows`: stored flows in Langflow's form.
struct LangflowFlowOperations: Sendable {
    let service: FlowService
    let unzip: Unzip?
    let now: @Sendable () -> Date
    private var library: LangflowLibrary { LangflowLibrary(service: service) }

    static let id = Inputs.path("id", .text, "the flow's id")
    static let editing: [ProblemKind] = [
        .unknownFlow, .nameTaken, .bodyTooLarge, .tooMany, .versionConflict, .noSuchVersion, .noSuchThing,
    ]
    /// Bytes of an export that is uploaded.
    static let uploadLimit = 32 << 20

    static let flow = JSONSchema([
        "type": "object", "required": ["id", "name", "data"],
        "properties": [
            "id": ["type": "string"], "name": ["type": "string"],
            "description": ["type": ["string", "null"]], "data": ["type": ["object", "null"]],
            "endpoint_name": ["type": ["string", "null"]], "folder_id": ["type": ["string", "null"]],
        ],
    ]).named("LangflowFlow")

    var operations: [Operation] {
        let all = [list, create, show, change(.patch), change(.put), delete, upload, download]
        return all + [
            list.also(at: "/api/v1/flows"), create.also(at: "/api/v1/flows"),
            upload.also(at: "/api/v1/flows/upload"), download.also(at: "/api/v1/flows/download"),
        ]
    }

    private func answer(
        _ json: JSONValue, status: HTTPResponse.Status = .ok
    ) throws -> APIResponse { try .json(json, status: status) }

    private static func response(
        _ schema: JSONSchema, status: Int = 200, _ summary: String
    ) -> ResponseDeclaration {
        ResponseDeclaration(status: status, summary: summary, content: .json(schema))
    }

    private var list: Operation {
        .scoped(
            .flows, "langflowListFlows", .get, "/api/v1/flows/",
            summary: "stored flows, in Langflow's form", section: "langflow",
            inputs: Inputs.query("folder_id", .text, standard: "", "only flows of this project")
                .and(Inputs.query("header_flows", .flag, standard: false, "without what they consist of"))
                .and(Inputs.query("get_all", .flag, standard: true, "false for one page of them"))
                .and(Inputs.query("page", .integer(in: 1...1_000_000), standard: 1, "with get_all=false"))
                .and(Inputs.query("size", .integer(in: 1...200), standard: 50, "with get_all=false")),
            responses: [Self.response(.list(of: Self.flow), "the flows")], problems: [.bodyTooLarge]
        ) { input, caller in
            let ((((folder, isHeader), getAll), page), size) = input
            let stored = try await service.store.flows(
                for: caller.owner, project: folder.isEmpty ? nil : folder, after: nil, limit: 1_000)
            let shown = getAll ? stored[...] : stored.dropFirst((page - 1) * size).prefix(size)
            let flows = try await library.documents(shown, withData: !isHeader, for: caller.owner)
            // Langflow's own client reads a list of a page as well.
            return try answer(.array(flows))
        }
    }

    private var create: Operation {
        .scoped(
            .flows, "langflowCreateFlow", .post, "/api/v1/flows/",
            summary: "a new flow, in Langflow's form", section: "langflow",
            inputs: .lenient(Self.flow, "a flow as Langflow exports it"),
            responses: [Self.response(Self.flow, status: 201, "the flow as it is kept")],
            problems: Self.editing
        ) { body, caller in
            let flow = try await library.create(body, id: nil, for: caller.owner)
            return try answer(flow, status: .created)
        }
    }

    private var show: Operation {
        .scoped(
            .flows, "langflowGetFlow", .get, "/api/v1/flows/{id}",
            summary: "a stored flow, in Langflow's form",
            section: "langflow", inputs: Self.id, responses: [Self.response(Self.flow, "the flow")],
            problems: [.unknownFlow]
        ) { id, caller in
            let flow = try await service.flow(id, for: caller.owner).flow
            return try answer(try await library.document(flow, for: caller.owner))
        }
    }

    private func change(_ method: HTTPRequest.Method) -> Operation {
        .scoped(
            .flows, method == .patch ? "langflowUpdateFlow" : "langflowReplaceFlow", method,
            "/api/v1/flows/{id}", summary: "another version of a stored flow, in Langflow's form",
            section: "langflow",
            inputs: Self.id.and(.lenient(.anyObject, "what shall be other than it is")),
            responses: [Self.response(Self.flow, "the flow as it is kept")]
                + (method == .put ? [Self.response(Self.flow, status: 201, "the flow, made anew")] : []),
            problems: Self.editing
        ) { input, caller in
            let (id, body) = input
            if method == .put, let made = try await library.createdIfAbsent(body, id: id, for: caller.owner) {
                return try answer(made, status: .created)
            }
            var flow = try await service.flow(id, for: caller.owner).flow
            if let name = try body.text("name") { flow.name = name }
            if let description = body["description"]?.string { flow.description = description }
            if body["endpoint_name"] != nil { flow.endpoint = try body.text("endpoint_name") }
            if body["folder_id"] != nil { flow.project = try body.text("folder_id") }
            if let tags = body["tags"]?.array { flow.tags = tags.compactMap(\.string) }
            // A change that is refused leaves no version behind: what may be refused comes first.
            var content: (definition: FlowDefinition, origin: Data?)?
            if let data = body["data"], data != .null {
                content = try LangflowLibrary.content(data, of: flow)
            }
            flow = try await service.update(flow, for: caller.owner)
            if let content {
                _ = try await service.save(
                    content.definition, origin: content.origin,
                    note: "saved by a client of Langflow",
                    asVersionOf: flow.id, for: caller.owner)
                flow = try await service.flow(flow.id, for: caller.owner).flow
            }
            return try answer(try await library.document(flow, for: caller.owner))
        }
    }

    private var delete: Operation {
        .scoped(
            .flows, "langflowDeleteFlow", .delete, "/api/v1/flows/{id}", summary: "a stored flow, gone",
            section: "langflow", inputs: Self.id,
            responses: [Self.response(.anyObject, "it is gone")], problems: [.unknownFlow]
        ) { id, caller in
            try await service.delete(flow: id, for: caller.owner)
            return try answer(["message": "Flow deleted successfully"])
        }
    }

    private var upload: Operation {
        .scoped(
            .flows, "langflowUploadFlows", .post, "/api/v1/flows/upload/",
            summary: "the flows of a file that Langflow exported", section: "langflow",
            inputs: Inputs.query("folder_id", .text, standard: "", "the project that they shall lie in")
                .and(
                    Inputs<UploadedForm>.form(
                        limitBytes: Self.uploadLimit, "a form with the export as `file`, or the export itself"
                    )
                ),
            responses: [Self.response(.list(of: Self.flow), status: 201, "the flows as they are kept")],
            problems: Self.editing + UploadedForm.problems, idempotency: .kept
        ) { input, caller in
            let (folder, form) = input
            let (data, name) = try await form.file()
            let translated = try LangflowArchive.flows(in: data, file: name, unzip: unzip)
            let kept = try await library.keep(
                translated, project: folder.isEmpty ? nil : folder, for: caller.owner)
            return try answer(.array(kept), status: .created)
        }
    }

    private var download: Operation {
        .scoped(
            .flows, "langflowDownloadFlows", .post, "/api/v1/flows/download/",
            summary: "flows as files that Langflow opens", section: "langflow",
            inputs: .ids("the ids of the flows"),
            responses: [
                Self.response(Self.flow, "the flow, when it is one"),
                .bytes("application/zip", "one file a flow, when there are several"),
            ], problems: [.unknownFlow, .bodyTooLarge], idempotency: .notKept
        ) { ids, caller in
            // An id that comes twice, or a flow by its id and its endpoint, is one file.
            var flows: [StoredFlow] = []
            var seen: Set<String> = []
            for id in ids where seen.insert(id).inserted {
                let flow = try await service.flow(id, for: caller.owner).flow
                if flow.id == id || seen.insert(flow.id).inserted { flows.append(flow) }
            }
            let documents = try await library.documents(flows, for: caller.owner)
            if documents.count == 1 { return try answer(documents[0]) }
            return try LangflowArchive.response(documents)
        }
    }
}
