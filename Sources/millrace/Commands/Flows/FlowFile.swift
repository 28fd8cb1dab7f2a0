import Flow
import FlowService
import Foundation
import Langflow
import Workspace

/// A flow as the command line names it: one that is kept, or a file, which is run without being kept.
struct FlowFile: Codable, Sendable {
    let path: String
    /// Where the file lies, whatever folder a process works in.
    private let fullPath: String
    /// What the file says; `nil` where there is none.
    private let contents: Data?

    /// - Throws: for a file that cannot be read.
    init(path: String) throws {
        self.path = path
        let file = URL(fileURLWithPath: path)
        fullPath = file.standardizedFileURL.path
        contents = FileManager.default.fileExists(atPath: path) ? try Data(contentsOf: file) : nil
    }

    /// The name under which the service runs it.
    ///
    /// A file's flow is kept for the time of the run under an id of its own, since only what is kept can be run:
    /// no caller hands a definition to a run.
    func kept(by service: FlowService, for owner: Owner) async throws -> String {
        guard let contents else {
            let id = try await service.id(of: path, for: owner)
            if id == path, namesFile { try await demand(path, of: service, for: owner) }
            return id
        }
        let definition = try definition(contents)
        // The same file is the same flow: its conversations go on, and nothing piles up.
        let id = "file:" + fullPath
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

    /// - Throws: where no flow is called so: what looks like a file is one that is not there.
    private func demand(_ name: String, of service: FlowService, for owner: Owner) async throws {
        guard !service.settingsFlows.contains(where: { $0.name == name }) else { return }
        do {
            _ = try await service.store.flow(name, for: owner)
        } catch {
            guard case .notFound = error else { throw error }
            throw CommandError("There is no file “\(path)”, and no flow is called so.")
        }
    }

    private var namesFile: Bool {
        path.contains("/") || [".json", ".yaml", ".yml"].contains { path.lowercased().hasSuffix($0) }
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
