import Flow
import FlowService
import Foundation
import JSONValue
import Langflow
import Workspace

/// Stored flows as Langflow's clients write and read them.
struct LangflowLibrary: Sendable {
    let service: FlowService
    /// Bytes of all documents of a list or an archive, which stands in memory whole.
    var listByteLimit = FlowDocument.List.byteLimit

    /// What a flow was translated from; `nil` for one that was written here, or when nobody needs it.
    func translation(
        of name: String, when isNeeded: Bool, for owner: Owner
    ) async throws -> LangflowTranslation? {
        guard isNeeded, !service.settingsFlows.contains(where: { $0.name == name }) else { return nil }
        let (flow, version, _) = try await service.flow(name, .published, for: owner)
        guard let origin = version.origin else { return nil }
        return try Self.translated(origin, file: flow.name).first
    }

    /// The flows of an export, translated.
    ///
    /// - Throws: ``RequestFault/invalidField(name:reason:)`` for what is no export.
    static func translated(_ data: Data, file: String) throws -> [LangflowTranslation] {
        do {
            return try LangflowExport.flows(in: data, file: file).map { LangflowTranslation($0) }
        } catch {
            throw RequestFault.invalidField(name: "data", reason: "cannot be imported: \(error.withoutStop)")
        }
    }

    /// Keeps the flows of an export.
    ///
    /// - Parameter project: the project that they shall lie in.
    /// - Returns: each as it is kept, with a report of what became of its nodes as `import_report`.
    func keep(
        _ translations: [LangflowTranslation], project: String?, under id: String? = nil, for owner: Owner
    ) async throws -> [JSONValue] {
        var documents: [JSONValue] = []
        let kept = try await service.keep(translations, project: project, under: id, for: owner)
        for imported in kept {
            var members = try await document(imported.flow, for: owner).object ?? [:]
            members["import_report"] = imported.reportJSON
            documents.append(.object(members))
        }
        return documents
    }

    /// Keeps a flow that a client writes in Langflow's form; one without data is empty, to be filled later.
    ///
    /// - Parameter id: the one that it shall have; `nil` for the body's, or a fresh one.
    /// - Returns: the flow as it is kept.
    func create(_ body: JSONValue, id: String?, for owner: Owner) async throws -> JSONValue {
        guard let name = try body.text("name") else {
            throw RequestFault.invalidField(name: "name", reason: "is missing")
        }
        let folder = try body.text("folder_id")
        guard let data = body["data"], !Self.isBlank(data) else {
            let draft = FlowDraft(
                Self.blank(name, description: body["description"]?.string ?? ""),
                endpoint: try body.text("endpoint_name"), project: folder,
                tags: body["tags"]?.array?.compactMap(\.string) ?? [], note: "made by a client of Langflow",
                id: id)
            return try await document(try await service.create(draft, for: owner).flow, for: owner)
        }
        let bytes = Data(try body.text().utf8)
        guard
            let flow = try await keep(
                Self.translated(bytes, file: name), project: folder, under: id, for: owner
            ).first
        else { throw RequestFault.invalidField(name: "data", reason: "holds no flow") }
        return flow
    }

    /// Keeps a flow under an id that names none yet, as a client of Langflow puts it.
    ///
    /// - Returns: `nil` when there is one that the caller may run.
    func createdIfAbsent(_ body: JSONValue, id: String, for owner: Owner) async throws -> JSONValue? {
        do {
            _ = try await service.flow(id, for: owner)
            return nil
        } catch FlowServiceError.noSuchFlow {
            guard let uuid = UUID(uuidString: id) else { throw FlowServiceError.noSuchFlow(id) }
            do {
                return try await create(body, id: uuid.uuidString.lowercased(), for: owner)
            } catch FlowServiceError.workspace(.nameTaken("flow", _)) {
                // It is another's, which is as if it were not there.
                throw FlowServiceError.noSuchFlow(id)
            }
        }
    }

    /// What a client's `data` makes of a stored flow.
    static func content(
        _ data: JSONValue, of flow: StoredFlow
    ) throws -> (definition: FlowDefinition, origin: Data?) {
        guard !isBlank(data) else { return (blank(flow.name, description: flow.description), nil) }
        let export: JSONValue = [
            "id": .string(flow.id), "name": .string(flow.name), "description": .string(flow.description),
            "data": data,
        ]
        let translated = try translated(Data(try export.text().utf8), file: flow.name)
        guard let first = translated.first else {
            throw RequestFault.invalidField(name: "data", reason: "holds no flow")
        }
        return (first.definition, Data(try first.export.withoutSecrets.json.text().utf8))
    }

    /// Whether a client gives a flow without anything in it, to be filled later.
    private static func isBlank(_ data: JSONValue) -> Bool {
        data == .null || data["nodes"]?.array?.isEmpty == true
    }

    private static func blank(_ name: String, description: String) -> FlowDefinition {
        FlowDefinition(
            name: name, description: description, graph: FlowGraph(components: [], edges: [], outputs: [:]))
    }

    /// Flows in Langflow's form.
    ///
    /// - Throws: ``WorkspaceError/tooLarge(kind:bytes:limit:)`` for more than ``listByteLimit`` bytes.
    func documents(
        _ flows: some Sequence<StoredFlow>, withData: Bool = true, for owner: Owner
    ) async throws -> [JSONValue] {
        var documents: [JSONValue] = []
        var bytes = 0
        for flow in flows {
            let document = try await document(flow, withData: withData, for: owner)
            bytes += try document.text().utf8.count
            try WorkspaceLimits.check(bytes, of: "list of flows", limit: listByteLimit)
            documents.append(document)
        }
        return documents
    }

    /// A flow in Langflow's form.
    func document(
        _ flow: StoredFlow, withData: Bool = true, for owner: Owner
    ) async throws -> JSONValue {
        var data: JSONValue = .null
        if withData {
            let (_, version, definition) = try await service.flow(flow.id, .latest, for: owner)
            let origin = try version.origin.flatMap {
                try LangflowExport.flows(in: $0, file: flow.name).first
            }
            data = LangflowWriter.write(definition, origin: origin).json["data"] ?? .null
        }
        return [
            "id": .string(flow.id), "name": .string(flow.name), "description": .string(flow.description),
            "data": data, "is_component": false, "endpoint_name": flow.endpoint.map { .string($0) } ?? .null,
            "tags": .array(flow.tags.map { .string($0) }),
            "folder_id": flow.project.map { .string($0) } ?? .null, "user_id": .null, "icon": .null,
            "icon_bg_color": .null, "gradient": .null, "locked": false, "mcp_enabled": false,
            "webhook": false, "access_type": flow.isShared ? "PUBLIC" : "PRIVATE",
            "updated_at": .string(flow.updatedAt.formatted(.iso8601)),
        ]
    }
}
