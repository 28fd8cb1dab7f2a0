import Components
import FlowService
import Foundation
import HTTPTypes
import JSONValue
import Workspace

/// `/api/v1/files`: files that flows read and write, each its owner's and its flow's.
struct LangflowFileOperations: Sendable {
    let service: FlowService
    /// The files of an owner and a flow.
    let files: @Sendable (Owner, _ flow: String?) -> WorkspaceFiles
    /// Keeps files that come in several requests; `nil` where each must come whole.
    var resumable: ResumableUploads?

    private static let flow = Inputs.path("flow", .text, "the flow's id")
    private static let name = Inputs.path("name", .text, "the file's name")

    var operations: [Operation] { [upload, list, download, delete] }

    /// - Throws: ``FlowServiceError/noSuchFlow(_:)`` for a flow that the caller may not run.
    private func files(of flow: String, _ caller: Caller) async throws -> RunFiles {
        RunFiles(try await kept(of: flow, caller))
    }

    private func kept(of flow: String, _ caller: Caller) async throws -> WorkspaceFiles {
        let identity = try await service.description(of: flow, for: caller.owner).identity
        return files(caller.owner, identity.id)
    }

    /// What a file's fault is to its client.
    private func told<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let error as FlowFileError {
            switch error {
            case .absent(let name): throw WorkspaceError.notFound(kind: "file", id: name)
            case .tooLarge(_, let bytes, let limit):
                throw WorkspaceError.tooLarge(kind: "file", bytes: bytes, limit: limit)
            case .badName: throw RequestFault.invalidField(name: "file", reason: "cannot be taken: \(error)")
            }
        }
    }

    private var upload: Operation {
        .resumable(
            resumable, .flows, "langflowUploadFile", .post, "/api/v1/files/upload/{flow}",
            summary: "a file for a flow, in the place of one of its name", section: "langflow",
            inputs: Self.flow.and(
                .form(limitBytes: RunFiles.standardByteLimit + 65_536, "a form with the file as `file`")),
            responses: [
                ResponseDeclaration(status: 201, summary: "where it is", content: .json(.anyObject))
            ], problems: [.unknownFlow, .bodyTooLarge, .tooMany] + UploadedForm.problems
        ) { input, caller in
            let (flow, form) = input
            let files = try await self.files(of: flow, caller)
            let (data, given) = try await form.file()
            // A path in a name is the client's own; only its last part is taken.
            let name = given.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? given
            try await told {
                try await files.write(data, as: name, mediaType: "application/octet-stream")
            }
            return try .json(
                ["flowId": .string(flow), "file_path": .string("\(flow)/\(name)")] as JSONValue,
                status: .created)
        }
    }

    private var list: Operation {
        .scoped(
            .flows, "langflowListFiles", .get, "/api/v1/files/list/{flow}", summary: "a flow's files",
            section: "langflow", inputs: Self.flow,
            responses: [
                ResponseDeclaration(status: 200, summary: "their names", content: .json(.anyObject))
            ], problems: [.unknownFlow]
        ) { flow, caller in
            let found = try await files(of: flow, caller).all()
            return try .json(["files": .array(found.map { .string($0.name) })] as JSONValue)
        }
    }

    private var download: Operation {
        .scoped(
            .flows, "langflowDownloadFile", .get, "/api/v1/files/download/{flow}/{name}",
            summary: "a file's bytes", section: "langflow", inputs: Self.flow.and(Self.name),
            responses: [
                .bytes("application/octet-stream", "the file"),
                ResponseDeclaration(
                    status: 303, summary: "the file lies at Location, for whoever has it, for some minutes",
                    content: .none),
            ],
            problems: [.unknownFlow, .noSuchThing, .bodyTooLarge, .invalidField]
        ) { input, caller in
            let (flow, name) = input
            let kept = try await self.kept(of: flow, caller)
            let link = try await told {
                try RunFiles.check(name)
                return try await kept.link(to: name)
            }
            if let link {
                return APIResponse(
                    status: .seeOther, headers: [.location: link, .cacheControl: "no-store"])
            }
            let data = try await told { try await RunFiles(kept).read(name) }
            return APIResponse(
                headers: [
                    .contentType: "application/octet-stream", .contentDisposition: "attachment",
                ], body: .data(data))
        }
    }

    private var delete: Operation {
        .scoped(
            .flows, "langflowDeleteFile", .delete, "/api/v1/files/delete/{flow}/{name}",
            summary: "a file, gone", section: "langflow", inputs: Self.flow.and(Self.name),
            responses: [
                ResponseDeclaration(status: 200, summary: "it is gone", content: .json(.anyObject))
            ], problems: [.unknownFlow, .noSuchThing]
        ) { input, caller in
            let (flow, name) = input
            try await kept(of: flow, caller).remove(name)
            return try .json(["message": .string("File \(name) deleted successfully")] as JSONValue)
        }
    }
}
