import Foundation
import HTTPTypes
import JSONValue
import Langflow

/// Flows as the files of an archive, as Langflow's clients download and upload them.
enum LangflowArchive {
    /// The flows of an upload: an export, or an archive with one in each of its JSON files.
    ///
    /// - Throws: ``RequestFault/invalidField(name:reason:)`` for what is neither.
    static func flows(in data: Data, file: String, unzip: Unzip?) throws -> [LangflowTranslation] {
        guard data.starts(with: Data("PK".utf8)) else {
            return try LangflowLibrary.translated(data, file: file)
        }
        guard let unzip else {
            throw RequestFault.invalidField(name: "file", reason: "is an archive, and none are read here")
        }
        let files: [(name: String, data: Data)]
        do {
            files = try unzip(data).filter { $0.name.hasSuffix(".json") }
        } catch {
            throw RequestFault.invalidField(name: "file", reason: "cannot be read: \(error)")
        }
        guard !files.isEmpty else {
            throw RequestFault.invalidField(name: "file", reason: "has no file that ends with .json")
        }
        guard files.count <= LangflowExport.flowLimit else {
            throw RequestFault.invalidField(
                name: "file", reason: "has more than \(LangflowExport.flowLimit) flows")
        }
        return try files.flatMap { try LangflowLibrary.translated($0.data, file: $0.name) }
    }

    static func response(_ flows: [JSONValue]) throws -> APIResponse {
        var names: Set<String> = []
        var entries: [(name: String, data: Data)] = []
        for flow in flows {
            let title = flow["name"]?.string ?? "flow"
            let plain = String(
                title.map { $0.isLetter || $0.isNumber || "-_ ".contains($0) ? $0 : "_" }.prefix(80))
            var name = "\(plain).json"
            var count = 1
            while !names.insert(name).inserted {
                count += 1
                name = "\(plain) (\(count)).json"
            }
            entries.append((name, Data(try flow.text().utf8)))
        }
        return APIResponse(
            headers: [
                .contentType: "application/zip", .contentDisposition: "attachment; filename=\"flows.zip\"",
            ], body: .data(StoredZip.archive(entries)))
    }
}
