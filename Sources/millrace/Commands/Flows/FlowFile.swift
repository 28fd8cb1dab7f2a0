import Flow
import FlowService
import Foundation
import Langflow
import Workspace

/// A flow as the command line names it: one that is kept, or a file, which is run without being kept.
struct FlowFile {
    let path: String

    /// The name under which the service runs it.
    ///
    /// A file's flow is kept for the time of the run under an id of its own, since only what is kept can be run:
    /// no caller hands a definition to a run.
    func kept(by service: FlowService, for owner: Owner) async throws -> String {
        guard FileManager.default.fileExists(atPath: path) else {
            return try await service.id(of: path, for: owner)
        }
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let definition = try definition(data)
        // The same file is the same flow: its conversations go on, and nothing piles up.
        let full = URL(fileURLWithPath: path).standardizedFileURL.path
        let id = "file:" + full
        if try await service.store.flows(for: owner, project: nil, after: nil, limit: 10_000).contains(
            where: {
                $0.id == id
            })
        {
            _ = try await service.save(definition, note: "run from a file", asVersionOf: id, for: owner)
        } else {
            _ = try await service.create(FlowDraft(definition, note: "run from a file", id: id), for: owner)
        }
        return id
    }

    /// What a file says, in either form.
    ///
    /// - Throws: for a flow that cannot run here.
    func definition(_ data: Data) throws -> FlowDefinition {
        if let own = try? FlowDefinition.decode(data, file: path) { return own }
        guard let export = try LangflowExport.flows(in: data, file: path).first else {
            throw CommandError("\(path) holds no flow.")
        }
        return try LangflowTranslation(export).runnable()
    }
}
