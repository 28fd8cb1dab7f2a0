import Components
import Flow
import Foundation
import JSONValue
import Synchronization

extension ComponentCatalog {
    /// The components of data and files, with what converts between their payloads.
    static func data(
        databases: [String: any QueryableDatabase] = [:], documentText: DocumentText? = nil
    ) -> ComponentCatalog {
        var catalog = ComponentCatalog()
        catalog.addConversions()
        catalog.addDataComponents(databases: databases, documentText: documentText)
        catalog.addCalculator()
        return catalog
    }
}

/// Files that are kept while the value lives. It leaves the limit of sizes to whoever reads.
final class KeptFiles: FlowFiles {
    private let bytes: Mutex<[String: Data]>

    init(_ texts: [String: String] = [:]) {
        bytes = Mutex(texts.mapValues { Data($0.utf8) })
    }

    subscript(name: String) -> String? {
        bytes.withLock { $0[name] }.map { String(decoding: $0, as: UTF8.self) }
    }

    var names: [String] { bytes.withLock { $0.keys.sorted() } }

    func put(_ data: Data, as name: String) { bytes.withLock { $0[name] = data } }

    func files(limit: Int) -> [FlowFile] {
        bytes.withLock { $0 }.sorted { $0.key < $1.key }.prefix(limit)
            .map { FlowFile(name: $0.key, mediaType: "text/plain", byteCount: $0.value.count) }
    }

    func read(_ name: String, byteLimit: Int) throws -> Data {
        guard let data = bytes.withLock({ $0[name] }) else { throw FlowFileError.absent(name: name) }
        return data
    }

    func write(_ data: Data, as name: String, mediaType: String) { put(data, as: name) }
}
