import Concurrency
import Foundation
import Transport

/// Fetches models from a hub that serves `ENDPOINT/OWNER/NAME/resolve/REVISION/FILE`, as Hugging Face does.
///
/// A file is written beside its place, taken up again where a broken connection left it, and renamed once it
/// is whole; a receipt with the SHA-256 of every file comes last. With the receipt there, nothing is asked of
/// the hub again, and the files are compared with it.
public struct ModelHub: Sendable {
    private let endpoint: String
    private let token: String?
    private let http: any HTTPClient
    private let root: URL

    /// The hub that is asked unless told otherwise.
    public static let standardEndpoint = "https://huggingface.co"

    /// - Parameters:
    ///   - endpoint: the hub's URL, without a slash at its end.
    ///   - token: sent to the hub alone, never to where it redirects.
    ///   - http: what asks; redirects are followed here.
    ///   - root: the folder of all fetched models.
    public init(
        endpoint: String = Self.standardEndpoint, token: String? = nil, http: any HTTPClient, root: URL
    ) {
        self.endpoint = endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
        (self.token, self.http, self.root) = (token, http, root)
    }

    /// The folder of `model`, fetched if it is not there.
    ///
    /// - Throws: ``ModelsError``: ``ModelsError/notFetched(file:reason:)`` when the hub does not give a file
    ///   (a retry may help), ``ModelsError/wrongChecksum(file:expected:actual:)`` when the files are not
    ///   those that are pinned; the folder is then not used. `CancellationError` if the task is cancelled;
    ///   what was fetched by then is kept.
    public func folder(of model: HubModel) async throws -> URL {
        let folder = root.appending(path: model.folderName)
        if try HubReceipt.read(folder) != nil { return try Self.fetched(model, in: root) }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw ModelsError.unreadable(file: folder.path, reason: error.localizedDescription)
        }
        var receipt = HubReceipt(files: [:])
        func fetch(_ name: String) async throws -> Bool {
            guard let hash = try await self.fetch(name, of: model, into: folder) else { return false }
            receipt.files[name] = hash
            return true
        }
        func require(_ name: String) async throws {
            guard try await fetch(name) else {
                throw ModelsError.notFetched(
                    file: url(model, name), reason: "the hub has no such file; check name and revision")
            }
        }
        try await require("config.json")
        if try await !fetch("tokenizer.json") { try await require("vocab.txt") }
        for name in Self.optionalFiles { _ = try await fetch(name) }
        if try await fetch("model.safetensors.index.json") {
            for file in try EncoderFolder.files(folder) { try await require(file.lastPathComponent) }
        } else {
            try await require("model.safetensors")
        }
        try Self.check(receipt, model, folder)
        try receipt.write(folder)
        return folder
    }

    /// The folder of a model that was fetched whole, its files compared; asks nobody.
    ///
    /// - Throws: ``ModelsError/notFetched(file:reason:)`` if it was not, and as ``folder(of:)`` does.
    public static func fetched(_ model: HubModel, in root: URL) throws(ModelsError) -> URL {
        let folder = root.appending(path: model.folderName)
        guard let receipt = try HubReceipt.read(folder) else {
            throw .notFetched(
                file: model.name, reason: "\(folder.path) has no whole copy; run `millrace fetch-models` once"
            )
        }
        try receipt.check(folder)
        try check(receipt, model, folder)
        return folder
    }

    /// One hash for all files of a folder that was fetched, in hexadecimal: what ``HubModel/sha256`` pins.
    ///
    /// The SHA-256 of lines `HASH  NAME`, sorted by name, as `sha256sum` writes them.
    public static func hash(of folder: URL) throws(ModelsError) -> String {
        guard let receipt = try HubReceipt.read(folder) else { throw .missing(file: folder.path) }
        return receipt.hash
    }

    private static let optionalFiles = [
        "modules.json", "1_Pooling/config.json", "sentence_bert_config.json", "tokenizer_config.json",
        "config_sentence_transformers.json",
    ]

    private static func check(_ receipt: HubReceipt, _ model: HubModel, _ folder: URL) throws(ModelsError) {
        guard let expected = model.sha256, expected != receipt.hash else { return }
        throw .wrongChecksum(file: folder.path, expected: expected, actual: receipt.hash)
    }

    private func url(_ model: HubModel, _ name: String) -> String {
        "\(endpoint)/\(model.repository)/resolve/\(model.revision)/\(name)"
    }

    /// Fetches one file.
    ///
    /// - Returns: its SHA-256; `nil` if the hub has none of that name.
    private func fetch(_ name: String, of model: HubModel, into folder: URL) async throws -> String? {
        let target = folder.appending(path: name)
        let url = url(model, name)
        let partial = try PartialFile(target)
        for attempt in 1...Self.attempts {
            try Task.checkCancellation()
            do {
                guard try await receive(url, into: partial) else {
                    partial.discard()
                    return nil
                }
                return try partial.finish()
            } catch let error as TransportError {
                if case .cancelled = error { throw CancellationError() }
                guard attempt < Self.attempts else {
                    throw ModelsError.notFetched(file: url, reason: "\(error)")
                }
            }
        }
        return nil
    }

    /// Connections that one file may need.
    private static let attempts = 4
    private static let maxRedirects = 5

    /// Asks for what is missing of a file, and appends it.
    ///
    /// - Returns: `false` if there is no such file.
    private func receive(_ url: String, into partial: PartialFile) async throws -> Bool {
        let response = try await ask(url, from: partial)
        switch response.head.status {
        case 404, 410: return false
        case 200: try partial.restart(tag: response.head["etag"])
        case 206:
            guard let range = response.head["content-range"], range.hasPrefix("bytes \(partial.count)-")
            else {
                throw ModelsError.notFetched(
                    file: url, reason: "the hub sent another range than was asked for")
            }
        case 416:
            // What is here is longer than what is there: begin anew, next time.
            try partial.restart(tag: nil)
            throw Self.cutOff(url)
        case 401, 403:
            throw ModelsError.notFetched(
                file: url, reason: "the hub refuses (status \(response.head.status)); is a token needed?")
        case let status:
            throw ModelsError.notFetched(file: url, reason: "the hub answered with status \(status)")
        }
        let length = response.head["content-length"].flatMap(Int.init)
        let start = partial.count
        for try await piece in response.body { try partial.append(piece) }
        if let length, partial.count - start != length { throw Self.cutOff(url) }
        return true
    }

    private static func cutOff(_ url: String) -> TransportError {
        .protocolError(host: URL(string: url)?.host() ?? url, reason: "the file ended before its length")
    }

    /// Follows redirects; the token goes to the hub's own host alone.
    private func ask(_ first: String, from partial: PartialFile) async throws -> HTTPStreamedResponse {
        var url = first
        for _ in 0...Self.maxRedirects {
            var headers = [("accept-encoding", "identity")]
            if let token, url.hasPrefix(endpoint + "/") {
                headers.append(("authorization", "Bearer \(token)"))
            }
            if partial.count > 0, let tag = partial.tag {
                headers.append(("range", "bytes=\(partial.count)-"))
                headers.append(("if-range", tag))
            }
            let response = try await http.stream(
                HTTPRequest(url: url, headers: headers, timeout: .seconds(60)))
            guard (301...308).contains(response.head.status), response.head.status != 304,
                let place = response.head["location"]
            else { return response }
            guard let next = URL(string: place, relativeTo: URL(string: url))?.absoluteURL,
                next.scheme == "https" || next.scheme == "http" && url.hasPrefix("http:")
            else {
                throw ModelsError.notFetched(
                    file: first, reason: "the hub redirects to what cannot be followed")
            }
            url = next.absoluteString
        }
        throw ModelsError.notFetched(
            file: first, reason: "the hub redirects more than \(Self.maxRedirects) times")
    }
}
