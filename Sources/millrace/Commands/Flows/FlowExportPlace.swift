import AWSServices
import Backends
import Corpus
import Foundation
import Transport

/// Where flows are exported to, a file or an object each. What is there under another name stays.
enum FlowExportPlace: Sendable {
    case folder(URL)
    case bucket(any ConditionalBlobStore, address: String)

    enum Outcome: Equatable, Sendable {
        case written
        /// The same was there.
        case unchanged
    }

    /// Where a file of this name lies, for people.
    func address(of name: String) -> String {
        switch self {
        case .folder(let folder): folder.appendingPathComponent(name).path
        case .bucket(_, let address): "\(address)/\(name)"
        }
    }

    /// Writes a file whole or not at all, unless it is there as it would be written.
    ///
    /// - Throws: ``CommandError``, also where somebody else has changed an object meanwhile.
    func write(_ text: String, as name: String) async throws -> Outcome {
        let data = Data((text + "\n").utf8)
        switch self {
        case .folder(let folder): return try write(data, to: folder.appendingPathComponent(name), in: folder)
        case .bucket(let store, _):
            let address = address(of: name)
            do {
                let found = try await store.taggedBlob(at: name)
                if found?.data == data { return .unchanged }
                if try await store.put(data, at: name, ifTag: found?.tag) { return .written }
                // A write whose answer was lost finds itself there.
                if try await store.blob(at: name) == data { return .written }
            } catch let error as CancellationError {
                throw error
            } catch {
                throw CommandError(
                    """
                    \(address) could not be written: \(error) The bucket must be there, and the account needs \
                    s3:GetObject, s3:PutObject and s3:ListBucket on it. Export again: what was written is found.
                    """)
            }
            throw CommandError(
                "\(address) was changed by somebody else while it was exported. Look at it, and export again."
            )
        }
    }

    private func write(_ data: Data, to file: URL, in folder: URL) throws -> Outcome {
        if let found = try? Data(contentsOf: file), found == data { return .unchanged }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try data.write(to: file, options: .atomic)
        } catch {
            throw CommandError(
                """
                \(file.path) could not be written: \(error.localizedDescription) Check the folder's rights and space.
                """)
        }
        return .written
    }
}

extension Services {
    /// A place that the command line names.
    ///
    /// - Throws: ``CommandError`` for what is none.
    func flowExportPlace(_ address: String) async throws -> FlowExportPlace {
        let expected = "a folder, s3://BUCKET or s3://BUCKET/PREFIX is expected"
        guard address.contains("://") else {
            guard !address.isEmpty else { throw CommandError("--to is empty: \(expected).") }
            let path = (address as NSString).expandingTildeInPath
            return .folder(URL(fileURLWithPath: path).standardizedFileURL)
        }
        guard let place = S3BlobStore.Place(address) else {
            throw CommandError("“\(address)” is no place for flows: \(expected).")
        }
        let key = settings[\.blobs.kmsKey]
        let store = S3BlobStore(
            try S3(try await awsAccount()), place, encryption: key.map { .kms(keyID: $0) })
        return .bucket(
            store,
            address: "s3://" + ([place.bucket, place.prefix].filter { !$0.isEmpty }).joined(separator: "/"))
    }
}
