import FlowService
import Foundation
import HTTPTypes
import JSONValue
import Langflow
import Workspace

/// `/api/v1/projects`: folders of flows in Langflow's form.
struct LangflowProjectOperations: Sendable {
    let service: FlowService
    let unzip: Unzip?
    let freshID: @Sendable () -> String
    private var library: LangflowLibrary { LangflowLibrary(service: service) }

    private static let id = Inputs.path("id", .text, "the project's id")
    private static let project = JSONSchema([
        "type": "object", "required": ["id", "name"],
        "properties": [
            "id": ["type": "string"], "name": ["type": "string"],
            "description": ["type": ["string", "null"]],
        ],
    ]).named("LangflowProject")

    var operations: [Operation] {
        let all = [list, create, show, change, delete, download, upload]
        return all + [
            list.also(at: "/api/v1/projects"), create.also(at: "/api/v1/projects"),
            list.also(at: "/api/v1/folders/"), create.also(at: "/api/v1/folders/"),
            show.also(at: "/api/v1/folders/{id}"), change.also(at: "/api/v1/folders/{id}"),
            delete.also(at: "/api/v1/folders/{id}"), upload.also(at: "/api/v1/projects/upload"),
        ]
    }

    private static func response(
        _ schema: JSONSchema, status: Int = 200, _ summary: String
    ) -> ResponseDeclaration {
        ResponseDeclaration(status: status, summary: summary, content: .json(schema))
    }

    private static func document(_ project: Project) -> JSONValue {
        [
            "id": .string(project.id), "name": .string(project.name),
            "description": .string(project.description), "parent_id": nil,
        ]
    }

    private var list: Operation {
        .scoped(
            .flows, "langflowListProjects", .get, "/api/v1/projects/", summary: "folders of flows",
            section: "langflow", inputs: .none,
            responses: [Self.response(.list(of: Self.project), "the projects")]
        ) { _, caller in
            let projects = try await service.store.projects(for: caller.owner)
            return try .json(JSONValue.array(projects.map { Self.document($0) }))
        }
    }

    private var create: Operation {
        .scoped(
            .flows, "langflowCreateProject", .post, "/api/v1/projects/", summary: "a new folder of flows",
            section: "langflow", inputs: .lenient(.anyObject, "its name and description"),
            responses: [Self.response(Self.project, status: 201, "the project")],
            problems: [.nameTaken, .unknownFlow]
        ) { body, caller in
            guard let name = try body.text("name") else {
                throw RequestFault.invalidField(name: "name", reason: "is missing")
            }
            let project = Project(
                id: freshID(), owner: caller.owner, name: name,
                description: try body.text("description") ?? "")
            // Found first: of a project with a flow that is not there nothing is kept.
            var flows: [StoredFlow] = []
            for id in body["flows_list"]?.array?.compactMap(\.string) ?? [] {
                flows.append(try await service.flow(id, for: caller.owner).flow)
            }
            let saved = try await service.store.save(project, for: caller.owner)
            for var flow in flows {
                flow.project = saved.id
                _ = try await service.update(flow, for: caller.owner)
            }
            return try .json(Self.document(saved), status: .created)
        }
    }

    private func flows(of project: Project, for owner: Owner) async throws -> [JSONValue] {
        try await library.documents(
            try await service.store.flows(for: owner, project: project.id, after: nil, limit: 500),
            for: owner)
    }

    private var show: Operation {
        .scoped(
            .flows, "langflowGetProject", .get, "/api/v1/projects/{id}", summary: "a folder with its flows",
            section: "langflow", inputs: Self.id,
            responses: [Self.response(.anyObject, "the project and its flows")],
            problems: [.noSuchThing, .bodyTooLarge]
        ) { id, caller in
            let project = try await service.store.project(id, for: caller.owner)
            var document = Self.document(project).object ?? [:]
            document["flows"] = .array(try await flows(of: project, for: caller.owner))
            return try .json(JSONValue.object(document))
        }
    }

    private var change: Operation {
        .scoped(
            .flows, "langflowUpdateProject", .patch, "/api/v1/projects/{id}",
            summary: "another name for a folder", section: "langflow",
            inputs: Self.id.and(.lenient(.anyObject, "its name and description")),
            responses: [Self.response(Self.project, "the project")], problems: [.noSuchThing, .nameTaken]
        ) { input, caller in
            let (id, body) = input
            var project = try await service.store.project(id, for: caller.owner)
            if let name = try body.text("name") { project.name = name }
            if let description = body["description"]?.string { project.description = description }
            return try .json(
                Self.document(try await service.store.save(project, for: caller.owner)))
        }
    }

    private var delete: Operation {
        .scoped(
            .flows, "langflowDeleteProject", .delete, "/api/v1/projects/{id}",
            summary: "a folder, gone; its flows stay", section: "langflow", inputs: Self.id,
            responses: [ResponseDeclaration(status: 204, summary: "it is gone", content: .none)],
            problems: [.noSuchThing]
        ) { id, caller in
            try await service.store.delete(project: id, for: caller.owner)
            return APIResponse(status: .noContent)
        }
    }

    private var download: Operation {
        .scoped(
            .flows, "langflowDownloadProject", .get, "/api/v1/projects/download/{id}",
            summary: "a folder's flows as files that Langflow opens", section: "langflow", inputs: Self.id,
            responses: [.bytes("application/zip", "one file a flow")],
            problems: [.noSuchThing, .bodyTooLarge]
        ) { id, caller in
            let project = try await service.store.project(id, for: caller.owner)
            return try LangflowArchive.response(try await flows(of: project, for: caller.owner))
        }
    }

    private var upload: Operation {
        .scoped(
            .flows, "langflowUploadProject", .post, "/api/v1/projects/upload/",
            summary: "a folder made of a file that Langflow exported", section: "langflow",
            inputs: Inputs<UploadedForm>.form(
                limitBytes: LangflowFlowOperations.uploadLimit,
                "a form with the export as `file`, or the export itself"),
            responses: [Self.response(.list(of: LangflowFlowOperations.flow), status: 201, "the flows")],
            problems: LangflowFlowOperations.editing + UploadedForm.problems, idempotency: .kept
        ) { form, caller in
            let (data, name) = try await form.file()
            let translated = try LangflowArchive.flows(in: data, file: name, unzip: unzip)
            let folder = (try? JSONValue(parsing: data))?["folder_name"]?.string ?? "Imported"
            var title = folder
            let taken = Set(try await service.store.projects(for: caller.owner).map(\.name))
            var count = 1
            while taken.contains(title) {
                count += 1
                title = "\(folder) (\(count))"
            }
            let project = try await service.store.save(
                Project(id: freshID(), owner: caller.owner, name: title), for: caller.owner)
            let kept = try await library.keep(translated, project: project.id, for: caller.owner)
            return try .json(JSONValue.array(kept), status: .created)
        }
    }
}
